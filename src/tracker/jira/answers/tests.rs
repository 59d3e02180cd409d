//! Answers as Jiras, proxies and firewalls give them.

use std::time::Duration;

use super::*;

/// What the answers here have, if they are Jira's.
const ANY: Expected = Expected::Members(&["id", "x", "key"]);

fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut response = http::Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    Answer::from(response.body(body.as_bytes().to_vec()).unwrap())
}

fn meaning(status: u16, headers: &[(&str, &str)], body: &str) -> Result<Value, Doubt> {
    let answer = answer(status, headers, body);
    read(&answer, ANY, Timestamp::UNKNOWN)
}

fn error(status: u16, headers: &[(&str, &str)], body: &str) -> TrackerError {
    match meaning(status, headers, body) {
        Err(Doubt::Certain(error)) => error,
        other => panic!("{status}: {other:?}"),
    }
}

const PAGE: &str = "<html><title>Sign in</title><p>Log in to continue</html>";

#[test]
fn a_page_is_not_jiras_whatever_its_status() {
    for status in [200, 201, 204, 302, 400, 402, 403, 404, 405, 409, 418, 423] {
        let found = meaning(status, &[], PAGE);
        let Err(Doubt::NotJira(why)) = found else {
            panic!("{status}: {found:?}");
        };
        assert!(
            why.contains("not Jira") && why.contains("Log in to"),
            "{why}"
        );
    }
    assert!(matches!(
        meaning(400, &[], "Bad Request"),
        Err(Doubt::NotJira(_))
    ));
}

#[test]
fn a_gateway_that_lost_the_connection_may_have_passed_the_request_on() {
    let envoy = |reason: &str| {
        let begin = "upstream connect error or disconnect/reset before headers. reset reason";
        error(503, &[], &format!("{begin}: {reason}"))
    };
    for reason in ["connection termination", "remote reset", "protocol error"] {
        let error = envoy(reason);
        assert!(matches!(error, TrackerError::Ambiguous { .. }), "{reason}");
    }
    let failed = "remote connection failure, transport failure reason: refused";
    for reason in [
        failed,
        "connection failure",
        "overflow",
        "remote refused stream reset",
    ] {
        let error = envoy(reason);
        assert!(matches!(error, TrackerError::Retry { .. }), "{reason}");
    }
}

#[test]
fn a_redirect_names_where_it_leads() {
    let headers = [("location", "https://u:pa55@sso.example.com/login?x=1")];
    let found = meaning(302, &headers, "");
    let Err(Doubt::NotJira(why)) = found else {
        panic!("{found:?}");
    };
    assert!(
        why.contains("sso[.]example[.]com") && why.contains("jira_url"),
        "{why}"
    );
}

