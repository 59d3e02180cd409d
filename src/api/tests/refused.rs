//! Who is turned away costs nothing: no body is read, nothing is stored, asked or told.

use std::cell::Cell;

use super::*;

const SIGNATURES: [&str; 3] = ["x-hub-signature-256", "webhook-signature", "svix-signature"];
/// HMAC-SHA256 of `{}` with the key `s1gn-s3cret`.
const SIGNED: &str = "sha256=279de17f36acac7ab273f8ae28a601a2aa6ed35475556430d3fd96bf3d748a89";

/// A body that counts how often it is read.
struct Counted<'a>(&'a [u8], &'a Cell<usize>);

impl Body for Counted<'_> {
    fn read<'a>(&'a mut self, limit: usize) -> LocalFuture<'a, Result<Vec<u8>, BodyError>> {
        self.1.set(self.1.get() + 1);
        let body = match self.0.get(..limit) {
            Some(beginning) if self.0.len() > limit => Err(BodyError::TooLarge {
                beginning: beginning.to_vec(),
                length: self.0.len(),
            }),
            _ => Ok(self.0.to_vec()),
        };
        Box::pin(std::future::ready(body))
    }
}

/// The status, the detail, and how often the body was read.
struct Tried {
    status: u16,
    body: serde_json::Value,
    reads: usize,
}

fn guarded(settings: &[(&str, &str)]) -> Fake {
    let fake = configured();
    let usual = [
        ("webhook_auth", "token"),
        ("webhook_token", "t0ken-5ecret"),
        ("admin_token", "adm1n-5ecret"),
    ];
    for (name, value) in usual.iter().chain(settings) {
        fake.settings
            .borrow_mut()
            .insert((*name).to_owned(), (*value).to_owned());
    }
    fake
}

fn attempt(fake: &Fake, request: (&str, &str), headers: &[(&str, &str)], body: &[u8]) -> Tried {
    let mut head = http::Request::builder().method(request.0).uri(request.1);
    for (name, value) in headers {
        head = head.header(*name, *value);
    }
    let head = head.body(()).unwrap().into_parts().0;
    let reads = Cell::new(0);
    let settings = Settings::new(fake);
    let jira = Jira::new(fake.ports(), &settings);
    let session = Session::new(fake.ports(), &settings, &jira);
    let response = block_on(handle(&session, &head, &mut Counted(body, &reads)));
    block_on(after_response(&session));
    Tried {
        status: response.status().as_u16(),
        body: serde_json::from_slice(response.body()).unwrap(),
        reads: reads.get(),
    }
}

/// Nothing was touched, and one line says why, without what was shown.
fn assert_costs_nothing(fake: &Fake, route: &str) {
    let touched = (fake.reads.get(), fake.writes.get(), fake.listings.get());
    assert_eq!(touched, (0, 0, 0), "{route}");
    assert!(fake.requests.borrow().is_empty(), "{route}");
    let lines = fake.lines.take();
    assert_eq!(lines.len(), 1, "{route}: {lines:?}");
    let line: serde_json::Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(line["event"], "refused", "{line}");
    assert_eq!(
        (&line["level"], &line["status"]),
        (&"warn".into(), &401.into())
    );
    assert_eq!(line["route"], route.split('?').next().unwrap(), "{line}");
    assert!(!line["reason"].as_str().unwrap().is_empty(), "{line}");
    for secret in ["wr0ng", "t0ken", "adm1n", "s1gn"] {
        assert!(!lines[0].contains(secret), "{line}");
    }
}

