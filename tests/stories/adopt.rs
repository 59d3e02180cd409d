//! Issues that OpenCTI's own Jira connector filed: each becomes its entity's, once,
//! and nothing else does.

use std::time::Duration;

use crate::harness::objects::{each_family, in_the_end, odd_login, same, tell as tell_generic};
use crate::harness::operator::admin;
use crate::harness::{Function, cloud, samples, with_settings};
use futures::future::join_all;
use jira_intake_standins::jira::{Fault, FaultKind, JiraOptions, JiraStandIn, Operation, Project};
use jira_intake_standins::opencti::{Entity, OpenCtiOptions, OpenCtiStandIn};
use serde_json::{Map, Value, json};

const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
const ADOPT: [(&str, &str); 1] = [("adopt", "summary")];
const NAME: &str = "Odd login";
const TOOK: &str = "took over SOC-101, which had the same summary";

/// An issue as the old connector filed it, with a label of people's.
fn old(jira: &JiraStandIn, summary: &str) -> String {
    old_in(jira, "SOC", summary, &["by-hand"])
}

fn old_in(jira: &JiraStandIn, project: &str, summary: &str, labels: &[&str]) -> String {
    let fields = json!({
        "summary": summary,
        "description": "What the old connector wrote.",
        "labels": labels,
        "priority": { "name": "Low" },
    });
    jira.file(project, fields)
}

/// What became of an event of an incident at a minute past noon.
async fn tell(function: &Function, kind: &str, id: &str, minute: u32, members: Value) -> Value {
    let mut event = samples::incident(id, NAME);
    let at = format!("2025-11-01T12:{minute:02}:00.000Z");
    event["type"] = kind.into();
    event["data"]["modified"] = at.clone().into();
    event["data"]["extensions"][EXTENSION]["updated_at"] = at.into();
    for (name, value) in members.as_object().unwrap() {
        event["data"][name] = value.clone();
    }
    let answer = function.opencti(event.to_string()).await;
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
    answer.result()
}

/// What becomes of a new incident.
async fn create(function: &Function, id: &str, name: &str) -> Value {
    tell(function, "create", id, 0, json!({ "name": name })).await
}

/// The idempotency labels of an issue.
fn ours(jira: &JiraStandIn, key: &str) -> usize {
    let issue = jira.issue(key).unwrap();
    let labels = issue.labels();
    labels.iter().filter(|it| it.starts_with("intake-")).count()
}

/// How often the log says that an issue was taken over.
fn logged(function: &Function) -> usize {
    let lines = function.output();
    let is_it = |line: &&String| line.contains("\"event\":\"adopted\"");
    lines.iter().filter(is_it).count()
}

fn with_ir(options: JiraOptions) -> JiraOptions {
    options.project(Project::new("IR"))
}

#[tokio::test]
async fn an_issue_of_the_old_connector_is_taken_over_once() {
    for (jira, function) in each_family(same, &ADOPT).await {
        assert_eq!(old(&jira, NAME), "SOC-101");
        let result = create(&function, "a", NAME).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        assert_eq!(
            (&result["reason"], &result["issue"]["key"]),
            (&json!(TOOK), &json!("SOC-101"))
        );
        let issue = jira.issue("SOC-101").unwrap();
        let labels = issue.labels();
        assert!(
            labels.contains(&"by-hand") && labels.contains(&"ransomware"),
            "{labels:?}"
        );
        assert_eq!(ours(&jira, "SOC-101"), 1);
        assert_eq!((issue.summary(), issue.priority()), (NAME, "High"));
        assert_eq!(issue.description(), "What the old connector wrote.");
        assert!(issue.comments.is_empty() && issue.status == "To Do");
        assert_eq!(issue.remote_links.len(), 1);
        let line = function.printed("\"adopted\"").await;
        assert!(line.contains("SOC-101") && line.contains(NAME), "{line}");
        jira.clear_requests();
        assert_eq!(create(&function, "a", NAME).await["outcome"], "duplicate");
        assert!(jira.requests().is_empty());
        // Another one of the same name gets its own.
        let other = create(&function, "b", NAME).await;
        assert_eq!(other["outcome"], "created", "{other}");
        assert_eq!((jira.issues().len(), logged(&function)), (2, 1));
    }
}

