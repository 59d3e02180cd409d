//! The walk of one event through the rooms: claim, plan, do, remember.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::answer::{EntityRef, IssueRef, Outcome, OutcomeKind, Problem};
use crate::config::Config;
use crate::event::Event;
use crate::intake::Received;
use crate::jira::{Client, JiraError};
use crate::ledger::{self, Claimed, LedgerError, Ticket};
use crate::log::{Level, Log};
use crate::plan::steps::Step;
use crate::plan::{Plan, plan};
use crate::platform::Ports;

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
}

/// An event that was neither done nor kept: the sender must be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Jira did not do it.
    Jira(JiraError),
    /// The store did not remember it.
    Ledger(LedgerError),
    /// Another delivery has been working on the same entity all the while.
    Busy,
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
        Received::Event(event) => (Some((&event.entity).into()), walk(context, &event).await),
    };
    let ms = context.ports.clock.now_ms().saturating_sub(started);
    match &result {
        Ok(outcome) => log_outcome(&context.log, outcome, ms),
        Err(failure) => log_failure(&context.log, entity.as_ref(), failure, ms),
    }
    result
}

async fn walk(context: Context<'_>, event: &Event) -> Result<Outcome, Failure> {
    let steps = match plan(event, context.config) {
        Plan::Ignore(reason) => {
            return Ok(Outcome::ignored(Some((&event.entity).into()), reason));
        }
        Plan::Do(steps) => steps,
    };
    let client = Client::new(context.ports, &context.config.jira);
    let claim = match ledger::claim(context.ports, &event.entity.id).await? {
        Claimed::Mine(claim) => claim,
        Claimed::Filed(ticket) => {
            return Ok(outcome(OutcomeKind::Duplicate, event, &client, &ticket));
        }
        Claimed::Busy => return Err(Failure::Busy),
    };
    match carry_out(&client, &steps).await {
        Ok(ticket) => {
            claim.filed(ticket.clone())?;
            Ok(outcome(OutcomeKind::Created, event, &client, &ticket))
        }
        Err(error) => {
            claim.release()?;
            Err(error.into())
        }
    }
}

async fn carry_out(client: &Client<'_>, steps: &[Step]) -> Result<Ticket, JiraError> {
    let mut ticket = None;
    for step in steps {
        match step {
            Step::Create(fields) => {
                let created = client.create(fields).await?;
                ticket = Some(Ticket {
                    key: created.key,
                    id: created.id,
                });
            }
        }
    }
    ticket.ok_or_else(|| JiraError::Fatal {
        why: "the plan filed no issue".to_owned(),
    })
}

fn outcome(kind: OutcomeKind, event: &Event, client: &Client<'_>, ticket: &Ticket) -> Outcome {
    Outcome {
        kind,
        entity: Some((&event.entity).into()),
        issue: Some(IssueRef {
            key: ticket.key.clone(),
            url: client.browse_url(&ticket.key),
        }),
        reason: None,
    }
}

fn log_outcome(log: &Log<'_>, outcome: &Outcome, ms: u64) {
    let entity = outcome.entity.as_ref();
    log.line(
        Level::Info,
        "delivery",
        &[
            ("outcome", outcome.kind.word().into()),
            ("entity", entity.map(|entity| &*entity.id).into()),
            ("entity_type", entity.map(|entity| &*entity.kind).into()),
            (
                "issue",
                outcome.issue.as_ref().map(|issue| &*issue.key).into(),
            ),
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
        match failure {
            Failure::Jira(JiraError::Retry { after, why }) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, not_kept(&why))
                    .retry_after(after.unwrap_or(DEFAULT_RETRY_AFTER).as_secs())
            }
            Failure::Jira(error) => Self::new(StatusCode::BAD_GATEWAY, not_kept(error.why())),
            Failure::Ledger(error) => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                not_kept(&error.to_string()),
            )
            .retry_after(DEFAULT_RETRY_AFTER.as_secs()),
            Failure::Busy => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                not_kept("another delivery has been working on the same entity all the while"),
            )
            .retry_after(DEFAULT_RETRY_AFTER.as_secs()),
        }
    }
}
