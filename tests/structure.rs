//! The walls between modules: no circles, neither between modules nor between
//! files, and no module uses one that it must not know (`docs/design.md`,
//! "Modules").
//!
//! What is read are the `use` declarations and the paths in the code, as far as
//! it is no test. A name that a module only passes on (`pub use`) counts as its
//! file's where it is defined.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "structure/graph.rs"]
mod graph;
#[path = "structure/source.rs"]
mod source;

use std::collections::BTreeSet;

use graph::Graph;
use source::Sources;

/// Who may use whom. A module that is not listed may be used by nobody.
const ALLOWED: [(&str, &[&str]); 21] = [
    ("text", &[]),
    ("markup", &["text"]),
    ("model", &["markup"]),
    ("platform", &["model", "text"]),
    ("http", &["model", "platform", "text"]),
    ("settings", &["model", "platform", "text"]),
    ("sources", &["markup", "model", "settings", "text"]),
    ("decide", &["markup", "model", "settings", "text"]),
    ("store", &["model", "platform", "text"]),
    (
        "tracker",
        &[
            "http", "markup", "model", "platform", "settings", "store", "text",
        ],
    ),
    (
        "enrichment",
        &[
            "http", "markup", "model", "platform", "settings", "store", "text",
        ],
    ),
    (
        "notify",
        &["http", "markup", "model", "platform", "settings", "text"],
    ),
    (
        "upstream",
        &["http", "model", "platform", "settings", "store", "text"],
    ),
    (
        "context",
        &[
            "decide", "http", "model", "platform", "settings", "sources", "store", "tracker",
            "upstream",
        ],
    ),
    (
        "outbox",
        &[
            "context",
            "decide",
            "enrichment",
            "http",
            "markup",
            "model",
            "notify",
            "platform",
            "settings",
            "store",
            "text",
            "tracker",
            "upstream",
        ],
    ),
    (
        "pipeline",
        &[
            "context",
            "decide",
            "enrichment",
            "markup",
            "model",
            "notify",
            "outbox",
            "platform",
            "settings",
            "sources",
            "store",
            "text",
            "tracker",
        ],
    ),
    (
        "stream",
        &[
            "context", "http", "model", "pipeline", "platform", "settings", "sources", "store",
            "text",
        ],
    ),
    ("page", &["model"]),
    (
        "doctor",
        &[
            "enrichment",
            "http",
            "markup",
            "model",
            "notify",
            "platform",
            "settings",
            "store",
            "stream",
            "text",
            "tracker",
            "upstream",
        ],
    ),
    (
        "api",
        &[
            "context", "doctor", "model", "notify", "page", "pipeline", "platform", "settings",
            "sources", "store", "stream", "text", "tracker",
        ],
    ),
    ("lib", &["api", "platform", "settings", "tracker"]),
];

fn sources() -> Sources {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    Sources::read(root.as_ref())
}

/// The modules at the top, with what they use.
fn modules(files: &Graph) -> Graph {
    files.grouped(|file| file.split('/').next().unwrap().trim_end_matches(".rs"))
}

#[test]
fn no_file_uses_one_that_uses_it() {
    let files = sources().uses();
    assert!(files.edges().count() > 300, "the files are read");
    let circles = files.circles();
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn no_module_uses_one_that_uses_it() {
    let circles = modules(&sources().uses()).circles();
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn no_module_uses_one_that_it_must_not_know() {
    let files = sources().uses();
    let mut wrong = BTreeSet::new();
    for (from, to) in files.edges() {
        let module = |file: &str| {
            file.split('/')
                .next()
                .unwrap()
                .trim_end_matches(".rs")
                .to_owned()
        };
        let (user, used) = (module(from), module(to));
        let rule = ALLOWED.iter().find(|(module, _)| *module == user);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("{user} is not in the table"));
        if user != used && !allowed.contains(&used.as_str()) {
            wrong.insert(format!("{from} uses {to}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// A right that nobody uses is none.
#[test]
fn the_table_allows_no_more_than_is_used() {
    let modules = modules(&sources().uses());
    let mut unused = Vec::new();
    for (user, allowed) in ALLOWED {
        for used in allowed {
            if !modules.edges().any(|edge| edge == (user, *used)) {
                unused.push(format!("{user} does not use {used}"));
            }
        }
    }
    assert!(unused.is_empty(), "{unused:#?}");
}

#[test]
fn only_one_file_names_spins_sdk() {
    for (file, text) in sources().texts() {
        if !file.starts_with("platform/spin") {
            assert!(!text.contains("spin_sdk::"), "{file} names spin_sdk");
        }
    }
}

/// The tests themselves can fail.
#[test]
fn circles_are_found() {
    let mut graph = Graph::default();
    graph.add("a", "b");
    graph.add("b", "c");
    assert!(graph.circles().is_empty());
    graph.add("c", "a");
    graph.add("c", "d");
    assert_eq!(graph.circles(), ["a, b, c"]);
}
