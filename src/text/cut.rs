//! Texts within a limit.

/// At most `limit` UTF-16 units, with `ending` in place of what was cut off
/// (without it, where it does not fit itself).
///
/// Jira counts as Java does, in UTF-16 units, so that is what is counted here:
/// never fewer than the characters a person sees.
pub fn cut(text: &str, limit: usize, ending: &str) -> String {
    if fits(text, limit) {
        return text.to_owned();
    }
    let ending = match fits(ending, limit) {
        true => ending,
        false => "",
    };
    let mut room = limit - width(ending);
    let mut end = 0;
    for c in text.chars() {
        match room.checked_sub(c.len_utf16()) {
            Some(left) => room = left,
            None => break,
        }
        end += c.len_utf8();
    }
    let kept = text.get(..end).unwrap_or_default();
    format!("{}{ending}", kept.trim_end())
}

/// Whether a text is within the limit; looks no further than that.
fn fits(text: &str, limit: usize) -> bool {
    let mut left = limit;
    text.chars().all(|c| match left.checked_sub(c.len_utf16()) {
        Some(less) => {
            left = less;
            true
        }
        None => false,
    })
}

fn width(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_too_long_ends_with_the_ending() {
        for (text, limit, expected) in [
            ("abcdef", 4, "abc…"),
            ("abcd", 4, "abcd"),
            ("ab cd", 4, "ab…"),
            ("", 0, ""),
            ("ab", 0, ""),
            ("ab", 1, "…"),
            // A face is two units, and is not cut in two.
            ("a😀b", 3, "a…"),
            ("a😀b", 4, "a😀b"),
        ] {
            assert_eq!(cut(text, limit, "…"), expected, "{text} to {limit}");
        }
    }

    proptest! {
        #[test]
        fn a_cut_keeps_within_the_limit(text: String, ending in "[….a-z]{0,8}", limit in 0usize..60) {
            let result = cut(&text, limit, &ending);
            prop_assert!(width(&result) <= limit);
            prop_assert!(result == text || width(&ending) > limit || result.ends_with(&ending));
        }
    }
}
