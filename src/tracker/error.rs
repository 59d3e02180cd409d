//! What a failed request to the tracker calls for.

use std::time::Duration;

use crate::model::Scope;

/// The id of a field that is refused, and why.
pub(super) type Refusal = (String, String);

/// A request to the tracker did not do what it should. The variants are what to
/// do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TrackerError {
    /// Not carried out; try again, not before `after`.
    Retry {
        /// How long it asks to wait, if it says so.
        after: Option<Duration>,
        /// What else had better wait.
        scope: Scope,
        /// What happened.
        why: String,
    },
    /// It may have been carried out: look before trying again.
    Ambiguous {
        /// What happened.
        why: String,
    },
    /// It refuses what these fields hold.
    Refused {
        /// The field ids that it names, each with its reason.
        fields: Vec<Refusal>,
        /// What happened.
        why: String,
    },
    /// A text is longer than it takes: sent again, it is shorter.
    TooLong {
        /// What happened.
        why: String,
    },
    /// It refuses this one request, for a reason that may pass.
    Denied {
        /// What happened.
        why: String,
    },
    /// There is no such issue, or it is hidden.
    Gone {
        /// What happened.
        why: String,
    },
    /// A person must mend something; until then, nothing of this scope is sent.
    Misconfigured {
        /// What is held back.
        scope: Scope,
        /// Whether it is the login that is refused.
        is_login: bool,
        /// What happened, and what to check.
        why: String,
    },
    /// Nothing that can be dealt with.
    Fatal {
        /// What happened.
        why: String,
    },
}

impl TrackerError {
    /// What happened, in a sentence.
    pub fn why(&self) -> &str {
        match self {
            Self::Retry { why, .. }
            | Self::Ambiguous { why }
            | Self::Refused { why, .. }
            | Self::TooLong { why }
            | Self::Denied { why }
            | Self::Gone { why }
            | Self::Misconfigured { why, .. }
            | Self::Fatal { why } => why,
        }
    }

    /// Not carried out, and nothing said of when to try again.
    pub(super) fn later(why: impl Into<String>) -> Self {
        Self::Retry {
            after: None,
            scope: Scope::Event,
            why: why.into(),
        }
    }

    /// A person must mend the settings, or what stands between.
    pub(super) fn misconfigured(scope: Scope, why: impl Into<String>) -> Self {
        Self::Misconfigured {
            scope,
            is_login: false,
            why: why.into(),
        }
    }

    /// For a request that changes nothing: what may have been carried out may
    /// as well be repeated.
    pub(super) fn harmless(self) -> Self {
        match self {
            Self::Ambiguous { why } => Self::later(why),
            other => other,
        }
    }
}
