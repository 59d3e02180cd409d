//! Labels, marking, techniques and observables.

use serde_json::{Map, Value};

use super::row::{RAW_LIMIT, is_volatile};
use super::value::{cut, is_placeholder, several, text};
use crate::event::{Observable, Reference, Tlp};

/// More labels hide the others.
const LABELS_LIMIT: usize = 20;
/// Longer words are no labels.
const LABEL_LIMIT: usize = 100;
/// An issue is no database.
const OBSERVABLES_LIMIT: usize = 50;
/// Fields whose name holds one of these are running text, in which observables
/// stand among other things (`MD5=…,SHA256=…`).
const RUNNING_TEXT: [&str; 7] = [
    "raw",
    "process",
    "command",
    "cmd",
    "hash",
    "description",
    "message",
];

/// Fields whose name holds one of these name files and people: `setup.py` is no
/// domain there.
const OTHER_NAMES: [&str; 4] = ["file", "path", "process", "user"];
const DOMAIN: &str = "domain-name";

/// What an entity is marked with.
#[derive(Default)]
pub(super) struct Marks {
    /// Techniques and tags, each once.
    pub(super) labels: Vec<String>,
    /// The strictest marking.
    pub(super) tlp: Option<Tlp>,
}

impl Marks {
    /// The techniques of MITRE ATT&CK in a row, then its tags, then its marking.
    pub(super) fn of_row(row: &Map<String, Value>) -> Self {
        let mut marks = Self::default();
        for (name, value) in row {
            let name = name.to_ascii_lowercase();
            if name.contains("mitre") || name.starts_with("annotations") {
                marks.techniques(value);
            }
        }
        for name in ["tag", "tags"] {
            marks.tags(row.get(name).unwrap_or(&Value::Null));
        }
        marks.marking(row.get("tlp").unwrap_or(&Value::Null));
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

    /// A list of words, or one text with commas or lines. A marking is no label.
    pub(super) fn tags(&mut self, value: &Value) {
        let text = text(value).unwrap_or_default();
        for tag in text.split([',', '\n']) {
            match tlp_tag(tag.trim()) {
                Some(tlp) => self.tlp = self.tlp.max(Some(tlp)),
                None => self.label(tag.trim()),
            }
        }
    }

    /// A member that is nothing but a marking.
    pub(super) fn marking(&mut self, value: &Value) {
        for text in several(value).iter().filter_map(text) {
            self.tlp = self.tlp.max(Tlp::parse(&text).or_else(|| tlp_tag(&text)));
        }
    }

    fn label(&mut self, label: &str) {
        let label = cut(label, LABEL_LIMIT);
        let news = !label.is_empty() && !is_placeholder(&label) && !self.labels.contains(&label);
        if news && self.labels.len() < LABELS_LIMIT {
            self.labels.push(label);
        }
    }

    /// A page for each technique.
    pub(super) fn references(&self) -> Vec<Reference> {
        let techniques = self.labels.iter().filter(|label| is_technique(label));
        let reference = |id: &String| Reference {
            source: "MITRE ATT&CK".to_owned(),
            description: None,
            url: Some(format!(
                "https://attack.mitre.org/techniques/{}/",
                id.replace('.', "/")
            )),
            external_id: Some(id.clone()),
        };
        techniques.map(reference).collect()
    }
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

/// Adds the observables of a field that are not yet known.
pub(super) fn observe(known: &mut Vec<Observable>, name: &str, value: &Value) {
    let lower = name.to_ascii_lowercase();
    let holds = |parts: &[&str]| parts.iter().any(|part| lower.contains(part));
    let (running, named) = (holds(&RUNNING_TEXT), holds(&OTHER_NAMES));
    for text in several(value).iter().filter_map(text) {
        let text = cut(text.trim(), RAW_LIMIT);
        let whole = Observable::of_value(&text).filter(|found| !named || found.kind != DOMAIN);
        let mut found: Vec<Observable> = whole.into_iter().collect();
        if running {
            found.extend(Observable::all_in(&text));
        }
        for observable in found {
            if known.len() < OBSERVABLES_LIMIT && !known.contains(&observable) {
                known.push(observable);
            }
        }
    }
}

/// The observables of a row. Digests and addresses in what Splunk adds by itself
/// are its own.
pub(super) fn observables(row: &Map<String, Value>) -> Vec<Observable> {
    let mut known = Vec::new();
    for (name, value) in row {
        if !is_volatile(name) {
            observe(&mut known, name, value);
        }
    }
    observe(&mut known, "_raw", row.get("_raw").unwrap_or(&Value::Null));
    known
}
