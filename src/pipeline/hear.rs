//! Somebody did something to an issue: is it ours, is it news, and it is kept.

use super::failure::Failure;
use crate::context::Context;
use crate::decide::{back, is_idempotency_label};
use crate::model::{
    EntityKey, EntityRef, IssueAction, IssueChange, IssueRecord, IssueRef, Outcome, OutcomeKind,
};
use crate::outbox;
use crate::store::{self, inbox, issues};
use crate::tracker::TrackerError;

/// Deals with what a tracker tells of one issue: what its platform is to be told stands
/// in the store when this returns, and is told after the answer.
///
/// # Errors
/// When it was neither ignored nor kept.
pub async fn hear(context: Context<'_>, mut change: IssueChange) -> Result<Outcome, Failure> {
    let on = context.settings.sync_back()?;
    if !on.is_on() {
        return Ok(nothing("sync_back is not set"));
    }
    if change.actions.is_empty() || change.issue.id.is_empty() {
        return Ok(nothing("it says nothing that goes back to a platform"));
    }
    let Some((entity, is_indexed)) = owner(context, &change).await? else {
        return Ok(nothing("the issue is none of ours"));
    };
    let known = store::look(context.ports.store, &entity)?.unwrap_or_default();
    // A dead letter's create may have been carried out, too.
    let may_be_filed = known.has_pending || known.dead.is_some();
    let is_being_filed = known.issue.is_none() && may_be_filed;
    let issue = known.issue.filter(|issue| issue.id == change.issue.id);
    let Some(issue) = issue.or_else(|| is_being_filed.then(|| being_filed(&change))) else {
        return Ok(nothing("the issue does not stand for its entity any more"));
    };
    if !is_being_filed && !outbox::can_tell(context, &entity, &issue)? {
        return Ok(nothing("its platform cannot be told: it is not set up"));
    }
    // Whoever files it may not know it yet, and says so once it does.
    if !is_indexed && !is_being_filed {
        issues::remember(context.ports.store, &issue.id, &entity)?;
    }
    let told = |kind, reason: &str| told(context, kind, (&entity, &issue), reason);
    if is_own(context, &change).await {
        return Ok(told(OutcomeKind::Ignored, "it was done by us"));
    }
    believe(&mut change, context);
    let words = context.settings.back_words()?;
    back::wanted(&mut change, *on, words, &issue);
    if change.actions.is_empty() {
        let reason = "nothing of it goes back to a platform";
        return Ok(told(OutcomeKind::Ignored, reason));
    }
    back::news(&mut change, words, &issue);
    if change.actions.is_empty() {
        return Ok(told(OutcomeKind::Duplicate, "nothing of it is news"));
    }
    let words: Vec<&str> = change.actions.iter().map(IssueAction::word).collect();
    let words = words.join(", ");
    inbox::deposit_change(context.ports, &entity, &change)?;
    context.afterwards.visit(entity.clone());
    let reason = format!("kept, and told to the platform: {words}");
    Ok(told(OutcomeKind::Queued, &reason))
}

/// An issue that stands in no record yet: links and messages are sent before, or its
/// create had no answer. What happens to it meanwhile waits until it does.
fn being_filed(change: &IssueChange) -> IssueRecord {
    IssueRecord {
        id: change.issue.id.clone(),
        key: change.issue.key.clone(),
        ..IssueRecord::default()
    }
}

/// Whose issue it is, and whether its id leads there. One that was filed while nothing
/// went back is known by our label, and asked whose it is: once.
async fn owner(
    context: Context<'_>,
    change: &IssueChange,
) -> Result<Option<(EntityKey, bool)>, Failure> {
    let indexed = issues::entity_of(context.ports.store, &change.issue.id)?;
    if let Some(entity) = indexed {
        return Ok(Some((entity, true)));
    }
    let labels = change.labels.as_deref().unwrap_or_default();
    if !labels.iter().any(|label| is_idempotency_label(label)) {
        return Ok(None);
    }
    let owner = context.tracker.owner(&change.issue).await?;
    Ok(owner.map(|owner| (owner, false)))
}

/// Whether it was we who did it. Where Jira cannot say who we are, whoever does what
/// is kept asks again.
async fn is_own(context: Context<'_>, change: &IssueChange) -> bool {
    let Some(actor) = &change.actor else {
        return false;
    };
    match context.tracker.myself().await {
        Ok(me) => me.is(actor),
        Err(TrackerError::Retry { .. }) => false,
        Err(error) => {
            context.note_trouble("myself_unknown", None, error.why());
            false
        }
    }
}

/// Times that lie ahead would keep all later ones from counting.
fn believe(change: &mut IssueChange, context: Context<'_>) {
    let now = context.ports.clock.now();
    if !change.at.is_known() || change.at.is_too_far_ahead(now) {
        change.at = now;
    }
    for action in &mut change.actions {
        if let IssueAction::Commented(comment) = action {
            for time in [&mut comment.created, &mut comment.updated] {
                if !time.is_known() || time.is_too_far_ahead(now) {
                    *time = change.at;
                }
            }
        }
    }
}

fn nothing(reason: &str) -> Outcome {
    Outcome::ignored(None, reason)
}

fn told(
    context: Context<'_>,
    kind: OutcomeKind,
    (entity, issue): (&EntityKey, &IssueRecord),
    reason: &str,
) -> Outcome {
    Outcome {
        kind,
        entity: Some(EntityRef {
            kind: issue.kind.as_str().to_owned(),
            id: entity.id.clone(),
            name: issue.summary.clone(),
        }),
        issue: Some(IssueRef {
            key: issue.key.clone(),
            url: context.tracker.browse_url(&issue.key),
        }),
        reason: Some(reason.to_owned()),
        dry_run: None,
    }
}
