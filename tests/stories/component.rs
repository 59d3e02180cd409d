//! The built component itself: it imports only what all three of its platforms
//! have, and it stays small.

use jira_intake::settings::catalog::variables;
use wasmtime::component::Component;
use wasmtime::{Config, Engine};

/// CI fails above this (bytes).
const SIZE_LIMIT: u64 = 26 * 128 * 1024;

fn names() -> (Vec<String>, Vec<String>) {
    let mut config = Config::new();
    config.wasm_component_model(true);
    let engine = Engine::new(&config).unwrap();
    let component = Component::from_file(&engine, crate::harness::component()).unwrap();
    let kind = component.component_type();
    let names = |items: Vec<&str>| items.into_iter().map(str::to_owned).collect();
    (
        names(kind.imports(&engine).map(|(name, _)| name).collect()),
        names(kind.exports(&engine).map(|(name, _)| name).collect()),
    )
}

#[test]
fn the_component_imports_only_what_every_spin_has() {
    let (imports, exports) = names();
    let known = |name: &str| {
        (name.starts_with("wasi:") && name.contains("@0.2.") && !name.contains("draft"))
            || name == "fermyon:spin/key-value@2.0.0"
            || name == "fermyon:spin/variables@2.0.0"
            || (name.starts_with("wasi:keyvalue/") && name.ends_with("@0.2.0-draft2"))
    };
    let unknown: Vec<&String> = imports.iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    assert!(
        imports
            .iter()
            .any(|name| name == "wasi:keyvalue/atomics@0.2.0-draft2")
    );
    assert!(
        exports
            .iter()
            .any(|name| name.starts_with("wasi:http/incoming-handler@0.2."))
    );
    for import in imports {
        println!("imports {import}");
    }
}

#[test]
fn the_component_stays_small() {
    let size = std::fs::metadata(crate::harness::component())
        .unwrap()
        .len();
    assert!(size <= SIZE_LIMIT, "{size} bytes");
    println!("{size} bytes");
}

#[test]
fn the_component_may_reach_only_hosts_that_settings_name() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../spin.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let component = &manifest["component"]["jira-intake"];
    let hosts = component["allowed_outbound_hosts"].as_array().unwrap();
    let mut named = Vec::new();
    for host in hosts {
        let host = host.as_str().unwrap();
        let name = host
            .strip_prefix("{{ ")
            .and_then(|it| it.strip_suffix(" }}"));
        let name = name.unwrap_or_else(|| panic!("{host} is open to everyone"));
        // Spin refuses an application with an entry that is empty by default.
        let default = manifest["variables"][name]["default"].as_str().unwrap();
        assert!(default.starts_with("https://"), "{name}: {default}");
        named.push(name);
    }
    let hosts = variables().filter(|it| it.is_host());
    let expected: Vec<&str> = hosts.map(|it| it.name).collect();
    assert_eq!(named, expected);
}
