use ::http::header::AUTHORIZATION;
use proptest::prelude::*;

use super::*;
use crate::platform::fake::{Fake, block_on};

static MANUAL: Manual = Manual {
    name: "Splunk",
    url: "splunk_api_url",
    token: "splunk_api_token",
    right: "the capability x",
    gone: Some("MC_0050"),
};

fn ask(fake: &Fake, token: &str, path: &str) -> Result<Answer, UpstreamError> {
    let token = Secret::new(token);
    let rest = Rest {
        ports: fake.ports(),
        url: "https://splunk.example.com:8089",
        token: &token,
        header: AUTHORIZATION,
        scheme: "Bearer ",
        manual: &MANUAL,
    };
    let answer = block_on(rest.send(Method::GET, path, Sent::Nothing))?;
    rest.object(&answer).map(|_| answer)
}

fn answered(status: u16, body: &str) -> UpstreamError {
    let fake = Fake::default();
    fake.reply(status, &[("retry-after", "9")], body);
    let error = ask(&fake, "hunter2", "/x").unwrap_err();
    assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
    error
}

fn kind(error: &UpstreamError) -> &'static str {
    match error {
        UpstreamError::Later { after: None, .. } => "later",
        UpstreamError::Later { .. } => "then",
        UpstreamError::Refused { .. } => "refused",
        UpstreamError::Gone { .. } => "gone",
    }
}

#[test]
fn what_an_answer_means_and_what_to_check() {
    let page = "<!doctype html><html><p>Log in</p></html>";
    let xml = "<?xml version=\"1.0\"?>\n<response><messages>\n\
               <msg type=\"WARN\">call not\nproperly authenticated</msg></messages></response>";
    let json = r#"{"messages": [{"type": "ERROR", "text": "one"}, {"text": "two"}]}"#;
    for (status, body, expected, says) in [
        (
            200,
            page,
            "later",
            "Splunk: something else answered, with status 200. Check splunk_api_url",
        ),
        (200, "[1]", "later", "something else answered"),
        (
            303,
            page,
            "later",
            "something else answered, with status 303",
        ),
        (
            401,
            xml,
            "later",
            "Splunk answered 401: call not properly authenticated. Check splunk_api_token",
        ),
        (
            403,
            json,
            "later",
            "Splunk answered 403: one; two. The user of splunk_api_token needs the capability x",
        ),
        (404, page, "gone", "Splunk answered 404"),
        (
            400,
            r#"{"message": "no\nsuch status"}"#,
            "refused",
            "Splunk answered 400: no such status",
        ),
        (405, "", "refused", "Splunk answered 405"),
        (408, "", "then", "Splunk answered 408"),
        (429, page, "then", "Splunk answered 429"),
        (
            500,
            xml,
            "then",
            "Splunk answered 500: call not properly authenticated",
        ),
        (
            500,
            r#"{"code": "MC_0050", "message": "No such finding"}"#,
            "gone",
            "No such finding",
        ),
        (503, "<msg", "then", "Splunk answered 503"),
    ] {
        let error = answered(status, body);
        assert_eq!(kind(&error), expected, "{status} {body}");
        assert!(error.why().contains(says), "{status}: {}", error.why());
    }
    let error = answered(503, "");
    let after = Some(Duration::from_secs(9));
    let why = "Splunk answered 503".to_owned();
    assert_eq!(error, UpstreamError::Later { after, why });
}

#[test]
fn an_answer_that_repeats_the_token_is_not_quoted_whole() {
    let error = answered(400, r#"{"message": "Bearer hunter2 is none"}"#);
    assert_eq!(error.why(), "Splunk answered 400: Bearer <secret> is none");
    let long = format!(r#"{{"message": "{}"}}"#, "x".repeat(9000));
    assert!(answered(400, &long).why().len() < 300);
}

#[test]
fn no_answer_is_waited_for_and_says_why() {
    for (error, says) in [
        (
            SendError::Denied,
            "splunk_api_url and allowed_outbound_hosts",
        ),
        (
            SendError::NotSent("TlsCertificateError".to_owned()),
            "not sent: TlsCertificateError",
        ),
        (
            SendError::Unclear("timed out after 5000 ms".to_owned()),
            "no answer: timed out",
        ),
    ] {
        let fake = Fake::default();
        fake.replies.borrow_mut().push_back(Err(error));
        let error = ask(&fake, "hunter2", "/x").unwrap_err();
        assert_eq!(kind(&error), "later");
        assert!(error.why().contains(says), "{}", error.why());
    }
}

#[test]
fn what_cannot_be_sent_is_not_sent() {
    let fake = Fake::default();
    let error = ask(&fake, "hun\nter2", "/x").unwrap_err();
    assert_eq!(kind(&error), "later");
    assert!(
        error.why().starts_with("splunk_api_token holds"),
        "{error:?}"
    );
    assert!(!error.why().contains("ter2"));
    let error = ask(&fake, "hunter2", "/a b").unwrap_err();
    assert_eq!(kind(&error), "refused");
    assert!(fake.requests.borrow().is_empty());
}

#[test]
fn an_endless_answer_is_none() {
    let fake = Fake::default();
    fake.reply(200, &[], &" ".repeat(ENRICHMENT_ANSWER + 1));
    assert_eq!(kind(&ask(&fake, "t", "/x").unwrap_err()), "later");
}

proptest! {
    #[test]
    fn nothing_in_a_value_begins_another_field(id: String, text: String) {
        let text = format!("{text}&status=5\r\n=x;+{id}");
        let fields = [("ruleUIDs", id.as_str()), ("comment", text.as_str())];
        let sent = form(&fields);
        prop_assert!(sent.bytes().all(|byte| byte.is_ascii_graphic()));
        let read: Vec<_> = form_urlencoded::parse(sent.as_bytes()).collect();
        prop_assert_eq!(read.len(), 2);
        for ((name, value), (given, expected)) in read.iter().zip(fields) {
            prop_assert_eq!((name.as_ref(), value.as_ref()), (given, expected));
        }
    }

    #[test]
    fn a_part_of_a_path_stays_one_part(part: String) {
        let part = format!("{part}/../?#%2f +");
        let sent = encoded(&part);
        prop_assert!(!sent.contains(['/', '?', '#', '&', '+', ' ']));
        let address = format!("https://splunk.example.com/a/{sent}/b?c=1");
        let uri: ::http::Uri = address.parse().unwrap();
        let path = format!("/a/{sent}/b");
        prop_assert_eq!(uri.path(), &path);
        prop_assert_eq!(uri.query(), Some("c=1"));
    }
}
