//! Secrets come from secrets, and stand on no command line.

use std::collections::BTreeSet;

use super::files::{
    environment, files_under, job_commands, leaves, list, object, objects, values, with_ending,
};
use super::pages::{page, secrets};

#[test]
fn every_secret_of_the_spin_app_comes_from_the_secret() {
    let secrets = secrets();
    let app = object("deploy/spinkube", "SpinApp", "jira-intake");
    let mut count = 0;
    for variable in list(&app["spec"]["variables"]) {
        let name = variable["name"].as_str().unwrap();
        let reference = &variable["valueFrom"]["secretKeyRef"];
        let is_from_secret = reference["name"] == "jira-intake" && reference["key"] == name;
        assert_eq!(is_from_secret, secrets.contains(name), "{name}");
        assert_eq!(is_from_secret, variable.get("value").is_none(), "{name}");
        count += usize::from(is_from_secret);
    }
    assert!(count >= 4, "{count}");
}

#[test]
fn the_secret_has_every_key_that_is_asked_of_it_and_no_other() {
    let mut asked = BTreeSet::new();
    for (_, object) in objects("deploy/spinkube") {
        for (place, value) in leaves(&object) {
            if place.ends_with("secretKeyRef.key") {
                asked.insert(value);
            }
        }
    }
    let given = environment("deploy/spinkube/secret.example.env");
    assert_eq!(given.into_keys().collect::<BTreeSet<_>>(), asked);
}

/// What looks like a value is used as one.
#[test]
fn an_example_has_no_value_for_a_secret() {
    let secrets = secrets();
    let mut empty = 0;
    for file in with_ending("deploy", ".example.env") {
        for (name, value) in environment(&file) {
            let name = name
                .trim_start_matches("SPIN_VARIABLE_")
                .to_ascii_lowercase();
            if secrets.contains(&name) {
                assert_eq!(value, "", "{file}: {name}");
                empty += 1;
            }
        }
    }
    let akamai: toml::Table = page("deploy/akamai/settings.example.toml").parse().unwrap();
    for (name, value) in &akamai {
        assert_eq!(value.as_str() == Some(""), secrets.contains(name), "{name}");
    }
    assert!(empty > 8, "{empty}");
}

/// A list of processes shows command lines to everyone on the machine.
#[test]
fn no_token_stands_on_a_command_line() {
    for unit in with_ending("deploy/systemd", ".service") {
        for line in values(&unit, "ExecStart") {
            assert!(!line.contains('$'), "{unit}: {line}");
        }
    }
    let mut scripts: Vec<(String, String)> = with_ending("deploy", ".sh")
        .into_iter()
        .map(|name| (name.clone(), page(&name)))
        .collect();
    scripts.extend(
        job_commands()
            .into_iter()
            .map(|(job, command)| (job, command[2].clone())),
    );
    assert!(scripts.len() >= 4);
    for (name, script) in scripts {
        let (before, curl) = script.split_once("curl ").unwrap();
        assert!(before.contains("printf 'X-API-Key: %s\\n'"), "{name}");
        let curl = curl.split("\n}").next().unwrap();
        let mut words = curl.split_whitespace();
        assert!(
            words.any(|word| word == "@-"),
            "{name}: no header from a pipe"
        );
        assert!(
            !curl.to_ascii_lowercase().contains("token"),
            "{name}: {curl}"
        );
    }
}

/// Whoever fills in a copy of an example must not be able to commit it.
#[test]
fn a_filled_in_copy_is_ignored_by_git() {
    let ignored = page(".gitignore");
    let lines: Vec<&str> = ignored.lines().collect();
    for line in ["/deploy/compose/*.env", "/secret.env", "/settings.toml"] {
        assert!(lines.contains(&line), "{line}");
    }
    let named = files_under("deploy")
        .into_iter()
        .filter(|name| name.ends_with("secret.yaml"));
    assert_eq!(named.count(), 0);
}
