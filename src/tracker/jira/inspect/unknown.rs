//! Why Jira did not tell something.

use crate::http::{Answer, CallError};
use crate::platform::{LOGIN_DENIED, SendError};
use crate::tracker::error::TrackerError;
use crate::tracker::jira::answers::Doubt;

/// Why Jira did not tell something: the variants are what a person must look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unknown {
    /// The platform does not let us reach its host.
    HostDenied,
    /// No connection: no such name, nobody listens, a certificate that nobody trusts.
    Unreachable(String),
    /// No whole answer came.
    Silent(String),
    /// Something else answered.
    Foreign(String),
    /// The login is refused.
    Login {
        /// In its own words.
        why: String,
        /// Whether it waits for a person to solve a CAPTCHA.
        is_captcha: bool,
    },
    /// The token cannot be sent in a header.
    Unsendable,
    /// The token lacks a scope.
    Scope(String),
    /// There is no such thing, or it is hidden from us.
    Missing(String),
    /// It may not be done.
    Refused(String),
    /// Not now.
    Busy(String),
}

impl Unknown {
    /// What happened.
    pub fn why(&self) -> &str {
        match self {
            Self::HostDenied => "the host does not let the function reach this address",
            Self::Unsendable => "the token holds a character that no HTTP header can carry",
            Self::Unreachable(why)
            | Self::Silent(why)
            | Self::Foreign(why)
            | Self::Login { why, .. }
            | Self::Scope(why)
            | Self::Missing(why)
            | Self::Refused(why)
            | Self::Busy(why) => why,
        }
    }

    pub(super) fn of_call(error: CallError) -> Self {
        match error {
            CallError::Unanswered(SendError::Denied) => Self::HostDenied,
            CallError::Unanswered(error @ SendError::NotSent(_)) => {
                Self::Unreachable(error.to_string())
            }
            CallError::Unanswered(error) => Self::Silent(error.to_string()),
            CallError::Login => Self::Unsendable,
            CallError::Address => Self::Unreachable("jira_url makes no address".to_owned()),
        }
    }

    pub(super) fn of_doubt(doubt: Doubt, answer: &Answer) -> Self {
        let error = match doubt {
            Doubt::NotJira(why) => return Self::Foreign(why),
            Doubt::Missing(why) => return Self::Missing(why),
            Doubt::NoScope(why) => return Self::Scope(why),
            Doubt::Certain(error) => error,
        };
        match error {
            TrackerError::Misconfigured {
                is_login: true,
                why,
                ..
            } => Self::Login {
                why,
                is_captcha: answer.headers.contains_key(LOGIN_DENIED),
            },
            TrackerError::Retry { why, .. } | TrackerError::Ambiguous { why } => Self::Busy(why),
            other => Self::Refused(other.why().to_owned()),
        }
    }
}
