//! What is due: looked at, found, and passed by.

use std::cell::{Cell, RefCell};

use super::pointer::{LOOK_BACK, move_to, read};
use crate::model::EntityKey;
use crate::platform::{Ports, Store};
use crate::store::error::RecordError;
use crate::store::json::read as read_json;
use crate::store::slot::{Line, Slot, bucket};
use crate::store::{counter, keys};

/// What is due at one moment: lines, with the slots that were drawn in them.
#[derive(Debug, Default)]
pub struct Due {
    /// The pointer, if there is one.
    pointer: Option<u64>,
    /// The first bucket that is looked at, and the one after the last.
    buckets: std::ops::Range<u64>,
    /// Whether later buckets are due as well.
    pub has_more: bool,
    lines: Vec<Drawn>,
}

/// The slots of a line that were drawn.
#[derive(Debug)]
struct Drawn {
    line: Line,
    from: u64,
    to: u64,
    /// The first that was not handed out alone.
    next: Cell<u64>,
    /// How many of them need no further look.
    done: Cell<u64>,
    /// Those that were empty: they may not be written yet.
    empty: RefCell<Vec<u64>>,
}

/// A slot that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The slot.
    pub slot: Slot,
    line: usize,
}

impl Found {
    /// Whether whoever waits there was tried before.
    pub fn is_tried(&self) -> bool {
        matches!(self.slot.line, Line::Again(_))
    }

    /// Whether it was held back.
    pub fn is_held(&self) -> bool {
        matches!(self.slot.line, Line::Hold(_))
    }
}

/// Looks what is due, at no more than so many buckets; `open` are the lines of
/// holds that are over.
///
/// # Errors
/// When the store fails.
pub fn look(ports: Ports<'_>, open: &[Line], most: u64) -> Result<Due, RecordError> {
    let mut due = Due::default();
    for line in open {
        let first = counter::read(ports.store, &keys::first(&line.name()))?;
        due.add(ports.store, line.clone(), first.max(1))?;
    }
    let Some(pointer) = read(ports)? else {
        return Ok(due);
    };
    let end = bucket(ports.clock.now()) + 1;
    let begin = pointer.min(end).saturating_sub(LOOK_BACK);
    let last = end.min(begin + LOOK_BACK + most);
    for bucket in begin..last {
        due.add(ports.store, Line::New(bucket), 1)?;
        due.add(ports.store, Line::Again(bucket), 1)?;
    }
    due.pointer = Some(pointer);
    due.buckets = begin..last;
    due.has_more = last < end;
    Ok(due)
}

impl Due {
    fn add(&mut self, store: &dyn Store, line: Line, from: u64) -> Result<(), RecordError> {
        let to = counter::read(store, &keys::slots(&line.name()))?;
        self.lines.push(Drawn {
            line,
            from,
            to,
            next: Cell::new(from),
            done: Cell::default(),
            empty: RefCell::default(),
        });
        Ok(())
    }

    /// The slots of what was never tried, or of what was, in the order of their
    /// lines; begins somewhere among them, so that replicas do not meet.
    pub fn slots(&self, tried: bool, start: u64) -> impl Iterator<Item = Found> {
        let lines = self.lines.iter().enumerate();
        let lines = lines.filter(move |(_, it)| matches!(it.line, Line::Again(_)) == tried);
        let slots = lines.flat_map(|(line, drawn)| {
            (drawn.next.get()..=drawn.to).map(move |number| Found {
                slot: Slot {
                    line: drawn.line.clone(),
                    number,
                },
                line,
            })
        });
        let count = slots.clone().count();
        let start = usize::try_from(start).unwrap_or_default();
        let start = start.checked_rem(count).unwrap_or_default();
        slots.cycle().skip(start).take(count)
    }

    /// The lines of holds.
    pub fn holds(&self) -> Vec<Line> {
        let lines = self.lines.iter().map(|drawn| &drawn.line);
        lines
            .filter(|line| line.bucket().is_none())
            .cloned()
            .collect()
    }

    /// The line's hold is back: nobody else is looked for in it.
    pub fn close(&self, line: &Line) {
        let its = self.lines.iter().filter(|it| it.line == *line);
        its.for_each(|drawn| drawn.next.set(drawn.to + 1));
    }

