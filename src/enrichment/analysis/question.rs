//! The question to a model, and what of it a server does not take.

use serde_json::{Map, Value, json};

use super::prompt;
use crate::model::{Entity, SourceProfile};
use crate::settings::Ai;

/// How a server may be told the most tokens: newer models take only the second.
const LIMITS: [&str; 2] = ["max_tokens", "max_completion_tokens"];
/// How new the answer may be.
const TEMPERATURE: &str = "temperature";
/// What the answer shall look like.
pub(super) const FORMAT: &str = "response_format";
/// All that a server may refuse.
const ALL: [&str; 4] = [LIMITS[0], LIMITS[1], TEMPERATURE, FORMAT];
/// What servers call the format in their errors. In lower case.
const FORMAT_NAMES: [&str; 5] = [
    "response format",
    "json_schema",
    "json schema",
    "structured output",
    "grammar",
];

/// Parameters that a server does not take for a model.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Refused(Vec<&'static str>);

impl Refused {
    /// As it was remembered; what is not known is left out.
    pub(super) fn recalled(known: &Value) -> Self {
        let is_known = |name: &&&str| known[**name] == true;
        Self(ALL.iter().filter(is_known).copied().collect())
    }

    /// To be remembered.
    pub(super) fn to_json(&self) -> Value {
        let mut known = Map::new();
        for name in &self.0 {
            known.insert((*name).to_owned(), Value::Bool(true));
        }
        Value::Object(known)
    }

    /// Notes one that was refused.
    pub(super) fn add(&mut self, name: &'static str) {
        self.0.push(name);
    }

    /// Whether a question has this parameter.
    pub(super) fn is_sent(&self, name: &str) -> bool {
        match name {
            TEMPERATURE | FORMAT => !self.0.contains(&name),
            _ => self.limit() == Some(name),
        }
    }

    /// The parameter that says how many tokens there may be, if one is taken.
    fn limit(&self) -> Option<&'static str> {
        let mut limits = LIMITS.into_iter();
        limits.find(|name| !self.0.contains(name))
    }

    /// Which parameter of a question this is, such as `response_format.type`.
    pub(super) fn named(&self, param: &str) -> Option<&'static str> {
        let name = param.split(['.', '[']).next().unwrap_or_default();
        let mut all = ALL.into_iter();
        all.find(|known| *known == name && self.is_sent(known))
    }

    /// Which parameter of a question a text mentions first.
    pub(super) fn mentioned(&self, text: &str) -> Option<&'static str> {
        let text = text.to_ascii_lowercase();
        let mut first: Option<(usize, &'static str)> = None;
        for name in ALL {
            let others: &[&str] = match name {
                FORMAT => &FORMAT_NAMES,
                _ => &[],
            };
            for word in [name].iter().chain(others) {
                let Some(at) = text.find(word).filter(|_| self.is_sent(name)) else {
                    continue;
                };
                if first.is_none_or(|(before, _)| at < before) {
                    first = Some((at, name));
                }
            }
        }
        first.map(|(_, name)| name)
    }
}

/// What is asked, without what was refused.
pub(super) fn question(
    ai: &Ai,
    entity: &Entity,
    profile: &SourceProfile,
    refused: &Refused,
) -> String {
    let mut question = json!({
        "model": ai.model,
        "messages": [
            { "role": "system", "content": prompt::SYSTEM },
            { "role": "user", "content": prompt::user(entity, profile) },
        ],
    });
    if let Some(limit) = refused.limit() {
        question[limit] = ai.max_tokens.into();
    }
    if refused.is_sent(TEMPERATURE) {
        // It shall say what is likely, not what is new.
        question[TEMPERATURE] = json!(0.2);
    }
    if refused.is_sent(FORMAT) {
        question[FORMAT] = format();
    }
    question.to_string()
}

/// The object that is asked for, as a strict schema.
fn format() -> Value {
    let text = json!({ "type": "string" });
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": "analysis",
            "strict": true,
            "schema": {
                "type": "object",
                "properties": {
                    "explanation": text,
                    "severity": { "type": "string", "enum": ["low", "medium", "high", "critical"] },
                    "reason": text,
                    "next_steps": { "type": "array", "items": text },
                },
                "required": ["explanation", "severity", "reason", "next_steps"],
                "additionalProperties": false,
            },
        },
    })
}
