//! A body that is longer than what is taken, read as far as it was: an incident
//! with a name and half a description is better than none.

use serde_json::Value;

use super::shapes;
use crate::model::{Event, Fact, Tlp};
use crate::settings::{AboveMaxTlp, Settings};
use crate::sources::json;
use crate::sources::received::{Received, SourceError};

/// What people read of it in the issue.
const CUT: &str = "the event was too large to be read whole; only its beginning was read";
/// The same, where a marking can be among what was not read.
const CUT_UNMARKED: &str = "the event was too large to be read whole; only its beginning was read, \
                            without a marking: it is treated as TLP:RED";

/// Reads a body of which the end is missing. True: there may have been more events
/// behind it.
///
/// # Errors
/// When it has no event with a type and an id.
pub fn read(body: &[u8], settings: &Settings<'_>) -> Result<(Vec<Received>, bool), SourceError> {
    let mut json = json::object(body)?;
    let has_several = json["data"].is_array();
    if json["data"].is_object() {
        assume(&mut json, "version", "4");
        // The entity is there; what happened to it may not have been read.
        assume(&mut json, "type", "update");
    }
    let mut received = shapes::read(&json)?;
    let nameless = |it: &Received| matches!(it, Received::Nothing { entity: None, .. });
    if received.iter().all(nameless) {
        let why = "`data` has no `type` or no `id` in the part that was read";
        return Err(SourceError::NoEvent(why.to_owned()));
    }
    let last = match &json["data"] {
        Value::Array(entries) => entries.last().map(|entry| &entry["instance"]),
        // What stands behind the entity was read: so was the entity.
        _ if json.get("event_id").is_some() || json.get("context").is_some() => None,
        data => Some(data),
    };
    for one in &mut received {
        if let Received::Event(event) = one {
            let data = last.filter(|it| json::text(&it["id"]) == event.entity.standard_id);
            mark(event, data, settings)?;
        }
    }
    Ok((received, has_several))
}

fn assume(json: &mut Value, name: &str, value: &str) {
    if json[name].is_null() {
        json[name] = value.into();
    }
}

/// Says in the entity that it was cut. `data` is its object if that is where the cut
/// went through.
fn mark(
    event: &mut Event,
    data: Option<&Value>,
    settings: &Settings<'_>,
) -> Result<(), SourceError> {
    let entity = &mut event.entity;
    let is_unmarked = data.is_some_and(|data| data["object_marking_refs"].is_null());
    let value = if is_unmarked { CUT_UNMARKED } else { CUT };
    entity.facts.insert(
        0,
        Fact {
            key: "cut".to_owned(),
            label: "Too large".to_owned(),
            value: value.to_owned(),
        },
    );
    if !is_unmarked {
        return Ok(());
    }
    let mapping = settings.mapping()?;
    match mapping.max_tlp.is_some() && mapping.above_max_tlp == AboveMaxTlp::Ignore {
        // It must not vanish, and must not show too much.
        true => {
            entity.description = None;
            entity.content = None;
            Ok(())
        }
        false => {
            entity.tlp = Some(Tlp::Red);
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::load;
    use crate::sources::opencti::SOURCE;

    fn body(marking: &str, behind: &str) -> String {
        format!(
            r#"{{"type":"create","version":"4","data":{{"id":"incident--1","type":"incident",{marking}"name":"N","labels":["a"],"description":"Text 1{behind}"#
        )
    }

    fn entity(body: &str, settings: &[(&str, &str)]) -> crate::model::Entity {
        let reading = SOURCE.read_beginning(body.as_bytes(), load(settings).unwrap());
        match reading.unwrap().received.remove(0) {
            Received::Event(event) => event.entity,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_read_makes_an_entity_that_says_it_was_cut() {
        let marked = r#""object_marking_refs":["marking-definition--x"],"#;
        let entity = entity(&body(marked, ""), &[]);
        assert_eq!((&*entity.id, &*entity.name), ("incident--1", "N"));
        assert_eq!(entity.labels, ["a"]);
        assert_eq!(entity.description.as_deref(), Some("Text 1"));
        assert_eq!((entity.tlp, &*entity.facts[0].value), (None, CUT));
    }

    #[test]
    fn without_a_marking_it_is_taken_for_the_strictest_and_never_ignored() {
        let read = entity(&body("", ""), &[("max_tlp", "GREEN")]);
        assert_eq!(read.tlp, Some(Tlp::Red));
        assert_eq!(read.facts[0].value, CUT_UNMARKED);
        let ignoring = [("max_tlp", "GREEN"), ("above_max_tlp", "ignore")];
        let read = entity(&body("", ""), &ignoring);
        assert_eq!((read.tlp, read.description), (None, None));
        assert_eq!(read.name, "N");
        // The cut went through what stands behind the entity.
        let read = entity(&body("", r#""},"event_id":"1","context":{"patch":[1"#), &[]);
        assert_eq!((read.tlp, &*read.facts[0].value), (None, CUT));
    }

    #[test]
    fn what_happened_may_stand_behind_the_cut() {
        let body = r#"{"data":{"id":"incident--1","type":"incident","description":"a"#;
        assert_eq!(entity(body, &[]).id, "incident--1");
    }

    #[test]
    fn without_a_type_or_an_id_a_person_must_look_at_it() {
        for body in [
            r#"{"version":"4","type":"create","data":{"name":"x"#,
            r#"{"version":"4","type":"create","data":{"id":"incident--1","name":"x"#,
            r#"{"version":"4","type":"create","message":"x"#,
            r#"{"data":[{"instance":{"name":"x"#,
            r#"{"data":["#,
        ] {
            let reading = SOURCE.read_beginning(body.as_bytes(), load(&[]).unwrap());
            assert!(matches!(reading, Err(SourceError::Unreadable(_))), "{body}");
        }
    }

    #[test]
    fn of_several_entries_those_that_were_read_are_taken_and_more_may_be_missing() {
        let body = r#"{"data":[{"type":"create","instance":{"id":"incident--1","type":"incident","name":"A"}},{"type":"create","instance":{"id":"incident--2","ty"#;
        let reading = SOURCE
            .read_beginning(body.as_bytes(), load(&[]).unwrap())
            .unwrap();
        assert!(reading.may_miss_events);
        assert!(matches!(&reading.received[..], [_, _]), "{reading:?}");
    }
}
