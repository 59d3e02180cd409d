//! Is an event held back by the trouble of another one?

use std::time::Duration;

use super::failure::Failure;
use super::retry::LOGIN_HOLD;
use crate::context::Context;
use crate::model::{Event, Place, Timestamp};
use crate::store::{Hold, Lease, hold};

/// Whoever asks whether a login is good again has so long for it.
const PROBE: Duration = Duration::from_secs(30);

/// An event that waits for a login is looked at again after this long at most:
/// another login may have been set.
const LOOK: Duration = Duration::from_secs(60);

/// Until when an event is held back, and why.
pub(super) async fn held(
    context: Context<'_>,
    lease: &Lease<'_>,
    event: &Event,
) -> Result<Option<(Timestamp, String)>, Failure> {
    let holds = hold::all(context.ports.store)?;
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
            Some(refused) if *refused != login => {}
            Some(_) if hold.lasts(now) => {
                let until = hold.until.min(now.after(LOOK));
                return Ok(Some((until, hold.why)));
            }
            None if hold.lasts(now) => return Ok(Some((hold.until, hold.why))),
            Some(_) => {
                if let Some(held) = probe(context, hold).await? {
                    return Ok(Some(held));
                }
            }
            None => {}
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
async fn probe(context: Context<'_>, hold: Hold) -> Result<Option<(Timestamp, String)>, Failure> {
    let now = context.ports.clock.now();
    let asking = Hold {
        until: now.after(PROBE),
        ..hold.clone()
    };
    hold::set(context.ports, asking)?;
    let Err(error) = context.tracker.probe().await else {
        hold::lift(context.ports.store, &hold.scope.id())?;
        return Ok(None);
    };
    let until = context.ports.clock.now().after(LOGIN_HOLD);
    let why = error.why().to_owned();
    let hold = Hold {
        until,
        why: why.clone(),
        ..hold
    };
    hold::set(context.ports, hold)?;
    Ok(Some((until.min(now.after(LOOK)), why)))
}
