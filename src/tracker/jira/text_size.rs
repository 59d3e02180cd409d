//! How long a text may be in a Jira that takes less than others do. Pure.

use crate::markup::Rendered;

/// A shorter text would not say what it is about.
const LEAST: usize = 250;
/// A text is made shorter so often.
const MOST_TIMES: u32 = 3;

/// The characters that a text may have, as far as Jira has told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TextSize {
    pub(super) limit: usize,
    times: u32,
}

impl TextSize {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, times: 0 }
    }

    /// The limit that was found out, if one was.
    pub(super) fn found(&self) -> Option<usize> {
        (self.times > 0).then_some(self.limit)
    }

    /// Jira did not take a text of this length: less is allowed from now on. The
    /// limit that Jira names, or else half of it. False if that has no sense any
    /// more.
    pub(super) fn shrink(&mut self, length: usize, why: &str) -> bool {
        let length = length.min(self.limit);
        // Others may stand beside it: a count of lines, an issue's number.
        let named = numbers(why).filter(|number| (LEAST..length).contains(number));
        let named = named.max();
        let limit = named.unwrap_or(length / 2);
        if self.times == MOST_TIMES || limit < LEAST {
            return false;
        }
        self.limit = limit;
        self.times += 1;
        true
    }
}

/// How long a text is, as it is sent.
pub(super) fn length(text: &Rendered) -> usize {
    match text {
        Rendered::Adf(document) => document.json().chars().count(),
        Rendered::Wiki(text) => text.chars().count(),
    }
}

/// The whole numbers in a sentence of any language: `32,767`, `32.767`, `32 767`.
fn numbers(text: &str) -> impl Iterator<Item = usize> {
    let mut numbers: Vec<usize> = Vec::new();
    let mut digits = String::new();
    let chars: Vec<char> = text.chars().collect();
    for (at, c) in chars.iter().enumerate() {
        let is_digit = |c: Option<&char>| c.is_some_and(char::is_ascii_digit);
        let groups = !c.is_alphanumeric() && !digits.is_empty() && is_digit(chars.get(at + 1));
        match c {
            c if c.is_ascii_digit() => digits.push(*c),
            _ if groups => {}
            _ => numbers.extend(std::mem::take(&mut digits).parse::<usize>().ok()),
        }
    }
    numbers.extend(digits.parse::<usize>().ok());
    numbers.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jiras_own_limit_is_taken_or_half() {
        for (why, length, expected) in [
            (
                "The entered text is too long. It exceeds the allowed limit of 4,000 characters.",
                9000,
                4000,
            ),
            (
                "Der eingegebene Text überschreitet die Grenze von 4.000 Zeichen.",
                9000,
                4000,
            ),
            ("Le texte dépasse 4\u{202f}000 caractères", 9000, 4000),
            ("too long", 9000, 4500),
            ("error 12 at 99,999", 9000, 4500),
            (
                "JRA-1234: at most 300 lines and 4000 characters",
                9000,
                4000,
            ),
        ] {
            let mut size = TextSize::new(32_767);
            assert!(size.shrink(length, why), "{why}");
            assert_eq!(size.limit, expected, "{why}");
        }
    }

    #[test]
    fn a_text_is_halved_three_times_and_never_to_nothing() {
        let mut size = TextSize::new(32_767);
        let times = (0..10).take_while(|_| size.shrink(32_767, "no")).count();
        assert_eq!((times, size.limit), (3, 4095));
        assert!(!TextSize::new(32_767).shrink(400, "no"));
    }
}
