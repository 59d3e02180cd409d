//! Dead letters: events, and bodies that could not be read, that only a person can
//! help. Each keeps all that is needed to understand it, to replay it, or to let it go. They are numbered, so
//! that a page of them is read without listing the store's keys.

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get, put};
use super::pending::Pending;
use super::{counter, keys};
use crate::model::trace::Turn;
use crate::model::{Timestamp, UnreadBody, lenient};
use crate::platform::Store;

/// A page looks at so many numbers: those of letters that were replayed or let
/// go are empty.
const LOOKED_AT: u64 = 500;

/// An event that is not tried any more, or a body that could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Its number, from 1; what it is called in addresses. A letter that fails
    /// again keeps it.
    #[serde(default)]
    pub number: u64,
    /// The event, and what was tried; none of a body that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// A body that could not be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<UnreadBody>,
    /// Why it was given up.
    #[serde(default)]
    pub reason: String,
    /// When.
    #[serde(default)]
    pub at: Timestamp,
    /// What was done about the entity lately, the newest last.
    #[serde(default, deserialize_with = "lenient::readable")]
    pub trace: Vec<Turn>,
}

impl DeadLetter {
    /// Stands for one that cannot be read: nothing is left of it to be replayed.
    fn unreadable(number: u64) -> Self {
        Self {
            number,
            pending: None,
            body: None,
            reason: "what was kept of it cannot be read; it cannot be replayed, only discarded"
                .to_owned(),
            at: Timestamp::UNKNOWN,
            trace: Vec::new(),
        }
    }
}

/// Some of the dead letters, the newest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Page {
    /// The letters.
    pub letters: Vec<DeadLetter>,
    /// Where older ones begin, if there may be more: `before` of the next page.
    pub next: Option<u64>,
}

/// Keeps a letter under its number; one that has none gets the next. Returns the
/// number.
pub(super) fn write(store: &dyn Store, mut letter: DeadLetter) -> Result<u64, RecordError> {
    if letter.number == 0 {
        let number = store.increment(keys::DEAD_COUNT, 1)?;
        letter.number = u64::try_from(number).unwrap_or_default();
    }
    put(store, &keys::dead(letter.number), &letter)?;
    Ok(letter.number)
}

/// One dead letter.
///
/// # Errors
/// When the store fails, or the letter cannot be read.
pub(super) fn read(store: &dyn Store, number: u64) -> Result<Option<DeadLetter>, RecordError> {
    get(store, &keys::dead(number))
}

/// One dead letter, for a person: one that cannot be read says so.
///
/// # Errors
/// When the store fails.
pub fn look(store: &dyn Store, number: u64) -> Result<Option<DeadLetter>, RecordError> {
    match read(store, number) {
        Err(RecordError::Unreadable { .. }) => Ok(Some(DeadLetter::unreadable(number))),
        letter => letter,
    }
}

/// At most `most` letters with numbers below `before`, or the newest, as [`look`] shows
/// each.
///
/// # Errors
/// When the store fails.
pub fn page(store: &dyn Store, before: Option<u64>, most: usize) -> Result<Page, RecordError> {
    let newest = counter::read(store, keys::DEAD_COUNT)?;
    let mut page = Page::default();
    let begin = before.map_or(newest, |before| newest.min(before.saturating_sub(1)));
    let end = begin.saturating_sub(LOOKED_AT);
    for number in (end + 1..=begin).rev() {
        if page.letters.len() >= most {
            page.next = Some(number + 1);
            return Ok(page);
        }
        page.letters.extend(look(store, number)?);
    }
    page.next = (end > 0).then_some(end + 1);
    Ok(page)
}

/// Lets a dead letter go.
///
/// # Errors
/// When the store fails.
pub fn discard(store: &dyn Store, number: u64) -> Result<(), RecordError> {
    let key = keys::dead(number);
    if store.get(&key)?.is_some() {
        store.delete(&key)?;
        store.increment(keys::DEAD_GONE, 1)?;
    }
    Ok(())
}

/// How many there should be: all that ever came, without those that went. Where
/// something died or two were at work on one letter, only the keys say how many there
/// are.
pub(super) fn balance(store: &dyn Store) -> Result<u64, RecordError> {
    let gone = counter::read(store, keys::DEAD_GONE)?;
    Ok(counter::read(store, keys::DEAD_COUNT)?.saturating_sub(gone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Change, Entity, Event};
    use crate::platform::fake::Fake;

    fn letter() -> DeadLetter {
        let event = Event::live(Change::Created, Entity::default());
        DeadLetter {
            number: 0,
            pending: Some(Pending::new(event, Timestamp::UNKNOWN)),
            body: None,
            reason: "Jira said no".to_owned(),
            at: Timestamp::UNKNOWN,
            trace: Vec::new(),
        }
    }

    fn numbers(page: &Page) -> Vec<u64> {
        page.letters.iter().map(|letter| letter.number).collect()
    }

    #[test]
    fn pages_follow_each_other_and_miss_nothing() {
        let fake = Fake::default();
        assert_eq!(page(&fake, None, 2).unwrap(), Page::default());
        for number in 1..=5 {
            assert_eq!(write(&fake, letter()).unwrap(), number);
        }
        discard(&fake, 4).unwrap();
        let first = page(&fake, None, 2).unwrap();
        assert_eq!((numbers(&first), first.next), (vec![5, 3], Some(3)));
        let second = page(&fake, first.next, 2).unwrap();
        assert_eq!((numbers(&second), second.next), (vec![2, 1], None));
    }

    #[test]
    fn a_page_of_holes_leads_on_to_the_letters_behind_them() {
        let fake = Fake::default();
        write(&fake, letter()).unwrap();
        fake.increment(keys::DEAD_COUNT, 600).unwrap();
        let holes = page(&fake, None, 10).unwrap();
        assert!(holes.letters.is_empty());
        let last = page(&fake, holes.next, 10).unwrap();
        assert_eq!((numbers(&last), last.next), (vec![1], None));
    }

    #[test]
    fn a_letter_that_cannot_be_read_is_shown_as_that_and_can_go() {
        let fake = Fake::default();
        for _ in 0..3 {
            write(&fake, letter()).unwrap();
        }
        fake.set(&keys::dead(2), b"{").unwrap();
        let shown = page(&fake, None, 10).unwrap();
        assert_eq!(numbers(&shown), vec![3, 2, 1]);
        assert_eq!(shown.letters[1], DeadLetter::unreadable(2));
        assert_eq!(look(&fake, 2), Ok(Some(DeadLetter::unreadable(2))));
        discard(&fake, 2).unwrap();
        assert_eq!(numbers(&page(&fake, None, 10).unwrap()), vec![3, 1]);
        // One that is gone goes no second time.
        discard(&fake, 2).unwrap();
        assert_eq!(balance(&fake), Ok(2));
    }
}
