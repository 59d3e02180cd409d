//! What a model's server does not take, and the shapes in which it says so.

use super::*;

const WORDS: &str = r#"{"choices": [{"message": {"content": "It ran."}}]}"#;

/// Asks a server that answers this, and then well; the members of each question.
fn questions(fake: &Fake, answers: &[(u16, Value)]) -> Vec<Value> {
    fake.requests.borrow_mut().clear();
    for (status, body) in answers {
        fake.reply(*status, &[], &body.to_string());
    }
    fake.reply(200, &[], WORDS);
    assert!(asked(fake, &Entity::default(), None).is_ok());
    let sent = fake.requests.borrow();
    let read = |it: &http::Request<Vec<u8>>| serde_json::from_slice(it.body()).unwrap();
    sent.iter().map(read).collect()
}

/// What a question leaves out.
fn lacks(question: &Value) -> Vec<&'static str> {
    let mut names = vec![
        "max_tokens",
        "max_completion_tokens",
        "temperature",
        "response_format",
    ];
    names.retain(|name| question[name].is_null());
    names
}

#[test]
fn what_is_refused_is_left_out_at_once_and_remembered_for_a_day() {
    let openai = |param: Value, message: &str| {
        json!({ "error": { "message": message, "type": "invalid_request_error", "param": param,
            "code": "unsupported_parameter" } })
    };
    let (limit, format) = ("max_tokens", "response_format");
    for (body, without) in [
        (openai(json!(limit), "Unsupported."), limit),
        (
            openai(json!("temperature"), "max_tokens is fine."),
            "temperature",
        ),
        (openai(json!("response_format.type"), "No."), format),
        (
            openai(
                Value::Null,
                "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
            ),
            limit,
        ),
        (
            json!({ "error": "Temperature cannot be set" }),
            "temperature",
        ),
        (
            json!({ "message": "this response_format is unavailable" }),
            format,
        ),
        (json!({ "detail": "json_schema is not supported" }), format),
        (
            json!({ "detail": [{ "type": "extra_forbidden", "loc": ["body", "max_tokens"],
                "msg": "Extra inputs are not permitted", "input": { "temperature": 0.2 } }] }),
            limit,
        ),
        (
            json!({ "object": "error", "message": { "detail": [
                { "loc": ["body", "temperature"], "msg": "Extra inputs are not permitted" },
            ] } }),
            "temperature",
        ),
        (
            json!([{ "error": { "code": 400, "message": "Unknown name \"response_format\"" } }]),
            format,
        ),
    ] {
        for status in [400, 422] {
            let fake = Fake::default();
            let asked = questions(&fake, &[(status, body.clone())]);
            assert_eq!(asked.len(), 2, "{body}");
            assert_eq!(lacks(&asked[0]), ["max_completion_tokens"]);
            let mut expected = vec!["max_tokens", "max_completion_tokens"];
            expected.retain(|name| (*name == limit) == (without == limit));
            expected.extend(
                ["temperature", format]
                    .into_iter()
                    .filter(|it| *it == without),
            );
            assert_eq!(lacks(&asked[1]), expected, "{body}");
            let again = questions(&fake, &[]);
            assert_eq!(again.len(), 1, "it is remembered: {body}");
            assert_eq!(lacks(&again[0]), expected);
            fake.now_ms.set(fake.now_ms.get() + 25 * 3_600_000);
            assert_eq!(lacks(&questions(&fake, &[])[0]), ["max_completion_tokens"]);
        }
    }
}

#[test]
fn all_may_be_refused_one_after_the_other_but_not_for_ever() {
    let refuses = |param: &str| (400, json!({ "error": { "param": param, "code": "x" } }));
    let fake = Fake::default();
    let all = [
        "max_tokens",
        "temperature",
        "response_format",
        "max_completion_tokens",
    ];
    let asked = questions(&fake, &all.map(refuses));
    assert_eq!(asked.len(), 5);
    assert_eq!(lacks(&asked[4]).len(), 4);
    // What is not in the question is not taken away again.
    let fake = Fake::default();
    for _ in 0..2 {
        fake.reply(400, &[], &refuses("max_tokens").1.to_string());
    }
    assert!(super::asked(&fake, &Entity::default(), None).is_err());
    assert_eq!(fake.requests.borrow().len(), 2);
}

