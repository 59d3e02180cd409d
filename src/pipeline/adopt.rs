//! Before an issue is filed: has another program filed one for the entity?

use super::failure::Failure;
use crate::context::Context;
use crate::decide::{adoption, idempotency_label};
use crate::model::{Description, OpenIssue, SameSummary};
use crate::platform::log::Level;
use crate::store::{Lease, adoption as claims};

/// The log names so many other issues with the same summary.
const NAMED: usize = 10;

/// Looks for an open issue with the same summary, and takes it over: it is the
/// entity's from now on. A search that fails is no empty one.
pub(super) async fn take_over(
    context: Context<'_>,
    lease: &mut Lease<'_>,
    same: &SameSummary,
) -> Result<(), Failure> {
    let tracker = context.tracker;
    let mut found = tracker.with_summary(same).await?;
    let label = idempotency_label(lease.entity(), lease.sequence());
    while let Some(issue) = adoption::first(&mut found, &label) {
        // People may have taken the label of another entity away.
        let owner = tracker.owner(&issue.name).await?;
        if owner.is_some_and(|owner| owner != *lease.entity()) {
            continue;
        }
        lease.must_be_ours()?;
        if !claims::claim(context.ports.store, lease.entity(), &issue.name.id)? {
            continue;
        }
        log(context, lease, &issue, &found);
        let empty = tracker.fingerprint(&Description::default());
        let record = adoption::record(&issue, same, empty, context.ports.clock.now());
        lease.adopt(record);
        break;
    }
    Ok(())
}

fn log(context: Context<'_>, lease: &Lease<'_>, issue: &OpenIssue, others: &[OpenIssue]) {
    let mut named = String::new();
    for other in others.iter().take(NAMED) {
        named.push_str(&other.name.key);
        named.push(' ');
    }
    let fields = [
        ("entity", lease.entity().id.as_str().into()),
        ("issue", issue.name.key.as_str().into()),
        ("summary", issue.summary.as_str().into()),
        ("others", named.trim_end().into()),
    ];
    context.log.line(Level::Info, "adopted", &fields);
}
