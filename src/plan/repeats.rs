//! An alert fires again: does it count up on its issue, or is it a new one, and
//! what is the issue told?

use super::description;
use super::target::Target;
use crate::config::Splunk;
use crate::event::{Entity, Fact, Firings};
use crate::ledger::Ticket;
use crate::log::rfc3339;
use crate::markup::{Document, Inline};

/// Whether the issue is too old to count up on.
pub fn is_over(ticket: &Ticket, settings: &Splunk, now: u64) -> bool {
    let window = settings.dedup_window.as_millis() as u64;
    now >= ticket.filed.saturating_add(window)
}

/// The comment that counts: how often it fired, when last, and its newest row
/// where rows can differ.
pub fn tell(
    entity: &Entity,
    firings: &Firings,
    target: &Target<'_>,
    settings: &Splunk,
) -> Document {
    let times = match firings.count {
        0..=2 => "once".to_owned(),
        count => format!("{} times", count - 1),
    };
    let mut line = vec![
        Inline::strong(format!("This alert fired again {times}")),
        Inline::text(format!(
            " since the issue was filed, last at {}.",
            rfc3339(firings.last)
        )),
    ];
    if let Some(url) = target.entity_url() {
        line.push(Inline::text(" "));
        line.push(Inline::link("Latest results", url));
    }
    let document = Document::new().paragraph(line);
    match settings.dedup_fields.is_empty() || target.is_withheld() {
        true => document,
        false => document.append(description::row(entity)),
    }
}

/// An alert that fired more than once before its issue is filed says so.
pub fn note(entity: &mut Entity, firings: &Firings) {
    if firings.count < 2 {
        return;
    }
    entity.facts.push(Fact {
        key: "fired".to_owned(),
        label: "Fired".to_owned(),
        value: format!(
            "{} times, first at {}, last at {}",
            firings.count,
            rfc3339(firings.first),
            rfc3339(firings.last)
        ),
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::tests::load;

    #[test]
    fn a_window_ends_so_many_hours_after_the_issue_was_filed() {
        let ticket = Ticket {
            filed: 1_000,
            ..Ticket::default()
        };
        let settings = load(&[("splunk_dedup_window", "2")]).unwrap().splunk;
        assert!(!is_over(&ticket, &settings, 7_200_999));
        assert!(is_over(&ticket, &settings, 7_201_000));
        let each = load(&[("splunk_dedup_window", "0")]).unwrap().splunk;
        assert!(is_over(&ticket, &each, 1_000));
    }
}
