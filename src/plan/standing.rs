//! Is an event news? Senders keep no order and tell things twice.

use super::Written;
use crate::event::{Change, Event};
use crate::ledger::Ticket;

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

/// Compares an event with the ticket of its entity; `wanted` is what the event
/// maps to.
pub fn standing(event: &Event, ticket: Option<&Ticket>, wanted: &Written) -> Standing {
    let Some(ticket) = ticket else {
        return Standing::New;
    };
    let version = event.entity.version;
    let same_version = version == ticket.version;
    match event.change {
        Change::Firing if ticket.firings.hold(&event.firings) => Standing::Known,
        Change::Firing => Standing::News,
        change if change.ends() && ticket.ended => Standing::Known,
        change if change.ends() => Standing::News,
        // It may come back from the bin, and is then touched later.
        _ if ticket.ended && version <= ticket.version => Standing::Ended,
        _ if version < ticket.version => Standing::Outdated,
        // Other senders tell of the same state in other shapes.
        Change::Create if same_version => Standing::Known,
        _ if same_version && *wanted == ticket.written => Standing::Known,
        _ => Standing::News,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Entity, Version};

    fn event(change: Change, modified: u64) -> Event {
        Event::bare(
            change,
            Entity {
                version: Version {
                    modified,
                    updated: 0,
                },
                ..Entity::default()
            },
        )
    }

    fn ticket(modified: u64, ended: bool) -> Ticket {
        Ticket {
            version: event(Change::Create, modified).entity.version,
            ended,
            ..Ticket::default()
        }
    }

    fn named(summary: &str) -> Written {
        Written {
            summary: summary.to_owned(),
            ..Written::default()
        }
    }

    #[test]
    fn an_event_is_compared_with_what_the_issue_shows() {
        use Change::{Create, Delete, Merge, Update};
        for (change, modified, ended, summary, expected) in [
            (Create, 5, false, "", Standing::Known),
            (Create, 5, false, "other shape", Standing::Known),
            (Create, 6, false, "", Standing::News),
            (Update, 5, false, "", Standing::Known),
            (Update, 5, false, "changed", Standing::News),
            (Merge, 5, false, "changed", Standing::News),
            (Update, 4, false, "changed", Standing::Outdated),
            (Create, 4, false, "", Standing::Outdated),
            (Delete, 4, false, "", Standing::News),
            (Delete, 5, true, "", Standing::Known),
            (Update, 5, true, "late", Standing::Ended),
            (Update, 6, true, "back", Standing::News),
        ] {
            let found = standing(
                &event(change, modified),
                Some(&ticket(5, ended)),
                &named(summary),
            );
            assert_eq!(found, expected, "{change:?} {modified} {ended} {summary}");
        }
        let new = standing(&event(Update, 0), None, &named(""));
        assert_eq!(new, Standing::New);
    }
}