#[test]
fn a_wrong_token_costs_nothing_on_any_route() {
    let posts = ["opencti", "splunk", "generic", "jira"].map(|it| format!("/webhooks/{it}"));
    let operators = [
        ("POST", "/tasks/retry"),
        ("POST", "/tasks/stream"),
        ("GET", "/dead-letters"),
        ("DELETE", "/dead-letters"),
        ("POST", "/dead-letters/replay"),
        ("GET", "/dead-letters/7"),
        ("GET", "/troubles"),
        ("GET", "/holds"),
        ("DELETE", "/holds/everything"),
    ];
    let fake = guarded(&[]);
    let posts = posts.iter().map(|path| ("POST", path.as_str()));
    for request in posts.chain(operators) {
        let query = format!("{}?token=wr0ng", request.1);
        let right = if request.1.starts_with("/webhooks") {
            "adm1n-5ecret"
        } else {
            "t0ken-5ecret"
        };
        for (path, headers) in [
            (request.1, vec![]),
            (request.1, vec![("authorization", "Bearer wr0ng")]),
            (request.1, vec![("x-api-key", right)]),
            (query.as_str(), vec![]),
        ] {
            let tried = attempt(&fake, (request.0, path), &headers, b"{oops");
            assert_eq!((tried.status, tried.reads), (401, 0), "{path}");
            assert_costs_nothing(&fake, path);
        }
    }
}

#[test]
fn a_signature_that_cannot_be_right_costs_nothing() {
    for auth in ["token", "signature"] {
        let fake = guarded(&[("webhook_auth", auth), ("webhook_secret", "s1gn-s3cret")]);
        for name in SIGNATURES {
            let headers = [(name, "wr0ng")];
            let tried = attempt(&fake, ("POST", "/webhooks/generic"), &headers, b"{oops");
            assert_eq!((tried.status, tried.reads), (401, 0), "{auth} {name}");
            assert_costs_nothing(&fake, "/webhooks/generic");
        }
    }
    let fake = guarded(&[("jira_webhook_secret", "s1gn-s3cret")]);
    let headers = [("x-hub-signature", "sha1=wr0ng")];
    let tried = attempt(&fake, ("POST", "/webhooks/jira"), &headers, b"{oops");
    assert_eq!((tried.status, tried.reads), (401, 0));
    assert_costs_nothing(&fake, "/webhooks/jira");
}

/// It is read, as nobody could know before; but not parsed, and nothing is done.
#[test]
fn a_body_whose_signature_does_not_hold_is_not_parsed() {
    for (route, header) in [
        ("/webhooks/opencti", "x-hub-signature-256"),
        ("/webhooks/jira", "x-hub-signature"),
    ] {
        let fake = guarded(&[
            ("webhook_secret", "s1gn-s3cret"),
            ("jira_webhook_secret", "s1gn-s3cret"),
        ]);
        let tried = attempt(&fake, ("POST", route), &[(header, SIGNED)], b"{oops");
        assert_eq!((tried.status, tried.reads), (401, 1), "{}", tried.body);
        assert_costs_nothing(&fake, route);
    }
}

#[test]
fn no_token_is_accepted_where_a_signature_is_asked_for() {
    let fake = guarded(&[
        ("webhook_auth", "signature"),
        ("webhook_secret", "0ld-s3cret s1gn-s3cret"),
    ]);
    let token = ("x-api-key", "t0ken-5ecret");
    for path in ["/webhooks/generic", "/webhooks/jira"] {
        let tried = attempt(&fake, ("POST", path), &[token], b"{}");
        assert_eq!((tried.status, tried.reads), (401, 0), "{}", tried.body);
        assert_costs_nothing(&fake, path);
    }
    let signed = [("x-hub-signature-256", SIGNED)];
    let tried = attempt(&fake, ("POST", "/webhooks/generic"), &signed, b"{}");
    assert_eq!((tried.status, tried.reads), (422, 1), "{}", tried.body);
}

