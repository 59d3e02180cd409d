//! An event of Splunk, whatever of it sent it.

use super::marks::Marks;
use super::profile::PROFILE;
use super::value;
use crate::model::{Change, Entity, EntityType, Event, Named, SourceKey};

/// An entity of Splunk, and with what it is marked.
pub(super) fn entity(kind: &str, id: String, marks: Marks) -> Entity {
    let mut entity = Entity {
        id,
        source: SourceKey::of(&PROFILE),
        kind: EntityType::new(kind),
        references: marks.references(),
        labels: marks.labels,
        tlp: marks.tlp,
        observables: marks.observables,
        ..Entity::default()
    };
    for name in marks.markings {
        entity.mark(Named::by_name(name));
    }
    entity
}

/// What people call an alert, in at most `limit` UTF-16 units, also one that has no
/// name.
pub(super) fn name(title: Option<String>, limit: usize) -> String {
    let title = title.as_deref().unwrap_or("Splunk alert");
    value::cut(title.trim(), limit)
}

/// An event of Splunk: it just happened, and Splunk lives where its page is.
pub(super) fn event(change: Change, entity: Entity) -> Event {
    Event {
        platform_url: entity.link.as_deref().and_then(value::origin),
        ..Event::live(change, entity)
    }
}
