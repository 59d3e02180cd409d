//! The walk of one event through the rooms, and what is said of it afterwards
//! to the sender and in the log.

mod adopt;
mod afterwards;
mod around;
mod dry_run;
mod errands;
mod issue;
mod late;
#[cfg(any(test, not(feature = "atomics")))]
mod reconcile;
mod repeat;
mod verdict;
mod walk;
mod work;

use std::cell::RefCell;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::answer::{EntityRef, Outcome, Problem};
use crate::config::Config;
use crate::intake::Received;
use crate::jira::JiraError;
use crate::ledger::{LedgerError, Released};
use crate::log::{Level, Log};
use crate::platform::Ports;

pub use afterwards::{afterwards, retry_pass};
pub use dry_run::dry_run;
pub use verdict::GIVE_UP_AFTER;

/// What a sender should wait when nobody says how long.
const DEFAULT_RETRY_AFTER: Duration = Duration::from_secs(30);

/// What a delivery works with.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The world.
    pub ports: Ports<'a>,
    /// The settings.
    pub config: &'a Config,
    /// The log.
    pub log: Log<'a>,
    /// Claims that were given up and are to be tidied up after.
    pub released: &'a RefCell<Vec<Released>>,
}

impl Context<'_> {
    fn released(&self, released: Released) {
        self.released.borrow_mut().push(released);
    }

    fn next_released(&self) -> Option<Released> {
        self.released.borrow_mut().pop()
    }

    /// Something went wrong that does not fail the delivery.
    fn warn(&self, event: &str, entity: &str, reason: impl ToString) {
        self.log.line(
            Level::Warn,
            event,
            &[
                ("entity", entity.into()),
                ("reason", reason.to_string().into()),
            ],
        );
    }
}

/// An event that was neither done nor kept: the sender must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Jira did not do it.
    Jira(JiraError),
    /// The store did not remember it.
    Ledger(LedgerError),
}

impl From<JiraError> for Failure {
    fn from(error: JiraError) -> Self {
        Self::Jira(error)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Self {
        Self::Ledger(error)
    }
}

/// Deals with one thing that a request told, and logs what became of it.
pub async fn deliver(context: Context<'_>, received: Received) -> Result<Outcome, Failure> {
    let started = context.ports.clock.now_ms();
    let (entity, result) = match received {
        Received::Nothing { entity, reason } => {
            (entity.clone(), Ok(Outcome::ignored(entity, reason)))
        }
        Received::Event(mut event) => {
            event.firings.came_at(started);
            let entity = Some((&event.entity).into());
            (entity, walk::walk(context, &event).await)
        }
    };
    let ms = context.ports.clock.now_ms().saturating_sub(started);
    match &result {
        Ok(outcome) => log_outcome(&context.log, "delivery", outcome, ms),
        Err(failure) => log_failure(&context.log, entity.as_ref(), failure, ms),
    }
    result
}

fn log_outcome(log: &Log<'_>, event: &str, outcome: &Outcome, ms: u64) {
    let entity = outcome.entity.as_ref();
    let issue = outcome.issue.as_ref();
    log.line(
        Level::Info,
        event,
        &[
            ("outcome", outcome.kind.word().into()),
            ("entity", entity.map(|entity| &*entity.id).into()),
            ("entity_type", entity.map(|entity| &*entity.kind).into()),
            ("issue", issue.map(|issue| &*issue.key).into()),
            ("reason", outcome.reason.as_deref().into()),
            ("ms", ms.into()),
        ],
    );
}

fn log_failure(log: &Log<'_>, entity: Option<&EntityRef>, failure: &Failure, ms: u64) {
    let problem = Problem::from(failure.clone());
    log.line(
        Level::Error,
        "delivery",
        &[
            ("outcome", "failed".into()),
            ("entity", entity.map(|entity| &*entity.id).into()),
            ("entity_type", entity.map(|entity| &*entity.kind).into()),
            ("reason", problem.detail().into()),
            ("status", problem.status().as_u16().into()),
            ("ms", Value::from(ms)),
        ],
    );
}

impl From<Failure> for Problem {
    /// 503 where another try may help, 502 where a person must look first.
    fn from(failure: Failure) -> Self {
        let not_kept = |why: &str| format!("{why}. The event was not kept");
        let later = |why: &str, after: Duration| {
            Self::new(StatusCode::SERVICE_UNAVAILABLE, not_kept(why)).retry_after(after.as_secs())
        };
        match failure {
            Failure::Jira(JiraError::Retry { after, why, .. }) => {
                later(&why, after.unwrap_or(DEFAULT_RETRY_AFTER))
            }
            Failure::Jira(error) => Self::new(StatusCode::BAD_GATEWAY, not_kept(error.why())),
            Failure::Ledger(error) => later(&error.to_string(), DEFAULT_RETRY_AFTER),
        }
    }
}
