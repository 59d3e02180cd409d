//! Makes masked addresses whole: `hxxp://evil[.]com` is `http://evil.com`.

/// What people write in brackets, in any case, and what it stands for.
const BRACKETED: [(&str, &str); 6] = [
    (".", "."),
    ("dot", "."),
    (":", ":"),
    ("://", "://"),
    ("at", "@"),
    ("@", "@"),
];
/// Schemes that no browser opens.
const SCHEMES: [(&str, &str); 2] = [("hxxp:", "http:"), ("hxxps:", "https:")];
/// What HTML writes for the characters that surround an address or are in it.
const ENTITIES: [(&str, &str); 7] = [
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&quot;", "\""),
    ("&#39;", "'"),
    ("&apos;", "'"),
    ("&nbsp;", " "),
];

/// A text with nothing masked in it.
#[derive(Debug, Default)]
pub(super) struct Refanged {
    /// The text.
    pub(super) text: String,
    /// Whether a dot was masked: nobody does that to the name of a file.
    pub(super) dots: bool,
}

/// Unmasks a text in one pass.
///
/// What was written is looked at again at each closing character, so that
/// masks around masks fall, too, and a second pass would change nothing.
pub(super) fn refang(text: &str) -> Refanged {
    let mut done = Refanged {
        text: String::with_capacity(text.len()),
        dots: false,
    };
    for c in text.chars() {
        done.push(c);
    }
    done
}

impl Refanged {
    fn push(&mut self, c: char) {
        self.text.push(c);
        match c {
            ']' => self.unwrap('['),
            ')' => self.unwrap('('),
            '}' => self.unwrap('{'),
            ':' => self.replace(&SCHEMES),
            ';' => self.replace(&ENTITIES),
            _ => {}
        }
    }

    /// What ends the text in brackets becomes what it stands for.
    fn unwrap(&mut self, open: char) {
        for (inner, plain) in BRACKETED {
            let Some(start) = self.text.len().checked_sub(inner.len() + 2) else {
                continue;
            };
            let masked = self
                .text
                .get(start..)
                .and_then(|end| end.strip_prefix(open));
            let masked = masked.and_then(|end| end.get(..inner.len()));
            if masked.is_some_and(|masked| masked.eq_ignore_ascii_case(inner)) {
                self.text.truncate(start);
                self.dots |= plain == ".";
                for c in plain.chars() {
                    self.push(c);
                }
                return;
            }
        }
    }

    fn replace(&mut self, masks: &[(&str, &str)]) {
        for (mask, plain) in masks {
            let Some(start) = self.text.len().checked_sub(mask.len()) else {
                continue;
            };
            let end = self.text.get(start..);
            if end.is_some_and(|end| end.eq_ignore_ascii_case(mask)) {
                self.text.truncate(start);
                self.text.push_str(plain);
                return;
            }
        }
    }
}
