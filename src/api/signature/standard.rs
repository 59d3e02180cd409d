//! Standard Webhooks (<https://www.standardwebhooks.com>, specification 1.0): the HMAC
//! of `id.timestamp.body`, in base64, after `v1,`. Svix has the same under other names.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName};

use super::flaw::Flaw;
use super::hub::Digest;
use crate::model::Timestamp;
use crate::platform::{
    SVIX_ID, SVIX_SIGNATURE, SVIX_TIMESTAMP, WEBHOOK_ID, WEBHOOK_SIGNATURE, WEBHOOK_TIMESTAMP,
};

/// The headers of id, time and signatures.
pub(super) static NAMES: [[HeaderName; 3]; 2] = [
    [WEBHOOK_ID, WEBHOOK_TIMESTAMP, WEBHOOK_SIGNATURE],
    [SVIX_ID, SVIX_TIMESTAMP, SVIX_SIGNATURE],
];

/// So far from now a message may have been sent, before or after: the specification's
/// libraries have five minutes. What is older may be a copy that somebody kept.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);
/// More signatures of one message are not looked at: a rotation needs two.
const SIGNATURES: usize = 8;

/// What these three headers, of id, time and signatures, claim: what is signed before the
/// body, and the signatures.
pub(super) fn read(
    headers: &HeaderMap,
    names: &[HeaderName; 3],
    now: Timestamp,
) -> Result<(Vec<u8>, Vec<Digest>), Flaw> {
    let [id_name, time_name, signature_name] = names;
    let text = |name: &HeaderName| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        let value = value.map(str::trim).filter(|value| !value.is_empty());
        value.ok_or_else(|| Flaw::Missing(name.clone()))
    };
    let (id, time, shown) = (text(id_name)?, text(time_name)?, text(signature_name)?);
    // Or it would be open where the id ends and the time begins.
    if id.contains('.') {
        return Err(Flaw::BadId(id_name.clone()));
    }
    let sent = seconds(time).ok_or_else(|| Flaw::NoTime(time_name.clone()))?;
    if now.since(sent) > TOLERANCE || sent.since(now) > TOLERANCE {
        return Err(Flaw::NotOfNow(time_name.clone()));
    }
    let shown: Vec<Digest> = shown
        .split_ascii_whitespace()
        .take(SIGNATURES)
        .filter_map(signature)
        .collect();
    if shown.is_empty() {
        return Err(Flaw::NoStandardSignature(signature_name.clone()));
    }
    Ok((format!("{id}.{time}.").into_bytes(), shown))
}

/// Whole seconds since 1970, in digits alone: a sign or a point would leave open where
/// the time ends and the body begins.
fn seconds(text: &str) -> Option<Timestamp> {
    let is_digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = text.parse().ok().filter(|_| is_digits)?;
    Some(Timestamp::from_secs(seconds))
}

/// `v1,` and base64 of 32 bytes; other versions (`v1a` is one with public keys) are
/// passed over.
fn signature(text: &str) -> Option<Digest> {
    let text = text.strip_prefix("v1,")?;
    STANDARD.decode(text).ok()?.try_into().ok()
}
