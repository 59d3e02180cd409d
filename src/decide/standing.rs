//! Is an event news? Senders keep no order and tell things twice.

use super::wanted::Wanted;
use crate::model::{Change, End, Event, IssueRecord, Timestamp};

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
/// maps to, and is asked for only if nothing else tells.
pub fn standing(
    event: &Event,
    issue: Option<&IssueRecord>,
    wanted: &Wanted<'_>,
    now: Timestamp,
) -> Standing {
    // One that was taken over shows nothing of it yet.
    let Some(issue) = issue.filter(|issue| !issue.adopting) else {
        return Standing::New;
    };
    let version = event.entity.version;
    let shown = issue.version.remembered(now);
    let is_known = version.is_known();
    match &event.change {
        Change::Fired(firings) if issue.firings.hold(firings) => Standing::Known,
        Change::Fired(_) => Standing::News,
        Change::Closed if is_known && version < shown => Standing::Outdated,
        Change::Closed if issue.ended && shows(issue, wanted) => Standing::Known,
        Change::Closed => Standing::News,
        change if change.ends() && issue.ended => Standing::Known,
        change if change.is_doubtful_end() => match issue.not_visible {
            Some(told) if version <= told.remembered(now) => Standing::Known,
            _ if is_known && version < shown => Standing::Outdated,
            _ => Standing::News,
        },
        // It may have been opened again since.
        Change::Ended(End::Closed) if is_known && version < shown => Standing::Outdated,
        change if change.ends() => Standing::News,
        // It may come back from the bin, and is then touched later.
        // Where nobody says when, what comes later is later.
        _ if issue.ended && is_known && version <= shown => Standing::Ended,
        _ if issue.ended => Standing::News,
        _ if is_known && version < shown => Standing::Outdated,
        // It may be understood now.
        _ if issue.lacks_names => Standing::News,
        // Other senders tell of the same state in other shapes.
        Change::Created | Change::Entered if version == shown => Standing::Known,
        _ if version == shown && shows(issue, wanted) => Standing::Known,
        _ => Standing::News,
    }
}

fn shows(issue: &IssueRecord, wanted: &Wanted<'_>) -> bool {
    issue.states().all(|state| state == wanted.state())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AppliedState, Attempt, Entity, Firings, Version};

    const NOW: Timestamp = Timestamp::from_secs(1_772_352_000);

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
        let closed = || Change::Ended(End::Closed);
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
            (closed(), 4, false, "", Standing::Outdated),
            (closed(), 5, false, "", Standing::News),
            (closed(), 0, false, "", Standing::News),
            (closed(), 5, true, "", Standing::Known),
            (UPDATED, 5, true, "late", Standing::Ended),
            (UPDATED, 6, true, "back", Standing::News),
        ] {
            let what = format!("{change:?} {modified} {ended} {summary}");
            let found = standing(
                &event(change, modified),
                Some(&issue(5, ended)),
                &named(summary).into(),
                NOW,
            );
            assert_eq!(found, expected, "{what}");
        }
        let new = standing(&event(UPDATED, 0), None, &named("").into(), NOW);
        assert_eq!(new, Standing::New);
    }

    #[test]
    fn what_an_event_maps_to_is_asked_for_only_if_nothing_else_tells() {
        let fired = || Change::Fired(Firings::default());
        let deleted = || Change::Ended(End::Deleted);
        for (change, modified, ended, is_asked) in [
            (Change::Created, 5, false, false),
            (Change::Created, 6, false, false),
            (Change::Entered, 5, false, false),
            (Change::UPDATED, 4, false, false),
            (Change::UPDATED, 5, false, true),
            (Change::UPDATED, 5, true, false),
            (Change::UPDATED, 6, false, false),
            (fired(), 5, false, false),
            (deleted(), 5, false, false),
            (Change::Closed, 5, false, false),
            (Change::Closed, 5, true, true),
        ] {
            let what = format!("{change:?} {modified} {ended}");
            let wanted = Wanted::default();
            standing(
                &event(change, modified),
                Some(&issue(5, ended)),
                &wanted,
                NOW,
            );
            assert_eq!(wanted.was_asked_for(), is_asked, "{what}");
        }
    }

    #[test]
    fn what_is_not_visible_any_more_may_be_and_ends_nothing() {
        let gone = |modified| event(Change::Ended(End::NotVisible(String::new())), modified);
        let mut shown = issue(5, false);
        let stands = |event: &Event, issue: &IssueRecord| {
            standing(event, Some(issue), &named("changed").into(), NOW)
        };
        assert_eq!(stands(&gone(4), &shown), Standing::Outdated);
        assert_eq!(stands(&gone(6), &shown), Standing::News);
        shown.not_visible = Some(gone(6).entity.version);
        assert_eq!(stands(&gone(6), &shown), Standing::Known);
        assert_eq!(stands(&gone(7), &shown), Standing::News);
        // Another trigger may see it, in the same state.
        for modified in [5, 6, 7] {
            let update = event(Change::UPDATED, modified);
            assert_eq!(stands(&update, &shown), Standing::News, "{modified}");
        }
        shown.ended = true;
        assert_eq!(stands(&gone(7), &shown), Standing::Known);
    }

    #[test]
    fn a_state_that_lies_in_the_future_freezes_nothing() {
        let year_9999 = Timestamp::parse("9999-12-31T00:00:00Z").unwrap();
        for ended in [false, true] {
            let frozen = issue(year_9999.as_millis(), ended);
            let update = event(Change::UPDATED, 6);
            let found = standing(&update, Some(&frozen), &named("thawed").into(), NOW);
            assert_eq!(found, Standing::News, "{ended}");
        }
    }

    #[test]
    fn where_nobody_says_when_what_comes_later_is_later() {
        for (summary, expected) in [("other", Standing::News), ("", Standing::News)] {
            let update = event(Change::UPDATED, 0);
            let found = standing(&update, Some(&issue(5, false)), &named(summary).into(), NOW);
            assert_eq!(found, expected, "{summary}");
        }
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
            let found = standing(
                &event(Change::UPDATED, 5),
                Some(&issue),
                &named(summary).into(),
                NOW,
            );
            assert_eq!(found, Standing::News, "{summary}");
        }
        issue.applied = named("b");
        let found = standing(
            &event(Change::UPDATED, 5),
            Some(&issue),
            &named("b").into(),
            NOW,
        );
        assert_eq!(found, Standing::Known);
    }

    #[test]
    fn a_firing_is_known_if_it_is_counted_whenever_it_came() {
        let mut issue = issue(5, false);
        issue.firings = Firings::one("a");
        for (key, expected) in [("a", Standing::Known), ("b", Standing::News)] {
            for modified in [4, 5, 6] {
                let fired = event(Change::Fired(Firings::one(key)), modified);
                let found = standing(&fired, Some(&issue), &named("other").into(), NOW);
                assert_eq!(found, expected, "{key} {modified}");
            }
        }
    }
}
