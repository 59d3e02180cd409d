//! What a request is answered when the store is in trouble: the truth.

mod refused;

use std::cell::Cell;

use super::*;
use crate::model::{Scope, Timestamp};
use crate::platform::fake::{Fake, block_on};
use crate::platform::{BodyError, LocalFuture, Ports};
use crate::settings::Settings;
use crate::settings::tests::defaults;
use crate::store::{Line, queue};
use crate::tracker::jira::Jira;

struct Bytes(Vec<u8>);

impl Body for Bytes {
    fn read<'a>(&'a mut self, _: usize) -> LocalFuture<'a, Result<Vec<u8>, BodyError>> {
        Box::pin(std::future::ready(Ok(std::mem::take(&mut self.0))))
    }
}

fn configured() -> Fake {
    let fake = Fake::default();
    let mut settings = fake.settings.borrow_mut();
    settings.extend(defaults());
    for (name, value) in [
        ("jira_url", "https://jira.example.com"),
        ("jira_api", "datacenter"),
        ("jira_api_token", "s3cret"),
        ("jira_project_key", "SOC"),
        ("webhook_auth", "none"),
    ] {
        settings.insert(name.to_owned(), value.to_owned());
    }
    drop(settings);
    fake
}

/// Events are not counted.
fn uncounted(fake: &Fake) {
    let mut settings = fake.settings.borrow_mut();
    settings.insert("metrics".to_owned(), "false".to_owned());
}

fn incident() -> Vec<u8> {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/samples/opencti-stream-data.incident-create.json"
    );
    std::fs::read(path).unwrap()
}

/// A request, and what is done after its answer.
fn answered(ports: Ports<'_>, head: &Parts, body: &mut Bytes) -> Response<Vec<u8>> {
    let settings = Settings::new(ports.variables);
    let jira = Jira::new(ports, &settings);
    let session = Session::new(ports, &settings, &jira);
    let response = block_on(handle(&session, head, body));
    block_on(after_response(&session));
    response
}

fn post(fake: &Fake) -> Response<Vec<u8>> {
    let head = http::Request::post("/webhooks/opencti").body(()).unwrap();
    let mut body = Bytes(incident());
    answered(fake.ports(), &head.into_parts().0, &mut body)
}

fn send(fake: &Fake, method: &str, path: &str) -> (u16, serde_json::Value) {
    let head = http::Request::builder().method(method).uri(path);
    let head = head.body(()).unwrap().into_parts().0;
    let response = answered(fake.ports(), &head, &mut Bytes(incident()));
    let body = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), body)
}

#[test]
fn healthz_needs_no_setting_and_no_store() {
    let fake = Fake::default();
    fake.store_down.set(true);
    for method in ["GET", "HEAD"] {
        assert_eq!(send(&fake, method, "/healthz").0, 200);
    }
    assert_eq!(send(&fake, "POST", "/healthz").0, 405);
    assert!(fake.lines.borrow().is_empty());
}

#[test]
fn readyz_tells_valid_settings_and_a_store_that_can_be_written() {
    let fake = configured();
    assert_eq!(send(&fake, "GET", "/readyz").0, 200);
    assert_eq!(fake.writes.get(), 1);
    fake.store_down.set(true);
    let (status, body) = send(&fake, "GET", "/readyz");
    assert_eq!(status, 503);
    assert!(body["detail"].as_str().unwrap().contains("down"), "{body}");
    fake.settings
        .borrow_mut()
        .insert("slack_host".into(), "".into());
    let (status, body) = send(&fake, "GET", "/readyz");
    assert_eq!(status, 500);
    let mistake = body["mistakes"][0].as_str().unwrap();
    assert!(mistake.starts_with("slack_host: is empty"), "{body}");
    assert!(fake.requests.borrow().is_empty());
}

