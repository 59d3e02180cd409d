//! Is an event held back by the trouble of another one?

use std::time::Duration;

use super::failure::Failure;
use super::retry::LOGIN_HOLD;
use crate::context::Context;
use crate::model::{Event, Place, Timestamp};
use crate::store::hold::{self, Holds};
use crate::store::{Hold, Lease, Line, RecordError};

/// Whoever asks whether a login is good again has so long for it.
const PROBE: Duration = Duration::from_secs(30);

/// An event that waits for a login is looked at again after this long at most:
/// another login may have been set.
const LOOK: Duration = Duration::from_secs(60);

/// What holds an event back.
pub(super) struct Held {
    /// When it is to be looked at again.
    pub(super) until: Timestamp,
    /// When the hold ends, as far as it is known.
    pub(super) ends: Timestamp,
    /// Why.
    pub(super) why: String,
    /// The id of the hold.
    pub(super) hold: String,
}

impl Held {
    fn by(hold: &Hold, until: Timestamp) -> Self {
        Self {
            until,
            ends: hold.until,
            why: hold.why.clone(),
            hold: Hold::id(&hold.scope),
        }
    }
}

/// The lines of holds that hold nothing back now.
///
/// # Errors
/// When the store fails.
pub(super) fn open_lines(context: Context<'_>) -> Result<Vec<Line>, RecordError> {
    let now = context.ports.clock.now();
    let login = context.tracker.login();
    let holds = hold::all(context.ports.store)?;
    let open = holds.iter().filter(|hold| {
        let has_changed = hold.login.as_ref().is_some_and(|it| *it != login);
        has_changed || !hold.lasts(now)
    });
    Ok(open.map(|hold| Line::of_hold(&hold.scope)).collect())
}

/// What holds an event back, if anything does.
pub(super) async fn held(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    event: &Event,
) -> Result<Option<Held>, Failure> {
    let Holds { holds, refused } = hold::read(context.ports.store)?;
    context.tracker.recall(refused);
    if holds.is_empty() {
        return Ok(None);
    }
    let now = context.ports.clock.now();
    let login = context.tracker.login();
    let place = place(context, lease, event);
    for hold in holds {
        if !hold.scope.holds(place.as_ref()) {
            continue;
        }
        match &hold.login {
            // Another login may be better.
            Some(refused) if *refused != login => context.afterwards.lets_go.set(true),
            Some(_) if hold.lasts(now) => {
                let until = hold.until.min(now.after(LOOK));
                return Ok(Some(Held::by(&hold, until)));
            }
            None if hold.lasts(now) => return Ok(Some(Held::by(&hold, hold.until))),
            Some(_) => {
                lease.declare()?;
                if let Some(held) = probe(context, hold).await? {
                    return Ok(Some(held));
                }
            }
            None => context.afterwards.lets_go.set(true),
        }
    }
    Ok(None)
}

/// Where a new issue of the event would go.
fn place(context: Context<'_>, lease: &Lease<'_>, event: &Event) -> Option<Place> {
    if lease.issue().is_some() || event.change.ends() {
        return None;
    }
    context.target(event).ok().map(|target| target.place())
}

/// A login was refused some time ago: is it good again? One asks, the others
/// wait; nothing else is sent for it.
async fn probe(context: Context<'_>, hold: Hold) -> Result<Option<Held>, Failure> {
    let now = context.ports.clock.now();
    let asking = Hold {
        until: now.after(PROBE),
        ..hold.clone()
    };
    hold::set(context.ports, asking)?;
    let Err(error) = context.tracker.probe().await else {
        hold::lift(context.ports, &hold.scope.id())?;
        context.afterwards.lets_go.set(true);
        return Ok(None);
    };
    let until = context.ports.clock.now().after(LOGIN_HOLD);
    let hold = Hold {
        until,
        why: error.why().to_owned(),
        ..hold
    };
    let held = Held::by(&hold, until.min(now.after(LOOK)));
    hold::set(context.ports, hold)?;
    Ok(Some(held))
}
