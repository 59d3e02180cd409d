//! Several events in one request: all are in the store before the first is worked
//! on, so that a crash halfway loses none of them.

use std::cell::RefCell;
use std::time::Duration;

use super::attempt::work;
use super::count;
use super::deliver::{merged, not_accepted, wanted};
use super::failure::Failure;
use super::outcomes::{outcome, queued};
use super::process::{self, process};
use crate::context::Context;
use crate::decide::settled;
use crate::model::{Event, IssueRecord, Outcome, OutcomeKind, SourceKey, Timestamp};
use crate::platform::concurrent::side_by_side;
use crate::platform::journal::Notes;
use crate::sources::Received;
use crate::store::{self, Acquired, Asking, acquire, inbox, queue};

/// So many are worked on at the same time.
const AT_ONCE: usize = 8;
/// After this long no other one is begun: managed clouds end a request after 30 s.
const TIME: Duration = Duration::from_secs(15);

/// Deals with all that a request told; the results stand in its order.
pub async fn process_all(
    context: Context<'_>,
    received: Vec<Received>,
) -> Vec<Result<Outcome, Failure>> {
    if received.len() < 2 {
        let mut results = Vec::new();
        for received in received {
            results.push(process(context, received).await);
        }
        return results;
    }
    let started = context.ports.clock.now();
    let mut results: Vec<Option<Result<Outcome, Failure>>> = Vec::new();
    // Of one entity, one event after the other.
    let mut waiting: Vec<Vec<(usize, Box<Event>)>> = Vec::new();
    for (index, received) in received.into_iter().enumerate() {
        let event = match keep(context, received, started) {
            Kept::Done(result) => {
                results.push(Some(result));
                continue;
            }
            Kept::Waiting(event) => event,
        };
        results.push(None);
        let is_its = |(_, other): &(usize, Box<Event>)| is_about_the_same(other, &event);
        match waiting.iter_mut().find(|of| of.first().is_some_and(is_its)) {
            Some(of_entity) => of_entity.push((index, event)),
            None => waiting.push(vec![(index, event)]),
        }
    }
    let ends = started.after(TIME);
    let mut waiting = waiting.into_iter();
    let results = RefCell::new(results);
    side_by_side(AT_ONCE, &mut || {
        let (events, results) = (waiting.next()?, &results);
        Some(Box::pin(async move {
            for (index, event) in events {
                let result = bring_about(context, &event, ends).await;
                if let Some(place) = results.borrow_mut().get_mut(index) {
                    *place = Some(result);
                }
            }
        }))
    })
    .await;
    results.into_inner().into_iter().flatten().collect()
}

fn is_about_the_same(one: &Event, other: &Event) -> bool {
    (&one.entity.id, &one.entity.source) == (&other.entity.id, &other.entity.source)
}

/// One thing that a request told, before it is worked on.
enum Kept {
    /// There is nothing to be done about it.
    Done(Result<Outcome, Failure>),
    /// It is in its entity's inbox.
    Waiting(Box<Event>),
}

fn keep(context: Context<'_>, received: Received, started: Timestamp) -> Kept {
    let entity = received.entity();
    let mut source = None;
    let result = match received {
        Received::Nothing { entity, reason } => Ok(Outcome::ignored(entity, reason)),
        Received::Event(mut event) => {
            process::came_at(context, &mut event, started);
            source = Some(event.entity.source.clone());
            match keep_event(context, &event) {
                Ok(None) => return Kept::Waiting(event),
                Ok(Some(outcome)) => Ok(outcome),
                Err(failure) => Err(failure),
            }
        }
    };
    process::log(context, entity.as_ref(), &result, started);
    let source = source.as_ref().map(SourceKey::as_str);
    count::delivery(context, source, &result, &Notes::default());
    Kept::Done(result)
}

/// Puts an event, and what it says of entities that are gone, into their inboxes;
/// `Some`: there is nothing to be done about it.
fn keep_event(context: Context<'_>, event: &Event) -> Result<Option<Outcome>, Failure> {
    if let Some(outcome) = not_accepted(context, event)? {
        return Ok(Some(outcome));
    }
    let absorbed = event.of_absorbed();
    let wanted = match wanted(context, event)? {
        Ok(wanted) => wanted,
        Err(outcome) => return Ok(Some(outcome)),
    };
    let now = context.ports.clock.now();
    let known = store::look(context.ports.store, &event.entity.key())?;
    let issue = known.filter(|known| !known.has_pending && absorbed.is_empty());
    if let Some(issue) = issue.and_then(|known| known.issue)
        && let Some((kind, reason)) = settled(event, &issue, &wanted, context.settings, now)?
    {
        let key = Some(issue.key.as_str());
        return Ok(Some(outcome(context, kind, event, key, reason)));
    }
    inbox::deposit(context.ports, event)?;
    for absorbed in &absorbed {
        if self::wanted(context, absorbed)?.is_ok() {
            inbox::deposit(context.ports, absorbed)?;
        }
    }
    Ok(None)
}

async fn bring_about(
    context: Context<'_>,
    event: &Event,
    ends: Timestamp,
) -> Result<Outcome, Failure> {
    let started = context.ports.clock.now();
    let (result, notes) = match started > ends {
        true => (later(context, event), Notes::default()),
        false => {
            let work = Box::pin(take_up(context, event));
            context.ports.journal.keep(work).await
        }
    };
    let entity = (&event.entity).into();
    process::log(context, Some(&entity), &result, started);
    let source = Some(event.entity.source.as_str());
    count::delivery(context, source, &result, &notes);
    result
}

/// There is no time left for an event, and for what it says of others.
fn later(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    queue::take_turn(context.ports, &event.entity.key())?;
    for absorbed in event.of_absorbed() {
        queue::take_turn(context.ports, &absorbed.entity.key())?;
    }
    let why = "it is kept, and worked on after this request";
    Ok(queued(context, event, None, why.to_owned()))
}

async fn take_up(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let outcome = take_up_one(context, event).await?;
    let mut ended = Vec::new();
    for absorbed in event.of_absorbed() {
        ended.push(take_up_one(context, &absorbed).await?);
    }
    Ok(merged(outcome, ended))
}

async fn take_up_one(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let asking = Asking::Inbox {
        missing_is_lost: false,
    };
    match acquire(context.ports, &event.entity.key(), asking).await? {
        Acquired::Mine(lease) => Box::pin(work(context, *lease, None)).await,
        Acquired::Kept(why) => Ok(queued(context, event, None, why)),
        // Whoever was at work on the entity has taken it in.
        Acquired::Settled(_) | Acquired::Nothing => together(context, event),
    }
}

/// What is said of an event that another one of its entity took along.
fn together(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let known = store::look(context.ports.store, &event.entity.key())?;
    let issue: Option<IssueRecord> = known.and_then(|known| known.issue);
    let key = issue.as_ref().map(|issue| issue.key.as_str());
    let reason = Some("it was dealt with together with another event of its entity".to_owned());
    let kind = match key {
        Some(_) => OutcomeKind::Updated,
        None => OutcomeKind::Ignored,
    };
    Ok(outcome(context, kind, event, key, reason))
}
