//! The files under `deploy/` and the workflows do what they say, as far as that can be
//! known without the platforms: every field, variable, route and port in them is one
//! that exists, secrets come from secrets, and the programs that know a kind of file
//! are content with it. Where such a program is not installed, its test is reported as
//! ignored.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "deploy/callers.rs"]
mod callers;
#[path = "deploy/fields.rs"]
mod fields;
#[path = "deploy/files.rs"]
mod files;
#[path = "docs/pages.rs"]
#[allow(dead_code, reason = "only a part is used")]
mod pages;
#[path = "deploy/ports.rs"]
mod ports;
#[path = "deploy/secrets.rs"]
mod secrets;
#[path = "deploy/tools.rs"]
mod tools;
#[path = "deploy/workflows.rs"]
mod workflows;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use files::{environment, files_under, here, leaves, objects, unit, with_ending, yaml};
use pages::{anchor_of, defaults, headings, links, page, root, table};

/// A page beside the files is read while one works.
const PAGE_LIMIT: usize = 60;

#[test]
fn every_field_is_one_that_kubernetes_or_the_operator_knows() {
    let objects = objects("deploy/spinkube");
    let mut kinds = BTreeSet::new();
    for (name, object) in &objects {
        if object["kind"] == "Kustomization" {
            continue;
        }
        kinds.insert(object["kind"].as_str().unwrap().to_owned());
        assert_eq!(fields::unknown(object), [""; 0], "{name}");
    }
    let expected = ["CronJob", "NetworkPolicy", "Service", "SpinApp"];
    assert!(expected.iter().all(|kind| kinds.contains(*kind)));
}

#[test]
fn a_slip_of_the_pen_in_a_field_is_seen() {
    let mut app = files::object("deploy/spinkube", "SpinApp", "jira-intake");
    app["spec"]["checks"]["readiness"]["httpGet"]["port"] = 80.into();
    let place = "spec.checks.readiness.httpGet.port";
    assert_eq!(fields::unknown(&app), [place]);
}

#[test]
fn every_variable_is_one_of_the_manifest() {
    let known = defaults();
    let mut count = 0;
    let mut check = |place: &str, name: &str| {
        assert!(known.contains_key(name), "{place}: {name}");
        count += 1;
    };
    let app = files::object("deploy/spinkube", "SpinApp", "jira-intake");
    for variable in files::list(&app["spec"]["variables"]) {
        check("SpinApp", variable["name"].as_str().unwrap());
    }
    for file in with_ending("deploy", ".example.env") {
        for (name, _) in environment(&file) {
            match name.strip_prefix("SPIN_VARIABLE_") {
                Some(name) => check(&file, &name.to_ascii_lowercase()),
                // The secret's keys are the names of variables, but for the store's.
                None if name.starts_with("valkey_") => {}
                None => check(&file, &name),
            }
        }
    }
    for file in with_ending("deploy/akamai", ".toml") {
        let settings: toml::Table = page(&file).parse().unwrap();
        settings.keys().for_each(|name| check(&file, name));
    }
    for file in with_ending("deploy", ".md") {
        for part in page(&file).split("--variable ").skip(1) {
            if let Some((name, _)) = part.split_once('=').filter(|_| !part.starts_with('@')) {
                check(&file, name);
            }
        }
    }
    assert!(count > 30, "{count}");
}

/// What comes before a path in the files, and what after it.
const CALLS: [(&str, &str); 9] = [
    ("localhost:3000/", " "),
    ("127.0.0.1:3000/", " "),
    ("$ADDRESS/", "\""),
    ("http://jira-intake/", "\n"),
    ("path: /", "\n"),
    ("--path-and-query \"/", "\""),
    ("call '/", "'"),
    ("GET /", " "),
    ("jira-intake/task.sh /", "\n"),
];

