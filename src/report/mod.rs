//! Tells others what became of an event. A report that fails never fails the
//! delivery.

pub mod chat;
pub mod opencti;
