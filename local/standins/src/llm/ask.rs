//! A question to the model, checked.

use serde_json::{Map, Value, json};

use crate::server::Answer;

/// Who may speak in a conversation.
const ROLES: [&str; 5] = ["system", "developer", "user", "assistant", "tool"];

/// What a question may say besides its messages; OpenAI refuses what it does
/// not know.
const MEMBERS: [&str; 14] = [
    "model",
    "messages",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "n",
    "stop",
    "stream",
    "seed",
    "response_format",
    "user",
    "presence_penalty",
    "frequency_penalty",
];

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// `system`, `user`…
    pub role: String,
    /// What was said.
    pub content: String,
}

/// A question that can be answered.
pub(super) struct Ask {
    pub(super) model: String,
    pub(super) turns: Vec<Turn>,
    pub(super) max_tokens: Option<usize>,
}

/// What is wrong with a question.
#[derive(Debug)]
pub(super) struct Problem {
    status: u16,
    code: &'static str,
    message: String,
    /// The parameter that it is about, if it names one.
    param: Option<String>,
}

impl Problem {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Problem {
        Problem {
            status,
            code,
            message: message.into(),
            param: None,
        }
    }

    fn invalid(message: impl Into<String>) -> Problem {
        Problem::new(400, "invalid_value", message)
    }

    fn missing(name: &str) -> Problem {
        let text = format!("Missing required parameter: '{name}'.");
        Problem::new(400, "missing_required_parameter", text)
    }

    /// As newer models of OpenAI refuse what older ones take.
    fn unsupported(name: &str) -> Problem {
        let instead = match name {
            "max_tokens" => " Use 'max_completion_tokens' instead.",
            _ => "",
        };
        let text =
            format!("Unsupported parameter: '{name}' is not supported with this model.{instead}");
        Problem {
            param: Some(name.to_owned()),
            ..Problem::new(400, "unsupported_parameter", text)
        }
    }

    pub(super) fn answer(&self) -> Answer {
        let error = json!({
            "message": self.message,
            "type": "invalid_request_error",
            "param": self.param,
            "code": self.code,
        });
        Answer::json(self.status, &json!({"error": error}))
    }
}

impl Ask {
    pub(super) fn read(body: &Value, refuses: &[String]) -> Result<Ask, Problem> {
        let Some(body) = body.as_object() else {
            return Err(Problem::invalid("The body must be an object."));
        };
        let unknown = |name: &&String| !MEMBERS.contains(&name.as_str());
        if let Some(name) = body.keys().find(unknown) {
            let text = format!("Unrecognized request argument supplied: {name}");
            return Err(Problem::new(400, "unknown_parameter", text));
        }
        let refused = |name: &&String| body.contains_key(*name);
        if let Some(name) = refuses.iter().find(refused) {
            return Err(Problem::unsupported(name));
        }
        format(body)?;
        if body
            .get("stream")
            .is_some_and(|it| *it != Value::Bool(false))
        {
            return Err(Problem::invalid("The stand-in does not stream."));
        }
        let model = body.get("model").ok_or_else(|| Problem::missing("model"))?;
        let Some(model) = model.as_str() else {
            return Err(Problem::invalid(
                "Invalid type for 'model': expected a string.",
            ));
        };
        temperature(body)?;
        Ok(Ask {
            model: model.to_owned(),
            turns: turns(body)?,
            max_tokens: max_tokens(body)?,
        })
    }
}

/// A strict schema names all of its properties and allows no others.
fn format(body: &Map<String, Value>) -> Result<(), Problem> {
    let Some(format) = body.get("response_format") else {
        return Ok(());
    };
    let given = &format["json_schema"];
    let schema = &given["schema"];
    let names = schema["properties"].as_object();
    let required = schema["required"].as_array();
    let is_named = |name| required.is_some_and(|all| all.iter().any(|it| *it == name));
    let is_strict = given["strict"] == true
        && given["name"].is_string()
        && schema["additionalProperties"] == false
        && names.is_some_and(|names| names.keys().all(|name| is_named(name.as_str())));
    match format["type"].as_str() {
        Some("json_schema") if is_strict => Ok(()),
        Some("text" | "json_object") => Ok(()),
        _ => Err(Problem::invalid("Invalid schema for response_format.")),
    }
}

fn temperature(body: &Map<String, Value>) -> Result<(), Problem> {
    let Some(given) = body.get("temperature") else {
        return Ok(());
    };
    match given.as_f64() {
        Some(value) if (0.0..=2.0).contains(&value) => Ok(()),
        _ => Err(Problem::invalid("Invalid 'temperature': expected 0 to 2.")),
    }
}

fn max_tokens(body: &Map<String, Value>) -> Result<Option<usize>, Problem> {
    let names = ["max_completion_tokens", "max_tokens"];
    let Some((name, given)) = names.iter().find_map(|name| body.get_key_value(*name)) else {
        return Ok(None);
    };
    let count = given.as_u64().filter(|count| *count > 0);
    match count.and_then(|count| usize::try_from(count).ok()) {
        Some(count) => Ok(Some(count)),
        None => Err(Problem::invalid(format!(
            "Invalid '{name}': expected a whole number of at least 1."
        ))),
    }
}

fn turns(body: &Map<String, Value>) -> Result<Vec<Turn>, Problem> {
    let messages = body
        .get("messages")
        .ok_or_else(|| Problem::missing("messages"))?;
    let messages = messages.as_array().filter(|messages| !messages.is_empty());
    let Some(messages) = messages else {
        return Err(Problem::invalid(
            "Invalid 'messages': expected an array of at least one.",
        ));
    };
    messages
        .iter()
        .enumerate()
        .map(|(index, it)| turn(index, it))
        .collect()
}

fn turn(index: usize, message: &Value) -> Result<Turn, Problem> {
    let role = message["role"].as_str().unwrap_or_default();
    if !ROLES.contains(&role) {
        let text = format!(
            "Invalid value for 'messages[{index}].role': {}.",
            message["role"]
        );
        return Err(Problem::invalid(text));
    }
    let content = match &message["content"] {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => parts.iter().map(part).collect(),
        _ => None,
    };
    match content {
        Some(content) => Ok(Turn {
            role: role.to_owned(),
            content,
        }),
        None => {
            let text = format!("Invalid type for 'messages[{index}].content': expected text.");
            Err(Problem::invalid(text))
        }
    }
}

/// The text of `{"type": "text", "text": …}`.
fn part(part: &Value) -> Option<&str> {
    (part["type"] == "text").then(|| part["text"].as_str())?
}

/// The form in which OpenAI says no.
pub(super) fn error(status: u16, kind: &str, code: Option<&str>, message: &str) -> Answer {
    let error = json!({"message": message, "type": kind, "param": null, "code": code});
    Answer::json(status, &json!({"error": error}))
}
