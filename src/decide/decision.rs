//! The decision: what is to be done about an event. The only place that decides.

use std::borrow::Cow;

use serde_json::Value;

use super::accept::NotFiled;
use super::case::{Case, Decided, Facts, nothing};
use super::ended::ended;
use super::names::{complete, lacks_names, names_of, needs_names};
use super::standing::{Standing, standing};
use super::target::Target;
use super::wanted::Wanted;
use super::{adoption, applied, both_sides, fields, lifecycle, repeats};
use crate::model::{
    AppliedState, Change, Decision, Edit, Entity, Event, Firings, Goal, IssueRecord, Need,
    OutcomeKind, Shown, SourceProfile, Step, Timestamp,
};
use crate::settings::{AfterDone, Grouping, OnUpdate, Settings, SettingsError};

/// Decides what is to be done about an event. Asked again with one more fact
/// until nothing is lacking.
///
/// # Errors
/// The mistakes in settings that it needs.
pub fn decide(case: &Case<'_>, facts: &Facts) -> Result<Decided, SettingsError> {
    if let Change::Ended(end) = &case.event.change {
        return ended(case, end, facts);
    }
    let event = complete(case, facts);
    if facts.names.is_none() && needs_names(case, &event)? {
        return Ok(Decided::Needs(Need::Names));
    }
    // What was mapped before may have lacked names.
    let wanted = match &event {
        Cow::Borrowed(_) => facts.wanted.clone(),
        Cow::Owned(_) => None,
    };
    let event = event.as_ref();
    let case = &Case { event, ..*case };
    let target = match Target::pick(case.event, case.profile, case.settings, case.issues) {
        Ok(target) => target,
        Err(NotFiled::Ignored(reason)) => {
            return Ok(nothing(case, OutcomeKind::Ignored, Some(reason)));
        }
        Err(NotFiled::Misconfigured(error)) => return Err(error),
    };
    let mapped = || Wanted::of(&case.event.entity, target.clone());
    let wanted = wanted.map_or_else(mapped, Wanted::from);
    let Some(issue) = case.issue else {
        return match adoption::wanted(case, facts, &target)? {
            Some(same) => Ok(Decided::Needs(Need::SameSummary(same))),
            None => file(case, facts, &target, wanted, case.past),
        };
    };
    if let Some((outcome, reason)) = settled(case.event, issue, &wanted, case.settings, case.now)? {
        return Ok(nothing(case, outcome, reason));
    }
    let Change::Fired(_) = &case.event.change else {
        return update(case, facts, &target, wanted.into_state(), issue);
    };
    let repeats = target.repeats(case.settings)?;
    if repeats.group == Grouping::Run {
        return grow(case, facts, &target, issue);
    }
    if !repeats::is_over(issue, &repeats, case.now) {
        match facts.is_done {
            None => return Ok(Decided::Needs(Need::Status)),
            Some(true) if repeats.after_done == AfterDone::New => {}
            Some(is_done) => return count(case, &target, issue, is_done),
        }
    }
    begin_anew(case, facts, &target, issue)
}

/// What becomes of an event for which nothing is to be done, because of what is
/// remembered.
///
/// # Errors
/// The mistakes in settings that it needs.
pub fn settled(
    event: &Event,
    issue: &IssueRecord,
    wanted: &Wanted<'_>,
    settings: &Settings<'_>,
    now: Timestamp,
) -> Result<Option<(OutcomeKind, Option<String>)>, SettingsError> {
    let ignored = |reason: &str| Some((OutcomeKind::Ignored, Some(reason.to_owned())));
    Ok(match standing(event, Some(issue), wanted, now) {
        Standing::Known => Some((OutcomeKind::Duplicate, None)),
        Standing::Outdated => ignored("the issue shows a later state already"),
        Standing::Ended => ignored("the entity was deleted or merged"),
        Standing::News if is_ignored(event, settings)? => ignored("on_update = ignore"),
        Standing::News | Standing::New => None,
    })
}

/// An alert that fires again is news whatever becomes of changes.
fn is_ignored(event: &Event, settings: &Settings<'_>) -> Result<bool, SettingsError> {
    match event.change {
        Change::Ended(_) | Change::Closed | Change::Fired(_) => Ok(false),
        _ => Ok(settings.lifecycle()?.on_update == OnUpdate::Ignore),
    }
}

