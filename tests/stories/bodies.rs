//! Bodies as they come: cut in the middle of a character, with numbers that JSON
//! does not have, too deep, too large, or beyond repair. None is lost.

use crate::harness::operator::{OPERATED, admin};
use crate::harness::{
    DATA_CENTER, Function, WEBHOOK_TOKEN, cloud, data_center, samples, with_settings,
};
use jira_intake_standins::client::Answer;
use jira_intake_standins::jira::{JiraStandIn, Operation};
use serde_json::{Value, json};

const MIB: usize = 1024 * 1024;

async fn operated() -> (JiraStandIn, Function) {
    with_settings(cloud(), &OPERATED).await
}

/// A created incident as text, with some of it replaced.
fn incident(id: &str, name: &str, replaced: &str, by: &str) -> Vec<u8> {
    let body = samples::incident(id, name).to_string();
    assert!(body.contains(replaced), "{replaced}");
    body.replacen(replaced, by, 1).into_bytes()
}

async fn is_created(function: &Function, body: impl AsRef<[u8]>) -> Value {
    let answer = function.opencti(body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.result()
}

fn summaries(jira: &JiraStandIn) -> Vec<String> {
    let issues = jira.issues();
    issues.iter().map(|it| it.summary().to_owned()).collect()
}

/// All that an issue shows, as one text.
fn description(jira: &JiraStandIn) -> String {
    jira.issues()[0].field("description").to_string()
}

#[tokio::test]
async fn an_event_that_was_cut_inside_a_character_is_filed() {
    let (jira, function) = operated().await;
    let body = samples::file("opencti-stream-data.lone-surrogate.json");
    assert!(serde_json::from_slice::<Value>(&body).is_err());
    is_created(&function, &body).await;
    assert!(summaries(&jira)[0].contains("Cut at half a smiley"));
    let line = function.printed("\"event\":\"repaired\"").await;
    assert!(
        line.contains("lone surrogate") && line.contains("\"warn\""),
        "{line}"
    );
    // A second time it is the same event.
    assert_eq!(
        function.opencti(&body).await.result()["outcome"],
        "duplicate"
    );
}

#[tokio::test]
async fn what_is_nearly_json_is_filed_and_everything_else_in_it_stays() {
    let (jira, function) = operated().await;
    let sound = incident("id-0", "Sound", "{", "{");
    let marked = [b"\xef\xbb\xbf", &incident("id-1", "Marked", "{", "{")[..]].concat();
    let text = String::from_utf8(incident("id-2", "Wide", "{", "{")).unwrap();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let wide = [&[0xff, 0xfe], &wide[..]].concat();
    let nan = incident(
        "id-3",
        "NaN",
        "\"data\":{",
        "\"data\":{\"x\":[NaN,-Infinity],",
    );
    let deep = format!(
        "\"data\":{{\"x\":{}{},",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let deep = incident("id-4", "Deep", "\"data\":{", &deep);
    let mut bytes = incident("id-5", "Bytes ?", "{", "{");
    let at = bytes.windows(7).position(|it| it == b"Bytes ?").unwrap();
    bytes[at + 6] = 0xff;
    let control = incident("id-6", "Con#trol", "Con#trol", "Con\ttrol");
    for body in [sound, marked, wide, nan, deep, bytes, control] {
        is_created(&function, body).await;
    }
    let summaries = summaries(&jira);
    let names = [
        "Sound",
        "Marked",
        "Wide",
        "NaN",
        "Deep",
        "Bytes \u{fffd}",
        "Con trol",
    ];
    for name in names {
        assert!(
            summaries.iter().any(|it| it.contains(name)),
            "{name}: {summaries:?}"
        );
    }
    let shown: Vec<String> = jira
        .issues()
        .iter()
        .map(|issue| issue.field("labels").as_array().unwrap().len().to_string())
        .collect();
    assert!(shown.iter().all(|it| *it == shown[0]), "{shown:?}");
}

#[tokio::test]
async fn every_source_has_its_body_repaired() {
    let (jira, function) = operated().await;
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    let generic = "[{\"id\":\"a\",\"title\":\"Half \\ud83d\",\"severity\":NaN}]";
    let answer = function.post("/webhooks/generic", &token, generic).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let splunk = String::from_utf8(samples::file("splunk-webhook.mimikatz.json")).unwrap();
    let splunk = splunk.replacen("\"result\": {", "\"result\": {\"x\": NaN,", 1);
    assert!(serde_json::from_str::<Value>(&splunk).is_err());
    let answer = function.post("/webhooks/splunk", &token, &splunk).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert_eq!(jira.issues().len(), 2);
}

async fn letters(function: &Function) -> Vec<Value> {
    let (status, page) = admin(function, "GET", "/dead-letters").await;
    assert_eq!(status, 200, "{page}");
    page["dead_letters"].as_array().unwrap().clone()
}

fn assert_kept(answer: &Answer) {
    assert_eq!(answer.status, 202, "{}", answer.text());
    let result = answer.result();
    assert_eq!(result["outcome"], "queued", "{result}");
    assert!(
        result["reason"].as_str().unwrap().contains("dead letter"),
        "{result}"
    );
}

#[tokio::test]
async fn what_cannot_be_repaired_is_a_dead_letter_and_the_same_again_is_the_same_one() {
    let (jira, function) = operated().await;
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    let mut body = b"{\"version\": \"4\", \"data\": oops \xff".to_vec();
    body.resize(100_000, b'x');
    let kept = function.opencti(&body).await;
    assert_kept(&kept);
    assert_kept(&function.opencti(&body).await);
    assert_kept(&function.post("/webhooks/splunk", &token, "{\"a\"").await);
    assert_kept(&function.post("/webhooks/generic", &token, " [{]").await);
    let letters = letters(&function).await;
    let sources: Vec<&Value> = letters.iter().map(|it| &it["body"]["source"]).collect();
    assert_eq!(sources, ["generic", "splunk", "opencti"], "{letters:?}");
    let letter = &letters[2];
    assert_eq!(
        (&letter["number"], &letter["body"]["bytes"]),
        (&json!(1), &json!(100_000))
    );
    let text = letter["body"]["text"].as_str().unwrap();
    assert!(text.starts_with("{\"version\"") && text.contains('\u{fffd}'));
    assert!(text.len() < 70_000 && letter["body"]["is_cut"] == true);
    assert!(
        letter["reason"].as_str().unwrap().contains("100000"),
        "{}",
        letter["reason"]
    );
    assert_eq!(admin(&function, "GET", "/dead-letters/1").await.0, 200);
    // Nothing has changed: it stays.
    let (status, again) = admin(&function, "POST", "/dead-letters/2/replay").await;
    assert_eq!(
        (status, &again["results"][0]["outcome"]),
        (202, &json!("queued"))
    );
    assert_eq!(
        admin(&function, "POST", "/dead-letters/replay").await.0,
        202
    );
    assert_eq!(admin(&function, "DELETE", "/dead-letters/1").await.0, 200);
    let discarded = admin(&function, "DELETE", "/dead-letters").await;
    assert_eq!(discarded, (200, json!({"discarded": 2, "next": null})));
    let left = function.entries();
    assert!(
        !left.iter().any(|(key, _)| key.contains("unread/")),
        "{left:?}"
    );
    assert!(jira.issues().is_empty());
    // What does not even begin as JSON is refused.
    for body in ["", "a=b", "<html>", "\"{", "NaN"] {
        assert_eq!(function.opencti(body).await.status, 400, "{body}");
    }
}

#[tokio::test]
async fn of_an_event_that_is_too_large_the_beginning_is_filed() {
    for (options, more) in [(cloud(), &[][..]), (data_center(), &DATA_CENTER[..])] {
        let settings = [&OPERATED[..], more].concat();
        let (jira, function) = with_settings(options, &settings).await;
        let text = "Long text. ".repeat(9 * MIB / 11);
        let body = incident("id-1", "Huge", "\"description\":\"", "\"description\":\"");
        let mut event: Value = serde_json::from_slice(&body).unwrap();
        let data = event["data"].as_object_mut().unwrap();
        data.remove("description");
        let head = event.to_string();
        let members = format!(",\"z_last\":1,\"description\":\"{text}\"}}");
        // The description is the last member, as OpenCTI writes it.
        let data = event["data"].to_string();
        let body = head.replacen(&data, &format!("{}{members}", &data[..data.len() - 1]), 1);
        assert!(body.len() > 9 * MIB - 100);
        let result = is_created(&function, &body).await;
        assert_eq!(result["entity"]["id"], "id-1");
        assert!(summaries(&jira)[0].contains("Huge"));
        let shown = description(&jira);
        assert!(
            shown.contains("too large") && shown.contains("Long text."),
            "{shown}"
        );
        function.printed("\"event\":\"body_cut\"").await;
        let again = function.opencti(&body).await;
        assert_eq!(again.result()["outcome"], "duplicate", "{}", again.text());
        // Without an id nothing can be filed, and nothing is lost.
        let nameless = format!(
            "{{\"version\":\"4\",\"data\":{{\"x\":\"{}",
            "y".repeat(9 * MIB)
        );
        assert_kept(&function.opencti(&nameless).await);
        assert_kept(&function.opencti(&nameless).await);
        let letters = letters(&function).await;
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0]["body"]["bytes"], nameless.len());
        // Other senders can send less.
        let token = [("x-api-key", WEBHOOK_TOKEN)];
        let answer = function.post("/webhooks/generic", &token, &nameless).await;
        assert_eq!(answer.status, 413, "{}", answer.text());
        assert_eq!(function.opencti("x".repeat(9 * MIB)).await.status, 413);
    }
}

