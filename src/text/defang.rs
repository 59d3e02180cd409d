//! Texts in which nothing is an address.

/// Schemes whose addresses work without slashes: what Jira, mail programs and
/// chats make links of.
const SCHEMES: [&str; 12] = [
    "mailto",
    "javascript",
    "vbscript",
    "data",
    "file",
    "tel",
    "sms",
    "sip",
    "skype",
    "callto",
    "news",
    "nntp",
];

/// A text in which nothing is an address: whoever shows it, and however eagerly
/// he makes links, makes none of it. Addresses are written as analysts write
/// hostile ones: `https[:]//evil[.]example`. Doing it twice changes nothing.
pub fn defang(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let end = rest.find(|c| !is_in_host(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let is_host = is_host(word);
        let mut letters = word.chars().peekable();
        while let Some(c) = letters.next() {
            // A dot at the end is a sentence's.
            let joins = letters.peek().is_some_and(|next| !is_dot(*next));
            match c {
                c if is_host && is_dot(c) && joins => out.extend(['[', c, ']']),
                c => out.push(c),
            }
        }
        let mut signs = after.chars();
        let sign = signs.next();
        rest = signs.as_str();
        match sign {
            None => return out,
            Some('@') if !(out.ends_with('[') && rest.starts_with(']')) => out.push_str("[@]"),
            Some(':') if is_scheme(word) || rest.starts_with("//") => out.push_str("[:]"),
            Some(sign) => out.push(sign),
        }
    }
}

fn is_in_host(c: char) -> bool {
    c.is_alphanumeric() || is_dot(c) || matches!(c, '-' | '_')
}

/// What separates the names in a host (UTS 46).
fn is_dot(c: char) -> bool {
    matches!(c, '.' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}')
}

/// `evil.example`, `192.0.2.1`, `www.1`; a file's name looks the same. Not
/// `e.g.`, `3.5`, `v1.2.3`.
fn is_host(word: &str) -> bool {
    let (mut labels, mut numbers, mut has_www, mut is_name) = (0, 0, false, false);
    for label in word.split(is_dot).filter(|label| !label.is_empty()) {
        labels += 1;
        numbers += u32::from(label.bytes().all(|b| b.is_ascii_digit()));
        has_www |= label.eq_ignore_ascii_case("www");
        is_name = label.starts_with(char::is_alphabetic) && label.chars().nth(1).is_some();
    }
    let is_address = labels == 4 && numbers == 4;
    labels > 1 && (is_name || has_www || is_address)
}

fn is_scheme(word: &str) -> bool {
    let last = word.rsplit(|c: char| !c.is_ascii_alphanumeric()).next();
    last.is_some_and(|last| SCHEMES.iter().any(|it| last.eq_ignore_ascii_case(it)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_like_an_address_is_none_any_more() {
        for (text, expected) in [
            (
                "https://evil.example/a.php?x=1",
                "https[:]//evil[.]example/a[.]php?x=1",
            ),
            ("HXXP://1.2.3.4:80", "HXXP[:]//1[.]2[.]3[.]4:80"),
            ("see www.evil.example.", "see www[.]evil[.]example."),
            ("www.1", "www[.]1"),
            ("a.b@evil.example", "a.b[@]evil[.]example"),
            (
                "MailTo:x, x.javascript:alert(1)",
                "MailTo[:]x, x[.]javascript[:]alert(1)",
            ),
            ("пример.рф", "пример[.]рф"),
            ("evil\u{3002}example", "evil[\u{3002}]example"),
            ("@here", "[@]here"),
        ] {
            assert_eq!(defang(text), expected);
        }
    }

    #[test]
    fn plain_words_stay_what_they_are() {
        let text = "At 12:30, e.g. 3.5 of v1.2.3: C:\\Temp was read. Done...";
        assert_eq!(defang(text), text);
    }

    proptest! {
        #[test]
        fn no_text_keeps_an_address(text in "(https?://|www\\.|@|mailto:|[a-z.:/ -]|\\PC){0,20}") {
            let text = defang(&text);
            prop_assert_eq!(defang(&text), text.clone());
            prop_assert!(!text.contains("://"), "{}", text);
            prop_assert!(!text.replace("[@]", "").contains('@'), "{}", text);
            prop_assert!(!format!(" {text}").contains(" mailto:"), "{}", text);
        }
    }
}
