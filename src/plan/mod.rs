//! What should Jira look like now? A pure function from data to data: no I/O,
//! no async, no clock.

pub mod fields;
pub mod steps;

use crate::config::Config;
use crate::event::{Change, EntityType, Event, Provenance};
use steps::Step;

/// The types that file an issue.
pub const FILEABLE: [&str; 6] = [
    "incident",
    "report",
    "case-incident",
    "case-rfi",
    "case-rft",
    "grouping",
];

/// What to do about an event.
#[derive(Debug, Clone, PartialEq)]
pub enum Plan {
    /// Nothing, for this reason.
    Ignore(String),
    /// These steps, in order.
    Do(Vec<Step>),
}

/// Plans for an event whose entity has no issue yet.
pub fn plan(event: &Event, config: &Config) -> Plan {
    match reason_to_ignore(event) {
        Some(reason) => Plan::Ignore(reason),
        None => Plan::Do(vec![Step::Create(fields::issue(&event.entity, config))]),
    }
}

fn reason_to_ignore(event: &Event) -> Option<String> {
    if !files(&event.entity.kind) {
        return Some(format!(
            "entities of type `{}` file no issue",
            event.entity.kind
        ));
    }
    match (event.provenance, event.change) {
        (Provenance::Dependency, _) => {
            Some("the entity only came along with another one (init-dependencies)".to_owned())
        }
        (Provenance::Recovery, _) => Some("history is being replayed (init-create)".to_owned()),
        (Provenance::Live, Change::Create) => None,
        (Provenance::Live, Change::Update) => Some("updates file nothing".to_owned()),
        (Provenance::Live, Change::Delete) => Some("deletions file nothing".to_owned()),
        (Provenance::Live, Change::Merge) => Some("merges file nothing".to_owned()),
    }
}

fn files(kind: &EntityType) -> bool {
    FILEABLE.contains(&kind.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_types_file_an_issue_in_both_spellings() {
        for kind in FILEABLE {
            assert!(files(&EntityType::new(kind)));
            assert!(files(&EntityType::new(&format!("x-opencti-{kind}"))));
        }
        assert!(!files(&EntityType::new("malware")));
    }
}
