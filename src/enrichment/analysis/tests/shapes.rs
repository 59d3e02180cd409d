//! The shapes that answers have: parts, thoughts, several objects, broken ones.

use super::*;

/// An answer as one of the models gave it.
fn sample(name: &str) -> (u16, Value) {
    let path = format!(
        "{}/tests/samples/models/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    let sample: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let status = sample["status"].as_u64().unwrap();
    (u16::try_from(status).unwrap(), sample["body"].clone())
}

fn answered(body: &Value) -> Result<Analysis, Lack> {
    let fake = Fake::default();
    fake.reply(200, &[], &body.to_string());
    asked(&fake, &Entity::default(), None)
}

fn message(message: Value, finish_reason: &str) -> Result<Analysis, Lack> {
    answered(&json!({ "choices": [{ "message": message, "finish_reason": finish_reason }] }))
}

fn why(answer: Result<Analysis, Lack>) -> String {
    let (why, again) = answer.unwrap_err().into_parts();
    assert_eq!(again, None, "{why}");
    why
}

const JSON: &str =
    r#"{"explanation": "It ran.", "severity": "low", "reason": "r", "next_steps": []}"#;
const THINKING: &str = "its tokens ran out while it was thinking; raise ai_max_tokens";
const NOTE: &str = "(The answer breaks off: its tokens ran out; raise ai_max_tokens.)";

#[test]
fn the_answers_that_were_seen_mean_what_they_should() {
    for name in ["17c-think-cut-by-700-tokens", "17d-content-null-reasoning"] {
        assert_eq!(why(answered(&sample(name).1)), THINKING, "{name}");
    }
    let analysis = answered(&sample("17f-content-list").1).unwrap();
    assert_eq!(
        analysis.explanation,
        "A brute force against web-01 succeeded."
    );
    assert_eq!(analysis.severity.as_deref(), Some("high"));
    assert_eq!(analysis.next_steps, ["Reset the password."]);
    let analysis = answered(&sample("17n-think-inside-explanation").1).unwrap();
    assert_eq!(
        analysis.explanation,
        "The process used <think> as an argument."
    );
    assert_eq!(analysis.severity.as_deref(), Some("low"));
}

#[test]
fn a_model_that_takes_max_completion_tokens_is_asked_with_them() {
    let (status, refusal) = sample("17j-rejects-max_tokens");
    let fake = Fake::default();
    fake.reply(status, &[], &refusal.to_string());
    let (_, answer) = sample("17f-content-list");
    fake.reply(200, &[], &answer.to_string());
    assert!(asked(&fake, &Entity::default(), None).is_ok());
    let sent = fake.requests.borrow();
    let body: Value = serde_json::from_slice(sent[1].body()).unwrap();
    assert_eq!(body["max_completion_tokens"], 2_000);
    assert_eq!(body["max_tokens"], Value::Null);
}

#[test]
fn thoughts_are_taken_away_at_the_ends() {
    for content in [
        format!("<think>\nhm {{\"explanation\": \"no\"}}\n</think>\n\n{JSON}"),
        format!("<thinking>hm</thinking>{JSON}"),
        format!("<THINK>hm</Think>{JSON}"),
        format!("<think>a</think><think>b</think> {JSON}"),
        format!("[THINK]hm[/THINK]{JSON}"),
        // The beginning stood in the question.
        format!("hm {{\"explanation\": \"no\"}}\n</think>\n{JSON}"),
        format!("a</think>b</thinking>{JSON}"),
        format!("{JSON}\n<think>Was that right?</think>"),
        format!("{JSON}</think>"),
        format!("{JSON}<think>Was that"),
        format!(
            "<|channel|>analysis<|message|>hm {JSON}<|end|><|start|>assistant<|channel|>final<|message|>{JSON}<|return|>"
        ),
        format!(
            "<|start|>assistant<|channel|>analysis<|message|>{{\"explanation\": \"no\"}}<|end|><|start|>assistant<|channel|>final <|constrain|>json<|message|>{JSON}"
        ),
        format!(
            "hm {{\"explanation\": \"no\"}}<|end|><|start|>assistant<|channel|>final<|message|>{JSON}"
        ),
        format!("<|channel|>final<|message|>{JSON}<|end|>"),
        format!("analysisWe say {{\"explanation\": \"no\"}}.assistantfinal{JSON}"),
    ] {
        assert_eq!(understood(&content).explanation, "It ran.", "{content}");
    }
    for content in [
        "<think>hm</think>It ran.",
        "hm</think>\nIt ran.",
        "It ran.\n<think>Was that right?</think>",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>It ran.<|return|>",
        "It ran.<|im_end|>",
    ] {
        assert_eq!(understood(content).explanation, "It ran.", "{content}");
    }
}

#[test]
fn an_explanation_may_mention_what_thoughts_stand_between() {
    for mark in [
        "<think>",
        "</think>",
        "<think>x</think>",
        "<|channel|>final<|message|>",
        "assistantfinal",
        "</thinking> {\"a\": 1}",
    ] {
        let explanation = format!("It used {mark} as an argument.");
        let object = json!({ "explanation": explanation, "next_steps": [mark] });
        for content in [
            object.to_string(),
            format!("<think>hm</think>\n```json\n{object:#}\n```"),
            format!("hm</think>{object}"),
            format!("{object} That is all."),
        ] {
            assert_eq!(
                understood(&content).explanation,
                text::defang(&explanation),
                "{content}"
            );
        }
    }
    let prose = "It used <think> as an argument.";
    assert_eq!(understood(prose).explanation, prose);
}

#[test]
fn the_first_object_with_an_explanation_is_the_answer() {
    for content in [
        format!("{{\"event\": 4624}}\n{JSON}"),
        format!("The set {{a, b}} is: {JSON} or {{\"explanation\": \"no\"}}"),
        format!("{{\"analysis\": {JSON}}}"),
        format!("[{JSON}]"),
        format!("```\n{{\"a\": \"}}\"}}\n```\n```json\n{JSON}\n```"),
        format!("{{\"explanation\": \"...\", \"severity\": \"low|medium\"}} {JSON}"),
        format!("{{\"broken\": {JSON}"),
        format!("{{{{{JSON}}}}}"),
    ] {
        assert_eq!(understood(&content).explanation, "It ran.", "{content}");
    }
}

#[test]
fn content_may_be_parts() {
    for (content, explanation) in [
        (json!([{ "type": "text", "text": JSON }]), "It ran."),
        (json!([{ "text": JSON }]), "It ran."),
        (json!([JSON]), "It ran."),
        (json!({ "type": "text", "text": JSON }), "It ran."),
        (json!({ "explanation": "It ran." }), "It ran."),
        (
            json!([
                { "type": "reasoning", "text": "{\"explanation\": \"no\"}" },
                { "type": "text", "text": "{\"explanation\": " },
                { "type": "image_url", "image_url": {} },
                { "type": "output_text", "text": "\"It ran.\"}" },
            ]),
            "It ran.",
        ),
    ] {
        let analysis = message(json!({ "content": content }), "stop").unwrap();
        assert_eq!(analysis.explanation, explanation, "{content}");
    }
    for content in [json!([]), json!([{ "type": "thinking", "thinking": "hm" }])] {
        let said_nothing = message(json!({ "content": content }), "stop");
        assert_eq!(why(said_nothing), "the model said nothing");
        let ran_out = message(json!({ "content": content }), "length");
        assert_eq!(why(ran_out), THINKING);
    }
}

#[test]
fn tokens_that_ran_out_are_said() {
    for content in [
        "<think>",
        "<thinking> hm {\"explanation\": \"no\"}",
        "<think>hm</think>",
        "<|channel|>analysis<|message|>hm {\"explanation\": \"no\"}",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final",
        "",
    ] {
        assert_eq!(why(says(json!(content), "length")), THINKING, "{content}");
    }
    for content in [
        "{\"expl",
        "```json\n{",
        "<think>x</think>{\"explanation\": \"",
    ] {
        assert_eq!(
            why(says(json!(content), "length")),
            "its tokens ran out in the middle of its answer; raise ai_max_tokens",
            "{content}"
        );
    }
    for content in [
        "{\"explanation\": \"It ran.",
        "{\"explanation\": \"It ran.\", \"sever",
        "{\"explanation\": \"It ran.\", \"severity\": ",
        "{\"explanation\": \"It ran.\\",
        "{\"explanation\": \"It ran.\\ud83",
        "{\"explanation\": \"It ran.\", \"next_steps\": [\"a\", ",
    ] {
        let analysis = says(json!(content), "length").unwrap();
        assert_eq!(
            analysis.explanation,
            format!("It ran.\n{NOTE}"),
            "{content}"
        );
        assert_eq!(says(json!(content), "stop").unwrap().explanation, "It ran.");
    }
    assert_eq!(says(json!(JSON), "length").unwrap().explanation, "It ran.");
    let whole = "word ".repeat(1_000);
    let cut = says(json!(whole), "length").unwrap().explanation;
    assert!(cut.ends_with(NOTE) && cut.chars().count() <= 1_500);
}

#[test]
fn a_model_that_refuses_is_told_from_one_that_says_nothing() {
    let refused = json!({ "content": null, "refusal": "I cannot help with that." });
    assert_eq!(why(message(refused, "stop")), "the model refused to answer");
}

/// What a stranger may put together.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "<think>",
        "</think>",
        "<|channel|>final<|message|>",
        "<|channel|>",
        "<|end|>",
        "{",
        "}",
        "[",
        "]",
        "\"",
        "\\",
        ",",
        ":",
        "\"explanation\": ",
        "It ran.",
        "```json\n",
        " ",
        "İ",
        "é",
        "analysis",
        "assistantfinal",
        "</s>",
        "{\"explanation\": \"x\"}",
        "\\u12",
        "h1. x\n",
    ]);
    let pieces = prop::collection::vec(piece, 0..40);
    pieces.prop_map(|pieces| pieces.concat())
}

