//! The fields of an issue as they are sent.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::fingerprint;
use crate::markup::Rendered;

/// The field by which people's edits are told from ours.
const DESCRIPTION: &str = "description";

/// The fields that a request sends, by their ids.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(super) struct Fields {
    fields: BTreeMap<String, Part>,
    #[serde(skip)]
    description: Option<String>,
}

/// A value in a request.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Part {
    Value(Value),
    /// JSON that is written already.
    Written(Box<RawValue>),
}

impl Fields {
    /// Fields whose values are as Jira takes them.
    pub(super) fn of<'a>(fields: impl IntoIterator<Item = (&'a String, &'a Value)>) -> Self {
        let mut all = Self::default();
        for (id, value) in fields {
            all.set(id, value.clone());
        }
        all
    }

    pub(super) fn set(&mut self, id: &str, value: Value) {
        if id == DESCRIPTION {
            self.description = (!value.is_null()).then(|| fingerprint::of(&value));
        }
        self.fields.insert(id.to_owned(), Part::Value(value));
    }

    /// Sets a field of rich text.
    pub(super) fn set_text(&mut self, id: &str, text: Rendered) {
        if id == DESCRIPTION {
            self.description = Some(fingerprint::of_rendered(&text));
        }
        self.fields.insert(id.to_owned(), text.into());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The fingerprint of the description, if there is one.
    pub(super) fn description(&self) -> Option<String> {
        self.description.clone()
    }
}

impl From<Rendered> for Part {
    fn from(text: Rendered) -> Self {
        match text {
            Rendered::Wiki(text) => Self::Value(text.into()),
            Rendered::Adf(document) => {
                let json = RawValue::from_string(document.into_text());
                // It is JSON always: a property test says so.
                json.map_or(Self::Value(Value::Null), Self::Written)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::markup::{DESCRIPTION_LIMIT, Ending, Flavor, from_markdown};
    use crate::text::to_json_text;

    fn sent(fields: &Fields) -> Value {
        serde_json::from_str(&to_json_text(fields)).unwrap()
    }

    #[test]
    fn a_description_is_known_again_when_jira_shows_it() {
        let source =
            "**now** [x](https://a.example) \"q\"\n\n3. `a`\n4. b\n\n```c\nf(\"\\\\\")\n```";
        for flavor in [Flavor::Adf, Flavor::Wiki] {
            let text = from_markdown(source);
            let text = text.render(flavor, DESCRIPTION_LIMIT, &Ending::default());
            let mut fields = Fields::default();
            fields.set("summary", json!("s"));
            fields.set_text("description", text.clone());
            assert_eq!(
                sent(&fields),
                json!({"summary": "s", "description": text.into_json()})
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
        fields.set("description", Value::Null);
        assert_eq!(fields.description(), None);
        assert_eq!(
            sent(&fields),
            json!({"description": null, "customfield_1": null})
        );
    }
}
