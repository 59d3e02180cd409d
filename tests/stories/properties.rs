//! Whatever a stranger writes, Jira takes the issue: any string in a name, a
//! label, a description, a rich text or a fact, in v2 and v3, with nothing
//! dropped. The stand-in is as strict as Jira, with lengths counted as Java
//! does.

use crate::harness::samples;
use crate::harness::{DATA_CENTER, Function, cloud, data_center, with_settings};
use jira_intake_standins::jira::JiraOptions;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

/// How many strangers write; `PROPTEST_CASES` for more.
const CASES: u32 = 120;

/// Text that is anything, or that is made to hurt.
fn text() -> impl Strategy<Value = String> {
    let marks = "[\\{\\}\\[\\]|*_~^!#>`<>&@:/\\\\\"'+\\- \\n\\r\\ta-z0-9.]{0,400}";
    let pieces = proptest::sample::select(vec![
        "{code}",
        "{noformat}",
        "[x|http://e.example]",
        "!http://e.example/i.png!",
        "||",
        "h1. ",
        "```\n",
        "> > > ",
        "- [ ] ",
        "| a | b |\n|---|---|\n",
        "<b>",
        "</td>",
        "<!--",
        "\u{202e}",
        "\u{0}",
        "\u{ffff}",
        "🦀",
        "e\u{301}",
        "[~admin]",
        "\\\\",
        "&#123;",
        "bq. ",
        "----\n",
    ]);
    prop_oneof![
        any::<String>(),
        marks,
        proptest::collection::vec(pieces, 0..60).prop_map(|parts| parts.concat()),
        "\\PC{0,300}".prop_map(|part| part.repeat(200)),
    ]
}

fn event() -> impl Strategy<Value = Value> {
    let texts = (text(), text(), text(), text(), text(), text());
    (texts, any::<u64>()).prop_map(|((name, description, content, label, fact, word), id)| {
        let mut event = samples::incident(&format!("{id:x}"), &name);
        event["data"]["description"] = description.into();
        event["data"]["content"] = content.into();
        event["data"]["labels"] = json!([label, word, "x"]);
        event["data"]["source"] = fact.clone().into();
        event["data"]["severity"] = word.into();
        event["data"]["external_references"] =
            json!([{"source_name": fact, "url": label_url(&name), "description": name}]);
        event
    })
}

fn label_url(text: &str) -> String {
    format!("https://e.example/{text}")
}

async fn every_text_is_taken(options: JiraOptions, settings: &[(&str, &str)]) {
    let (jira, function) = with_settings(options.utf16_lengths(), settings).await;
    let cases = Config::default().cases.min(CASES);
    let mut runner = TestRunner::new(Config::with_cases(cases));
    for number in 0..cases {
        let event = event().new_tree(&mut runner).unwrap().current();
        check(&function, &event, number).await;
    }
    assert!(jira.issues().len() as u32 >= cases * 9 / 10);
}

async fn check(function: &Function, event: &Value, number: u32) {
    let answer = function.opencti(event.to_string()).await;
    let said = answer.text();
    // A shrunk input would need another issue; the event is printed whole.
    assert_eq!(answer.status, 201, "case {number}: {said}\n{event}");
    assert_eq!(
        answer.result()["reason"],
        Value::Null,
        "case {number}: {said}\n{event}"
    );
}

#[tokio::test]
async fn any_text_makes_an_issue_that_cloud_takes() {
    every_text_is_taken(cloud(), &[]).await;
}

#[tokio::test]
async fn any_text_makes_an_issue_that_data_center_takes() {
    every_text_is_taken(data_center(), &DATA_CENTER).await;
}
