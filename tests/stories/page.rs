//! The status page, as far as it needs no browser: who gets in, what forms are
//! believed, what the answers forbid, and how long it takes with many records.

use std::time::{Duration, Instant};

use crate::harness::operator::OPERATED;
use crate::harness::visitor::{Visitor, token_of};
use crate::harness::{Function, cloud, samples, with_jira, with_settings};
use jira_intake_standins::jira::{Fault, Operation};

/// The routes of the page, with the method that each takes.
const ROUTES: [(&str, &str); 13] = [
    ("GET", "/"),
    ("GET", "/page.css"),
    ("GET", "/sign-in"),
    ("POST", "/sign-in"),
    ("POST", "/sign-out"),
    ("GET", "/page/find?q=x"),
    ("GET", "/page/dead-letters"),
    ("POST", "/page/retry"),
    ("POST", "/page/replay"),
    ("POST", "/page/discard"),
    ("POST", "/page/let-go"),
    ("POST", "/page/dry-run"),
    ("POST", "/page/doctor"),
];

fn event(number: usize) -> String {
    samples::incident(&format!("id-{number}"), &format!("Incident {number}")).to_string()
}

#[tokio::test]
async fn without_an_admin_token_there_is_nothing() {
    let (_jira, function) = with_jira(cloud()).await;
    for (method, path) in ROUTES {
        let answer = function.send(method, path, &[]).await;
        assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text());
        assert!(!answer.text().contains("<html"), "{path}");
    }
    function.printed("admin_token is not set").await;
}

#[tokio::test]
async fn nobody_is_warned_on_a_machine_of_their_own() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let page = function.send("GET", "/sign-in", &[]).await.text();
    assert!(
        page.contains("<form") && !page.contains("not encrypted"),
        "{page}"
    );
    let elsewhere = [("host", "intake.example.com")];
    let page = function.send("GET", "/sign-in", &elsewhere).await.text();
    assert!(page.contains("not encrypted"), "{page}");
    // A browser that says where the form was, and that this is our own page.
    for (origin, says) in [
        (function.url(), "not the configured"),
        ("http://evil.example", "from another site"),
    ] {
        let headers = [("origin", origin)];
        let answer = function.form("/sign-in", &headers, "token=wrong").await;
        assert!(answer.text().contains(says), "{origin}: {}", answer.text());
    }
}

#[tokio::test]
async fn nobody_sees_anything_without_signing_in() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    for (method, path) in ROUTES.into_iter().filter(|(_, path)| *path != "/page.css") {
        if path == "/sign-in" {
            continue;
        }
        // The token that machines show does not open the page either.
        let headers = [
            ("x-api-key", "admin-5ecret"),
            ("cookie", "jira-intake=x.y.z"),
        ];
        let answer = function.send(method, path, &headers).await;
        assert_eq!(answer.status, 303, "{method} {path}: {}", answer.text());
        assert_eq!(answer.headers["location"], "/sign-in");
        assert!(answer.body.is_empty());
    }
}

#[tokio::test]
async fn a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let started = Instant::now();
    let wrong = function.form("/sign-in", &[], "token=admin-5ecre").await;
    assert_eq!(wrong.status, 403, "{}", wrong.text());
    assert!(started.elapsed() > Duration::from_millis(900), "it is slow");
    assert!(wrong.headers.get("set-cookie").is_none());
    assert!(wrong.text().contains("This is not the configured"));
    let right = function
        .form("/sign-in", &[], "token=admin-5ecret%0A")
        .await;
    assert_eq!(
        (right.status, &right.headers["location"]),
        (303, &"/".parse().unwrap())
    );
    let cookie = right.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("jira-intake="), "{cookie}");
    for part in [
        "; Path=/",
        "; Max-Age=28800",
        "; HttpOnly",
        "; SameSite=Strict",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(
        !cookie.contains("Secure") && !cookie.contains("Domain"),
        "{cookie}"
    );
    assert!(!cookie.contains("5ecret"));
    let https = [("x-forwarded-proto", "https")];
    let right = function
        .form("/sign-in", &https, "token=admin-5ecret")
        .await;
    let cookie = right.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-jira-intake="), "{cookie}");
    assert!(cookie.ends_with("; Secure"), "{cookie}");
    let log = function.printed("sign_in_refused").await;
    assert!(log.contains("\"level\":\"warn\""), "{log}");
    let all = function.output().join("\n");
    assert!(!all.contains("5ecre"), "no token is logged");
}

