//! What a model says, and what it means.

mod hostile;
mod question;
mod refused;
mod shapes;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::model::strategy;
use crate::platform::SendError;
use crate::platform::fake::{Fake, block_on};
use crate::sources::{self, opencti};

fn ai(key: Option<&str>) -> Ai {
    Ai {
        address: Secret::new("http://llm.example/v1/chat/completions"),
        model: "llama3.1".to_owned(),
        auth: AiAuth::Bearer,
        key: key.map(Secret::new),
        max_tokens: 2_000,
        deadline: None,
    }
}

fn asked(fake: &Fake, entity: &Entity, key: Option<&str>) -> Result<Analysis, Lack> {
    let time = Duration::from_secs(5);
    let answer = block_on(ask(fake.ports(), &ai(key), entity, &opencti::PROFILE, time));
    if let Err(Lack::Lasting(why) | Lack::Passing(why, _)) = &answer {
        assert!(!why.contains("sk-secret"), "{why}");
    }
    answer
}

fn says(content: Value, finish_reason: &str) -> Result<Analysis, Lack> {
    let message = json!({ "role": "assistant", "content": content, "refusal": null });
    let choice = json!({ "index": 0, "message": message, "finish_reason": finish_reason });
    let fake = Fake::default();
    fake.reply(200, &[], &json!({ "choices": [choice] }).to_string());
    asked(&fake, &Entity::default(), None)
}

fn understood(content: &str) -> Analysis {
    says(json!(content), "stop").unwrap()
}

fn refusal(status: u16, headers: &[(&str, &str)], body: &str) -> (String, Option<u64>) {
    let fake = Fake::default();
    fake.reply(status, headers, body);
    // It may be asked again without what may have been refused.
    fake.reply(status, headers, body);
    let lack = asked(&fake, &Entity::default(), Some("sk-secret"));
    let (why, again) = lack.unwrap_err().into_parts();
    (why, again.map(|again| again.as_secs()))
}

proptest! {
    #[test]
    fn any_entity_makes_a_question(event in strategy::event()) {
        let text = prompt::user(&event.entity, sources::profile(&event.entity.source));
        let user: Value = serde_json::from_str(&text).unwrap();
        prop_assert!(user.as_object().unwrap().len() == 6);
        prop_assert!(text.chars().count() <= prompt::PROMPT_LIMIT);
    }

    #[test]
    fn any_content_is_understood_within_limits(content in any::<String>()) {
        if let Ok(analysis) = says(json!(content), "stop") {
            prop_assert!(analysis.explanation.chars().count() <= 1_500);
            prop_assert!(!analysis.explanation.is_empty());
        }
    }
}

#[test]
fn an_answer_is_found_whatever_stands_around_it() {
    let answer = json!({
        "explanation": "It ran.\n\nTwice.",
        "severity": "high",
        "reason": "A known tool.",
        "next_steps": ["Isolate.", "", 3, "Ask."],
        "priority": "Lowest",
    });
    let expected = Analysis {
        model: "llama3.1".to_owned(),
        explanation: "It ran.\nTwice.".to_owned(),
        severity: Some("high".to_owned()),
        reason: Some("A known tool.".to_owned()),
        next_steps: vec!["Isolate.".to_owned(), "Ask.".to_owned()],
    };
    for content in [
        answer.to_string(),
        format!("```json\n{answer:#}\n```"),
        format!("Here it is:\n{answer}\nI hope this helps."),
        format!("<think>Is {{this}} bad?</think>\n{answer}"),
    ] {
        assert_eq!(understood(&content), expected, "{content}");
    }
}

#[test]
fn what_is_no_such_json_is_the_explanation_as_a_whole() {
    for content in [
        "It ran.",
        "{not json}",
        "{\"explanation\": \" \"}",
        "{\"explanation\": 3}",
        "[]",
    ] {
        let analysis = understood(content);
        assert_eq!(analysis.explanation, content);
        assert_eq!((analysis.severity, analysis.next_steps.len()), (None, 0));
    }
}

#[test]
fn next_steps_may_be_one_text() {
    let content = r#"{"explanation": "x", "next_steps": "1. Isolate.\n2. Ask.", "severity": 4}"#;
    let analysis = understood(content);
    assert_eq!(analysis.next_steps, ["1. Isolate.", "2. Ask."]);
    assert_eq!(analysis.severity, None);
}

