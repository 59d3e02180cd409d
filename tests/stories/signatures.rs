//! Senders that sign: GitHub's kind and Standard Webhooks, by themselves and while a
//! secret is replaced.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::harness::operator::OPERATED;
use crate::harness::{Function, WEBHOOK_TOKEN, cloud, samples, with_settings};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use jira_intake_standins::client::Answer;
use sha2::Sha256;

const ROUTE: &str = "/webhooks/opencti";
const PLAIN: &str = "plain-signing-5ecret";
/// `whsec_` and the base64 of [`KEY`].
const STANDARD_SECRET: &str = "whsec_a2V5LW9mLXRoZS1zdGFuZGFyZC13ZWJob29rcyE=";
const KEY: &[u8] = b"key-of-the-standard-webhooks!";

fn mac(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

fn hub(key: &str, body: &str) -> String {
    let mac = mac(key.as_bytes(), body.as_bytes());
    let hex: String = mac.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={hex}")
}

fn event() -> String {
    samples::stream("incident-create").to_string()
}

fn now() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

async fn post_hub(function: &Function, signature: &str, body: &str) -> Answer {
    let headers = [("x-hub-signature-256", signature)];
    function.post(ROUTE, &headers, body).await
}

async fn post_standard(function: &Function, names: [&str; 3], sent: u64, body: &str) -> Answer {
    let sent = sent.to_string();
    let signature = STANDARD.encode(mac(KEY, format!("msg_1.{sent}.{body}").as_bytes()));
    let signatures = format!("v1,{} v1,{signature}", STANDARD.encode([7; 32]));
    let values = ["msg_1", &sent, &signatures];
    let headers: Vec<(&str, &str)> = names.into_iter().zip(values).collect();
    function.post(ROUTE, &headers, body).await
}

const WEBHOOK: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];
const SVIX: [&str; 3] = ["svix-id", "svix-timestamp", "svix-signature"];

#[tokio::test]
async fn a_signed_event_is_filed_and_its_copy_is_a_duplicate() {
    let secrets = format!("{PLAIN} {STANDARD_SECRET}");
    let settings = [
        ("webhook_auth", "signature"),
        ("webhook_token", ""),
        ("webhook_secret", secrets.as_str()),
    ];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let body = event();
    let signature = hub(PLAIN, &body);
    let answer = post_hub(&function, &signature, &body).await;
    assert_eq!(answer.result()["outcome"], "created", "{}", answer.text());
    let copy = post_hub(&function, &signature, &body).await;
    assert_eq!(copy.result()["outcome"], "duplicate", "{}", copy.text());
    for names in [WEBHOOK, SVIX] {
        let answer = post_standard(&function, names, now(), &body).await;
        assert_eq!(answer.result()["outcome"], "duplicate", "{}", answer.text());
    }
    assert_eq!(jira.issues().len(), 1);
}

#[tokio::test]
async fn what_is_not_signed_right_reaches_nobody() {
    let settings = [
        ("webhook_auth", "signature"),
        ("webhook_secret", STANDARD_SECRET),
    ];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let body = event();
    let other = hub("another-signing-5ecret", &body);
    let malformed = other.replace("sha256", "sha1");
    for signature in [other.as_str(), &malformed, "", PLAIN] {
        let answer = post_hub(&function, signature, &body).await;
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    for sent in [now() - 400, now() + 400] {
        let answer = post_standard(&function, WEBHOOK, sent, &body).await;
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert!(answer.text().contains("5 minutes"), "{}", answer.text());
    }
    let answer = function.opencti(&body).await;
    assert_eq!(answer.status, 401, "the token: {}", answer.text());
    let line = function.printed("no token is accepted").await;
    assert!(line.contains(r#""route":"/webhooks/opencti""#), "{line}");
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn a_secret_and_a_token_are_replaced_without_a_gap() {
    let (new, old) = ("new-signing-5ecret", "old-signing-5ecret");
    let both = format!("{new}\n{old}");
    let tokens = format!("new-webhook-5ecret {WEBHOOK_TOKEN}");
    let admins = format!("new-admin-5ecret {}", OPERATED[0].1);
    let settings = [
        ("webhook_secret", both.as_str()),
        ("webhook_token", tokens.as_str()),
        ("admin_token", admins.as_str()),
    ];
    let (_jira, mut function) = with_settings(cloud(), &settings).await;
    let body = event();
    for secret in [new, old] {
        let answer = post_hub(&function, &hub(secret, &body), &body).await;
        assert!(answer.status < 300, "{}", answer.text());
    }
    for token in ["new-webhook-5ecret", WEBHOOK_TOKEN] {
        let answer = function.post(ROUTE, &[("x-api-key", token)], &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for token in ["new-admin-5ecret", OPERATED[0].1] {
        let answer = function
            .send("GET", "/holds", &[("x-api-key", token)])
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    function.set("webhook_secret", new);
    function.kill_and_restart().await;
    for (secret, status) in [(new, 200), (old, 401)] {
        let answer = post_hub(&function, &hub(secret, &body), &body).await;
        assert_eq!(answer.status, status, "{}", answer.text());
    }
}

#[tokio::test]
async fn a_signed_body_that_is_too_long_is_refused_and_one_with_a_token_is_not() {
    let settings = [("webhook_secret", PLAIN), ("max_body_bytes", "1000")];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let body = event();
    let answer = post_hub(&function, &hub(PLAIN, &body), &body).await;
    assert_eq!(answer.status, 413, "{}", answer.text());
    assert!(jira.requests().is_empty());
    let answer = function.opencti(&body).await;
    assert!(answer.status < 300, "{}", answer.text());
}
