//! The harness finds secrets in answers and in lines: a leak that is made on purpose
//! fails the story.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::harness::leaks::Leaks;
use crate::harness::{EMAIL, Function, owned};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jira_intake_host::own_manifest;
use jira_intake_standins::client::Answer;

const SECRET: &str = "a/5ecret+of=mine";

fn leaks(settings: &[(&str, &str)]) -> Leaks {
    let settings = [&[("jira_login_email", EMAIL)][..], settings].concat();
    Leaks::of(&own_manifest(), &owned(&settings))
}

#[test]
fn a_secret_is_found_in_every_form_in_which_it_is_sent() {
    let leaks = leaks(&[
        ("jira_api_token", SECRET),
        ("jira_project_key", "PROJECTKEY"),
    ]);
    for form in [
        SECRET.to_owned(),
        "a%2F5ecret%2Bof%3Dmine".to_owned(),
        STANDARD.encode(SECRET),
        STANDARD.encode(format!("{EMAIL}:{SECRET}")),
    ] {
        let line = format!("{{\"reason\":\"{form}\"}}");
        let found = leaks.all(&["harmless".to_owned(), line]);
        assert_eq!(found.len(), 1, "{form}");
        assert!(found[0].starts_with("jira_api_token leaked"), "{found:?}");
    }
    assert!(leaks.all(&["PROJECTKEY".to_owned()]).is_empty());
}

#[test]
fn each_of_two_values_each_header_and_the_path_of_an_address_are_secrets() {
    let leaks = leaks(&[
        ("webhook_token", "new-5ecret-1 old-5ecret-1"),
        ("jira_headers", r#"{"X-Gate": "gate-5ecret"}"#),
        (
            "slack_webhook_url",
            "https://hooks.slack.com/services/T0/5ecret",
        ),
        ("admin_token", "short"),
    ]);
    for (text, is_leak) in [
        ("new-5ecret-1", true),
        ("old-5ecret-1", true),
        ("gate-5ecret", true),
        ("services/T0/5ecret", true),
        ("https://hooks.slack.com", false),
        ("short", false),
    ] {
        assert_eq!(!leaks.all(&[text.to_owned()]).is_empty(), is_leak, "{text}");
    }
}

#[test]
fn an_answer_that_tells_a_secret_is_kept_to_the_end() {
    let leaks = leaks(&[("webhook_token", SECRET)]);
    let mut answer = Answer {
        status: 200,
        headers: http::HeaderMap::new(),
        body: b"{}".to_vec(),
    };
    leaks.answered("/readyz", &answer);
    assert!(leaks.all(&[]).is_empty());
    answer.headers.insert("x-said", SECRET.parse().unwrap());
    leaks.answered("/readyz", &answer);
    assert!(leaks.all(&[])[0].contains("/readyz"));
}

/// A mistake repeats the word of `log_level`, which is the token as well here.
#[tokio::test]
async fn a_function_that_tells_a_secret_fails_its_story() {
    let said = "5ecret-word";
    let settings = [("webhook_token", said), ("log_level", said)];
    let function = Function::bare(&settings).await;
    let query = format!("/readyz?token={said}");
    assert_eq!(function.send("GET", &query, &[]).await.status, 500);
    let end = catch_unwind(AssertUnwindSafe(|| drop(function)));
    let message = *end.unwrap_err().downcast::<String>().unwrap();
    assert!(message.contains("webhook_token leaked"), "{message}");
    assert!(message.contains("/readyz") && message.contains("misconfigured"));
}