/// The entity as it is mapped, or what must be known of it first. It is enriched
/// only if its description is to be written.
fn entity(
    case: &Case<'_>,
    facts: &Facts,
    target: &Target<'_>,
    group: Grouping,
    is_described: bool,
) -> Result<Entity, Need> {
    let event = &case.event.entity;
    let is_named = !case.profile.has_names() || event.has_all_names();
    if facts.names.is_none() && !is_named {
        return Err(Need::Names);
    }
    if facts.enrichment.is_none() && is_described && !target.is_withheld() {
        return Err(Need::Enrichment);
    }
    let known = facts.enrichment.as_ref();
    let known = known.or_else(|| case.issue.map(|issue| &issue.enrichment));
    let mut entity = Entity {
        sequence: case.sequence,
        enrichment: known.unwrap_or(&event.enrichment).clone(),
        ..event.clone()
    };
    if let Some(names) = &facts.names {
        entity.name(names);
    }
    repeats::note(&mut entity, case.event.firings(), group);
    Ok(entity)
}

/// A new issue.
fn file(
    case: &Case<'_>,
    facts: &Facts,
    target: &Target<'_>,
    wanted: Wanted<'_>,
    past: &[String],
) -> Result<Decided, SettingsError> {
    let group = target.grouping(case.event, case.settings)?;
    let entity = match entity(case, facts, target, group, true) {
        Ok(entity) => entity,
        Err(fact) => return Ok(Decided::Needs(fact)),
    };
    let mapped = fields::map(&entity, target);
    let mut firings = repeats::filed(case.event, group, target);
    firings.recall(past);
    let mut issue = IssueRecord {
        version: entity.version,
        applied: wanted.into_state(),
        filed: case.now,
        firings,
        // The description says so already.
        ended: case.event.change == Change::Closed,
        ..IssueRecord::default()
    };
    issue.remember_data(&entity);
    issue.markings = names_of(&entity);
    issue.lacks_names = lacks_names(case, &entity)?;
    issue.enrichment = entity.enrichment;
    Ok(Decided::Do(Box::new(Decision {
        outcome: OutcomeKind::Created,
        reason: None,
        plan: vec![Step::Create(Box::new(mapped.fields))],
        issue: Some(issue),
        begins_anew: false,
        settles: false,
        warnings: mapped.warnings,
    })))
}

/// The next issue of an alert.
fn begin_anew(
    case: &Case<'_>,
    facts: &Facts,
    target: &Target<'_>,
    before: &IssueRecord,
) -> Result<Decided, SettingsError> {
    let next = Case {
        issue: None,
        sequence: case.sequence + 1,
        ..*case
    };
    let mut event = case.event.clone();
    event.entity.sequence = next.sequence;
    let wanted = Wanted::of(&event.entity, target.clone());
    let decided = file(&next, facts, target, wanted, &before.firings.recent)?;
    Ok(match decided {
        Decided::Do(decision) => Decided::Do(Box::new(Decision {
            begins_anew: true,
            ..*decision
        })),
        needs => needs,
    })
}

/// An alert fires again: it is counted on its issue, in one comment.
fn count(
    case: &Case<'_>,
    target: &Target<'_>,
    issue: &IssueRecord,
    is_done: bool,
) -> Result<Decided, SettingsError> {
    let mut after = issue.clone();
    if let Some(firings) = &told(case.event, target) {
        if after.firings.overflows(firings) && after.firings.full < repeats::FULL_COMMENTS {
            after.firings.shown();
            after.firings.full += 1;
            after.counting = None;
        }
        after.firings.take_in(firings);
    }
    let text = repeats::tell(&after.firings, target);
    let mut plan = vec![match &after.counting {
        Some(id) => Step::EditComment {
            id: id.clone(),
            text,
        },
        None => Step::Comment(text),
    }];
    // Last: a workflow that lets nothing through must not keep the count back.
    if is_done {
        plan.push(Step::Transition(Goal::Open));
    }
    Ok(Decided::Do(Box::new(Decision {
        outcome: OutcomeKind::Updated,
        reason: Some(format!("it has fired {} times", after.firings.count)),
        plan,
        issue: Some(after),
        begins_anew: false,
        settles: false,
        warnings: Vec::new(),
    })))
}

/// The firings of an event, without what must not be shown.
fn told(event: &Event, target: &Target<'_>) -> Option<Firings> {
    let mut firings = event.firings()?.clone();
    if target.is_withheld() {
        firings.hide();
    }
    Some(firings)
}

