//! Does a configured value fit the field that it is for? Pure.

use serde_json::Value;

use super::facts::ScreenField;
use crate::markup::Flavor;
use crate::tracker::jira::fields::catalog::{self, Field};
use crate::tracker::jira::fields::kind::{Item, Kind, typed};

/// A field that only Jira Service Management's own screens list.
const REQUEST_TYPE: &str = "com.atlassian.servicedesk:vp-origin";

/// How a configured field fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fit {
    /// It does.
    Fits {
        /// The field's id.
        id: String,
    },
    /// The field takes such values, as far as this can be known before a template is
    /// rendered.
    Template {
        /// The field's id.
        id: String,
    },
    /// Jira has no such field.
    NoField,
    /// Several fields are called so; their ids.
    Several(Vec<String>),
    /// The field is not on the screen of new issues.
    NotShown {
        /// Its id.
        id: String,
    },
    /// The field holds something else.
    Unfit {
        /// Its id.
        id: String,
        /// What it holds.
        why: String,
    },
    /// The field does not list the value.
    NotListed {
        /// Its id.
        id: String,
        /// The value.
        value: String,
        /// What it lists.
        listed: Vec<String>,
    },
}

/// How a value fits the field that is called so, on this screen.
pub(super) fn of(catalog: &[Field], screen: &[ScreenField], name: &str, value: &Value) -> Fit {
    let is_shown = |id: &str| screen.iter().any(|field| field.id == id);
    let named: Vec<&Field> = catalog::named(catalog, name).collect();
    let shown: Vec<&&Field> = named.iter().filter(|it| is_shown(&it.id)).collect();
    let field = match (named.as_slice(), shown.as_slice()) {
        ([], _) => return unlisted_id(name, is_shown(name)),
        ([only], _) => *only,
        (_, [only]) => **only,
        (several, _) => {
            return Fit::Several(several.iter().map(|field| field.id.clone()).collect());
        }
    };
    let id = field.id.clone();
    if name == REQUEST_TYPE {
        return Fit::Fits { id };
    }
    let Some(on_screen) = screen.iter().find(|it| it.id == id) else {
        return Fit::NotShown { id };
    };
    if is_template(value) {
        return Fit::Template { id };
    }
    if is_sent_as_it_is(&id, field.kind(), value) {
        return Fit::Fits { id };
    }
    match unfit(field.kind(), value) {
        Some(why) => Fit::Unfit { id, why },
        None => match unlisted(field.kind(), value, on_screen) {
            Some(value) => Fit::NotListed {
                id,
                value,
                listed: on_screen.allowed(),
            },
            None => Fit::Fits { id },
        },
    }
}

/// A field that Jira's list lacks: a project's own one may be missing there, and is sent
/// by its id all the same.
fn unlisted_id(name: &str, is_shown: bool) -> Fit {
    match (is_custom(name), is_shown) {
        (true, true) => Fit::Fits {
            id: name.to_owned(),
        },
        _ => Fit::NoField,
    }
}

fn is_custom(id: &str) -> bool {
    id.starts_with("customfield_")
}

/// Whether the value has the form of some app's field already, which nobody here knows.
fn is_sent_as_it_is(id: &str, kind: Kind, value: &Value) -> bool {
    let is_formed = match value {
        Value::Object(_) => true,
        Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_object),
        _ => false,
    };
    is_custom(id) && is_formed && kind.of == Item::Text
}

/// Whether a text in it is made for each entity.
fn is_template(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{") || text.contains("{%"),
        Value::Array(items) => items.iter().any(is_template),
        Value::Object(members) => members.values().any(is_template),
        _ => false,
    }
}

/// Why a field of this kind does not take the value, if it does not.
fn unfit(kind: Kind, value: &Value) -> Option<String> {
    if value.is_array() && !kind.is_list && !matches!(kind.of, Item::Cascade) {
        return Some("the field takes one value, not a list".to_owned());
    }
    let is_plain = matches!(
        kind.of,
        Item::Text | Item::Line | Item::Word | Item::Number | Item::Date | Item::DateTime
    );
    kind.texts(value).iter().find_map(|item| match item {
        Value::Object(_) if is_plain => {
            Some(format!("the field takes {}, not an object", plain(kind.of)))
        }
        item => typed(kind.of, item, Flavor::Wiki, usize::MAX).err(),
    })
}

fn plain(item: Item) -> &'static str {
    match item {
        Item::Number => "a number",
        Item::Date | Item::DateTime => "a date",
        _ => "a text",
    }
}

/// The first value that the field does not list, where it lists all that it takes.
fn unlisted(kind: Kind, value: &Value, field: &ScreenField) -> Option<String> {
    let has_list = matches!(kind.of, Item::Choice | Item::Cascade | Item::Named);
    if !has_list || field.allowed.is_empty() {
        return None;
    }
    let mut items = kind.texts(value).into_iter().filter(|item| !item.is_null());
    items.find_map(|item| {
        let item = typed(kind.of, &item, Flavor::Wiki, usize::MAX).ok()?;
        let listed = field.allowed.iter().any(|it| is_same(&item, it));
        (!listed).then(|| shown(&item))
    })
}

