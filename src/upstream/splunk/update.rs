//! What is written on notables, and what became of it.

use crate::upstream::port::UpstreamError;

/// What is written on notables.
pub(super) struct Update<'t> {
    /// The number of a status.
    pub(super) status: Option<&'t str>,
    /// The name of a user.
    pub(super) owner: Option<&'t str>,
    /// Such as `disposition:1`.
    pub(super) disposition: Option<&'t str>,
    pub(super) comment: &'t str,
    pub(super) repeat: Repeat,
}

impl<'t> Update<'t> {
    /// Only says something that happened.
    pub(super) fn saying(comment: &'t str) -> Self {
        Self {
            status: None,
            owner: None,
            disposition: None,
            comment,
            repeat: Repeat::Newest,
        }
    }

    /// Says something that is said only once.
    pub(super) fn once(comment: &'t str) -> Self {
        Self {
            repeat: Repeat::Any,
            ..Self::saying(comment)
        }
    }
}

/// Which note counts as one that was sent before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// The newest, if it says the same: what happened can happen again.
    Newest,
    /// Any that says the same.
    Any,
}

/// What became of several notables.
#[derive(Default)]
pub(super) struct Told {
    done: usize,
    /// The worst, as far as the whole is concerned.
    error: Option<UpstreamError>,
}

impl Told {
    pub(super) fn take(&mut self, result: Result<(), UpstreamError>) {
        match result {
            Ok(()) => self.done += 1,
            Err(error)
                if self
                    .error
                    .as_ref()
                    .is_none_or(|worst| rank(&error) > rank(worst)) =>
            {
                self.error = Some(error);
            }
            Err(_) => {}
        }
    }

    /// Whether all of it is to be done again.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.error, Some(UpstreamError::Later { .. }))
    }

    pub(super) fn result(mut self, other: Option<UpstreamError>) -> Result<(), UpstreamError> {
        if let Some(other) = other {
            self.take(Err(other));
        }
        match self.error {
            Some(UpstreamError::Gone { .. }) if self.done > 0 => Ok(()),
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

fn rank(error: &UpstreamError) -> u8 {
    match error {
        UpstreamError::Gone { .. } => 0,
        UpstreamError::Refused { .. } => 1,
        UpstreamError::Later { .. } => 2,
    }
}
