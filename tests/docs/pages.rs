//! The pages of the documentation as files: their fenced blocks, headings
//! and links.

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
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A page's text.
pub(crate) fn page(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The manifest's variables with their defaults.
pub(crate) fn defaults() -> BTreeMap<String, String> {
    let manifest: toml::Table = page("spin.toml").parse().unwrap();
    let variables = manifest["variables"].as_table().unwrap();
    let default = |(name, variable): (&String, &toml::Value)| {
        let default = variable["default"].as_str().unwrap();
        (name.clone(), default.to_owned())
    };
    variables.iter().map(default).collect()
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
