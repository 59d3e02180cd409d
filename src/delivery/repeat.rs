//! An alert that has an issue fires again.

use super::issue::{Done, said, still_ours};
use super::{Context, Failure};
use crate::answer::OutcomeKind;
use crate::config::AfterDone;
use crate::event::Event;
use crate::jira::{Client, JiraError};
use crate::ledger::{Claim, Ticket};
use crate::plan::steps::Target as Goal;
use crate::plan::{Target, repeats};

/// Counts it up on the issue. `None`: it calls for a new issue, and the claim is
/// in the next round already.
pub(super) async fn again(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    event: &Event,
    target: &Target<'_>,
    mut ticket: Ticket,
) -> Result<Option<Done>, Failure> {
    let settings = &context.config.splunk;
    if repeats::is_over(&ticket, settings, context.ports.clock.now_ms()) {
        return begin_anew(context, claim, &ticket);
    }
    let client = Client::connect(context.ports, &context.config.jira).await?;
    still_ours(claim)?;
    let mut notes = Vec::new();
    match client.is_done(&ticket.key).await {
        Ok(false) => {}
        Ok(true) if settings.after_done == AfterDone::New => {
            return begin_anew(context, claim, &ticket);
        }
        Ok(true) => notes.push(match client.transition(&ticket.key, &Goal::Open).await? {
            true => "the issue was done, and is open again".to_owned(),
            false => "the issue is done, and no transition leads out of it".to_owned(),
        }),
        Err(JiraError::Gone { why }) => {
            ticket.firings.take_in(&event.firings);
            let reason = format!("{} is gone or hidden: {why}", ticket.key);
            return Ok(Some(Done::nothing(Some(ticket), reason)));
        }
        Err(error) => return Err(error.into()),
    }
    ticket.firings.take_in(&event.firings);
    count(&client, event, target, context, &mut ticket).await?;
    notes.push(format!("it has fired {} times", ticket.firings.count));
    Ok(Some(Done {
        kind: OutcomeKind::Updated,
        ticket: Some(ticket),
        reason: said(notes),
        fresh: false,
    }))
}

/// The next issue is filed; what was still owed to the one before is let go.
fn begin_anew(
    context: Context<'_>,
    claim: &mut Claim<'_>,
    ticket: &Ticket,
) -> Result<Option<Done>, Failure> {
    for errand in claim.owed().into_iter().flat_map(|owed| &owed.errands) {
        let why = format!("{} of {} was never done", errand.what.word(), ticket.key);
        context.warn("errand_dropped", claim.id(), why);
    }
    claim.renew()?;
    Ok(None)
}

/// One comment counts; it is changed with each firing.
async fn count(
    client: &Client<'_>,
    event: &Event,
    target: &Target<'_>,
    context: Context<'_>,
    ticket: &mut Ticket,
) -> Result<(), Failure> {
    let settings = &context.config.splunk;
    let text = repeats::tell(&event.entity, &ticket.firings, target, settings);
    if let Some(id) = &ticket.counting {
        match client.edit_comment(&ticket.key, id, &text).await {
            // Somebody took it away, or closed it to us.
            Err(JiraError::Gone { .. } | JiraError::Refused { .. }) => {}
            other => return Ok(other?),
        }
    }
    ticket.counting = client.comment(&ticket.key, &text).await?;
    Ok(())
}
