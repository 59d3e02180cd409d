//! The header `Retry-After` (RFC 9110, section 10.2.3).

use std::time::{Duration, SystemTime};

use crate::clock::http_date;

/// What `Retry-After` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetryAfter {
    /// So many seconds. Data Center may send 0.
    Seconds(u64),
    /// This time, as an HTTP date.
    At(SystemTime),
    /// So long after the answer, as an HTTP date.
    DateIn(Duration),
    /// This text, whatever it is.
    Text(String),
}

impl RetryAfter {
    /// A day: what some front ends send, though Jira is back within minutes
    /// (issue 11).
    pub const A_DAY: RetryAfter = RetryAfter::Seconds(86_400);

    /// The header's value, if sent now.
    pub(crate) fn header(&self) -> String {
        match self {
            RetryAfter::Seconds(seconds) => seconds.to_string(),
            RetryAfter::At(time) => http_date(*time),
            RetryAfter::DateIn(wait) => http_date(SystemTime::now() + *wait),
            RetryAfter::Text(text) => text.clone(),
        }
    }
}
