use http::StatusCode;
use serde_json::json;

use super::*;
use crate::platform::SendError;
use crate::platform::fake::{Fake, block_on};
use crate::settings::Secret;

const HASH: &str = "61c0810a23580cf492a6ba4f7654566108331e7a4134c968c2d6a05261b2d8a1";
const NOT_FOUND: &str =
    r#"{"error": {"code": "NotFoundError", "message": "File \"x\" not found"}}"#;
/// When asking again may help, if nobody says when.
const AGAIN: Duration = Duration::from_secs(60);
const DAY: u64 = 24 * 60 * 60 * 1_000;

fn settings() -> VirusTotal {
    VirusTotal {
        url: "https://vt.example".to_owned(),
        key: Secret::new("the-key"),
        max_lookups: 4,
    }
}

fn observable(kind: &str, value: &str) -> Observable {
    Observable {
        kind: kind.to_owned(),
        value: value.to_owned(),
    }
}

fn ask(fake: &Fake, observables: &[Observable]) -> (Vec<Verdict>, Vec<Missing>) {
    let time = Duration::from_secs(5);
    block_on(look_up(
        fake.ports(),
        &settings(),
        observables.to_vec(),
        time,
    ))
}

fn ask_for_ip(fake: &Fake) -> (Vec<Verdict>, Vec<Missing>) {
    ask(fake, &[observable("ipv4-addr", "42.194.210.177")])
}

/// Why there is no verdict, and when asking again may help.
fn lack(fake: &Fake) -> (String, Option<Duration>) {
    let (verdicts, missing) = ask_for_ip(fake);
    assert_eq!(verdicts, []);
    let [missing] = missing.try_into().unwrap();
    assert_eq!(missing.part, "VirusTotal");
    assert_eq!(missing.about, ["42.194.210.177"]);
    assert!(!missing.why.contains("the-key"));
    (missing.why, missing.again_after)
}

fn clean() -> String {
    json!({"data": {"attributes": {"last_analysis_stats": {
        "malicious": 0, "suspicious": 0, "undetected": 72, "harmless": 0, "timeout": 0,
    }}}})
    .to_string()
}

#[test]
fn a_report_is_read_and_the_key_goes_along_unseen() {
    let fake = Fake::default();
    let body = json!({"data": {"id": HASH, "type": "file", "attributes": {
        "last_analysis_stats": {
            "malicious": 61, "suspicious": 2, "undetected": 5, "harmless": 1, "timeout": 3,
            "confirmed-timeout": 1, "failure": 2, "type-unsupported": 4,
        },
        "reputation": -40,
        "last_analysis_date": 1_761_569_303,
        "meaningful_name": "mimi\nkatz\u{202e}.exe",
        "popular_threat_classification": {"suggested_threat_label": "trojan.mimikatz/hacktool"},
    }}});
    fake.reply(200, &[], &body.to_string());
    let file = observable("SHA-256", HASH);
    let (verdicts, missing) = ask(&fake, std::slice::from_ref(&file));
    let report = Report {
        malicious: 61,
        suspicious: 2,
        total: 69,
        reputation: Some(-40),
        label: Some("trojan.mimikatz/hacktool".to_owned()),
        name: Some("mimi katz.exe".to_owned()),
        analysed: Some(Timestamp::from_secs(1_761_569_303)),
    };
    let verdict = Verdict {
        observable: file,
        report: Some(report),
        url: format!("https://www.virustotal.com/gui/file/{HASH}"),
    };
    assert_eq!((verdicts, missing), (vec![verdict], vec![]));
    let sent = fake.requests.borrow();
    let (uri, headers) = (sent[0].uri().to_string(), sent[0].headers());
    assert_eq!(sent[0].method(), "GET");
    assert_eq!(uri, format!("https://vt.example/api/v3/files/{HASH}"));
    assert_eq!(headers["x-apikey"], "the-key");
    assert!(headers["x-apikey"].is_sensitive());
    assert_eq!(headers["accept"], "application/json");
    assert!(
        headers["user-agent"]
            .to_str()
            .unwrap()
            .starts_with("jira-intake/")
    );
}

