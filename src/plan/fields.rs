//! An entity's members become an issue's fields, within Jira's limits.

use super::steps::IssueFields;
use crate::config::Config;
use crate::event::Entity;

/// A summary is one line of 1 to 255 characters (Jira's system field).
pub const SUMMARY_LIMIT: usize = 255;
/// A label has no white space and at most 255 characters (Jira's system field).
pub const LABEL_LIMIT: usize = 255;
/// A description has at most 32,767 characters
/// (`jira.text.field.character.limit`, and the limit on Cloud).
pub const DESCRIPTION_LIMIT: usize = 32_767;

/// The fields of a new issue for the entity.
pub fn issue(entity: &Entity, config: &Config) -> IssueFields {
    IssueFields {
        project: config.jira.project_key.clone(),
        issue_type: config.jira.issue_type.clone(),
        summary: summary(entity),
        description: description(entity, config),
        labels: labels(&entity.labels),
        custom: config.jira.custom_fields.clone(),
    }
}

/// The name in one line; an entity without one is called by its type.
fn summary(entity: &Entity) -> String {
    let mut line = one_line(&entity.name);
    if line.is_empty() {
        line = format!("Unnamed {}", one_line(entity.kind.as_str()));
    }
    cut(&line, SUMMARY_LIMIT, "…")
}

fn description(entity: &Entity, config: &Config) -> Option<String> {
    let text = entity.description.as_deref()?;
    let ending = match &config.opencti_url {
        Some(url) => format!(
            "\n\n… full text in OpenCTI: {}",
            entity_url(url, &entity.id)
        ),
        None => "\n\n… full text in OpenCTI".to_owned(),
    };
    Some(cut(text, DESCRIPTION_LIMIT, &ending))
}

/// The page of an entity, whatever its type.
pub fn entity_url(opencti_url: &str, id: &str) -> String {
    format!("{opencti_url}/dashboard/id/{id}")
}

/// Labels as Jira takes them, each once, in their order.
fn labels(labels: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for label in labels {
        let label = one_line(label).replace(' ', "_");
        let label = cut(&label, LABEL_LIMIT, "…");
        if !label.is_empty() && !kept.contains(&label) {
            kept.push(label);
        }
    }
    kept
}

/// Runs of white space and control characters become one blank.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// At most `limit` characters, with `ending` in place of what was cut off.
///
/// Jira counts as Java does, in UTF-16 units, so that is what is counted here:
/// never fewer than the characters a person sees.
fn cut(text: &str, limit: usize, ending: &str) -> String {
    if width(text) <= limit {
        return text.to_owned();
    }
    let room = limit.saturating_sub(width(ending));
    let mut used = 0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += c.len_utf16();
            used <= room
        })
        .collect();
    format!("{}{ending}", kept.trim_end())
}

fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::EntityType;
    use proptest::prelude::*;

    fn entity(name: &str) -> Entity {
        Entity {
            id: "id".to_owned(),
            kind: EntityType::new("incident"),
            name: name.to_owned(),
            ..Entity::default()
        }
    }

    #[test]
    fn a_name_becomes_one_line() {
        assert_eq!(summary(&entity(" a\r\n b\t\u{0}c\u{2028}d ")), "a b c d");
        assert_eq!(summary(&entity("\n")), "Unnamed incident");
    }

    #[test]
    fn a_long_name_is_cut_at_255_characters() {
        assert_eq!(summary(&entity(&"x".repeat(255))), "x".repeat(255));
        let cut = summary(&entity(&"x".repeat(256)));
        assert_eq!(cut.chars().count(), 255);
        assert!(cut.ends_with("x…"));
    }

    #[test]
    fn labels_lose_their_blanks_and_their_doubles() {
        let given = ["threat lead", "threat\tlead", " ", "APT 28 / Fancy"].map(String::from);
        assert_eq!(labels(&given), ["threat_lead", "APT_28_/_Fancy"]);
    }

    proptest! {
        #[test]
        fn any_text_makes_a_summary_that_jira_takes(name in any::<String>()) {
            let summary = summary(&entity(&name));
            prop_assert!((1..=SUMMARY_LIMIT).contains(&summary.chars().count()));
            prop_assert!(!summary.chars().any(char::is_control));
        }

        #[test]
        fn any_text_makes_labels_that_jira_takes(texts in proptest::collection::vec(".{0,300}", 0..4)) {
            for label in labels(&texts) {
                prop_assert!((1..=LABEL_LIMIT).contains(&label.chars().count()));
                prop_assert!(!label.chars().any(char::is_whitespace));
            }
        }

        #[test]
        fn a_cut_keeps_within_the_limit_and_keeps_the_ending(text in any::<String>(), limit in 10usize..60) {
            let result = cut(&text, limit, "… more");
            prop_assert!(width(&result) <= limit);
            prop_assert!(result == text || result.ends_with("… more"));
        }
    }
}
