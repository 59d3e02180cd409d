//! A variable has one default: what the code takes where the value is empty is what
//! the list of all variables says.

use super::reading::Watched;
use super::*;
use crate::settings::catalog::{Kind, variables as listed};

/// So that all groups are read whole.
const WHOLE: [(&str, &str); 8] = [
    ("virustotal_api_key", "k"),
    ("ai_url", "http://localhost:11434/v1"),
    ("ai_host", "http://localhost:11434"),
    ("ai_model", "m"),
    ("splunk_api_url", "https://splunk.example.com:8089"),
    ("splunk_api_token", "t"),
    ("soar_url", "https://soar.example.com"),
    ("soar_token", "t"),
];

/// Those for which an empty value says something of its own: no pair, no word.
const EMPTY_IS_A_VALUE: [&str; 5] = [
    "comments_back_tags",
    "notify_on",
    "priority_map",
    "soar_status_back",
    "splunk_status_back",
];

/// All that is read, as text.
fn told(variables: &dyn Variables) -> String {
    let it = Settings::new(variables);
    let mut text = String::new();
    macro_rules! tell {
        ($($group:ident)*) => {
            $(text += &format!("{}: {:?}\n", stringify!($group), it.$group());)*
        };
    }
    tell!(jira index_lag text_limit internal_comments required_fields file_types);
    tell!(mapping lifecycle done_fields filing adopt opencti stream repeats splunk);
    tell!(enrichment notify retention sync_back back_words splunk_api soar_api);
    tell!(webhook_auth webhook_secret admin_token jira_webhook_secret counts metrics_token requests);
    for chat in CHATS.iter() {
        text += &format!("{chat}: {:?}\n", it.webhook(chat));
    }
    text
}

#[test]
fn the_code_has_the_same_default_as_the_list() {
    let mut own = Vec::new();
    for it in listed().filter(|it| it.kind == Kind::Plain && !it.default.is_empty()) {
        let with = |value| told(&variables(&[&WHOLE[..], &[(it.name, value)]].concat()));
        if with("") != with(it.default) {
            own.push(it.name);
        }
    }
    own.sort_unstable();
    assert_eq!(own, EMPTY_IS_A_VALUE, "other defaults in the code");
}

/// Or the test above would say nothing of what it does not read.
#[test]
fn what_is_compared_is_read_whole_and_without_a_mistake() {
    let watched = Watched::new(&WHOLE);
    let text = told(&watched);
    assert!(!text.contains("Err("), "{text}");
    let read = watched.read();
    for it in listed().filter(|it| !it.is_host()) {
        assert!(read.iter().any(|name| name == it.name), "{}", it.name);
    }
}

#[test]
fn the_manifest_has_the_defaults_of_the_list() {
    let mut expected: Vec<(String, String)> = listed()
        .map(|it| (it.name.to_owned(), it.default.to_owned()))
        .collect();
    expected.sort();
    assert_eq!(defaults(), expected);
}
