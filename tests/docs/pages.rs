//! The pages of the documentation as files: their fenced blocks, headings,
//! links and tables.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

/// The pages: everything in Markdown in the project's folder and in `docs/`, in
/// order.
pub(crate) fn pages() -> Vec<String> {
    let mut all = Vec::new();
    for folder in ["", "docs/"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            if name.ends_with(".md") {
                all.push(format!("{folder}{name}"));
            }
        }
    }
    all.sort();
    all
}

/// A fenced block of a page.
pub(crate) struct Block {
    /// Where it stands, for messages.
    pub(crate) place: String,
    /// The number of the heading above it.
    pub(crate) heading: usize,
    /// The words after the fence.
    pub(crate) info: Vec<String>,
    /// What is in it.
    pub(crate) text: String,
}

impl Block {
    /// What it is for in an example.
    pub(crate) fn role(&self) -> &str {
        self.info.get(1).map_or("", String::as_str)
    }

    /// What is in it, as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{}: {e}", self.place))
    }
}

/// The fenced blocks of a page.
pub(crate) fn blocks(name: &str) -> Vec<Block> {
    let text = page(name);
    let (mut blocks, mut heading) = (Vec::new(), 0);
    let mut open: Option<Block> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(block), None) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
            (None, Some(info)) => {
                open = Some(Block {
                    place: format!("{name}, line {}", number + 1),
                    heading,
                    info: info.split_whitespace().map(str::to_owned).collect(),
                    text: String::new(),
                });
            }
            (None, None) => heading += usize::from(line.starts_with('#')),
        }
    }
    assert!(open.is_none(), "{name}: a block is not closed");
    blocks
}

/// The project's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A page's text.
pub(crate) fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The manifest's variables with their defaults.
pub(crate) fn defaults() -> BTreeMap<String, String> {
    let default = |(name, variable): (String, toml::Value)| {
        let default = variable["default"].as_str().unwrap().to_owned();
        (name, default)
    };
    variables().into_iter().map(default).collect()
}

/// Those of the manifest's variables that are secret.
pub(crate) fn secrets() -> BTreeSet<String> {
    let is_secret = |variable: &toml::Value| {
        let secret = variable.get("secret").and_then(toml::Value::as_bool);
        secret.unwrap_or_default()
    };
    let secret = variables().into_iter().filter(|(_, it)| is_secret(it));
    secret.map(|(name, _)| name).collect()
}

/// Those of the build that has most.
fn variables() -> toml::Table {
    let mut manifest: toml::Table = page("deploy/outbound-redis/spin.toml").parse().unwrap();
    match manifest.remove("variables") {
        Some(toml::Value::Table(variables)) => variables,
        other => panic!("{other:?}"),
    }
}

/// The rows of all tables with this head, cell by cell.
pub(crate) fn table(text: &str, head: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut within = false;
    for line in text.lines() {
        within = (within && line.starts_with('|')) || line == head;
        if within && line != head && !line.starts_with("|---") {
            let cells = line.trim_matches('|').split('|');
            rows.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    rows
}

/// The samples that a page names, by their paths.
pub(crate) fn samples_named(text: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for rest in text.split("tests/samples/").skip(1) {
        let is_part = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
        let name = rest.split(|c| !is_part(c)).next().unwrap_or_default();
        named.insert(format!("tests/samples/{}", name.trim_end_matches('.')));
    }
    named
}

/// The targets of a page's links to files of the project.
pub(crate) fn links(text: &str) -> BTreeSet<String> {
    let targets = text
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')'));
    targets
        .map(|(target, _)| target.to_owned())
        .filter(|target| !target.contains("://") && !target.contains(['{', ' ', '\\']))
        .collect()
}

/// A page's headings.
pub(crate) fn headings(text: &str) -> impl Iterator<Item = &str> {
    let mut within = false;
    text.lines().filter_map(move |line| {
        within ^= line.starts_with("```");
        let title = line.trim_start_matches('#');
        (!within && title.len() < line.len()).then(|| title.trim())
    })
}

/// As GitHub makes an anchor of a heading.
pub(crate) fn anchor_of(title: &str) -> String {
    let kept = title.chars().filter_map(|c| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
        _ => None,
    });
    kept.collect()
}
