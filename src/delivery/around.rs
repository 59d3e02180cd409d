//! What an issue still calls for once it is filed: begun at once, and made good
//! later where it failed.

use std::time::Duration;

use super::errands::{self, About};
use super::walk::outcome;
use super::{Context, Failure, late};
use crate::answer::{Outcome, OutcomeKind};
use crate::event::Event;
use crate::ledger::{Claim, LedgerError, Ticket, What, breaker};

/// Errands take at most so long.
const ERRANDS: Duration = Duration::from_secs(15);

/// What a new issue calls for is done at once, as far as it can be; the rest
/// is owed.
pub(super) async fn around(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
    ticket: &Ticket,
    fresh: bool,
) {
    let mut owed = claim.owed_about(event);
    if !event.change.ends() {
        // As it is now: it may have been marked more strictly.
        owed.event = event.clone();
    }
    if fresh {
        let about = About {
            event,
            key: Some(&ticket.key),
            dead: None,
        };
        let calls_for = errands::of_creation(context, event);
        let left = match claim.has_time(ERRANDS) {
            true => errands::begin(context, about, calls_for).await,
            false => errands::later(context, calls_for),
        };
        owed.errands.extend(left);
    }
    if !owed
        .errands
        .iter()
        .any(|errand| errand.what == What::Findings)
    {
        let now = context.ports.clock.now_ms();
        owed.errands.extend(late::errand(&ticket.findings, now));
    }
    claim.owe(owed);
}

/// Does what is owed and due. Findings wait until nothing else is: they take
/// long, and what was told must be written down before.
pub(super) async fn make_good(
    context: Context<'_>,
    claim: &mut Claim<'_>,
) -> Result<String, Failure> {
    let Some(mut owed) = claim.owed().cloned() else {
        return Ok(String::new());
    };
    let now = context.ports.clock.now_ms();
    let open = breaker::open(context.ports)?;
    let mut due = Vec::new();
    let mut findings = Vec::new();
    let mut left = Vec::new();
    for mut errand in std::mem::take(&mut owed.errands) {
        let asks_jira = matches!(errand.what, What::Link | What::Findings);
        if let Some(open) = open.as_ref().filter(|_| asks_jira) {
            errand.not_before = errand.not_before.max(open.until);
        }
        match errand.what {
            _ if errand.not_before > now => left.push(errand),
            What::Findings => findings.push(errand),
            _ => due.push(errand),
        }
    }
    let key = claim.ticket().map(|ticket| ticket.key.clone());
    let about = About {
        event: &owed.event,
        key: key.as_deref(),
        dead: None,
    };
    match due.is_empty() {
        true => left.extend(late::attempts(context, claim, &mut owed, findings).await?),
        false => {
            left.extend(errands::run(context, about, due).await);
            left.append(&mut findings);
        }
    }
    let still = left.iter().map(|errand| errand.what.word());
    let still = still.collect::<Vec<_>>().join(", ");
    owed.errands = left;
    claim.owe(owed);
    Ok(still)
}

/// There is no event, only what is owed.
pub(super) async fn only_make_good(
    context: Context<'_>,
    mut claim: Claim<'_>,
) -> Result<Outcome, Failure> {
    let Some(event) = claim.owed().map(|owed| owed.event.clone()) else {
        return Err(Failure::Ledger(LedgerError::Overtaken));
    };
    let still = make_good(context, &mut claim).await?;
    let key = claim.ticket().map(|ticket| ticket.key.clone());
    context.released(claim.finish(None)?);
    let (kind, reason) = match still.is_empty() {
        true => (OutcomeKind::Updated, None),
        false => (OutcomeKind::Queued, Some(format!("still owed: {still}"))),
    };
    Ok(outcome(context, kind, &event, key.as_deref(), reason))
}
