//! A create without an answer: was it carried out?

use std::time::Duration;

use super::Context;
use crate::event::Findings;
use crate::jira::{Client, JiraError, lookup};
use crate::ledger::{Sent, Ticket};
use crate::plan::fields::{self, find_label};
use crate::plan::life::Shown;
use crate::plan::{Target, Written, repeats};

/// Looks whether a create that may have been carried out was: its issue
/// becomes the entity's. An empty search counts only once the index has had
/// time to catch up.
pub(super) async fn adopt(
    context: Context<'_>,
    sent: &Sent,
    findings: Findings,
) -> Result<Option<Ticket>, JiraError> {
    let Ok(target) = Target::pick(&sent.event, context.config) else {
        return Ok(None);
    };
    let client = Client::connect(context.ports, &context.config.jira).await?;
    let mut entity = sent.event.entity.clone();
    entity.findings = findings;
    repeats::note(&mut entity, &sent.event.firings);
    let mapped = fields::map(&entity, &target);
    let label = find_label(&sent.event.entity.id, sent.event.entity.round);
    let found = lookup::by_label(&client, &mapped.fields.place.project, &label).await?;
    let Some(found) = found.into_iter().next() else {
        let lag = context.config.jira.index_lag;
        let trusted_from = sent.at + lag.as_millis() as u64;
        let left = trusted_from.saturating_sub(context.ports.clock.now_ms());
        return match left {
            0 => Ok(None),
            ms => Err(JiraError::Retry {
                after: Some(Duration::from_millis(ms.min(10_000))),
                everything: false,
                why: "a create may have been carried out, and Jira's search does not show it yet"
                    .to_owned(),
            }),
        };
    };
    let shown = Shown {
        summary: mapped.fields.summary.clone(),
        description: client.fingerprint(&mapped.fields.description, &[]),
    };
    Ok(Some(Ticket {
        key: found.key,
        id: found.id,
        version: sent.event.entity.version,
        written: Written::of(&sent.event.entity, &target),
        summary: shown.summary,
        description: shown.description,
        attempted: Vec::new(),
        ended: false,
        filed: sent.at,
        firings: sent.event.firings.clone(),
        counting: None,
        findings: entity.findings,
    }))
}
