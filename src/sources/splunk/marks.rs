//! Labels, marking, techniques and observables.

use serde_json::{Map, Value};

use super::files;
use super::members::{is_bookkeeping, is_volatile};
use super::row::{RAW, RAW_LIMIT};
use super::value::{cut, is_any, is_placeholder, several, text};
use crate::model::{Observable, Reference, Tlp};

/// More labels hide the others.
const LABELS_LIMIT: usize = 20;
/// Longer words are no labels.
const LABEL_LIMIT: usize = 100;
/// More markings hide an entity no better.
const MARKINGS_LIMIT: usize = 50;
/// An issue is no database.
const OBSERVABLES_LIMIT: usize = 50;
/// Fields whose name holds one of these are running text, in which observables
/// stand among other things (`MD5=…,SHA256=…`).
const RUNNING_TEXT: &str = "raw process command cmd hash description message";

/// Fields whose name holds one of these name files and people: `setup.py` is no
/// domain there.
const OTHER_NAMES: &str = "file path process user";
const DOMAIN: &str = "domain-name";
/// Tags that say what Splunk did with an event, and nothing of the event.
const BOOKKEEPING_TAGS: &str = "modaction_result modaction_invocation modaction error";

/// What an entity is marked with, and what it was seen on.
#[derive(Default)]
pub(super) struct Marks {
    /// Techniques and tags, each once.
    pub(super) labels: Vec<String>,
    /// The strictest marking.
    pub(super) tlp: Option<Tlp>,
    /// Markings of other names.
    pub(super) markings: Vec<String>,
    /// What it was seen on, each once.
    pub(super) observables: Vec<Observable>,
}

impl Marks {
    /// The techniques of MITRE ATT&CK in a row, then its tags, and its marking from
    /// the fields that the settings name. Digests and addresses in what Splunk adds
    /// by itself are its own.
    pub(super) fn of_row(row: &Map<String, Value>, marking: &[String]) -> Self {
        let mut marks = Self::default();
        for (name, value) in row {
            let lower = name.to_ascii_lowercase();
            if lower.contains("mitre") || lower.starts_with("annotations") {
                marks.techniques(value);
            }
        }
        marks.observe_fields(row, |name| !is_volatile(name) && !is_bookkeeping(name));
        let member = |name: &str| row.get(name).unwrap_or(&Value::Null);
        for name in ["tag", "tags"] {
            marks.tags(member(name), marking.iter().any(|one| one == name));
        }
        for name in marking.iter().filter(|name| !is_any(name, "tag tags")) {
            marks.marking(member(name));
        }
        marks.observe(RAW, member(RAW));
        marks
    }

    fn techniques(&mut self, value: &Value) {
        let text = text(value).unwrap_or_default().to_ascii_uppercase();
        for word in text.split(|c: char| !c.is_ascii_alphanumeric() && c != '.') {
            let word = word.trim_matches('.');
            if is_technique(word) {
                self.label(word);
            }
        }
    }

    /// A list of words, or one text with commas or lines. A tag that marks is no
    /// label, where tags may mark.
    pub(super) fn tags(&mut self, value: &Value, may_mark: bool) {
        let text = text(value).unwrap_or_default();
        for tag in text.split([',', '\n']) {
            match tlp_tag(tag.trim()).filter(|_| may_mark) {
                Some(tlp) => self.tlp = self.tlp.max(Some(tlp)),
                None if is_any(tag.trim(), BOOKKEEPING_TAGS) => {}
                None => self.label(tag.trim()),
            }
        }
    }

    /// A member that is nothing but a marking. One that is not understood is kept:
    /// it counts as stricter than all.
    pub(super) fn marking(&mut self, value: &Value) {
        for text in several(value).iter().filter_map(text) {
            for word in text.split([',', '\n']).map(str::trim) {
                let tlp = Tlp::parse(word).or_else(|| tlp_tag(word));
                match tlp {
                    Some(tlp) => self.tlp = self.tlp.max(Some(tlp)),
                    None if word.is_empty() || is_placeholder(word) => {}
                    // One that is not understood hides it as well as many.
                    None if self.markings.len() >= MARKINGS_LIMIT => {}
                    None => self.markings.push(cut(word, LABEL_LIMIT)),
                }
            }
        }
    }

