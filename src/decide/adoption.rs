//! Issues that another program filed (`adopt`): what is looked for before an issue
//! is filed, which one becomes the entity's, and what is remembered of it.

use super::case::{Case, Facts};
use super::fields::title;
use super::idempotency::is_idempotency_label;
use super::labels::SUMMARY_LIMIT;
use super::target::Target;
use crate::model::{Decision, Edit, IssueRecord, OpenIssue, SameSummary, Shown, Step, Timestamp};
use crate::settings::{Adopt, Lifecycle, OnUpdate, SettingsError};

/// What is to be looked for before an issue is filed. What a marking withholds is not
/// told to a search, either.
pub(super) fn wanted(
    case: &Case<'_>,
    facts: &Facts,
    target: &Target<'_>,
) -> Result<Option<SameSummary>, SettingsError> {
    let may_be = case.profile.adopts && !target.is_withheld() && !facts.looked_for_summary;
    if !may_be || case.settings.adopt()? == Adopt::Nothing {
        return Ok(None);
    }
    let entity = &case.event.entity;
    // The name as it is, up to Jira's limit.
    let bare: String = entity.name.trim().chars().take(SUMMARY_LIMIT).collect();
    let bare = bare.trim_end();
    let ours = title(entity, target);
    if bare.is_empty() || !has_words(&ours) {
        return Ok(None);
    }
    let mut summaries = vec![ours];
    if has_words(bare) && summaries.iter().all(|ours| ours != bare) {
        summaries.push(bare.to_owned());
    }
    let project = target.place().project;
    Ok(Some(SameSummary { project, summaries }))
}

/// A search needs a letter or a digit.
fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// Takes the issue out that comes first among those that may become an entity's: one
/// with the entity's own label was it before, else the oldest. One with a label of
/// another entity is that entity's, and is left out.
pub fn first(found: &mut Vec<OpenIssue>, own: &str) -> Option<OpenIssue> {
    let is_own = |label: &String| label.eq_ignore_ascii_case(own);
    found.retain(|issue| {
        let mut labels = issue.labels.iter();
        labels.all(|label| is_own(label) || !is_idempotency_label(label))
    });
    let mut best: Option<(usize, (bool, u64))> = None;
    for (place, issue) in found.iter().enumerate() {
        let number = issue.name.id.parse().unwrap_or(u64::MAX);
        let rank = (!issue.labels.iter().any(is_own), number);
        if best.is_none_or(|(_, other)| rank < other) {
            best = Some((place, rank));
        }
    }
    best.map(|(place, _)| found.remove(place))
}

/// What is remembered of an issue that becomes an entity's. As ours counts the summary
/// that we would have written as well. Of the description we wrote nothing (`empty`).
pub fn record(issue: &OpenIssue, same: &SameSummary, empty: String, now: Timestamp) -> IssueRecord {
    let mut record = IssueRecord {
        key: issue.name.key.clone(),
        id: issue.name.id.clone(),
        description: empty,
        filed: now,
        adopting: true,
        ..IssueRecord::default()
    };
    if same.summaries.first() == Some(&issue.summary) {
        record.summary.clone_from(&issue.summary);
        let fields = &mut record.applied.fields;
        fields.insert("summary".to_owned(), issue.summary.as_str().into());
    }
    record
}

/// Whether the first edit writes the description: what people wrote stays.
pub(super) fn describes(settings: &Lifecycle, issue: &IssueRecord, facts: &Facts) -> bool {
    let is_nobodys = |shown: &Shown| shown.description == issue.description;
    let writes = settings.overwrite_edits || facts.text.as_ref().is_some_and(is_nobodys);
    settings.on_update == OnUpdate::Fields && writes
}

/// Where changes write no fields, the labels come all the same: ours is among them.
pub(super) fn labels_alone(edit: &mut Edit) {
    edit.custom.clear();
    edit.changes.retain(|(field, _)| field.id == "labels");
}

/// People know what they wrote: it is not told what we would have. The issue is not
/// moved, either.
pub(super) fn say_little(decision: &mut Decision, key: &str) {
    decision.plan.retain(|step| matches!(step, Step::Edit(_)));
    decision.reason = Some(format!("took over {key}, which had the same summary"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::IssueName;

    fn issue(number: u32, labels: &[&str]) -> OpenIssue {
        OpenIssue {
            name: IssueName {
                key: format!("SOC-{number}"),
                id: number.to_string(),
            },
            summary: "Odd login".to_owned(),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
        }
    }

    #[test]
    fn the_oldest_comes_first_and_those_of_other_entities_not_at_all() {
        let (own, other) = ("intake-0123456789ab", "intake-ffffffffffff");
        let mut found = vec![
            issue(100, &["soc"]),
            issue(9, &["Intake-FFFFFFFFFFFF", "soc"]),
            issue(20, &[]),
            issue(21, &["intake-form"]),
            issue(300, &[own]),
            issue(8, &[own, other]),
        ];
        let all = std::iter::from_fn(|| first(&mut found, own));
        let keys: Vec<String> = all.map(|it| it.name.key).collect();
        assert_eq!(keys, ["SOC-300", "SOC-20", "SOC-21", "SOC-100"]);
    }
}
