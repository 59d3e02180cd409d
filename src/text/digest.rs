//! Digests by which texts are compared and named.

use sha2::{Digest, Sha256};

/// A short, stable digest: 16 bytes of SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value & 15)]);
    let bytes = Sha256::digest(bytes);
    let bytes = bytes.iter().take(16);
    bytes.flat_map(|it| [digit(it >> 4), digit(*it)]).collect()
}
