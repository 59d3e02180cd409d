//! Strangers' words, made short and harmless: once, for everybody. What a text
//! becomes in Jira's own markup is `markup`'s matter.

mod cut;
mod defang;
mod digest;
mod embedded;
mod json;
mod line;
mod login;

pub use cut::cut;
pub use defang::defang;
pub use digest::digest;
pub use embedded::{FILE, IMAGE, without_files};
pub use json::{JsonPieces, to_json, to_json_text, try_to_json};
pub use line::{is_hidden, lines, one_line};
pub use login::without_logins;

/// A text on one line of at most `limit` UTF-16 units, the last one "…" if
/// something was cut off.
pub fn short(text: &str, limit: usize) -> String {
    cut(&one_line(text), limit, "…")
}