#[test]
fn every_route_that_is_called_exists() {
    let rows = table(&page("docs/api.md"), "| request | does | token |");
    let words = rows.iter().flat_map(|row| row[0].split(['`', ' ', ',']));
    let known: BTreeSet<&str> = words.filter_map(|word| word.strip_prefix('/')).collect();
    let mut called = BTreeSet::new();
    for file in files_under("deploy") {
        let text = page(&file);
        for (start, end) in CALLS {
            for part in text.split(start).skip(1) {
                let path = part.split(end).next().unwrap();
                let path = path.split(['?', '\'']).next().unwrap();
                assert!(known.contains(path), "{file}: /{path}");
                called.insert(path.to_owned());
            }
        }
    }
    let expected = [
        "healthz",
        "readyz",
        "tasks/retry",
        "tasks/stream",
        "webhooks/opencti",
    ];
    // And those that alerts send people to.
    let is_called = |path: &&str| called.contains(*path);
    assert!(expected.iter().all(is_called), "{called:?}");
}

#[test]
fn every_page_is_short_has_its_sections_and_leads_somewhere() {
    let deployment = links(&page("docs/deployment.md"));
    let names = with_ending("deploy", "README.md");
    assert!(names.len() >= 5, "{names:?}");
    for name in names {
        let text = page(&name);
        let lines = text.lines().count();
        assert!(lines <= PAGE_LIMIT, "{name} has {lines} lines");
        assert!(deployment.contains(&format!("../{name}")), "{name}");
        for title in ["Install", "Check", "Upgrade", "What is guaranteed"] {
            let mut titles = headings(&text);
            assert!(titles.any(|it| it.starts_with(title)), "{name}: {title}");
        }
        links_lead_somewhere(&name);
    }
}

fn links_lead_somewhere(name: &str) {
    let folder = here(name).parent().unwrap().to_owned();
    for link in links(&page(name)) {
        let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
        let path = folder.join(file);
        assert!(path.exists(), "{name}: {link}");
        if !anchor.is_empty() {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut titles = headings(&text).map(anchor_of);
            assert!(titles.any(|title| title == anchor), "{name}: {link}");
        }
    }
}

/// Files that the pages have copied or applied are there.
#[test]
fn every_file_that_a_command_names_is_there() {
    let mut count = 0;
    for name in with_ending("deploy", ".md") {
        let text = page(&name);
        for part in text.split("deploy/").skip(1) {
            let end = |c: char| c.is_whitespace() || "`)]\"".contains(c);
            let path = part.split(end).next().unwrap().trim_end_matches(['.', ',']);
            let is_ours = path.starts_with("systemd/") || path.starts_with("spinkube");
            if is_ours && !path.contains('*') {
                assert!(root().join("deploy").join(path).exists(), "{name}: {path}");
                count += 1;
            }
        }
    }
    assert!(count > 5, "{count}");
}

/// A release changes the version at one place, and these files with it.
#[test]
fn the_files_name_the_version_that_they_are_of() {
    let version = env!("CARGO_PKG_VERSION");
    let manifest: toml::Table = page("spin.toml").parse().unwrap();
    assert_eq!(manifest["application"]["version"].as_str(), Some(version));
    for file in files_under("deploy") {
        for part in page(&file)
            .split("registry.example.com/jira-intake:")
            .skip(1)
        {
            assert!(part.starts_with(version), "{file}");
        }
    }
    let kustomization = &yaml("deploy/spinkube/kustomization.yaml")[0];
    assert_eq!(kustomization["images"][0]["newTag"], version);
}

/// An image without a version is another one tomorrow; two versions of one image are
/// one too many.
#[test]
fn every_image_has_a_version_and_only_one() {
    let mut images = BTreeSet::new();
    for file in with_ending("deploy", ".yaml") {
        for document in yaml(&file) {
            let leaves = leaves(&document).into_iter();
            let of_images = leaves.filter(|(place, _)| place.ends_with(".image"));
            images.extend(of_images.map(|(_, image)| image));
        }
    }
    images.retain(|image| !image.starts_with("registry.example.com/"));
    let names: BTreeSet<&str> = images
        .iter()
        .filter_map(|it| it.rsplit_once(':'))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(names.len(), images.len(), "{images:?}");
    assert!(images.iter().all(|image| !image.ends_with(":latest")));
    assert!(names.contains("valkey/valkey") && names.contains("curlimages/curl"));
}

