//! A create without an answer: was it carried out?

use std::time::Duration;

use super::failure::{Failure, reason_or_failure};
use crate::context::Context;
use crate::decide::{applied, fields, idempotency_label, repeats};
use crate::model::{Description, Enrichment, IssueName, IssueRecord, Scope};
use crate::store::{Lease, Sent};
use crate::tracker::TrackerError;

/// The longest time until the next look.
const PAUSE: Duration = Duration::from_secs(10);

/// An issue that an earlier create has filed.
pub(super) struct Adopted {
    pub(super) issue: IssueRecord,
    /// Whether it was filed without its description.
    pub(super) lacks_text: bool,
}

/// Looks whether a create that may have been carried out was: its issue
/// becomes the entity's. An empty search counts only once the index has had
/// time to catch up, since the create and since the first empty search: a clock that
/// jumped says nothing of the first of these times.
pub(super) async fn look_first(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    sent: &Sent,
    enrichment: Enrichment,
) -> Result<Option<Adopted>, Failure> {
    let target = match context.target(&sent.event) {
        Ok(target) => target,
        Err(not_filed) => return reason_or_failure(not_filed).map(|_| None),
    };
    let mut entity = sent.event.entity.clone();
    entity.enrichment = enrichment;
    let group = target.grouping(&sent.event, context.settings)?;
    repeats::note(&mut entity, sent.event.firings(), group);
    let mapped = fields::map(&entity, &target);
    let label = idempotency_label(&entity.key(), entity.sequence);
    let found = context.tracker.find(&entity.key(), &label).await?;
    let says_so = found.iter().position(|found| found.says_so);
    let Some(found) = found.into_iter().nth(says_so.unwrap_or_default()) else {
        let now = context.ports.clock.now();
        // A time that is yet to come was said by another clock.
        let missed = Some(sent.missed).filter(|at| at.is_known() && *at <= now);
        let missed = missed.unwrap_or(now);
        lease.missed(missed);
        let trusted_from = missed.max(sent.at).after(context.settings.index_lag()?);
        let left = trusted_from.since(now);
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
    // It may have been filed with less than it was meant to be.
    let name = IssueName {
        key: found.key.clone(),
        id: found.id.clone(),
    };
    let shown = context.tracker.shown(&name).await?;
    let empty = context.tracker.fingerprint(&Description::default());
    let text = mapped.fields.text("description");
    let lacks_text = text.is_some_and(|text| !text.document.is_empty());
    let lacks_text = lacks_text && shown.description == empty;
    let mut issue = IssueRecord {
        key: found.key,
        id: found.id,
        version: sent.event.entity.version,
        applied: applied::of(&sent.event.entity, &target),
        summary: shown.summary,
        description: shown.description,
        filed: sent.at,
        firings: repeats::filed(&sent.event, group, &target),
        ..IssueRecord::default()
    };
    issue.remember_data(&entity);
    issue.enrichment = entity.enrichment;
    Ok(Some(Adopted { issue, lacks_text }))
}
