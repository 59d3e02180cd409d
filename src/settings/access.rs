//! Who may post events, and who may look after them.

use super::reader::Reader;
use super::secret::Secret;

/// How senders prove themselves.
#[derive(Debug, Clone)]
pub enum WebhookAuth {
    /// With a shared token.
    Token(Secret),
    /// Not at all: chosen explicitly with `webhook_auth = "none"`.
    None,
}

impl WebhookAuth {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let required = read.choice("webhook_auth", &[("token", true), ("none", false)], true);
        let token = read.text("webhook_token");
        if !required {
            return Self::None;
        }
        if token.is_empty() {
            read.mistake(
                "webhook_token: is not set; it is the secret that senders must show (or say webhook_auth = \"none\" to take events from anyone)",
            );
        }
        Self::Token(Secret::new(token))
    }
}
