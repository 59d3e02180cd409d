//! Holds: what is not sent for now, because the tracker would refuse it: a wrong
//! login, a rate limit, a project that is not there. Events of other scopes go
//! on. All of them stand in one document, so that a delivery reads one.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::keys;
use super::lease::SKEW;
use super::slot::Line;
use crate::model::{Scope, Timestamp, lenient};
use crate::platform::{Ports, Store};

/// The longest hold that anybody sets.
pub const LONGEST: Duration = Duration::from_secs(15 * 60);
/// What the holds are remembered under.
const NAME: &str = "holds";
/// A hold that is over is remembered for so long: whoever comes next asks first.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);
/// More at a time are no help: the oldest goes.
const MOST: usize = 50;

/// Something that is not sent until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// What it holds back.
    pub scope: Scope,
    /// Since when.
    #[serde(default)]
    pub since: Timestamp,
    /// When it ends.
    #[serde(default)]
    pub until: Timestamp,
    /// Why.
    #[serde(default)]
    pub why: String,
    /// Of a refused login: a digest of it. Another login ends the hold; the same
    /// one is tried with a question before anything is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
}

impl Hold {
    /// The id by which an event names the hold that it waits for.
    pub fn id(scope: &Scope) -> String {
        keys::safe(&scope.id())
    }

    /// Whether it lasts still. What is further ahead than anybody sets it was
    /// set by a wrong clock: it is over.
    pub fn lasts(&self, now: Timestamp) -> bool {
        self.until.is_ahead(now, LONGEST + SKEW)
    }
}

/// What every event has to know before it is sent.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Holds {
    /// All holds, also those that have just ended.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub holds: Vec<Hold>,
    /// What the tracker refuses for now, by names that it has made up.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub refused: Map<String, Value>,
}

/// What every event has to know.
///
/// # Errors
/// When the store fails.
pub fn read(store: &dyn Store) -> Result<Holds, RecordError> {
    let holds = get_readable(store, &keys::memory(NAME))?;
    Ok(holds.unwrap_or_default())
}

fn write(store: &dyn Store, holds: &Holds) -> Result<(), RecordError> {
    put(store, &keys::memory(NAME), holds)
}

/// All holds, also those that have just ended.
///
/// # Errors
/// When the store fails.
pub fn all(store: &dyn Store) -> Result<Vec<Hold>, RecordError> {
    Ok(read(store)?.holds)
}

/// When the hold of this id ends, if it is known.
pub(super) fn ends(store: &dyn Store, id: &str) -> Result<Option<Timestamp>, RecordError> {
    let holds = all(store)?;
    let hold = holds.iter().find(|hold| Hold::id(&hold.scope) == id);
    Ok(hold.map(|hold| hold.until))
}

/// Keeps something that the tracker refuses. Of very many, or should the store fail,
/// it is found out again.
pub fn refused(store: &dyn Store, name: &str, what: Value) {
    if let Ok(mut holds) = read(store) {
        if holds.refused.len() >= MOST {
            holds.refused.clear();
        }
        holds.refused.insert(name.to_owned(), what);
        let _ = write(store, &holds);
    }
}

/// Sets a hold, in place of an earlier one of its scope, whose beginning it
/// keeps. Of two that set one at the same moment, one may be lost; it is set
/// again by the next refusal.
///
/// # Errors
/// When the store fails.
pub fn set(ports: Ports<'_>, mut hold: Hold) -> Result<(), RecordError> {
    let now = ports.clock.now();
    let mut all = read(ports.store)?;
    let holds = &mut all.holds;
    holds.retain(|other| now.since(other.until) < REMEMBERED);
    if let Some(place) = holds.iter().position(|other| other.scope == hold.scope) {
        hold.since = holds.remove(place).since;
    }
    holds.push(hold);
    let surplus = holds.len().saturating_sub(MOST);
    holds.drain(..surplus);
    write(ports.store, &all)
}

