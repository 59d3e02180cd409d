//! What is done once the sender has its answer: the leases of this delivery
//! are tidied up, events that arrived meanwhile are taken in, and one thing
//! that waits is taken along, so that a busy function heals by itself.

use super::settle::{report, settle_or_report};
use super::work_off;
use crate::context::Context;
use crate::store::queue;

/// After a delivery.
pub async fn after_response(context: Context<'_>) {
    settle_or_report(context).await;
    let afterwards = context.afterwards;
    let waits = || afterwards.lets_go.get() || queue::is_set(context.ports.store);
    if afterwards.takes_along.get()
        && waits()
        && let Err(failure) = work_off::take_one_along(context).await
    {
        report(context, failure);
    }
}
