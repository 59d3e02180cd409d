//! Models as people run them: what their servers take, what they answer, how long
//! they think.

use std::time::{Duration, Instant};

use crate::harness::alerts::{about, later, set_up, tell};
use crate::harness::operator::{admin, retry};
use crate::harness::others::{AI_KEY, MODEL, Others, borrowed, sensible};
use crate::harness::{Function, samples};
use jira_intake_standins::faults::Fault;
use jira_intake_standins::jira::JiraStandIn;
use jira_intake_standins::llm::{LlmOptions, Reply};
use serde_json::Value;

/// What the sensible answer says.
const SENSIBLE: &str = "A credential dumper ran on FIN-WS-042.";

/// A Jira, a model of this kind that says something sensible, and a function that
/// asks nobody else.
async fn set(model: LlmOptions, own: &[(&str, &str)]) -> (JiraStandIn, Others, Function) {
    let others = Others::with(model).await;
    others.model.reply_with(sensible());
    let own = [&[("virustotal_api_key", "")], own].concat();
    let settings = others.settings(&own);
    let (jira, function) = set_up(&borrowed(&settings)).await;
    (jira, others, function)
}

fn model() -> LlmOptions {
    LlmOptions::new(MODEL).with_key(AI_KEY)
}

/// The description of a new issue about this machine.
async fn describe(jira: &JiraStandIn, function: &Function, machine: &str) -> String {
    let result = tell(function, &about(machine)).await;
    assert_eq!(result["outcome"], "created", "{result}");
    let key = result["issue"]["key"].as_str().unwrap().to_owned();
    jira.issue(&key).unwrap().description()
}

/// A retry pass that may take so long.
async fn pass(function: &Function, seconds: u64) -> Value {
    let path = format!("/tasks/retry?seconds={seconds}");
    let (status, pass) = admin(function, "POST", &path).await;
    assert_eq!(status, 200, "{pass}");
    pass
}

#[tokio::test]
async fn a_model_is_asked_again_without_what_it_refuses_and_next_time_at_once() {
    let refusing = model().refusing(&["max_tokens", "temperature", "response_format"]);
    let (jira, others, function) = set(refusing, &[("ai_max_tokens", "900")]).await;
    let description = describe(&jira, &function, "A").await;
    assert!(description.contains(SENSIBLE), "{description}");
    assert_eq!(others.model.count(), 4);
    let description = describe(&jira, &function, "B").await;
    assert!(description.contains(SENSIBLE), "{description}");
    assert_eq!(others.model.count(), 5, "it is remembered");
    let last = others.model.requests().pop().unwrap().json.unwrap();
    assert_eq!(last["max_completion_tokens"], 900);
    for name in ["max_tokens", "temperature", "response_format"] {
        assert_eq!(last[name], Value::Null, "{name}");
    }
}

#[tokio::test]
async fn a_model_that_takes_all_is_asked_once_and_for_the_object() {
    let (jira, others, function) = set(model(), &[]).await;
    let description = describe(&jira, &function, "A").await;
    assert!(description.contains(SENSIBLE), "{description}");
    let requests = others.model.requests();
    assert_eq!(requests.len(), 1);
    let question = requests[0].json.as_ref().unwrap();
    assert_eq!(question["max_tokens"], 2_000);
    assert_eq!(question["response_format"]["type"], "json_schema");
}

#[tokio::test]
async fn azure_is_asked_at_its_deployment_with_its_version_and_its_header() {
    let azure = model().as_azure("soc", "2024-10-21");
    let (jira, others, function) = set(azure, &[("ai_auth", "api-key")]).await;
    let description = describe(&jira, &function, "A").await;
    assert!(description.contains(SENSIBLE), "{description}");
    let requests = others.model.requests();
    assert_eq!(requests[0].path, "/openai/deployments/soc/chat/completions");
    assert_eq!(requests[0].query, "api-version=2024-10-21");
    assert_eq!(requests[0].header("authorization"), None);
    let output = function.output();
    assert!(output.iter().all(|line| !line.contains(AI_KEY)));
}