#[test]
fn nothing_is_a_success_only_where_nothing_is_due() {
    let empty = answer(204, &[], "");
    let now = Timestamp::UNKNOWN;
    assert_eq!(read(&empty, Expected::Nothing, now), Ok(Value::Null));
    assert!(matches!(read(&empty, ANY, now), Err(Doubt::NotJira(_))));
    for (status, body) in [(200, ""), (202, ""), (200, "null")] {
        let page = read(&answer(status, &[], body), Expected::Nothing, now);
        assert!(matches!(page, Err(Doubt::NotJira(_))), "{status} {body}");
    }
    let list = answer(200, &[], "[]");
    assert_eq!(read(&list, Expected::List, now), Ok(serde_json::json!([])));
    let other = answer(200, &[], r#"{"error": "session expired"}"#);
    for expected in [Expected::Nothing, Expected::List, ANY] {
        let read = read(&other, expected, now);
        assert!(
            matches!(read, Err(Doubt::NotJira(_))),
            "{expected:?}: {read:?}"
        );
    }
    let bare = |status| answer(status, &[], "{}");
    assert!(read(&bare(201), Expected::Nothing, now).is_ok());
    assert!(read(&bare(200), Expected::Nothing, now).is_err());
    assert!(read(&answer(200, &[], ""), Expected::IdOrNothing, now).is_ok());
    for status in [400, 403, 404, 409] {
        let gateway = meaning(status, &[], r#"{"message": "no Route matched"}"#);
        assert!(
            matches!(gateway, Err(Doubt::NotJira(_))),
            "{status}: {gateway:?}"
        );
    }
}

#[test]
fn a_bad_field_is_refused_by_the_name_that_jira_gives_in_any_language() {
    let body = r#"{"errorMessages":[],"errors":{"priority":"Das Feld 'priority' kann nicht gesetzt werden."}}"#;
    let TrackerError::Refused { fields, why } = error(400, &[], body) else {
        panic!()
    };
    assert_eq!(fields[0].0, "priority");
    assert!(why.contains("kann nicht gesetzt werden"));
}

#[test]
fn a_login_that_fails_says_so_and_what_to_check() {
    let hidden = [("x-seraph-loginreason", "AUTHENTICATED_FAILED")];
    let captcha = [(
        "x-authentication-denied-reason",
        "CAPTCHA_CHALLENGE; login-url=https://x.example/login",
    )];
    for (status, headers, said) in [
        (401, &[][..], "401"),
        (404, &hidden[..], "AUTHENTICATED_FAILED"),
        (403, &captcha[..], "CAPTCHA"),
    ] {
        let error = error(status, headers, r#"{"errorMessages":["x"]}"#);
        let TrackerError::Misconfigured {
            scope,
            is_login,
            why,
        } = error
        else {
            panic!("{status}");
        };
        assert!(is_login && scope == Scope::Everything);
        assert!(
            why.starts_with("Authentication failed") && why.contains(said),
            "{why}"
        );
        assert!(!why.contains("://"), "{why}");
    }
}

#[test]
fn a_scope_that_a_token_lacks_may_be_about_one_request() {
    let scope = r#"{"code":401,"message":"Unauthorized; scope does not match"}"#;
    let found = meaning(401, &[], scope);
    assert!(
        matches!(&found, Err(Doubt::NoScope(why)) if why.contains("scope does not match")),
        "{found:?}"
    );
}

#[test]
fn a_good_login_says_ok_on_every_answer() {
    let found = meaning(
        404,
        &[("x-seraph-loginreason", "OK")],
        r#"{"errorMessages":["no"]}"#,
    );
    assert!(matches!(found, Err(Doubt::Missing(_))));
}

#[test]
fn too_many_requests_waits_as_long_as_jira_says_and_never_zero() {
    for (header, seconds) in [("30", 30), ("0", 1)] {
        let TrackerError::Retry { after, .. } = error(429, &[("retry-after", header)], "") else {
            panic!()
        };
        assert_eq!(after, Some(Duration::from_secs(seconds)));
    }
    assert!(matches!(
        error(503, &[], PAGE),
        TrackerError::Retry { after: None, .. }
    ));
}

#[test]
fn a_limit_on_one_issue_does_not_hold_the_others_back() {
    for (reason, expected) in [
        ("jira-per-issue-on-write", Scope::Event),
        ("jira-burst-based", Scope::Everything),
        ("jira-quota-tenant-based", Scope::Everything),
    ] {
        let error = error(429, &[("ratelimit-reason", reason)], "");
        assert!(matches!(error, TrackerError::Retry { scope, .. } if scope == expected));
    }
}

#[test]
fn one_request_that_is_refused_is_about_that_request() {
    let body = r#"{"errorMessages":["no"],"errors":{}}"#;
    for status in [403, 405, 402, 418] {
        assert!(
            matches!(error(status, &[], body), TrackerError::Denied { .. }),
            "{status}"
        );
    }
    for status in [409, 423, 425] {
        let error = error(status, &[], body);
        assert!(
            matches!(
                error,
                TrackerError::Retry {
                    scope: Scope::Event,
                    ..
                }
            ),
            "{status}"
        );
    }
}

#[test]
fn a_gateway_error_may_hide_a_created_issue() {
    for status in [408, 500, 502, 504] {
        assert!(matches!(
            error(status, &[], ""),
            TrackerError::Ambiguous { .. }
        ));
    }
}

#[test]
fn what_is_too_large_is_refused_by_its_description() {
    let TrackerError::Refused { fields, .. } = error(413, &[], PAGE) else {
        panic!()
    };
    assert_eq!(fields[0].0, "description");
}

#[test]
fn what_was_never_sent_may_be_sent_again() {
    let refused = SendError::NotSent("connection refused".to_owned());
    assert!(matches!(unanswered(&refused), TrackerError::Retry { .. }));
    let reset = SendError::Unclear("connection reset".to_owned());
    assert!(matches!(unanswered(&reset), TrackerError::Ambiguous { .. }));
    let denied = unanswered(&SendError::Denied);
    assert!(matches!(denied, TrackerError::Misconfigured { .. }));
}
