//! One list says what can be set: `src/settings/catalog/`. The variables in
//! `spin.toml` and most of `docs/configuration.md` are generated from it. Where they
//! are not current, `UPDATE_VARIABLES=1 cargo test -p jira-intake --test variables`
//! writes them; look at the diff.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "variables/code.rs"]
mod code;
#[path = "variables/manifests.rs"]
mod manifests;
#[path = "variables/page.rs"]
mod page;
#[path = "variables/regions.rs"]
mod regions;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jira_intake::settings::catalog::{About, Build, GROUPS, OUTBOUND_REDIS, variables_of};
use regions::{difference, replace};

/// How the files are brought up to date.
const UPDATE: &str = "UPDATE_VARIABLES=1 cargo test -p jira-intake --test variables";

#[test]
fn the_manifest_and_the_page_are_what_the_list_gives() {
    let mut stale = Vec::new();
    for (name, regions) in [
        ("spin.toml", manifests::regions(Build::PlatformStore)),
        ("docs/configuration.md", page::regions()),
    ] {
        let text = std::fs::read_to_string(place(name)).unwrap();
        let mut current = replace(&text, &regions).unwrap_or_else(|why| panic!("{name}: {why}"));
        if name.ends_with(".md") {
            let contents = vec![("contents", page::contents(&current))];
            current = replace(&current, &contents).unwrap_or_else(|why| panic!("{name}: {why}"));
        }
        stale.extend(write_or_compare(name, &current));
    }
    let own = std::fs::read_to_string(place("spin.toml")).unwrap();
    for (name, current) in manifests::all(&own).unwrap() {
        stale.extend(write_or_compare(&name, &current));
    }
    assert!(
        stale.is_empty(),
        "not what src/settings/catalog/ gives. Change it there, then: {UPDATE}\n{}",
        stale.join("\n")
    );
}

/// Writes a file if that is asked for; else where it is not current, if it is not.
fn write_or_compare(name: &str, current: &str) -> Option<String> {
    if std::env::var_os("UPDATE_VARIABLES").is_some() {
        std::fs::write(place(name), current).unwrap();
        return None;
    }
    let text = std::fs::read_to_string(place(name)).unwrap_or_default();
    let difference = difference(&text, current)?;
    Some(format!("{name}, {difference}"))
}

fn place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

#[test]
fn the_code_reads_what_is_in_the_list_and_nothing_else() {
    let listed: BTreeSet<String> = variables_of(Build::OutboundRedis)
        .map(|it| it.name.to_owned())
        .collect();
    let code = code::read();
    let unlisted: Vec<&String> = code.read.difference(&listed).collect();
    assert!(
        unlisted.is_empty(),
        "read, but not in the list: {unlisted:?}"
    );
    assert!(code.read.len() > 70, "the calls are found: {:?}", code.read);
    // A chat's settings are found by its key.
    let of_chats = jira_intake::notify::keys()
        .into_iter()
        .flat_map(|key| [format!("{key}_webhook_url"), format!("{key}_host")]);
    let named: BTreeSet<String> = code.words.into_iter().chain(of_chats).collect();
    let unread: Vec<&String> = listed.difference(&named).collect();
    assert!(unread.is_empty(), "in the list, but not read: {unread:?}");
}

#[test]
fn a_variable_is_listed_once_under_a_name_that_spin_takes() {
    let mut names = BTreeSet::new();
    for it in variables_of(Build::OutboundRedis) {
        assert!(names.insert(it.name), "{} is listed twice", it.name);
        // Source: Spin's manifest, "variables": lower case, digits, underscores.
        let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        let is_name = it.name.starts_with(|c: char| c.is_ascii_lowercase())
            && it.name.chars().all(is_sign)
            && !it.name.contains("__")
            && !it.name.ends_with('_');
        assert!(is_name, "{}", it.name);
    }
}

#[test]
fn a_meaning_is_a_phrase_and_each_variable_is_described_somewhere() {
    for group in GROUPS.into_iter().chain([OUTBOUND_REDIS]) {
        let mut has_section_above = false;
        for it in group.variables {
            let name = it.name;
            let is_cell = |text: &str| !text.contains(['|', '\n']) && text == text.trim();
            assert!(is_cell(it.meaning) && is_cell(it.default), "{name}");
            assert!(
                !it.meaning.is_empty() && !it.meaning.ends_with('.'),
                "{name}"
            );
            assert!(!it.meaning.ends_with("secret"), "{name}: its kind says so");
            match it.about {
                About::Section(text) | About::Titled(_, text) => {
                    assert!(!text.trim().is_empty(), "{name}");
                }
                About::Above => assert!(has_section_above, "{name}: no section above"),
                About::Elsewhere => {
                    assert!(it.meaning.contains("]("), "{name}: no link and no section");
                }
            }
            has_section_above = it.about != About::Elsewhere;
        }
    }
}
