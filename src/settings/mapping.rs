//! Which issue an entity becomes: project, type, fields, templates, routes.

use serde_json::{Map, Value};

use super::markings::Markings;
use super::reader::Reader;
use super::routing::Routes;
use super::templates::{Template, check_value};
use crate::model::{EntityType, Tlp};

/// The types that file an issue unless `file_types` says otherwise.
const DEFAULT_FILE_TYPES: [&str; 6] = [
    "incident",
    "report",
    "case-incident",
    "case-rfi",
    "case-rft",
    "grouping",
];
/// The types that `file_types` may add.
const MORE_FILE_TYPES: [&str; 4] = ["task", "feedback", "note", "vulnerability"];

/// The type of the field that holds a request's type in Jira Service Management:
/// only one field has it.
const REQUEST_TYPE: &str = "com.atlassian.servicedesk:vp-origin";

/// The settings of the mapping.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// The project's key, such as `SOC`.
    pub project_key: String,
    /// The issue type's name, such as `Task`.
    pub issue_type: String,
    /// Entity priority or severity (lower case) to Jira's priority; `*` is any.
    pub priorities: Vec<(String, String)>,
    /// Custom fields of every issue, by id or display name. Texts in their
    /// values may be templates.
    pub custom_fields: Map<String, Value>,
    /// Renders summaries.
    pub summary_template: Option<Template>,
    /// Renders descriptions, in Markdown.
    pub description_template: Option<Template>,
    /// What is different for some entities.
    pub routes: Routes,
    /// How markings are understood.
    pub markings: Markings,
    /// Entities marked above this are not shown.
    pub max_tlp: Option<Tlp>,
    /// What is done with them.
    pub above_max_tlp: AboveMaxTlp,
}

/// What becomes of an entity that is marked above `max_tlp`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AboveMaxTlp {
    /// An issue with its type, its id and a link.
    Stub,
    /// Nothing.
    Ignore,
}

impl Mapping {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let treatments = [("stub", AboveMaxTlp::Stub), ("ignore", AboveMaxTlp::Ignore)];
        Self {
            project_key: read.required(
                "jira_project_key",
                "the key of the project to file issues in",
            ),
            issue_type: read
                .optional("jira_issue_type_name")
                .unwrap_or_else(|| "Task".to_owned()),
            custom_fields: custom_fields(read),
            priorities: priorities(read),
            summary_template: template(read, "summary_template"),
            description_template: template(read, "description_template"),
            routes: routes(read),
            markings: Markings::read(read),
            max_tlp: read.tlp("max_tlp"),
            above_max_tlp: read.choice("above_max_tlp", &treatments, AboveMaxTlp::Stub),
        }
    }

    /// Jira's priority for the first of the words that is mapped.
    pub fn priority_for<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> Option<&str> {
        let find = |wanted: &str| {
            self.priorities
                .iter()
                .find(|(word, _)| word == wanted)
                .map(|(_, priority)| priority.as_str())
        };
        words
            .into_iter()
            .find_map(|word| find(&word.trim().to_lowercase()))
            .or_else(|| find("*"))
    }
}

pub(super) fn file_types(read: &mut Reader<'_>) -> Vec<EntityType> {
    let mut types = Vec::new();
    for name in read.list("file_types") {
        let kind = EntityType::new(&name);
        let word = &kind.as_str();
        if !DEFAULT_FILE_TYPES.contains(word) && !MORE_FILE_TYPES.contains(word) {
            read.mistake(format!(
                "file_types: `{name}` is none of {}, {}",
                DEFAULT_FILE_TYPES.join(", "),
                MORE_FILE_TYPES.join(", ")
            ));
        }
        types.push(kind);
    }
    match types.is_empty() {
        true => DEFAULT_FILE_TYPES
            .into_iter()
            .map(EntityType::new)
            .collect(),
        false => types,
    }
}

fn priorities(read: &mut Reader<'_>) -> Vec<(String, String)> {
    read.pairs("priority_map")
        .into_iter()
        .map(|(word, priority)| (word.to_lowercase(), priority))
        .collect()
}

/// The pairs of OpenCTI's Jira connector, and over them the JSON object.
fn custom_fields(read: &mut Reader<'_>) -> Map<String, Value> {
    let mut fields = paired_custom_fields(read);
    let example = r#"{"customfield_10039": {"value": "SOC"}}"#;
    for (name, value) in read.object("jira_custom_fields", example) {
        for mistake in check_value(&name, &value) {
            read.mistake(format!("jira_custom_fields: {mistake}"));
        }
        fields.insert(name, value);
    }
    if let Some(request_type) = read.optional("jira_request_type") {
        fields.insert(REQUEST_TYPE.to_owned(), request_type.into());
    }
    fields
}

/// Comma-separated ids and values, paired one to one.
fn paired_custom_fields(read: &mut Reader<'_>) -> Map<String, Value> {
    let keys = read.list("jira_custom_fields_keys");
    let values = read.list("jira_custom_fields_values");
    if keys.len() != values.len() {
        read.mistake(format!(
            "jira_custom_fields_keys has {} entries, but jira_custom_fields_values has {}; each key needs one value",
            keys.len(),
            values.len()
        ));
        return Map::new();
    }
    if keys.iter().any(String::is_empty) {
        read.mistake("jira_custom_fields_keys: an entry is empty");
    }
    let mut fields = Map::new();
    for (key, value) in keys.into_iter().zip(values) {
        fields.insert(key, Value::String(value));
    }
    fields
}

fn template(read: &mut Reader<'_>, name: &str) -> Option<Template> {
    let source = read.optional(name)?;
    Template::parse(name, &source)
        .inspect_err(|mistake| read.mistake(mistake))
        .ok()
}

fn routes(read: &mut Reader<'_>) -> Routes {
    let text = read.text("routes");
    Routes::parse(&text).unwrap_or_else(|mistakes| {
        for mistake in mistakes {
            read.mistake(format!("routes: {mistake}"));
        }
        Routes::default()
    })
}