#[tokio::test]
async fn a_session_ends_with_its_time_its_token_and_signing_out() {
    let (_jira, mut function) = with_settings(cloud(), &OPERATED).await;
    let visitor = Visitor::sign_in(&function).await;
    assert!(visitor.page("/").await.contains("All is well"));
    let (name, value) = visitor.cookie.split_once('=').unwrap();
    let (begin, code) = value.rsplit_once('.').unwrap();
    let (ends, nonce) = begin.split_once('.').unwrap();
    let later = ends.parse::<u64>().unwrap() + 3600;
    for forged in [
        format!("{name}={later}.{nonce}.{code}"),
        format!("{name}={ends}.{nonce}x.{code}"),
        format!("{name}={ends}.{nonce}."),
        format!("__Host-{name}={value}"),
    ] {
        let headers = [("cookie", forged.as_str())];
        let answer = function.send("GET", "/", &headers).await;
        assert_eq!(answer.status, 303, "{forged}");
    }
    let out = visitor.act("/sign-out", "").await;
    assert_eq!(out.headers["location"], "/sign-in");
    let cookie = out.headers["set-cookie"].to_str().unwrap();
    assert!(cookie.contains("Max-Age=0"), "{cookie}");
    let cookie = visitor.cookie.clone();
    function
        .restart_in(&[(crate::harness::process::AHEAD, "28790")])
        .await;
    let at = |path: &'static str| {
        let headers = [("cookie", cookie.as_str())];
        let function = &function;
        async move { function.send("GET", path, &headers).await.status }
    };
    assert_eq!(at("/").await, 200);
    function
        .restart_in(&[(crate::harness::process::AHEAD, "28801")])
        .await;
    let headers = [("cookie", cookie.as_str())];
    assert_eq!(function.send("GET", "/", &headers).await.status, 303);
    function.set("admin_token", "another-5ecret");
    function.restart_in(&[]).await;
    assert_eq!(function.send("GET", "/", &headers).await.status, 303);
}

#[tokio::test]
async fn every_answer_forbids_what_the_page_does_not_need() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let visitor = Visitor::sign_in(&function).await;
    for path in [
        "/",
        "/sign-in",
        "/page/find?q=x",
        "/page/dead-letters",
        "/page/x",
        "/page.css",
    ] {
        let answer = visitor.get(path).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        for part in [
            "default-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(
            !policy.contains("unsafe") && !policy.contains("script"),
            "{policy}"
        );
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin");
        assert!(header("cache-control").starts_with("no-"), "{path}");
        let text = answer.text();
        for word in ["<script", " style=", " onclick", "javascript:"] {
            assert!(!text.contains(word), "{path}: {word}");
        }
    }
    assert_eq!(visitor.get("/page/x").await.status, 404);
    assert_eq!(visitor.get("/page/retry").await.status, 405);
    assert_eq!(function.send("DELETE", "/sign-in", &[]).await.status, 405);
}

#[tokio::test]
async fn a_form_that_is_not_of_the_page_does_nothing() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let refused = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(refused.always());
    function.opencti(event(1)).await;
    let visitor = Visitor::sign_in(&function).await;
    let page = visitor.page("/").await;
    let token = token_of(&page, "/page/discard");
    let other = token_of(&page, "/page/replay");
    let right = format!("csrf={token}&number=1");
    let discard = |form: String, headers: &'static [(&str, &str)]| {
        let visitor = &visitor;
        async move { visitor.post("/page/discard", &form, headers).await.status }
    };
    assert_eq!(discard("number=1".to_owned(), &[]).await, 403);
    assert_eq!(discard(format!("csrf={other}&number=1"), &[]).await, 403);
    assert_eq!(discard(format!("csrf={token}x&number=1"), &[]).await, 403);
    let elsewhere: &[(&str, &str)] = &[("sec-fetch-site", "cross-site")];
    assert_eq!(discard(right.clone(), elsewhere).await, 403);
    let elsewhere: &[(&str, &str)] = &[("origin", "https://evil.example")];
    assert_eq!(discard(right.clone(), elsewhere).await, 403);
    let second = Visitor::sign_in(&function).await;
    assert_eq!(second.post("/page/discard", &right, &[]).await.status, 403);
    let long = format!("{right}&x={}", "x".repeat(20_000));
    assert_eq!(discard(long, &[]).await, 413);
    let url = format!("/page/discard?csrf={token}&number=1");
    let headers = [("cookie", visitor.cookie.as_str())];
    assert_eq!(function.send("GET", &url, &headers).await.status, 405);
    assert_eq!(function.send("POST", &url, &headers).await.status, 415);
    assert!(
        visitor.page("/").await.contains("geht nicht"),
        "it is still there"
    );
    assert_eq!(discard(right.clone(), &[]).await, 303);
    let page = visitor.page("/?done=discarded").await;
    assert!(
        page.contains("was discarded") && !page.contains("geht nicht"),
        "{page}"
    );
    let again = visitor.post("/page/discard", &right, &[]).await;
    assert_eq!(again.headers["location"], "/?done=gone");
}

