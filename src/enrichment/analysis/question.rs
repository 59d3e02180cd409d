//! The question to a model, and what of it a server does not take.

use serde_json::{Value, json};

use super::objects::find;
use super::prompt;
use crate::model::{Entity, SourceProfile};
use crate::settings::Ai;

/// What a server may refuse, by its place here. Newer models take only the second of
/// the two limits.
const NAMES: [&str; 4] = [
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "response_format",
];
/// What servers call the format in their errors. In lower case.
const FORMAT_NAMES: [&str; 6] = [
    "response_format",
    "response format",
    "json_schema",
    "json schema",
    "structured output",
    "grammar",
];
/// The object that is asked for, as a strict schema.
const FORMAT_SCHEMA: &str = r#"{"type": "json_schema", "json_schema": {
    "name": "analysis", "strict": true, "schema": {
        "type": "object",
        "properties": {
            "explanation": {"type": "string"},
            "severity": {"type": "string", "enum": ["low", "medium", "high", "critical"]},
            "reason": {"type": "string"},
            "next_steps": {"type": "array", "items": {"type": "string"}}
        },
        "required": ["explanation", "severity", "reason", "next_steps"],
        "additionalProperties": false
    }
}}"#;

/// One of [`NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parameter(usize);

const LIMITS: [Parameter; 2] = [Parameter(0), Parameter(1)];
/// How new the answer may be.
const TEMPERATURE: Parameter = Parameter(2);
/// What the answer shall look like.
pub(super) const FORMAT: Parameter = Parameter(3);

impl Parameter {
    fn name(self) -> &'static str {
        NAMES.get(self.0).copied().unwrap_or_default()
    }
}

/// Parameters that a server does not take for a model: a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Refused(u64);

impl Refused {
    /// As it was remembered.
    pub(super) fn recalled(known: &Value) -> Self {
        Self(known.as_u64().unwrap_or_default())
    }

    /// To be remembered.
    pub(super) fn to_json(self) -> Value {
        self.0.into()
    }

    /// Notes one that was refused.
    pub(super) fn add(&mut self, parameter: Parameter) {
        self.0 |= 1 << parameter.0;
    }

    fn has(self, parameter: Parameter) -> bool {
        self.0 & (1 << parameter.0) != 0
    }

    /// Whether a question has this parameter.
    pub(super) fn is_sent(self, parameter: Parameter) -> bool {
        match parameter {
            TEMPERATURE | FORMAT => !self.has(parameter),
            _ => self.limit() == Some(parameter),
        }
    }

    /// The parameter that says how many tokens there may be, if one is taken.
    fn limit(self) -> Option<Parameter> {
        LIMITS.into_iter().find(|limit| !self.has(*limit))
    }

    /// Which parameter of a question this is, such as `response_format.type`.
    pub(super) fn named(self, param: &str) -> Option<Parameter> {
        let place = NAMES.iter().position(|name| param.starts_with(name))?;
        Some(Parameter(place)).filter(|it| self.is_sent(*it))
    }

    /// Which parameter of a question a text mentions first.
    pub(super) fn mentioned(self, text: &str) -> Option<Parameter> {
        let text = text.to_ascii_lowercase();
        let mut first = None;
        let mut before = text.len();
        for (place, name) in NAMES.into_iter().enumerate() {
            let parameter = Parameter(place);
            let one = [name];
            let words: &[&str] = match parameter {
                FORMAT => &FORMAT_NAMES,
                _ => &one,
            };
            for word in words {
                if let Some(at) = find(&text, 0, word)
                    && at < before
                    && self.is_sent(parameter)
                {
                    (first, before) = (Some(parameter), at);
                }
            }
        }
        first
    }
}

/// What is asked, without what was refused.
pub(super) fn question(
    ai: &Ai,
    entity: &Entity,
    profile: &SourceProfile,
    refused: Refused,
) -> String {
    let mut question = json!({
        "model": ai.model,
        "messages": [
            { "role": "system", "content": prompt::SYSTEM },
            { "role": "user", "content": prompt::user(entity, profile) },
        ],
    });
    if let Some(limit) = refused.limit() {
        question[limit.name()] = ai.max_tokens.into();
    }
    if refused.is_sent(TEMPERATURE) {
        // It shall say what is likely, not what is new.
        question[TEMPERATURE.name()] = 0.2.into();
    }
    if refused.is_sent(FORMAT) {
        let schema = serde_json::from_slice(FORMAT_SCHEMA.as_bytes());
        question[FORMAT.name()] = schema.unwrap_or_default();
    }
    question.to_string()
}
