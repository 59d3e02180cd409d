//! What a field holds, by Jira's schema, and a plain value in the form that such
//! a field takes. Pure.
//!
//! Jira's own kinds are told by the last part of `schema.custom`; those of apps
//! by `schema.type`. A value that is an object already is taken as it is.

use serde_json::{Value, json};

use crate::markup::{Ending, Flavor, from_text};
use crate::model::Timestamp;
use crate::text::{cut, one_line};

/// The characters of a single-line text field, of a label too.
const LINE_LIMIT: usize = 255;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tracker::jira) struct Kind {
    pub(in crate::tracker::jira) of: Item,
    /// Whether it holds several.
    pub(in crate::tracker::jira) is_list: bool,
}

/// What one value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::tracker::jira) enum Item {
    /// Text as it is.
    Text,
    /// One line of at most 255 characters.
    Line,
    /// Several lines: a string in REST v2, an ADF document in v3.
    Paragraphs,
    /// A label: no white space.
    Word,
    Number,
    Date,
    DateTime,
    /// `{"value"}`
    Choice,
    /// `{"value", "child": {"value"}}`, written `Europe > Berlin`.
    Cascade,
    /// `{"accountId"}` on Cloud, `{"name"}` on Data Center.
    User,
    /// `{"name"}`, or `{"id"}` of a number.
    Named,
    /// `{"key"}`: a project, a parent.
    Key,
}

/// The system fields that may stand among the custom ones.
const SYSTEM: [(&str, Item, bool); 11] = [
    ("assignee", Item::User, false),
    ("components", Item::Named, true),
    ("duedate", Item::Date, false),
    ("environment", Item::Paragraphs, false),
    ("fixVersions", Item::Named, true),
    ("parent", Item::Key, false),
    ("priority", Item::Named, false),
    ("reporter", Item::User, false),
    ("security", Item::Named, false),
    ("timetracking", Item::Text, false),
    ("versions", Item::Named, true),
];

impl Kind {
    const fn one(of: Item) -> Self {
        Self { of, is_list: false }
    }

    /// What a system field holds; `None` for one that may not be set so.
    pub(super) fn system(id: &str) -> Option<Self> {
        let known = SYSTEM.iter().find(|(name, ..)| *name == id);
        known.map(|&(_, of, is_list)| Self { of, is_list })
    }

    /// What a field with this schema holds: `{"type", "items", "custom"}`.
    pub(super) fn of(schema: &Value) -> Self {
        let word = |name: &str| schema[name].as_str().unwrap_or_default();
        let custom = word("custom").rsplit(':').next().unwrap_or_default();
        match custom {
            "textfield" | "gh-epic-label" => return Self::one(Item::Line),
            "textarea" => return Self::one(Item::Paragraphs),
            // Its schema says that it is a list, but it takes one sprint's id.
            "gh-sprint" => return Self::one(Item::Number),
            _ => {}
        }
        let is_list = word("type") == "array";
        let name = match is_list {
            true => word("items"),
            false => word("type"),
        };
        let of = match name {
            "number" | "sd-customerorganization" => Item::Number,
            "date" => Item::Date,
            "datetime" => Item::DateTime,
            "option" => Item::Choice,
            "option-with-child" => Item::Cascade,
            "user" => Item::User,
            "group" | "version" | "component" | "priority" | "securitylevel" => Item::Named,
            "project" | "issuelink" => Item::Key,
            "string" if is_list => Item::Word,
            _ => Item::Text,
        };
        Self { of, is_list }
    }

    /// The texts of a plain value, one by one. A list is written with commas.
    pub(in crate::tracker::jira) fn texts(self, value: &Value) -> Vec<Value> {
        match value {
            Value::Array(items) => items.clone(),
            Value::String(text) if self.is_list => {
                let items = text.split(',').map(str::trim);
                items
                    .filter(|item| !item.is_empty())
                    .map(Value::from)
                    .collect()
            }
            other => vec![other.clone()],
        }
    }
}

