//! An alert fires again: does it count up on its issue, or is it a new one, and
//! what is the issue told?

use super::description;
use super::target::Target;
use crate::markup::{Document, Inline};
use crate::model::{Entity, Event, Fact, Firings, IssueRecord, Timestamp};
use crate::settings::{Grouping, Repeats};

/// So many comments that count may be full; the last one forgets its oldest rows.
pub const FULL_COMMENTS: u64 = 5;

/// Whether the issue is too old to count up on.
pub fn is_over(issue: &IssueRecord, settings: &Repeats, now: Timestamp) -> bool {
    now >= issue.filed.after(settings.dedup_window)
}

/// The comment that counts: how often it fired, when last, and what the firings
/// brought that the issue does not show elsewhere, the newest first.
pub fn tell(firings: &Firings, target: &Target<'_>) -> Document {
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
    match target.is_withheld() {
        true => document,
        false => description::firings(document, &firings.rows, firings.left_out, target),
    }
}

/// The firings that an issue counts when it is filed. What they brought stands in
/// its description.
pub fn filed(event: &Event, group: Grouping, target: &Target<'_>) -> Firings {
    let mut firings = event.firings().cloned().unwrap_or_default();
    if target.is_withheld() {
        firings.hide();
    }
    if group == Grouping::Row {
        firings.shown();
    }
    firings
}

/// An alert that fired more than once before its issue is filed says so, with what
/// the others brought. Of a run, the rows are a table, and the worst severity
/// counts.
pub fn note(entity: &mut Entity, firings: Option<&Firings>, group: Grouping) {
    let Some(firings) = firings else {
        return;
    };
    entity.other_firings.clone_from(&firings.rows);
    entity.left_out = firings.left_out;
    if group == Grouping::Run {
        let worst = firings.worst.as_ref().map(|worst| worst.word.clone());
        entity.severity = worst.or(entity.severity.take());
        entity.facts.push(Fact::new("rows", "Rows", firings.count));
        match firings.rows.len() {
            // It stands there in full.
            0 | 1 => entity.other_firings.clear(),
            _ => entity.data.clear(),
        }
        return;
    }
    // The newest one is what the entity is like now.
    entity.other_firings.pop();
    if firings.count > 1 {
        let said = format!(
            "{} times, first at {}, last at {}",
            firings.count, firings.first, firings.last
        );
        entity.facts.push(Fact::new("fired", "Fired", said));
    }
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
