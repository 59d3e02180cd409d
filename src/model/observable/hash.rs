//! Hashes of files, told apart by their length.

use super::words::has_only;

/// Which hash a text is, if it is one. All that follows is hexadecimal.
pub(super) fn kind(text: &str) -> Option<&'static str> {
    let kind = match text.len() {
        32 => "md5",
        40 => "sha1",
        64 => "sha256",
        _ => return None,
    };
    has_only(text, |b| b.is_ascii_hexdigit()).then_some(kind)
}

/// Whether it has digits only. A hash without any letter is as good as
/// impossible: such a text is a number, or the zeros that stand for no hash.
pub(super) fn is_number(text: &str) -> bool {
    has_only(text, |b| b.is_ascii_digit())
}
