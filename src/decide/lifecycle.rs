//! What an issue is told when its entity changes, merges or ends.

use super::both_sides;
use super::case::Case;
use super::target::Target;
use crate::markup::{Document, Inline};
use crate::model::{
    AppliedState, Change, Description, Edit, End, Entity, Field, FieldChange, FieldValue, Goal,
    IssueRecord, OnChange, Shown, SourceProfile, Step,
};
use crate::settings::{Lifecycle, OnDelete};
use crate::text::one_line;

/// Takes out of an edit what would overwrite people's words; that becomes a
/// comment instead. `ours` is all that Jira can show by our own writes.
pub fn respect_people(
    profile: &SourceProfile,
    mut edit: Edit,
    ours: &[Shown],
    now: &Shown,
) -> (Edit, Option<Document>) {
    let is_theirs = |field: &Field| {
        field.on_change == OnChange::RespectPeople
            && ours
                .iter()
                .all(|ours| ours.of(field.id) != now.of(field.id))
    };
    let (theirs, rest) = edit
        .changes
        .into_iter()
        .partition(|(field, _)| is_theirs(field));
    edit.changes = rest;
    let theirs: Vec<(Field, FieldChange)> = theirs;
    if theirs.is_empty() {
        return (edit, None);
    }
    let mut comment = Document::new().paragraph(vec![Inline::text(format!(
        "The entity changed in {}. What people edited here was left as it is; this is new:",
        profile.name
    ))]);
    for (field, change) in &theirs {
        comment = match change {
            FieldChange::Set(FieldValue::Text(text)) => comment.append(told_text(field, text)),
            change => {
                let mut lines = told_lines(field, change).into_iter();
                lines
                    .next()
                    .map_or(comment.clone(), |line| comment.paragraph(line))
            }
        };
    }
    (edit, Some(comment))
}

/// An edit, told instead of made: lines first, then rich text.
pub fn tell(profile: &SourceProfile, edit: &Edit) -> Document {
    let mut lines = Vec::new();
    let mut texts = Document::new();
    for (field, change) in &edit.changes {
        match change {
            FieldChange::Set(FieldValue::Text(text)) => {
                texts = texts.append(told_text(field, text));
            }
            change => lines.extend(told_lines(field, change)),
        }
    }
    for (name, value) in &edit.custom {
        lines.push(told_line(name, value.to_string()));
    }
    let intro = format!("The entity changed in {}:", profile.name);
    Document::new()
        .paragraph(vec![Inline::text(intro)])
        .bullets(lines)
        .append(texts)
}

fn told_text(field: &Field, text: &Description) -> Document {
    Document::new()
        .paragraph(vec![Inline::strong(format!("{}:", field.name))])
        .append(text.document.as_ref().clone())
}

fn told_lines(field: &Field, change: &FieldChange) -> Vec<Vec<Inline>> {
    match change {
        FieldChange::Entries { added, removed } => {
            let both = [("added", added), ("removed", removed)].into_iter();
            both.filter(|(_, entries)| !entries.is_empty())
                .map(|(word, entries)| {
                    told_line(&format!("{} {word}", field.name), entries.join(", "))
                })
                .collect()
        }
        FieldChange::Set(value) => {
            let value = match value {
                FieldValue::Line(text) | FieldValue::Named(text) | FieldValue::User(text) => {
                    text.clone()
                }
                FieldValue::Words(words) | FieldValue::AllNamed(words) => words.join(", "),
                // It has paragraphs of its own.
                FieldValue::Text(_) => return Vec::new(),
            };
            vec![told_line(field.name, value)]
        }
    }
}

fn told_line(name: &str, value: String) -> Vec<Inline> {
    vec![Inline::strong(format!("{name}: ")), Inline::text(value)]
}

/// The steps for an entity that was deleted.
pub fn deleted(lifecycle: &Lifecycle, profile: &SourceProfile) -> Vec<Step> {
    let text = format!("The entity was {} in {}.", profile.ended, profile.name);
    let comment = Document::new().paragraph(vec![Inline::text(text)]);
    ended(lifecycle, comment)
}

