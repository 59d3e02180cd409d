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
//!
//! What differs from one Jira to the next is set up, what happens to one is
//! done to it, what stands in between is a fault:
//!
//! ```no_run
//! # async fn example() -> anyhow::Result<()> {
//! use jira_intake_standins::jira::{Fault, JiraOptions, JiraStandIn, Project, RetryAfter, Workflow};
//!
//! let workflow = Workflow::line(&["Open", "Fixing", "Closed"])
//!     .need("Closed", "resolution", &["Done"])
//!     .not_editable("Closed");
//! let soc = Project::new("SOC").workflow(workflow).service_desk();
//! let jira = JiraStandIn::start(JiraOptions::data_center().project(soc)).await?;
//! jira.forbid_create("SOC");
//! jira.inject(Fault::waf().issue("SOC-101").always());
//! jira.inject(Fault::later(503, RetryAfter::A_DAY).times(2));
//! # Ok(())
//! # }
//! ```
//!
//! What happens can be told to webhooks; see [`Webhook`].

pub mod adf;

mod call;
mod comments;
mod custom_field;
mod custom_values;
mod faults;
mod fields;
mod issue;
mod issues;
mod jql;
mod links;
mod meta;
mod names;
mod operation;
mod options;
mod people;
mod project;
mod properties;
mod refusal;
mod render;
mod routes;
mod screens;
mod search;
mod site;
mod store;
mod transitions;
mod webhooks;
mod workflow;

use std::ops::Deref;
use std::sync::atomic::Ordering;

use crate::chance::Chance;
pub use crate::faults::Injected;
use crate::server::Request;
use crate::service::StandIn;
pub use custom_field::{Choice, CustomField, FieldKind};
pub use faults::{ChaosRates, Fault, FaultKind, Match, RetryAfter};
pub use issue::{Change, Comment, Issue, IssueLink, RemoteLink};
pub use operation::Operation;
pub use options::{Credentials, Deployment, JiraOptions, Locale, User};
pub use project::Project;
pub use site::Site;
pub use webhooks::{Body, Delivery, Webhook};
pub use workflow::{ScreenField, Status, Transition, Workflow};

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

    /// The token expires. On Cloud search then answers 200 with nothing, issues
    /// and projects are 404, a create is a 400 that names `pid`, `field` and
    /// `mypermissions` answer as to nobody, and `myself` is 401 (facts/jira.md,
    /// "Authentication"); for a `myself` of 404 add [`Fault::hidden`]. Data Center
    /// answers 401 to everything.
    pub fn expire_token(&self) {
        self.site().expired.store(true, Ordering::SeqCst);
    }

    /// The token is good again.
    pub fn renew_token(&self) {
        self.site().expired.store(false, Ordering::SeqCst);
    }

    /// Takes the permission to create issues in a project: `mypermissions` says
    /// so, a create is a 400 that names no field (issue 11).
    pub fn forbid_create(&self, project: &str) {
        self.site().no_create().insert(project.to_owned());
    }

    /// Gives the permission to create issues in a project.
    pub fn allow_create(&self, project: &str) {
        self.site().no_create().remove(project);
    }
}

fn operation_of(request: &Request) -> Operation {
    Operation::of_path(&request.method, &request.path)
}

#[cfg(test)]
mod tests;