#[test]
fn each_kind_has_its_place() {
    for (kind, value, path, page) in [
        (
            "ipv4-addr",
            "42.194.210.177",
            "ip_addresses/42.194.210.177",
            "ip-address/42.194.210.177",
        ),
        (
            "IPv6-Addr",
            "2a00:1450::1",
            "ip_addresses/2a00:1450::1",
            "ip-address/2a00:1450::1",
        ),
        (
            "domain-name",
            "evil.top",
            "domains/evil.top",
            "domain/evil.top",
        ),
        (
            "MD5",
            "0cc175b9c0f1b6a831c399e269772661",
            "files/0cc175b9c0f1b6a831c399e269772661",
            "file/0cc175b9c0f1b6a831c399e269772661",
        ),
        (
            "url",
            "http://evil.top/?a>",
            "urls/aHR0cDovL2V2aWwudG9wLz9hPg",
            "url/aHR0cDovL2V2aWwudG9wLz9hPg",
        ),
    ] {
        let fake = Fake::default();
        fake.reply(200, &[], &clean());
        let (verdicts, _) = ask(&fake, &[observable(kind, value)]);
        assert_eq!(
            verdicts[0].url,
            format!("https://www.virustotal.com/gui/{page}")
        );
        let uri = fake.requests.borrow()[0].uri().to_string();
        assert_eq!(uri, format!("https://vt.example/api/v3/{path}"));
    }
    for (kind, value) in [
        ("SHA-512", HASH),
        ("user-account", "root"),
        ("domain-name", "evil.top/../users"),
        ("domain-name", "evil.top?x"),
        ("domain-name", "пример.рф"),
        ("domain-name", ""),
    ] {
        assert!(
            Place::of(&observable(kind, value)).is_none(),
            "{kind} {value}"
        );
    }
}

#[test]
fn what_it_has_never_seen_is_unknown_and_not_clean() {
    let fake = Fake::default();
    fake.reply(404, &[], NOT_FOUND);
    let (verdicts, missing) = ask_for_ip(&fake);
    assert_eq!((verdicts[0].report.clone(), missing.len()), (None, 0));
}