#[tokio::test]
async fn closed_ones_and_those_of_others_and_those_with_more_words_are_not_taken() {
    for (jira, function) in each_family(with_ir, &ADOPT).await {
        let done = old(&jira, NAME);
        jira.move_to(&done, "Done");
        old_in(&jira, "SOC", NAME, &["intake-0123456789ab"]);
        old(&jira, "Odd login again");
        old(&jira, "An odd login");
        old(&jira, "odd login");
        old_in(&jira, "IR", NAME, &[]);
        let before = jira.issues().len();
        let result = create(&function, "a", NAME).await;
        assert_eq!(result["outcome"], "created", "{result}");
        assert_eq!(jira.issues().len(), before + 1);
        assert_eq!(logged(&function), 0);
    }
}

#[tokio::test]
async fn of_several_the_oldest_is_taken_and_each_entity_gets_one() {
    for (jira, function) in each_family(same, &ADOPT).await {
        for _ in 0..3 {
            old(&jira, &format!(" {NAME} "));
        }
        for (id, key) in [("a", "SOC-101"), ("b", "SOC-102"), ("c", "SOC-103")] {
            assert_eq!(create(&function, id, NAME).await["issue"]["key"], key);
        }
        let line = function.printed("\"adopted\"").await;
        assert!(line.contains("SOC-102 SOC-103"), "{line}");
        assert_eq!(create(&function, "d", NAME).await["outcome"], "created");
    }
}

#[tokio::test]
async fn an_issue_whose_label_people_took_away_stays_its_entitys() {
    for (jira, function) in each_family(same, &ADOPT).await {
        create(&function, "a", NAME).await;
        let unlabelled = |fields: &mut Map<String, Value>| drop(fields.remove("labels"));
        jira.edit("SOC-101", unlabelled);
        assert_eq!(create(&function, "b", NAME).await["outcome"], "created");
    }
}

#[tokio::test]
async fn of_entities_of_one_name_at_the_same_moment_only_one_takes_the_issue() {
    for (jira, function) in each_family(same, &ADOPT).await {
        old(&jira, NAME);
        let slow = Fault::new(FaultKind::Latency(Duration::from_millis(300)));
        jira.inject(slow.on(Operation::Update).always());
        let ids: Vec<String> = (0..8).map(|number| format!("same-{number}")).collect();
        let results = join_all(ids.iter().map(|id| create(&function, id, NAME))).await;
        let count = |outcome: &str| results.iter().filter(|it| it["outcome"] == outcome).count();
        assert_eq!((count("updated"), count("created")), (1, 7), "{results:?}");
        assert_eq!((jira.issues().len(), ours(&jira, "SOC-101")), (8, 1));
        for issue in jira.issues() {
            assert_eq!(ours(&jira, &issue.key), 1, "{}", issue.key);
        }
    }
}

#[tokio::test]
async fn a_search_that_fails_is_made_again_before_anything_is_filed() {
    let faults = [
        Fault::new(FaultKind::BadGateway { done: false }),
        Fault::new(FaultKind::ResetAfter),
        Fault::login_page(),
        Fault::message(400, "Error in the JQL Query"),
        Fault::forbidden(),
        Fault::rate_limited(1),
    ];
    for fault in faults {
        for (jira, mut function) in each_family(same, &ADOPT).await {
            old(&jira, NAME);
            jira.inject(fault.clone().on(Operation::Search).times(1));
            let result = create(&function, "a", NAME).await;
            assert_eq!(result["outcome"], "queued", "{result}");
            assert_eq!(jira.count(Operation::Create), 0);
            in_the_end(&mut function).await;
            assert_eq!(jira.count(Operation::Create), 0, "{fault:?}");
            assert_eq!((jira.issues().len(), ours(&jira, "SOC-101")), (1, 1));
            assert_eq!(jira.issue("SOC-101").unwrap().remote_links.len(), 1);
        }
    }
}

