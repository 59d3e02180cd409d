//! What a model says, as plain words. It may hold anything: what the attacker
//! made it say, markup of every kind, addresses.

use serde_json::{Map, Value};

use super::super::service::Lack;
use super::super::words::{harmless, line, lines};
use crate::event::Analysis;

/// Of the explanation: a few sentences.
const EXPLANATION_LIMIT: usize = 1_500;
/// Of the reason for the severity.
const REASON_LIMIT: usize = 500;
/// Of the severity itself: a word.
const SEVERITY_LIMIT: usize = 40;
/// Of one of the next steps.
const STEP_LIMIT: usize = 300;
/// At most so many next steps.
const STEPS_LIMIT: usize = 7;

/// What may be lacking at the end of an answer that broke off.
const ENDS: [&str; 4] = ["\"}", "}", "\"]}", "]}"];

/// The analysis in a completion.
pub(super) fn read(model: &str, completion: &Value) -> Result<Analysis, Lack> {
    let choice = &completion["choices"][0];
    let content = &choice["message"]["content"];
    let reason = line(choice["finish_reason"].as_str().unwrap_or_default(), 40);
    if !choice["message"].is_object() || !(content.is_string() || content.is_null()) {
        return Err(Lack::passing("its answer cannot be read"));
    }
    let content = content.as_str().map(without_thoughts).unwrap_or_default();
    if reason == "content_filter" {
        return Err(Lack::lasting("the model's filter held its answer back"));
    }
    let analysis = understand(content);
    match analysis.explanation.is_empty() {
        true => Err(Lack::Lasting("the model said nothing".to_owned())),
        false => Ok(Analysis {
            model: model.to_owned(),
            ..analysis
        }),
    }
}

/// The text without what models that reason aloud think before they answer.
fn without_thoughts(content: &str) -> &str {
    match (
        content.rsplit_once("</think>"),
        content.split_once("<think>"),
    ) {
        (Some((_, answer)), _) => answer,
        (None, Some((answer, _))) => answer,
        (None, None) => content,
    }
    .trim()
}

/// The members of the JSON that was asked for, or else all of the text.
fn understand(content: &str) -> Analysis {
    let object = object(content).unwrap_or_default();
    let text = |name: &str, limit: usize| {
        let text = line(object.get(name)?.as_str()?, usize::MAX);
        (!text.is_empty()).then(|| line(&harmless(&text), limit))
    };
    let explanation = object.get("explanation").and_then(Value::as_str);
    let explanation = explanation.map(|it| lines(it, usize::MAX));
    match explanation.filter(|it| !it.is_empty()) {
        Some(explanation) => Analysis {
            model: String::new(),
            explanation: lines(&harmless(&explanation), EXPLANATION_LIMIT),
            severity: text("severity", SEVERITY_LIMIT),
            reason: text("reason", REASON_LIMIT),
            next_steps: steps(object.get("next_steps")),
        },
        None => Analysis {
            explanation: lines(&harmless(&lines(content, usize::MAX)), EXPLANATION_LIMIT),
            ..Analysis::default()
        },
    }
}

/// The object in a text that may have a fence or prose around it, also where
/// it broke off.
fn object(content: &str) -> Option<Map<String, Value>> {
    let from = content.get(content.find('{')?..)?;
    let whole = from.rfind('}').and_then(|end| from.get(..=end));
    let read = |json: &str| serde_json::from_str::<Map<String, Value>>(json).ok();
    whole
        .and_then(read)
        .or_else(|| ENDS.iter().find_map(|end| read(&format!("{from}{end}"))))
}

/// A list, or a text with a step on each line.
fn steps(steps: Option<&Value>) -> Vec<String> {
    let texts: Vec<&str> = match steps {
        Some(Value::Array(steps)) => steps.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(steps)) => steps.lines().collect(),
        _ => Vec::new(),
    };
    texts
        .into_iter()
        .map(|it| line(&harmless(&line(it, usize::MAX)), STEP_LIMIT))
        .filter(|it| !it.is_empty())
        .take(STEPS_LIMIT)
        .collect()
}
