//! What a model says, as plain words. It may hold anything: what the attacker
//! made it say, markup of every kind, addresses.

use serde_json::Value;

use super::super::service::Lack;
use super::objects::Found;
use super::thoughts::{self, Said};
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

/// Said where nothing but thoughts came.
const THINKING: &str = "its tokens ran out while it was thinking; raise ai_max_tokens";
/// Said where nothing of the answer can be read.
const ANSWERING: &str = "its tokens ran out in the middle of its answer; raise ai_max_tokens";
/// Said below what can be read.
const BROKE_OFF: &str = "\n(The answer breaks off: its tokens ran out; raise ai_max_tokens.)";

/// The analysis in a completion.
pub(super) fn read(model: &str, completion: &Value) -> Result<Analysis, Lack> {
    let choice = &completion["choices"][0];
    let message = &choice["message"];
    let Some(content) = content(&message["content"]).filter(|_| message.is_object()) else {
        return Err(Lack::passing("its answer cannot be read"));
    };
    let reason = choice["finish_reason"].as_str().unwrap_or_default();
    if reason == "content_filter" {
        return Err(Lack::lasting("the model's filter held its answer back"));
    }
    let ran_out = ["length", "max_tokens"]
        .iter()
        .any(|it| reason.contains(it));
    let said = thoughts::take_away(&content, is_wanted);
    let analysis = said.map(|said| understand(said, ran_out)).transpose()?;
    match analysis.filter(|analysis| !analysis.explanation.is_empty()) {
        Some(analysis) => Ok(Analysis {
            model: model.to_owned(),
            ..analysis
        }),
        None if ran_out => Err(Lack::lasting(THINKING)),
        None if !message["refusal"].is_null() => Err(Lack::lasting("the model refused to answer")),
        None => Err(Lack::lasting("the model said nothing")),
    }
}

/// The text of an answer: a string, or parts, of which some are thoughts. `None`:
/// it is neither.
fn content(content: &Value) -> Option<String> {
    match content {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            let mut text = String::new();
            let mut is_readable = parts.is_empty();
            for part in parts {
                is_readable |= part.is_string() || part.is_object();
                text.push_str(part.as_str().unwrap_or_else(|| words(part)));
            }
            is_readable.then_some(text)
        }
        // Some servers read the object that was asked for themselves.
        Value::Object(_) if is_wanted(content) => Some(content.to_string()),
        Value::Object(_) => Some(words(content).to_owned()),
        Value::Bool(_) | Value::Number(_) => None,
    }
}

/// The words of a part, if it has any that are not thoughts.
fn words(part: &Value) -> &str {
    match part["type"].as_str() {
        None | Some("text" | "output_text") => part["text"].as_str().unwrap_or_default(),
        Some(_) => "",
    }
}

/// Whether an object is an answer to what was asked, and not only its form.
fn is_wanted(object: &Value) -> bool {
    let explanation = object["explanation"].as_str().unwrap_or_default();
    explanation.chars().any(char::is_alphanumeric)
}

/// The members of the JSON that was asked for, or else all of the text.
fn understand(said: Said<'_>, ran_out: bool) -> Result<Analysis, Lack> {
    let Some(Found {
        object, is_broken, ..
    }) = said.object
    else {
        let json = said
            .text
            .trim_start_matches("```json")
            .trim_start_matches("```");
        return match ran_out && json.trim_start().starts_with('{') {
            true => Err(Lack::lasting(ANSWERING)),
            false => Ok(Analysis {
                explanation: long(said.text, ran_out),
                ..Analysis::default()
            }),
        };
    };
    let explanation = object["explanation"].as_str().unwrap_or_default();
    Ok(Analysis {
        model: String::new(),
        explanation: long(explanation, ran_out && is_broken),
        severity: short(object["severity"].as_str(), SEVERITY_LIMIT),
        reason: short(object["reason"].as_str(), REASON_LIMIT),
        next_steps: steps(&object["next_steps"]),
    })
}

/// Cleaned before addresses are looked for, cut after it has grown. Says so if it
/// broke off.
fn long(text: &str, broke_off: bool) -> String {
    let note = if broke_off { BROKE_OFF } else { "" };
    let text = defang(&text::lines(text));
    let limit = EXPLANATION_LIMIT - note.len();
    match text.is_empty() {
        true => text,
        false => cut(&text, limit, "…") + note,
    }
}

fn short(text: Option<&str>, limit: usize) -> Option<String> {
    let text = cut(&defang(&one_line(text?)), limit, "…");
    (!text.is_empty()).then_some(text)
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
