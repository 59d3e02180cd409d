//! An alert fires again: does it count up on its issue, or is it a new one, and
//! what is the issue told?

use super::description;
use super::target::Target;
use crate::markup::{Document, Inline};
use crate::model::{Entity, Fact, Firings, IssueRecord, Timestamp};
use crate::settings::Repeats;

/// Whether the issue is too old to count up on.
pub fn is_over(issue: &IssueRecord, settings: &Repeats, now: Timestamp) -> bool {
    now >= issue.filed.after(settings.dedup_window)
}

/// The comment that counts: how often it fired, when last, and its newest row
/// where rows can differ.
pub fn tell(
    entity: &Entity,
    firings: &Firings,
    target: &Target<'_>,
    settings: &Repeats,
) -> Document {
    let times = match firings.count {
        0..=2 => "once".to_owned(),
        count => format!("{} times", count - 1),
    };
    let mut line = vec![
        Inline::strong(format!("This alert fired again {times}")),
        Inline::text(format!(
            " since the issue was filed, last at {}.",
            firings.last
        )),
    ];
    if let Some(url) = target.entity_url() {
        line.push(Inline::text(" "));
        line.push(Inline::link("Latest results", url));
    }
    let document = Document::new().paragraph(line);
    match settings.dedup_fields.is_empty() || target.is_withheld() {
        true => document,
        false => document.append(description::row(entity, target)),
    }
}

/// An alert that fired more than once before its issue is filed says so.
pub fn note(entity: &mut Entity, firings: Option<&Firings>) {
    let Some(firings) = firings.filter(|firings| firings.count > 1) else {
        return;
    };
    entity.facts.push(Fact {
        key: "fired".to_owned(),
        label: "Fired".to_owned(),
        value: format!(
            "{} times, first at {}, last at {}",
            firings.count, firings.first, firings.last
        ),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::load;

    #[test]
    fn a_window_ends_so_many_hours_after_the_issue_was_filed() {
        let issue = IssueRecord {
            filed: Timestamp::from_secs(1),
            ..IssueRecord::default()
        };
        let at = Timestamp::from_millis;
        let settings = load(&[("splunk_dedup_window", "2")]).unwrap();
        let settings = settings.repeats().unwrap();
        assert!(!is_over(&issue, settings, at(7_200_999)));
        assert!(is_over(&issue, settings, at(7_201_000)));
        let each = load(&[("splunk_dedup_window", "0")]).unwrap();
        assert!(is_over(&issue, each.repeats().unwrap(), at(1_000)));
    }
}
