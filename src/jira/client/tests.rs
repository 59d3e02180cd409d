//! What goes over the wire.

use super::*;
use crate::config::Secret;
use crate::markup::from_markdown;
use crate::plan::steps::{Description, Place};
use crate::platform::fake::{Fake, block_on};
use serde_json::Map;

const CREATED: &str = r#"{"id":"10000","key":"SOC-1","self":"x"}"#;

fn jira(login: Login, api: Api) -> Jira {
    Jira {
        base_url: "https://example.com/jira".to_owned(),
        login,
        api,
        index_lag: Duration::from_secs(120),
    }
}

fn fields() -> IssueFields {
    IssueFields {
        place: Place {
            project: "SOC".to_owned(),
            issue_type: "Task".to_owned(),
        },
        summary: "s".to_owned(),
        description: Description {
            document: from_markdown("*now*"),
            ..Description::default()
        },
        labels: Vec::new(),
        priority: Some("High".to_owned()),
        components: Vec::new(),
        assignee: None,
        custom: Map::from_iter([("customfield_1".to_owned(), "x".into())]),
        property: Value::Null,
    }
}

fn create(fake: &Fake, login: Login, api: Api) -> Result<Created, JiraError> {
    let jira = jira(login, api);
    block_on(async {
        let client = Client::connect(fake.ports(), &jira).await?;
        client.create(&fields()).await
    })
}

fn bearer() -> Login {
    Login::Bearer(Secret::new("pat"))
}

fn sent(fake: &Fake, index: usize) -> Value {
    serde_json::from_slice(fake.requests.borrow()[index].body()).unwrap()
}

#[test]
fn an_issue_is_created_with_one_request() {
    let fake = Fake::default();
    fake.reply(201, &[], CREATED);
    assert_eq!(
        create(&fake, bearer(), Api::DataCenter).unwrap().key,
        "SOC-1"
    );
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
    assert_eq!(body["fields"]["customfield_1"], "x");
    assert!(body["fields"].get("labels").is_none());
}

#[test]
fn an_email_makes_the_login_basic_and_cloud_takes_adf() {
    let fake = Fake::default();
    fake.reply(201, &[], CREATED);
    let login = Login::Basic {
        email: "bot@example.com".to_owned(),
        token: Secret::new("t"),
    };
    create(&fake, login, Api::Cloud).unwrap();
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
    create(&fake, bearer(), Api::Auto).unwrap();
    create(&fake, bearer(), Api::Auto).unwrap();
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
    let error = create(&fake, bearer(), Api::Auto).unwrap_err();
    assert!(matches!(error, JiraError::Retry { .. }));
}

#[test]
fn a_refused_optional_field_is_dropped_and_the_issue_says_so() {
    let fake = Fake::default();
    fake.reply(
        400,
        &[],
        r#"{"errors": {"priority": "geht nicht", "customfield_1": "no"}}"#,
    );
    fake.reply(201, &[], CREATED);
    let created = create(&fake, bearer(), Api::DataCenter).unwrap();
    assert_eq!(created.dropped.len(), 2);
    let body = sent(&fake, 1);
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
    let error = create(&fake, bearer(), Api::DataCenter).unwrap_err();
    assert!(matches!(error, JiraError::Refused { .. }));
    assert_eq!(fake.requests.borrow().len(), 1);
}

#[test]
fn a_201_that_names_no_issue_may_have_created_one() {
    let fake = Fake::default();
    fake.reply(201, &[], "<html>");
    let error = create(&fake, bearer(), Api::Cloud).unwrap_err();
    assert!(matches!(error, JiraError::Ambiguous { .. }));
}

#[test]
fn a_200_is_no_success_for_a_create_and_no_failure() {
    let fake = Fake::default();
    fake.reply(200, &[], "<html>log in first</html>");
    let error = create(&fake, bearer(), Api::Cloud).unwrap_err();
    assert!(matches!(error, JiraError::Ambiguous { .. }));
}

#[test]
fn a_token_that_no_header_can_carry_is_a_mistake_and_not_a_panic() {
    let login = Login::Bearer(Secret::new("a\nb"));
    let error = create(&Fake::default(), login, Api::Cloud).unwrap_err();
    assert!(matches!(error, JiraError::Misconfigured { .. }));
}