#[test]
fn kustomize_finds_every_file() {
    let kustomization = &yaml("deploy/spinkube/kustomization.yaml")[0];
    let named = ["resources", "configurations"].map(|member| files::list(&kustomization[member]));
    let named: BTreeSet<String> = named
        .into_iter()
        .flatten()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect();
    let mut there = BTreeSet::new();
    for name in with_ending("deploy/spinkube", ".yaml") {
        let name = Path::new(&name).file_name().unwrap().to_str().unwrap();
        there.insert(name.to_owned());
    }
    there.remove("kustomization.yaml");
    assert_eq!(named, there);
}

#[test]
#[cfg_attr(no_kubectl, ignore = "kubectl is not installed")]
fn kubectl_builds_what_is_to_be_applied() {
    let (built, _) = tools::run(
        Command::new("kubectl")
            .arg("kustomize")
            .arg(here("deploy/spinkube")),
    );
    let image = format!(
        "image: registry.example.com/jira-intake:{}",
        env!("CARGO_PKG_VERSION")
    );
    assert!(built.contains(&image), "{built}");
    assert_eq!(
        built.matches("namespace: jira-intake").count(),
        objects("deploy/spinkube").len() - 1
    );
}

#[test]
#[cfg_attr(no_systemd, ignore = "systemd-analyze is not installed")]
fn systemd_knows_everything_in_the_units() {
    let (folder, files) = tools::units();
    let mut command = Command::new("systemd-analyze");
    let (_, warnings) = tools::run(command.args(["--man=no", "verify"]).args(&files));
    // A name that it does not know is a warning only.
    let place = folder.path().to_str().unwrap();
    assert!(!warnings.contains(place), "{warnings}");
    for file in files.iter().filter(|file| file.ends_with(".service")) {
        let mut command = Command::new("systemd-analyze");
        tools::run(command.args(["security", "--offline=true", "--threshold=30", file]));
    }
}

#[test]
fn every_timer_has_its_service_and_none_of_them_is_given_up() {
    for timer in with_ending("deploy/systemd", ".timer") {
        let service = timer.replace(".timer", ".service");
        assert!(here(&service).exists(), "{service}");
        let lines = unit(&timer);
        let has = |lines: &[(String, String, String)], name: &str, value: &str| {
            lines.iter().any(|(_, n, v)| n == name && v == value)
        };
        assert!(has(&lines, "AccuracySec", "1s"), "{timer}");
        // A service that fails often enough would not be started again.
        assert!(
            has(&unit(&service), "StartLimitIntervalSec", "0"),
            "{service}"
        );
    }
}

#[test]
#[cfg_attr(no_compose, ignore = "docker compose is not installed")]
fn compose_understands_its_file() {
    let folder = tempfile::tempdir().unwrap();
    for name in files_under("deploy/compose") {
        let file = folder.path().join(Path::new(&name).file_name().unwrap());
        std::fs::copy(here(&name), file).unwrap();
    }
    for name in ["admin", "jira-intake"] {
        let example = folder.path().join(format!("{name}.example.env"));
        std::fs::copy(example, folder.path().join(format!("{name}.env"))).unwrap();
    }
    let mut command = Command::new("docker");
    command
        .current_dir(folder.path())
        .args(["compose", "config", "--quiet"]);
    tools::run(&mut command);
}

#[test]
fn all_shell_is_shell() {
    let (_folder, files) = tools::shell();
    assert!(files.len() > 12, "{files:?}");
    for file in files {
        let shell = match file.contains("/.ci/") {
            true => "bash",
            false => "sh",
        };
        tools::run(Command::new(shell).arg("-n").arg(&file));
    }
}

#[test]
#[cfg_attr(no_shellcheck, ignore = "shellcheck is not installed")]
fn shellcheck_finds_nothing() {
    let (_folder, files) = tools::shell();
    tools::run(Command::new("shellcheck").args(&files));
}
