//! The shape in which Jira says no.

use serde_json::{Map, Value, json};

use crate::faults::page;
use crate::server::Answer;

/// Why a value was refused.
#[derive(Debug)]
pub(crate) enum Flaw {
    /// Said under the field's name.
    Field(String),
    /// An ADF document against the schema: Jira only says `INVALID_INPUT`; the
    /// reason goes into a header of the stand-in's own.
    Adf(String),
}

/// A refused request: `{"errorMessages": […], "errors": {field: text}}`.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) messages: Vec<String>,
    /// Field and text, in the order found.
    errors: Vec<(String, String)>,
    reason: Option<String>,
}

impl Refusal {
    /// A refusal with a message that belongs to no field.
    pub(crate) fn message(status: u16, text: impl Into<String>) -> Refusal {
        Refusal {
            status,
            messages: vec![text.into()],
            errors: Vec::new(),
            reason: None,
        }
    }

    /// A 400 that names a field.
    pub(crate) fn field(field: &str, text: impl Into<String>) -> Refusal {
        let mut refusal = Refusal::nothing();
        refusal.add(field, Flaw::Field(text.into()));
        refusal
    }

    /// A 400 to which flaws are added one by one.
    pub(crate) fn nothing() -> Refusal {
        Refusal {
            status: 400,
            messages: Vec::new(),
            errors: Vec::new(),
            reason: None,
        }
    }

    /// Adds what is wrong with a field; the first flaw of a field stands.
    pub(crate) fn add(&mut self, field: &str, flaw: Flaw) {
        match flaw {
            Flaw::Field(text) => {
                if self.errors.iter().all(|(known, _)| known != field) {
                    self.errors.push((field.to_owned(), text));
                }
            }
            Flaw::Adf(reason) => {
                self.messages = vec!["INVALID_INPUT".to_owned()];
                self.reason = Some(format!("{field}: {reason}"));
            }
        }
    }

    /// This refusal if anything is wrong.
    pub(crate) fn if_any(self) -> Result<(), Refusal> {
        if self.messages.is_empty() && self.errors.is_empty() {
            Ok(())
        } else {
            Err(self)
        }
    }

    /// The same refusal, naming the first field only.
    #[must_use]
    pub(crate) fn first_field(mut self) -> Refusal {
        self.errors.truncate(1);
        self
    }

    /// The body as Jira writes it. With `INVALID_INPUT` no field is named.
    pub(crate) fn body(&self) -> Value {
        let named = self.errors.iter().filter(|_| self.reason.is_none());
        let errors: Map<String, Value> = named
            .map(|(field, text)| (field.clone(), json!(text)))
            .collect();
        json!({"errorMessages": self.messages, "errors": errors})
    }

    pub(crate) fn answer(&self) -> Answer {
        let answer = Answer::json(self.status, &self.body());
        match &self.reason {
            Some(reason) => {
                let visible = reason
                    .chars()
                    .filter(|c| (' '..='~').contains(c))
                    .collect::<String>();
                answer.header(REASON_HEADER, visible)
            }
            None => answer,
        }
    }
}

/// 429 as Jira sends it.
pub(crate) fn rate_limited(retry_after: u64, reason: &str) -> Answer {
    page(429, "Too Many Requests")
        .header("retry-after", retry_after.to_string())
        .header("ratelimit-reason", reason)
        .header("x-ratelimit-limit", "100")
        .header("x-ratelimit-remaining", "0")
        .header("x-ratelimit-nearlimit", "true")
}

/// The stand-in's own header that tells why an ADF document was refused.
pub(crate) const REASON_HEADER: &str = "x-standin-reason";
