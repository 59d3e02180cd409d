//! What an event maps to, once somebody asks.

use std::cell::OnceCell;

use super::applied;
use super::target::Target;
use crate::model::{AppliedState, Entity};

/// What an event maps to; nothing by default. Mapping is most of the work of a large
/// event, and many that are known already are told by their version alone: so it is done
/// when the state is first asked for.
#[derive(Debug, Default)]
pub struct Wanted<'a> {
    of: Option<(&'a Entity, Target<'a>)>,
    state: OnceCell<AppliedState>,
}

impl<'a> Wanted<'a> {
    /// What an entity maps to.
    pub fn of(entity: &'a Entity, target: Target<'a>) -> Self {
        Self {
            of: Some((entity, target)),
            state: OnceCell::new(),
        }
    }

    /// The state.
    pub fn state(&self) -> &AppliedState {
        self.state.get_or_init(|| self.mapped())
    }

    #[cfg(test)]
    pub(super) fn was_asked_for(&self) -> bool {
        self.state.get().is_some()
    }

    /// The state, for whoever keeps it.
    pub fn into_state(mut self) -> AppliedState {
        self.state.take().unwrap_or_else(|| self.mapped())
    }

    fn mapped(&self) -> AppliedState {
        let mapped = self.of.as_ref().map(|(it, target)| applied::of(it, target));
        mapped.unwrap_or_default()
    }
}

/// A state that is known already.
impl From<AppliedState> for Wanted<'_> {
    fn from(state: AppliedState) -> Self {
        Self {
            of: None,
            state: state.into(),
        }
    }
}
