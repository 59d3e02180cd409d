//! A body that is longer than what is taken, read as far as it was: an incident
//! with a name and half a description is better than none.

use serde_json::Value;

use super::shapes;
use crate::model::{Entity, Fact, Named};
use crate::sources::json;
use crate::sources::received::{Received, SourceError};

/// What people read of it in the issue.
const CUT: &str = "the event was too large to be read whole; only its beginning was read";
/// What stands for markings that may not have been read.
const UNREAD: &str = "maybe more that was not read";

/// Reads a body of which the end is missing. True: there may have been more events
/// behind it.
///
/// # Errors
/// When it has no event with a type and an id.
pub fn read(body: &[u8]) -> Result<(Vec<Received>, bool), SourceError> {
    let mut json = json::object(body)?;
    let has_several = json["data"].is_array() || json["objects"].is_array();
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
    // The order of members is not known: the cut may have gone through the last
    // entity, whatever else was read.
    let last = match (&json["data"], &json["objects"]) {
        (Value::Array(entries), _) => entries.last().map(|entry| &entry["instance"]),
        (_, Value::Array(objects)) => objects.last(),
        (data, _) => Some(data),
    };
    for one in &mut received {
        if let Received::Event(event) = one {
            let is_last = last.is_some_and(|it| json::text(&it["id"]) == event.entity.standard_id);
            mark(&mut event.entity, is_last);
        }
    }
    Ok((received, has_several))
}

fn assume(json: &mut Value, name: &str, value: &str) {
    if json[name].is_null() {
        json[name] = value.into();
    }
}

/// Says in the entity that it was cut. If the cut may have gone through it, so it may
/// have gone through its markings: it counts as marked with one that is not
/// understood, which hides it from others and never lets it vanish.
fn mark(entity: &mut Entity, is_last: bool) {
    if is_last {
        entity.mark(Named::by_name(UNREAD.to_owned()));
    }
    entity.facts.insert(0, Fact::new("cut", "Too large", CUT));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tlp;
    use crate::settings::tests::load;
    use crate::sources::opencti::SOURCE;

    fn body(marking: &str, behind: &str) -> String {
        format!(
            r#"{{"type":"create","version":"4","data":{{"id":"incident--1","type":"incident",{marking}"name":"N","labels":["a"],"description":"Text 1{behind}"#
        )
    }

    fn entity(body: &str) -> crate::model::Entity {
        let reading = SOURCE.read_beginning(body.as_bytes());
        match reading.unwrap().received.remove(0) {
            Received::Event(event) => event.entity,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_was_read_makes_an_entity_that_says_it_was_cut() {
        let marked = r#""object_marking_refs":["marking-definition--x"],"#;
        let entity = entity(&body(marked, ""));
        assert_eq!((&*entity.id, &*entity.name), ("incident--1", "N"));
        assert_eq!(entity.labels, ["a"]);
        assert_eq!(entity.description.as_deref(), Some("Text 1"));
        assert_eq!((entity.tlp, &*entity.facts[0].value), (None, CUT));
    }

    #[test]
    fn markings_may_be_behind_the_cut_so_that_it_is_hidden_and_never_ignored() {
        let green = r#""object_marking_refs":["marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da"],"#;
        for (marking, behind, words) in [
            ("", "", UNREAD.to_owned()),
            (green, "", format!("TLP:GREEN, {UNREAD}")),
            (
                "",
                r#""},"event_id":"1","context":{"patch":[1"#,
                UNREAD.to_owned(),
            ),
        ] {
            let read = entity(&body(marking, behind));
            assert_eq!(read.marking_words(), words);
            let settings = load(&[("max_tlp", "RED")]).unwrap();
            let markings = settings.markings().unwrap();
            assert!(!markings.allow_others(&read, Tlp::Red));
        }
    }

    #[test]
    fn of_a_bundle_the_last_object_may_be_cut_and_more_may_be_missing() {
        let extension = r#""extensions":{"extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba":{"id":"i"#;
        let body = format!(
            r#"{{"type":"bundle","objects":[{{"id":"incident--1","type":"incident","name":"A",{extension}1"}}}}}},{{"id":"incident--2","type":"incident",{extension}2"}}}},"na"#
        );
        let reading = SOURCE.read_beginning(body.as_bytes()).unwrap();
        assert!(reading.may_miss_events);
        let words = |place: usize| match &reading.received[place] {
            Received::Event(event) => event.entity.marking_words(),
            other => panic!("{other:?}"),
        };
        assert_eq!((&*words(0), &*words(1)), ("", UNREAD));
    }

    #[test]
    fn what_happened_may_stand_behind_the_cut() {
        let body = r#"{"data":{"id":"incident--1","type":"incident","description":"a"#;
        assert_eq!(entity(body).id, "incident--1");
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
            let reading = SOURCE.read_beginning(body.as_bytes());
            assert!(matches!(reading, Err(SourceError::Unreadable(_))), "{body}");
        }
    }

    #[test]
    fn of_several_entries_those_that_were_read_are_taken_and_more_may_be_missing() {
        let body = r#"{"data":[{"type":"create","instance":{"id":"incident--1","type":"incident","name":"A"}},{"type":"create","instance":{"id":"incident--2","ty"#;
        let reading = SOURCE.read_beginning(body.as_bytes()).unwrap();
        assert!(reading.may_miss_events);
        assert!(matches!(&reading.received[..], [_, _]), "{reading:?}");
    }
}
