use proptest::prelude::*;
use serde_json::{Value, json};

use super::CHATS;
use super::message::{LINES, LINES_LIMIT, Message, Occasion, TITLE_LIMIT, WITHHELD, source};
use super::words::harmless;
use crate::model::{Entity, EntityType, Fact};
use crate::sources::{opencti, splunk};

fn entity() -> Entity {
    Entity {
        id: "0c6d".to_owned(),
        kind: EntityType::new("splunk-alert"),
        name: "Brute force".to_owned(),
        severity: Some("high".to_owned()),
        ..Entity::default()
    }
}

fn issue() -> Option<(String, String)> {
    let url = "https://jira.example.com/browse/SOC-101";
    Some(("SOC-101".to_owned(), url.to_owned()))
}

fn fact(key: &str, value: &str) -> Fact {
    Fact {
        key: key.to_owned(),
        label: key.to_owned(),
        value: value.to_owned(),
    }
}

pub(super) fn created() -> Message {
    let mut entity = entity();
    entity.description = Some("12 failed logins\n\nfrom there".to_owned());
    Message::of(
        Occasion::Created,
        &entity,
        "Brute force",
        issue(),
        true,
        &splunk::PROFILE,
    )
}

fn dead(reason: &str) -> Message {
    let occasion = Occasion::DeadLetter(reason.to_owned());
    Message::of(
        occasion,
        &entity(),
        "Brute force",
        None,
        true,
        &splunk::PROFILE,
    )
}

/// A message with this text wherever strangers write.
fn hostile(text: &str) -> Message {
    Message {
        occasion: Occasion::DeadLetter(text.to_owned()),
        title: text.to_owned(),
        issue: issue(),
        severity: Some(text.to_owned()),
        source: text.to_owned(),
        lines: format!("{text}\n").repeat(4),
    }
}

fn slack(message: &Message) -> Value {
    super::slack::body(message)
}

fn teams(message: &Message) -> Value {
    super::teams::body(message)
}

