//! What `~` finds: words in any case, and phrases in quotes, after the description
//! of text searches in Atlassian's support pages ("Search syntax for text fields").

/// A search for words.
#[derive(Debug)]
pub(super) struct TextQuery(Vec<Term>);

/// Words that stand one after the other; a single one outside quotes.
#[derive(Debug, Default)]
struct Term {
    words: Vec<String>,
    /// Whether the last word may go on (`*`).
    is_prefix: bool,
}

/// Fields of text that every site has.
const FIELDS: [&str; 4] = ["summary", "description", "text", "environment"];

/// Characters that mean something else unless a backslash stands before them.
const SPECIAL: &str = "+-&|!(){}[]^~?:/";

impl TextQuery {
    /// Reads what a query searches for. An error is a sentence, as in Jira.
    pub(super) fn read(text: &str, field: &str) -> Result<Self, String> {
        if !(FIELDS.contains(&field) || field.starts_with("customfield_")) {
            return Err(format!(
                "The operator '~' is not supported by the '{field}' field."
            ));
        }
        let wrong = || format!("Unable to parse the text '{text}' for field '{field}'.");
        let mut terms = Vec::new();
        let (mut plain, mut in_phrase, mut is_prefix) = (String::new(), false, false);
        let mut all = text.chars();
        while let Some(c) = all.next() {
            match c {
                '\\' => plain.push(all.next().ok_or_else(wrong)?),
                '"' => {
                    terms.extend(terms_of(&plain, in_phrase, is_prefix));
                    plain.clear();
                    (in_phrase, is_prefix) = (!in_phrase, false);
                }
                _ if in_phrase => plain.push(c),
                '*' if plain.trim().is_empty() => {
                    return Err(format!(
                        "The text query '{text}' for field '{field}' is not allowed to start \
                         with character '*'."
                    ));
                }
                '*' => is_prefix = true,
                c if SPECIAL.contains(c) => return Err(wrong()),
                c if c.is_whitespace() => {
                    terms.extend(terms_of(&plain, false, is_prefix));
                    plain.clear();
                    is_prefix = false;
                }
                _ => plain.push(c),
            }
        }
        if in_phrase {
            return Err(wrong());
        }
        terms.extend(terms_of(&plain, false, is_prefix));
        match terms.is_empty() {
            true => Err(wrong()),
            false => Ok(Self(terms)),
        }
    }

    /// Whether a text holds all that is searched for.
    pub(super) fn finds(&self, text: &str) -> bool {
        let words = words(text);
        self.0.iter().all(|term| {
            let mut places = words.windows(term.words.len());
            places.any(|place| term.is_at(place))
        })
    }
}

impl Term {
    fn is_at(&self, place: &[String]) -> bool {
        let mut pairs = self.words.iter().zip(place).rev();
        let last = pairs.next();
        let goes_on = |(ours, theirs): (&String, &String)| match self.is_prefix {
            true => theirs.starts_with(ours.as_str()),
            false => ours == theirs,
        };
        last.is_some_and(goes_on) && pairs.all(|(ours, theirs)| ours == theirs)
    }
}

/// A phrase, or what a word outside quotes is made of: `a-b` is two words in a row.
fn terms_of(text: &str, is_phrase: bool, is_prefix: bool) -> Option<Term> {
    let words = words(text);
    let is_prefix = is_prefix && !is_phrase;
    (!words.is_empty()).then_some(Term { words, is_prefix })
}

/// The words of a text, in lower case: letters and digits, and the dots and
/// apostrophes between them (`evil.example`, `42.194.210.177`).
fn words(text: &str) -> Vec<String> {
    let joins = |c: char| matches!(c, '.' | '\'' | '_');
    let apart = |c: char| !c.is_alphanumeric() && !joins(c);
    let lower = text.to_lowercase();
    let words = lower.split(apart).map(|word| word.trim_matches(joins));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finds(query: &str, text: &str) -> bool {
        TextQuery::read(query, "summary").unwrap().finds(text)
    }

    #[test]
    fn words_are_found_in_any_case_and_order_and_a_phrase_only_as_it_stands() {
        let text = "Beacon from FIN-WS-042 to evil.example: 42.194.210.177";
        for (query, expected) in [
            ("fin beacon", true),
            ("beac", false),
            ("beac*", true),
            (r#""beacon FROM fin""#, true),
            (r#""from beacon""#, false),
            (r#""FIN\-WS\-042 to evil.example\: 42.194.210.177""#, true),
            (r#""194.210""#, false),
            (r#"beacon "ws 042""#, true),
            ("nothing", false),
        ] {
            assert_eq!(finds(query, text), expected, "{query}");
        }
    }

    #[test]
    fn what_is_no_search_is_refused() {
        for query in ["", "\"", "a\\", "a:b", "-a", "(a", "*a", "\"---\"", "a \"b"] {
            assert!(TextQuery::read(query, "summary").is_err(), "{query}");
        }
    }
}
