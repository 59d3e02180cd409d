//! What goes to Splunk, and what its answers mean. What an answer means whatever was
//! asked stands in `rest/tests.rs`.

use std::time::Duration;

use super::*;
use crate::platform::fake::{Fake, block_on};
use crate::settings::tests::load;

mod findings;
mod notable_update;

const TOKEN: &str = "hunter2";
const NOTABLE: &str = "A8F3@@notable@@5f2c9d8e";
const FINDING: &str = "2008e99d-af14-4fec-89da-b9b17a81820a@@notable@@time1768225865";
/// The same in a path.
const IN_PATH: &str = "2008e99d-af14-4fec-89da-b9b17a81820a%40%40notable%40%40time1768225865";
const SAID: &str = "Ada moved SOC-1 & more\nhttps://jira.example.com/browse/SOC-1";

/// Splunk, with what it answers.
struct World {
    fake: Fake,
    api: SplunkApi,
}

impl World {
    fn new(settings: &[(&str, &str)]) -> Self {
        let smallest = [
            ("splunk_api_url", "https://splunk.example.com:8089"),
            ("splunk_api_token", TOKEN),
            ("splunk_owner_back", "ada@example.com=ada.l, 557058:bob=bob"),
            ("splunk_disposition_back", "fixed=1, Won't do=3"),
        ];
        let settings = load(&[&smallest[..], settings].concat()).unwrap();
        let api = settings.splunk_api().unwrap().clone().unwrap();
        let fake = Fake::default();
        Self { fake, api }
    }

    fn answers(self, answers: &[(u16, &str)]) -> Self {
        for (status, body) in answers {
            self.fake.reply(*status, &[], body);
        }
        self
    }

    fn notables(&self, handles: &[&str]) -> Notables<'_> {
        let handles = handles.iter().map(|&handle| handle.to_owned()).collect();
        let kind = EntityType::new("splunk-notable");
        Notables::new(self.fake.ports(), &self.api, handles, kind)
    }

    /// Method and address of each request, and its body as it was sent.
    fn sent(&self) -> Vec<(String, String)> {
        let sent = self.fake.requests.borrow();
        let sent = sent.iter().map(|request| {
            assert_eq!(request.headers()["authorization"], "Bearer hunter2");
            assert!(request.headers()["authorization"].is_sensitive());
            let uri = request.uri().to_string();
            let path = uri.strip_prefix("https://splunk.example.com:8089").unwrap();
            let body = String::from_utf8(request.body().clone()).unwrap();
            (format!("{} {path}", request.method()), body)
        });
        sent.collect()
    }
}

fn status(id: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: None,
    }
}

fn person(id: &str, email: Option<&str>) -> Person {
    Person {
        ids: vec![id.to_owned()],
        name: "Ada Lovelace".to_owned(),
        email: email.map(str::to_owned),
    }
}

fn note() -> Note {
    Note {
        title: "Ada commented SOC-1".to_owned(),
        text: "It *is* bad.".to_owned(),
        created: Timestamp::from_secs(1_700_000_000),
    }
}

const NOTE: &str = "Ada commented SOC-1, 2023-11-14T22:13:20Z\n\nIt *is* bad.";
const EDITED: &str = "Ada commented SOC-1, 2023-11-14T22:13:20Z (edited)\n\nIt *is* bad.";

fn link() -> IssueLink {
    IssueLink {
        key: "SOC-1".to_owned(),
        url: "https://jira.example.com/browse/SOC-1".to_owned(),
    }
}

#[test]
fn a_status_has_the_number_that_the_settings_say() {
    let world = World::new(&[("splunk_status_back", "done=5, indeterminate=12")]);
    let image = |category: &str| {
        let status = IssueStatus {
            category: category.to_owned(),
            ..IssueStatus::default()
        };
        let notables = world.notables(&[NOTABLE]);
        block_on(notables.image(&status)).unwrap()
    };
    let named = |id: &str, name: &str| {
        Some(Named {
            id: id.to_owned(),
            name: Some(name.to_owned()),
        })
    };
    assert_eq!(image("done"), named("5", "Closed"));
    assert_eq!(image("indeterminate"), named("12", "12"));
    assert_eq!(image("new"), None);
}

#[test]
fn which_interface_is_used_follows_from_the_id_unless_the_settings_say() {
    let classic = "POST /services/notable_update";
    let update = format!(
        "POST /servicesNS/nobody/missioncontrol/v1/investigations/{IN_PATH}?notable_time=1768225865"
    );
    for (interface, id, expected) in [
        ("auto", NOTABLE, Some(classic)),
        ("auto", FINDING, Some(update.as_str())),
        ("auto", "a/..@@notable@@time17", Some(classic)),
        ("auto", "a@@notable@@timeless", Some(classic)),
        ("auto", "a@@notable@@time+17", Some(classic)),
        ("notable_update", FINDING, Some(classic)),
        ("findings", FINDING, Some(&update)),
        ("findings", NOTABLE, None),
    ] {
        let world = World::new(&[("splunk_api", interface)]);
        let world = world.answers(&[(200, r#"{"success": true}"#); 3]);
        let result = block_on(world.notables(&[id]).set_status(&status("5"), SAID));
        let sent = world.sent();
        let first = sent.first().map(|(request, _)| request.as_str());
        assert_eq!(first, expected, "{interface} {id}");
        assert_eq!(result.is_ok(), expected.is_some(), "{result:?}");
        if let Err(error) = result {
            assert!(error.why().contains("splunk_api is findings"), "{error:?}");
        }
    }
}

#[test]
fn without_an_id_nothing_is_sent_and_the_reason_says_what_the_search_lacks() {
    let world = World::new(&[]);
    let error = block_on(world.notables(&[]).announce(&link())).unwrap_err();
    assert!(matches!(&error, UpstreamError::Refused { why } if why.contains("return event_id")));
}

#[test]
fn of_several_the_worst_counts_and_one_that_is_gone_does_not() {
    let other = "b@@notable@@time17";
    let handles = [NOTABLE, FINDING, other];
    let done = (200, r#"{"success": true}"#);
    let notes = (200, r#"{"items": []}"#);
    let tell = |answers: &[(u16, &str)]| {
        let world = World::new(&[]).answers(answers);
        let result = block_on(world.notables(&handles).set_status(&status("5"), SAID));
        assert!(world.fake.replies.borrow().is_empty(), "{result:?}");
        result
    };
    // One request, then three for each finding.
    let gone = (404, "");
    assert_eq!(tell(&[done, gone, done, notes, done]), Ok(None));
    let refused = tell(&[done, (400, ""), done, notes, done]);
    assert!(matches!(refused, Err(UpstreamError::Refused { .. })));
    // All is done again then: what comes after is left for that.
    let later = tell(&[(503, "")]);
    assert!(matches!(later, Err(UpstreamError::Later { .. })));
    // Those that are under way are ended.
    let later = tell(&[done, (503, ""), gone]);
    assert!(matches!(later, Err(UpstreamError::Later { .. })));
    let world = World::new(&[]).answers(&[gone, gone]);
    let all_gone = block_on(world.notables(&handles[1..]).set_status(&status("5"), SAID));
    assert!(matches!(&all_gone, Err(UpstreamError::Gone { why }) if why.contains("splunk_api")));
}
