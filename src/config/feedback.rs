//! Which chats are told, and of what.

use super::Secret;
use super::reader::Reader;

/// The settings of feedback.
#[derive(Debug, Clone)]
pub struct Feedback {
    /// Slack's incoming webhook; who knows the address may post.
    pub slack: Option<Secret>,
    /// The address of a Teams workflow; who knows it may post.
    pub teams: Option<Secret>,
    /// Whether a new issue is told.
    pub created: bool,
    /// Whether a dead letter is told.
    pub dead_letter: bool,
}

impl Feedback {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let slack = read.address("slack_webhook_url", "slack_host");
        let teams = read.address("teams_webhook_url", "teams_host");
        let mut feedback = Self {
            slack,
            teams,
            created: false,
            dead_letter: false,
        };
        for word in read.list("notify_on") {
            match word.as_str() {
                "created" => feedback.created = true,
                "dead_letter" => feedback.dead_letter = true,
                "none" => {}
                _ => read.mistake(format!(
                    "notify_on: `{word}` is none of created, dead_letter, none"
                )),
            }
        }
        feedback
    }
}
