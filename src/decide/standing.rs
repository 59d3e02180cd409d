//! Is an event news? Senders keep no order and tell things twice.

use crate::model::{AppliedState, Change, Event, IssueRecord};

/// How an event stands to what is remembered of its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is remembered.
    New,
    /// It tells something that the issue does not show yet.
    News,
    /// It tells what the issue shows.
    Known,
    /// The issue shows a later state already.
    Outdated,
    /// The entity has ended, and this is from before.
    Ended,
}

impl Standing {
    /// The word, as a dry run shows it.
    pub fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::News => "news",
            Self::Known => "known",
            Self::Outdated => "outdated",
            Self::Ended => "ended",
        }
    }
}

/// Compares an event with the issue of its entity; `wanted` is what the event
/// maps to.
pub fn standing(event: &Event, issue: Option<&IssueRecord>, wanted: &AppliedState) -> Standing {
    let Some(issue) = issue else {
        return Standing::New;
    };
    let version = event.entity.version;
    let same_version = version == issue.version;
    match &event.change {
        Change::Fired(firings) if issue.firings.hold(firings) => Standing::Known,
        Change::Fired(_) => Standing::News,
        Change::Closed if version < issue.version => Standing::Outdated,
        Change::Closed if issue.ended && issue.states().all(|state| state == wanted) => {
            Standing::Known
        }
        Change::Closed => Standing::News,
        change if change.ends() && issue.ended => Standing::Known,
        change if change.ends() => Standing::News,
        // It may come back from the bin, and is then touched later.
        // Where nobody says when, what comes later is later.
        _ if issue.ended && version.is_known() && version <= issue.version => Standing::Ended,
        _ if issue.ended => Standing::News,
        _ if version < issue.version => Standing::Outdated,
        // Other senders tell of the same state in other shapes.
        Change::Created if same_version => Standing::Known,
        _ if same_version && issue.states().all(|state| state == wanted) => Standing::Known,
        _ => Standing::News,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Attempt, End, Entity, Firings, Timestamp, Version};

    fn event(change: Change, modified: u64) -> Event {
        Event::live(
            change,
            Entity {
                version: Version {
                    modified: Timestamp::from_millis(modified),
                    updated: Timestamp::UNKNOWN,
                },
                ..Entity::default()
            },
        )
    }

    fn issue(modified: u64, ended: bool) -> IssueRecord {
        IssueRecord {
            version: event(Change::Created, modified).entity.version,
            ended,
            ..IssueRecord::default()
        }
    }

    fn named(summary: &str) -> AppliedState {
        let mut state = AppliedState::default();
        if !summary.is_empty() {
            state.fields.insert("summary".to_owned(), summary.into());
        }
        state
    }

    #[test]
    fn an_event_is_compared_with_what_the_issue_shows() {
        const UPDATED: Change = Change::UPDATED;
        let merged = || Change::Merged { absorbed: vec![] };
        let deleted = || Change::Ended(End::Deleted);
        for (change, modified, ended, summary, expected) in [
            (Change::Created, 5, false, "", Standing::Known),
            (Change::Created, 5, false, "other shape", Standing::Known),
            (Change::Created, 6, false, "", Standing::News),
            (UPDATED, 5, false, "", Standing::Known),
            (UPDATED, 5, false, "changed", Standing::News),
            (merged(), 5, false, "changed", Standing::News),
            (UPDATED, 4, false, "changed", Standing::Outdated),
            (Change::Created, 4, false, "", Standing::Outdated),
            (deleted(), 4, false, "", Standing::News),
            (deleted(), 5, true, "", Standing::Known),
            (UPDATED, 5, true, "late", Standing::Ended),
            (UPDATED, 6, true, "back", Standing::News),
        ] {
            let what = format!("{change:?} {modified} {ended} {summary}");
            let found = standing(
                &event(change, modified),
                Some(&issue(5, ended)),
                &named(summary),
            );
            assert_eq!(found, expected, "{what}");
        }
        let new = standing(&event(UPDATED, 0), None, &named(""));
        assert_eq!(new, Standing::New);
    }

    #[test]
    fn a_lost_edit_keeps_a_state_from_being_known_until_all_show_it() {
        let mut issue = issue(5, false);
        issue.applied = named("a");
        issue.attempt(Attempt {
            applied: named("b"),
            ..Attempt::default()
        });
        for summary in ["a", "b"] {
            let found = standing(&event(Change::UPDATED, 5), Some(&issue), &named(summary));
            assert_eq!(found, Standing::News, "{summary}");
        }
        issue.applied = named("b");
        let found = standing(&event(Change::UPDATED, 5), Some(&issue), &named("b"));
        assert_eq!(found, Standing::Known);
    }

    #[test]
    fn a_firing_is_known_if_it_is_counted_whenever_it_came() {
        let mut issue = issue(5, false);
        issue.firings = Firings::one("a");
        for (key, expected) in [("a", Standing::Known), ("b", Standing::News)] {
            for modified in [4, 5, 6] {
                let fired = event(Change::Fired(Firings::one(key)), modified);
                let found = standing(&fired, Some(&issue), &named("other"));
                assert_eq!(found, expected, "{key} {modified}");
            }
        }
    }
}
