//! The label by which an entity's issue is found again.

use crate::model::EntityKey;
use crate::text::digest;

/// The short label by which an entity's issue is found. An alert that has had
/// issues before has another one for each.
pub fn idempotency_label(entity: &EntityKey, sequence: u32) -> String {
    let name = format!("{}/{}", entity.source.as_str(), entity.id);
    let digest = match sequence {
        0 => digest(name.as_bytes()),
        sequence => digest(format!("{name}#{sequence}").as_bytes()),
    };
    format!("intake-{}", digest.get(..12).unwrap_or_default())
}

/// Whether a label has this form, so that only we may set it.
pub fn is_idempotency_label(label: &str) -> bool {
    let label = label.trim().to_ascii_lowercase();
    label.strip_prefix("intake-").is_some_and(|digits| {
        digits.len() == 12 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SourceKey;
    use crate::sources::{opencti, splunk};

    #[test]
    fn a_label_finds_the_issue_of_one_entity_of_one_source_and_one_of_its_issues() {
        let key = |source, id: &str| EntityKey {
            source: SourceKey::of(source),
            id: id.to_owned(),
        };
        let one = key(&opencti::PROFILE, "e1");
        let label = idempotency_label(&one, 0);
        assert_eq!(
            label,
            format!("intake-{}", &digest(b"opencti/e1")[..12]),
            "issues are found by it for ever"
        );
        assert_eq!(label.len(), 19);
        assert!(is_idempotency_label(&label) && is_idempotency_label("Intake-0123456789AB "));
        assert!(
            !is_idempotency_label("intake-form") && !is_idempotency_label("intake-0123456789a")
        );
        let others = [
            idempotency_label(&one, 1),
            idempotency_label(&one, 2),
            idempotency_label(&key(&splunk::PROFILE, "e1"), 0),
            idempotency_label(&key(&opencti::PROFILE, "e2"), 0),
        ];
        for (place, other) in others.iter().enumerate() {
            assert!(*other != label && !others[..place].contains(other));
        }
    }
}
