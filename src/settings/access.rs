//! Who may post events, and who may look after them.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::reader::Reader;
use super::secrets::Secrets;

/// What a secret of Standard Webhooks begins with; base64 of the key follows.
const KEY: &str = "whsec_";

/// How senders prove themselves.
#[derive(Debug, Clone)]
pub enum WebhookAuth {
    /// With a shared token, or with a signature if there is a [`WebhookSecret`].
    Token(Secrets),
    /// With a signature; no token is accepted.
    Signature(WebhookSecret),
    /// Not at all: chosen explicitly with `webhook_auth = "none"`.
    None,
}

impl WebhookAuth {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let words = [("token", 0), ("signature", 1), ("none", 2)];
        match read.choice("webhook_auth", &words, 0) {
            0 => Self::token(read),
            1 => Self::signature(read),
            _ => Self::none(read),
        }
    }

    fn token(read: &mut Reader<'_>) -> Self {
        let tokens = Secrets::read(read, "webhook_token");
        if tokens.is_none() {
            read.mistake(
                "webhook_token: is not set; it is the secret that senders must show (or say webhook_auth = \"signature\" to take signed events only, or webhook_auth = \"none\" to take events from anyone)",
            );
        }
        Self::Token(tokens.unwrap_or_default())
    }

    fn signature(read: &mut Reader<'_>) -> Self {
        let secret = WebhookSecret::read(read);
        if secret.is_none() {
            read.mistake(
                "webhook_secret: is not set; it is what senders must sign with where webhook_auth is `signature`",
            );
        }
        Self::Signature(secret.unwrap_or_default())
    }

    /// A signature that nobody checks would only look like one that is checked.
    fn none(read: &mut Reader<'_>) -> Self {
        if read.optional("webhook_secret").is_some() {
            read.mistake(
                "webhook_auth: is `none`, which takes events from anyone, but webhook_secret is set; say `signature`, or leave webhook_secret out",
            );
        }
        Self::None
    }
}

/// What senders sign with: one secret, or two while one is replaced by the other.
#[derive(Clone, Default)]
pub struct WebhookSecret {
    texts: Secrets,
    keys: Vec<Vec<u8>>,
}

impl WebhookSecret {
    pub(super) fn read(read: &mut Reader<'_>) -> Option<Self> {
        let texts = Secrets::read(read, "webhook_secret")?;
        let mut keys = Vec::new();
        for secret in texts.each() {
            match secret.expose().strip_prefix(KEY).map(|it| STANDARD.decode(it)) {
                None => {}
                Some(Ok(key)) if !key.is_empty() => keys.push(key),
                Some(_) => read.mistake(format!(
                    "webhook_secret: what follows `{KEY}` is not base64 of a key, such as `openssl rand -base64 32` makes"
                )),
            }
        }
        Some(Self { texts, keys })
    }

    /// The keys of GitHub's kind of signature: the bytes of the secret as it is set.
    pub fn plain(&self) -> impl Iterator<Item = &[u8]> {
        self.texts.each().map(|secret| secret.expose().as_bytes())
    }

    /// The keys of Standard Webhooks; none for a secret that does not begin with
    /// `whsec_`.
    pub fn standard(&self) -> impl Iterator<Item = &[u8]> {
        self.keys.iter().map(Vec::as_slice)
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}
