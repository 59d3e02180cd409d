//! Fields that Jira has refused in a place: for an hour they are left out at
//! once, so that the next issue costs one request.

use std::time::Duration;

use serde_json::{Map, Value};

use super::connection::Connection;
use crate::model::{IssueFields, Place};
use crate::store::memory;
use crate::text::digest;
use crate::tracker::port::Dropped;

/// How long a refusal is remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// Takes out of an issue what was refused in its place. What went is returned
/// without a word: an issue that said so was filed before.
pub(super) fn drop_known(connection: &Connection<'_>, fields: &mut IssueFields) -> Vec<Dropped> {
    let Some(known) = recall(connection, &fields.place) else {
        return Vec::new();
    };
    for name in known.keys() {
        fields
            .values
            .retain(|(field, _)| field.id != name || !field.is_optional);
        fields.custom.remove(name);
    }
    Vec::new()
}

/// Remembers what was dropped in a place. A description that is too long says
/// nothing of the next one.
pub(super) fn remember(connection: &Connection<'_>, place: &Place, dropped: &[Dropped]) {
    let mut known = recall(connection, place).unwrap_or_default();
    for dropped in dropped.iter().filter(|it| it.field != "description") {
        known.insert(dropped.field.clone(), dropped.why.as_str().into());
    }
    if !known.is_empty() {
        memory::remember(connection.ports, &name(connection, place), known.into());
    }
}

fn recall(connection: &Connection<'_>, place: &Place) -> Option<Map<String, Value>> {
    let known = memory::recall(connection.ports, &name(connection, place), MAX_AGE)?;
    known.as_object().cloned()
}

fn name(connection: &Connection<'_>, place: &Place) -> String {
    let site = connection.base_url();
    let place = format!("{site}/{}/{}", place.project, place.issue_type);
    format!("refused-{}", digest(place.as_bytes()))
}
