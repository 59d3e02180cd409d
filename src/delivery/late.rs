//! What others know and did not say in time: asked for again, and added to the
//! issue as one comment.

use std::time::Duration;

use super::errands::{Setback, put_off};
use super::issue::still_ours;
use super::{Context, Failure};
use crate::enrich;
use crate::event::Findings;
use crate::jira::{Client, JiraError};
use crate::ledger::{Claim, Errand, Owed, Ticket, What};
use crate::plan::{Target, findings};

/// How long a later attempt may take: managed clouds end a request after 30 s.
const PASS: Duration = Duration::from_secs(20);
/// After this long, what is there is told, and the rest is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(3600);

/// After this long, Jira is not told any more.
const TELL_UNTIL: Duration = Duration::from_secs(24 * 3600);

/// The errand that missing findings call for.
pub(super) fn errand(findings: &Findings, now: u64) -> Option<Errand> {
    let pauses = findings.missing.iter().filter_map(|it| it.again_after);
    let pause = pauses.min()?;
    Some(Errand {
        attempts: 1,
        not_before: now + pause.saturating_mul(1000),
        ..Errand::new(What::Findings, now)
    })
}

/// Another attempt: the errands, if something is still to come.
pub(super) async fn attempts(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    owed: &mut Owed,
    errands: Vec<Errand>,
) -> Result<Vec<Errand>, Failure> {
    let mut left = Vec::new();
    for errand in errands {
        if let Some(mut ticket) = claim.ticket().cloned() {
            left.extend(attempt(context, claim, owed, &mut ticket, errand).await?);
            claim.adopt(ticket);
        }
    }
    Ok(left)
}

async fn attempt(
    context: Context<'_>,
    claim: &Claim<'_>,
    owed: &mut Owed,
    ticket: &mut Ticket,
    errand: Errand,
) -> Result<Option<Errand>, Failure> {
    let now = context.ports.clock.now_ms();
    let last = now.saturating_sub(errand.since) > GIVE_UP_AFTER.as_millis() as u64;
    let mut entity = owed.event.entity.clone();
    let found = owed.findings.take();
    entity.findings = found.unwrap_or_else(|| ticket.findings.clone());
    if Target::pick(&owed.event, context.config).map_or(true, |target| target.is_withheld()) {
        // It was marked more strictly meanwhile.
        close(&mut ticket.findings);
        return Ok(None);
    }
    let round = enrich::Round {
        time: PASS,
        patient: !last,
    };
    enrich::ask_others(
        context.ports,
        &context.config.enrichment,
        &mut entity,
        round,
    )
    .await;
    if entity.findings.are_incomplete() && !last {
        let why = reasons(&entity.findings);
        let setback = Setback::Later(errand_pause(&entity.findings), why);
        return Ok(put_off(context, &entity.id, errand, setback, GIVE_UP_AFTER));
    }
    close(&mut entity.findings);
    match tell(context, claim, ticket, &entity.findings).await {
        Err(Failure::Jira(error)) => {
            let setback = match error {
                JiraError::Refused { .. } | JiraError::Fatal { .. } => error.into(),
                // A login that is mended meanwhile helps as well.
                error => Setback::Later(None, error.why().to_owned()),
            };
            let left = put_off(context, &entity.id, errand, setback, TELL_UNTIL);
            match left.is_some() {
                true => owed.findings = Some(entity.findings),
                false => close(&mut ticket.findings),
            }
            Ok(left)
        }
        other => other.map(|()| None),
    }
}

fn reasons(findings: &Findings) -> String {
    let missing = findings.missing.iter();
    let why: Vec<String> = missing
        .map(|it| format!("{}: {}", it.part, it.why))
        .collect();
    why.join("; ")
}

/// What is missing now will not come.
fn close(findings: &mut Findings) {
    for missing in &mut findings.missing {
        missing.again_after = None;
    }
}

fn errand_pause(findings: &Findings) -> Option<Duration> {
    let pauses = findings.missing.iter().filter_map(|it| it.again_after);
    pauses.max().map(Duration::from_secs)
}

/// Tells what is new, and what will not come.
async fn tell(
    context: Context<'_>,
    claim: &Claim<'_>,
    ticket: &mut Ticket,
    found: &Findings,
) -> Result<(), Failure> {
    let known = &ticket.findings;
    let news = Findings {
        verdicts: found
            .verdicts
            .iter()
            .filter(|verdict| !known.verdicts.contains(verdict))
            .cloned()
            .collect(),
        analysis: found.analysis.clone().filter(|_| known.analysis.is_none()),
        // What will never come was said when the issue was filed.
        missing: found
            .missing
            .iter()
            .filter(|missing| !known.missing.contains(missing))
            .cloned()
            .collect(),
    };
    if !news.is_empty() {
        let client = Client::connect(context.ports, &context.config.jira).await?;
        still_ours(claim)?;
        match client.comment(&ticket.key, &findings::late(&news)).await {
            // Nobody is left to read it.
            Err(JiraError::Gone { .. }) => {}
            other => drop(other?),
        }
    }
    ticket.findings = found.clone();
    Ok(())
}
