//! What a source is, and what its requests tell.

use crate::model::{EntityRef, Event, SourceProfile};
use crate::settings::{Settings, SettingsError};

/// A kind of platform that posts events.
pub struct Source {
    /// What is different about it, as data.
    pub profile: &'static SourceProfile,
    /// Reads a request's body.
    pub read: fn(&[u8], &Settings<'_>) -> Result<Vec<Received>, SourceError>,
}

/// One thing that a request told.
#[derive(Debug, Clone, PartialEq)]
pub enum Received {
    /// An event to be dealt with.
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
pub enum SourceError {
    /// Not JSON; the text says where it stops being so.
    NotJson(String),
    /// It begins as JSON does, and cannot be read: a person must look at it. The
    /// text says why.
    Unreadable(String),
    /// JSON, but no event of this sender; the text says what is missing.
    NoEvent(String),
    /// The settings do not say how it is to be read.
    Misconfigured(SettingsError),
}

impl From<SettingsError> for SourceError {
    fn from(error: SettingsError) -> Self {
        Self::Misconfigured(error)
    }
}
