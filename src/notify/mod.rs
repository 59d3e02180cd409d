//! Tells others what became of an event. A message that fails never fails the
//! delivery.
//!
//! A new chat is a file with a [`Chat`] in it and a line in [`CHATS`]; see
//! "A chat" in `docs/design.md`.

mod chat;
mod message;
mod slack;
mod teams;
mod words;

#[cfg(test)]
mod tests;

pub use chat::{Chat, ChatError};
pub use message::{Message, Occasion};

/// The chats that can be told.
pub static CHATS: &[&Chat] = &[&slack::SLACK, &teams::TEAMS];

/// How the settings of the chats begin.
pub fn keys() -> Vec<&'static str> {
    CHATS.iter().map(|chat| chat.key).collect()
}

/// The chat of this key.
pub fn chat(key: &str) -> Option<&'static Chat> {
    CHATS.iter().copied().find(|chat| chat.key == key)
}
