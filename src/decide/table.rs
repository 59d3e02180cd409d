//! The table of an issue's fields, a row each: how it is read from an entity and
//! kept within the tracker's limits, what becomes of it when the entity changes
//! (and so how it is compared), whether an issue can do without it. How a value
//! is sent, and told instead of being written, follows from its kind
//! ([`FieldValue`]).

use super::description;
use super::idempotency::{idempotency_label, is_idempotency_label};
use super::labels::{SUMMARY_LIMIT, labels};
use super::render::{Warnings, render};
use super::target::Target;
use crate::markup::{Document, Ending};
use crate::model::{Description, Entity, Field, FieldValue, OnChange};
use crate::text::{cut, one_line};

/// A field, and how it is read.
pub(super) struct Row {
    pub(super) field: Field,
    /// Whether the issue of an entity that must not be shown (`max_tlp`) has it.
    /// `read` then leaves out everything that `docs/mapping.md#tlp` does not allow.
    pub(super) if_withheld: bool,
    /// What an entity's issue has there, if anything.
    pub(super) read: fn(&Entity, &Target<'_>, &mut Warnings) -> Option<FieldValue>,
}

/// The fields. A new one is a row.
pub(super) static TABLE: [Row; 6] = [
    Row {
        field: Field {
            id: "summary",
            name: "Name",
            on_change: OnChange::RespectPeople,
            is_optional: false,
        },
        if_withheld: true,
        read: |entity, target, warnings| Some(FieldValue::Line(summary(entity, target, warnings))),
    },
    Row {
        field: Field {
            id: "description",
            name: "Description",
            on_change: OnChange::RespectPeople,
            is_optional: true,
        },
        if_withheld: true,
        read: |entity, target, warnings| {
            Some(FieldValue::Text(Description {
                document: document(entity, target, warnings).into(),
                ending: ending(target),
            }))
        },
    },
    Row {
        field: Field {
            id: "labels",
            name: "Labels",
            on_change: OnChange::AddAndRemove,
            is_optional: true,
        },
        if_withheld: true,
        read: |entity, target, _| Some(FieldValue::Words(all_labels(entity, target))),
    },
    Row {
        field: Field {
            id: "priority",
            name: "Priority",
            on_change: OnChange::Write,
            is_optional: true,
        },
        if_withheld: true,
        read: |entity, target, _| priority(entity, target).map(FieldValue::Named),
    },
    Row {
        field: Field {
            id: "components",
            name: "Components",
            on_change: OnChange::Leave,
            is_optional: true,
        },
        if_withheld: true,
        read: |_, target, _| Some(FieldValue::AllNamed(target.route?.components.clone()?)),
    },
    Row {
        field: Field {
            id: "assignee",
            name: "Assignee",
            on_change: OnChange::Leave,
            is_optional: true,
        },
        if_withheld: true,
        read: |_, target, _| Some(FieldValue::User(target.route?.assignee.clone()?)),
    },
];

/// The template's line, else the name; an entity without one is called by its
/// type.
pub(super) fn summary(entity: &Entity, target: &Target<'_>, warnings: &mut Warnings) -> String {
    let kind = entity.kind.title();
    if target.withheld {
        let marking = entity.marking_words();
        let marking = match marking.as_str() {
            "" => "Unmarked",
            marking => marking,
        };
        let line = one_line(&format!("{marking} {kind} {}", entity.id));
        return cut(&line, SUMMARY_LIMIT, "…");
    }
    let template = target
        .route
        .and_then(|route| route.summary_template.as_ref())
        .or(target.mapping.summary_template.as_ref());
    let rendered = render(template, entity, target, warnings).map(|text| one_line(&text));
    let mut line = rendered
        .filter(|line| !line.is_empty())
        .unwrap_or_else(|| one_line(&entity.name));
    if line.is_empty() {
        line = format!("Unnamed {}", one_line(&kind.to_lowercase()));
    }
    cut(&line, SUMMARY_LIMIT, "…")
}

fn document(entity: &Entity, target: &Target<'_>, warnings: &mut Warnings) -> Document {
    if target.withheld {
        return description::stub(entity, target);
    }
    let template = target
        .route
        .and_then(|route| route.description_template.as_ref())
        .or(target.mapping.description_template.as_ref());
    match render(template, entity, target, warnings) {
        Some(markdown) => description::templated(&markdown, entity),
        None => description::full(entity, target),
    }
}

fn ending(target: &Target<'_>) -> Ending {
    Ending {
        text: format!("… full text in {}", target.profile.name),
        url: target.entity_url().map(str::to_owned),
    }
}

fn all_labels(entity: &Entity, target: &Target<'_>) -> Vec<String> {
    let own = match target.withheld {
        true => &[],
        false => entity.labels.as_slice(),
    };
    // Another entity's issue would be taken for this one's.
    let own = own.iter().filter(|label| !is_idempotency_label(label));
    let route = target
        .route
        .map_or(&[][..], |route| route.labels.as_slice());
    let idempotency = idempotency_label(&entity.key(), entity.sequence);
    let all = own.chain(route).map(String::as_str);
    labels(all.chain([idempotency.as_str()]))
}

/// The route's, else the entity's priority or severity through the map.
fn priority(entity: &Entity, target: &Target<'_>) -> Option<String> {
    if let Some(priority) = target.route.and_then(|route| route.priority.clone()) {
        return Some(priority);
    }
    let words = [&entity.priority, &entity.severity];
    let words = words.into_iter().flatten().map(String::as_str);
    target.mapping.priority_for(words).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Shown;

    #[test]
    fn what_people_edit_can_be_compared_with_what_they_made_of_it() {
        let respected = TABLE
            .iter()
            .filter(|row| row.field.on_change == OnChange::RespectPeople);
        for row in respected {
            let shown = Shown::default();
            assert!(shown.of(row.field.id).is_some(), "{}", row.field.id);
        }
    }
}
