//! What do others know about an event's entity? Never holds an issue back: what
//! cannot be had is missing.

mod names;

pub use names::complete;
