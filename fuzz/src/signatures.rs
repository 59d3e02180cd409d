//! Headers that show a token or a signature, and a body: nobody gets in but by one that
//! is right, and who has signed does.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use http::request::{Builder, Parts};
use jira_intake::api::{self, Session};
use jira_intake::model::Timestamp;
use jira_intake::platform::journal::Journal;
use jira_intake::platform::{
    Body, BodyError, Clock, Http, Limits, LocalFuture, LogSink, Pieces, Ports, SendError, Sent,
    Store, StoreError, VariableError, Variables,
};
use jira_intake::settings::Settings;
use jira_intake::tracker::jira::Jira;
use sha2::Sha256;

const NOW: u64 = 1_772_352_000;
const KEY: &[u8] = b"a key of 32 bytes, of which none";

/// The first lines are headers' values; the rest is a body.
pub(super) fn check(data: &[u8]) {
    let mut lines = data.splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (id, time, shown, body) = (line(), line(), line(), line());
    for (path, names) in [
        (
            "/webhooks/generic",
            ["webhook-id", "webhook-timestamp", "webhook-signature"],
        ),
        (
            "/webhooks/opencti",
            ["svix-id", "svix-timestamp", "svix-signature"],
        ),
        (
            "/webhooks/generic",
            ["authorization", "x-api-key", "x-hub-signature-256"],
        ),
        (
            "/webhooks/jira",
            ["authorization", "x-api-key", "x-hub-signature"],
        ),
        ("/holds", ["authorization", "x-api-key", "x-hub-signature"]),
    ] {
        let values = [id, time, shown];
        let status = answered(path, names.into_iter().zip(values), body);
        assert!(
            matches!(status, None | Some(401 | 405)),
            "{path}: {status:?}"
        );
    }
    signed(body);
}

/// Whoever has the secret is let in, whatever he sends.
fn signed(body: &[u8]) {
    let hex: String = mac(secret().as_bytes(), body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let hub = format!("sha256={hex}");
    let status = answered(
        "/webhooks/generic",
        [("x-hub-signature-256", hub.as_bytes())],
        body,
    );
    assert!(matches!(status, Some(it) if it != 401), "{status:?}");
    let content = [format!("id.{NOW}.").as_bytes(), body].concat();
    let signature = format!("v1,{}", STANDARD.encode(mac(KEY, &content)));
    let time = NOW.to_string();
    let headers = [
        ("webhook-id", b"id".as_slice()),
        ("webhook-timestamp", time.as_bytes()),
        ("webhook-signature", signature.as_bytes()),
    ];
    let status = answered("/webhooks/generic", headers, body);
    assert!(matches!(status, Some(it) if it != 401), "{status:?}");
}

fn mac(key: &[u8], content: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key is good");
    mac.update(content);
    mac.finalize().into_bytes().to_vec()
}

fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(KEY))
}

/// The status; `None` for headers that are no HTTP.
fn answered<'a>(
    path: &str,
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    body: &[u8],
) -> Option<u16> {
    let mut request: Builder = http::Request::post(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let head: Parts = request.body(()).ok()?.into_parts().0;
    let (world, journal) = (World, Journal::default());
    let ports = Ports {
        store: &world,
        http: &world,
        clock: &world,
        variables: &world,
        log: &world,
        journal: &journal,
    };
    let settings = Settings::new(ports.variables);
    let jira = Jira::new(ports, &settings);
    let session = Session::new(ports, &settings, &jira);
    let answer = ready(api::handle(&session, &head, &mut Whole(body.to_vec())));
    Some(answer.status().as_u16())
}

/// Nothing here waits for anything.
fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1_000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("it waits for something")
}

/// A store that is down and a Jira that nobody reaches.
struct World;

impl Store for World {
    fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Err(StoreError("down".to_owned()))
    }

    fn set(&self, _: &str, _: &[u8]) -> Result<(), StoreError> {
        Err(StoreError("down".to_owned()))
    }

    fn delete(&self, _: &str) -> Result<(), StoreError> {
        Err(StoreError("down".to_owned()))
    }

    fn keys(&self) -> Result<Vec<String>, StoreError> {
        Err(StoreError("down".to_owned()))
    }

    fn increment(&self, _: &str, _: i64) -> Result<i64, StoreError> {
        Err(StoreError("down".to_owned()))
    }
}

impl Http for World {
    fn send<'a>(&'a self, _: http::Request<Vec<u8>>, _: Limits) -> Sent<'a, Vec<u8>> {
        Box::pin(std::future::ready(Err(SendError::Denied)))
    }

    fn open<'a>(
        &'a self,
        _: http::Request<Vec<u8>>,
        _: Duration,
    ) -> Sent<'a, Box<dyn Pieces + 'a>> {
        Box::pin(std::future::ready(Err(SendError::Denied)))
    }
}

impl Clock for World {
    fn now(&self) -> Timestamp {
        Timestamp::from_secs(NOW)
    }

    fn sleep<'a>(&'a self, _: Duration) -> LocalFuture<'a, ()> {
        Box::pin(std::future::ready(()))
    }
}

impl Variables for World {
    fn get(&self, name: &str) -> Result<String, VariableError> {
        Ok(match name {
            "jira_url" => "https://jira.example.com".to_owned(),
            "jira_api" => "datacenter".to_owned(),
            "jira_project_key" => "SOC".to_owned(),
            "jira_api_token" | "webhook_token" | "admin_token" | "jira_webhook_secret" => {
                format!("5ecret-{name}-of-the-fuzzer")
            }
            "webhook_secret" => secret(),
            _ => String::new(),
        })
    }
}

impl LogSink for World {
    fn write(&self, line: &str) {
        assert!(!line.contains("5ecret"), "{line}");
    }
}

struct Whole(Vec<u8>);

impl Body for Whole {
    fn read<'a>(&'a mut self, _: usize) -> LocalFuture<'a, Result<Vec<u8>, BodyError>> {
        Box::pin(std::future::ready(Ok(std::mem::take(&mut self.0))))
    }
}
