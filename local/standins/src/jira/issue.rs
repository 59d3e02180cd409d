//! What a stored issue looks like to a test.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde_json::{Map, Value};

use super::adf;

/// An issue as stored.
#[derive(Debug, Clone)]
pub struct Issue {
    /// `10105`
    pub id: String,
    /// `SOC-105`
    pub key: String,
    /// Its fields as Jira would answer them; rich text as it was sent.
    pub fields: Map<String, Value>,
    /// Its properties.
    pub properties: BTreeMap<String, Value>,
    /// Its comments, oldest first.
    pub comments: Vec<Comment>,
    /// Its links to the outside.
    pub remote_links: Vec<RemoteLink>,
    /// Its links to other issues.
    pub links: Vec<IssueLink>,
    /// The status's name in English: `To Do`, `In Progress`, `Done`.
    pub status: String,
    /// `new`, `indeterminate` or `done`.
    pub status_category: String,
    /// What was changed after it was created, oldest first.
    pub changes: Vec<Change>,
    /// When it was created.
    pub created: SystemTime,
    /// When it was last changed.
    pub updated: SystemTime,
}

/// A comment.
#[derive(Debug, Clone)]
pub struct Comment {
    /// Its id.
    pub id: String,
    /// Who wrote it, by display name.
    pub author: String,
    /// Who changed it last, by display name.
    pub updated_by: String,
    /// Its body as sent: text or an ADF document.
    pub body: Value,
    /// Its properties.
    pub properties: BTreeMap<String, Value>,
    /// When it was written.
    pub created: SystemTime,
    /// When its body was last changed.
    pub updated: SystemTime,
}

impl Comment {
    /// The comment's plain text.
    pub fn text(&self) -> String {
        adf::plain(&self.body)
    }

    /// Whether the property `sd.public.comment` keeps it from customers
    /// (facts/two-way.md, section 1).
    pub fn is_internal(&self) -> bool {
        let property = self.properties.get("sd.public.comment");
        property.and_then(|it| it.get("internal")) == Some(&Value::Bool(true))
    }
}

/// A link to the outside.
#[derive(Debug, Clone)]
pub struct RemoteLink {
    /// Its id.
    pub id: u64,
    /// What makes a second one an update.
    pub global_id: Option<String>,
    /// `{"url", "title", …}`
    pub object: Value,
    /// `mentioned in`, say.
    pub relationship: Option<String>,
}

/// A link to another issue, as it was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssueLink {
    /// `Duplicate`
    pub kind: String,
    /// The issue at the inward end.
    pub inward: String,
    /// The issue at the outward end.
    pub outward: String,
}

/// One field's change.
#[derive(Debug, Clone)]
pub struct Change {
    /// When.
    pub at: SystemTime,
    /// By whom, by display name.
    pub author: String,
    /// The field's id.
    pub field: String,
    /// The value before.
    pub from: Value,
    /// The value after.
    pub to: Value,
}

impl Issue {
    /// A field's value; null when it has none.
    pub fn field(&self, id: &str) -> &Value {
        self.fields.get(id).unwrap_or(&Value::Null)
    }

    /// The comments that a service desk mails to the customer: all that are not
    /// internal. None outside a service desk.
    pub fn mailed(&self) -> Vec<&Comment> {
        let kind = self.field("project").get("projectTypeKey");
        let desk = kind.and_then(Value::as_str) == Some("service_desk");
        let comments = self.comments.iter().filter(|_| desk);
        comments.filter(|comment| !comment.is_internal()).collect()
    }

    /// The summary.
    pub fn summary(&self) -> &str {
        self.field("summary").as_str().unwrap_or_default()
    }

    /// The description's plain text, whether it is wiki markup or ADF.
    pub fn description(&self) -> String {
        adf::plain(self.field("description"))
    }

    /// The labels, in alphabetical order as Jira answers them.
    pub fn labels(&self) -> Vec<&str> {
        let labels = self.field("labels").as_array();
        labels
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    /// The issue type's name.
    pub fn issue_type(&self) -> &str {
        self.name_of("issuetype")
    }

    /// The priority's name.
    pub fn priority(&self) -> &str {
        self.name_of("priority")
    }

    /// The project's key.
    pub fn project(&self) -> &str {
        self.field("project")
            .get("key")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn name_of(&self, field: &str) -> &str {
        self.field(field)
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }
}