/// The settings are nobody's business who has not shown the token.
#[test]
fn mistakes_are_told_only_to_one_who_shows_the_token() {
    let fake = configured();
    for (name, value) in [
        ("webhook_auth", "token"),
        ("webhook_token", "t0ken"),
        ("jira_url", "https://jira.corp.example/x"),
    ] {
        fake.settings.borrow_mut().insert(name.into(), value.into());
    }
    for (path, method, status, told) in [
        ("/readyz", "GET", 500, false),
        ("/readyz?token=wrong", "GET", 500, false),
        ("/readyz?token=t0ken", "GET", 500, true),
        ("/webhooks/opencti", "POST", 401, false),
        ("/webhooks/opencti?token=wrong", "POST", 401, false),
        ("/webhooks/opencti?token=t0ken", "POST", 500, true),
        ("/tasks/retry", "POST", 404, false),
    ] {
        let (found, body) = send(&fake, method, path);
        assert_eq!(found, status, "{path}");
        assert_eq!(body["mistakes"].is_array(), told, "{path}: {body}");
        assert_eq!(body.to_string().contains("corp"), told, "{path}: {body}");
    }
    fake.settings
        .borrow_mut()
        .insert("webhook_token".into(), "".into());
    let (status, body) = send(&fake, "POST", "/webhooks/opencti?token=");
    assert_eq!(status, 500);
    assert!(body["mistakes"].is_null(), "{body}");
    let logged = fake.lines.borrow().join("\n");
    assert!(logged.contains("webhook_token: is not set"), "{logged}");
}

/// A provider of variables that is away for a moment: its first answer about
/// the token fails.
struct Flaky<'a>(&'a Fake, Cell<bool>);

impl crate::platform::Variables for Flaky<'_> {
    fn get(&self, name: &str) -> Result<String, crate::platform::VariableError> {
        if name == "webhook_token" && !self.1.replace(true) {
            let why = "away".to_owned();
            return Err(crate::platform::VariableError::Provider(why));
        }
        crate::platform::Variables::get(self.0, name)
    }
}

#[test]
fn nobody_is_let_in_because_the_token_could_not_be_read_at_first() {
    let fake = configured();
    for (name, value) in [("webhook_auth", "token"), ("webhook_token", "t0ken")] {
        fake.settings.borrow_mut().insert(name.into(), value.into());
    }
    let flaky = Flaky(&fake, Cell::new(false));
    let ports = Ports {
        variables: &flaky,
        ..fake.ports()
    };
    let head = http::Request::post("/webhooks/opencti").body(()).unwrap();
    let mut body = Bytes(b"{}".to_vec());
    let response = answered(ports, &head.into_parts().0, &mut body);
    assert_eq!(response.status(), 503);
}

#[test]
fn a_store_that_fails_is_a_503_and_nothing_is_sent_to_jira() {
    let fake = configured();
    fake.store_down.set(true);
    let response = post(&fake);
    assert_eq!(response.status(), 503);
    assert!(response.headers().contains_key("retry-after"));
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    assert!(
        body["detail"].as_str().unwrap().contains("not kept"),
        "{body}"
    );
    assert!(fake.requests.borrow().is_empty());
}