/// Lets go of the hold with this id, or with the one by which an event names it; false if there is none. It is over from now on,
/// and remembered until nobody waits for it any more.
///
/// # Errors
/// When the store fails.
pub fn lift(ports: Ports<'_>, id: &str) -> Result<bool, RecordError> {
    let now = ports.clock.now();
    let mut all = read(ports.store)?;
    let mut is_lifted = false;
    let is_it = |hold: &&mut Hold| hold.scope.id() == id || Hold::id(&hold.scope) == id;
    for hold in all.holds.iter_mut().filter(is_it) {
        is_lifted |= hold.lasts(now) || hold.login.is_some();
        hold.until = hold.until.min(now);
        hold.login = None;
    }
    if is_lifted {
        write(ports.store, &all)?;
    }
    Ok(is_lifted)
}

/// Forgets holds that are over and that nobody waits for any more; those of a login
/// stay: whoever comes next asks whether it is good again.
///
/// # Errors
/// When the store fails.
pub fn forget(ports: Ports<'_>, empty: &[Line]) -> Result<(), RecordError> {
    let now = ports.clock.now();
    let mut all = read(ports.store)?;
    let before = all.holds.len();
    all.holds.retain(|hold| {
        hold.lasts(now) || hold.login.is_some() || !empty.contains(&Line::of_hold(&hold.scope))
    });
    if all.holds.len() < before {
        write(ports.store, &all)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Place;
    use crate::platform::fake::Fake;

    fn hold(scope: Scope, since: u64, until: u64) -> Hold {
        Hold {
            scope,
            since: Timestamp::from_secs(since),
            until: Timestamp::from_secs(until),
            why: String::new(),
            login: None,
        }
    }

    fn place(project: &str) -> Place {
        Place {
            project: project.to_owned(),
            issue_type: "Task".to_owned(),
        }
    }

    #[test]
    fn a_place_is_held_beside_the_others_and_each_is_let_go_by_its_id() {
        let fake = Fake::default();
        let soc = Scope::Place(place("SOC"));
        set(fake.ports(), hold(soc.clone(), 1, 60)).unwrap();
        set(fake.ports(), hold(Scope::Everything, 2, 60)).unwrap();
        set(fake.ports(), hold(soc.clone(), 3, 90)).unwrap();
        let holds = all(&fake).unwrap();
        assert_eq!(holds.len(), 2);
        assert_eq!(holds[1], hold(soc, 1, 90), "it began with the first");
        assert!(lift(fake.ports(), "SOC-Task").unwrap());
        assert!(!lift(fake.ports(), "SOC-Task").unwrap());
        let lasting = all(&fake).unwrap();
        let lasting: Vec<&Hold> = lasting
            .iter()
            .filter(|it| it.lasts(Timestamp::UNKNOWN))
            .collect();
        assert_eq!(lasting.len(), 1);
        assert_eq!(lasting[0].scope, Scope::Everything);
        let lines = holds.iter().map(|hold| Line::of_hold(&hold.scope));
        forget(fake.ports(), &lines.collect::<Vec<_>>()).unwrap();
        assert_eq!(all(&fake).unwrap().len(), 1, "nobody waits for it any more");
    }

    #[test]
    fn a_place_holds_its_new_issues_and_nothing_else() {
        let scope = Scope::Place(place("SOC"));
        assert!(scope.holds(Some(&place("SOC"))));
        assert!(!scope.holds(Some(&place("IR"))) && !scope.holds(None));
        assert!(Scope::Everything.holds(None) && !Scope::Event.holds(None));
    }

    #[test]
    fn a_hold_that_is_longer_than_any_is_over() {
        let now = Timestamp::from_secs(100);
        let lasts = |until: Timestamp| {
            let hold = Hold {
                until,
                ..hold(Scope::Everything, 0, 0)
            };
            hold.lasts(now)
        };
        let longest = now.after(LONGEST + SKEW);
        assert!(lasts(longest) && !lasts(longest.after(Duration::from_millis(1))));
        assert!(!lasts(now));
    }

    #[test]
    fn old_holds_are_forgotten_and_many_do_not_grow_the_document() {
        let fake = Fake::default();
        for number in 0..60 {
            let scope = Scope::Place(place(&number.to_string()));
            set(fake.ports(), hold(scope, 0, 60)).unwrap();
        }
        assert_eq!(all(&fake).unwrap().len(), MOST);
        fake.now_ms.set(2 * 24 * 3600 * 1000);
        set(fake.ports(), hold(Scope::Everything, 0, 200_000)).unwrap();
        assert_eq!(all(&fake).unwrap().len(), 1);
    }
}