/// The steps for an entity of which a trigger or the live stream says that it is gone:
/// it may only not fit their filter any more, so that it is told and nothing is closed.
pub fn not_visible(lifecycle: &Lifecycle, profile: &SourceProfile, end: &End) -> Vec<Step> {
    let text = match end {
        End::NotVisible(trigger) => {
            let trigger = match one_line(trigger).as_str() {
                "" => "the trigger that told of it".to_owned(),
                name => format!("the trigger “{name}”"),
            };
            format!(
                "The entity was {} in {}, or is no longer visible to {trigger}.",
                profile.ended, profile.name
            )
        }
        _ => format!(
            "The entity left the live stream of {}: it does not fit the stream's filter any more, or its markings hide it from the stream's user. It was not {}; its later changes are not told here.",
            profile.name, profile.ended
        ),
    };
    match lifecycle.on_delete {
        OnDelete::Ignore => Vec::new(),
        OnDelete::Comment | OnDelete::Transition => {
            vec![Step::Comment(
                Document::new().paragraph(vec![Inline::text(text)]),
            )]
        }
    }
}

/// The steps for an entity that was merged into another one.
pub fn merged(
    lifecycle: &Lifecycle,
    survivor: &Entity,
    target: &Target<'_>,
    key: Option<&str>,
) -> Vec<Step> {
    let name = match target.withheld {
        true => "another one".to_owned(),
        false => format!("“{}”", one_line(&survivor.name)),
    };
    let intro = format!("The entity was merged in {} into ", target.profile.name);
    let mut text = vec![Inline::text(intro)];
    text.push(match target.entity_url() {
        Some(url) => Inline::link(name, url),
        None => Inline::text(name),
    });
    if let Some(key) = key {
        text.push(Inline::text(format!(", which is {key} here")));
    }
    text.push(Inline::text("."));
    let mut steps = ended(lifecycle, Document::new().paragraph(text));
    // Last: who may not link keeps nothing else back.
    steps.extend(key.map(|key| Step::Duplicates {
        survivor: key.to_owned(),
    }));
    steps
}

fn ended(lifecycle: &Lifecycle, comment: Document) -> Vec<Step> {
    match lifecycle.on_delete {
        OnDelete::Ignore => Vec::new(),
        OnDelete::Comment => vec![Step::Comment(comment)],
        OnDelete::Transition => vec![
            Step::Comment(comment),
            Step::Transition(match &lifecycle.done_transition {
                Some(name) => Goal::DoneBy(name.clone()),
                None => Goal::Done,
            }),
        ],
    }
}

/// An entity that had ended is back: an issue that its end closed is opened.
pub fn reopened(lifecycle: &Lifecycle, issue: &IssueRecord) -> Option<Step> {
    let was_closed = issue.ended && lifecycle.on_delete == OnDelete::Transition;
    was_closed.then_some(Step::Transition(Goal::Open))
}

/// The transition that a new workflow status drives, if one is configured.
pub fn status_change<'s>(
    lifecycle: &Lifecycle,
    entity: &Entity,
    mut before: impl Iterator<Item = &'s AppliedState>,
) -> Option<Step> {
    let status = entity.status.as_ref()?;
    let is_there = |state: &AppliedState| state.status.as_ref() == Some(&status.id);
    if before.all(is_there) {
        return None;
    }
    let names = [Some(status.id.as_str()), status.name.as_deref()];
    let transition = lifecycle.transition_for(names.into_iter().flatten())?;
    Some(Step::Transition(Goal::Named(transition.to_owned())))
}

/// What follows an edit: the status moves the issue if it counts (`follows`), and so
/// does an end that the entity had, or has not any more.
pub(super) fn after_update(
    settings: &Lifecycle,
    entity: &Entity,
    case: &Case<'_>,
    issue: &IssueRecord,
    follows: bool,
) -> Vec<Step> {
    let by_status = status_change(settings, entity, issue.states()).filter(|_| follows);
    if case.event.change != Change::Closed {
        let moved = by_status.or_else(|| reopened(settings, issue));
        return moved.into_iter().collect();
    }
    let mut steps = match issue.ended || both_sides::is_closed_by_people(issue) {
        true => Vec::new(),
        false => deleted(settings, case.profile),
    };
    if let Some(moved) = by_status {
        steps.retain(|step| !matches!(step, Step::Transition(_)));
        steps.push(moved);
    }
    steps
}
