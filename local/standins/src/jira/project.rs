//! A project's types, screens, custom fields, workflow and permissions.

use std::collections::BTreeSet;

use super::custom_field::CustomField;
use super::fields::Purpose;
use super::workflow::Workflow;

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
    /// Fields that are not on the screen for creating.
    pub not_on_create: BTreeSet<String>,
    /// Fields that are not on the screen for editing.
    pub not_on_edit: BTreeSet<String>,
    /// Its security levels; the field `security` is on the screen if there are any.
    pub security_levels: Vec<String>,
    /// Whether it is a service desk (Jira Service Management).
    pub service_desk: bool,
    /// Whether the account may create issues in it at first; see
    /// [`super::JiraStandIn::allow_create`].
    pub may_create: bool,
    /// Permissions that the account lacks, as `mypermissions` tells it; requests are not
    /// refused for them.
    pub lacks: BTreeSet<String>,
    /// Its workflow; the site's usual one if none.
    pub workflow: Option<Workflow>,
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
            not_on_create: BTreeSet::new(),
            not_on_edit: BTreeSet::new(),
            security_levels: Vec::new(),
            service_desk: false,
            may_create: true,
            lacks: BTreeSet::new(),
            workflow: None,
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

    /// Takes a field off the screen for creating only; editing takes it.
    #[must_use]
    pub fn without_on_create(mut self, field: &str) -> Project {
        self.not_on_create.insert(field.to_owned());
        self
    }

    /// Takes a field off the screen for editing only; creating takes it (case
    /// C14).
    #[must_use]
    pub fn without_on_edit(mut self, field: &str) -> Project {
        self.not_on_edit.insert(field.to_owned());
        self
    }

    /// Puts `security` on the screen, with these levels to choose from (case
    /// C08). A project without levels refuses the field.
    #[must_use]
    pub fn security_levels(mut self, names: &[&str]) -> Project {
        self.security_levels = names.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Makes it a service desk, where a comment that is not internal is mailed
    /// to the customer (case C17).
    #[must_use]
    pub fn service_desk(mut self) -> Project {
        self.service_desk = true;
        self
    }

    /// Takes the permission to create issues (issue 11: a refused place).
    #[must_use]
    pub fn no_create(mut self) -> Project {
        self.may_create = false;
        self
    }

    /// Takes a permission, as far as `mypermissions` tells it.
    #[must_use]
    pub fn lacks(mut self, permission: &str) -> Project {
        self.lacks.insert(permission.to_owned());
        self
    }

    /// Gives it a workflow of its own.
    #[must_use]
    pub fn workflow(mut self, workflow: Workflow) -> Project {
        self.workflow = Some(workflow);
        self
    }

    /// Adds a custom field of each kind that is not there from the beginning:
    /// epic, sprint, organisations, request type, group…
    #[must_use]
    pub fn every_kind(mut self) -> Project {
        self.custom_fields.extend(CustomField::more_samples());
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

    /// The custom field with this id.
    pub(crate) fn custom_field(&self, id: &str) -> Option<&CustomField> {
        self.custom_fields.iter().find(|field| field.id == id)
    }

    /// Whether a field, system or custom, is on the screen for this purpose.
    pub(crate) fn shows(&self, field: &str, purpose: Purpose) -> bool {
        let exists = match field {
            "security" => !self.security_levels.is_empty(),
            _ => self.screen.contains(field) || self.custom_field(field).is_some(),
        };
        let hidden = match purpose {
            Purpose::Create => self.not_on_create.contains(field),
            Purpose::Edit => self.not_on_edit.contains(field),
            Purpose::Locked => true,
            // The transition itself says what is on its screen.
            Purpose::Transition => false,
        };
        purpose == Purpose::Transition || (exists && !hidden)
    }
}