#[test]
fn an_answer_that_is_no_word_of_virustotals_is_missing() {
    let stats = |stats| json!({"data": {"attributes": {"last_analysis_stats": stats}}}).to_string();
    for (status, body) in [
        (404, "<html>Not Found</html>".to_owned()),
        (404, r#"{"error": {"code": "PathError"}}"#.to_owned()),
        (200, "<html>Sign in</html>".to_owned()),
        (200, "{\"data\": {\"attri".to_owned()),
        (
            200,
            r#"{"data": {"attributes": {"reputation": 3}}}"#.to_owned(),
        ),
        (200, stats(json!(null))),
        (200, stats(json!({}))),
        (200, stats(json!({"timeout": 3}))),
    ] {
        let fake = Fake::default();
        fake.reply(status, &[], &body);
        assert_eq!(lack(&fake).1, Some(AGAIN), "{status} {body}");
    }
}

#[test]
fn an_error_says_why_and_whether_asking_again_may_help() {
    for (status, code, why, again) in [
        (
            401,
            "WrongCredentialsError",
            "virustotal_api_key was refused",
            None,
        ),
        (
            401,
            "AuthenticationRequiredError",
            "virustotal_api_key was refused",
            None,
        ),
        (
            403,
            "ForbiddenError",
            "virustotal_api_key was refused",
            None,
        ),
        (
            400,
            "InvalidArgumentError",
            "it answered 400 InvalidArgumentError",
            None,
        ),
        (
            429,
            "QuotaExceededError",
            "the key's quota is spent",
            Some(AGAIN),
        ),
        (
            429,
            "TooManyRequestsError",
            "the key's quota is spent",
            Some(AGAIN),
        ),
        (500, "InternalError", "it answered 500", Some(AGAIN)),
        (503, "TransientError", "it answered 503", Some(AGAIN)),
        (504, "DeadlineExceededError", "it answered 504", Some(AGAIN)),
    ] {
        let fake = Fake::default();
        let body = json!({"error": {"code": code, "message": "the-key is bad"}});
        fake.reply(status, &[], &body.to_string());
        assert_eq!(lack(&fake), (why.to_owned(), again));
    }
    for (error, why, again) in [
        (
            SendError::Denied,
            "the platform denied the request: check virustotal_url and allowed_outbound_hosts",
            None,
        ),
        (
            SendError::Unclear("timed out after 4800 ms".to_owned()),
            "timed out",
            Some(AGAIN),
        ),
        (
            SendError::NotSent("refused".to_owned()),
            "not sent: refused",
            Some(AGAIN),
        ),
    ] {
        let fake = Fake::default();
        fake.replies.borrow_mut().push_back(Err(error));
        assert_eq!(lack(&fake), (why.to_owned(), again));
    }
}

#[test]
fn a_key_that_cannot_be_sent_is_not_and_is_not_told() {
    let fake = Fake::default();
    let settings = VirusTotal {
        key: Secret::new("the\nkey"),
        ..settings()
    };
    let wanted = vec![observable("domain-name", "evil.top")];
    let (_, missing) = block_on(look_up(
        fake.ports(),
        &settings,
        wanted,
        Duration::from_secs(1),
    ));
    assert!(missing[0].why.starts_with("virustotal_api_key holds"));
    assert_eq!(missing[0].again_after, None);
    assert!(fake.requests.borrow().is_empty());
}

#[test]
fn while_a_quota_is_spent_nothing_is_sent() {
    let fake = Fake::default();
    fake.reply(
        429,
        &[("retry-after", "90")],
        r#"{"error": {"code": "QuotaExceededError"}}"#,
    );
    let two = [
        observable("domain-name", "evil.top"),
        observable("ipv4-addr", "42.194.210.177"),
    ];
    let (_, missing) = ask(&fake, &two);
    let [missing] = missing.try_into().unwrap();
    assert_eq!(missing.about, ["evil.top", "42.194.210.177"]);
    assert_eq!(missing.again_after, Some(Duration::from_secs(90)));
    fake.now_ms.set(30_500);
    assert_eq!(lack(&fake).1, Some(Duration::from_millis(59_500)));
    fake.now_ms.set(89_999);
    assert_eq!(lack(&fake).1, Some(Duration::from_millis(1)));
    assert_eq!(fake.requests.borrow().len(), 1);
    fake.now_ms.set(90_000);
    fake.reply(200, &[], &clean());
    assert_eq!(ask_for_ip(&fake).0.len(), 1);
}

#[test]
fn a_pause_has_bounds_whatever_the_header_says() {
    for (header, seconds) in [
        ("0", 1),
        ("999999999", 3_600),
        ("Wed, 21 Oct", 60),
        ("-1", 60),
    ] {
        let fake = Fake::default();
        fake.reply(429, &[("retry-after", header)], "<html>");
        let wait = Some(Duration::from_secs(seconds));
        assert_eq!(lack(&fake).1, wait, "{header}");
        assert_eq!(lack(&fake).1, wait, "{header}");
    }
}

#[test]
fn an_answer_holds_for_a_day_also_when_it_is_unknown() {
    for (status, body) in [(200, clean()), (404, NOT_FOUND.to_owned())] {
        let fake = Fake::default();
        fake.reply(status, &[], &body);
        let first = ask_for_ip(&fake);
        fake.now_ms.set(DAY);
        assert_eq!(ask_for_ip(&fake), first);
        assert_eq!(fake.requests.borrow().len(), 1);
        fake.now_ms.set(DAY + 1);
        fake.reply(status, &[], &body);
        assert_eq!(ask_for_ip(&fake), first);
        assert_eq!(fake.requests.borrow().len(), 2);
    }
}

#[test]
fn a_lack_is_not_remembered() {
    let fake = Fake::default();
    fake.reply(503, &[], "");
    lack(&fake);
    fake.reply(200, &[], &clean());
    assert_eq!(ask_for_ip(&fake).0.len(), 1);
}

#[test]
fn a_store_that_is_down_costs_lookups_and_nothing_else() {
    let fake = Fake::default();
    fake.store_down.set(true);
    for _ in 0..2 {
        fake.reply(200, &[], &clean());
        assert_eq!(ask_for_ip(&fake).0.len(), 1);
    }
}

#[test]
fn what_is_missing_for_one_reason_is_one_entry() {
    let fake = Fake::default();
    for status in [503, 200, 401, 503] {
        fake.reply(status, &[], &clean());
    }
    let all = ["a.top", "b.top", "c.top", "d.top"].map(|it| observable("domain-name", it));
    let (verdicts, missing) = ask(&fake, &all);
    assert_eq!(verdicts[0].observable.value, "b.top");
    let about: Vec<_> = missing.into_iter().map(|it| it.about).collect();
    assert_eq!(about, [vec!["a.top", "d.top"], vec!["c.top"]]);
}

#[test]
fn numbers_and_names_beyond_all_bounds_are_cut() {
    let fake = Fake::default();
    let body = json!({"data": {"attributes": {
        "last_analysis_stats": {"malicious": u64::MAX, "suspicious": -1, "harmless": 5},
        "meaningful_name": "x".repeat(5_000),
        "popular_threat_classification": [],
    }}});
    fake.reply(StatusCode::OK.as_u16(), &[], &body.to_string());
    let report = ask_for_ip(&fake).0.remove(0).report.unwrap();
    assert_eq!(
        (report.malicious, report.suspicious, report.total),
        (u32::MAX, 0, u32::MAX)
    );
    assert_eq!(report.name.unwrap().chars().count(), NAME_LIMIT);
    assert_eq!(
        (report.label, report.reputation, report.analysed),
        (None, None, None)
    );
}