    fn label(&mut self, label: &str) {
        let label = cut(label, LABEL_LIMIT);
        let news = !label.is_empty() && !is_placeholder(&label) && !self.labels.contains(&label);
        if news && self.labels.len() < LABELS_LIMIT {
            self.labels.push(label);
        }
    }

    /// Adds the observables of all fields that are asked for. Of the digests of one file,
    /// one is enough.
    pub(super) fn observe_fields(
        &mut self,
        fields: &Map<String, Value>,
        is_asked_for: impl Fn(&str) -> bool,
    ) {
        let weaker = files::weaker(fields);
        for (name, value) in fields {
            if is_asked_for(name) && !weaker.contains(&name.as_str()) {
                self.observe(name, value);
            }
        }
    }

    /// Adds the observables of a field that are not yet known.
    pub(super) fn observe(&mut self, name: &str, value: &Value) {
        let is_other = files::is_of_something_else(name);
        let name = name.to_ascii_lowercase();
        let holds = |parts: &str| parts.split(' ').any(|part| name.contains(part));
        let (running, named) = (holds(RUNNING_TEXT), holds(OTHER_NAMES));
        for text in several(value).iter().filter_map(text) {
            let text = cut(text.trim(), RAW_LIMIT);
            let (hashes, text) = files::take(&text);
            let mut found = hashes;
            let values = values_in(&text).into_iter();
            found.extend(values.filter(|found| !named || found.kind != DOMAIN));
            if running {
                found.append(&mut Observable::all_in(&text));
            }
            if is_other {
                found.retain(|it| !it.is_hash());
            }
            for observable in found {
                let is_new = !self.observables.contains(&observable);
                if is_new && self.observables.len() < OBSERVABLES_LIMIT {
                    self.observables.push(observable);
                }
            }
        }
    }

    /// A page for each technique.
    pub(super) fn references(&self) -> Vec<Reference> {
        let mut references = Vec::new();
        for id in self.labels.iter().filter(|label| is_technique(label)) {
            let page = id.replace('.', "/");
            references.push(Reference {
                source: "MITRE ATT&CK".to_owned(),
                description: None,
                url: Some(format!("https://attack.mitre.org/techniques/{page}/")),
                external_id: Some(id.clone()),
            });
        }
        references
    }
}

/// The observables that a field's value is: one, or several between commas or on
/// lines. Between blanks only if all of them are observables: others are words.
fn values_in(text: &str) -> Vec<Observable> {
    if let Some(whole) = Observable::of_value(text) {
        return vec![whole];
    }
    let mut found = Vec::new();
    for piece in text.split([',', ';', '\n', '|']) {
        match Observable::of_value(piece.trim()) {
            Some(one) => found.push(one),
            None => {
                let words = piece.split_whitespace().map(Observable::of_value);
                let words: Option<Vec<_>> = words.collect();
                found.extend(words.unwrap_or_default());
            }
        }
    }
    found
}

/// `T1003` or `T1003.001`.
fn is_technique(word: &str) -> bool {
    let digits = |text: &str, count: usize| {
        text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some(number) = word.strip_prefix('T') else {
        return false;
    };
    match number.split_once('.') {
        Some((technique, part)) => digits(technique, 4) && digits(part, 3),
        None => digits(number, 4),
    }
}

/// A tag such as `TLP_AMBER`, `tlp:amber+strict` or `tlp-red`.
fn tlp_tag(tag: &str) -> Option<Tlp> {
    let tag = tag.to_ascii_uppercase();
    let name = tag
        .strip_prefix("TLP")?
        .trim_start_matches([':', '_', '-', ' ']);
    Tlp::parse(&name.replace(['_', '-', ' '], "+"))
}
