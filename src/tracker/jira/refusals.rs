//! What Jira has refused in a place whatever it held: fields that are on no screen,
//! and texts of some length. For an hour it is respected at once, so that the next
//! issue costs one request. It is kept with the holds, which every event reads.

use std::time::Duration;

use serde_json::{Map, Value, json};

use super::connection::Connection;
use crate::model::{Place, Timestamp};
use crate::store::hold;
use crate::text::digest;

/// How long a refusal is remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);
/// Under this name stands how long a text may be: no field is called so.
const TEXT_LIMIT: &str = " text";

/// What a place refuses.
#[derive(Debug, Clone, Default)]
pub(super) struct Refusals(Map<String, Value>);

impl Refusals {
    pub(super) fn recall(connection: &Connection<'_>, place: &Place) -> Self {
        let refused = connection.refused.borrow();
        let Some(known) = refused.get(&name(connection, place)) else {
            return Self::default();
        };
        let at = known["at"].as_u64().unwrap_or_default();
        let age = connection
            .ports
            .clock
            .now()
            .since(Timestamp::from_millis(at));
        let known = known["what"].as_object().filter(|_| age <= MAX_AGE);
        Self(known.cloned().unwrap_or_default())
    }

    /// The ids of the fields that no new issue has here.
    pub(super) fn fields(&self) -> Vec<String> {
        self.0
            .keys()
            .filter(|id| *id != TEXT_LIMIT)
            .cloned()
            .collect()
    }

    /// How long a text may be, if that was found out.
    pub(super) fn text_limit(&self) -> Option<usize> {
        let limit = self.0.get(TEXT_LIMIT)?.as_u64()?;
        usize::try_from(limit).ok()
    }

    /// A field was refused.
    pub(super) fn add(&mut self, field: &str) {
        self.0.insert(field.to_owned(), true.into());
    }

    /// A text may be so long.
    pub(super) fn set_text_limit(&mut self, limit: usize) {
        self.0.insert(TEXT_LIMIT.to_owned(), limit.into());
    }

    pub(super) fn remember(&self, connection: &Connection<'_>, place: &Place) {
        let known = json!({ "at": connection.ports.clock.now(), "what": self.0 });
        let name = name(connection, place);
        hold::refused(connection.ports.store, &name, known.clone());
        connection.refused.borrow_mut().insert(name, known);
    }
}

fn name(connection: &Connection<'_>, place: &Place) -> String {
    let site = connection.base_url();
    let place = format!("{site}/{}/{}", place.project, place.issue_type);
    digest(place.as_bytes())
}
