//! Whether a body comes from somebody who knows a secret. A claim is read from the
//! head, as far as it is well-formed and of now; it is checked once the body is there.

mod flaw;
mod hub;
mod standard;

#[cfg(test)]
mod tests;

use hmac::{Hmac, Mac};
use http::{HeaderMap, HeaderName};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::model::Timestamp;
use crate::platform::X_HUB_SIGNATURE_256;
use crate::settings::WebhookSecret;
pub(super) use flaw::Flaw;
use hub::Digest;

/// What a request's head says of its body: it is signed so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// What is signed stands before the body: nothing, or id and time.
    before: Vec<u8>,
    /// The signatures, of which one is enough.
    shown: Vec<Digest>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Hub,
    Standard,
}

impl Claim {
    /// What a sender of events claims; `None` if it shows no signature. Where there
    /// are several kinds, the one with a time counts.
    ///
    /// # Errors
    /// Why no body could be signed so: nothing of it needs to be read.
    pub(super) fn of(headers: &HeaderMap, now: Timestamp) -> Result<Option<Self>, Flaw> {
        for names in &standard::NAMES {
            if names.iter().any(|name| headers.contains_key(name)) {
                let (before, shown) = standard::read(headers, names, now)?;
                return Ok(Some(Self {
                    before,
                    shown,
                    kind: Kind::Standard,
                }));
            }
        }
        Self::hub(headers, &X_HUB_SIGNATURE_256)
    }

    /// What a header of GitHub's kind claims.
    ///
    /// # Errors
    /// The same.
    pub(super) fn hub(headers: &HeaderMap, name: &HeaderName) -> Result<Option<Self>, Flaw> {
        let Some(value) = headers.get(name) else {
            return Ok(None);
        };
        let shown = value.to_str().ok().and_then(hub::read);
        let shown = shown.ok_or_else(|| Flaw::NoHubSignature(name.clone()))?;
        Ok(Some(Self {
            before: Vec::new(),
            shown: vec![shown],
            kind: Kind::Hub,
        }))
    }

    /// The keys of this kind of signature.
    ///
    /// # Errors
    /// Where the secret has none.
    pub(super) fn keys(&self, secret: &WebhookSecret) -> Result<Vec<Vec<u8>>, Flaw> {
        let keys: Vec<Vec<u8>> = match self.kind {
            Kind::Hub => secret.plain().map(<[u8]>::to_vec).collect(),
            Kind::Standard => secret.standard().map(<[u8]>::to_vec).collect(),
        };
        match keys.is_empty() {
            true => Err(Flaw::NoKey),
            false => Ok(keys),
        }
    }

    /// Whether the body, byte by byte as it came, is signed with one of the keys. How
    /// long it takes tells nothing of the right signature. Nothing is signed with an
    /// empty key: anybody could.
    pub(super) fn holds(&self, body: &[u8], keys: &[Vec<u8>]) -> bool {
        let keys = keys.iter().filter(|key| !key.is_empty());
        keys.fold(false, |found, key| self.is_signed(body, key) | found)
    }

    fn is_signed(&self, body: &[u8], key: &[u8]) -> bool {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
            return false;
        };
        mac.update(&self.before);
        mac.update(body);
        let right = mac.finalize().into_bytes();
        let same = |shown: &Digest| bool::from(shown.ct_eq(&right[..]));
        self.shown
            .iter()
            .fold(false, |found, shown| same(shown) | found)
    }
}
