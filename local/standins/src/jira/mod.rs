//! A Jira stand-in: what Cloud (v3 and v2) and Data Center (v2) accept and
//! refuse, over real HTTP on loopback.
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::jira::{Fault, JiraOptions, JiraStandIn, Operation};
//!
//! let jira = JiraStandIn::start(JiraOptions::cloud()).await?;
//! jira.inject(Fault::rate_limited(1).on(Operation::Create));
//! // … let a client work against jira.url() …
//! assert_eq!(jira.issues().len(), 1);
//! assert_eq!(jira.count(Operation::Create), 2);
//! # Ok(())
//! # }
//! ```

pub mod adf;

mod activity;
mod call;
mod faults;
mod fields;
mod issue;
mod issues;
mod jql;
mod links;
mod meta;
mod operation;
mod options;
mod project;
mod refusal;
mod render;
mod routes;
mod search;
mod site;
mod store;
mod workflow;

use std::ops::Deref;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use serde_json::{Map, Value};

use crate::chance::Chance;
pub use crate::faults::Injected;
use crate::server::Request;
use crate::service::StandIn;
pub use faults::{ChaosRates, Fault, FaultKind, Match};
pub use issue::{Change, Comment, Issue, IssueLink, RemoteLink};
pub use operation::Operation;
pub use options::{Credentials, Deployment, JiraOptions, Locale, User};
pub use project::{Choice, CustomField, FieldKind, Project};
pub use site::Site;

/// Who edits when a person does.
const PERSON: &str = "Ada Analyst";

/// A running Jira stand-in; it does what every [`StandIn`] does. Cloning gives
/// another handle to the same one; it stops when the last handle is gone.
#[derive(Clone)]
pub struct JiraStandIn(StandIn<Site>);

impl Deref for JiraStandIn {
    type Target = StandIn<Site>;

    fn deref(&self) -> &StandIn<Site> {
        &self.0
    }
}

