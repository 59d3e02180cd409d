//! A create without an answer: was it carried out?

use std::time::Duration;

use super::failure::{Failure, reason_or_failure};
use crate::context::Context;
use crate::decide::{applied, fields, idempotency_label, repeats};
use crate::model::{Enrichment, IssueRecord, Scope};
use crate::store::Sent;
use crate::tracker::TrackerError;

/// The longest time until the next look.
const PAUSE: Duration = Duration::from_secs(10);

/// Looks whether a create that may have been carried out was: its issue
/// becomes the entity's. An empty search counts only once the index has had
/// time to catch up.
pub(super) async fn look_first(
    context: Context<'_>,
    sent: &Sent,
    enrichment: Enrichment,
) -> Result<Option<IssueRecord>, Failure> {
    let target = match context.target(&sent.event) {
        Ok(target) => target,
        Err(not_filed) => return reason_or_failure(not_filed).map(|_| None),
    };
    let mut entity = sent.event.entity.clone();
    entity.enrichment = enrichment;
    repeats::note(&mut entity, sent.event.firings());
    let mapped = fields::map(&entity, &target);
    let label = idempotency_label(&entity.key(), entity.sequence);
    let found = context.tracker.find(&entity.key(), &label).await?;
    let says_so = found.iter().position(|found| found.says_so);
    let Some(found) = found.into_iter().nth(says_so.unwrap_or_default()) else {
        let trusted_from = sent.at.after(context.settings.index_lag()?);
        let left = trusted_from.since(context.ports.clock.now());
        return match left.is_zero() {
            true => Ok(None),
            false => Err(Failure::Tracker(TrackerError::Retry {
                after: Some(left.min(PAUSE)),
                scope: Scope::Event,
                why: "a create may have been carried out, and Jira's search does not show it yet"
                    .to_owned(),
            })),
        };
    };
    let description = mapped.fields.text("description");
    let description = description.map(|text| context.tracker.fingerprint(text));
    Ok(Some(IssueRecord {
        key: found.key,
        id: found.id,
        version: sent.event.entity.version,
        applied: applied::of(&sent.event.entity, &target),
        summary: mapped.fields.line("summary").to_owned(),
        description: description.unwrap_or_default(),
        attempted: Vec::new(),
        ended: false,
        filed: sent.at,
        firings: sent.event.firings().cloned().unwrap_or_default(),
        counting: None,
        enrichment: entity.enrichment,
    }))
}
