//! What people read when something is wrong, and where their links lead.

use crate::harness::objects::{each_family, holds, odd_login, outcome, same, tell};
use crate::harness::operator::OPERATED;
use crate::harness::{Function, cloud, with_settings};
use jira_intake_standins::jira::{
    CustomField, Fault, FieldKind, JiraOptions, JiraStandIn, Operation, Project,
};
use serde_json::json;

const GATEWAY: (&str, &str) = ("jira_context_path", "/ex/jira/1111-2222");

async fn behind_the_gateway(settings: &[(&str, &str)]) -> (JiraStandIn, Function) {
    let options = cloud().gateway("1111-2222", "https://soc.atlassian.net");
    let jira = JiraStandIn::start(options).await.unwrap();
    // The stand-in's address has the path already.
    let origin = jira.url().replace("/ex/jira/1111-2222", "");
    let all = [&OPERATED[..], &[GATEWAY, ("jira_url", &origin)], settings].concat();
    let function = Function::start(&jira, &all).await;
    (jira, function)
}

#[tokio::test]
async fn a_link_leads_to_where_people_browse() {
    for (settings, expected) in [
        (&[][..], "https://soc.atlassian.net/browse/SOC-101"),
        (
            &[("jira_api", "cloud")][..],
            "https://soc.atlassian.net/browse/SOC-101",
        ),
        (
            &[("jira_browse_url", "https://jira.example.com/")][..],
            "https://jira.example.com/browse/SOC-101",
        ),
    ] {
        let (_jira, function) = behind_the_gateway(settings).await;
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(result["issue"]["url"], expected);
        let result = tell(&function, &odd_login("Odd login")).await;
        assert_eq!(
            result["issue"]["url"], expected,
            "also when nothing is done"
        );
    }
}

#[tokio::test]
async fn a_scope_that_a_token_lacks_is_said_and_holds_back_nothing_else() {
    let (jira, function) = behind_the_gateway(&[("on_update", "comment")]).await;
    assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
    jira.inject(Fault::missing_scope().on(Operation::Comment).always());
    let result = tell(&function, &odd_login("Very odd")).await;
    assert_eq!(result["outcome"], "queued");
    assert!(
        result["reason"]
            .to_string()
            .contains("scope does not match"),
        "{result}"
    );
    assert!(holds(&function).await.is_empty());
    let other = json!({ "id": "edr-2", "title": "Another login" });
    assert_eq!(outcome(&function, other).await, "created");
}

#[tokio::test]
async fn a_field_that_is_required_and_was_refused_is_said_with_both_reasons() {
    let project = Project::new("SOC").require("customfield_10039");
    let required = |options: JiraOptions| options.project(project.clone());
    let setting = [("jira_custom_fields", r#"{"Team": "Nobody"}"#)];
    for (jira, function) in each_family(required, &setting).await {
        let result = tell(&function, &odd_login("Odd login")).await;
        let reason = result["reason"].to_string();
        assert_eq!(result["outcome"], "queued", "{result}");
        assert!(
            reason.contains("required") && reason.contains("Nobody"),
            "{reason}"
        );
        assert!(jira.issues().is_empty());
    }
}

#[tokio::test]
async fn a_line_that_is_too_long_is_cut_before_it_is_refused() {
    let epic = CustomField::new("customfield_10051", "Epic Name", FieldKind::EpicName);
    let project = Project::new("SOC").issue_types(&["Epic"]).custom(epic);
    let project = project.require("customfield_10051");
    let epics = |options: JiraOptions| options.project(project.clone());
    let settings = [
        ("jira_issue_type_name", "Epic"),
        (
            "jira_custom_fields",
            r#"{"Epic Name": "{{ entity.name }}"}"#,
        ),
    ];
    for (jira, function) in each_family(epics, &settings).await {
        assert_eq!(
            outcome(&function, odd_login(&"x".repeat(300))).await,
            "created"
        );
        let name = jira.issues()[0].field("customfield_10051").clone();
        assert_eq!(name.as_str().unwrap().chars().count(), 255);
    }
}

#[tokio::test]
async fn a_captcha_is_called_one() {
    for (jira, function) in each_family(same, &[]).await {
        jira.inject(Fault::captcha().on(Operation::Create).always());
        let result = tell(&function, &odd_login("Odd login")).await;
        let reason = result["reason"].to_string();
        assert!(reason.contains("CAPTCHA"), "{reason}");
        assert_eq!(holds(&function).await.len(), 1);
    }
}

#[tokio::test]
async fn what_stands_in_front_of_jira_gets_its_headers() {
    let headers =
        r#"{"CF-Access-Client-Id": "id.access", "CF-Access-Client-Secret": "5ecret-header"}"#;
    for (jira, function) in each_family(same, &[("jira_headers", headers)]).await {
        assert_eq!(outcome(&function, odd_login("Odd login")).await, "created");
        for request in jira.requests() {
            assert_eq!(request.header("cf-access-client-id"), Some("id.access"));
            assert_eq!(
                request.header("cf-access-client-secret"),
                Some("5ecret-header")
            );
        }
        let said = function.output().join("\n");
        assert!(!said.contains("5ecret-header"), "{said}");
    }
    for (wrong, why) in [
        ("[]", "is not a JSON object"),
        (
            r#"{"Authorization": "x"}"#,
            "`Authorization` is no header that can be set",
        ),
        (
            r#"{"X-A": "5ecret\nheader"}"#,
            "the value of `X-A` is no header's value",
        ),
    ] {
        let (_jira, function) = with_settings(cloud(), &[("jira_headers", wrong)]).await;
        let answer = function.send("GET", "/readyz", &[]).await;
        assert_eq!(answer.status, 500);
        assert!(!answer.text().contains("5ecret"), "{}", answer.text());
        function.printed(why).await;
    }
}
