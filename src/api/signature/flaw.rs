//! Why a signature is refused before anything of the body is read.

use std::fmt;

use http::HeaderName;

/// What is wrong with a claim. No variant holds what the sender wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// A header of the three is missing or empty.
    Missing(HeaderName),
    /// The id holds a point, which separates it from the time.
    BadId(HeaderName),
    /// The time is no number of seconds.
    NoTime(HeaderName),
    /// It was sent too long ago, or is yet to be sent.
    NotOfNow(HeaderName),
    /// None of the signatures is one of version 1.
    NoStandardSignature(HeaderName),
    /// It is no signature of GitHub's kind.
    NoHubSignature(HeaderName),
    /// The secret is none for this kind of signature.
    NoKey,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(name) => write!(f, "the header {name} is missing"),
            Self::BadId(name) => write!(f, "{name} holds a point"),
            Self::NoTime(name) => write!(f, "{name} is no number of seconds since 1970"),
            Self::NotOfNow(name) => write!(
                f,
                "{name} is more than 5 minutes from now; check both clocks, and sign each attempt anew"
            ),
            Self::NoStandardSignature(name) => write!(
                f,
                "{name} holds no signature such as `v1,` and base64 of 32 bytes"
            ),
            Self::NoHubSignature(name) => write!(
                f,
                "{name} is no signature such as `sha256=` and 64 hexadecimal digits"
            ),
            Self::NoKey => write!(
                f,
                "Standard Webhooks need a webhook_secret that begins with `whsec_`"
            ),
        }
    }
}
