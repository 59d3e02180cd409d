//! Which chats are told, and of what.

use super::reader::Reader;
use super::secret::Secret;

/// Of what chats are told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Notify {
    /// Of a new issue.
    pub created: bool,
    /// Of a dead letter.
    pub dead_letter: bool,
}

impl Notify {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let mut notify = Self::default();
        for word in read.list("notify_on") {
            match word.as_str() {
                "created" => notify.created = true,
                "dead_letter" => notify.dead_letter = true,
                "none" => {}
                _ => read.mistake(format!(
                    "notify_on: `{word}` is none of created, dead_letter, none"
                )),
            }
        }
        notify
    }
}

/// The settings of one chat: `slack_webhook_url` and `slack_host`.
pub(super) struct Webhook;

impl Webhook {
    /// The webhook's address, if one is set.
    pub(super) fn read(read: &mut Reader<'_>, chat: &str) -> Option<Secret> {
        let (url, host) = Self::names(chat);
        let address = read.optional(&url)?;
        read.address(&url, address, &host)
    }

    /// The host of a webhook that is not set.
    pub(super) fn check_unused(read: &mut Reader<'_>, chat: &str) {
        let (url, host) = Self::names(chat);
        if read.optional(&url).is_none() {
            read.host(&host, &format!("the path stands in {url}"));
        }
    }

    fn names(chat: &str) -> (String, String) {
        (format!("{chat}_webhook_url"), format!("{chat}_host"))
    }
}
