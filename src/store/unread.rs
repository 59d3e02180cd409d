//! Bodies that could not be read, as dead letters: no sender posts one again that
//! was refused. The same body again is the same letter.

use sha2::{Digest, Sha256};

use super::dead_letter::{self, DeadLetter};
use super::error::RecordError;
use super::keys;
use crate::model::{SourceKey, Timestamp, UnreadBody};
use crate::platform::Store;

/// How much of a body is kept, in bytes.
const KEPT: usize = 64 * 1024;

/// A body that could not be read.
#[derive(Debug, Clone, Copy)]
pub struct Unread<'a> {
    /// The source that it was posted to.
    pub source: &'a SourceKey,
    /// Its bytes, or those at its beginning.
    pub bytes: &'a [u8],
    /// How many it had.
    pub length: u64,
    /// Why it could not be read.
    pub reason: &'a str,
}

/// Keeps a body as a dead letter. Returns its number, and whether it is a new one.
///
/// # Errors
/// When the store fails.
pub fn keep(
    store: &dyn Store,
    unread: Unread<'_>,
    now: Timestamp,
) -> Result<(u64, bool), RecordError> {
    let digest = digest(&unread);
    let key = keys::unread(&digest);
    // A letter that was let go is gone, and one of this number may be another's.
    let known = store.get(&key)?;
    let known = known.and_then(|it| String::from_utf8(it).ok()?.parse().ok());
    if let Some(number) = known
        && let Some(letter) = dead_letter::read(store, number)?
        && letter.body.is_some_and(|body| body.digest == digest)
    {
        return Ok((number, false));
    }
    let kept = unread.bytes.get(..KEPT).unwrap_or(unread.bytes);
    let body = UnreadBody {
        source: unread.source.clone(),
        length: unread.length,
        digest,
        text: String::from_utf8_lossy(kept).into_owned(),
        is_cut: unread.length > kept.len() as u64,
    };
    let letter = DeadLetter {
        number: 0,
        pending: None,
        body: Some(body),
        reason: unread.reason.to_owned(),
        at: now,
        trace: Vec::new(),
    };
    let number = dead_letter::write(store, letter)?;
    store.set(&key, number.to_string().as_bytes())?;
    Ok((number, true))
}

/// Lets a letter go, with all that is known of its body.
///
/// # Errors
/// When the store fails.
pub fn discard(store: &dyn Store, letter: &DeadLetter) -> Result<(), RecordError> {
    dead_letter::discard(store, letter.number)?;
    match &letter.body {
        Some(body) => Ok(store.delete(&keys::unread(&body.digest))?),
        None => Ok(()),
    }
}

/// Of a long body only the beginning is at hand: its length tells it apart.
fn digest(unread: &Unread<'_>) -> String {
    let mut digest = Sha256::new();
    digest.update(unread.source.as_str());
    digest.update(unread.length.to_be_bytes());
    digest.update(unread.bytes);
    format!("{:x}", digest.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::fake::Fake;

    fn post(fake: &Fake, bytes: &[u8], length: usize) -> (u64, bool) {
        let source = SourceKey::from("opencti".to_owned());
        let unread = Unread {
            source: &source,
            bytes,
            length: length as u64,
            reason: "no JSON",
        };
        keep(fake, unread, Timestamp::UNKNOWN).unwrap()
    }

    #[test]
    fn the_same_body_is_the_same_letter_and_another_is_another() {
        let fake = Fake::default();
        assert_eq!(post(&fake, b"{a", 2), (1, true));
        let keys = fake.values.borrow().len();
        assert_eq!(post(&fake, b"{a", 2), (1, false));
        assert_eq!(fake.values.borrow().len(), keys);
        assert_eq!(post(&fake, b"{b", 2), (2, true));
        assert_eq!(
            post(&fake, b"{a", 9),
            (3, true),
            "the beginning of a longer one"
        );
    }

    #[test]
    fn a_letter_that_was_let_go_leaves_nothing_and_the_body_gets_a_new_one() {
        let fake = Fake::default();
        post(&fake, b"{a", 2);
        let letter = dead_letter::read(&fake, 1).unwrap().unwrap();
        discard(&fake, &letter).unwrap();
        assert!(fake.values.borrow().is_empty());
        assert_eq!(post(&fake, b"{a", 2), (2, true));
        // Without its note, as by an older version or after a crash.
        dead_letter::discard(&fake, 2).unwrap();
        assert_eq!(post(&fake, b"{a", 2), (3, true));
    }

    #[test]
    fn a_bounded_part_is_kept_as_text_and_the_length_is_told() {
        let fake = Fake::default();
        let mut bytes = b"{\xff".to_vec();
        bytes.resize(100_000, b'x');
        post(&fake, &bytes, bytes.len());
        let body = dead_letter::read(&fake, 1).unwrap().unwrap().body.unwrap();
        assert!(body.text.starts_with("{\u{fffd}xx") && body.is_cut);
        assert_eq!((body.length, body.text.len()), (100_000, KEPT + 2));
    }
}
