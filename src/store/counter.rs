//! Reads a counter without writing to it.

use super::error::RecordError;
use crate::platform::Store;

/// What a counter counted; 0 if it was never used. `increment(key, 0)` would be
/// a write.
///
/// A counter reads as 8 bytes, the least significant first, on Spin's SQLite,
/// and as decimal digits on Redis.
pub(super) fn read(store: &dyn Store, key: &str) -> Result<u64, RecordError> {
    let Some(bytes) = store.get(key)? else {
        return Ok(0);
    };
    let counted = decode(&bytes).ok_or_else(|| RecordError::Unreadable {
        key: key.to_owned(),
    })?;
    Ok(u64::try_from(counted).unwrap_or_default())
}

/// Eight digits are digits: as bytes they would be a count of 3 * 10^18.
fn decode(bytes: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(bytes).ok();
    let digits = text.and_then(|text| text.parse().ok());
    digits.or_else(|| Some(i64::from_le_bytes(bytes.try_into().ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_a_counter_are_read() {
        assert_eq!(decode(b"7"), Some(7));
        assert_eq!(decode(b"12345678"), Some(12_345_678));
        assert_eq!(decode(&7_i64.to_le_bytes()), Some(7));
        assert_eq!(decode(&51_i64.to_le_bytes()), Some(51));
        assert_eq!(decode(b"seven"), None);
    }
}
