//! What becomes of the issue of an entity that ends, or that may have ended.

use super::accept::NotFiled;
use super::case::{Case, Decided, Facts, nothing};
use super::lifecycle;
use super::standing::{Standing, standing};
use super::target::Target;
use super::wanted::Wanted;
use crate::model::{Decision, End, Event, IssueRecord, Need, OutcomeKind, Step};
use crate::settings::SettingsError;

/// The entity's end: it was deleted, or merged into another one; or a trigger or the
/// live stream does not see it any more.
pub(super) fn ended(case: &Case<'_>, end: &End, facts: &Facts) -> Result<Decided, SettingsError> {
    let Some(issue) = case.issue else {
        let reason = "no issue was filed for it".to_owned();
        return Ok(nothing(case, OutcomeKind::Ignored, Some(reason)));
    };
    match standing(case.event, Some(issue), &Wanted::default(), case.now) {
        Standing::Known => return Ok(nothing(case, OutcomeKind::Duplicate, None)),
        Standing::Outdated => {
            let reason = "the issue shows a later state already".to_owned();
            return Ok(nothing(case, OutcomeKind::Ignored, Some(reason)));
        }
        _ => {}
    }
    let settings = case.settings.lifecycle()?;
    let version = case.event.entity.version;
    let gone = IssueRecord {
        ended: true,
        adopting: false,
        version: issue.version.remembered(case.now).max(version),
        ..issue.clone()
    };
    Ok(match end {
        End::Deleted | End::Closed => told(lifecycle::deleted(settings, case.profile), gone),
        End::NotVisible(_) | End::LeftStream => {
            let plan = lifecycle::not_visible(settings, case.profile, end);
            // It ends nothing: other triggers may tell of the same state.
            let issue = IssueRecord {
                not_visible: Some(version),
                ..issue.clone()
            };
            told(plan, issue)
        }
        End::MergedInto(survivor) => {
            let Some(key) = &facts.survivor else {
                return Ok(Decided::Needs(Need::Survivor));
            };
            let of_survivor = Event {
                entity: (**survivor).clone(),
                ..case.event.clone()
            };
            match Target::pick(&of_survivor, case.profile, case.settings, case.issues) {
                Ok(target) => {
                    let plan = lifecycle::merged(settings, survivor, &target, key.as_deref());
                    told(plan, gone)
                }
                Err(NotFiled::Ignored(_)) => told(lifecycle::deleted(settings, case.profile), gone),
                Err(NotFiled::Misconfigured(error)) => return Err(error),
            }
        }
    })
}

fn told(plan: Vec<Step>, issue: IssueRecord) -> Decided {
    let reason = plan.is_empty().then(|| "on_delete = ignore".to_owned());
    Decided::Do(Box::new(Decision {
        outcome: OutcomeKind::Updated,
        reason,
        plan,
        issue: Some(issue),
        begins_anew: false,
        settles: false,
        warnings: Vec::new(),
    }))
}
