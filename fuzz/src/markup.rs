//! Rich text: every text becomes all languages, within their limit, and what we wrote
//! can be read.

use jira_intake::markup::{
    Document, Ending, Flavor, Rendered, Seen, from_adf, from_html, from_markdown, from_wiki,
    plain_text,
};

/// Characters of a text in Jira.
const LIMITS: [usize; 2] = [300, 32_767];

/// What OpenCTI's descriptions are.
pub(super) fn markdown(data: &[u8]) {
    check(&from_markdown(&String::from_utf8_lossy(data)));
}

/// What OpenCTI's contents are.
pub(super) fn html(data: &[u8]) {
    check(&from_html(&String::from_utf8_lossy(data)));
}

/// What people write in Data Center.
pub(super) fn wiki(data: &[u8]) {
    check(&from_wiki(&String::from_utf8_lossy(data)));
}

/// What people write in Cloud.
pub(super) fn adf(data: &[u8]) {
    if let Ok(value) = serde_json::from_slice(data) {
        check(&from_adf(&value));
    }
}

fn check(document: &Document) {
    let _ = plain_text(document);
    let ending = Ending::default();
    for limit in LIMITS {
        if let Rendered::Wiki(text) = document.render(Flavor::Wiki, limit, &ending) {
            assert!(characters(&text) <= limit, "too long for wiki: {limit}");
            let _ = from_wiki(&text);
        }
        let adf = document.render(Flavor::Adf, limit, &ending);
        let seen = adf.seen().into_owned();
        let value = adf.into_json();
        assert_eq!(value["type"], "doc");
        assert_eq!(seen, Seen::of(&value));
        let _ = from_adf(&value);
        let text = document.to_markdown(limit, &ending);
        assert!(characters(&text) <= limit, "too long for Markdown: {limit}");
    }
}

/// As Java counts them.
fn characters(text: &str) -> usize {
    text.encode_utf16().count()
}
