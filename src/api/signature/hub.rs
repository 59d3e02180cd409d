//! The signature of GitHub and of Jira: `sha256=` and the HMAC of the body.

/// The bytes of an HMAC-SHA256 (RFC 2104).
pub(super) type Digest = [u8; 32];

/// What a signature begins with. WebSub, from which the header comes, names other
/// algorithms too: everybody uses this one, and SHA-1 is too weak to be taken.
const ALGORITHM: &str = "sha256=";

/// The digest that a header shows: `sha256=` and 64 hexadecimal digits, of either
/// case.
pub(super) fn read(header: &str) -> Option<Digest> {
    let hex = header.trim().strip_prefix(ALGORITHM)?;
    let mut bytes = Digest::default();
    if hex.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, digits) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
        for digit in digits {
            let digit = char::from(*digit).to_digit(16)?;
            *byte = *byte << 4 | u8::try_from(digit).ok()?;
        }
    }
    Some(bytes)
}
