//! What Jira tells of itself, in plain words: its answers are read here. Pure.

use serde_json::{Map, Value};

use crate::model::{IssueName, Timestamp};
use crate::tracker::jira::lookup::name_of;
use crate::tracker::jira::transitions;

/// A Jira.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Whether it is Atlassian's own.
    pub is_cloud: bool,
    /// Such as `10.3.0`.
    pub version: String,
    /// When it answered, by its own clock, to the second.
    pub date: Option<Timestamp>,
}

/// Who we are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// What people read.
    pub name: String,
    /// The e-mail address, if it is shown.
    pub email: Option<String>,
    /// Whether it is in use.
    pub is_active: bool,
}

/// A project that we see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// What people read.
    pub name: String,
    /// The names of its issue types.
    pub issue_types: Vec<String>,
}

/// A field of a screen.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreenField {
    /// Such as `customfield_10039`.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whether an issue must have it, and it has no value by itself.
    pub is_required: bool,
    /// The values that it takes, as Jira lists them; none if it takes others as well.
    pub(super) allowed: Vec<Value>,
}

/// An issue by which a workflow is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The issue.
    pub issue: IssueName,
    /// The status that it is in.
    pub status: Status,
}

/// A status of a workflow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Status {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whether it counts as done.
    pub is_done: bool,
}

/// A transition that an issue can take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offered {
    /// Its id.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Where it leads.
    pub to: Status,
    /// The fields that it requires and that nothing fills in, each with its name.
    pub lacking: Vec<(String, String)>,
}

impl Offered {
    /// Whether a setting means it: by its id, its name or the name of its status.
    pub fn is_called(&self, wanted: &str) -> bool {
        let wanted = wanted.to_lowercase();
        let names = [&self.id, &self.name, &self.to.name];
        names.iter().any(|name| name.to_lowercase() == wanted)
    }
}

impl ScreenField {
    /// The names of the values that it takes; none if it takes others as well.
    pub fn allowed(&self) -> Vec<String> {
        let names = self.allowed.iter().filter_map(|value| {
            let name = ["name", "value", "key", "id"].iter();
            name.map(|name| &value[*name]).find_map(Value::as_str)
        });
        names.map(str::to_owned).collect()
    }

    /// A field as create metadata describe it.
    pub(super) fn read(field: &Value) -> Option<Self> {
        let id = field["fieldId"].as_str().or(field["key"].as_str())?;
        let allowed = field["allowedValues"].as_array();
        Some(Self {
            id: id.to_owned(),
            name: text(&field["name"]),
            is_required: field["required"] == true && field["hasDefaultValue"] != true,
            allowed: allowed.cloned().unwrap_or_default(),
        })
    }
}

pub(super) fn site(answer: &Value, date: Option<Timestamp>) -> Site {
    Site {
        is_cloud: answer["deploymentType"] == "Cloud",
        version: text(&answer["version"]),
        date,
    }
}

pub(super) fn account(answer: &Value) -> Account {
    let email = answer["emailAddress"].as_str();
    Account {
        name: text(&answer["displayName"]),
        email: email.filter(|it| !it.is_empty()).map(str::to_owned),
        is_active: answer["active"] != false,
    }
}

pub(super) fn project(answer: &Value) -> Project {
    Project {
        name: text(&answer["name"]),
        issue_types: names(&answer["issueTypes"]),
    }
}

/// The `name` of each entry.
pub(super) fn names(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(|it| it["name"].as_str().map(str::to_owned))
        .collect()
}

/// The keys of projects: Data Center lists them, Cloud in `values`.
pub(super) fn keys(answer: &Value) -> Vec<String> {
    let list = answer.as_array().or(answer["values"].as_array());
    let list = list.into_iter().flatten();
    list.filter_map(|it| it["key"].as_str().map(str::to_owned))
        .collect()
}

/// Those of the permissions that we do not have; what is not told counts as had: older
/// Jiras do not know all.
pub(super) fn lacking(answer: &Value, wanted: &[&'static str]) -> Vec<&'static str> {
    let is_denied = |name: &&&str| answer["permissions"][**name]["havePermission"] == false;
    wanted.iter().filter(is_denied).copied().collect()
}

pub(super) fn samples(answer: &Value) -> Vec<Sample> {
    let issues = answer["issues"].as_array().into_iter().flatten();
    let sample = |issue: &Value| {
        let (key, id) = name_of(issue)?;
        Some(Sample {
            issue: IssueName { key, id },
            status: status(&issue["fields"]["status"]),
        })
    };
    issues.filter_map(sample).collect()
}

/// The statuses of an issue type, of a project's answer.
pub(super) fn statuses(answer: &Value, issue_type: &str) -> Vec<Status> {
    let types = answer.as_array().into_iter().flatten();
    let mut types = types.filter(|it| it["name"] == issue_type);
    let found = types.next().and_then(|it| it["statuses"].as_array());
    found.into_iter().flatten().map(status).collect()
}

pub(super) fn offered(answer: &Value, given: &Map<String, Value>) -> Vec<Offered> {
    let offered = transitions::offered(answer).map(|transition| Offered {
        id: text(&transition["id"]),
        name: text(&transition["name"]),
        to: status(&transition["to"]),
        lacking: transitions::lacking(transition, given)
            .map(|(id, field)| (id.clone(), text(&field["name"])))
            .collect(),
    });
    offered.collect()
}

fn status(status: &Value) -> Status {
    Status {
        id: text(&status["id"]),
        name: text(&status["name"]),
        is_done: transitions::is_done(status),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
