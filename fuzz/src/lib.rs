//! What strangers write, and what must hold whatever they write. `cargo fuzz` drives
//! these functions by coverage, `tests/fuzz.rs` with changed samples on any toolchain.
//!
//! A target gets any bytes, and panics where something does not hold.

mod events;
mod markup;
mod operators;
mod signatures;

/// Something that reads what strangers write.
pub struct Target {
    /// As `cargo fuzz run` calls it.
    pub name: &'static str,
    /// Reads these bytes.
    pub run: fn(&[u8]),
    /// Samples whose names begin so are good to begin with; they stand in
    /// `tests/samples` and `tests/markup`.
    pub seeds: &'static [&'static str],
}

/// All of them; each has a file in `targets/`.
pub const TARGETS: [Target; 12] = [
    target("opencti", events::opencti, &["opencti-"]),
    target("splunk", events::splunk, &["splunk-"]),
    target(
        "generic",
        events::generic,
        &["generic", "splunk-", "opencti-n"],
    ),
    target("jira", events::jira, &["jira-"]),
    target("sse", events::frames, &["opencti-stream-mixed"]),
    target(
        "markdown",
        markup::markdown,
        &["attack.md", "incident.md", "nested.md", "plain.md"],
    ),
    target("html", markup::html, &["content.html", "nested.md"]),
    target(
        "wiki",
        markup::wiki,
        &[
            "attack.wiki",
            "content.wiki",
            "incident.wiki",
            "nested.wiki",
        ],
    ),
    target(
        "adf",
        markup::adf,
        &["attack.adf", "content.adf", "incident.adf", "nested.adf"],
    ),
    target(
        "signatures",
        signatures::check,
        &["generic", "jira-webhook.cloud-status"],
    ),
    target(
        "templates",
        operators::template,
        &["attack.md", "opencti-notifier-template"],
    ),
    target("routes", operators::routes, &["routes"]),
];

const fn target(name: &'static str, run: fn(&[u8]), seeds: &'static [&'static str]) -> Target {
    Target { name, run, seeds }
}

/// Runs the target of this name.
///
/// # Panics
/// Where something does not hold.
pub fn run(name: &str, data: &[u8]) {
    for target in TARGETS.iter().filter(|target| target.name == name) {
        (target.run)(data);
    }
}
