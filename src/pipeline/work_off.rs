//! Works off what waits: whoever is due, side by side.

use std::cell::Cell;
use std::time::Duration;

use super::failure::Failure;
use super::held;
use super::settle::{Again, again, report, settle_all};
use crate::context::Context;
use crate::model::EntityKey;
use crate::platform::LocalFuture;
use crate::platform::concurrent::side_by_side;
use crate::store::queue::{self, Advanced, Due, Found};
use crate::store::upkeep::Astray;
use crate::store::{Asking, Line, RecordError, Slot, hold};

/// So many entities are worked on at the same time.
const AT_ONCE: usize = 24;
/// So many of them were tried before, as long as there are others.
const TRIED_AT_ONCE: usize = AT_ONCE / 4;
/// So many buckets are looked at at a time.
const BUCKETS: u64 = 400;
/// So many, and so many slots, by a delivery that takes one along.
const FEW_BUCKETS: u64 = 6;
const FEW_SLOTS: usize = 64;
/// What an attempt takes at least, as long as nobody knows better.
const SHORTEST: Duration = Duration::from_secs(1);

/// Takes one entity along.
pub(super) async fn take_one_along(context: Context<'_>) -> Result<(), Failure> {
    let open = held::open_lines(context)?;
    let due = queue::look(context.ports, &open, FEW_BUCKETS)?;
    let start = context.ports.clock.now().as_millis();
    for tried in [false, true] {
        for found in due.slots(tried, start).take(FEW_SLOTS) {
            if visit(context, &due, found).await? == Some(Again::Worked) {
                return move_on(context, &due).map(drop);
            }
        }
    }
    match move_on(context, &due)? {
        true => Ok(queue::clear(context.ports)?),
        false => Ok(()),
    }
}

/// Those that wait are passed by, and holds that nobody waits for are forgotten.
/// Whether the pointer moved.
fn move_on(context: Context<'_>, due: &Due) -> Result<bool, Failure> {
    let Advanced { empty, has_moved } = queue::advance(context.ports, due)?;
    if !empty.is_empty() {
        hold::forget(context.ports, &empty)?;
    }
    Ok(has_moved)
}

