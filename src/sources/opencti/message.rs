//! What a notification says in words: ``[report] Name - `admin` deletes a Report``.
//! The name and the user's are strangers' text.

/// Whether a message says clearly that the entity of this name was deleted. In case
/// of doubt it does not.
pub(super) fn says_deleted(message: &str, name: &str) -> bool {
    verb(message, name) == Some("deletes")
}

/// What was done, in the platform's word.
fn verb<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = message.trim();
    if rest.starts_with('[') {
        // In front of what happened stand the type and the name.
        let (_, named) = rest.split_once("] ")?;
        rest = named.strip_prefix(name)?.trim_start().strip_prefix("- ")?;
    }
    if let Some(user) = rest.strip_prefix('`') {
        let (_, said) = user.split_once("` ")?;
        rest = said;
    }
    rest.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_a_message_that_says_so_tells_of_a_deletion() {
        for (message, expected) in [
            ("[report] Old - `admin` deletes a Report `Old`", true),
            ("`admin` deletes a Report `Old`", true),
            ("deletes a Report `Old`", true),
            (
                "[report] Old - `admin` replaces `deletes` with `low` in `Severity`",
                false,
            ),
            ("[report] Old - `admin` adds ` deletes a` in `Label`", false),
            ("[report] Other - `admin` deletes a Report `Other`", false),
            ("[report] Old", false),
            ("", false),
        ] {
            assert_eq!(says_deleted(message, "Old"), expected, "{message}");
        }
        let name = "x - `admin` deletes a Report";
        let message = format!("[report] {name} - `admin` adds `a` in `Label`");
        assert!(!says_deleted(&message, name));
    }

    proptest! {
        #[test]
        fn no_name_makes_a_change_a_deletion(name in ".{0,40}") {
            let message = format!("[report] {name} - `admin` adds `a` in `Label`");
            prop_assert!(!says_deleted(&message, &name));
        }
    }
}