/// One value in the form that the field takes; `Err` says what the field would
/// have taken. A user stands here under a name or an account id.
pub(in crate::tracker::jira) fn typed(
    item: Item,
    value: &Value,
    flavor: Flavor,
    text_limit: usize,
) -> Result<Value, String> {
    let text = match value {
        Value::Object(_) | Value::Array(_) | Value::Null => return Ok(value.clone()),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    };
    Ok(match item {
        Item::Text => json!(text),
        Item::Line => json!(cut(&one_line(&text), LINE_LIMIT, "…")),
        Item::Word => {
            let word = one_line(&text).replace(' ', "_");
            json!(cut(&word, LINE_LIMIT, "…"))
        }
        Item::Paragraphs => match flavor {
            Flavor::Adf => {
                let document = from_text(&text);
                document
                    .render(flavor, text_limit, &Ending::default())
                    .into_json()
            }
            Flavor::Wiki => json!(cut(&text, text_limit, "…")),
        },
        Item::Number => number(&text)?,
        Item::Date => json!(date(&text)?),
        Item::DateTime => json!(date_time(&text)?),
        Item::Choice => json!({ "value": text }),
        Item::Cascade => match text.split_once('>') {
            Some((parent, child)) => {
                json!({ "value": parent.trim(), "child": { "value": child.trim() } })
            }
            None => json!({ "value": text }),
        },
        Item::User => match flavor {
            Flavor::Adf => json!({ "accountId": text }),
            Flavor::Wiki => json!({ "name": text }),
        },
        Item::Named => match text.bytes().all(|c| c.is_ascii_digit()) {
            true => json!({ "id": text }),
            false => json!({ "name": text }),
        },
        Item::Key => json!({ "key": text }),
    })
}

/// A whole number stays one: an id is no `37.0`.
fn number(text: &str) -> Result<Value, String> {
    if let Ok(whole) = text.parse::<i64>() {
        return Ok(json!(whole));
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
    number
        .map(|number| json!(number))
        .ok_or_else(|| format!("the field takes a number, but `{}` is none", short(text)))
}

/// `2026-11-22`: what it begins with, or the day of a time.
fn date(text: &str) -> Result<String, String> {
    let day = text.get(..10).unwrap_or(text);
    let is_day = |at: usize, c: u8| match at {
        4 | 7 => c == b'-',
        _ => c.is_ascii_digit(),
    };
    if day.len() == 10 && day.bytes().enumerate().all(|(at, c)| is_day(at, c)) {
        return Ok(day.to_owned());
    }
    let time = date_time(text).map_err(|_| not_a("date such as 2026-11-22", text))?;
    Ok(time.get(..10).unwrap_or_default().to_owned())
}

/// `2026-11-22T06:32:27.000+0000`, Jira's own form, from RFC 3339 or from seconds
/// since 1970.
fn date_time(text: &str) -> Result<String, String> {
    let seconds = || {
        let seconds = text.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0)?;
        Some(Timestamp::from_millis((seconds * 1000.0) as u64))
    };
    let at = Timestamp::parse(text).or_else(seconds);
    let at = at.map(|at| at.to_string()).filter(|at| !at.is_empty());
    let at = at.ok_or_else(|| not_a("date-time such as 2026-11-22T06:32:27Z", text))?;
    let (seconds, fraction) = at
        .trim_end_matches('Z')
        .split_once('.')
        .unwrap_or((&at, ""));
    Ok(format!(
        "{}.{fraction:0<3}+0000",
        seconds.trim_end_matches('Z')
    ))
}

fn not_a(what: &str, text: &str) -> String {
    format!("the field takes a {what}, but `{}` is none", short(text))
}