/// Another row of the run that the issue stands for: its table grows. Where the table
/// cannot be written, the row is told in the comment that counts.
fn grow(
    case: &Case<'_>,
    facts: &Facts,
    target: &Target<'_>,
    issue: &IssueRecord,
) -> Result<Decided, SettingsError> {
    let mut after = issue.clone();
    if let Some(firings) = &told(case.event, target) {
        after.firings.take_in(firings);
    }
    let mut event = case.event.clone();
    event.change = Change::Fired(after.firings.clone());
    let labels = issue.applied.fields.get("labels").and_then(Value::as_array);
    for label in labels.into_iter().flatten().filter_map(Value::as_str) {
        // Those of earlier rows stay.
        if !event.entity.labels.iter().any(|known| known == label) {
            event.entity.labels.push(label.to_owned());
        }
    }
    let grown = Case {
        event: &event,
        issue: Some(&after),
        ..*case
    };
    let mut shown = event.entity.clone();
    repeats::note(&mut shown, Some(&after.firings), Grouping::Run);
    let wanted = applied::of(&shown, target);
    let is_edited = |decision: &Decision| {
        let edits = |step: &Step| matches!(step, Step::Edit(_));
        !decision.plan.is_empty() && decision.plan.iter().all(edits)
    };
    match update(&grown, facts, target, wanted, &after)? {
        Decided::Do(decision) if !is_edited(&decision) => count(case, target, issue, false),
        decided => Ok(decided),
    }
}

/// Brings the issue up to date.
fn update(
    case: &Case<'_>,
    facts: &Facts,
    target: &Target<'_>,
    wanted: AppliedState,
    issue: &IssueRecord,
) -> Result<Decided, SettingsError> {
    let settings = case.settings.lifecycle()?;
    let asks_for_text = settings.on_update == OnUpdate::Fields && !settings.overwrite_edits;
    if asks_for_text && facts.text.is_none() && applied::touches_text(issue.states(), &wanted) {
        return Ok(Decided::Needs(Need::Text));
    }
    let is_described = applied::differ(issue.states(), &wanted, "description")
        && (!issue.adopting || adoption::describes(settings, issue, facts));
    let group = target.grouping(case.event, case.settings)?;
    let entity = match entity(case, facts, target, group, is_described) {
        Ok(entity) => entity,
        Err(fact) => return Ok(Decided::Needs(fact)),
    };
    let mapped = fields::map(&entity, target);
    let mut edit = applied::changes(issue.states(), &wanted, &mapped.fields);
    let mut on_update = settings.on_update;
    if issue.adopting && on_update != OnUpdate::Fields {
        adoption::labels_alone(&mut edit);
        on_update = OnUpdate::Fields;
    }
    let is_closed = case.event.change == Change::Closed;
    let heard = both_sides::hear(case, &entity, issue)?;
    let follows = heard.as_ref().is_none_or(|heard| heard.course.follow);
    let mut steps = lifecycle::after_update(settings, &entity, case, issue, follows);
    let mut after = IssueRecord {
        version: issue.version.remembered(case.now).max(entity.version),
        applied: wanted,
        ended: is_closed,
        adopting: false,
        ..issue.clone()
    };
    after.remember_data(&entity);
    after.markings = names_of(&entity);
    after.lacks_names = lacks_names(case, &entity)?;
    after.enrichment = entity.enrichment;
    let told = heard.map(|heard| heard.told(case, issue, &mut after, &mut steps));
    let told = told.unwrap_or_default();
    let mut decision = Decision {
        outcome: OutcomeKind::Updated,
        reason: told.conflict,
        plan: Vec::new(),
        issue: Some(after),
        begins_anew: false,
        settles: told.settles,
        warnings: mapped.warnings,
    };
    if edit.is_empty() && steps.is_empty() {
        decision.outcome = OutcomeKind::Duplicate;
        decision.reason = Some("nothing that the issue shows has changed".to_owned());
        return Ok(Decided::Do(Box::new(decision)));
    }
    match on_update {
        _ if edit.is_empty() => {}
        OnUpdate::Ignore => {}
        OnUpdate::Comment => {
            let told = lifecycle::tell(case.profile, &edit);
            decision.plan.push(Step::Comment(told));
        }
        OnUpdate::Fields if edit.touches_text() && !settings.overwrite_edits => {
            let shown = facts.text.clone().unwrap_or_default();
            respect_people(&mut decision, case.profile, edit, issue, &shown);
        }
        OnUpdate::Fields => decision.plan.push(Step::Edit(Box::new(edit))),
    }
    match issue.adopting {
        true => adoption::say_little(&mut decision, &issue.key),
        false => decision.plan.extend(steps),
    }
    Ok(Decided::Do(Box::new(decision)))
}

/// What people edited is left as it is; what would overwrite it is told.
fn respect_people(
    decision: &mut Decision,
    profile: &SourceProfile,
    edit: Edit,
    issue: &IssueRecord,
    shown: &Shown,
) {
    let (edit, comment) = lifecycle::respect_people(profile, edit, &issue.ours(), shown);
    if !edit.is_empty() {
        decision.plan.push(Step::Edit(Box::new(edit)));
    }
    if let Some(comment) = comment {
        decision.plan.push(Step::Comment(comment));
        let note = "people edited the issue, so the change is in a comment";
        decision.reason = Some(note.to_owned());
    }
}

#[cfg(test)]
mod tests;
