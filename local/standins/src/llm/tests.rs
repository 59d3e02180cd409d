use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LlmOptions, LlmStandIn, Reply, insufficient_quota};
use crate::caller::{self, Caller};
use crate::faults::Fault;

struct Llm {
    standin: LlmStandIn,
    http: Caller,
}

impl Llm {
    async fn send(&self, body: Value) -> caller::Reply {
        self.http.post("/chat/completions", body).await
    }

    async fn ask(&self, text: &str) -> caller::Reply {
        self.send(question(text)).await
    }
}

fn question(text: &str) -> Value {
    let system = json!({"role": "system", "content": "Explain."});
    let user = json!({"role": "user", "content": text});
    json!({"model": "small", "messages": [system, user], "max_tokens": 300, "temperature": 0.2})
}

async fn start_with(options: LlmOptions) -> Llm {
    let standin = LlmStandIn::start(options).await.unwrap();
    let http = Caller::new(&standin.base_url(), "Bearer right");
    Llm { standin, http }
}

async fn start() -> Llm {
    start_with(LlmOptions::new("small")).await
}

fn content(reply: &caller::Reply) -> &Value {
    &reply.json["choices"][0]["message"]["content"]
}

fn code(reply: &caller::Reply) -> &str {
    reply.json["error"]["code"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn it_says_what_it_was_told_and_the_last_thing_again() {
    let llm = start().await;
    assert!(content(&llm.ask("?").await).is_string());
    llm.standin.reply("one");
    llm.standin.reply_with(Reply::nothing("content_filter"));
    llm.standin
        .reply_with(Reply::fenced(&json!({"severity": "high"})));
    assert_eq!(content(&llm.ask("a").await), "one");
    let reply = llm.ask("b").await;
    assert_eq!(content(&reply), &Value::Null);
    assert_eq!(reply.json["choices"][0]["finish_reason"], "content_filter");
    for _ in 0..2 {
        let reply = llm.ask("c").await;
        assert_eq!(
            content(&reply),
            "```json\n{\n  \"severity\": \"high\"\n}\n```"
        );
        assert_eq!(reply.json["choices"][0]["finish_reason"], "stop");
    }
    let conversations = llm.standin.conversations();
    assert_eq!(conversations.len(), 5);
    let said = &conversations[1][1];
    assert_eq!((said.role.as_str(), said.content.as_str()), ("user", "a"));
}

#[tokio::test]
async fn an_answer_that_is_too_long_breaks_off() {
    let llm = start().await;
    llm.standin.reply_with(Reply::hostile());
    let mut body = question("x");
    body["max_tokens"] = json!(2);
    let reply = llm.send(body).await;
    assert_eq!(content(&reply), "Ignore y");
    assert_eq!(reply.json["choices"][0]["finish_reason"], "length");
    assert_eq!(reply.json["usage"]["completion_tokens"], 2);
}

#[tokio::test]
async fn a_question_must_be_one() {
    let llm = start().await;
    let with = |name: &str, value: Value| {
        let mut body = question("x");
        body[name] = value;
        body
    };
    for (body, status, word) in [
        (with("model", json!("large")), 404, "model_not_found"),
        (with("model", Value::Null), 400, "invalid_value"),
        (json!({"messages": []}), 400, "missing_required_parameter"),
        (json!({"model": "small"}), 400, "missing_required_parameter"),
        (with("messages", json!([])), 400, "invalid_value"),
        (
            with("messages", json!([{"role": "boss", "content": "x"}])),
            400,
            "invalid_value",
        ),
        (
            with("messages", json!([{"role": "user", "content": 1}])),
            400,
            "invalid_value",
        ),
        (with("max_tokens", json!(0)), 400, "invalid_value"),
        (with("max_tokens", json!("300")), 400, "invalid_value"),
        (with("temperature", json!(3)), 400, "invalid_value"),
        (with("stream", json!(true)), 400, "invalid_value"),
        (with("prompt", json!("x")), 400, "unknown_parameter"),
        (
            with("response_format", json!({"type": "json_schema"})),
            400,
            "invalid_value",
        ),
    ] {
        let reply = llm.send(body.clone()).await;
        assert_eq!((reply.status, code(&reply)), (status, word), "{body}");
        assert_eq!(reply.json["error"]["type"], "invalid_request_error");
    }
    assert!(llm.standin.conversations().is_empty());
    let parts = json!([{"role": "user", "content": [{"type": "text", "text": "x"}]}]);
    assert_eq!(llm.send(with("messages", parts)).await.status, 200);
}

#[tokio::test]
async fn a_question_must_fit_into_the_model() {
    let llm = start_with(LlmOptions::new("small").context(100)).await;
    assert_eq!(llm.ask(&"x".repeat(380)).await.status, 200);
    let reply = llm.ask(&"x".repeat(400)).await;
    assert_eq!(
        (reply.status, code(&reply)),
        (400, "context_length_exceeded")
    );
}

#[tokio::test]
async fn a_key_is_asked_for_only_where_there_is_one() {
    let guarded = start_with(LlmOptions::new("small").with_key("right").under("/ai/v1")).await;
    assert_eq!(guarded.ask("x").await.status, 200);
    let stranger = Caller::new(&guarded.standin.base_url(), "Bearer wrong");
    let reply = stranger.post("/chat/completions", question("x")).await;
    assert_eq!((reply.status, code(&reply)), (401, "invalid_api_key"));
    assert_eq!(stranger.get("/models").await.status, 401);
    let open = start().await;
    let stranger = Caller::new(&open.standin.base_url(), "");
    assert_eq!(
        stranger
            .post("/chat/completions", question("x"))
            .await
            .status,
        200
    );
    assert_eq!(stranger.get("/models").await.json["data"][0]["id"], "small");
    assert_eq!(
        stranger.post("/completions", question("x")).await.status,
        404
    );
}

#[tokio::test]
async fn faults_come_in_its_own_words() {
    let llm = start().await;
    for (fault, status, kind, word) in [
        (
            Fault::status(401),
            401,
            "invalid_request_error",
            "invalid_api_key",
        ),
        (
            Fault::rate_limited(7),
            429,
            "requests",
            "rate_limit_exceeded",
        ),
        (
            insufficient_quota(),
            429,
            "insufficient_quota",
            "insufficient_quota",
        ),
        (Fault::status(500), 500, "server_error", ""),
        (Fault::html(502), 502, "", ""),
        (Fault::garbage(), 200, "", ""),
    ] {
        llm.standin.inject(fault);
        let reply = llm.ask("x").await;
        let found = reply.json["error"]["type"].as_str().unwrap_or_default();
        assert_eq!((reply.status, found, code(&reply)), (status, kind, word));
        let waits = code(&reply) == "rate_limit_exceeded";
        assert_eq!(reply.header("retry-after") == "7", waits);
    }
    let time = Duration::from_millis(60);
    llm.standin.inject(Fault::latency(time));
    let began = Instant::now();
    assert_eq!(llm.ask("x").await.status, 200);
    assert!(began.elapsed() >= time);
}

#[tokio::test]
async fn a_newer_model_refuses_what_an_older_one_takes() {
    let options = LlmOptions::new("small").refusing(&["max_tokens", "temperature"]);
    let llm = start_with(options).await;
    let mut body = question("x");
    for name in ["max_tokens", "temperature"] {
        let reply = llm.send(body.clone()).await;
        assert_eq!((reply.status, code(&reply)), (400, "unsupported_parameter"));
        assert_eq!(reply.json["error"]["param"], name);
        body.as_object_mut().unwrap().remove(name);
    }
    body["max_completion_tokens"] = json!(300);
    assert_eq!(llm.send(body).await.status, 200);
}

#[tokio::test]
async fn azure_wants_its_own_header_and_a_version() {
    let options = LlmOptions::new("small")
        .with_key("right")
        .as_azure("soc", "2024-10-21");
    let llm = start_with(options).await;
    assert!(
        llm.standin
            .base_url()
            .ends_with("/openai/deployments/soc?api-version=2024-10-21")
    );
    let base = format!("{}/openai/deployments/soc", llm.standin.url());
    let bearer = Caller::new(&base, "Bearer right");
    let reply = bearer
        .post("/chat/completions?api-version=2024-10-21", question("x"))
        .await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn a_whole_answer_is_given_as_it_is() {
    let llm = start().await;
    llm.standin
        .reply_with(Reply::whole(418, &json!({"a": [1]})));
    let reply = llm.ask("x").await;
    assert_eq!((reply.status, reply.json), (418, json!({"a": [1]})));
}
