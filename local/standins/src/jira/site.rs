//! One Jira site: its setup, its data, its mishaps, and the small questions
//! every endpoint asks about them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::{Value, json};

use super::faults::ChaosRates;
use super::issue::Issue;
use super::options::{Deployment, JiraOptions, Locale, User};
use super::project::Project;
use super::store::Store;
use super::webhooks::Webhooks;
use super::workflow::{Status, Workflow};
use crate::chance::Chance;

/// Jira numbers many things from here.
const FIRST_ID: usize = 10_000;

/// Everything the endpoints share: the service that [`super::JiraStandIn`]
/// plays.
pub struct Site {
    pub(crate) options: JiraOptions,
    /// `http://127.0.0.1:PORT/context`, known once the port is.
    pub(crate) base: OnceLock<String>,
    /// Wrong credentials in a row.
    pub(crate) bad_logins: AtomicUsize,
    /// Whether the token has expired.
    pub(crate) expired: AtomicBool,
    /// The workflow of projects without one of their own.
    usual: Workflow,
    /// The projects in which the account may not create, by key.
    no_create: Mutex<BTreeSet<String>>,
    store: Mutex<Store>,
    /// Who is told of what happens.
    pub(crate) webhooks: Webhooks,
    chaos: Mutex<Option<(Chance, ChaosRates)>>,
}

/// Which API a request speaks: they differ in how rich text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    /// Wiki markup.
    V2,
    /// ADF.
    V3,
}

impl Site {
    pub(crate) fn new(options: JiraOptions) -> Site {
        let closed = options.projects.iter().filter(|it| !it.may_create);
        Site {
            expired: AtomicBool::new(false),
            usual: Workflow::usual(&options),
            no_create: Mutex::new(closed.map(|it| it.key.clone()).collect()),
            chaos: Mutex::default(),
            webhooks: Webhooks::default(),
            store: Mutex::new(Store::new(options.index_lag)),
            base: OnceLock::new(),
            bad_logins: AtomicUsize::new(0),
            options,
        }
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong at random.
    pub(crate) fn chaos(&self) -> MutexGuard<'_, Option<(Chance, ChaosRates)>> {
        self.chaos.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The projects in which the account may not create.
    pub(crate) fn no_create(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.no_create
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The workflow of a project.
    pub(crate) fn workflow(&self, project: &str) -> &Workflow {
        let own = self.project(project).and_then(|it| it.workflow.as_ref());
        own.unwrap_or(&self.usual)
    }

    /// A status of any workflow, by name or id.
    pub(crate) fn status_named(&self, named: &str) -> Option<&Status> {
        let projects = self.options.projects.iter();
        let mut all = projects.map(|project| self.workflow(&project.key));
        all.find_map(|workflow| workflow.status(named))
    }

    /// The status of an issue.
    pub(crate) fn status_of(&self, issue: &Issue) -> Option<&Status> {
        let own = self.workflow(issue.project()).status(&issue.status);
        own.or_else(|| self.status_named(&issue.status))
    }

    pub(crate) fn is_cloud(&self) -> bool {
        self.options.deployment == Deployment::Cloud
    }

    pub(crate) fn locale(&self) -> Locale {
        self.options.locale
    }

    /// How long Jira takes a text to be.
    pub(crate) fn length(&self, text: &str) -> usize {
        match self.options.utf16_lengths {
            true => text.encode_utf16().count(),
            false => text.chars().count(),
        }
    }

    /// `http://127.0.0.1:PORT/context/rest/api/2/` and what follows.
    pub(crate) fn link(&self, api: Api, rest: &str) -> String {
        let base = self.base.get().map(String::as_str).unwrap_or_default();
        let version = if api == Api::V3 { 3 } else { 2 };
        format!("{base}/rest/api/{version}/{rest}")
    }

    /// A project by key or id.
    pub(crate) fn project(&self, key_or_id: &str) -> Option<&Project> {
        self.options
            .projects
            .iter()
            .enumerate()
            .find_map(|(index, project)| {
                (project.key == key_or_id || number(index) == key_or_id).then_some(project)
            })
    }

    pub(crate) fn project_id(&self, project: &Project) -> String {
        id_in(
            self.options.projects.iter().map(|known| &known.key),
            &project.key,
        )
    }

    /// The user whose credentials are let in.
    pub(crate) fn me(&self) -> User {
        let first = self.options.users.first().cloned();
        first.unwrap_or_else(|| User::new("intake", "Jira Intake"))
    }

    /// A user by display name, as answers show one.
    pub(crate) fn user_named(&self, display_name: &str) -> Value {
        let mut users = self.options.users.iter();
        match users.find(|user| user.display_name == display_name) {
            Some(user) => self.user_json(user),
            None => json!({"displayName": display_name}),
        }
    }

    /// A user as answers show one.
    pub(crate) fn user_json(&self, user: &User) -> Value {
        let mut shown = json!({
            "displayName": user.display_name, "emailAddress": user.email, "active": true,
        });
        match self.options.deployment {
            Deployment::Cloud => {
                shown["accountId"] = json!(user.account_id);
                shown["accountType"] = json!("atlassian");
            }
            Deployment::DataCenter => {
                shown["name"] = json!(user.name);
                shown["key"] = json!(user.name);
            }
        }
        shown
    }

    pub(crate) fn priority_json(&self, name: &str) -> Value {
        let position = self
            .options
            .priorities
            .iter()
            .position(|known| known == name);
        json!({"id": (position.unwrap_or_default() + 1).to_string(), "name": name})
    }

    pub(crate) fn resolution_json(&self, name: &str) -> Value {
        json!({"id": id_in(self.options.resolutions.iter(), name), "name": name})
    }

    pub(crate) fn level_json(&self, project: &Project, name: &str) -> Value {
        json!({"id": id_in(project.security_levels.iter(), name), "name": name})
    }

    pub(crate) fn issue_type_json(&self, project: &Project, name: &str) -> Value {
        let id = id_in(project.issue_types.iter(), name);
        json!({"id": id, "name": name, "subtask": is_subtask(name)})
    }

    pub(crate) fn component_json(&self, project: &Project, name: &str) -> Value {
        json!({"id": id_in(project.components.iter(), name), "name": name})
    }

    pub(crate) fn project_json(&self, project: &Project) -> Value {
        let kind = match project.service_desk {
            true => "service_desk",
            false => "software",
        };
        json!({
            "id": self.project_id(project),
            "key": project.key,
            "name": project.name,
            "projectTypeKey": kind,
        })
    }
}

/// Whether an issue type needs a parent.
pub(crate) fn is_subtask(issue_type: &str) -> bool {
    issue_type.starts_with("Sub-")
}

/// The id that belongs to a position in a list.
pub(crate) fn number(index: usize) -> String {
    (FIRST_ID + index).to_string()
}

fn id_in<'a>(mut names: impl Iterator<Item = &'a String>, name: &str) -> String {
    number(names.position(|known| known == name).unwrap_or_default())
}

/// A number as Jira writes it in a text: `32,767`, in German `32.767`.
pub(crate) fn grouped(number: usize, locale: Locale) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push_str(&locale.say(",", "."));
        }
        out.push(digit);
    }
    out
}
