//! Jira's own words in an error's body.

use std::fmt;

use serde_json::Value;

use crate::text::short;

/// As much of Jira's own words as a log line or an answer repeats.
const QUOTE_LIMIT: usize = 300;

/// What an error's body says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    messages: Vec<String>,
    /// The fields that it names, each with its reason.
    pub(super) fields: Vec<(String, String)>,
}

impl Said {
    /// `{"errorMessages": […], "errors": {field: text}}`; gateways and newer
    /// interfaces say `message` or `detail`.
    pub(super) fn read(json: &Value) -> Self {
        let messages = json["errorMessages"].as_array().into_iter().flatten();
        let others = [&json["message"], &json["detail"], &json["error"]];
        let fields = json["errors"].as_object().into_iter().flatten();
        Self {
            messages: messages
                .chain(others)
                .filter_map(|message| message.as_str().map(str::to_owned))
                .collect(),
            fields: fields
                .map(|(field, text)| {
                    let text = text
                        .as_str()
                        .map_or_else(|| text.to_string(), str::to_owned);
                    (field.clone(), short(&text, QUOTE_LIMIT))
                })
                .collect(),
        }
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self
            .fields
            .iter()
            .map(|(field, text)| format!("{field}: {text}"));
        let said: Vec<String> = self.messages.iter().cloned().chain(fields).collect();
        if said.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", short(&said.join("; "), QUOTE_LIMIT))
    }
}
