//! The documentation cannot lie: every example of `docs/mapping.md` and
//! `docs/generic.md`, and every mistake that `docs/configuration.md` shows, is run
//! through the whole application against a Jira that is as strict as the real one.
//!
//! An example is a row of fenced blocks; the second word after the fence says
//! what each is for. `settings`, `routes`, `summary` and `description` set the
//! function up, `event` is delivered (over the sample incident, or the sample
//! that a third word names), `alert` the same for Splunk, `generic` is posted as it
//! is to `/webhooks/generic`, `person` is what somebody edits in Jira, `refuses`
//! what Jira refuses; `gives` is what must come of it. Without an event the
//! sample incident itself is delivered. A heading, or a setting after a
//! `gives`, begins a new example.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "docs/example.rs"]
mod example;
#[path = "docs/pages.rs"]
mod pages;
#[path = "harness/samples.rs"]
#[allow(dead_code, unreachable_pub, reason = "only a part is used")]
mod samples;
#[path = "docs/world.rs"]
mod world;

use std::fs;

use example::{Example, ROLES};
use pages::{
    Block, anchor_of, blocks, defaults, headings, links, page, pages, root, samples_named, secrets,
    table,
};

/// The README is read by newcomers: what is longer belongs into `docs/`.
const README_LIMIT: usize = 350;

#[tokio::test]
async fn every_example_of_the_mapping_does_what_it_says() {
    let (examples, results) = play("docs/mapping.md").await;
    assert!(examples > 20 && results > examples, "{examples} {results}");
}

#[tokio::test]
async fn every_example_of_the_generic_page_does_what_it_says() {
    let (examples, results) = play("docs/generic.md").await;
    assert!(examples > 5 && results > 20, "{examples} {results}");
}

#[tokio::test]
async fn every_mistake_reads_as_the_configuration_page_says() {
    let (examples, _) = play("docs/configuration.md").await;
    assert!(examples > 5, "{examples}");
}

#[test]
fn no_example_of_the_mapping_is_left_out() {
    for block in blocks("docs/mapping.md") {
        assert!(ROLES.contains(&block.role()), "{}", block.place);
    }
    // A request by hand is shown only.
    let is_by_hand = |block: &&Block| block.info.first().is_some_and(|it| it == "sh");
    for block in blocks("docs/generic.md")
        .iter()
        .filter(|it| !is_by_hand(it))
    {
        assert!(ROLES.contains(&block.role()), "{}", block.place);
    }
}

#[test]
fn the_configuration_page_lists_every_variable_with_its_default() {
    let configuration = page("docs/configuration.md");
    let rows = table(&configuration, "| name | default | meaning |");
    let titles: Vec<&str> = headings(&configuration).collect();
    let (defaults, secrets) = (defaults(), secrets());
    for (name, default) in &defaults {
        let code = format!("`{name}`");
        let mut of_it = rows.iter().filter(|row| row[0] == code);
        let row = of_it.next().unwrap_or_else(|| panic!("no row for {name}"));
        assert!(of_it.next().is_none(), "{name} has two rows");
        let shown = match default.as_str() {
            unset if unset.contains("://unset.invalid") => "not set",
            default => default,
        };
        assert_eq!(row[1].trim_matches('`'), shown, "{name}");
        let is_secret = row[2].ends_with("; secret");
        assert_eq!(is_secret, secrets.contains(name), "{name}");
        let has_section = titles.iter().any(|title| title.contains(&code));
        assert!(has_section || row[2].contains("]("), "{name}: described?");
    }
    assert_eq!(rows.len(), defaults.len(), "a row is of no variable");
}

#[test]
fn the_opencti_page_shows_the_notifier_template_that_is_tested() {
    let template = samples::file("opencti-notifier-template.ejs");
    let template = String::from_utf8(template).unwrap();
    assert!(page("docs/opencti.md").contains(template.trim()));
}

#[test]
fn the_readme_is_short_and_leads_to_every_page() {
    let readme = page("README.md");
    let lines = readme.lines().count();
    assert!(lines <= README_LIMIT, "README.md has {lines} lines");
    let links = links(&readme);
    for name in pages() {
        assert!(name == "README.md" || links.contains(&name), "{name}");
    }
}

#[test]
fn every_sample_that_a_page_names_is_there() {
    let mut count = 0;
    for name in pages() {
        for sample in samples_named(&page(&name)) {
            assert!(root().join(&sample).exists(), "{name}: {sample}");
            count += 1;
        }
    }
    assert!(count > 3, "{count}");
}

#[test]
fn every_link_within_the_pages_leads_somewhere() {
    let pages = pages();
    assert!(pages.len() > 10, "{pages:?}");
    for name in &pages {
        let folder = root().join(name).parent().unwrap().to_owned();
        for link in links(&page(name)) {
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let path = match file {
                "" => root().join(name),
                file => folder.join(file),
            };
            assert!(path.exists(), "{name}: {link}");
            if !anchor.is_empty() {
                let text = fs::read_to_string(&path).unwrap();
                let mut titles = headings(&text).map(anchor_of);
                assert!(titles.any(|title| title == anchor), "{name}: {link}");
            }
        }
    }
}

/// Plays a page's examples; how many there were, and how many results.
async fn play(name: &str) -> (usize, usize) {
    let (mut examples, mut results) = (0, 0);
    let mut differences = Vec::new();
    let mut example = Example::default();
    let is_played = |block: &Block| ROLES.contains(&block.role());
    for block in blocks(name).into_iter().filter(is_played) {
        let begins = example.is_over(&block);
        if begins {
            example = Example::under(block.heading);
            examples += 1;
        }
        if block.role() == "gives" {
            results += 1;
            differences.extend(example.difference(&block).await);
        } else {
            example.take(&block).await;
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n\n"));
    (examples, results)
}
