//! Addresses without the user name and the password that they can hold.

use std::borrow::Cow;

/// A text in which no address holds a login: `https://user:password@host/` becomes
/// `https://host/`.
pub fn without_logins(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let mut clean: Vec<u8> = Vec::with_capacity(text.len());
    // Where the host begins, or a login before it, as long as the path has not.
    let mut host = None;
    for byte in text.bytes() {
        match (byte, host) {
            (b'@', Some(begin)) => {
                clean.truncate(begin);
                continue;
            }
            (b'/', _) if clean.ends_with(b":/") => host = Some(clean.len() + 1),
            (b'/' | b'?' | b'#' | b'\\' | b'"' | b'\'' | b'<' | b'>' | b'`' | 0..=b' ', _) => {
                host = None;
            }
            _ => {}
        }
        clean.push(byte);
    }
    // Only whole characters were taken out.
    Cow::Owned(String::from_utf8(clean).unwrap_or_default())
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
