//! A project's types, screen and custom fields.

use std::collections::BTreeSet;

/// The system fields on a new project's screen.
const SCREEN: [&str; 10] = [
    "summary",
    "description",
    "labels",
    "priority",
    "components",
    "assignee",
    "reporter",
    "duedate",
    "environment",
    "parent",
];

/// A project.
#[derive(Debug, Clone)]
pub struct Project {
    /// `SOC`
    pub key: String,
    /// What people read.
    pub name: String,
    /// Its issue types; a name that starts with "Sub-" needs a parent.
    pub issue_types: Vec<String>,
    /// Its components.
    pub components: Vec<String>,
    /// The system fields on its screens; a field that is not here is refused.
    pub screen: BTreeSet<String>,
    /// Its custom fields.
    pub custom_fields: Vec<CustomField>,
    /// Fields that must be given on create, besides summary.
    pub required: BTreeSet<String>,
}

impl Project {
    /// A project with the usual types, components and one custom field of each kind.
    pub fn new(key: &str) -> Project {
        Project {
            key: key.to_owned(),
            name: format!("{key} team"),
            issue_types: ["Task", "Bug", "Incident", "Sub-task"]
                .map(str::to_owned)
                .into(),
            components: ["Detection", "Response", "Intelligence"]
                .map(str::to_owned)
                .into(),
            screen: SCREEN.map(str::to_owned).into(),
            custom_fields: CustomField::samples(),
            required: BTreeSet::new(),
        }
    }

    /// Replaces the issue types.
    #[must_use]
    pub fn issue_types(mut self, names: &[&str]) -> Project {
        self.issue_types = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Replaces the components.
    #[must_use]
    pub fn components(mut self, names: &[&str]) -> Project {
        self.components = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Takes a field, system or custom, off the screen.
    #[must_use]
    pub fn without(mut self, field: &str) -> Project {
        self.screen.remove(field);
        self.custom_fields.retain(|custom| custom.id != field);
        self
    }

    /// Adds a custom field, or replaces the one with the same id.
    #[must_use]
    pub fn custom(mut self, field: CustomField) -> Project {
        self.custom_fields.retain(|custom| custom.id != field.id);
        self.custom_fields.push(field);
        self
    }

    /// Makes a field required on create.
    #[must_use]
    pub fn require(mut self, field: &str) -> Project {
        self.required.insert(field.to_owned());
        self
    }

    /// The custom field with this id, if it is on the screen.
    pub(crate) fn custom_field(&self, id: &str) -> Option<&CustomField> {
        self.custom_fields.iter().find(|field| field.id == id)
    }
}

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
}

impl FieldKind {
    /// Jira's own names: schema type, items of an array, last part of the custom type.
    pub(crate) fn schema(self) -> (&'static str, Option<&'static str>, &'static str) {
        match self {
            FieldKind::Text => ("string", None, "textfield"),
            FieldKind::Paragraph => ("string", None, "textarea"),
            FieldKind::Number => ("number", None, "float"),
            FieldKind::Date => ("date", None, "datepicker"),
            FieldKind::DateTime => ("datetime", None, "datetime"),
            FieldKind::Select => ("option", None, "select"),
            FieldKind::MultiSelect => ("array", Some("option"), "multiselect"),
            FieldKind::Cascading => ("option-with-child", None, "cascadingselect"),
            FieldKind::User => ("user", None, "userpicker"),
            FieldKind::Labels => ("array", Some("string"), "labels"),
            FieldKind::Url => ("string", None, "url"),
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

    /// One field of each kind.
    fn samples() -> Vec<CustomField> {
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
}
