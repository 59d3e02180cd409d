//! Routes as people write them, in TOML, become [`Route`]s.

use super::document::{self, Table, Value};
use super::members::{Known, Members};
use super::{Conditions, LabelPattern, Route};
use crate::event::{EntityType, Tlp};
use crate::plan::templates::{self, Template};

const ROUTE: &Known = &[
    ("name", "text such as \"critical incidents\""),
    ("when", "a table such as { type = \"incident\" }"),
    ("ignore", "true or false"),
    ("project", "a project's key such as \"SOC\""),
    ("issue_type", "an issue type's name such as \"Task\""),
    ("priority", "a Jira priority's name such as \"Highest\""),
    ("components", "components' names such as [\"SOC\"]"),
    ("assignee", "an account id (Cloud) or a user name"),
    ("labels", "labels such as [\"from-opencti\"]"),
    (
        "custom_fields",
        "a table such as { customfield_10039 = { value = \"SOC\" } }",
    ),
    (
        "summary_template",
        "a template such as \"[{{ entity.severity }}] {{ entity.name }}\"",
    ),
    (
        "description_template",
        "a template such as \"{{ entity.description }}\"",
    ),
];

/// What a route that ignores may have beside it.
const BESIDE_IGNORE: [&str; 3] = ["name", "when", "ignore"];

const WHEN: &Known = &[
    ("type", "entity types such as [\"incident\"]"),
    ("label", "labels such as [\"ransomware*\"]"),
    ("severity", "severities such as [\"high\", \"critical\"]"),
    ("priority", "priorities such as [\"P1\"]"),
    (
        "tlp",
        "any of \"CLEAR\", \"GREEN\", \"AMBER\", \"AMBER+STRICT\", \"RED\" and \"none\"",
    ),
];

/// All routes of the text, or all its mistakes.
pub(super) fn routes(text: &str) -> Result<Vec<Route>, Vec<String>> {
    let document = document::read(text)?;
    let mut mistakes = Vec::new();
    let routes = tables(&document, &mut mistakes)
        .into_iter()
        .map(|(number, table)| route(number, table, &mut mistakes))
        .collect();
    match mistakes.is_empty() {
        true => Ok(routes),
        false => Err(mistakes),
    }
}

/// The tables `[[route]]`, numbered from 1.
fn tables<'a>(document: &'a Table, mistakes: &mut Vec<String>) -> Vec<(usize, &'a Table)> {
    let mut found = Vec::new();
    for (key, value) in document.iter() {
        match (key.as_str(), value) {
            ("route", Value::List(list)) => {
                for (index, item) in list.items.iter().enumerate() {
                    match item.as_table() {
                        Some(table) => found.push((index + 1, table)),
                        None => mistakes.push(format!(
                            "route {}: is not a table; each route begins with a line [[route]]",
                            index + 1
                        )),
                    }
                }
            }
            ("route", _) => mistakes.push(
                "`route` is not a list of tables; each route begins with a line [[route]], with two brackets".to_owned(),
            ),
            (key, _) => mistakes.push(format!(
                "`{key}` is outside of any route; each route begins with a line [[route]]"
            )),
        }
    }
    found
}

fn route(number: usize, table: &Table, mistakes: &mut Vec<String>) -> Route {
    let mut members = Members::new(table, ROUTE, format!("route {number}"));
    let mut route = Route {
        number,
        name: members.text("name"),
        ..Route::default()
    };
    members.place = route.to_string();
    members.refuse_unknown();
    route.when = when(&mut members);
    route.ignore = members.flag("ignore").unwrap_or_default();
    if route.ignore {
        refuse_outputs(&mut members);
    }
    route.project = members.text("project");
    route.issue_type = members.text("issue_type");
    route.priority = members.text("priority");
    route.components = members.texts("components");
    route.assignee = members.text("assignee");
    route.labels = members.texts("labels").unwrap_or_default();
    route.custom_fields = members.json("custom_fields");
    for (name, value) in &route.custom_fields {
        for mistake in templates::check_value(name, value) {
            members.mistake(format!("`custom_fields`: {mistake}"));
        }
    }
    route.summary_template = template(&mut members, "summary_template");
    route.description_template = template(&mut members, "description_template");
    mistakes.append(&mut members.mistakes);
    route
}

fn refuse_outputs(members: &mut Members<'_>) {
    let useless: Vec<String> = ROUTE
        .iter()
        .filter(|(key, _)| !BESIDE_IGNORE.contains(key) && members.has(key))
        .map(|(key, _)| format!("`{key}`"))
        .collect();
    if !useless.is_empty() {
        members.mistake(format!(
            "`ignore = true` files nothing, so that {} cannot take effect; remove one or the other",
            useless.join(", ")
        ));
    }
}

fn template(members: &mut Members<'_>, key: &str) -> Option<Template> {
    match Template::parse(key, members.raw_text(key)?) {
        Ok(template) => Some(template),
        Err(why) => {
            members.mistake(why);
            None
        }
    }
}

fn when(route: &mut Members<'_>) -> Conditions {
    let Some(table) = route.table("when") else {
        return Conditions::default();
    };
    let mut members = Members::new(table, WHEN, format!("{}, `when`", route.place));
    members.refuse_unknown();
    let mut conditions = Conditions::default();
    values(&mut members, "type", &mut |name| {
        conditions.types.push(EntityType::new(name));
        Ok(())
    });
    values(&mut members, "label", &mut |pattern| {
        conditions.labels.push(label(pattern)?);
        Ok(())
    });
    values(&mut members, "severity", &mut |word| {
        conditions.severities.push(word.to_owned());
        Ok(())
    });
    values(&mut members, "priority", &mut |word| {
        conditions.priorities.push(word.to_owned());
        Ok(())
    });
    values(&mut members, "tlp", &mut |name| {
        conditions.tlps.push(tlp(name)?);
        Ok(())
    });
    route.mistakes.append(&mut members.mistakes);
    conditions
}

fn label(pattern: &str) -> Result<LabelPattern, &'static str> {
    LabelPattern::new(pattern)
        .ok_or("has a `*` in the middle; it may stand at the start or the end")
}

fn tlp(name: &str) -> Result<Option<Tlp>, &'static str> {
    match name.eq_ignore_ascii_case("none") {
        true => Ok(None),
        false => Tlp::parse(name)
            .map(Some)
            .ok_or("is none of CLEAR, GREEN, AMBER, AMBER+STRICT, RED and none"),
    }
}

/// Hands each value of one condition to `keep`, which may refuse it.
fn values(
    members: &mut Members<'_>,
    key: &str,
    keep: &mut dyn FnMut(&str) -> Result<(), &'static str>,
) {
    let Some(words) = members.texts(key) else {
        return;
    };
    if matches!(members.value(key), Some(Value::List(list)) if list.items.is_empty()) {
        members.mistake(format!(
            "`{key}` is an empty list, which nothing fits; name a value or leave it out"
        ));
    }
    for word in words {
        if let Err(why) = keep(&word) {
            members.mistake(format!("`{key}`: `{word}` {why}"));
        }
    }
}