#[tokio::test]
async fn an_event_below_the_limit_is_read_whole() {
    let (jira, function) = operated().await;
    let text = format!(
        "\"description\":\"{}\",\"x\":\"",
        "Long text. ".repeat(7 * MIB / 11)
    );
    let body = incident("id-1", "Large", "\"description\":\"", &text);
    is_created(&function, &body).await;
    assert!(!description(&jira).contains("too large"));
}

#[tokio::test]
async fn what_stands_behind_a_pasted_screenshot_is_shown() {
    let png = format!(
        "data:image/png;base64,{}",
        "iVBORw0KGgoA".repeat(400_000 / 12)
    );
    for (options, more) in [(cloud(), &[][..]), (data_center(), &DATA_CENTER[..])] {
        let settings = [&OPERATED[..], more].concat();
        let (jira, function) = with_settings(options, &settings).await;
        let mut event = samples::incident("id-1", "Pasted");
        let text = format!("Before. ![screen]({png}) Middle. {png} Near. After.");
        event["data"]["description"] = text.into();
        let html = format!("<p>Inner.</p><p><img src=\"{png}\"></p><p>Behind it.</p>");
        event["data"]["content"] = html.into();
        is_created(&function, event.to_string()).await;
        let shown = description(&jira);
        for part in [
            "Before.",
            "Middle.",
            "After.",
            "Inner.",
            "Behind it.",
            "image",
        ] {
            assert!(shown.contains(part), "{part}: {shown}");
        }
        assert!(!shown.contains("iVBOR"), "{shown}");
    }
    let (jira, function) = operated().await;
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    let alert = json!({"id": "a", "title": "A", "description": format!("Before. {png} After.")});
    function
        .post("/webhooks/generic", &token, alert.to_string())
        .await;
    let shown = description(&jira);
    assert!(
        shown.contains("Before.") && shown.contains("After."),
        "{shown}"
    );
}

