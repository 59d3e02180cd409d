//! A new status of the entity, where people may change the issue's as well.

use super::case::Case;
use super::sync::{self, Course};
use crate::markup::{Document, Inline};
use crate::model::{Entity, IssueRecord, Step, Synced};
use crate::settings::SettingsError;

/// What a new status of the entity means.
pub(super) struct Heard {
    synced: Synced,
    /// What is to be done about it.
    pub(super) course: Course,
    is_hidden: bool,
}

/// Takes in a status of the entity; `None` if statuses do not go back.
pub(super) fn hear(
    case: &Case<'_>,
    entity: &Entity,
    issue: &IssueRecord,
) -> Result<Option<Heard>, SettingsError> {
    let Some(status) = &entity.status else {
        return Ok(None);
    };
    if !case.settings.sync_back()?.status {
        return Ok(None);
    }
    let mut synced = issue.synced.clone();
    let at = sync::changed_at(entity);
    let is_hidden = sync::is_hidden(&synced, at);
    let before = issue.applied.status.as_deref();
    let course = sync::entity_has(&mut synced, status, at, before);
    Ok(Some(Heard {
        synced,
        course,
        is_hidden,
    }))
}

/// What comes of it besides the steps.
#[derive(Default)]
pub(super) struct Told {
    /// Both sides are to be looked at afterwards.
    pub(super) settles: bool,
    /// What people are told where both sides changed.
    pub(super) conflict: Option<String>,
}

impl Heard {
    /// Notes it in what is remembered of the issue, and tells people where both sides
    /// changed.
    pub(super) fn told(
        self,
        case: &Case<'_>,
        before: &IssueRecord,
        after: &mut IssueRecord,
        steps: &mut Vec<Step>,
    ) -> Told {
        after.synced = self.synced;
        if self.is_hidden {
            after.applied.status.clone_from(&before.applied.status);
        }
        if steps.iter().any(|step| matches!(step, Step::Transition(_))) {
            after.synced.moved = case.now;
        }
        let conflict = self.course.conflict;
        let conflict = conflict.map(|counts| sync::conflict_text(case.profile.name, !counts));
        if let Some(text) = &conflict {
            let text = Document::new().paragraph(vec![Inline::text(text)]);
            steps.push(Step::Comment(text));
        }
        Told {
            settles: self.course.settle,
            conflict,
        }
    }
}

/// Whether people have closed the issue, and its platform was told: what the platform
/// says of its end is no news then.
pub(super) fn is_closed_by_people(issue: &IssueRecord) -> bool {
    let latest = issue.synced.latest.as_ref();
    let status = latest.and_then(|latest| latest.issue.as_ref());
    status.is_some_and(|status| status.category == "done")
}