    /// The next slot of a line, to be tried alone.
    pub fn next_of(&self, line: &Line) -> Option<Found> {
        let place = self.lines.iter().position(|it| it.line == *line)?;
        let drawn = self.lines.get(place)?;
        let number = drawn.next.get();
        if number > drawn.to {
            return None;
        }
        drawn.next.set(number + 1);
        Some(Found {
            slot: Slot {
                line: line.clone(),
                number,
            },
            line: place,
        })
    }
}

/// Who waits at a slot, if anybody does.
///
/// # Errors
/// When the store fails.
pub fn find(ports: Ports<'_>, due: &Due, found: &Found) -> Result<Option<EntityKey>, RecordError> {
    let key = found.slot.key();
    let bytes = ports.store.get(&key)?;
    let entity = bytes.as_deref().and_then(read_json);
    if entity.is_none() && bytes.is_some() {
        // Nobody wrote it who is known here, and it would be found for ever.
        ports.store.delete(&key)?;
    }
    if entity.is_none()
        && let Some(drawn) = due.lines.get(found.line)
    {
        drawn.empty.borrow_mut().push(found.slot.number);
        passed(due, found);
    }
    Ok(entity)
}

/// A slot needs no further look.
pub fn passed(due: &Due, found: &Found) {
    if let Some(drawn) = due.lines.get(found.line) {
        drawn.done.set(drawn.done.get() + 1);
    }
}

impl Drawn {
    fn is_done(&self) -> bool {
        self.done.get() + self.from > self.to
    }

    /// Whether somebody came while it was passed by.
    fn has_grown(&self, store: &dyn Store) -> Result<bool, RecordError> {
        if counter::read(store, &keys::slots(&self.line.name()))? > self.to {
            return Ok(true);
        }
        for number in self.empty.borrow().iter() {
            let slot = Slot {
                line: self.line.clone(),
                number: *number,
            };
            if store.get(&slot.key())?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// What came of moving on.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Advanced {
    /// The holds' lines in which nobody waits any more.
    pub empty: Vec<Line>,
    /// Whether the pointer moved.
    pub has_moved: bool,
}

/// Moves on, past all that needs no further look.
///
/// # Errors
/// When the store fails.
pub fn advance(ports: Ports<'_>, due: &Due) -> Result<Advanced, RecordError> {
    let mut advanced = Advanced::default();
    let holds = due.lines.iter().filter(|it| it.line.bucket().is_none());
    for drawn in holds.filter(|drawn| drawn.is_done()) {
        if drawn.from > drawn.to || pass_by(ports.store, drawn)? {
            advanced.empty.push(drawn.line.clone());
        }
    }
    if let Some(pointer) = due.pointer {
        advanced.has_moved = advance_pointer(ports, due, pointer)?;
    }
    Ok(advanced)
}

/// A hold's line begins behind what was taken; false: somebody has come.
fn pass_by(store: &dyn Store, drawn: &Drawn) -> Result<bool, RecordError> {
    let key = keys::first(&drawn.line.name());
    // `first` is a value: what is written last counts.
    store.set(&key, (drawn.to + 1).to_string().as_bytes())?;
    let has_grown = drawn.has_grown(store)?;
    if has_grown {
        store.set(&key, drawn.from.to_string().as_bytes())?;
    }
    Ok(!has_grown)
}

/// Whether the pointer moved, and stayed there.
fn advance_pointer(ports: Ports<'_>, due: &Due, pointer: u64) -> Result<bool, RecordError> {
    // The bucket of now can still grow, by anybody's clock.
    let last = due.buckets.end.saturating_sub(1);
    let undone = due.lines.iter().filter(|drawn| !drawn.is_done());
    let undone = undone.filter_map(|drawn| drawn.line.bucket()).min();
    let to = undone.unwrap_or(last).min(last);
    if to == pointer {
        return Ok(false);
    }
    move_to(ports.store, to)?;
    let is_passed = |drawn: &&Drawn| drawn.line.bucket().is_some_and(|bucket| bucket < to);
    for drawn in due.lines.iter().filter(is_passed) {
        if drawn.has_grown(ports.store)? {
            move_to(ports.store, drawn.line.bucket().unwrap_or(pointer))?;
            return Ok(false);
        }
    }
    for drawn in due.lines.iter().filter(is_passed) {
        let is_old = drawn.line.bucket().is_some_and(|it| it + LOOK_BACK < to);
        if is_old && drawn.to > 0 {
            ports.store.delete(&keys::slots(&drawn.line.name()))?;
        }
    }
    Ok(true)
}
