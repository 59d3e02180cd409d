//! JSON as it is written everywhere here.

use std::io::{self, Write};

use serde::Serialize;

/// A value as JSON, on one line.
///
/// Nothing that is written with it can fail: all keys are text.
pub fn to_json(value: &impl Serialize) -> Vec<u8> {
    try_to_json(value).unwrap_or_default()
}

/// The same where nothing must be taken for a value that could not be written.
///
/// # Errors
/// A key that is no text.
pub fn try_to_json(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut pieces = JsonPieces::default();
    serde_json::to_writer(&mut pieces, value)?;
    Ok(pieces.all())
}

/// The same as text.
pub fn to_json_text(value: &impl Serialize) -> String {
    String::from_utf8(to_json(value)).unwrap_or_default()
}

/// JSON that is written piece by piece.
///
/// Most pieces have a few bytes: a comma, a quote, a name. To append a piece whose
/// length is not known when this is compiled is a call into the runtime (`memory.copy`), so
/// short ones are collected first, by copies whose lengths are known.
pub struct JsonPieces {
    all: Vec<u8>,
    last: [u8; JsonPieces::COLLECTED],
    used: usize,
}

impl Default for JsonPieces {
    fn default() -> Self {
        Self {
            all: Vec::new(),
            last: [0; Self::COLLECTED],
            used: 0,
        }
    }
}

impl JsonPieces {
    const COLLECTED: usize = 512;
    const SHORT: usize = 16;

    /// Appends JSON as it is.
    pub fn add(&mut self, json: &str) {
        self.append(json.as_bytes());
    }

    /// Appends a value. Nothing that is written with it can fail: all keys are text.
    pub fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        let _ = serde_json::to_writer(self, value);
    }

    /// All pieces together.
    #[must_use]
    pub fn into_text(self) -> String {
        String::from_utf8(self.all()).unwrap_or_default()
    }

    fn all(mut self) -> Vec<u8> {
        // Nothing follows: room for more would be a copy for nothing.
        self.all.reserve_exact(self.used);
        self.collect();
        self.all
    }

    fn collect(&mut self) {
        let last = self.last.get(..self.used).unwrap_or_default();
        self.all.extend_from_slice(last);
        self.used = 0;
    }

    #[inline(never)]
    fn append(&mut self, piece: &[u8]) {
        if piece.len() > Self::SHORT {
            self.collect();
            self.all.extend_from_slice(piece);
            return;
        }
        if self.used + Self::SHORT > Self::COLLECTED {
            self.collect();
        }
        let room = self.last.get_mut(self.used..).unwrap_or_default();
        match piece.len() {
            0 => {}
            1 => put::<1>(piece, room),
            2..4 => put::<2>(piece, room),
            4..8 => put::<4>(piece, room),
            _ => put::<8>(piece, room),
        }
        self.used += piece.len();
    }
}

/// Copies the first and the last `N` bytes, which are all when the piece is no longer
/// than twice as many.
fn put<const N: usize>(piece: &[u8], room: &mut [u8]) {
    let Some((first, last)) = piece.first_chunk::<N>().zip(piece.last_chunk::<N>()) else {
        return;
    };
    if let Some(begin) = room.first_chunk_mut::<N>() {
        *begin = *first;
    }
    let end = room.get_mut(piece.len() - N..);
    if let Some(end) = end.and_then(<[u8]>::first_chunk_mut::<N>) {
        *end = *last;
    }
}

impl Write for JsonPieces {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        self.append(piece);
        Ok(piece.len())
    }

    fn write_all(&mut self, piece: &[u8]) -> io::Result<()> {
        self.append(piece);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_are_what_they_were_together(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..200)
        ) {
            let mut written = JsonPieces::default();
            for piece in &pieces {
                written.write_all(piece).unwrap();
            }
            prop_assert_eq!(written.all(), pieces.concat());
        }
    }

    #[test]
    fn it_is_json() {
        let value = serde_json::json!({"a": [1, "b\"\u{1F41D}"], "c": null});
        assert_eq!(to_json_text(&value), value.to_string());
        assert_eq!(to_json(&value), value.to_string().into_bytes());
    }
}
