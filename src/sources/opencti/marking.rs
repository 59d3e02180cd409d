//! What an object is marked with: ids of marking definitions, or these themselves.

use serde_json::Value;

use crate::model::{Entity, Named};
use crate::sources::json::{any_text, text};
use crate::text::{cut, one_line};

/// How the id of a marking definition begins.
const PREFIX: &str = "marking-definition--";
/// As much of a marking is shown; in UTF-16 units.
const NAME_LIMIT: usize = 200;

/// The markings whose ids are the same on every platform.
const CONSTANTS: [(&str, &str); 9] = [
    ("613f2e26-407d-48c7-9eca-b8e91df99dc9", "TLP:CLEAR"),
    ("34098fce-860f-48ae-8e50-ebd3cc5e41da", "TLP:GREEN"),
    ("f88d31f6-486f-44da-b317-01333bde0b82", "TLP:AMBER"),
    ("826578e1-40ad-459f-bc73-ede076f81f37", "TLP:AMBER+STRICT"),
    ("5e57c739-391a-4eb3-b6be-7d15ca92d5ed", "TLP:RED"),
    ("4cdff7eb-acb8-543f-8573-829eb9fe8b34", "PAP:CLEAR"),
    ("89484dde-e3d2-547f-a6c6-d14824429eb1", "PAP:GREEN"),
    ("a6f20d4d-0360-59b6-ba22-3b48707828b1", "PAP:AMBER"),
    ("4e4e3b84-de45-53df-9d9b-b21207699fd8", "PAP:RED"),
];

/// Takes in what an object is marked with. What cannot be read is a marking, too.
pub(super) fn mark(entity: &mut Entity, references: &Value) {
    match references {
        Value::Null => {}
        Value::Array(all) => all.iter().for_each(|one| entity.mark(marking(one))),
        one => entity.mark(marking(one)),
    }
}

/// Names the markings of which the definitions are at hand.
pub(super) fn name<'a>(entity: &mut Entity, find: impl Fn(&str) -> Option<&'a Value>) {
    for mut marking in std::mem::take(&mut entity.markings) {
        if marking.name.is_none() {
            marking.name = find(&marking.id).and_then(definition);
        }
        entity.mark(marking);
    }
}

/// One reference: an id, a name, or the definition itself.
fn marking(reference: &Value) -> Named {
    let id = match reference {
        Value::Object(definition) => definition.get("id").and_then(any_text),
        other => any_text(other),
    };
    let id = id.map(|id| short(&id)).unwrap_or_default();
    let bare = id.to_ascii_lowercase();
    let bare = bare.strip_prefix(PREFIX);
    let constant = CONSTANTS.iter().find(|(known, _)| bare == Some(known));
    let name = match constant {
        Some((_, name)) => Some((*name).to_owned()),
        None => definition(reference),
    };
    match (name, id.as_str()) {
        (None, "") => Named::by_name("an unreadable marking".to_owned()),
        (Some(name), "") => Named::by_name(name),
        (None, _) if bare.is_none() => Named::by_name(id),
        (name, _) => Named { id, name },
    }
}

/// The name that a marking definition says: OpenCTI's `name`, else what STIX has.
fn definition(object: &Value) -> Option<String> {
    let stated = &object["definition"];
    let members = stated.as_object().into_iter().flatten();
    let said = members.filter_map(|(_, value)| text(value)).next();
    let name =
        text(&object["name"])
            .or_else(|| text(stated))
            .or_else(|| match object["definition_type"].as_str() {
                Some("tlp") => said.map(|color| format!("TLP:{}", color.to_ascii_uppercase())),
                _ => said,
            });
    name.map(|name| short(&name))
}

fn short(text: &str) -> String {
    cut(&one_line(text), NAME_LIMIT, "…")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::Tlp;

    fn marked(references: &Value) -> Entity {
        let mut entity = Entity::default();
        mark(&mut entity, references);
        entity
    }

    #[test]
    fn constants_are_known_by_their_ids() {
        let entity = marked(&json!([
            "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
            "marking-definition--4E4E3B84-de45-53df-9d9b-b21207699fd8",
        ]));
        assert_eq!(entity.tlp, Some(Tlp::Green));
        assert_eq!(entity.marking_words(), "TLP:GREEN, PAP:RED");
    }

    #[test]
    fn a_definition_in_place_of_its_id_says_its_name() {
        for (definition, name) in [
            (
                json!({"id": "marking-definition--1", "name": "Restricted"}),
                "Restricted",
            ),
            (json!({"definition": "Restricted"}), "Restricted"),
            (
                json!({"definition_type": "statement", "definition": {"statement": "Ours"}}),
                "Ours",
            ),
            (json!("marking-definition--1"), "marking-definition--1"),
            (json!("Restricted"), "Restricted"),
            (json!({}), "an unreadable marking"),
            (json!(7), "7"),
            (json!([[]]), "an unreadable marking"),
        ] {
            for references in [json!([definition]), definition] {
                let entity = marked(&references);
                assert_eq!(entity.marking_words(), name, "{references}");
                assert_eq!((entity.tlp, entity.markings.len()), (None, 1));
            }
        }
        let tlp = json!({"definition_type": "tlp", "definition": {"tlp": "white"}});
        assert_eq!(marked(&tlp).tlp, Some(Tlp::Clear));
        assert_eq!(marked(&Value::Null), Entity::default());
    }

    #[test]
    fn definitions_beside_an_object_name_its_markings() {
        let mut entity = marked(&json!(["marking-definition--1", "marking-definition--2"]));
        let of = |name: &str| json!({"name": name});
        let (first, second) = (of("Restricted"), of("TLP:RED"));
        name(&mut entity, |id| match id {
            "marking-definition--1" => Some(&first),
            _ => Some(&second),
        });
        assert_eq!(entity.marking_words(), "TLP:RED, Restricted");
    }

    proptest! {
        #[test]
        fn whatever_stands_there_is_a_marking(texts in proptest::collection::vec(".{0,300}", 1..30)) {
            let entity = marked(&json!(texts));
            prop_assert!(entity.tlp.is_some() || !entity.markings.is_empty());
            prop_assert!(entity.marking_words().chars().count() < 30 * 250);
        }
    }
}
