//! What goes over the wire.

use super::*;
use crate::markup::from_markdown;
use crate::model::{Description, Field, FieldValue, OnChange, Place, SourceKey};
use crate::platform::fake::{Fake, block_on};
use crate::settings::tests::defaults;
use crate::sources::opencti;
use http::header::AUTHORIZATION;
use serde_json::Map;

const CREATED: &str = r#"{"id":"10000","key":"SOC-1","self":"x"}"#;

/// Settings as variables, for a Jira with a context path.
fn configure(fake: &Fake, login: &[(&str, &str)], api: &str) {
    let mut settings = fake.settings.borrow_mut();
    settings.extend(defaults());
    let all = [
        ("jira_url", "https://example.com"),
        ("jira_context_path", "jira"),
        ("jira_api", api),
    ];
    for (name, value) in all.iter().chain(login) {
        settings.insert((*name).to_owned(), (*value).to_owned());
    }
}

fn fields() -> IssueFields {
    let field = |id, is_optional, value| {
        let field = Field {
            id,
            name: id,
            on_change: OnChange::Write,
            is_optional,
        };
        (field, value)
    };
    let description = Description {
        document: from_markdown("*now*").into(),
        ..Description::default()
    };
    IssueFields {
        place: Place {
            project: "SOC".to_owned(),
            issue_type: "Task".to_owned(),
        },
        values: vec![
            field("summary", false, FieldValue::Line("s".to_owned())),
            field("description", true, FieldValue::Text(description)),
            field("labels", true, FieldValue::Words(Vec::new())),
            field("priority", true, FieldValue::Named("High".to_owned())),
        ],
        custom: Map::from_iter([("customfield_1".to_owned(), json!({ "value": "x" }))]),
        property: Value::Null,
    }
}

fn create(fake: &Fake, login: &[(&str, &str)], api: &str) -> Result<Created, TrackerError> {
    configure(fake, login, api);
    let settings = Settings::new(fake);
    block_on(Jira::new(fake.ports(), &settings).create(&fields()))
}

/// A personal access token.
const BEARER: &[(&str, &str)] = &[("jira_api_token", "pat")];

fn sent(fake: &Fake, index: usize) -> Value {
    serde_json::from_slice(fake.requests.borrow()[index].body()).unwrap()
}

#[test]
fn an_issue_is_created_with_one_request() {
    let fake = Fake::default();
    fake.reply(201, &[], CREATED);
    assert_eq!(create(&fake, BEARER, "datacenter").unwrap().key, "SOC-1");
    let requests = fake.requests.borrow();
    assert_eq!(requests.len(), 1);
    assert_eq!(
        requests[0].uri(),
        "https://example.com/jira/rest/api/2/issue"
    );
    assert_eq!(requests[0].headers()[AUTHORIZATION], "Bearer pat");
    assert!(requests[0].headers()[AUTHORIZATION].is_sensitive());
    let body = sent(&fake, 0);
    assert_eq!(body["fields"]["description"], "_now_");
    assert_eq!(body["fields"]["customfield_1"]["value"], "x");
    assert!(body["fields"].get("labels").is_none());
}

#[test]
fn an_email_makes_the_login_basic_and_cloud_takes_adf() {
    let fake = Fake::default();
    fake.reply(201, &[], CREATED);
    let login = [
        ("jira_login_email", "bot@example.com"),
        ("jira_api_token", "t"),
    ];
    create(&fake, &login, "cloud").unwrap();
    let requests = fake.requests.borrow();
    assert_eq!(
        requests[0].headers()[AUTHORIZATION],
        "Basic Ym90QGV4YW1wbGUuY29tOnQ="
    );
    assert_eq!(requests[0].uri().path(), "/jira/rest/api/3/issue");
    assert_eq!(sent(&fake, 0)["fields"]["description"]["type"], "doc");
}