#[test]
fn a_token_or_a_signature_is_enough_where_tokens_are_accepted() {
    let fake = guarded(&[("webhook_secret", "s1gn-s3cret")]);
    let (token, wrong) = (("x-api-key", "t0ken-5ecret"), ("x-api-key", "wr0ng"));
    let (signed, broken) = (
        ("x-hub-signature-256", SIGNED),
        ("x-hub-signature-256", "x"),
    );
    for headers in [
        vec![token],
        vec![signed],
        vec![wrong, signed],
        vec![token, broken],
    ] {
        let tried = attempt(&fake, ("POST", "/webhooks/generic"), &headers, b"{}");
        assert_eq!(tried.status, 422, "{headers:?} {}", tried.body);
    }
    // Without the secret a signature is nothing.
    let fake = guarded(&[]);
    let tried = attempt(&fake, ("POST", "/webhooks/generic"), &[signed], b"{}");
    assert_eq!((tried.status, tried.reads), (401, 0), "{}", tried.body);
}

/// Half a body cannot be checked; with a token, OpenCTI's is read as far as it is taken.
#[test]
fn a_signed_body_that_is_too_long_is_refused() {
    let own = [("webhook_secret", "s1gn-s3cret"), ("max_body_bytes", "100")];
    let fake = guarded(&own);
    let body = incident();
    let signed = [("x-hub-signature-256", SIGNED)];
    let tried = attempt(&fake, ("POST", "/webhooks/opencti"), &signed, &body);
    assert_eq!(tried.status, 413, "{}", tried.body);
    assert!(tried.body["detail"].as_str().unwrap().contains("signature"));
    let token = [("x-api-key", "t0ken-5ecret")];
    let tried = attempt(&fake, ("POST", "/webhooks/opencti"), &token, &body);
    assert_ne!(tried.status, 413, "{}", tried.body);
}

/// Who only says that he signed is a stranger.
#[test]
fn mistakes_are_not_told_to_one_whose_signature_is_not_checked_yet() {
    let fake = guarded(&[
        ("webhook_secret", "s1gn-s3cret"),
        ("jira_webhook_secret", "s1gn-s3cret"),
        ("max_body_bytes", "many"),
    ]);
    for (path, name) in [
        ("/webhooks/generic", "x-hub-signature-256"),
        ("/webhooks/jira", "x-hub-signature"),
    ] {
        let tried = attempt(&fake, ("POST", path), &[(name, SIGNED)], b"{}");
        assert_eq!((tried.status, tried.reads), (500, 0), "{}", tried.body);
        assert!(tried.body["mistakes"].is_null(), "{}", tried.body);
    }
}

#[test]
fn both_tokens_and_both_secrets_are_good_while_they_are_replaced() {
    let fake = guarded(&[
        ("webhook_token", "new-5ecret t0ken-5ecret"),
        ("admin_token", "new-adm1n\nadm1n-5ecret"),
        ("jira_webhook_secret", "new-s3cret s1gn-s3cret"),
    ]);
    for token in ["new-5ecret", "t0ken-5ecret"] {
        let headers = [("x-api-key", token)];
        let tried = attempt(&fake, ("POST", "/webhooks/generic"), &headers, b"{}");
        assert_eq!(tried.status, 422, "{}", tried.body);
    }
    for token in ["new-adm1n", "adm1n-5ecret"] {
        let tried = attempt(&fake, ("GET", "/holds"), &[("x-api-key", token)], b"");
        assert_eq!(tried.status, 200, "{}", tried.body);
    }
    let signed = [("x-hub-signature", SIGNED)];
    let tried = attempt(&fake, ("POST", "/webhooks/jira"), &signed, b"{}");
    assert_eq!(tried.status, 200, "{}", tried.body);
}

#[test]
fn mistakes_are_told_to_an_operator_too() {
    let fake = guarded(&[
        ("webhook_auth", "signature"),
        ("webhook_secret", "s1gn-s3cret"),
        ("max_body_bytes", "many"),
    ]);
    for (token, is_told) in [("t0ken-5ecret", false), ("adm1n-5ecret", true)] {
        let tried = attempt(&fake, ("GET", "/readyz"), &[("x-api-key", token)], b"");
        assert_eq!(tried.status, 500);
        assert_eq!(tried.body["mistakes"].is_array(), is_told, "{token}");
    }
}
