//! What an issue still calls for once it is filed: begun at once, and made good
//! later where it failed.

use super::errands::{self, About};
use super::walk::outcome;
use super::{Context, Failure, late};
use crate::answer::{Outcome, OutcomeKind};
use crate::event::Event;
use crate::ledger::{Claim, Errand, LedgerError, Owed, Ticket, What, breaker};

/// What a new issue calls for is done at once, as far as it can be; the rest
/// is owed.
pub(super) async fn around(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
    ticket: &Ticket,
    fresh: bool,
) {
    let mut owed = claim.owed().cloned().unwrap_or_else(|| Owed {
        event: event.clone(),
        errands: Vec::new(),
        findings: None,
    });
    if fresh {
        let about = About {
            event,
            key: Some(&ticket.key),
            dead: None,
        };
        let calls_for = errands::of_creation(context, event);
        let left = errands::begin(context, about, calls_for).await;
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

/// There is no event, only what is owed.
pub(super) async fn make_good(
    context: Context<'_>,
    mut claim: Claim<'_>,
) -> Result<Outcome, Failure> {
    let Some(mut owed) = claim.owed().cloned() else {
        return Err(Failure::Ledger(LedgerError::Overtaken));
    };
    let now = context.ports.clock.now_ms();
    let mut ticket = claim.ticket().cloned();
    let open = breaker::open(context.ports)?;
    let is_due = |errand: &Errand| {
        let asks_jira = matches!(errand.what, What::Link | What::Findings);
        errand.not_before <= now && !(asks_jira && open.is_some())
    };
    let all = std::mem::take(&mut owed.errands);
    let (due, mut left): (Vec<Errand>, Vec<Errand>) = all.into_iter().partition(is_due);
    if let Some(open) = &open {
        for errand in &mut left {
            errand.not_before = errand.not_before.max(open.until);
        }
    }
    let (findings, due): (Vec<Errand>, Vec<Errand>) = due
        .into_iter()
        .partition(|errand| errand.what == What::Findings);
    let key = ticket.as_ref().map(|ticket| ticket.key.clone());
    let about = About {
        event: &owed.event,
        key: key.as_deref(),
        dead: None,
    };
    left.extend(errands::run(context, about, due).await);
    for errand in findings {
        if let Some(ticket) = &mut ticket {
            left.extend(late::attempt(context, &claim, &mut owed, ticket, errand).await?);
        }
    }
    let still = left.iter().map(|errand| errand.what.word());
    let still = still.collect::<Vec<_>>().join(", ");
    let event = owed.event.clone();
    owed.errands = left;
    claim.owe(owed);
    context.released(claim.finish(ticket)?);
    let (kind, reason) = match still.is_empty() {
        true => (OutcomeKind::Updated, None),
        false => (OutcomeKind::Queued, Some(format!("still owed: {still}"))),
    };
    Ok(outcome(context, kind, &event, key.as_deref(), reason))
}
