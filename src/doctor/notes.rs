//! Where the checks of a part are collected, so that what was found stays when the time
//! is over.

use std::cell::RefCell;

use super::report::{Check, Section};

/// The checks of a part, as far as they were made, each with the group that it is shown
/// in.
pub(super) struct Notes {
    area: &'static str,
    checks: RefCell<Vec<(usize, Check)>>,
}

/// Checks that are shown together, whenever they were made.
#[derive(Clone, Copy)]
pub(super) struct Group<'n> {
    notes: &'n Notes,
    number: usize,
}

impl Notes {
    pub(super) fn new(area: &'static str) -> Self {
        Self {
            area,
            checks: RefCell::default(),
        }
    }

    /// What is shown together; groups stand in the order of their numbers.
    pub(super) fn group(&self, number: usize) -> Group<'_> {
        Group {
            notes: self,
            number,
        }
    }

    /// Notes a check that stands before those of the groups from 1 on.
    pub(super) fn push(&self, check: Check) {
        self.group(0).push(check);
    }

    pub(super) fn extend(&self, checks: impl IntoIterator<Item = Check>) {
        self.group(0).extend(checks);
    }

    pub(super) fn into_section(self) -> Section {
        let mut checks = self.checks.into_inner();
        checks.sort_by_key(|(group, _)| *group);
        Section {
            area: self.area,
            checks: checks.into_iter().map(|(_, check)| check).collect(),
        }
    }
}

impl Group<'_> {
    /// Notes a check; the same one of two places is noted once.
    pub(super) fn push(&self, check: Check) {
        let mut checks = self.notes.checks.borrow_mut();
        if !checks.iter().any(|(_, known)| *known == check) {
            checks.push((self.number, check));
        }
    }

    pub(super) fn extend(&self, checks: impl IntoIterator<Item = Check>) {
        checks.into_iter().for_each(|check| self.push(check));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_stand_together_and_nothing_is_said_twice() {
        let notes = Notes::new("jira");
        notes.group(2).push(Check::ok("c", ""));
        notes.group(1).push(Check::ok("b", ""));
        notes.push(Check::ok("a", ""));
        notes.group(3).push(Check::ok("b", ""));
        let names = notes.into_section().checks.into_iter().map(|it| it.name);
        assert_eq!(names.collect::<Vec<_>>(), ["a", "b", "c"]);
    }
}
