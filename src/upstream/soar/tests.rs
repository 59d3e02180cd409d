use super::*;
use crate::platform::fake::{Fake, block_on};
use crate::settings::tests::load;

const TOKEN: &str = "hunter2";
const SAID: &str = "Ada moved SOC-1 & more\nhttps://jira.example.com/browse/SOC-1";
const DONE: (u16, &str) = (200, r#"{"success": true, "id": 7}"#);

struct World {
    fake: Fake,
    api: SoarApi,
}

impl World {
    fn new(answers: &[(u16, &str)]) -> Self {
        let settings = load(&[
            ("soar_url", "https://soar.example.com"),
            ("soar_token", TOKEN),
            ("soar_owner_back", "557058:ada=12"),
            ("soar_status_back", "done=Closed"),
        ]);
        let api = settings.unwrap().soar_api().unwrap().clone().unwrap();
        let fake = Fake::default();
        for (status, body) in answers {
            fake.reply(*status, &[], body);
        }
        Self { fake, api }
    }

    fn container(&self) -> Container<'_> {
        Container::new(self.fake.ports(), &self.api, 101)
    }

    /// Method and path of each request, and its JSON.
    fn sent(&self) -> Vec<(String, Value)> {
        let sent = self.fake.requests.borrow();
        let sent = sent.iter().map(|request| {
            assert_eq!(request.headers()["ph-auth-token"], TOKEN);
            assert!(request.headers()["ph-auth-token"].is_sensitive());
            assert!(!request.headers().contains_key("authorization"));
            assert_eq!(request.uri().host(), Some("soar.example.com"));
            let body = serde_json::from_slice(request.body()).unwrap_or_default();
            (
                format!("{} {}", request.method(), request.uri().path()),
                body,
            )
        });
        sent.collect()
    }
}

fn comment_of(text: &str) -> (String, Value) {
    let body = json!({"container_id": 101, "comment": text});
    ("POST /rest/container_comment".to_owned(), body)
}

fn changed(body: Value) -> (String, Value) {
    ("POST /rest/container/101".to_owned(), body)
}

#[test]
fn a_status_is_set_and_a_comment_says_why() {
    let world = World::new(&[DONE, DONE]);
    let status = IssueStatus {
        category: "done".to_owned(),
        ..IssueStatus::default()
    };
    let container = world.container();
    let closed = block_on(container.image(&status)).unwrap().unwrap();
    assert_eq!(
        closed,
        Named {
            id: "Closed".to_owned(),
            name: Some("Closed".to_owned())
        }
    );
    assert_eq!(block_on(container.image(&IssueStatus::default())), Ok(None));
    block_on(container.set_status(&closed, SAID)).unwrap();
    let expected = [changed(json!({"status": "Closed"})), comment_of(SAID)];
    assert_eq!(world.sent(), expected);
}

#[test]
fn the_owner_is_a_number_and_nobody_is_only_told() {
    let ada = Person {
        ids: vec!["557058:Ada".to_owned()],
        name: "Ada".to_owned(),
        email: None,
    };
    let world = World::new(&[DONE, DONE]);
    let assigned = block_on(world.container().assign(Some(&ada), None, SAID));
    assert_eq!(assigned, Ok(Assigned::Done));
    assert_eq!(
        world.sent(),
        [changed(json!({"owner_id": 12})), comment_of(SAID)]
    );
    let world = World::new(&[DONE]);
    let assigned = block_on(world.container().assign(None, Some(&ada), SAID));
    assert_eq!(assigned, Ok(Assigned::Done));
    assert_eq!(world.sent(), [comment_of(SAID)]);
    let world = World::new(&[]);
    let eve = Person::default();
    let assigned = block_on(world.container().assign(Some(&eve), None, SAID));
    assert!(matches!(assigned, Ok(Assigned::Unknown(why)) if why.contains("soar_owner_back")));
}

#[test]
fn notes_and_reasons_are_comments_that_stay() {
    let note = Note {
        title: "Ada commented SOC-1".to_owned(),
        text: "It is bad.".to_owned(),
        created: Timestamp::UNKNOWN,
    };
    let issue = IssueLink {
        key: "SOC-1".to_owned(),
        url: "https://jira.example.com/browse/SOC-1".to_owned(),
    };
    let world = World::new(&[DONE; 4]);
    let container = world.container();
    assert_eq!(block_on(container.say(&note)), Ok(None));
    block_on(container.change_note("", &note)).unwrap();
    block_on(container.delete_note("")).unwrap();
    block_on(container.resolve(Some("Fixed"), Timestamp::UNKNOWN, SAID)).unwrap();
    block_on(container.announce(&issue)).unwrap();
    let expected = [
        comment_of("Ada commented SOC-1\n\nIt is bad."),
        comment_of("Ada commented SOC-1 (edited)\n\nIt is bad."),
        comment_of(SAID),
        comment_of("Jira issue SOC-1: https://jira.example.com/browse/SOC-1"),
    ];
    assert_eq!(world.sent(), expected);
}

#[test]
fn the_status_is_what_the_container_says() {
    for (body, expected) in [
        (r#"{"id": 101, "status": "Open"}"#, Some("Open")),
        (r#"{"id": 101, "status": ""}"#, None),
        (r#"{"id": 101}"#, None),
    ] {
        let world = World::new(&[(200, body)]);
        let status = block_on(world.container().status());
        assert_eq!(status, Ok(expected.map(str::to_owned)));
        assert_eq!(
            world.sent(),
            [("GET /rest/container/101".to_owned(), Value::Null)]
        );
    }
}

#[test]
fn only_success_is_one_whatever_the_status() {
    let failed = r#"{"failed": true, "message": "status\nDone is not valid"}"#;
    for (status, body, expected, says) in [
        (
            200,
            failed,
            "refused",
            "SOAR refused: status Done is not valid",
        ),
        (
            200,
            r#"{"success": false}"#,
            "refused",
            "no reason was given",
        ),
        (
            200,
            r#"{"success": true, "failed": true}"#,
            "refused",
            "no reason was given",
        ),
        (200, r#"{"id": 7}"#, "later", "something else answered"),
        (200, "<html>", "later", "Check soar_url"),
        (
            400,
            failed,
            "refused",
            "SOAR answered 400: status Done is not valid",
        ),
        (401, failed, "later", "Check soar_token"),
        (403, failed, "later", "a role that may edit containers"),
        (404, failed, "gone", "404"),
        (500, failed, "later", "500"),
        (429, "", "later", "429"),
    ] {
        let world = World::new(&[(status, body)]);
        let error = block_on(world.container().announce(&IssueLink {
            key: "SOC-1".to_owned(),
            url: String::new(),
        }))
        .unwrap_err();
        let kind = match &error {
            UpstreamError::Later { .. } => "later",
            UpstreamError::Refused { .. } => "refused",
            UpstreamError::Gone { .. } => "gone",
        };
        assert_eq!(kind, expected, "{status} {body}: {error:?}");
        assert!(error.why().contains(says), "{status} {body}: {error:?}");
        assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
    }
}
