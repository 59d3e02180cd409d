//! Any text in any place: the page has the same elements as with a harmless one, and
//! the text is there to be read.

use html5gum::{Token, Tokenizer};
use proptest::prelude::*;

use super::pages;
use crate::page::words::shown;

/// A page as a browser reads it: its elements with the names of their attributes, its
/// addresses, and its text.
#[derive(Debug, Default, PartialEq)]
struct Read {
    elements: Vec<String>,
    addresses: Vec<String>,
    text: String,
}

fn read(page: &str) -> Read {
    let mut read = Read::default();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for token in Tokenizer::new(page).flatten() {
        match token {
            Token::StartTag(tag) => {
                let mut element = text(&tag.name);
                for (name, value) in &tag.attributes {
                    let name = text(name);
                    element.push_str(&format!(" {name}"));
                    if ["href", "action", "src"].contains(&name.as_str()) {
                        read.addresses.push(text(value));
                    }
                }
                read.elements.push(element);
            }
            Token::EndTag(tag) => read.elements.push(format!("/{}", text(&tag.name))),
            Token::String(string) => read.text.push_str(&text(&string)),
            Token::Comment(_) => read.elements.push("comment".to_owned()),
            Token::Doctype(_) | Token::Error(_) => {}
        }
    }
    read
}

/// The elements of a page that depend on a text only by being a link or not.
fn shape(read: &Read) -> Vec<&str> {
    let elements = read.elements.iter().map(String::as_str);
    elements
        .filter(|it| !it.starts_with("a ") && *it != "/a")
        .collect()
}

fn holds(text: &str) {
    let harmless = pages("harmless");
    for (page, plain) in pages(text).iter().zip(&harmless) {
        let (found, expected) = (read(page), read(plain));
        assert_eq!(shape(&found), shape(&expected), "{text:?}");
        assert!(
            found.text.contains(&shown(text, 300)),
            "{text:?} in {}",
            found.text
        );
        for address in &found.addresses {
            let is_ours = address.starts_with('/') && !address.starts_with("//");
            let is_web = address.starts_with("https://") || address.starts_with("http://");
            assert!(is_ours || is_web || address == "data:,", "{address:?}");
        }
    }
}

#[test]
fn what_attackers_write_stays_text() {
    for text in [
        "<script>alert(1)</script>",
        "</bdi></td></table><script>alert(1)</script>",
        "</textarea></title></pre><svg onload=alert(1)>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "<!--",
        "]]>",
        "<![CDATA[x]]>",
        "&lt;b&gt;",
        "&#x3c;b",
        "&amp",
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,<script>x</script>",
        "//evil.example",
        "\\\\evil.example",
        "https://evil.example/\" onclick=\"x",
        "\u{202e}gnp.exe",
        "\u{2066}a\u{2069}",
        "a\u{200b}b",
        "\0",
        "a\0<b>",
        "\u{7f}",
        "x\u{85}",
        "\u{ffff}",
        "x\r\n",
        "\u{feff}",
        "\nfirst line",
        "  blank  ",
    ] {
        holds(text);
    }
}

#[test]
fn a_name_of_ten_kilobytes_is_cut() {
    let long = "A".repeat(10 * 1024);
    holds(&long);
    // A pasted event comes back whole, and what a hold is called; all else is cut.
    for page in pages(&"é".repeat(100_000)) {
        assert!(page.len() < 1_200_000, "{}", page.len());
    }
}

#[test]
fn what_has_no_form_in_html_is_shown_as_such() {
    assert_eq!(
        shown("a\0b\u{1b}[31m\r", 10),
        "a\u{fffd}b\u{fffd}[31m\u{fffd}"
    );
    assert_eq!(shown("a\n\tb", 10), "a\n\tb");
    assert_eq!(shown("\u{202e}gpj.exe", 10), "\u{fffd}gpj.exe");
    assert_eq!(shown("abcdef", 3), "abc…");
    assert_eq!(shown("abc", 3), "abc");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_text_stays_text(text in any::<String>()) {
        holds(&format!("x{text}"));
    }

    #[test]
    fn markup_stays_text(text in "[<>&\"'/=!\\- a-z\0\n;#x0-9\u{202e}]{0,60}") {
        holds(&format!("x{text}"));
    }
}
