//! Digests by which texts are compared and named.

use sha2::{Digest, Sha256};

/// A short, stable digest: 16 bytes of SHA-256 in hexadecimal.
pub fn digest(bytes: &[u8]) -> String {
    let mut text = format!("{:x}", Sha256::digest(bytes));
    text.truncate(32);
    text
}
