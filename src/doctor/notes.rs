//! Where the checks of a part are collected, so that what was found stays when the time
//! is over.

use std::cell::RefCell;

use super::report::{Check, Section};

/// The checks of a part, as far as they were made.
pub(super) struct Notes {
    area: &'static str,
    checks: RefCell<Vec<Check>>,
}

impl Notes {
    pub(super) fn new(area: &'static str) -> Self {
        Self {
            area,
            checks: RefCell::default(),
        }
    }

    /// Notes a check; the same one of two places is noted once.
    pub(super) fn push(&self, check: Check) {
        let mut checks = self.checks.borrow_mut();
        if !checks.contains(&check) {
            checks.push(check);
        }
    }

    pub(super) fn extend(&self, checks: impl IntoIterator<Item = Check>) {
        checks.into_iter().for_each(|check| self.push(check));
    }

    pub(super) fn into_section(self) -> Section {
        Section {
            area: self.area,
            checks: self.checks.into_inner(),
        }
    }
}
