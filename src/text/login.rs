//! Addresses without the user name and the password that they can hold.

use std::borrow::Cow;

/// A text in which no address holds a login: `https://user:password@host/` becomes
/// `https://host/`.
pub fn without_logins(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut clean = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("://") {
        clean.push_str(before);
        clean.push_str("://");
        // What stands before the path: the host, and maybe a login.
        let ends = |c: char| c.is_whitespace() || c.is_control() || "/?#\\\"'<>`".contains(c);
        let end = after.find(ends).unwrap_or(after.len());
        let authority = after.get(..end).unwrap_or_default();
        rest = match authority.rfind('@') {
            Some(at) => after.get(at + 1..).unwrap_or_default(),
            None => after,
        };
    }
    clean.push_str(rest);
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_login_goes_and_the_rest_stays() {
        for (text, expected) in [
            ("https://u:p@host/x", "https://host/x"),
            ("https://u@host:8443", "https://host:8443"),
            ("https://u:p@ss@host?q=1", "https://host?q=1"),
            (
                "see http://a:b@c and http://d:e@f.",
                "see http://c and http://f.",
            ),
            ("https://host/a@b", "https://host/a@b"),
            ("https://host/ mail a@b", "https://host/ mail a@b"),
            ("a@b.example", "a@b.example"),
            ("`redis://:pw@h:1/2`", "`redis://h:1/2`"),
        ] {
            assert_eq!(without_logins(text), expected);
        }
    }

    proptest! {
        #[test]
        fn no_login_is_left(before in "[a-z ]{0,9}", login in "[a-z:@%!$&*]{1,12}", after in "[a-z ]{0,9}") {
            let text = format!("{before}https://{login}@host/{after}");
            prop_assert_eq!(without_logins(&text), format!("{before}https://host/{after}"));
        }

        #[test]
        fn any_text_is_taken(text: String) {
            prop_assert!(without_logins(&text).len() <= text.len());
        }
    }
}