#[test]
fn jira_is_asked_once_what_it_is() {
    let fake = Fake::default();
    fake.reply(200, &[], r#"{"deploymentType": "Cloud"}"#);
    fake.reply(201, &[], CREATED);
    fake.reply(201, &[], CREATED);
    create(&fake, BEARER, "auto").unwrap();
    create(&fake, BEARER, "auto").unwrap();
    let paths: Vec<String> = fake
        .requests
        .borrow()
        .iter()
        .map(|request| request.uri().path().to_owned())
        .collect();
    assert_eq!(
        paths,
        [
            "/jira/rest/api/2/serverInfo",
            "/jira/rest/api/3/issue",
            "/jira/rest/api/3/issue"
        ]
    );
}

#[test]
fn a_server_info_that_fails_has_created_nothing() {
    let fake = Fake::default();
    fake.reply(502, &[], "<html>");
    let error = create(&fake, BEARER, "auto").unwrap_err();
    assert!(matches!(error, TrackerError::Retry { .. }));
}

#[test]
fn a_refused_optional_field_is_dropped_and_the_issue_says_so() {
    let fake = Fake::default();
    fake.reply(
        400,
        &[],
        r#"{"errors": {"priority": "geht nicht", "customfield_1": "no"}}"#,
    );
    // Which fields a new issue has is not to be known.
    fake.reply(403, &[], r#"{"errorMessages": ["no"]}"#);
    fake.reply(201, &[], CREATED);
    let created = create(&fake, BEARER, "datacenter").unwrap();
    assert_eq!(created.dropped.len(), 2);
    let body = sent(&fake, 2);
    assert!(body["fields"].get("priority").is_none());
    assert!(body["fields"].get("customfield_1").is_none());
    let description = body["fields"]["description"].as_str().unwrap();
    assert!(description.contains("priority") && description.contains("geht nicht"));
}

#[test]
fn a_refused_field_that_is_needed_is_not_dropped() {
    let fake = Fake::default();
    fake.reply(
        400,
        &[],
        r#"{"errors": {"summary": "x", "customfield_9": "is required"}}"#,
    );
    let error = create(&fake, BEARER, "datacenter").unwrap_err();
    assert!(matches!(error, TrackerError::Refused { .. }));
    assert_eq!(fake.requests.borrow().len(), 1);
}

#[test]
fn a_201_that_names_no_issue_may_have_created_one() {
    let fake = Fake::default();
    fake.reply(201, &[], "<html>");
    let error = create(&fake, BEARER, "cloud").unwrap_err();
    assert!(matches!(error, TrackerError::Ambiguous { .. }));
}

#[test]
fn a_200_is_no_success_for_a_create_and_no_failure() {
    let fake = Fake::default();
    fake.reply(200, &[], "<html>log in first</html>");
    let error = create(&fake, BEARER, "cloud").unwrap_err();
    assert!(matches!(error, TrackerError::Ambiguous { .. }));
}

#[test]
fn a_token_that_no_header_can_carry_is_a_mistake_and_not_a_panic() {
    let login = [("jira_api_token", "a\nb")];
    let error = create(&Fake::default(), &login, "cloud").unwrap_err();
    assert!(matches!(error, TrackerError::Misconfigured { .. }));
}

/// What is found for an entity, of issues whose properties answer so.
fn found(properties: &[(u16, &str)]) -> Vec<Found> {
    let fake = Fake::default();
    configure(&fake, BEARER, "datacenter");
    let issues: Vec<Value> = (1..=properties.len())
        .map(|number| json!({ "id": number.to_string(), "key": format!("SOC-{number}") }))
        .collect();
    fake.reply(200, &[], &json!({ "issues": issues }).to_string());
    for (status, body) in properties {
        fake.reply(*status, &[], body);
        if *status == 404 {
            fake.reply(200, &[], r#"{"name": "bot"}"#);
        }
    }
    let settings = Settings::new(&fake);
    let entity = EntityKey {
        source: SourceKey::of(&opencti::PROFILE),
        id: "e1".to_owned(),
    };
    let found = block_on(Jira::new(fake.ports(), &settings).find(&entity, "intake-0")).unwrap();
    let asked = sent(&fake, 0)["jql"].as_str().unwrap().to_owned();
    assert_eq!(asked, r#"labels = "intake-0" ORDER BY created ASC"#);
    found
}

#[test]
fn an_issue_that_says_that_it_is_another_entitys_is_not_ours() {
    let ours = r#"{"key": "jira-intake", "value": {"source": "opencti", "entity": "e1"}}"#;
    let other = r#"{"key": "jira-intake", "value": {"source": "opencti", "entity": "e2"}}"#;
    let elsewhere = r#"{"key": "jira-intake", "value": {"source": "splunk", "entity": "e1"}}"#;
    let nothing = r#"{"errorMessages": ["no such property"], "errors": {}}"#;
    let found = found(&[(200, other), (404, nothing), (200, ours), (200, elsewhere)]);
    let found: Vec<(&str, bool)> = found
        .iter()
        .map(|found| (found.key.as_str(), found.says_so))
        .collect();
    assert_eq!(found, [("SOC-2", false), ("SOC-3", true)]);
}
