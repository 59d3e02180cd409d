//! A stand-in for a Microsoft Teams workflow ("When a Teams webhook request is
//! received"): one address with its signature, Adaptive Cards, a limit of size.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::teams::{TeamsOptions, TeamsStandIn};
//!
//! let teams = TeamsStandIn::start(TeamsOptions::default()).await?;
//! // … let a client post to teams.webhook_url() …
//! assert!(teams.messages()[0].plain().contains("SOC-1"));
//! # Ok(())
//! # }
//! ```

mod card;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::faults::{Fault, page};
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn, Unread, read_json};
pub use card::Card;

/// Microsoft Learn, "Limits and specifications for Microsoft Teams": a message
/// to a webhook may have 28 KB.
const MAX_MESSAGE: usize = 28 * 1024;

/// The name of the trigger in every workflow's address.
const TRIGGER: &str = "manual";

/// How a stand-in workflow is set up.
#[derive(Clone)]
pub struct TeamsOptions {
    /// The workflow's id, a part of its path.
    pub workflow: String,
    /// The signature in its address: the secret.
    pub signature: String,
}

impl Default for TeamsOptions {
    fn default() -> TeamsOptions {
        TeamsOptions {
            workflow: "4b0c3f6d2e1a4c7f9d8e5b6a7c8d9e0f".to_owned(),
            signature: "kZ3v-0aQ_signature".to_owned(),
        }
    }
}

impl TeamsOptions {
    fn path(&self) -> String {
        format!(
            "/workflows/{}/triggers/{TRIGGER}/paths/invoke",
            self.workflow
        )
    }
}

/// A running Teams stand-in.
pub type TeamsStandIn = StandIn<Teams>;

/// The service that [`TeamsStandIn`] plays.
pub struct Teams {
    options: TeamsOptions,
    messages: Mutex<Vec<Card>>,
}

impl From<TeamsOptions> for Teams {
    fn from(options: TeamsOptions) -> Teams {
        let messages = Mutex::default();
        Teams { options, messages }
    }
}

impl StandIn<Teams> {
    /// The workflow's address, signature and all.
    pub fn webhook_url(&self) -> String {
        let options = &self.service().options;
        let (path, signature) = (options.path(), &options.signature);
        let allowed = format!("%2Ftriggers%2F{TRIGGER}%2Frun");
        let url = self.url();
        format!("{url}{path}?api-version=2016-06-01&sp={allowed}&sv=1.0&sig={signature}")
    }

    /// Every card that was posted, in order.
    pub fn messages(&self) -> Vec<Card> {
        self.service().messages().clone()
    }
}

impl Service for Teams {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        if request.path != self.options.path() {
            return self.refusal(404);
        }
        if request.method != "POST" {
            return page(405, "Method Not Allowed").header("allow", "POST");
        }
        if let Err(answer) = self.admit(request) {
            return answer;
        }
        let cards = match read_json(request) {
            Ok(_) if request.body.len() > MAX_MESSAGE => return self.refusal(413),
            Ok(body) => card::read(body),
            Err(Unread::Chunked) => return page(411, "Length Required"),
            Err(Unread::TooLarge) => return self.refusal(413),
            Err(Unread::OtherType) => {
                Err("Invalid type. Expected Object but got String.".to_owned())
            }
            Err(Unread::NoJson) => {
                let text = "The request content is not valid and could not be deserialized.";
                return error(400, "InvalidRequestContent", text);
            }
        };
        match cards {
            Ok(cards) => {
                self.messages().extend(cards);
                Answer::empty(202)
            }
            Err(details) => {
                let text = format!(
                    "The input body for trigger '{TRIGGER}' of type 'Request' did not match its schema definition. Error details: '{details}'."
                );
                error(400, "TriggerInputSchemaMismatch", &text)
            }
        }
    }

    fn refusal(&self, status: u16) -> Answer {
        let workflow = &self.options.workflow;
        let (code, text) = match status {
            400 => (
                "WorkflowTriggerIsNotEnabled",
                format!(
                    "Could not execute workflow '{workflow}' trigger '{TRIGGER}' with state 'Disabled'."
                ),
            ),
            401 => (
                "DirectApiAuthorizationRequired",
                "The request must be authenticated only by Shared Access scheme.".to_owned(),
            ),
            404 => (
                "WorkflowNotFound",
                format!("The workflow '{workflow}' could not be found."),
            ),
            413 => (
                "RequestEntityTooLarge",
                format!("The request is larger than {MAX_MESSAGE} bytes."),
            ),
            429 => ("TooManyRequests", "Rate limit is exceeded.".to_owned()),
            502 => (
                "NoResponse",
                "The server did not receive a response from an upstream server.".to_owned(),
            ),
            _ => (
                "InternalServerError",
                "Encountered internal server error.".to_owned(),
            ),
        };
        error(status, code, &text)
    }
}

impl Teams {
    fn messages(&self) -> MutexGuard<'_, Vec<Card>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at the address: its version and its signature.
    fn admit(&self, request: &Request) -> Result<(), Answer> {
        if request.query_value("api-version").is_none() {
            let text = "The api-version query parameter (?api-version=) is required.";
            return Err(error(400, "MissingApiVersionParameter", text));
        }
        match request.query_value("sig") {
            Some(signature) if signature == self.options.signature => Ok(()),
            Some(_) => {
                let text = "The provided signature does not match the signature that is expected.";
                Err(error(401, "DirectApiInvalidAuthorizationScheme", text))
            }
            None => Err(self.refusal(401)),
        }
    }
}

fn error(status: u16, code: &str, message: &str) -> Answer {
    let error = json!({"code": code, "message": message});
    Answer::json(status, &json!({"error": error}))
}

#[cfg(test)]
mod tests;
