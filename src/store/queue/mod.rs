//! Work that waits, without listing keys.
//!
//! An entity that is to be tried again has a slot: in a bucket of time, or in
//! the line of the hold that it waits for. Its record names the slot. The
//! *pointer* is the first bucket that can hold work; where it is missing, no
//! bucket does.
//!
//! Whoever puts an entity into a slot draws a number, writes the slot, and then
//! looks at the pointer (of a hold's line: at its first slot). If that has passed
//! by, the slot may never be seen, and another one is taken. Only then is the
//! record written. Whoever moves the pointer on writes it, and then looks once
//! more at what it passed by: at the counters, and at the slots that were drawn
//! and empty. If there is anything, it goes back, which is always safe. One of
//! the two sees the other.
//!
//! A slot is deleted when its entity is idle, or its record names another one.

mod due;
mod enqueue;
mod left;
mod pointer;

pub use due::{Advanced, Due, Found, advance, find, look, passed};
pub(super) use enqueue::enqueue;
pub use enqueue::{leave, look_later, take_turn};
pub use left::{First, Left, first, left};
pub(super) use pointer::LOOK_BACK;
pub use pointer::{clear, is_set};
pub(super) use pointer::{move_to, read as pointer};

#[cfg(test)]
mod tests;
