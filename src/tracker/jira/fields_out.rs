//! The fields of an issue as they are sent.
//!
//! A text that is JSON already goes out as it is. serde has a type for that (`RawValue`),
//! but to have it changes how every stranger's JSON is read: an object with one certain key
//! is no object any more.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::fingerprint;
use crate::markup::Rendered;
use crate::text::{JsonPieces, to_json_text};

/// The field in whose text people's edits are told from ours.
const DESCRIPTION: &str = "description";

/// The fields that a request sends.
#[derive(Debug, Default)]
pub(super) struct Fields {
    /// JSON, by the fields' ids.
    fields: BTreeMap<String, String>,
    description: Option<String>,
}

impl Fields {
    /// Fields whose values are as Jira takes them.
    pub(super) fn of<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Self {
        let mut all = Self::default();
        for (id, value) in fields {
            all.set(id, value);
        }
        all
    }

    pub(super) fn set(&mut self, id: &str, value: &Value) {
        if id == DESCRIPTION {
            self.description = (!value.is_null()).then(|| fingerprint::of(value));
        }
        self.fields.insert(id.to_owned(), to_json_text(value));
    }

    /// Sets a field of rich text.
    pub(super) fn set_text(&mut self, id: &str, text: Rendered) {
        if id == DESCRIPTION {
            self.description = Some(fingerprint::of_rendered(&text));
        }
        self.fields.insert(id.to_owned(), written(text));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fingerprint of the description, if there is one.
    pub(super) fn description(&self) -> Option<String> {
        self.description.clone()
    }

    /// All of them as one object.
    pub(super) fn to_json(&self) -> String {
        let mut object = Object::default();
        for (id, json) in &self.fields {
            object.written(id, json);
        }
        object.into_text()
    }
}

/// Rich text as the JSON of a field.
pub(super) fn written(text: Rendered) -> String {
    match text {
        Rendered::Adf(document) => document.into_text(),
        Rendered::Wiki(text) => to_json_text(&text),
    }
}

/// An object of JSON, written member by member.
#[derive(Default)]
pub(super) struct Object {
    json: JsonPieces,
    has_members: bool,
}

impl Object {
    fn name(&mut self, name: &str) {
        self.json.add(if self.has_members { "," } else { "{" });
        self.json.value(name);
        self.json.add(":");
        self.has_members = true;
    }

    /// Adds a member.
    pub(super) fn value(&mut self, name: &str, value: &impl Serialize) {
        self.name(name);
        self.json.value(value);
    }

    /// Adds a member that is JSON already.
    pub(super) fn written(&mut self, name: &str, json: &str) {
        self.name(name);
        self.json.add(json);
    }

    /// The object.
    pub(super) fn into_text(mut self) -> String {
        self.json.add(if self.has_members { "}" } else { "{}" });
        self.json.into_text()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::markup::{DESCRIPTION_LIMIT, Ending, Flavor, from_markdown};

    fn sent(fields: &Fields) -> Value {
        serde_json::from_str(&fields.to_json()).unwrap()
    }

    #[test]
    fn a_description_is_known_again_when_jira_shows_it() {
        let source =
            "**now** [x](https://a.example) \"q\"\n\n3. `a`\n4. b\n\n```c\nf(\"\\\\\")\n```";
        for flavor in [Flavor::Adf, Flavor::Wiki] {
            let text = from_markdown(source);
            let text = text.render(flavor, DESCRIPTION_LIMIT, &Ending::default());
            let mut fields = Fields::default();
            fields.set("summary", &json!("s \"q\""));
            fields.set_text("description", text.clone());
            assert_eq!(
                sent(&fields),
                json!({"summary": "s \"q\"", "description": text.into_json()})
            );
            let shown = fingerprint::of(&sent(&fields)["description"]);
            assert_eq!(fields.description(), Some(shown), "{flavor:?}");
            assert_ne!(fields.description(), Some(fingerprint::of_none()));
        }
    }

    #[test]
    fn the_description_that_was_set_last_counts() {
        let custom = json!({"description": "of the operator", "customfield_1": null});
        let mut fields = Fields::of(custom.as_object().unwrap());
        let known = fingerprint::of(&json!("of the operator"));
        assert_eq!(fields.description(), Some(known));
        fields.set("description", &Value::Null);
        assert_eq!(fields.description(), None);
        assert_eq!(
            sent(&fields),
            json!({"description": null, "customfield_1": null})
        );
    }

    #[test]
    fn a_text_comes_after_an_operators_and_an_empty_one_is_one() {
        let custom = json!({"description": "of the operator"});
        let mut fields = Fields::of(custom.as_object().unwrap());
        let nothing = from_markdown("").render(Flavor::Wiki, 100, &Ending::default());
        fields.set_text("description", nothing);
        assert_eq!(sent(&fields), json!({"description": ""}));
        assert_eq!(fields.description(), Some(fingerprint::of_none()));
    }

    #[test]
    fn an_object_without_members_is_one() {
        assert_eq!(Fields::default().to_json(), "{}");
        assert_eq!(Fields::default().description(), None);
    }

    /// serde_json's features can change what a stranger's JSON is.
    #[test]
    fn no_key_makes_an_object_something_else() {
        for key in ["RawValue", "Number"] {
            let json = format!(r#"{{"$serde_json::private::{key}":"1","a":1}}"#);
            let value: Value = serde_json::from_str(&json).unwrap();
            assert!(value.is_object() && value["a"] == 1, "{value}");
        }
    }
}