#[test]
fn an_error_that_names_nothing_may_mean_the_schema() {
    let fake = Fake::default();
    let vague = (400, json!({ "error": "bad request" }));
    assert_eq!(questions(&fake, std::slice::from_ref(&vague)).len(), 2);
    let again = questions(&fake, &[]);
    assert_eq!(
        lacks(&again[0]),
        ["max_completion_tokens", "response_format"]
    );
    // Where that was not it, nothing is remembered.
    let fake = Fake::default();
    for _ in 0..2 {
        fake.reply(400, &[], &vague.1.to_string());
    }
    let (why, _) = super::asked(&fake, &Entity::default(), None)
        .unwrap_err()
        .into_parts();
    assert_eq!(why, "it answered 400: bad request");
    assert_eq!(lacks(&questions(&fake, &[])[0]), ["max_completion_tokens"]);
}

#[test]
fn another_parameter_is_no_reason_to_ask_again() {
    for body in [
        json!({ "error": { "param": "messages", "message": "max_tokens" } }),
        json!({ "error": { "code": "context_length_exceeded", "message": "Too long" } }),
    ] {
        let fake = Fake::default();
        fake.reply(400, &[], &body.to_string());
        assert!(asked(&fake, &Entity::default(), None).is_err());
    }
    for status in [401, 404, 429, 500] {
        let fake = Fake::default();
        fake.reply(status, &[], r#"{"error": {"param": "max_tokens"}}"#);
        assert!(asked(&fake, &Entity::default(), None).is_err());
    }
}

#[test]
fn what_one_model_refuses_another_may_take() {
    let fake = Fake::default();
    let refusal = json!({ "error": { "param": "temperature" } });
    questions(&fake, &[(400, refusal)]);
    let time = Duration::from_secs(5);
    for other in [
        Ai {
            model: "other".to_owned(),
            ..ai(None)
        },
        Ai {
            address: Secret::new("http://other.example/v1"),
            ..ai(None)
        },
    ] {
        fake.requests.borrow_mut().clear();
        fake.reply(200, &[], WORDS);
        let entity = Entity::default();
        assert!(block_on(ask(fake.ports(), &other, &entity, &opencti::PROFILE, time)).is_ok());
        let sent = fake.requests.borrow();
        let question: Value = serde_json::from_slice(sent[0].body()).unwrap();
        assert_eq!(question["temperature"], 0.2);
    }
}

#[test]
fn the_key_is_sent_as_the_server_wants_it() {
    for (auth, header) in [
        (AiAuth::Bearer, Some(("authorization", "Bearer sk-secret"))),
        (AiAuth::ApiKey, Some(("api-key", "sk-secret"))),
        (AiAuth::None, None),
    ] {
        let fake = Fake::default();
        fake.reply(200, &[], WORDS);
        let ai = Ai {
            auth,
            ..ai(Some("sk-secret"))
        };
        let (entity, time) = (Entity::default(), Duration::from_secs(5));
        assert!(block_on(ask(fake.ports(), &ai, &entity, &opencti::PROFILE, time)).is_ok());
        let sent = fake.requests.borrow();
        let headers = sent[0].headers();
        for name in ["authorization", "api-key"] {
            let expected = header.filter(|(it, _)| *it == name).map(|(_, value)| value);
            assert_eq!(headers.get(name).map(|it| it.to_str().unwrap()), expected);
        }
    }
}

#[test]
fn an_error_is_read_whatever_its_shape_and_whatever_its_status() {
    for (status, body, why, again) in [
        (
            413,
            json!({ "message": "Too large" }),
            "it answered 413: Too large",
            None,
        ),
        (413, json!({ "detail": "No" }), "it answered 413: No", None),
        (
            413,
            json!({ "detail": [{ "loc": ["body", "model"], "msg": "wrong" }, "x", {}] }),
            "it answered 413: body model: wrong; x",
            None,
        ),
        (
            413,
            json!({ "error": { "message": null } }),
            "it answered 413",
            None,
        ),
        (413, json!([[[[[["deep"]]]]]]), "it answered 413", None),
        (
            200,
            json!({ "error": { "message": "Overloaded", "code": 529 } }),
            "it answered 529",
            Some(60),
        ),
        (
            200,
            json!({ "error": { "message": "Slow down", "code": 429 } }),
            "too many requests",
            Some(60),
        ),
        (
            200,
            json!({ "error": "it is loading" }),
            "it answered with an error: it is loading",
            Some(60),
        ),
        (
            200,
            json!({ "choices": [{ "error": { "message": "Broken" }, "message": { "content": "" } }] }),
            "it answered with an error: Broken",
            Some(60),
        ),
        (
            200,
            json!({ "error": { "code": 401, "message": "No" } }),
            "ai_api_key was refused",
            None,
        ),
    ] {
        let found = refusal(status, &[], &body.to_string());
        assert_eq!(found, (why.to_owned(), again), "{body}");
    }
}
