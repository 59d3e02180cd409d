//! Reads a request's body with its source, also one that is not quite JSON or
//! longer than what is taken.

use serde_json::Value;

use super::json;
use super::opencti;
use super::received::{Received, Source, SourceError};
use super::repair::{Extent, begins_as_json, repair};
use crate::model::SourceProfile;
use crate::settings::Settings;

/// As much of a body that is too long is read: name, type and id stand at the
/// beginning.
pub const BEGINNING: usize = 1024 * 1024;

/// What a body tells, and what had to be done to read it.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    /// What it tells.
    pub received: Vec<Received>,
    /// What was repaired, in plain words.
    pub repairs: Vec<&'static str>,
    /// There may have been more events behind the part that was read.
    pub may_miss_events: bool,
}

/// Reads JSON of which the end is missing, closed where it was cut. True: there may
/// have been more events.
type ReadBeginning = fn(&[u8]) -> Result<(Vec<Received>, bool), SourceError>;

/// The sources whose bodies are read as far as they are taken if they are too long,
/// and how: their senders cannot send less.
static BEGINNINGS: [(&SourceProfile, ReadBeginning); 1] =
    [(&opencti::PROFILE, opencti::read_beginning)];

impl Source {
    /// Reads a whole body. One that is no JSON is repaired, if it can be.
    ///
    /// # Errors
    /// Why it tells nothing.
    pub fn read_whole(&self, body: &[u8], settings: &Settings<'_>) -> Result<Reading, SourceError> {
        let why = match (self.read)(body, settings) {
            Err(SourceError::NotJson(why)) => why,
            read => {
                return read.map(|received| Reading {
                    received,
                    ..Reading::default()
                });
            }
        };
        match repair(body, Extent::Whole) {
            Some(repaired) => Ok(Reading {
                received: (self.read)(repaired.json.as_bytes(), settings)?,
                repairs: repaired.repairs,
                may_miss_events: false,
            }),
            None => Err(not_json(body, why)),
        }
    }

    /// Whether a body that is too long can be read as far as it is taken.
    pub fn reads_beginnings(&self) -> bool {
        self.beginning().is_some()
    }

    /// Reads a body of which only the beginning is at hand.
    ///
    /// # Errors
    /// Why it tells nothing.
    pub fn read_beginning(&self, body: &[u8]) -> Result<Reading, SourceError> {
        let too_long = || "only its beginning is at hand".to_owned();
        let Some(read) = self.beginning() else {
            return Err(not_json(body, too_long()));
        };
        let Some(repaired) = repair(body, Extent::Beginning) else {
            return Err(not_json(body, too_long()));
        };
        match read(repaired.json.as_bytes()) {
            Ok((received, may_miss_events)) => Ok(Reading {
                received,
                repairs: repaired.repairs,
                may_miss_events,
            }),
            // What is missing may stand in the part that was not read.
            Err(SourceError::NoEvent(why)) => Err(SourceError::Unreadable(why)),
            Err(error) => Err(error),
        }
    }

    fn beginning(&self) -> Option<ReadBeginning> {
        let mut all = BEGINNINGS.iter();
        let found = all.find(|(profile, _)| profile.key == self.profile.key);
        found.map(|(_, read)| *read)
    }
}

/// A body that is an object, repaired if it must be and can be.
pub(super) fn object(body: &[u8]) -> Result<Value, SourceError> {
    let why = match json::object(body) {
        Err(SourceError::NotJson(why)) => why,
        read => return read,
    };
    match repair(body, Extent::Whole) {
        Some(repaired) => json::object(repaired.json.as_bytes()),
        None => Err(not_json(body, why)),
    }
}

fn not_json(body: &[u8], why: String) -> SourceError {
    match begins_as_json(body) {
        true => SourceError::Unreadable(why),
        false => SourceError::NotJson(why),
    }
}
