//! What is refused before anything is done: every error is a problem that says
//! what to do, and none holds a secret.

use crate::harness::{
    API_TOKEN, Function, WEBHOOK_TOKEN, cloud, samples, with_jira, with_settings,
};
use jira_intake_standins::client::Answer;

const ROUTE: &str = "/webhooks/opencti";

fn bearer() -> String {
    format!("Bearer {WEBHOOK_TOKEN}")
}

fn assert_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status, "{}", answer.text());
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    let body = answer.json();
    assert_eq!(body["status"], status);
    assert!(
        body["title"].is_string() && body["detail"].is_string(),
        "{body}"
    );
    for secret in [WEBHOOK_TOKEN, API_TOKEN] {
        assert!(!answer.text().contains(secret), "{body}");
    }
}

#[tokio::test]
async fn the_token_is_taken_in_three_places_and_asked_for_everywhere() {
    let (jira, function) = with_jira(cloud()).await;
    let event = samples::stream("incident-create").to_string();
    for headers in [
        vec![],
        vec![("authorization", "Bearer wrong")],
        vec![("x-api-key", "wrong")],
    ] {
        let answer = function.post(ROUTE, &headers, &event).await;
        assert_problem(&answer, 401);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    assert!(jira.requests().is_empty());
    let bearer = bearer();
    let query = format!("{ROUTE}?token={WEBHOOK_TOKEN}");
    let tries = [
        (ROUTE, vec![("authorization", bearer.as_str())], 201),
        (ROUTE, vec![("x-api-key", WEBHOOK_TOKEN)], 200),
        (query.as_str(), vec![], 200),
    ];
    for (path, headers, status) in tries {
        assert_eq!(function.post(path, &headers, &event).await.status, status);
    }
}

#[tokio::test]
async fn without_authentication_everyone_may_post_if_that_was_said() {
    let settings = [("webhook_token", ""), ("webhook_auth", "none")];
    let (_jira, function) = with_settings(cloud(), &settings).await;
    let event = samples::stream("incident-create").to_string();
    assert_eq!(function.post(ROUTE, &[], &event).await.status, 201);
}

#[tokio::test]
async fn each_wrong_request_has_its_own_answer() {
    let (jira, function) = with_jira(cloud()).await;
    let bearer = bearer();
    let login = ("authorization", bearer.as_str());
    for (headers, body, status) in [
        (vec![login], "version=", 400),
        (vec![login], "", 400),
        (vec![login], "[]", 422),
        (vec![login], "{}", 422),
        (vec![login], "{\"version\": \"3\"}", 422),
    ] {
        let answer = function.post(ROUTE, &headers, body).await;
        assert_problem(&answer, status);
    }
    let form = [login, ("content-type", "application/x-www-form-urlencoded")];
    let mut request = http::Request::builder()
        .method("POST")
        .uri(format!("{}{ROUTE}", function.url()));
    for (name, value) in form {
        request = request.header(name, value);
    }
    let client = jira_intake_standins::client::Client::default();
    let answer = client
        .send(request.body(b"a=b".to_vec()).unwrap())
        .await
        .unwrap();
    assert_problem(&answer, 415);
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn unknown_routes_and_methods_say_what_is_there() {
    let (_jira, function) = with_jira(cloud()).await;
    for path in ["/", "/webhooks", "/webhooks/opencti/", "/favicon.ico"] {
        assert_problem(&function.send("GET", path, &[]).await, 404);
    }
    for method in ["GET", "PUT", "DELETE", "PATCH"] {
        let answer = function.send(method, ROUTE, &[]).await;
        assert_problem(&answer, 405);
        assert_eq!(answer.headers["allow"], "POST");
    }
}

#[tokio::test]
async fn the_largest_body_is_a_setting() {
    let settings = [("max_body_bytes", "100")];
    let (_jira, function) = with_settings(cloud(), &settings).await;
    let event = samples::stream("incident-create").to_string();
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    for route in ["/webhooks/generic", "/webhooks/splunk"] {
        assert_problem(&function.post(route, &token, &event).await, 413);
    }
}

#[tokio::test]
async fn a_wrong_configuration_lists_every_mistake_to_the_sender_and_in_the_log() {
    let function = Function::bare(&[
        ("webhook_token", WEBHOOK_TOKEN),
        ("jira_url", "https://example.com/jira"),
        ("jira_custom_fields_keys", "a,b"),
        ("jira_custom_fields_values", "x"),
        ("log_level", "loud"),
    ])
    .await;
    let answer = function.opencti("{}").await;
    assert_problem(&answer, 500);
    let body = answer.json();
    let mistakes: Vec<&str> = body["mistakes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m.as_str().unwrap())
        .collect();
    for name in [
        "jira_context_path",
        "jira_api_token",
        "jira_project_key",
        "jira_custom_fields_keys has 2",
        "log_level",
    ] {
        assert!(
            mistakes.iter().any(|mistake| mistake.contains(name)),
            "{name}: {mistakes:#?}"
        );
    }
    assert_eq!(mistakes.len(), 5, "{mistakes:#?}");
    let line = function.printed("misconfigured").await;
    assert!(line.contains("jira_context_path"), "{line}");
}

#[tokio::test]
async fn health_is_answered_by_the_host_without_any_configuration() {
    let function = Function::bare(&[]).await;
    let answer = function.send("GET", "/.well-known/spin/health", &[]).await;
    assert_eq!(answer.status, 200);
}