/// Every string in a value.
fn strings(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(strings).collect(),
        Value::Object(members) => members.values().flat_map(strings).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn what_is_told_is_plain_words() {
    let message = created();
    assert_eq!(message.lines, "12 failed logins\nfrom there");
    assert_eq!(message.source, "Splunk alert");
    assert_eq!(message.title, "Brute force");
    let mut report = entity();
    report.description = Some("**12** failed [logins](https://a.example/x)".to_owned());
    let message = Message::of(
        Occasion::Created,
        &report,
        "Brute force",
        issue(),
        true,
        &opencti::PROFILE,
    );
    assert_eq!(message.lines, "12 failed logins");
}

#[test]
fn a_source_is_named_as_people_say_it() {
    for (platform, kind, said) in [
        (&splunk::PROFILE, "splunk-notable", "Splunk notable"),
        (&splunk::PROFILE, "soar-container", "Splunk SOAR container"),
        (&opencti::PROFILE, "report", "OpenCTI report"),
        (
            &opencti::PROFILE,
            "case-incident",
            "OpenCTI incident response",
        ),
        (&opencti::PROFILE, "über", "OpenCTI über"),
        (&opencti::PROFILE, "", "OpenCTI"),
    ] {
        let kind = EntityType::new(kind).title();
        assert_eq!(source(platform, &kind), said);
    }
}

#[test]
fn without_a_description_the_first_fields_are_told() {
    let mut entity = entity();
    entity.description = Some(" \n".to_owned());
    entity.data = vec![
        fact("_raw", "secret"),
        fact("src", "10.0.0.5"),
        fact("empty", " "),
        fact("user", "ada\nadmin"),
        fact("count", "12"),
        fact("more", "x"),
    ];
    let message = Message::of(Occasion::Created, &entity, "", None, true, &splunk::PROFILE);
    assert_eq!(message.lines, "src: 10.0.0.5\nuser: ada admin\ncount: 12");
    assert_eq!(message.title, "Brute force");
}

#[test]
fn three_lines_of_300_characters_are_told_at_most() {
    let mut entity = entity();
    entity.name = "x".repeat(10_000);
    entity.description = Some("a\n\nb\n\nc\n\nd".to_owned());
    let message = Message::of(Occasion::Created, &entity, "", None, true, &splunk::PROFILE);
    assert_eq!(message.lines, "a\nb\nc");
    assert_eq!(message.title.chars().count(), TITLE_LIMIT);
    entity.description = Some("word ".repeat(10_000));
    let message = Message::of(Occasion::Created, &entity, "", None, true, &splunk::PROFILE);
    assert!(message.lines.chars().count() <= LINES_LIMIT);
    assert!(message.lines.ends_with("word…"));
}

#[test]
fn what_must_not_be_shown_is_told_as_a_key_and_a_kind() {
    let mut entity = entity();
    entity.description = Some("Hush".to_owned());
    entity.data = vec![fact("user", "Hush")];
    let reason = Occasion::DeadLetter("Jira answered 400 (summary: Hush)".to_owned());
    let message = Message::of(
        reason.clone(),
        &entity,
        "Hush",
        issue(),
        false,
        &splunk::PROFILE,
    );
    assert_eq!(message.title, "Splunk alert SOC-101");
    assert_eq!(message.severity.as_deref(), Some("high"));
    assert_eq!(message.lines, WITHHELD);
    for chat in CHATS {
        let body = (chat.body)(&message).to_string();
        assert!(!body.contains("Hush") && body.contains(WITHHELD));
        assert!(body.contains("could not be filed") && !body.contains("Reason"));
    }
    let message = Message::of(reason, &entity, "Hush", None, false, &splunk::PROFILE);
    assert_eq!(message.title, "Splunk alert 0c6d");
}

#[test]
fn slack_gets_blocks() {
    let plain = |text: &str| json!({"type": "plain_text", "text": text, "emoji": false});
    assert_eq!(
        slack(&created()),
        json!({
            "text": "Brute force – New issue SOC-101",
            "mrkdwn": false,
            "link_names": false,
            "unfurl_links": false,
            "unfurl_media": false,
            "blocks": [
                {"type": "header", "text": plain("Brute force")},
                {"type": "section", "text": {
                    "type": "mrkdwn",
                    "text": "New issue <https://jira.example.com/browse/SOC-101|SOC-101>",
                    "verbatim": true,
                }},
                {"type": "context", "elements": [plain("Splunk alert · Severity: high")]},
                {"type": "section", "text": plain("12 failed logins\nfrom there")},
            ],
        })
    );
}

#[test]
fn teams_gets_a_card() {
    let run = |text: &str, look: &str, value: &str| {
        let mut run = json!({"type": "TextRun", "text": text});
        if !look.is_empty() {
            run[look] = json!(value);
        }
        json!({"type": "RichTextBlock", "inlines": [run]})
    };
    let card = json!({
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            run("Brute force", "weight", "Bolder"),
            run("New issue SOC-101", "", ""),
            run("Splunk alert · Severity: high", "color", "Accent"),
            run("12 failed logins", "", ""),
            run("from there", "", ""),
        ],
        "actions": [{
            "type": "Action.OpenUrl",
            "title": "Open SOC-101",
            "url": "https://jira.example.com/browse/SOC-101",
        }],
    });
    let kind = "application/vnd.microsoft.card.adaptive";
    let attachment = json!({"contentType": kind, "content": card});
    assert_eq!(
        teams(&created()),
        json!({"type": "message", "attachments": [attachment]})
    );
}

#[test]
fn a_dead_letter_says_why_and_where_to_look() {
    let message = dead("Jira answered 400 (summary: <too long>)");
    let body = slack(&message).to_string();
    assert!(
        body.contains("An event could not be filed in Jira."),
        "{body}"
    );
    assert!(body.contains("/dead-letters"));
    assert!(body.contains("Reason: Jira answered 400 (summary: &lt;too long&gt;)"));
    let body = teams(&message);
    assert_eq!(body["attachments"][0]["content"]["actions"], json!([]));
    let body = body.to_string();
    assert!(body.contains("/dead-letters") && body.contains("(summary: <too long>)"));
}

