//! Who listens where, and who calls there.

use std::collections::BTreeSet;

use serde_json::Value;

use super::files::{job_commands, list, object, objects, values, yaml};
use super::pages::page;

/// The port of the Deployment and the Service that the operator makes
/// (`DefaultHTTPPort` in spin-operator, `pkg/spinapp/spinapp.go`).
const OPERATORS: u64 = 80;
/// What Redis and Valkey listen on.
const STORE: u64 = 6379;

/// The ports that a network policy opens, towards (`egress`) or from (`ingress`) pods
/// with this label.
fn opened(policy: &str, way: &str, label: (&str, &str)) -> BTreeSet<u64> {
    let policy = object("deploy/spinkube", "NetworkPolicy", policy);
    let peers = match way {
        "egress" => "to",
        _ => "from",
    };
    let is_for = |rule: &&Value| {
        list(&rule[peers]).any(|peer| peer["podSelector"]["matchLabels"][label.0] == label.1)
    };
    let rules = list(&policy["spec"][way]).filter(is_for);
    let ports = rules.flat_map(|rule| list(&rule["ports"]));
    ports.map(|port| port["port"].as_u64().unwrap()).collect()
}

#[test]
fn on_kubernetes_all_meet_at_the_same_ports() {
    let (app, task, store) = (
        ("core.spinkube.dev/app-name", "jira-intake"),
        ("app.kubernetes.io/name", "jira-intake-task"),
        ("app.kubernetes.io/name", "valkey"),
    );
    for (policy, way, who, port) in [
        ("jira-intake", "ingress", task, OPERATORS),
        ("jira-intake-task", "egress", app, OPERATORS),
        ("jira-intake", "egress", store, STORE),
        ("valkey", "ingress", app, STORE),
    ] {
        assert_eq!(opened(policy, way, who), BTreeSet::from([port]), "{policy}");
    }
    // A Service's name without a port is port 80.
    for (job, command) in job_commands() {
        let address = command.last().unwrap();
        assert!(address.starts_with("http://jira-intake/"), "{job}");
    }
    let service = object("deploy/spinkube", "Service", "valkey");
    assert_eq!(service["spec"]["ports"][0]["port"], STORE);
    let secret = page("deploy/spinkube/secret.example.env");
    assert!(secret.contains(&format!("@valkey:{STORE}\n")));
}

/// Labels are what policies and Services select by: a label that no pod has selects
/// nothing, without a word.
#[test]
fn every_label_that_is_selected_is_one_that_a_pod_has() {
    let mut selected = BTreeSet::new();
    let mut there = BTreeSet::from([(
        "core.spinkube.dev/app-name".to_owned(),
        "jira-intake".to_owned(),
    )]);
    for (_, object) in objects("deploy/spinkube") {
        for (place, value) in super::files::leaves(&object) {
            let label = |start: &str| {
                place
                    .split_once(start)
                    .map(|(_, label)| (label.to_owned(), value.clone()))
            };
            selected.extend(label("podSelector.matchLabels."));
            selected.extend(label("selector.matchLabels."));
            selected.extend(
                label("spec.selector.").filter(|(label, _)| !label.starts_with("matchLabels")),
            );
            there.extend(label("template.metadata.labels."));
        }
    }
    assert_eq!(selected, there);
}

#[test]
fn under_systemd_the_tasks_call_where_spin_listens() {
    let start = values("deploy/systemd/jira-intake.service", "ExecStart").join(" ");
    let (_, listen) = start.split_once("--listen ").unwrap();
    let listen = listen.split(' ').next().unwrap();
    let script = page("deploy/systemd/task.sh");
    assert!(script.contains(&format!(":-http://{listen}}}")), "{listen}");
    // What is written stands in folders that the unit owns.
    for folder in ["/var/lib/jira-intake", "/var/log/jira-intake"] {
        assert!(start.contains(folder), "{start}");
    }
    let config: toml::Table = page("deploy/systemd/runtime-config.toml").parse().unwrap();
    let path = config["key_value_store"]["default"]["path"]
        .as_str()
        .unwrap();
    assert!(path.starts_with("/var/lib/jira-intake/"), "{path}");
}

#[test]
fn in_compose_all_meet_at_the_same_ports() {
    let compose = &yaml("deploy/compose/compose.yaml")[0];
    let services = &compose["services"];
    let command: Vec<&str> = list(&services["jira-intake"]["command"])
        .filter_map(Value::as_str)
        .collect();
    let at = command.iter().position(|word| *word == "--listen").unwrap();
    assert_eq!(command[at + 1], "0.0.0.0:3000");
    assert_eq!(services["jira-intake"]["ports"][0], "127.0.0.1:3000:3000");
    let check = services["jira-intake"]["healthcheck"]["test"][3]
        .as_str()
        .unwrap();
    assert!(check.contains("/dev/tcp/127.0.0.1/3000"), "{check}");
    let address = &services["tasks"]["environment"]["JIRA_INTAKE_ADDRESS"];
    assert_eq!(address, "http://jira-intake:3000");
    let config: toml::Table = page("deploy/compose/runtime-config.toml").parse().unwrap();
    let store = &config["key_value_store"]["default"];
    assert_eq!(store["url"].as_str(), Some("redis://valkey:6379"));
    for (name, service) in services.as_object().unwrap() {
        for member in ["healthcheck", "restart", "logging", "cap_drop"] {
            assert!(service.get(member).is_some(), "{name}: {member}");
        }
    }
}

/// What was answered is on the disk, and a full store forgets nothing.
#[test]
fn every_valkey_writes_at_once_and_evicts_nothing() {
    for file in ["deploy/spinkube/valkey.yaml", "deploy/compose/compose.yaml"] {
        let words: Vec<String> = page(file)
            .split(|c: char| c.is_whitespace() || "\"\\".contains(c))
            .filter(|word| !word.is_empty() && *word != "-")
            .map(str::to_owned)
            .collect();
        for (flag, value) in [
            ("--appendonly", "yes"),
            ("--appendfsync", "always"),
            ("--maxmemory-policy", "noeviction"),
        ] {
            let at = words.iter().position(|word| word == flag);
            let given = at.and_then(|at| words.get(at + 1)).map(String::as_str);
            assert_eq!(given, Some(value), "{file}: {flag}");
        }
    }
}