impl JiraStandIn {
    /// Starts on a free loopback port.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(options: JiraOptions) -> anyhow::Result<JiraStandIn> {
        JiraStandIn::start_on(0, options).await
    }

    /// Starts on this loopback port.
    ///
    /// # Errors
    /// When the port cannot be bound.
    pub async fn start_on(port: u16, options: JiraOptions) -> anyhow::Result<JiraStandIn> {
        let standin = JiraStandIn(StandIn::start_on(port, Site::new(options)).await?);
        let base = format!("{}{}", standin.url(), standin.options().context_path);
        standin.site().base.get_or_init(|| base);
        Ok(standin)
    }

    fn site(&self) -> &Site {
        self.service()
    }

    /// The setup it was started with.
    pub fn options(&self) -> &JiraOptions {
        &self.site().options
    }

    /// The `Authorization` header that is let in.
    pub fn authorization(&self) -> String {
        self.site().options.credentials.header()
    }

    /// Every request for this operation.
    pub fn requests_for(&self, operation: Operation) -> Vec<Request> {
        let asks = |it: &&Request| operation_of(it) == operation;
        self.look(|all| all.iter().filter(asks).cloned().collect())
    }

    /// The operations asked for so far, in order.
    pub fn operations(&self) -> Vec<Operation> {
        self.look(|all| all.iter().map(operation_of).collect())
    }

    /// How many requests asked for this operation.
    pub fn count(&self, operation: Operation) -> usize {
        let operations = self.operations();
        operations.iter().filter(|it| **it == operation).count()
    }

    /// Every issue, in the order of creation.
    pub fn issues(&self) -> Vec<Issue> {
        self.site().store().all().cloned().collect()
    }

    /// An issue by key or id.
    pub fn issue(&self, key: &str) -> Option<Issue> {
        self.site().store().get(key).cloned()
    }

    /// The issues that carry this label.
    pub fn labelled(&self, label: &str) -> Vec<Issue> {
        let mut issues = self.issues();
        issues.retain(|issue| issue.labels().contains(&label));
        issues
    }

    /// Lets things go wrong at random, the same way for the same seed and the
    /// same order of requests.
    pub fn inject_chaos(&self, seed: u64, rates: ChaosRates) {
        *self.site().chaos() = Some((Chance::new(seed), rates));
    }

    /// Ends all faults.
    pub fn clear_faults(&self) {
        self.0.clear_faults();
        *self.site().chaos() = None;
    }

    /// Lets the account in again after too many bad logins.
    pub fn unlock(&self) {
        self.site().bad_logins.store(0, Ordering::SeqCst);
    }

    /// A person edits an issue in the browser: no check but that it exists.
    /// A `status` may be set by its English name. False when there is no such
    /// issue.
    pub fn edit(&self, key: &str, work: impl FnOnce(&mut Map<String, Value>)) -> bool {
        let mut store = self.site().store();
        let Some(issue) = store.get_mut(key) else {
            return false;
        };
        let mut after = issue.fields.clone();
        work(&mut after);
        let status = after.remove("status");
        let gone: Vec<String> = issue
            .fields
            .keys()
            .filter(|field| !after.contains_key(*field))
            .cloned()
            .collect();
        for (field, value) in after {
            issue.set(PERSON, &field, value);
        }
        for field in gone {
            issue.set(PERSON, &field, Value::Null);
        }
        let status = status
            .as_ref()
            .and_then(Value::as_str)
            .and_then(workflow::status);
        if let Some(status) = status {
            activity::arrive(issue, PERSON, status);
        }
        store.index(key);
        true
    }

    /// A person files an issue with these fields, unchecked; answers its key.
    pub fn file(&self, project: &str, fields: Value) -> String {
        let mut known = Map::new();
        if let Some(project) = self.site().project(project) {
            known.insert("project".to_owned(), self.site().project_json(project));
            if let Some(first) = project.issue_types.first() {
                let first = self.site().issue_type_json(project, first);
                known.insert("issuetype".to_owned(), first);
            }
        }
        if let Value::Object(fields) = fields {
            known.extend(fields);
        }
        let mut store = self.site().store();
        let key = store.create(project, known).key.clone();
        store.index(&key);
        key
    }

    /// A person moves an issue to another project; answers the new key. The
    /// old key still leads to the issue.
    pub fn move_issue(&self, key: &str, project: &str) -> Option<String> {
        let moved = self.site().project(project)?;
        let mut store = self.site().store();
        let new_key = store.rename(key, project)?;
        let issue = store.get_mut(key)?;
        issue.set(PERSON, "project", self.site().project_json(moved));
        store.index(key);
        Some(new_key)
    }

    /// A person moves an issue to a status by its name, whatever the workflow
    /// allows. False when there is no such issue or status.
    pub fn move_to(&self, key: &str, status: &str) -> bool {
        let mut store = self.site().store();
        let Some((issue, status)) = store.get_mut(key).zip(workflow::status(status)) else {
            return false;
        };
        activity::arrive(issue, PERSON, status);
        store.index(key);
        true
    }

    /// A person deletes a comment. False when there is no such comment.
    pub fn delete_comment(&self, key: &str, id: &str) -> bool {
        let mut store = self.site().store();
        let Some(issue) = store.get_mut(key) else {
            return false;
        };
        let before = issue.comments.len();
        issue.comments.retain(|comment| comment.id != id);
        let deleted = issue.comments.len() < before;
        if deleted {
            issue.updated = SystemTime::now();
            store.index(key);
        }
        deleted
    }

    /// A person deletes an issue. False when there is no such issue.
    pub fn delete(&self, key: &str) -> bool {
        self.site().store().delete(key).is_some()
    }
}

fn operation_of(request: &Request) -> Operation {
    Operation::of_path(&request.method, &request.path)
}

#[cfg(test)]
mod tests;