#[test]
fn an_address_is_told_so_that_nothing_makes_a_link_of_it() {
    for (text, told) in [
        (
            "see HTTPS://Evil.example/a.php?x=1.2",
            "see HTTPS[:]//Evil[.]example/a[.]php?x=1.2",
        ),
        (
            "www.evil.com, mail@evil.com",
            "www[.]evil[.]com, mail[@]evil[.]com",
        ),
        ("evil。com", "evil[。]com"),
        (
            "10.0.0.5 sent 2.5 GB. All. etc.",
            "10[.]0[.]0[.]5 sent 2.5 GB. All. etc.",
        ),
        ("slack://x .net", "slack[:]//x .net"),
    ] {
        assert_eq!(harmless(text, 100), told);
        assert_eq!(harmless(told, 100), told);
    }
}

#[test]
fn hostile_words_stay_words() {
    for text in [
        "<!channel>",
        "<https://evil.example|click>",
        "<@U012AB3CD>",
        "@here @channel",
        "[x](http://evil.example)",
        "",
        "\u{202e}",
        "a\u{202e}b\u{2066}c\u{0}d\r\n",
        "&lt;!here&gt;",
        &"👩‍💻".repeat(4_000),
        &"x".repeat(10_000),
        &"&".repeat(10_000),
    ] {
        holds(text);
    }
    // Only our own words may be marked.
    let body = slack(&hostile("*a* _b_ `c` :skull: @here"));
    let marked = body["blocks"][1]["text"].to_string();
    assert!(marked.contains("mrkdwn") && !marked.contains("skull"));
    assert_eq!(body.to_string().matches("mrkdwn\"").count(), 2);
}

/// Any text stays within the limits of the chats, and is nothing but text.
fn holds(text: &str) {
    let message = hostile(text);
    for chat in CHATS {
        let body = (chat.body)(&message);
        for text in strings(&body) {
            let text = text.replace("https://jira.example.com/browse/SOC-101", "");
            let is_ours = text.starts_with("http://adaptivecards.io/");
            assert!(is_ours || !text.contains("://"), "{}: {text}", chat.key);
            assert!(
                !text.contains(['\u{202e}', '\u{0}']),
                "{}: {text}",
                chat.key
            );
        }
    }
    let slack = slack(&message);
    let own = "<https://jira.example.com/browse/SOC-101|SOC-101>";
    for block in slack["blocks"].as_array().unwrap() {
        let limit = match block["type"].as_str().unwrap() {
            "header" => HEADER,
            _ => SECTION,
        };
        for text in strings(block) {
            let length = text.encode_utf16().count();
            assert!((1..=limit).contains(&length), "{length} in {block}");
        }
    }
    for text in strings(&slack) {
        let text = text.replace(own, "");
        assert!(!text.contains(['<', '>', '\u{202e}', '\u{0}']), "{text}");
        assert!(!text.contains("://"), "{text}");
        let bare = text
            .replace("&amp;", "")
            .replace("&lt;", "")
            .replace("&gt;", "");
        assert!(!bare.contains('&'), "{text}");
    }
    let mut teams = teams(&message);
    assert!(teams.to_string().len() < 8 * 1024);
    let card = &mut teams["attachments"][0]["content"];
    card["actions"].take();
    for text in strings(card) {
        assert!(
            !text.contains("://") && !text.contains('\u{202e}'),
            "{text}"
        );
    }
    for block in card["body"].as_array().unwrap() {
        assert_eq!(block["type"], "RichTextBlock");
    }
}

/// Slack's limits, as its reference has them.
const HEADER: usize = 150;
const SECTION: usize = 3_000;

proptest! {
    #[test]
    fn any_text_stays_text_within_the_limits(text in "\\PC{0,400}") {
        holds(&text);
    }

    #[test]
    fn what_looks_like_marks_stays_text(text in "[<>&@!|:/.a*\u{202e} \n]{0,400}") {
        holds(&text);
    }

    #[test]
    fn any_description_is_at_most_three_short_lines(text in "(\\PC|\n){0,600}") {
        let mut entity = entity();
        entity.description = Some(text);
        let message = Message::of(Occasion::Created, &entity, "", None, true, &splunk::PROFILE);
        prop_assert!(message.lines.lines().count() <= LINES);
        prop_assert!(message.lines.chars().count() <= LINES_LIMIT);
    }
}
