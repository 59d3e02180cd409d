//! How Splunk's alerts are read. An attacker writes most of a row: what a row
//! says of itself counts only where the settings say so.

use super::host::{HostError, origin};
use super::pattern::Pattern;
use super::reader::Reader;

/// The searches whose rows are notables, unless the settings say others.
const NOTABLE_SEARCHES: &str = "*notable*";

/// How Splunk's alerts are read.
#[derive(Debug, Clone)]
pub struct Splunk {
    /// The names of searches that list notables.
    pub notable_searches: Vec<Pattern>,
    /// Fields of a row that give its alert's name, the best first.
    pub title_fields: Vec<String>,
    /// Fields of a row that mark it.
    pub marking_fields: Vec<String>,
    /// The origin that people reach Splunk by; takes the place of that in links.
    pub web_url: Option<String>,
}

impl Splunk {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        Self {
            notable_searches: notable_searches(read),
            title_fields: read.list("splunk_title_fields"),
            marking_fields: read.list("splunk_marking_fields"),
            web_url: web_url(read),
        }
    }
}

fn web_url(read: &mut Reader<'_>) -> Option<String> {
    let url = read.optional("splunk_web_url")?;
    match origin(url.trim_end_matches('/')) {
        Ok(origin) => Some(origin),
        Err(HostError::HasPath(path)) => {
            read.mistake(format!(
                "splunk_web_url: `{url}` has the path `{path}`; links have their own"
            ));
            None
        }
        Err(HostError::Invalid(why)) => {
            read.mistake(format!("splunk_web_url: {why}"));
            None
        }
        Err(HostError::Empty) => None,
    }
}

fn notable_searches(read: &mut Reader<'_>) -> Vec<Pattern> {
    let name = "splunk_notable_searches";
    let mut words = read.list(name);
    if words.is_empty() {
        words.push(NOTABLE_SEARCHES.to_owned());
    }
    let mut patterns = Vec::new();
    for word in words
        .iter()
        .filter(|word| !word.eq_ignore_ascii_case("none"))
    {
        match Pattern::new(word) {
            Some(pattern) => patterns.push(pattern),
            None => read.mistake(format!(
                "{name}: `{word}` has a `*` in the middle; it may stand at the start or the end"
            )),
        }
    }
    patterns
}
