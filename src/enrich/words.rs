//! Strangers' text, made short and harmless.

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

/// A text on one line, without what cannot be seen, in at most `limit`
/// characters.
pub(super) fn line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut is_apart = false;
    for c in text.chars() {
        if c.is_whitespace() || c.is_control() {
            is_apart = !line.is_empty();
        } else if !is_hidden(c) {
            if is_apart {
                line.push(' ');
            }
            is_apart = false;
            line.push(c);
        }
    }
    cut(&line, limit)
}

/// The same for a text that keeps its lines; empty ones go.
pub(super) fn lines(text: &str, limit: usize) -> String {
    let mut lines = String::new();
    for line in text.lines().map(|it| line(it, usize::MAX)) {
        if !line.is_empty() && !lines.is_empty() {
            lines.push('\n');
        }
        lines.push_str(&line);
    }
    cut(&lines, limit)
}

/// Characters that take no room or turn the direction of writing: with them a
/// text says something else than it shows.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
}

fn cut(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    let kept: String = text.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A text in which nothing is an address: whoever shows it, and however eagerly
/// he makes links, makes none of it. Addresses are written as analysts write
/// hostile ones: `https[:]//evil[.]example`.
pub(super) fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let end = rest.find(|c| !is_in_host(c)).unwrap_or(rest.len());
        let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        let is_host = is_host(word);
        for c in word.chars() {
            match c {
                '.' if is_host => out.push_str("[.]"),
                c => out.push(c),
            }
        }
        let mut signs = after.chars();
        let sign = signs.next();
        rest = signs.as_str();
        match sign {
            None => return out,
            Some('@') => out.push_str("[@]"),
            Some(':') if is_scheme(word) || rest.starts_with("//") => out.push_str("[:]"),
            Some(sign) => out.push(sign),
        }
    }
}

fn is_in_host(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '-' | '_')
}

/// `evil.example`, `192.0.2.1`, `www.1`; a file's name looks the same. Not
/// `e.g.`, `3.5`, `v1.2.3`.
fn is_host(word: &str) -> bool {
    let (mut labels, mut numbers, mut has_www, mut is_name) = (0, 0, false, false);
    for label in word.split('.').filter(|label| !label.is_empty()) {
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
            ("see www.evil.example.", "see www[.]evil[.]example[.]"),
            ("www.1", "www[.]1"),
            ("a.b@evil.example", "a.b[@]evil[.]example"),
            (
                "MailTo:x, x.javascript:alert(1)",
                "MailTo[:]x, x[.]javascript[:]alert(1)",
            ),
            ("пример.рф", "пример[.]рф"),
            ("@here", "[@]here"),
        ] {
            assert_eq!(harmless(text), expected);
        }
    }

    #[test]
    fn plain_words_stay_what_they_are() {
        let text = "At 12:30, e.g. 3.5 of v1.2.3: C:\\Temp was read. Done...";
        assert_eq!(harmless(text), text);
    }

    #[test]
    fn what_cannot_be_seen_goes_and_lines_stay_or_not() {
        let text = " a\r\n\n \u{202e}b\u{200b}\u{0}c\u{e0041}\t d\u{2028}e ";
        assert_eq!(line(text, 99), "a b c d e");
        assert_eq!(lines(text, 99), "a\nb c d e");
        assert_eq!(line("abcdef", 4), "abc…");
        assert_eq!(line("abcd", 4), "abcd");
        assert_eq!(line("ab cd", 4), "ab…");
    }

    proptest! {
        #[test]
        fn no_text_keeps_an_address(text in "(https?://|www\\.|@|mailto:|[a-z.:/ -]|\\PC){0,20}") {
            let text = harmless(&text);
            prop_assert!(!text.contains("://"), "{}", text);
            prop_assert!(!text.replace("[@]", "").contains('@'), "{}", text);
            prop_assert!(!format!(" {text}").contains(" mailto:"), "{}", text);
        }

        #[test]
        fn a_cut_text_is_within_its_limit(text in any::<String>(), limit in 1usize..40) {
            prop_assert!(line(&text, limit).chars().count() <= limit);
            prop_assert!(lines(&text, limit).chars().count() <= limit);
            prop_assert!(!line(&text, limit).chars().any(|c| c.is_control() || is_hidden(c)));
        }
    }
}