#[test]
fn of_an_answer_that_broke_off_there_is_what_can_be_read() {
    for (content, explanation, steps) in [
        ("{\"explanation\": \"It ran on the", "It ran on the", 0),
        (
            "```json\n{\"explanation\": \"It ran.\", \"next_steps\": [\"a\", \"b",
            "It ran.",
            2,
        ),
        ("It ran on the", "It ran on the", 0),
    ] {
        let analysis = says(json!(content), "length").unwrap();
        let note = "\n(The answer breaks off: its tokens ran out; raise ai_max_tokens.)";
        assert_eq!(analysis.explanation, format!("{explanation}{note}"));
        assert_eq!(analysis.next_steps.len(), steps);
    }
}

#[test]
fn no_words_are_no_answer_and_asking_again_brings_none() {
    for (content, reason) in [
        (json!(null), "stop"),
        (json!(""), "stop"),
        (json!(" \n\u{200b}"), "stop"),
        (json!("<think>It is hard to"), "length"),
        (json!(null), "content_filter"),
        (json!("I can"), "content_filter"),
    ] {
        assert!(matches!(says(content, reason), Err(Lack::Lasting(_))));
    }
}

#[test]
fn an_answer_that_is_none_may_be_one_later() {
    for body in [
        "<html>",
        "{\"choi",
        "{}",
        "{\"choices\": []}",
        "{\"choices\": [{\"message\": {\"content\": [1]}}]}",
    ] {
        let (why, again) = refusal(200, &[], body);
        assert_eq!(
            (why.as_str(), again),
            ("its answer cannot be read", Some(60)),
            "{body}"
        );
    }
}

#[test]
fn an_error_says_why_and_whether_asking_again_may_help() {
    let error = |kind: &str, code: Value, message: &str| {
        json!({"error": {"message": message, "type": kind, "param": null, "code": code}})
            .to_string()
    };
    let invalid = "invalid_request_error";
    let wrong = error(
        invalid,
        json!("invalid_api_key"),
        "Incorrect API key provided: sk-secret.",
    );
    let country = error(
        invalid,
        json!("unsupported_country_region_territory"),
        "Not supported.",
    );
    let model = error(
        invalid,
        json!("model_not_found"),
        "The model `x` does not exist.",
    );
    let long = error(
        invalid,
        json!("context_length_exceeded"),
        "Too long:\n4096 tokens, see https://x.example",
    );
    let echo = error(invalid, json!(null), "bad sk-secret");
    let rate = error(
        "requests",
        json!("rate_limit_exceeded"),
        "Rate limit reached.",
    );
    let quota = error(
        "insufficient_quota",
        json!("insufficient_quota"),
        "You exceeded.",
    );
    let down = error("server_error", json!(null), "Overloaded.");
    for (status, body, why, again) in [
        (401, &*wrong, "ai_api_key was refused", None),
        (403, &country, "ai_api_key was refused", None),
        (
            404,
            &model,
            "the server does not know what ai_url or ai_model says",
            None,
        ),
        (
            400,
            &long,
            "it answered 400: Too long: 4096 tokens, see https[:]//x[.]example",
            None,
        ),
        (400, &echo, "it answered 400", None),
        (
            400,
            "{\"error\": \"model is busy\"}",
            "it answered 400: model is busy",
            None,
        ),
        (413, "<html>", "it answered 413", None),
        (429, &rate, "too many requests", Some(60)),
        (429, "<html>", "too many requests", Some(60)),
        (
            429,
            &quota,
            "the account's quota is used up: insufficient_quota",
            None,
        ),
        (500, &down, "it answered 500", Some(60)),
        (502, "<html>", "it answered 502", Some(60)),
        (503, &down, "it answered 503", Some(60)),
    ] {
        assert_eq!(refusal(status, &[], body), (why.to_owned(), again));
    }
    assert_eq!(refusal(429, &[("retry-after", "7")], &rate).1, Some(7));
    let (why, _) = refusal(400, &[], &error(invalid, json!(null), &"x".repeat(900)));
    assert!(why.chars().count() < 230);
}

#[test]
fn no_answer_at_all_may_be_one_later_unless_the_platform_denies_it() {
    for (error, why, again) in [
        (
            SendError::Denied,
            "the platform denied the request: check ai_url and allowed_outbound_hosts",
            None,
        ),
        (
            SendError::Unclear("timed out after 3200 ms".to_owned()),
            "timed out",
            Some(60),
        ),
        (
            SendError::NotSent("refused".to_owned()),
            "not sent: refused",
            Some(60),
        ),
    ] {
        let fake = Fake::default();
        fake.replies.borrow_mut().push_back(Err(error));
        let lack = asked(&fake, &Entity::default(), None).unwrap_err();
        let again = again.map(Duration::from_secs);
        assert_eq!(lack.into_parts(), (why.to_owned(), again));
    }
}
