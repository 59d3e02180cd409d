//! Splunk: the only place that knows its JSON. Every member may be missing or
//! of another type, and every text in it may be written by whoever attacks: it
//! is bounded here and trusted nowhere.
//!
//! - the webhook alert action, of which a notable of Enterprise Security is a
//!   special case (`alert.rs`); its row's fields (`row.rs`)
//! - a container of Splunk SOAR (`soar.rs`)
//! - what both have: values as text (`value.rs`), labels, marking and
//!   observables (`marks.rs`)

mod alert;
mod marks;
mod row;
mod soar;
mod value;

use super::{IntakeError, Received, json};
use crate::config::Splunk;
use crate::event::{Change, Entity, EntityType, Event, Firings, Provenance, Source};
use marks::Marks;

/// Reads a request's body.
pub fn read(body: &[u8], settings: &Splunk) -> Result<Vec<Received>, IntakeError> {
    let json = json::object(body)?;
    let event = if alert::is_alert(&json) {
        alert::read(&json, body, settings)
    } else if soar::is_container(&json) {
        soar::read(&json)
    } else {
        return Err(IntakeError::NoEvent(
            "this is neither Splunk's webhook alert action (`sid`, `search_name`, \
             `results_link`, `result`) nor a SOAR container (`name`, `artifacts`)"
                .to_owned(),
        ));
    };
    Ok(vec![Received::Event(Box::new(event))])
}

/// An entity of Splunk, and with what it is marked.
fn entity(kind: &str, id: String, marks: Marks) -> Entity {
    Entity {
        id,
        source: Source::Splunk,
        kind: EntityType::new(kind),
        references: marks.references(),
        labels: marks.labels,
        tlp: marks.tlp,
        observables: marks.observables,
        ..Entity::default()
    }
}

/// An event of Splunk: it just happened, and Splunk lives where its page is.
fn event(change: Change, entity: Entity, firings: Firings) -> Event {
    Event {
        change,
        provenance: Provenance::Live,
        platform_url: entity.link.as_deref().and_then(value::origin),
        entity,
        absorbed: Vec::new(),
        survivor: None,
        only_added_references: None,
        firings,
    }
}

#[cfg(test)]
mod tests;