fn short(text: &str) -> String {
    cut(&one_line(text), 50, "…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schema(kind: &str, items: Option<&str>, custom: &str) -> Value {
        json!({ "type": kind, "items": items, "custom": custom })
    }

    fn all(schema: &Value, value: Value, flavor: Flavor) -> Result<Value, String> {
        let kind = Kind::of(schema);
        let texts = kind.texts(&value);
        let items = texts.iter().map(|it| typed(kind.of, it, flavor, 32_767));
        let mut items = items.collect::<Result<Vec<_>, _>>()?;
        Ok(match kind.is_list {
            true => Value::Array(items),
            false => items.pop().unwrap_or_default(),
        })
    }

    #[test]
    fn a_plain_text_takes_the_form_of_its_fields_kind() {
        const JIRA: &str = "com.atlassian.jira.plugin.system.customfieldtypes";
        for (kind, items, custom, text, expected) in [
            ("string", None, "textfield", "a\nb", json!("a b")),
            ("string", None, "textarea", "a\nb", json!("a\nb")),
            ("string", None, "url", "https://a/b", json!("https://a/b")),
            ("number", None, "float", "4.5", json!(4.5)),
            ("number", None, "float", "4", json!(4)),
            (
                "date",
                None,
                "datepicker",
                "2025-10-27T12:48:23Z",
                json!("2025-10-27"),
            ),
            (
                "date",
                None,
                "datepicker",
                "1761569303",
                json!("2025-10-27"),
            ),
            (
                "datetime",
                None,
                "datetime",
                "2025-10-27T12:48:23Z",
                json!("2025-10-27T12:48:23.000+0000"),
            ),
            (
                "datetime",
                None,
                "datetime",
                "2025-10-27T14:48:23.5+02:00",
                json!("2025-10-27T12:48:23.500+0000"),
            ),
            (
                "datetime",
                None,
                "datetime",
                "1761569303.246",
                json!("2025-10-27T12:48:23.246+0000"),
            ),
            ("option", None, "select", "SOC", json!({"value": "SOC"})),
            (
                "option",
                None,
                "radiobuttons",
                "SOC",
                json!({"value": "SOC"}),
            ),
            (
                "array",
                Some("option"),
                "multiselect",
                "a, b",
                json!([{"value": "a"}, {"value": "b"}]),
            ),
            (
                "array",
                Some("string"),
                "labels",
                "a b,,c",
                json!(["a_b", "c"]),
            ),
            (
                "option-with-child",
                None,
                "cascadingselect",
                "A > B",
                json!({"value": "A", "child": {"value": "B"}}),
            ),
            ("user", None, "userpicker", "ada", json!({"name": "ada"})),
            ("group", None, "grouppicker", "soc", json!({"name": "soc"})),
            (
                "array",
                Some("version"),
                "multiversion",
                "1.0",
                json!([{"name": "1.0"}]),
            ),
            ("project", None, "project", "SOC", json!({"key": "SOC"})),
            ("array", Some("json"), "gh-sprint", "37", json!(37)),
            ("any", None, "gh-epic-link", "SOC-1", json!("SOC-1")),
            ("string", None, "gh-epic-label", "Epic", json!("Epic")),
            (
                "array",
                Some("sd-customerorganization"),
                "sd-customer-organizations",
                "1,2",
                json!([1, 2]),
            ),
            (
                "sd-customerrequesttype",
                None,
                "vp-origin",
                "soc/incident",
                json!("soc/incident"),
            ),
        ] {
            let schema = schema(kind, items, &format!("{JIRA}:{custom}"));
            let found = all(&schema, json!(text), Flavor::Wiki).unwrap();
            assert_eq!(found, expected, "{custom}");
        }
    }

    #[test]
    fn a_paragraph_is_a_document_in_v3() {
        let schema = schema("string", None, "x:textarea");
        let found = all(&schema, json!("two\nlines"), Flavor::Adf).unwrap();
        assert_eq!(found["type"], "doc");
        assert!(found.to_string().contains("two"));
        let own = json!({"type": "doc", "version": 1, "content": []});
        assert_eq!(all(&schema, own.clone(), Flavor::Adf).unwrap(), own);
    }

    #[test]
    fn what_a_field_cannot_hold_is_said() {
        for (kind, text) in [
            ("number", "many"),
            ("number", "NaN"),
            ("date", "tomorrow"),
            ("datetime", "2026-99-99T00:00:00Z"),
            ("datetime", "1e300"),
        ] {
            let why = all(&schema(kind, None, ""), json!(text), Flavor::Wiki).unwrap_err();
            assert!(why.contains(text), "{why}");
        }
    }

    #[test]
    fn a_long_line_is_cut_and_a_system_field_has_its_kind() {
        let schema = schema("string", None, "x:textfield");
        let cut = all(&schema, json!("x".repeat(300)), Flavor::Wiki).unwrap();
        assert_eq!(cut.as_str().unwrap().chars().count(), LINE_LIMIT);
        assert_eq!(
            Kind::system("environment"),
            Some(Kind::one(Item::Paragraphs))
        );
        assert_eq!(Kind::system("summary"), None);
        let level = typed(Item::Named, &json!("10001"), Flavor::Adf, 1).unwrap();
        assert_eq!(level, json!({"id": "10001"}));
    }
}