#[tokio::test]
async fn an_entity_is_found_by_its_id_and_by_its_issue() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    assert_eq!(function.opencti(event(1)).await.status, 201);
    let visitor = Visitor::sign_in(&function).await;
    let key = jira.issues()[0].key.clone();
    let lower = key.to_lowercase();
    for asked in ["id-1", &key, &lower] {
        let page = visitor.page(&format!("/page/find?q={asked}")).await;
        assert!(page.contains(&format!("/browse/{key}")), "{asked}: {page}");
        assert!(page.contains("Its issue is filed"), "{page}");
        assert!(page.contains("<ol class=\"trace\"><li>"), "{page}");
    }
    let none = visitor.page("/page/find?q=%3Cb%3E").await;
    assert!(
        none.contains("Nothing is known of <bdi>&lt;b&gt;</bdi>"),
        "{none}"
    );
    visitor.page("/page/find").await;
    visitor
        .page(&format!("/page/find?q={}", "x".repeat(5_000)))
        .await;
}

#[tokio::test]
async fn the_doctor_and_a_retry_pass_answer() {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let visitor = Visitor::sign_in(&function).await;
    let retried = visitor.act("/page/retry", "").await;
    assert_eq!(retried.headers["location"], "/?done=retried");
    let well = visitor.act("/page/doctor", "").await;
    assert!(
        well.text().contains("All that was checked is well"),
        "{}",
        well.text()
    );
    jira.inject(Fault::login_page().always());
    let bad = visitor.act("/page/doctor", "").await;
    assert!(bad.text().contains("jira_url"), "{}", bad.text());
}

/// A function whose store holds so many records, and more of all else than is shown.
async fn with_many(records: usize) -> (jira_intake_standins::jira::JiraStandIn, Function) {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let refused = Fault::refused_field("summary", "geht nicht").on(Operation::Create);
    jira.inject(refused.always());
    function.opencti(event(1)).await;
    jira.clear_faults();
    function.opencti(event(2)).await;
    jira.inject(Fault::rate_limited(600).always());
    function.opencti(event(3)).await;
    let entries = function.entries();
    let value = |key: &str| {
        let found = entries.iter().find(|(found, _)| found == key);
        String::from_utf8(found.unwrap_or_else(|| panic!("{key}")).1.clone()).unwrap()
    };
    let filed = value("jira-intake/record/opencti/id-2");
    let waits = value("jira-intake/record/opencti/id-3");
    let letter = value("jira-intake/dead/1");
    let mut values = Vec::new();
    for number in 10..records {
        let record = if number < 5_000 { &waits } else { &filed };
        values.push((
            format!("jira-intake/record/opencti/id-{number}"),
            record.clone().into(),
        ));
    }
    for number in 2..=1_000 {
        let letter = letter.replace("\"number\":1,", &format!("\"number\":{number},"));
        values.push((format!("jira-intake/dead/{number}"), letter.into()));
    }
    let line = "hold/everything";
    for number in 10..5_000 {
        let entity = format!("{{\"source\":\"opencti\",\"id\":\"id-{number}\"}}");
        values.push((format!("jira-intake/slot/{line}/{number}"), entity.into()));
    }
    let counters = [
        ("jira-intake/count/dead".to_owned(), 1_000),
        (format!("jira-intake/slots/{line}"), 4_999),
    ];
    function.fill(values, &counters);
    (jira, function)
}

#[tokio::test]
async fn the_page_stays_short_and_fast_with_a_hundred_thousand_records() {
    let (_jira, function) = with_many(100_000).await;
    let visitor = Visitor::sign_in(&function).await;
    visitor.page("/").await;
    for path in ["/", "/page/dead-letters", "/page/find?q=id-99999"] {
        let started = Instant::now();
        let page = visitor.page(path).await;
        let (took, rows) = (started.elapsed(), page.matches("<tr>").count());
        println!("{path}: {took:?}, {} bytes, {rows} rows", page.len());
        assert!(took < Duration::from_secs(2), "{path}: {took:?}");
        assert!(
            page.len() < 200_000 && rows < 200,
            "{path}: {} {rows}",
            page.len()
        );
    }
    let found = visitor.page("/page/find?q=id-99999").await;
    assert!(
        found.contains("Its issue is filed; nothing waits."),
        "{found}"
    );
    let page = visitor.page("/").await;
    assert!(page.contains("4999 entities wait"), "{page}");
    assert!(page.contains("Below are the first 20"), "{page}");
    assert!(page.contains("All dead letters"), "{page}");
    let older = visitor.page("/page/dead-letters?before=51").await;
    assert!(
        older.contains(">50</td>") && !older.contains(">51</td>"),
        "{older}"
    );
}