/// JSON of any shape, with the names that are looked for.
fn any_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "choices",
        "message",
        "content",
        "error",
        "detail",
        "code",
        "param",
        "loc",
        "msg",
        "type",
        "text",
        "finish_reason",
        "reasoning",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u16>().prop_map(Value::from),
        pieces().prop_map(Value::from),
        Just(json!("max_tokens")),
        Just(json!("length")),
    ];
    leaf.prop_recursive(6, 40, 6, move |inner| {
        let members = prop::collection::vec((name.clone(), inner.clone()), 0..6);
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            members.prop_map(|members| {
                let mut object = serde_json::Map::new();
                for (name, value) in members {
                    object.insert(name.to_owned(), value);
                }
                Value::Object(object)
            }),
        ]
    })
}

proptest! {
    #[test]
    fn any_pieces_are_understood_within_limits(content in pieces(), ran_out in any::<bool>()) {
        let reason = if ran_out { "length" } else { "stop" };
        if let Ok(analysis) = says(json!(content), reason) {
            prop_assert!(analysis.explanation.chars().count() <= 1_500);
            prop_assert!(!analysis.explanation.is_empty());
        }
    }

    #[test]
    fn an_answer_survives_whatever_is_thought_before_it(thought in pieces()) {
        let thought = thought.replace("think>", "").replace("</s>", "");
        let content = format!("<think>{thought}</think>{JSON}");
        prop_assert_eq!(understood(&content).explanation, "It ran.");
    }

    #[test]
    fn no_answer_of_any_kind_does_more_than_be_missing(
        status in prop::sample::select(vec![200_u16, 201, 302, 400, 401, 404, 422, 429, 500, 503]),
        body in any_json(),
    ) {
        let fake = Fake::default();
        for _ in 0..6 {
            fake.reply(status, &[], &body.to_string());
        }
        if let Err(lack) = asked(&fake, &Entity::default(), Some("sk-secret")) {
            prop_assert!(lack.into_parts().0.chars().count() <= 300);
        }
    }
}

#[test]
fn a_text_of_nothing_but_braces_takes_no_longer_than_any() {
    let began = std::time::Instant::now();
    for content in [
        "{".repeat(900_000),
        "{\"a\":".repeat(150_000),
        "{\"a\":[".repeat(120_000),
        "{\"a\":{}},".repeat(100_000),
        "{\"explanation\":\"x\"}</think>".repeat(30_000),
        "<think>".repeat(120_000),
        "<think></think>".repeat(60_000),
        "x</think>".repeat(100_000),
        "<|channel|>final".repeat(60_000),
    ] {
        let _ = says(json!(content), "length");
    }
    assert!(
        began.elapsed() < Duration::from_secs(30),
        "{:?}",
        began.elapsed()
    );
}
