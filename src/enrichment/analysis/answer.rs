//! What a model says, as plain words. It may hold anything: what the attacker
//! made it say, markup of every kind, addresses.

use serde_json::Value;

use super::super::service::Lack;
use crate::model::Analysis;
use crate::text::{self, cut, defang, one_line};

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
    let reason = text::short(choice["finish_reason"].as_str().unwrap_or_default(), 40);
    if !choice["message"].is_object() || !(content.is_string() || content.is_null()) {
        return Err(Lack::passing("its answer cannot be read"));
    }
    let content = content.as_str().map(without_thoughts).unwrap_or_default();
    if reason == "content_filter" {
        return Err(Lack::lasting("the model's filter held its answer back"));
    }
    let analysis = understand(content);
    match analysis.explanation.is_empty() {
        true => Err(Lack::lasting("the model said nothing")),
        false => Ok(Analysis {
            model: model.to_owned(),
            ..analysis
        }),
    }
}

/// The text without what models that reason aloud think before they answer.
fn without_thoughts(content: &str) -> &str {
    match (
        content.split_once("</think>"),
        content.split_once("<think>"),
    ) {
        (Some((_, answer)), _) => answer,
        (None, Some((answer, _))) => answer,
        (None, None) => content,
    }
}

/// The members of the JSON that was asked for, or else all of the text.
fn understand(content: &str) -> Analysis {
    let object = object(content);
    let explanation = long(object["explanation"].as_str().unwrap_or_default());
    match explanation.is_empty() {
        false => Analysis {
            model: String::new(),
            explanation,
            severity: short(object["severity"].as_str(), SEVERITY_LIMIT),
            reason: short(object["reason"].as_str(), REASON_LIMIT),
            next_steps: steps(&object["next_steps"]),
        },
        true => Analysis {
            explanation: long(content),
            ..Analysis::default()
        },
    }
}

/// Cleaned before addresses are looked for, cut after it has grown.
fn long(text: &str) -> String {
    cut(&defang(&text::lines(text)), EXPLANATION_LIMIT, "…")
}

fn short(text: Option<&str>, limit: usize) -> Option<String> {
    let text = cut(&defang(&one_line(text?)), limit, "…");
    (!text.is_empty()).then_some(text)
}

/// The object in a text that may have a fence or prose around it, also where
/// it broke off; null if there is none.
fn object(content: &str) -> Value {
    let start = content.find('{').unwrap_or(content.len());
    let end = content.rfind('}').unwrap_or_default();
    // From bytes, as all JSON here is read: a second reader is 8 KB of code.
    let read = |json: &[u8]| serde_json::from_slice::<Value>(json).ok();
    let whole = match start < end {
        true => content.as_bytes().get(start..=end).and_then(read),
        false => None,
    };
    let broken = || {
        let open = content.get(start..).unwrap_or_default();
        ENDS.iter()
            .find_map(|end| read(format!("{open}{end}").as_bytes()))
    };
    whole.or_else(broken).unwrap_or_default()
}

/// A list, or a text with a step on each line.
fn steps(steps: &Value) -> Vec<String> {
    let mut kept = Vec::new();
    let mut keep = |step| {
        if kept.len() < STEPS_LIMIT {
            kept.extend(short(step, STEP_LIMIT));
        }
    };
    for step in steps.as_array().into_iter().flatten() {
        keep(step.as_str());
    }
    for line in steps.as_str().unwrap_or_default().lines() {
        keep(Some(line));
    }
    kept
}
