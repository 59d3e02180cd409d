//! What an issue is told when its entity changes, merges or ends.

use super::target::Target;
use crate::markup::{Document, Inline};
use crate::model::{AppliedState, Description, Edit, Entity, Goal, Shown, SourceProfile, Step};
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
    let their_summary = ours.iter().all(|ours| ours.summary != now.summary);
    let their_description = ours.iter().all(|ours| ours.description != now.description);
    let summary = edit.summary.take_if(|_| their_summary);
    let description = edit.description.take_if(|_| their_description);
    if summary.is_none() && description.is_none() {
        return (edit, None);
    }
    let mut comment = Document::new().paragraph(vec![Inline::text(format!(
        "The entity changed in {}. What people edited here was left as it is; this is new:",
        profile.name
    ))]);
    if let Some(summary) = summary {
        comment = comment.paragraph(vec![Inline::strong("Name: "), Inline::text(summary)]);
    }
    if let Some(description) = description {
        comment = comment
            .paragraph(vec![Inline::strong("Description:")])
            .append(description.document);
    }
    (edit, Some(comment))
}

/// An edit, told instead of made.
pub fn tell(profile: &SourceProfile, edit: &Edit) -> Document {
    let mut lines: Vec<Vec<Inline>> = Vec::new();
    let mut line = |name: &str, value: String| {
        lines.push(vec![
            Inline::strong(format!("{name}: ")),
            Inline::text(value),
        ]);
    };
    if let Some(summary) = &edit.summary {
        line("Name", summary.clone());
    }
    if !edit.labels_added.is_empty() {
        line("Labels added", edit.labels_added.join(", "));
    }
    if !edit.labels_removed.is_empty() {
        line("Labels removed", edit.labels_removed.join(", "));
    }
    if let Some(priority) = &edit.priority {
        line("Priority", priority.clone());
    }
    for (name, value) in &edit.custom {
        line(name, value.to_string());
    }
    let document = Document::new()
        .paragraph(vec![Inline::text(format!(
            "The entity changed in {}:",
            profile.name
        ))])
        .bullets(lines);
    match &edit.description {
        Some(Description { document: new, .. }) => document
            .paragraph(vec![Inline::strong("Description:")])
            .append(new.clone()),
        None => document,
    }
}

/// The steps for an entity that was deleted.
pub fn deleted(lifecycle: &Lifecycle, profile: &SourceProfile) -> Vec<Step> {
    let text = format!("The entity was {} in {}.", profile.ended, profile.name);
    let comment = Document::new().paragraph(vec![Inline::text(text)]);
    ended(lifecycle, comment)
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
    let mut steps: Vec<Step> = key
        .map(|key| Step::Duplicates {
            survivor: key.to_owned(),
        })
        .into_iter()
        .collect();
    steps.extend(ended(lifecycle, Document::new().paragraph(text)));
    steps
}

fn ended(lifecycle: &Lifecycle, comment: Document) -> Vec<Step> {
    match lifecycle.on_delete {
        OnDelete::Ignore => Vec::new(),
        OnDelete::Comment => vec![Step::Comment(comment)],
        OnDelete::Transition => vec![
            Step::Comment(comment),
            Step::Transition(match &lifecycle.done_transition {
                Some(name) => Goal::Named(name.clone()),
                None => Goal::Done,
            }),
        ],
    }
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
