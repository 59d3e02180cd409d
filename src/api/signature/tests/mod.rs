//! What is signed, and what only looks like it.

mod hub;
mod standard;
