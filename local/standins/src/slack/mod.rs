//! A Slack stand-in: one incoming webhook, with the limits of Block Kit.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
//!
//! let slack = SlackStandIn::start(SlackOptions::default()).await?;
//! // … let a client post to slack.webhook_url() …
//! assert!(slack.messages()[0].links().contains(&"https://jira.example/browse/SOC-1".into()));
//! assert!(slack.messages()[0].pings().is_empty());
//! # Ok(())
//! # }
//! ```

mod blocks;
mod message;

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::faults::{Fault, FaultKind};
use crate::server::{Answer, Request};
use crate::service::{Service, StandIn, Unread, read_json};
pub use message::Message;

/// Slack docs, "chat.postMessage": what is longer is cut.
const MAX_TEXT: usize = 40_000;

/// Where the webhook is, unless a test says otherwise.
const PATH: &str = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX";

/// How a stand-in Slack is set up.
#[derive(Clone)]
pub struct SlackOptions {
    /// The path of its only webhook: the secret.
    pub path: String,
}

impl Default for SlackOptions {
    fn default() -> SlackOptions {
        SlackOptions {
            path: PATH.to_owned(),
        }
    }
}

/// A running Slack stand-in.
pub type SlackStandIn = StandIn<Slack>;

/// The service that [`SlackStandIn`] plays.
pub struct Slack {
    options: SlackOptions,
    messages: Mutex<Vec<Message>>,
}

impl From<SlackOptions> for Slack {
    fn from(options: SlackOptions) -> Slack {
        let messages = Mutex::default();
        Slack { options, messages }
    }
}

impl StandIn<Slack> {
    /// The webhook's address.
    pub fn webhook_url(&self) -> String {
        format!("{}{}", self.url(), self.service().options.path)
    }

    /// Every message that was posted, in order.
    pub fn messages(&self) -> Vec<Message> {
        self.service().messages().clone()
    }
}

/// A fault: 403, the workspace does not let the webhook post.
pub fn action_prohibited() -> Fault {
    Fault::new(FaultKind::Answer(Answer::text(403, "action_prohibited")))
}

/// A fault: 410, the channel is no longer used.
pub fn channel_is_archived() -> Fault {
    Fault::new(FaultKind::Answer(Answer::text(410, "channel_is_archived")))
}

/// A fault: 404, the channel is gone.
pub fn channel_not_found() -> Fault {
    Fault::new(FaultKind::Answer(Answer::text(404, "channel_not_found")))
}

impl Service for Slack {
    type Fault = Fault;

    fn answer(&self, request: &Request) -> Answer {
        if request.path != self.options.path {
            return Answer::text(404, "no_service");
        }
        if request.method != "POST" {
            return Answer::text(405, "method_not_allowed").header("allow", "POST");
        }
        let read = match read_json(request) {
            Ok(body) => read(body),
            Err(Unread::Chunked) => return Answer::text(411, "length_required"),
            Err(Unread::TooLarge) => return Answer::text(413, "payload_too_large"),
            Err(Unread::OtherType | Unread::NoJson) => Err("invalid_payload"),
        };
        match read {
            Ok(message) => {
                self.messages().push(message);
                Answer::text(200, "ok")
            }
            Err(word) => Answer::text(400, word),
        }
    }

    fn refusal(&self, status: u16) -> Answer {
        let word = match status {
            400 => "invalid_payload",
            403 => "action_prohibited",
            404 => "channel_not_found",
            410 => "channel_is_archived",
            429 => "rate_limited",
            _ => "rollup_error",
        };
        Answer::text(status, word)
    }
}

impl Slack {
    fn messages(&self) -> MutexGuard<'_, Vec<Message>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The message, or Slack's word for what is wrong with it.
fn read(body: &Value) -> Result<Message, &'static str> {
    let body = body.as_object().ok_or("invalid_payload")?;
    let text = match body.get("text") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return Err("invalid_payload"),
    };
    let blocks = match body.get("blocks") {
        None => &[],
        Some(Value::Array(blocks)) => blocks.as_slice(),
        Some(_) => return Err("invalid_blocks_format"),
    };
    if text.trim().is_empty() && blocks.is_empty() {
        return Err("no_text");
    }
    blocks::check(blocks).map_err(|()| "invalid_blocks")?;
    Ok(Message {
        text: text.chars().take(MAX_TEXT).collect(),
        blocks: blocks.to_vec(),
    })
}

#[cfg(test)]
mod tests;