#[test]
fn a_new_event_costs_three_writes_and_one_request_and_its_repeat_none() {
    let fake = configured();
    uncounted(&fake);
    // An event from the future would be noted, too.
    fake.now_ms.set(1_772_352_000_000);
    fake.reply(201, &[], r#"{"id": "1", "key": "SOC-1"}"#);
    assert_eq!(post(&fake).status(), 201);
    assert_eq!((fake.writes.get(), fake.requests.borrow().len()), (3, 1));
    assert_eq!(post(&fake).status(), 200);
    assert_eq!((fake.writes.get(), fake.requests.borrow().len()), (3, 1));
}

#[test]
fn counting_costs_one_write_an_event_and_a_store_that_fails_at_it_fails_nothing() {
    let fake = configured();
    fake.now_ms.set(1_772_352_000_000);
    fake.reply(201, &[], r#"{"id": "1", "key": "SOC-1"}"#);
    assert_eq!(post(&fake).status(), 201);
    assert_eq!(fake.writes.get(), 4);
    assert_eq!(post(&fake).status(), 200);
    assert_eq!(fake.writes.get(), 5);
    let keys: Vec<String> = fake.counters.borrow().keys().cloned().collect();
    assert!(
        keys.iter()
            .any(|key| key.ends_with("/opencti/created/none")),
        "{keys:?}"
    );
    assert!(
        keys.iter()
            .any(|key| key.ends_with("/opencti/duplicate/none")),
        "{keys:?}"
    );
    let head = http::Request::post("/webhooks/opencti").body(()).unwrap();
    fake.store_down.set(true);
    let ignored = Bytes(br#"{"data":{"type":"malware"}}"#.to_vec());
    let response = answered(fake.ports(), &head.into_parts().0, &mut { ignored });
    assert!(response.status().as_u16() < 500, "{response:?}");
}

#[test]
fn what_jira_does_not_take_is_kept_under_a_key_that_a_retry_finds() {
    let fake = configured();
    fake.reply(503, &[("retry-after", "9")], "<html>");
    let response = post(&fake);
    assert_eq!(response.status(), 202);
    let line = Line::of_hold(&Scope::Everything);
    let holds = [(line, Timestamp::from_millis(9_000))];
    let left = queue::left(fake.ports(), &holds).unwrap();
    assert_eq!((left.count, left.next), (1, Some(holds[0].1)));
}

fn post_body(fake: &Fake, path: &str, body: &[u8]) -> (u16, serde_json::Value) {
    let head = http::Request::post(path).body(()).unwrap().into_parts().0;
    let response = answered(fake.ports(), &head, &mut Bytes(body.to_vec()));
    let body = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), body)
}

fn operated() -> Fake {
    let fake = configured();
    let mut settings = fake.settings.borrow_mut();
    settings.insert("admin_token".into(), "adm1n".into());
    settings.insert("file_types".into(), "report".into());
    drop(settings);
    fake
}

/// A letter of a body that this version can read: as after an upgrade.
#[test]
fn a_kept_body_that_can_be_read_by_now_is_dealt_with_and_its_letter_goes() {
    let fake = operated();
    let source = crate::model::SourceKey::from("opencti".to_owned());
    let body = incident();
    let unread = crate::store::unread::Unread {
        source: &source,
        bytes: &body,
        length: body.len() as u64,
        reason: "no JSON",
    };
    crate::store::unread::keep(&fake, unread, Timestamp::UNKNOWN).unwrap();
    let path = "/dead-letters/1/replay?token=adm1n";
    let (status, answer) = send(&fake, "POST", path);
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["results"][0]["entity"]["type"], "incident",
        "{answer}"
    );
    assert_eq!(send(&fake, "GET", "/dead-letters/1?token=adm1n").0, 404);
    let keys: Vec<String> = fake.values.borrow().keys().cloned().collect();
    assert!(!keys.iter().any(|key| key.contains("unread")), "{keys:?}");
}

#[test]
fn a_dry_run_keeps_no_body_and_a_store_that_is_down_is_told() {
    let fake = operated();
    let (status, answer) = post_body(&fake, "/webhooks/opencti?dry_run", b"{oops");
    assert_eq!(
        (status, &answer["dry_run"]),
        (200, &true.into()),
        "{answer}"
    );
    assert_eq!(fake.writes.get(), 0);
    fake.store_down.set(true);
    let (status, answer) = post_body(&fake, "/webhooks/opencti", b"{oops");
    assert_eq!(status, 503, "{answer}");
}

#[test]
fn what_was_repaired_is_one_warning() {
    let fake = operated();
    let body = String::from_utf8(incident()).unwrap();
    let body = body.replacen('{', "{\"x\":[NaN,NaN,\"\\ud83d\"],", 1);
    let (status, answer) = post_body(&fake, "/webhooks/opencti", body.as_bytes());
    assert_eq!(status, 200, "{answer}");
    let lines = fake.lines.borrow();
    let repaired: Vec<&String> = lines
        .iter()
        .filter(|it| it.contains("\"repaired\""))
        .collect();
    assert_eq!(repaired.len(), 1, "{lines:?}");
    assert!(repaired[0].contains("NaN") && repaired[0].contains("surrogate"));
    drop(lines);
    fake.lines.borrow_mut().clear();
    post_body(&fake, "/webhooks/opencti", &incident());
    assert!(!fake.lines.borrow().join("").contains("repaired"));
}
