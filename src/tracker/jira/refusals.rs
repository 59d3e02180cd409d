//! What Jira has refused in a place whatever it held: fields that are on no screen,
//! and texts of some length. For an hour it is respected at once, so that the next
//! issue costs one request.

use std::time::Duration;

use serde_json::{Map, Value};

use super::connection::Connection;
use crate::model::Place;
use crate::store::memory;
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
        let known = memory::recall(connection.ports, &name(connection, place), MAX_AGE);
        let known = known.as_ref().and_then(Value::as_object);
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
        let known = self.0.clone().into();
        memory::remember(connection.ports, &name(connection, place), known);
    }
}

fn name(connection: &Connection<'_>, place: &Place) -> String {
    let site = connection.base_url();
    let place = format!("{site}/{}/{}", place.project, place.issue_type);
    format!("refused-{}", digest(place.as_bytes()))
}