/// Whether one that is listed has all that the value says.
fn is_same(value: &Value, listed: &Value) -> bool {
    let members = ["id", "value", "name", "key"];
    let said: Vec<&str> = members
        .into_iter()
        .filter(|member| value[*member].is_string())
        .collect();
    let is_equal = |member: &&str| {
        let (ours, theirs) = (value[*member].as_str(), listed[*member].as_str());
        ours.zip(theirs)
            .is_some_and(|(ours, theirs)| match *member {
                "name" => ours.to_lowercase() == theirs.to_lowercase(),
                _ => ours == theirs,
            })
    };
    let has_child = match &value["child"] {
        Value::Null => true,
        child => {
            let children = listed["children"].as_array();
            let mut children = children.into_iter().flatten();
            children.any(|it| is_same(child, it))
        }
    };
    said.iter().all(is_equal) && has_child
}

/// A value as people wrote it.
fn shown(value: &Value) -> String {
    let members = ["value", "name", "key", "id"];
    let found = members.iter().find_map(|member| value[*member].as_str());
    let found = found.map_or_else(|| value.to_string(), str::to_owned);
    match value["child"]["value"].as_str() {
        Some(child) => format!("{found} > {child}"),
        None => found,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fit(name: &str, value: Value) -> Fit {
        let catalog = catalog::read_all(&json!([
            {"id": "customfield_1", "name": "Team", "schema": {"type": "option", "custom": "x:select"}},
            {"id": "customfield_2", "name": "Score", "schema": {"type": "number", "custom": "x:float"}},
            {"id": "customfield_3", "name": "Place",
             "schema": {"type": "option-with-child", "custom": "x:cascadingselect"}},
            {"id": "customfield_4", "name": "Twice", "schema": {"type": "string"}},
            {"id": "customfield_5", "name": "Twice", "schema": {"type": "string"}},
            {"id": "customfield_6", "name": "Hidden", "schema": {"type": "string"}},
            {"id": "components", "name": "Components", "schema": {"type": "array"}},
            {"id": "customfield_7", "name": "Assets", "schema": {"type": "any", "custom": "x:cmdb"}},
            {"id": "customfield_8", "name": "Request Type",
             "schema": {"type": "sd", "custom": REQUEST_TYPE}},
        ]));
        let screen = [
            json!({"fieldId": "customfield_1", "allowedValues": [{"value": "SOC", "id": "7"}]}),
            json!({"fieldId": "customfield_2", "required": true}),
            json!({"fieldId": "customfield_7"}),
            json!({"fieldId": "customfield_9"}),
            json!({"fieldId": "customfield_3", "allowedValues": [
                {"value": "Europe", "id": "1", "children": [{"value": "Berlin", "id": "2"}]}]}),
            json!({"key": "components", "allowedValues": [{"name": "Detection", "id": "1"}]}),
        ];
        let screen: Vec<_> = screen.iter().filter_map(ScreenField::read).collect();
        of(&catalog, &screen, name, &value)
    }

    fn fits(id: &str) -> Fit {
        Fit::Fits { id: id.to_owned() }
    }

    #[test]
    fn what_fits_is_found_by_id_or_by_name() {
        assert_eq!(
            fit("customfield_1", json!({"value": "SOC"})),
            fits("customfield_1")
        );
        assert_eq!(fit("team", json!("SOC")), fits("customfield_1"));
        assert_eq!(fit("Team", json!({"id": "7"})), fits("customfield_1"));
        assert_eq!(fit("Score", json!("3.5")), fits("customfield_2"));
        assert_eq!(
            fit("Place", json!("Europe > Berlin")),
            fits("customfield_3")
        );
        assert_eq!(fit("components", json!("detection")), fits("components"));
        assert_eq!(
            fit(REQUEST_TYPE, json!("soc/incident")),
            fits("customfield_8")
        );
        // As it is, whatever its app makes of it.
        let objects = json!([{"key": "A-1"}]);
        assert_eq!(fit("customfield_7", objects), fits("customfield_7"));
        // Not in Jira's list, as a project's own field may be.
        assert_eq!(fit("customfield_9", json!("x")), fits("customfield_9"));
        assert_eq!(fit("customfield_10", json!("x")), Fit::NoField);
        let template = fit("Team", json!("{{ entity.source }}"));
        assert!(matches!(template, Fit::Template { .. }));
    }

    #[test]
    fn what_does_not_fit_says_why() {
        assert_eq!(fit("Nowhere", json!("x")), Fit::NoField);
        assert!(matches!(fit("Twice", json!("x")), Fit::Several(ids) if ids.len() == 2));
        assert!(matches!(fit("Hidden", json!("x")), Fit::NotShown { .. }));
        for (name, value) in [
            ("Score", json!("high")),
            ("Score", json!({"value": "3"})),
            ("Score", json!([1, 2])),
        ] {
            let found = fit(name, value.clone());
            assert!(matches!(found, Fit::Unfit { .. }), "{value}: {found:?}");
        }
        for (name, value, named) in [
            ("Team", json!("soc"), "soc"),
            ("Team", json!({"id": "8"}), "8"),
            ("Place", json!("Europe > Paris"), "Europe > Paris"),
            ("components", json!("Detection, Other"), "Other"),
        ] {
            match fit(name, value) {
                Fit::NotListed { value, .. } => assert_eq!(value, named),
                other => panic!("{name}: {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn any_value_is_judged(text in any::<String>(), name in "Team|Score|Place|components") {
            for value in [json!(text), json!({"value": text}), json!([text]), json!({&*text: text})] {
                let _ = fit(&name, value);
            }
        }
    }
}
