//! Custom fields: what each kind holds, and how Jira names it.

use serde_json::{Value, json};

/// What a custom field holds, and so the JSON it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// `"text"`, one line of at most 255 characters.
    Text,
    /// `"text"` in v2, an ADF document in v3.
    Paragraph,
    /// `4.5`
    Number,
    /// `"2026-11-22"`
    Date,
    /// `"2026-11-22T06:32:27.000+0000"`
    DateTime,
    /// `{"value": "SOC"}`
    Select,
    /// `[{"value": "Splunk"}, …]`
    MultiSelect,
    /// `{"value": "Europe", "child": {"value": "Berlin"}}`
    Cascading,
    /// `{"accountId": …}` on Cloud, `{"name": …}` on Data Center.
    User,
    /// `["one", "two"]`
    Labels,
    /// `"https://…"`
    Url,
    /// `{"value": "SOC"}`
    RadioButtons,
    /// `[{"value": "Splunk"}, …]`
    Checkboxes,
    /// `{"name": "soc-analysts"}`; its choices are the groups.
    Group,
    /// `{"key": "SOC"}`
    Project,
    /// `{"name": "1.0"}`; its choices are the versions.
    Version,
    /// `37`, the sprint's id; its choices are the sprints' names, the first one
    /// has the id 1.
    Sprint,
    /// `"SOC-1"`, the key of an epic.
    EpicLink,
    /// `"text"`
    EpicName,
    /// `[1, 2]`; its choices are the organisations' names, the first one has
    /// the id 1.
    Organisations,
    /// `"soc/incident"` or the id of a choice; its choices are the request types.
    RequestType,
}

/// Where Jira's own custom field types come from.
const JIRA: &str = "com.atlassian.jira.plugin.system.customfieldtypes";
/// Jira Software's.
const SOFTWARE: &str = "com.pyxis.greenhopper.jira";
/// Jira Service Management's.
const SERVICE: &str = "com.atlassian.servicedesk";

impl FieldKind {
    /// Jira's own names (facts/two-way.md, sections 1 and 6): schema type, items
    /// of an array, where the custom type comes from, its last part.
    fn names(
        self,
    ) -> (
        &'static str,
        Option<&'static str>,
        &'static str,
        &'static str,
    ) {
        match self {
            FieldKind::Text => ("string", None, JIRA, "textfield"),
            FieldKind::Paragraph => ("string", None, JIRA, "textarea"),
            FieldKind::Number => ("number", None, JIRA, "float"),
            FieldKind::Date => ("date", None, JIRA, "datepicker"),
            FieldKind::DateTime => ("datetime", None, JIRA, "datetime"),
            FieldKind::Select => ("option", None, JIRA, "select"),
            FieldKind::MultiSelect => ("array", Some("option"), JIRA, "multiselect"),
            FieldKind::Cascading => ("option-with-child", None, JIRA, "cascadingselect"),
            FieldKind::User => ("user", None, JIRA, "userpicker"),
            FieldKind::Labels => ("array", Some("string"), JIRA, "labels"),
            FieldKind::Url => ("string", None, JIRA, "url"),
            FieldKind::RadioButtons => ("option", None, JIRA, "radiobuttons"),
            FieldKind::Checkboxes => ("array", Some("option"), JIRA, "multicheckboxes"),
            FieldKind::Group => ("group", None, JIRA, "grouppicker"),
            FieldKind::Project => ("project", None, JIRA, "project"),
            FieldKind::Version => ("version", None, JIRA, "version"),
            FieldKind::Sprint => ("array", Some("json"), SOFTWARE, "gh-sprint"),
            FieldKind::EpicLink => ("any", None, SOFTWARE, "gh-epic-link"),
            FieldKind::EpicName => ("string", None, SOFTWARE, "gh-epic-label"),
            FieldKind::Organisations => (
                "array",
                Some("sd-customerorganization"),
                SERVICE,
                "sd-customer-organizations",
            ),
            FieldKind::RequestType => ("sd-customerrequesttype", None, SERVICE, "vp-origin"),
        }
    }
}