/// A pass over what waits. Nothing is begun that would take longer than there is
/// time, as far as the attempts before it tell.
pub(super) struct Pass<'a> {
    context: Context<'a>,
    /// How long the longest attempt took.
    longest: Cell<Duration>,
    /// How often there was something to be done.
    tried: Cell<usize>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(context: Context<'a>) -> Self {
        Self {
            context,
            longest: Cell::new(SHORTEST),
            tried: Cell::default(),
        }
    }

    /// How often there was something to be done.
    pub(super) fn tried(&self) -> usize {
        self.tried.get()
    }

    /// Works on entities that nobody would come by. Those for which there is no time get
    /// a slot: the next upkeep may take as long.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn gather(&self, astray: &[Astray]) -> Result<(), Failure> {
        let mut astray = astray.iter();
        let visits = astray.by_ref();
        let visits = visits.map(|one| (false, visit_astray(self.context, one)));
        self.all(visits, std::iter::empty()).await;
        for one in astray {
            queue::take_turn(self.context.ports, &one.entity)?;
        }
        Ok(())
    }

    /// Works on all that is due.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn work_off(&self) -> Result<(), Failure> {
        loop {
            let open = held::open_lines(self.context)?;
            let due = queue::look(self.context.ports, &open, BUCKETS)?;
            for line in due.holds() {
                self.try_one(&due, &line).await;
                if !held::open_lines(self.context)?.contains(&line) {
                    due.close(&line);
                }
            }
            self.drain(&due).await;
            let has_moved = move_on(self.context, &due)?;
            if !due.has_more || !has_moved || !self.has_time() {
                return Ok(queue::clear(self.context.ports)?);
            }
        }
    }

    /// One of those that a hold held back is tried alone: the trouble may not be
    /// over.
    async fn try_one(&self, due: &Due, line: &Line) {
        while self.has_time()
            && let Some(found) = due.next_of(line)
        {
            if self.timed(visit(self.context, due, found)).await {
                return;
            }
        }
    }

    async fn drain(&self, due: &Due) {
        let start = self.context.ports.clock.now().as_millis();
        let visits = |tried| {
            let slots = due.slots(tried, start);
            slots.map(move |found| (tried, visit(self.context, due, found)))
        };
        self.all(visits(false), visits(true)).await;
    }

    /// Those that were never tried go first; a quarter is left to the others.
    async fn all(
        &self,
        mut new: impl Iterator<Item = (bool, Visit<'_>)>,
        mut tried: impl Iterator<Item = (bool, Visit<'_>)>,
    ) {
        let running_tried = Cell::new(0);
        side_by_side(AT_ONCE, &mut || {
            let (running_tried, is_full) = (&running_tried, !self.has_time());
            let next = match running_tried.get() < TRIED_AT_ONCE {
                _ if is_full => None,
                true => tried.next().or_else(|| new.next()),
                false => new.next().or_else(|| tried.next()),
            };
            let (is_tried, visit) = next?;
            let one = usize::from(is_tried);
            running_tried.set(running_tried.get() + one);
            Some(Box::pin(async move {
                self.timed(visit).await;
                running_tried.set(running_tried.get() - one);
            }))
        })
        .await;
    }

    fn has_time(&self) -> bool {
        let longest = self.longest.get();
        self.context.time_left(longest) >= longest
    }

    /// One attempt, with what it leads to; whether there was something to be done.
    async fn timed(&self, attempt: Visit<'_>) -> bool {
        let clock = self.context.ports.clock;
        let started = clock.now();
        let done = attempt.await;
        let took = clock.now().since(started);
        self.longest.set(self.longest.get().max(took));
        let done = done.unwrap_or_else(|failure| {
            report(self.context, failure);
            None
        });
        let worked = done == Some(Again::Worked);
        self.tried.set(self.tried.get() + usize::from(worked));
        worked
    }
}

/// What came of looking at a slot; `None`: nobody waits there, or the hold is back.
type Visit<'a> = LocalFuture<'a, Result<Option<Again>, Failure>>;

/// Looks at a slot.
fn visit<'a>(context: Context<'a>, due: &'a Due, found: Found) -> Visit<'a> {
    Box::pin(async move {
        let Some(entity) = queue::find(context.ports, due, &found)? else {
            return Ok(None);
        };
        if found.is_held() && !held::open_lines(context)?.contains(&found.slot.line) {
            return Ok(None);
        }
        let visited = visit_at(context, &entity, Some(&found.slot)).await;
        if visited.as_ref().is_err_and(lasts) {
            // It must not keep others from being looked at.
            queue::look_later(context.ports, &entity)?;
            queue::leave(context.ports.store, &found.slot)?;
            queue::passed(due, &found);
        }
        let (done, is_left) = visited?;
        if is_left {
            queue::passed(due, &found);
        }
        Ok(Some(done))
    })
}

/// Whether another attempt at once would fail as well.
fn lasts(failure: &Failure) -> bool {
    matches!(
        failure,
        Failure::Settings(_) | Failure::Record(RecordError::Unreadable { .. })
    )
}

/// One attempt at an entity, and whether it does not wait at the slot any more.
async fn visit_at(
    context: Context<'_>,
    entity: &EntityKey,
    slot: Option<&Slot>,
) -> Result<(Again, bool), Failure> {
    let done = again(context, entity, Asking::Slot(slot)).await?;
    let is_left = match (done, slot) {
        (Again::Worked, Some(slot)) => context.afterwards.has_left(entity, slot),
        (Again::Nothing, Some(slot)) => {
            queue::leave(context.ports.store, slot)?;
            true
        }
        (Again::NotNow, _) | (_, None) => false,
    };
    settle_all(context).await?;
    Ok((done, is_left))
}

fn visit_astray<'a>(context: Context<'a>, astray: &'a Astray) -> Visit<'a> {
    Box::pin(async move {
        let (done, _) = visit_at(context, &astray.entity, astray.slot.as_ref()).await?;
        Ok(Some(done))
    })
}
