//! Markings that nobody has explained: they are shown, and nothing of the entity goes
//! to anyone else.

use crate::harness::others::{Others, borrowed, sensible};
use crate::harness::{DATA_CENTER, Function, data_center, objects, samples};
use jira_intake_standins::faults::Fault;
use jira_intake_standins::jira::{Issue, JiraStandIn};
use jira_intake_standins::opencti::{Entity, OpenCtiOptions, OpenCtiStandIn, marking_id};
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use serde_json::{Value, json};

const REPORT: &str = "44444444-0000-4000-8000-000000000001";
const TOKEN: &str = "opencti-token-5ecret";
/// What must not leave: words of the report.
const CONTENT: &str = "human informant";

/// Everybody who may be told something.
struct World {
    jira: JiraStandIn,
    function: Function,
    others: Others,
    slack: SlackStandIn,
    opencti: OpenCtiStandIn,
}

impl World {
    async fn new(own: &[(&str, &str)]) -> Self {
        let others = Others::start().await;
        others.model.reply_with(sensible());
        let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
        let opencti = OpenCtiStandIn::start(OpenCtiOptions::new(TOKEN))
            .await
            .unwrap();
        let mut settings = others.settings(own);
        for (name, value) in [
            ("slack_webhook_url", slack.webhook_url()),
            ("slack_host", slack.url()),
            ("opencti_url", opencti.url()),
            ("opencti_token", TOKEN.to_owned()),
        ] {
            settings.push((name.to_owned(), value));
        }
        let jira = JiraStandIn::start(data_center()).await.unwrap();
        let settings = [&DATA_CENTER[..], &borrowed(&settings)].concat();
        let function = Function::start(&jira, &settings).await;
        Self {
            jira,
            function,
            others,
            slack,
            opencti,
        }
    }

    /// The platform knows the report with this marking.
    fn knows(&self, marking: &str) {
        let report = Entity::new(REPORT, "report--1", "Report").marked("TLP:GREEN");
        self.opencti.add_entity(report.marked(marking));
    }

    async fn post(&self, event: &Value) -> Value {
        let answer = self.function.opencti(event.to_string()).await;
        assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
        answer.result()
    }

    fn issue(&self) -> Issue {
        let mut issues = self.jira.issues();
        assert_eq!(issues.len(), 1);
        issues.remove(0)
    }

    /// How often VirusTotal and the model were asked.
    fn asked(&self) -> (usize, usize) {
        (self.others.virustotal.count(), self.others.model.count())
    }

    fn is_told_in_chat(&self) -> bool {
        self.slack.messages()[0].plain().contains(CONTENT)
    }
}

/// The report with another marking beside TLP:GREEN.
fn report(marking: &str) -> Value {
    let mut event = samples::case("opencti-pap-red");
    event["data"]["object_marking_refs"][1] = marking_id(marking).into();
    event
}

#[tokio::test]
async fn pap_red_is_shown_and_nothing_is_told_to_third_parties() {
    for limit in ["GREEN", "RED"] {
        let world = World::new(&[("enrich_max_tlp", limit)]).await;
        world.knows("PAP:RED");
        let result = world.post(&samples::case("opencti-pap-red")).await;
        assert_eq!(result["outcome"], "created", "{result}");
        let line = world.function.printed("marking_not_understood").await;
        assert!(line.contains("PAP:RED"), "{line}");
        let text = world.issue().description();
        assert!(text.contains("TLP:GREEN, PAP:RED"), "{text}");
        assert!(text.contains(CONTENT), "{text}");
        assert_eq!(world.asked(), (0, 0), "{limit}");
        assert!(!world.is_told_in_chat());
    }
}

#[tokio::test]
async fn a_custom_marking_is_shown_by_the_name_that_the_platform_says_or_else_by_its_id() {
    for is_known in [true, false] {
        let world = World::new(&[("max_tlp", "AMBER")]).await;
        if is_known {
            world.knows("Restricted");
        }
        let event = report("Restricted");
        let result = world.post(&event).await;
        assert_eq!(result["outcome"], "created", "{result}");
        let issue = world.issue();
        let shown = match is_known {
            true => "Restricted".to_owned(),
            false => marking_id("Restricted"),
        };
        let description = issue.description().replace('\\', "");
        for text in [issue.summary(), &description] {
            assert!(text.contains(&format!("TLP:GREEN, {shown}")), "{text}");
            assert!(
                !text.contains(CONTENT) && !text.contains("PAP red"),
                "{text}"
            );
        }
        assert_eq!(world.asked(), (0, 0));
        assert!(!world.is_told_in_chat());
    }
}

