//! Routes as people write them, in TOML, become [`Route`]s.

use std::time::Duration;

use toml::de::{DeTable, DeValue, Error};

use super::conditions::Conditions;
use super::members::{Known, Members};
use super::route::{Route, Routes};
use crate::model::{EntityType, Tlp};
use crate::settings::grouping::{GROUPINGS, Grouping, LONGEST_WINDOW};
use crate::settings::pattern::Pattern;
use crate::settings::templates::{self, Template};

const ROUTE: &Known = &[
    ("name", "text such as \"critical incidents\""),
    ("when", "a table such as { type = \"incident\" }"),
    ("ignore", "true or false"),
    ("project", "a project's key such as \"SOC\""),
    ("issue_type", "an issue type's name such as \"Task\""),
    ("priority", "a Jira priority's name such as \"Highest\""),
    ("components", "components' names such as [\"SOC\"]"),
    ("assignee", "an account id (Cloud) or a user name"),
    ("splunk_dedup_fields", "fields such as [\"dest\", \"user\"]"),
    ("splunk_dedup_window", "hours from 0 to 8760"),
    ("splunk_group", "\"row\" or \"run\""),
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
    ("search", "names of Splunk's searches such as [\"VPN*\"]"),
    (
        "tlp",
        "any of \"CLEAR\", \"GREEN\", \"AMBER\", \"AMBER+STRICT\", \"RED\" and \"none\"",
    ),
];

impl Routes {
    /// Reads routes from TOML; none from an empty text. On failure, every
    /// mistake: one sentence each, route after route.
    ///
    /// ```
    /// use jira_intake::settings::routing::Routes;
    ///
    /// let routes = Routes::parse("[[route]]\nwhen = { label = 'phish*' }\nproject = 'MAIL'").unwrap();
    /// assert_eq!(routes.iter().count(), 1);
    ///
    /// let mistakes = Routes::parse("[[route]]\nignore = 'yes'").unwrap_err();
    /// assert_eq!(mistakes, ["route 1: `ignore` is text; expected true or false"]);
    /// ```
    pub fn parse(text: &str) -> Result<Self, Vec<String>> {
        routes(text).map(Self)
    }
}

/// All routes of the text, or all its mistakes.
fn routes(text: &str) -> Result<Vec<Route>, Vec<String>> {
    let (document, errors) = DeTable::parse_recoverable(text);
    if !errors.is_empty() {
        return Err(not_toml(text, errors));
    }
    let mut mistakes = Vec::new();
    let routes = tables(document.get_ref(), &mut mistakes)
        .into_iter()
        .map(|(number, table)| route(number, table, &mut mistakes))
        .collect();
    match mistakes.is_empty() {
        true => Ok(routes),
        false => Err(mistakes),
    }
}

/// One sentence for each error, in the order of their places.
fn not_toml(text: &str, found: Vec<Error>) -> Vec<String> {
    let start = |error: &Error| error.span().map_or(0, |span| span.start);
    let mut errors: Vec<Error> = Vec::new();
    // There are few of them.
    for error in found {
        let place = errors.partition_point(|other| start(other) <= start(&error));
        errors.insert(place, error);
    }
    let sentence = |error: &Error| {
        let before = text.bytes().take(start(error));
        let line = 1 + before.filter(|byte| *byte == b'\n').count();
        format!("line {line}: this is not TOML: {}", error.message())
    };
    errors.iter().map(sentence).collect()
}

/// The tables `[[route]]`, numbered from 1.
fn tables<'a>(
    document: &'a DeTable<'a>,
    mistakes: &mut Vec<String>,
) -> Vec<(usize, &'a DeTable<'a>)> {
    let mut found = Vec::new();
    for (key, value) in document {
        match (key.get_ref().as_ref(), value.get_ref()) {
            ("route", DeValue::Array(items)) => {
                for (number, item) in (1..).zip(items) {
                    match item.get_ref().as_table() {
                        Some(table) => found.push((number, table)),
                        None => mistakes.push(format!(
                            "route {number}: is not a table; each route begins with a line [[route]]"
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

fn route(number: usize, table: &DeTable<'_>, mistakes: &mut Vec<String>) -> Route {
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
    route.splunk_dedup_fields = members.texts("splunk_dedup_fields");
    route.splunk_dedup_window = window(&mut members);
    route.splunk_group = grouping(&mut members);
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

fn window(members: &mut Members<'_>) -> Option<Duration> {
    let hours = members.number("splunk_dedup_window", LONGEST_WINDOW)?;
    Some(Duration::from_secs(3600 * hours))
}

fn grouping(members: &mut Members<'_>) -> Option<Grouping> {
    let word = members.text("splunk_group")?;
    let known = GROUPINGS.iter().find(|(known, _)| *known == word);
    if known.is_none() {
        members.mistake(format!("`splunk_group`: `{word}` is none of row, run"));
    }
    known.map(|(_, grouping)| *grouping)
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
    let conditions = Conditions {
        types: values(&mut members, "type", |name| Ok(EntityType::new(name))),
        labels: values(&mut members, "label", pattern),
        severities: values(&mut members, "severity", |word| Ok(word.to_owned())),
        priorities: values(&mut members, "priority", |word| Ok(word.to_owned())),
        searches: values(&mut members, "search", pattern),
        tlps: values(&mut members, "tlp", tlp),
    };
    route.mistakes.append(&mut members.mistakes);
    conditions
}

fn pattern(pattern: &str) -> Result<Pattern, &'static str> {
    Pattern::new(pattern).ok_or("has a `*` in the middle; it may stand at the start or the end")
}

fn tlp(name: &str) -> Result<Option<Tlp>, &'static str> {
    match name.eq_ignore_ascii_case("none") {
        true => Ok(None),
        false => Tlp::parse(name)
            .map(Some)
            .ok_or("is none of CLEAR, GREEN, AMBER, AMBER+STRICT, RED and none"),
    }
}

/// The values of one condition; `read` may refuse some.
fn values<T>(
    members: &mut Members<'_>,
    key: &str,
    read: fn(&str) -> Result<T, &'static str>,
) -> Vec<T> {
    let words = members.texts(key).unwrap_or_default();
    if matches!(members.value(key), Some(DeValue::Array(items)) if items.is_empty()) {
        members.mistake(format!(
            "`{key}` is an empty list, which nothing fits; name a value or leave it out"
        ));
    }
    let mut values = Vec::new();
    for word in words {
        match read(&word) {
            Ok(value) => values.push(value),
            Err(why) => members.mistake(format!("`{key}`: `{word}` {why}")),
        }
    }
    values
}
