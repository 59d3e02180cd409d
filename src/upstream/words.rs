//! The words that are written on an entity, and the people that are meant.

use super::port::{IssueLink, Note};
use crate::model::Person;
use crate::text::cut;

/// A comment has at most so many UTF-16 units. Neither platform says what it takes;
/// Jira takes 32,767.
const COMMENT_LIMIT: usize = 10_000;
/// What a text says that says again what was said before.
const EDITED: &str = " (edited)";

/// What tells people which issue is the entity's.
pub(super) fn announcement(issue: &IssueLink) -> String {
    comment(&format!("Jira issue {}: {}", issue.key, issue.url))
}

/// A note as a comment: its title, when it was said, and its text.
///
/// With the time, the same words said twice are two comments, and one that is sent
/// twice can be known.
pub(super) fn said(note: &Note, is_edit: bool) -> String {
    let mut heading = note.title.clone();
    if note.created.is_known() {
        heading = format!("{heading}, {}", note.created);
    }
    if is_edit {
        heading.push_str(EDITED);
    }
    comment(&format!("{heading}\n\n{}", note.text))
}

/// A text that fits into a comment, without control characters other than ends of
/// lines and tabs.
pub(super) fn comment(text: &str) -> String {
    let is_kept = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    let text: String = text.chars().filter(is_kept).collect();
    cut(text.trim(), COMMENT_LIMIT, "…")
}

/// The platform's user for a person, by any of their ids, their name or their
/// address. The map's left sides are in lower case.
pub(super) fn user_of<'m>(map: &'m [(String, String)], person: &Person) -> Option<&'m str> {
    let names = person.ids.iter().chain([&person.name]);
    let mut names = names.chain(&person.email).map(|name| name.to_lowercase());
    let of = |name: String| {
        map.iter()
            .find(|(from, _)| !name.is_empty() && *from == name)
    };
    names.find_map(of).map(|(_, user)| user.as_str())
}

/// What to say of a person for whom `setting` names no user.
pub(super) fn nobody(setting: &str, platform: &str, person: &Person) -> String {
    format!(
        "{setting} names no user of {platform} for {}",
        cut(&person.name, 100, "…")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    #[test]
    fn a_note_says_when_it_was_said_and_whether_it_was_edited() {
        let mut note = Note {
            title: "Ada in SOC-1".to_owned(),
            text: "one\r\n\ttwo\u{0}".to_owned(),
            created: Timestamp::from_secs(1),
        };
        let said_then = "Ada in SOC-1, 1970-01-01T00:00:01Z\n\none\n\ttwo";
        assert_eq!(said(&note, false), said_then);
        assert!(said(&note, true).starts_with("Ada in SOC-1, 1970-01-01T00:00:01Z (edited)\n"));
        note.created = Timestamp::UNKNOWN;
        assert!(said(&note, false).starts_with("Ada in SOC-1\n"));
        note.text = "x".repeat(50_000);
        assert_eq!(said(&note, false).chars().count(), COMMENT_LIMIT);
    }

    #[test]
    fn a_person_is_found_by_any_of_their_names() {
        let map = [
            ("ada@example.com", "a1"),
            ("557058:ab", "b1"),
            ("", "nobody"),
        ];
        let map = map.map(|(from, to)| (from.to_owned(), to.to_owned()));
        let person = |id: &str, name: &str, email: Option<&str>| Person {
            ids: vec![id.to_owned()],
            name: name.to_owned(),
            email: email.map(str::to_owned),
        };
        for (person, user) in [
            (person("557058:AB", "Ada", None), Some("b1")),
            (person("x", "Ada@Example.com", None), Some("a1")),
            (person("x", "Ada", Some("ADA@example.com")), Some("a1")),
            (person("", "", None), None),
        ] {
            assert_eq!(user_of(&map, &person), user, "{person:?}");
        }
    }
}