#[tokio::test]
async fn a_level_opens_what_it_allows_by_name_or_by_id() {
    let by_id = format!("{}=GREEN", marking_id("Restricted"));
    for levels in ["PAP:RED=RED, restricted=green", &by_id] {
        let settings = [("max_tlp", "AMBER"), ("marking_levels", levels)];
        let world = World::new(&settings).await;
        world.knows("Restricted");
        let result = world.post(&report("Restricted")).await;
        assert_eq!(result["outcome"], "created", "{result}");
        let text = world.issue().description();
        assert!(
            text.contains("TLP:GREEN, Restricted") && text.contains(CONTENT),
            "{text}"
        );
        let (lookups, questions) = world.asked();
        assert!(lookups > 0 && questions > 0, "{lookups} {questions}");
        assert!(world.is_told_in_chat());
    }
}

#[tokio::test]
async fn where_no_name_can_be_had_it_is_withheld_and_a_later_event_opens_it() {
    let settings = [("max_tlp", "AMBER"), ("marking_levels", "Restricted=GREEN")];
    let world = World::new(&settings).await;
    world.knows("Restricted");
    world.opencti.inject(Fault::status(503).always());
    world.post(&report("Restricted")).await;
    assert!(!world.issue().description().contains(CONTENT));
    world.opencti.clear_faults();
    // The same event once more is enough.
    let result = world.post(&report("Restricted")).await;
    assert_eq!(result["outcome"], "updated", "{result}");
    let issue = world.issue();
    assert!(issue.description().contains(CONTENT));
    assert_eq!(issue.summary(), "PAP red report");
    // The name is remembered: a silent platform closes nothing again.
    world.opencti.inject(Fault::status(503).always());
    let mut later = report("Restricted");
    later["type"] = "update".into();
    later["data"]["modified"] = "2026-01-11T08:00:00.000Z".into();
    later["data"]["name"] = "Renamed".into();
    world.post(&later).await;
    assert_eq!(world.issue().summary(), "Renamed");
    assert!(world.issue().description().contains(CONTENT));
}

#[tokio::test]
async fn a_definition_in_the_same_call_says_the_name() {
    let settings = [("marking_levels", "Restricted=GREEN"), ("max_tlp", "GREEN")];
    let world = World::new(&settings).await;
    let event = report("Restricted");
    let definition = json!({
        "type": "marking-definition",
        "id": marking_id("Restricted"),
        "definition_type": "statement",
        "name": "Restricted",
    });
    let objects = [event["data"].clone(), definition];
    let bundle = json!({"type": "bundle", "id": "bundle--1", "objects": objects});
    let answer = world.function.opencti(bundle.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(world.issue().description().contains("Restricted"));
    assert!(world.asked().0 > 0);
}

#[tokio::test]
async fn what_is_not_marked_is_withheld_if_that_is_set() {
    for (unmarked, is_told) in [("share", true), ("withhold", false)] {
        let world = World::new(&[("unmarked", unmarked)]).await;
        let mut event = report("PAP:RED");
        event["data"]["object_marking_refs"] = json!([]);
        world.post(&event).await;
        assert!(world.issue().description().contains(CONTENT));
        assert_eq!(world.asked().0 > 0, is_told, "{unmarked}");
        assert_eq!(world.is_told_in_chat(), is_told, "{unmarked}");
    }
}

#[tokio::test]
async fn a_marking_of_any_tool_is_not_understood_either() {
    let world = World::new(&[("max_tlp", "AMBER"), ("marking_levels", "Internal=GREEN")]).await;
    for (id, marking, is_shown) in [
        ("a", json!({"tlp": "Purple"}), false),
        ("b", json!({"markings": ["TLP:GREEN", "Secret"]}), false),
        ("c", json!({"marking": {"level": 3}}), false),
        ("d", json!({"tlp": "green", "markings": "internal"}), true),
        ("e", json!({"tlp": "amber+strict"}), false),
    ] {
        let mut object = json!({"id": id, "title": "Odd login", "observables": ["8.8.4.4"]});
        for (name, value) in marking.as_object().unwrap() {
            object[name] = value.clone();
        }
        let before = world.asked();
        let result = objects::tell(&world.function, &object).await;
        let key = result["issue"]["key"].as_str().unwrap().to_owned();
        let issue = world.jira.issue(&key).unwrap();
        assert_eq!(issue.summary() == "Odd login", is_shown, "{id}");
        assert_eq!(world.asked() != before, is_shown, "{id}");
    }
}