#[tokio::test]
async fn a_dry_run_is_one_however_it_is_written() {
    let (jira, function) = operated().await;
    let event = samples::incident("id-1", "Dry").to_string();
    for query in [
        "?dry_run=1",
        "?dry_run=yes",
        "?dry_run=TRUE",
        "?dry-run=true",
        "?DRY_RUN",
    ] {
        let answer = function.opencti_with(query, &event).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.text());
        assert_eq!(answer.json()["dry_run"], true, "{query}");
    }
    let answer = function.opencti_with("?dry-run=maybe", &event).await;
    assert_eq!(answer.status, 400);
    assert!(answer.text().contains("maybe"), "{}", answer.text());
    // Nothing is kept in a dry run.
    let unread = function.opencti_with("?dry_run=1", "{oops").await;
    assert_eq!(unread.status, 200, "{}", unread.text());
    assert!(unread.text().contains("dead letter"), "{}", unread.text());
    assert!(letters(&function).await.is_empty());
    assert_eq!(jira.count(Operation::Create), 0);
    for (query, status) in [("?dry_run=false", 201), ("?dry-run=0", 200)] {
        assert_eq!(
            function.opencti_with(query, &event).await.status,
            status,
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_login_in_the_platforms_address_is_nowhere_to_be_seen() {
    let settings = [
        OPERATED[0],
        OPERATED[1],
        ("opencti_url", "https://unset.invalid"),
    ];
    let (jira, function) = with_settings(cloud(), &settings).await;
    let body = samples::file("opencti-notifier-webhook.live-incident-create.json");
    let mut body: Value = serde_json::from_slice(&body).unwrap();
    body["platform_uri"] = "https://bot:pa55word@opencti.example.com".into();
    let answer = function.opencti(body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(!answer.text().contains("pa55word"));
    let shown = format!("{:?}", jira.requests());
    assert!(
        shown.contains("https://opencti.example.com/dashboard/id/"),
        "{shown}"
    );
    assert!(!shown.contains("pa55word"));
    assert!(!function.output().join("\n").contains("pa55word"));
}
