//! Who is asking, and what does it say: bytes become events here, and nothing
//! behind this room knows a sender's JSON.

pub mod auth;
mod json;
pub mod opencti;
pub mod splunk;

use crate::answer::EntityRef;
use crate::event::Event;

/// One thing that a request told.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// An event for the other rooms.
    Event(Box<Event>),
    /// Something that is well formed and asks for nothing.
    Nothing {
        /// Whom it was about, if it said so.
        entity: Option<EntityRef>,
        /// Why nothing is done.
        reason: String,
    },
}

impl Received {
    /// Whom it is about, if it says so.
    pub fn entity(&self) -> Option<EntityRef> {
        match self {
            Self::Event(event) => Some((&event.entity).into()),
            Self::Nothing { entity, .. } => entity.clone(),
        }
    }
}

/// The body cannot be read as what it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntakeError {
    /// Not JSON; the text says where it stops being so.
    NotJson(String),
    /// JSON, but no event of this sender; the text says what is missing.
    NoEvent(String),
}
