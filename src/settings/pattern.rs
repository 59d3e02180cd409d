//! Texts with a `*` at the start or the end.

/// As values are compared.
pub(super) fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

/// A text, or what it begins with (`x*`), ends with (`*x`) or holds (`*x*`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    open_start: bool,
    open_end: bool,
}

impl Pattern {
    /// `None` if there is a `*` in the middle.
    pub fn new(pattern: &str) -> Option<Self> {
        let pattern = folded(pattern);
        let (rest, open_end) = without(pattern.strip_suffix('*'), &pattern);
        let (text, open_start) = without(rest.strip_prefix('*'), rest);
        (!text.contains('*')).then(|| Self {
            text: text.to_owned(),
            open_start,
            open_end,
        })
    }

    /// Whether a text fits, in any case.
    pub fn fits(&self, text: &str) -> bool {
        let given = folded(text);
        let text = self.text.as_str();
        match (self.open_start, self.open_end) {
            (false, false) => given == text,
            (false, true) => given.starts_with(text),
            (true, false) => given.ends_with(text),
            (true, true) => given.contains(text),
        }
    }
}

fn without<'a>(stripped: Option<&'a str>, whole: &'a str) -> (&'a str, bool) {
    (stripped.unwrap_or(whole), stripped.is_some())
}
