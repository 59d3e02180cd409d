//! What others wrote, as a part of a JQL query. Pure.
//!
//! Two languages, one in the other: a value of JQL in quotes, and in it, where text is
//! searched, a query of Lucene's. Sources: "Use advanced search with Jira Query
//! Language (JQL)", "Search syntax for text fields" in Atlassian's support pages.

/// What means something else in a text search, unless a backslash stands before it.
const SPECIAL: &str = "+-&|!(){}[]^~*?\\:/\"";

/// A value in quotes.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text, "\\\""))
}

/// The text search for all words of a text, one after the other: a phrase. It finds
/// texts that hold more, and words of another case or form.
pub(super) fn phrase(text: &str) -> String {
    let line = text.replace(char::is_control, " ");
    format!("\"{}\"", escaped(&line, SPECIAL))
}

fn escaped(text: &str, special: &str) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        if special.contains(c) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What stands between quotes at the beginning of a text, without its backslashes,
    /// and what comes after it; `bare` is told each character that has none.
    fn read(text: &str, mut bare: impl FnMut(char)) -> (String, &str) {
        let mut value = String::new();
        let mut escaped = false;
        for (at, c) in text.char_indices().skip(1) {
            match c {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => return (value, &text[at + 1..]),
                _ => {
                    if !escaped {
                        bare(c);
                    }
                    value.push(c);
                    escaped = false;
                }
            }
        }
        panic!("{text:?} does not end")
    }

    #[test]
    fn a_phrase_is_written_as_jira_documents_it() {
        for (text, expected) in [
            ("Odd login", r#""\"Odd login\"""#),
            ("a-b", r#""\"a\\-b\"""#),
            (r#"say "x""#, r#""\"say \\\"x\\\"\"""#),
            (r"C:\x", r#""\"C\\:\\\\x\"""#),
            ("one\r\ntwo", r#""\"one  two\"""#),
        ] {
            assert_eq!(quoted(&phrase(text)), expected, "{text:?}");
        }
    }

    fn hostile() -> impl Strategy<Value = String> {
        let parts = prop_oneof![
            "[-+&|!(){}\\[\\]^~*?:\\\\/\"'\n\r\t]{0,8}",
            Just(" OR project = X ".to_owned()),
            Just("\" OR summary ~ \"".to_owned()),
            Just("AND NOT ORDER BY".to_owned()),
            any::<String>(),
        ];
        prop::collection::vec(parts, 0..6).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn no_text_says_more_than_its_words(text in hostile()) {
            let written = quoted(&phrase(&text));
            let (query, rest) = read(&written, |_| {});
            prop_assert_eq!(rest, "", "the value of JQL ends where it should");
            let mut bare = String::new();
            let (words, rest) = read(&query, |c| bare.push(c));
            prop_assert_eq!(rest, "", "the phrase ends where it should");
            prop_assert!(!bare.contains(|c| SPECIAL.contains(c)), "{:?}", bare);
            prop_assert_eq!(words, text.replace(char::is_control, " "));
        }

        #[test]
        fn a_value_is_read_as_it_was(text in hostile()) {
            let written = quoted(&text);
            let (value, rest) = read(&written, |_| {});
            prop_assert_eq!((value, rest), (text, ""));
        }
    }
}
