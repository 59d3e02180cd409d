//! Troubles: what went wrong lately, for whoever looks after the function. They
//! are numbered and take each other's place, so that they need no sweeping and a
//! page of them is read without listing the store's keys.

use serde::{Deserialize, Serialize};

use super::error::RecordError;
use super::json::{get_readable, put};
use super::{counter, keys};
use crate::model::{EntityKey, Timestamp};
use crate::platform::Store;

/// So many are kept.
pub const KEPT: u64 = 100;

/// Something that went wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trouble {
    /// Its number, from 1.
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// What: the word of the log line.
    pub what: String,
    /// Whom it was about, if anyone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity: Option<EntityKey>,
    /// Why.
    pub reason: String,
}

/// Keeps a trouble; its number is set here.
///
/// # Errors
/// When the store fails.
pub fn note(store: &dyn Store, mut trouble: Trouble) -> Result<(), RecordError> {
    let number = store.increment(keys::TROUBLE_COUNT, 1)?;
    trouble.number = u64::try_from(number).unwrap_or_default();
    put(store, &keys::trouble(trouble.number % KEPT), &trouble)
}

/// At most `most` troubles with numbers below `before`, or the latest; the
/// newest first.
///
/// # Errors
/// When the store fails.
pub fn page(
    store: &dyn Store,
    before: Option<u64>,
    most: usize,
) -> Result<Vec<Trouble>, RecordError> {
    let newest = counter::read(store, keys::TROUBLE_COUNT)?;
    let oldest = newest.saturating_sub(KEPT) + 1;
    let begin = before.map_or(newest, |before| newest.min(before.saturating_sub(1)));
    let mut troubles = Vec::new();
    for number in (oldest..=begin).rev().take(most) {
        let kept: Option<Trouble> = get_readable(store, &keys::trouble(number % KEPT))?;
        // A newer one may just have taken its place, or it is not there yet.
        troubles.extend(kept.filter(|kept| kept.number == number));
    }
    Ok(troubles)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::Fake;

    #[test]
    fn the_latest_are_kept_and_read_in_pages() {
        let fake = Fake::default();
        for number in 1..=KEPT + 5 {
            let what = number.to_string();
            note(
                &fake,
                Trouble {
                    what,
                    ..Trouble::default()
                },
            )
            .unwrap();
        }
        let first = page(&fake, None, 60).unwrap();
        assert_eq!((first[0].number, first[0].what.as_str()), (105, "105"));
        let rest = page(&fake, first.last().map(|last| last.number), 60).unwrap();
        assert_eq!(rest.len(), 40);
        assert_eq!(rest.last().unwrap().number, 6);
        assert_eq!(fake.values.borrow().len(), KEPT as usize);
    }
}