/// An allowed value of a select field, with its own values when it cascades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// The values below it.
    pub children: Vec<String>,
}

/// A custom field.
#[derive(Debug, Clone)]
pub struct CustomField {
    /// `customfield_10039`
    pub id: String,
    /// What people read.
    pub name: String,
    /// What it holds.
    pub kind: FieldKind,
    /// The values a select field takes.
    pub choices: Vec<Choice>,
}

impl CustomField {
    /// A field without choices.
    pub fn new(id: &str, name: &str, kind: FieldKind) -> CustomField {
        CustomField {
            id: id.to_owned(),
            name: name.to_owned(),
            kind,
            choices: Vec::new(),
        }
    }

    /// The same field with one more allowed value.
    #[must_use]
    pub fn choice(mut self, value: &str, children: &[&str]) -> CustomField {
        let children = children.iter().map(|child| (*child).to_owned()).collect();
        self.choices.push(Choice {
            value: value.to_owned(),
            children,
        });
        self
    }

    /// Its schema as Jira describes it.
    pub(crate) fn schema(&self) -> Value {
        let (kind, items, origin, custom) = self.kind.names();
        let number = self.id.trim_start_matches("customfield_");
        let mut schema = json!({
            "type": kind,
            "custom": format!("{origin}:{custom}"),
            "customId": number.parse::<u64>().ok(),
        });
        if let Some(items) = items {
            schema["items"] = json!(items);
        }
        schema
    }

    /// One field of each kind that Jira brings along and people use most.
    pub(super) fn samples() -> Vec<CustomField> {
        use FieldKind as Kind;
        vec![
            CustomField::new("customfield_10030", "Affected system", Kind::Text),
            CustomField::new("customfield_10031", "Impact", Kind::Paragraph),
            CustomField::new("customfield_10032", "Risk score", Kind::Number),
            CustomField::new("customfield_10033", "Detected on", Kind::Date),
            CustomField::new("customfield_10034", "First seen", Kind::DateTime),
            CustomField::new("customfield_10039", "Team", Kind::Select)
                .choice("SOC", &[])
                .choice("CERT", &[])
                .choice("IT", &[]),
            CustomField::new("customfield_10040", "Sources", Kind::MultiSelect)
                .choice("OpenCTI", &[])
                .choice("Splunk", &[])
                .choice("Mail", &[]),
            CustomField::new("customfield_10041", "Location", Kind::Cascading)
                .choice("Europe", &["Berlin", "Paris"])
                .choice("Asia", &["Tokyo"]),
            CustomField::new("customfield_10042", "Affected user", Kind::User),
            CustomField::new("customfield_10043", "Tactics", Kind::Labels),
            CustomField::new("customfield_10044", "Reference", Kind::Url),
        ]
    }
    /// One field of each other kind: of Jira's own, Jira Software's and Jira
    /// Service Management's.
    pub(super) fn more_samples() -> Vec<CustomField> {
        use FieldKind as Kind;
        vec![
            CustomField::new("customfield_10011", "Epic Name", Kind::EpicName),
            CustomField::new("customfield_10014", "Epic Link", Kind::EpicLink),
            CustomField::new("customfield_10020", "Sprint", Kind::Sprint)
                .choice("Sprint 1", &[])
                .choice("Sprint 2", &[]),
            CustomField::new("customfield_10002", "Organizations", Kind::Organisations)
                .choice("Finance", &[])
                .choice("Legal", &[]),
            CustomField::new("customfield_10010", "Request Type", Kind::RequestType)
                .choice("soc/incident", &[])
                .choice("soc/question", &[]),
            CustomField::new("customfield_10045", "Shift", Kind::RadioButtons)
                .choice("Day", &[])
                .choice("Night", &[]),
            CustomField::new("customfield_10046", "Steps done", Kind::Checkboxes)
                .choice("Contained", &[])
                .choice("Reported", &[]),
            CustomField::new("customfield_10047", "Group", Kind::Group).choice("soc-analysts", &[]),
            CustomField::new("customfield_10048", "Home project", Kind::Project),
            CustomField::new("customfield_10049", "Release", Kind::Version).choice("1.0", &[]),
        ]
    }
}
