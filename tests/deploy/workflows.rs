//! The workflows: what they may do, and whose code they run.

use std::process::Command;

use serde_json::Value;

use super::files::{here, list, with_ending, yaml};
use super::pages::page;
use super::tools::run;

const FOLDER: &str = ".github/workflows";

/// The jobs of a workflow, with their names.
fn jobs(workflow: &Value) -> Vec<(&String, &Value)> {
    workflow["jobs"].as_object().unwrap().iter().collect()
}

/// A tag can be moved to other code, a commit cannot.
#[test]
fn every_action_is_pinned_to_a_commit_and_says_its_version() {
    let mut count = 0;
    for name in with_ending(FOLDER, ".yml") {
        for line in page(&name).lines().filter(|line| line.contains("uses: ")) {
            let (_, action) = line.split_once("uses: ").unwrap();
            let (action, version) = action
                .split_once(" # v")
                .unwrap_or_else(|| panic!("{line}"));
            let (_, commit) = action.split_once('@').unwrap();
            let is_commit = commit.len() == 40 && commit.chars().all(|c| c.is_ascii_hexdigit());
            assert!(is_commit && version.contains('.'), "{name}: {line}");
            count += 1;
        }
    }
    assert!(count >= 6, "{count}");
}

#[test]
fn only_the_job_that_releases_may_write() {
    for name in with_ending(FOLDER, ".yml") {
        let workflow = &yaml(&name)[0];
        let read = serde_json::json!({ "contents": "read" });
        assert_eq!(workflow["permissions"], read, "{name}");
        for (job, body) in jobs(workflow) {
            assert!(body["timeout-minutes"].is_u64(), "{name}: {job}");
            let may_write = body.get("permissions").is_some();
            assert_eq!(may_write, name.ends_with("release.yml") && job == "release");
            for step in list(&body["steps"]) {
                let uses = step["uses"].as_str().unwrap_or_default();
                let keeps = step["with"]["persist-credentials"] != false;
                assert!(
                    !uses.starts_with("actions/checkout@") || !keeps,
                    "{name}: {job}"
                );
            }
        }
    }
}

#[test]
fn a_release_comes_of_a_tag_and_after_the_checks() {
    let release = &yaml(".github/workflows/release.yml")[0];
    assert_eq!(release["on"]["push"], serde_json::json!({ "tags": ["v*"] }));
    assert_eq!(release["jobs"]["release"]["needs"], "check");
    let script = |job: &str| {
        let steps = list(&release["jobs"][job]["steps"]);
        let lines: Vec<&str> = steps.filter_map(|step| step["run"].as_str()).collect();
        lines.join("\n")
    };
    assert!(script("check").contains("bash .ci/run"));
    let script = script("release");
    for part in [
        "bash .ci/package dist",
        "spin registry push",
        "gh release create",
        "dist/*",
    ] {
        assert!(script.contains(part), "{part}");
    }
    // What a script puts into a shell is not part of its text: a tag's name is
    // written by whoever pushes it.
    assert!(!script.contains("${{"), "{script}");
}

/// `.ci/package` builds with the manifest's command, with `--locked` put behind its
/// `cargo rustc`.
#[test]
fn the_manifest_s_build_command_can_be_added_to() {
    let manifest: toml::Table = page("spin.toml").parse().unwrap();
    let command = manifest["component"]["jira-intake"]["build"]["command"]
        .as_str()
        .unwrap();
    assert!(command.starts_with("cargo rustc ") && !command.contains('"'));
    assert_eq!(command.matches("cargo rustc ").count(), 1, "{command}");
    assert!(page(".ci/package").contains("${command/cargo rustc /cargo rustc --locked }"));
    let line = format!("command = \"{command}\"");
    assert_eq!(
        page("spin.toml").lines().filter(|it| *it == line).count(),
        1
    );
}

#[test]
#[cfg_attr(no_actionlint, ignore = "actionlint is not installed")]
fn actionlint_finds_nothing() {
    let files = with_ending(FOLDER, ".yml");
    run(Command::new("actionlint").args(files.iter().map(|name| here(name))));
}