#[tokio::test]
async fn with_a_login_that_is_bad_nothing_was_searched() {
    let silent = |options: JiraOptions| options.silent_bad_token();
    let [(jira, mut function), _] = each_family(silent, &ADOPT).await;
    old(&jira, NAME);
    jira.expire_token();
    assert_eq!(create(&function, "a", NAME).await["outcome"], "queued");
    jira.renew_token();
    in_the_end(&mut function).await;
    assert_eq!((jira.issues().len(), ours(&jira, "SOC-101")), (1, 1));
}

#[tokio::test]
async fn an_edit_without_an_answer_is_made_again_on_the_same_issue() {
    for fault in [FaultKind::BadGateway { done: false }, FaultKind::ResetAfter] {
        for (jira, mut function) in each_family(same, &ADOPT).await {
            old(&jira, NAME);
            jira.inject(Fault::new(fault.clone()).on(Operation::Update).times(1));
            assert_eq!(create(&function, "a", NAME).await["outcome"], "queued");
            // Another one must not take it meanwhile.
            assert_eq!(create(&function, "b", NAME).await["outcome"], "created");
            in_the_end(&mut function).await;
            assert_eq!((jira.issues().len(), ours(&jira, "SOC-101")), (2, 1));
            assert_eq!(jira.issue("SOC-101").unwrap().remote_links.len(), 1);
            assert_eq!(create(&function, "a", NAME).await["outcome"], "duplicate");
        }
    }
}

#[tokio::test]
async fn without_the_setting_nothing_is_searched_and_alerts_are_never_taken_for_others() {
    for (jira, function) in each_family(same, &[]).await {
        old(&jira, NAME);
        assert_eq!(create(&function, "a", NAME).await["outcome"], "created");
        assert_eq!(jira.count(Operation::Search), 0);
    }
    for (jira, function) in each_family(same, &ADOPT).await {
        old(&jira, NAME);
        assert_eq!(
            tell_generic(&function, &odd_login(NAME)).await["outcome"],
            "created"
        );
        assert_eq!(jira.count(Operation::Search), 0);
    }
}

#[tokio::test]
async fn its_later_changes_are_those_of_any_issue() {
    for (jira, function) in each_family(same, &ADOPT).await {
        old(&jira, NAME);
        create(&function, "a", NAME).await;
        let change = async |minute, members| tell(&function, "update", "a", minute, members).await;
        let result = change(1, json!({ "labels": ["new"] })).await;
        assert_eq!(result["outcome"], "updated", "{result}");
        let issue = jira.issue("SOC-101").unwrap();
        let labels = issue.labels();
        assert!(
            labels.contains(&"new") && labels.contains(&"by-hand"),
            "{labels:?}"
        );
        assert!(
            !labels.contains(&"ransomware") && issue.comments.is_empty(),
            "{labels:?}"
        );
        change(2, json!({ "labels": ["new"], "name": "Odder login" })).await;
        assert_eq!(jira.issue("SOC-101").unwrap().summary(), "Odder login");
        let told = json!({ "labels": ["new"], "name": "Odder login", "description": "News." });
        change(3, told).await;
        let issue = jira.issue("SOC-101").unwrap();
        assert_eq!(issue.description(), "What the old connector wrote.");
        assert_eq!(issue.comments.len(), 1);
        assert!(issue.comments[0].text().contains("News."));
        tell(&function, "delete", "a", 4, json!({})).await;
        assert_eq!(jira.issue("SOC-101").unwrap().comments.len(), 2);
        assert_eq!(jira.issues().len(), 1);
    }
}

