//! Both sides change the status: whose change counts. Pure.
//!
//! The latest change that people made counts, by the clocks of the platforms. Each
//! change carries its status and its time, so it does not matter in which order they
//! arrive: whoever is earlier than what is known has lost, and both sides are brought
//! to what won. Our own writes are no changes.

use std::time::Duration;

use crate::model::{Entity, EntityState, KnownBy, Named, Side, StatusChange, Synced, Timestamp};

/// Changes on both sides within this time are a conflict, which people are told of.
pub const SAME_MINUTES: Duration = Duration::from_secs(600);
/// The clocks of Jira, the platform and ours differ by this at most; what we wrote
/// within this time may have hidden a change.
pub const CLOCKS: Duration = Duration::from_secs(120);

/// What a change of status means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Both sides have this status, as far as is known.
    Known,
    /// It is the latest: the other side follows.
    Wins {
        /// The other side had changed within the same minutes.
        conflict: bool,
    },
    /// The other side, or the same one, was changed later.
    Loses {
        /// By the other side, within the same minutes.
        conflict: bool,
    },
}

/// Compares a change with the latest one that is known.
pub fn judge(latest: Option<&StatusChange>, change: &StatusChange) -> Verdict {
    let Some(latest) = latest else {
        return Verdict::Wins { conflict: false };
    };
    if is_same(&latest.entity, &change.entity) {
        return Verdict::Known;
    }
    let between = latest.at.since(change.at).max(change.at.since(latest.at));
    let conflict = latest.side != change.side && between <= SAME_MINUTES;
    match order(change) > order(latest) {
        true => Verdict::Wins { conflict },
        false => Verdict::Loses { conflict },
    }
}

/// The same on all replicas, also for changes of the same millisecond.
fn order(change: &StatusChange) -> (Timestamp, Side, &str) {
    (change.at, change.side, &change.entity.id)
}

/// Whether two are the same status: some platforms have only names.
fn is_same(one: &Named, other: &Named) -> bool {
    let name = |it: &Named| it.name.as_ref().map(|name| name.to_lowercase());
    (one.id == other.id && !one.id.is_empty()) || (name(one).is_some() && name(one) == name(other))
}

/// What is to be done about a change of status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Course {
    /// The other side gets the status.
    pub follow: bool,
    /// Both sides are looked at, and brought to the latest change: one of them may
    /// show something else.
    pub settle: bool,
    /// People are told: `Some(true)` if this change counts, `Some(false)` if the
    /// other one does.
    pub conflict: Option<bool>,
}

/// Takes in a change that people made to the issue. One that was taken in before, or
/// that a later one of theirs has overtaken, has no effect: the platform may have been
/// changed since.
pub fn issue_moved(synced: &mut Synced, change: StatusChange) -> Course {
    if change.at <= synced.heard {
        return Course::default();
    }
    synced.heard = change.at;
    let moved = synced.moved;
    // Our move may have come after theirs, and hidden it.
    let is_hidden = moved.is_known() && moved.after(CLOCKS) >= change.at;
    take_in(synced, change, is_hidden)
}

/// Takes in a status that the entity had at some time. `before` is the one that it had
/// until now, as far as is known.
pub fn entity_has(
    synced: &mut Synced,
    status: &Named,
    at: Timestamp,
    before: Option<&str>,
) -> Course {
    let states = || synced.states.iter();
    let same = || states().filter(|state| state.status == status.id);
    let earlier = states().filter(|state| state.at < at);
    // Of the same time, the last.
    let earlier = earlier.max_by_key(|state| state.at);
    let had = earlier.map(|state| state.status.as_str()).or(before);
    if had == Some(&*status.id) || same().any(|state| state.at == at) {
        return Course::default();
    }
    let is_near = |ours: Timestamp| at.since(ours).max(ours.since(at)) <= CLOCKS;
    if same().any(|state| state.known == KnownBy::WrittenAbout && is_near(state.at)) {
        // Ours, most likely.
        return Course {
            settle: true,
            ..Course::default()
        };
    }
    let is_ours = |state: &EntityState| state.known != KnownBy::Heard;
    let is_hidden = states().any(|state| is_ours(state) && state.at.after(CLOCKS) >= at);
    let state = EntityState {
        at,
        status: status.id.clone(),
        known: KnownBy::Heard,
    };
    synced.has(state, before);
    let change = StatusChange {
        at,
        side: Side::Platform,
        entity: status.clone(),
        issue: None,
    };
    take_in(synced, change, is_hidden)
}

fn take_in(synced: &mut Synced, change: StatusChange, is_hidden: bool) -> Course {
    let verdict = judge(synced.latest.as_ref(), &change);
    let is_later = synced
        .latest
        .as_ref()
        .is_none_or(|latest| order(&change) > order(latest));
    if is_later {
        synced.latest = Some(change);
    }
    match verdict {
        Verdict::Known => Course {
            settle: is_hidden && is_later,
            ..Course::default()
        },
        Verdict::Wins { conflict } => Course {
            follow: true,
            settle: is_hidden,
            conflict: conflict.then_some(true),
        },
        Verdict::Loses { conflict } => Course {
            follow: false,
            settle: true,
            conflict: conflict.then_some(false),
        },
    }
}

/// Whether we gave the entity another status after that: a state from before does not
/// tell what it has now.
pub fn is_hidden(synced: &Synced, at: Timestamp) -> bool {
    let is_ours = |state: &EntityState| state.known != KnownBy::Heard;
    synced
        .states
        .iter()
        .any(|state| is_ours(state) && state.at > at)
}

/// When the entity's status was changed, as far as an event says.
pub fn changed_at(entity: &Entity) -> Timestamp {
    entity.version.modified.max(entity.version.updated)
}

/// What people are told where both sides changed within the same minutes. `counts`:
/// Jira's change does.
pub fn conflict_text(platform: &str, counts: bool) -> String {
    let (later, earlier) = match counts {
        true => ("Jira", platform),
        false => (platform, "Jira"),
    };
    format!(
        "The status was changed in Jira and in {platform} within a few minutes. The change in {later} is the later one, so it counts; the one in {earlier} was undone."
    )
}

#[cfg(test)]
mod tests;