#[tokio::test]
async fn what_models_answer_is_read_or_said() {
    let ran_out = "its tokens ran out while it was thinking; raise ai_max_tokens";
    for (name, expected) in [
        ("17c-think-cut-by-700-tokens", ran_out),
        ("17d-content-null-reasoning", ran_out),
        (
            "17f-content-list",
            "A brute force against web-01 succeeded.",
        ),
        (
            "17n-think-inside-explanation",
            "The process used <think> as an argument.",
        ),
    ] {
        let (jira, others, function) = set(model(), &[]).await;
        let sample: Value =
            serde_json::from_slice(&samples::file(&format!("models/{name}.json"))).unwrap();
        others.model.reply_with(Reply::whole(200, &sample["body"]));
        // What was told to the model before is said first.
        describe(&jira, &function, "A").await;
        let description = describe(&jira, &function, "B").await;
        assert!(description.contains(expected), "{name}: {description}");
    }
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_slow_model_is_asked_by_a_pass_that_has_its_time() {
    let own = [("enrichment_deadline", "1"), ("ai_deadline", "9")];
    let (jira, others, mut function) = set(model(), &own).await;
    let slow = Fault::latency(Duration::from_secs(4)).always();
    others.model.inject(slow);
    let started = Instant::now();
    let description = describe(&jira, &function, "A").await;
    assert!(started.elapsed() < Duration::from_secs(4));
    assert!(
        description.contains("it will be added in a comment"),
        "{description}"
    );
    assert_eq!(others.model.count(), 1);
    later(&mut function, 200).await;
    assert_eq!(pass(&function, 8).await["left"], 1, "it has not the time");
    assert_eq!(others.model.count(), 1);
    assert_eq!(pass(&function, 30).await["left"], 0);
    assert_eq!(others.model.count(), 2);
    let comments = jira.issues().remove(0).comments;
    assert_eq!(comments.len(), 1);
    assert!(comments[0].text().contains(SENSIBLE));
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_model_is_asked_late_three_times_and_then_given_up_in_a_comment() {
    let (jira, others, mut function) = set(model(), &[]).await;
    others.model.inject(Fault::status(503).always());
    describe(&jira, &function, "A").await;
    for (attempt, seconds) in [200, 400, 600].into_iter().enumerate() {
        assert!(jira.issues().remove(0).comments.is_empty(), "{attempt}");
        later(&mut function, seconds).await;
        retry(&function).await;
        assert_eq!(others.model.count(), attempt + 2);
    }
    let comments = jira.issues().remove(0).comments;
    assert_eq!(comments.len(), 1);
    let text = comments[0].text();
    assert!(
        text.contains("it answered 503; asked 3 times after the issue was filed"),
        "{text}"
    );
    assert!(
        function
            .output()
            .iter()
            .any(|line| line.contains("given up"))
    );
    later(&mut function, 2000).await;
    assert_eq!(retry(&function).await["left"], 0);
    assert_eq!(others.model.count(), 4);
}

#[tokio::test]
#[cfg_attr(
    no_clock,
    ignore = "faketime is not installed, and nothing else shifts the clock of a real Spin"
)]
async fn a_model_that_no_pass_has_time_for_is_given_up_in_a_comment() {
    let own = [("enrichment_deadline", "1"), ("ai_deadline", "120")];
    let (jira, others, mut function) = set(model(), &own).await;
    others
        .model
        .inject(Fault::latency(Duration::from_secs(3)).always());
    describe(&jira, &function, "A").await;
    later(&mut function, 200).await;
    assert_eq!(retry(&function).await["left"], 1);
    later(&mut function, 4000).await;
    assert_eq!(retry(&function).await["left"], 0);
    assert_eq!(others.model.count(), 1);
    let text = jira.issues().remove(0).comments[0].text();
    assert!(text.contains("120 seconds of ai_deadline"), "{text}");
}