#[tokio::test]
async fn an_empty_description_is_written_and_so_is_any_where_edits_may_be_overwritten() {
    for (settings, text) in [
        (&ADOPT[..], ""),
        (
            &[ADOPT[0], ("overwrite_edits", "true")],
            "What people wrote.",
        ),
    ] {
        for (jira, function) in each_family(same, settings).await {
            jira.file("SOC", json!({ "summary": NAME, "description": text }));
            assert_eq!(create(&function, "a", NAME).await["reason"], TOOK);
            let description = jira.issue("SOC-101").unwrap().description();
            assert!(description.contains("beacon"), "{description}");
        }
    }
}

#[tokio::test]
async fn the_bare_name_is_found_where_a_template_makes_another_summary() {
    let template = [ADOPT[0], ("summary_template", "CTI: {{ entity.name }}")];
    for (jira, function) in each_family(same, &template).await {
        old(&jira, NAME);
        assert_eq!(create(&function, "a", NAME).await["reason"], TOOK);
        assert_eq!(jira.issue("SOC-101").unwrap().summary(), NAME);
    }
}

#[tokio::test]
async fn hostile_names_are_found_to_the_letter_and_search_for_nothing_else() {
    let names = [
        r#"say "hello" to C:\temp\x"#,
        r#"x" OR project = IR OR summary ~ "x"#,
        r"a + b - c && d || !e (f) {g} [h] ^i ~j *k ?l :m /n \o",
        "\\\"",
        "*login*",
        "NOT odd",
        "日本語 ünïcode émoji 🦀",
    ];
    for (jira, function) in each_family(with_ir, &ADOPT).await {
        old_in(&jira, "IR", "x", &[]);
        for (number, name) in names.iter().enumerate() {
            let has_words = name.chars().any(char::is_alphanumeric);
            let key = old(&jira, name);
            let result = create(&function, &format!("h-{number}"), name).await;
            let expected = if has_words { "updated" } else { "created" };
            assert_eq!(result["outcome"], expected, "{name}: {result}");
            assert_eq!(result["issue"]["key"] == key.as_str(), has_words, "{name}");
        }
    }
}

#[tokio::test]
async fn an_issue_behind_many_that_have_its_words_is_found() {
    for (jira, function) in each_family(same, &ADOPT).await {
        for number in 0..250 {
            old(&jira, &format!("{NAME} {number}"));
        }
        let key = old(&jira, NAME);
        assert_eq!(
            create(&function, "a", NAME).await["issue"]["key"],
            key.as_str()
        );
        assert_eq!(jira.count(Operation::Search), 3);
    }
}

#[tokio::test]
async fn the_platform_gets_its_link_back() {
    let opencti = OpenCtiStandIn::start(OpenCtiOptions::new("opencti-token-5ecret"))
        .await
        .unwrap();
    let entity = Entity::new("a", "incident--a", "Incident");
    opencti.add_entity(entity);
    let url = opencti.url();
    let own = [
        ("opencti_url", url.as_str()),
        ("opencti_token", "opencti-token-5ecret"),
    ];
    let (jira, function) = with_settings(cloud(), &[&ADOPT[..], &own].concat()).await;
    old(&jira, NAME);
    let result = create(&function, "a", NAME).await;
    let references = opencti.references("a");
    assert_eq!(
        references[0].url.as_deref(),
        result["issue"]["url"].as_str()
    );
}

#[tokio::test]
async fn a_dry_run_says_that_it_would_look_and_asks_nobody() {
    for (jira, function) in each_family(same, &ADOPT).await {
        old(&jira, NAME);
        let event = samples::incident("a", NAME).to_string();
        let answer = function.opencti_with("?dry_run=true", event).await;
        let result = answer.result();
        assert_eq!(result["outcome"], "created", "{result}");
        let reason = result["reason"].as_str().unwrap();
        assert!(reason.contains("would be taken over"), "{reason}");
        let request = &result["dry_run"]["requests"][0];
        let jql = request["body"]["jql"].as_str().unwrap();
        assert!(jql.contains(r#"summary ~ "\"Odd login\"""#), "{jql}");
        assert!(jira.requests().is_empty());
        let (_, body) = admin(&function, "GET", "/dead-letters").await;
        assert_eq!(body["dead_letters"], json!([]));
    }
}
