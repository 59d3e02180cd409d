//! What is done once the sender has its answer: the leases of this delivery
//! are tidied up, events that arrived meanwhile are taken in, and one thing
//! that waits is taken along, so that a busy function heals by itself.

use super::settle::{again, report, settle_or_report};
use super::work_off;
use crate::context::Context;
use crate::store::{Asking, queue};

/// After a delivery.
pub async fn after_response(context: Context<'_>) {
    visit_all(context).await;
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

/// What was left in inboxes by this request is taken in.
async fn visit_all(context: Context<'_>) {
    while let Some(entity) = context.afterwards.next_visit() {
        let asking = Asking::Inbox {
            missing_is_lost: false,
        };
        if let Err(failure) = again(context, &entity, asking).await {
            report(context, failure);
        }
    }
}
