//! The manifests of the other builds are made from `spin.toml`.
//!
//! `UPDATE_MANIFESTS=1 cargo test -p jira-intake --test manifests` writes them.

use std::path::{Path, PathBuf};

/// A build with a manifest of its own.
struct Variant {
    /// Its folder in `deploy`, and the folder it is built in.
    name: &'static str,
    /// What its first lines say.
    about: &'static str,
    /// Its features for cargo.
    features: &'static str,
    /// Its variables besides the others.
    variables: &'static [(&'static str, &'static str)],
    /// The variable that names a further host.
    host: Option<&'static str>,
    /// Whether it uses the platform's store.
    uses_store: bool,
}

const VARIANTS: [Variant; 2] = [
    Variant {
        name: "without-atomics",
        about: "# For clouds whose store has no atomic counters. docs/deployment.md says what is\n\
                # weaker there.\n",
        features: "--no-default-features",
        variables: &[],
        host: None,
        uses_store: true,
    },
    Variant {
        name: "outbound-redis",
        about: "# For clouds whose store has no atomic counters: the whole store is on a Redis or\n\
                # Valkey that the component calls itself. \"One entity, one issue\" holds there.\n",
        features: "--no-default-features --features outbound-redis",
        variables: &[
            ("redis_url", r#"{ default = "redis://unset.invalid:6379" }"#),
            ("redis_login", r#"{ default = "", secret = true }"#),
            ("redis_database", r#"{ default = "0" }"#),
        ],
        host: Some("redis_url"),
        uses_store: false,
    },
];

#[test]
fn the_manifests_of_other_builds_are_current() {
    let own = read(&root().join("spin.toml"));
    for variant in VARIANTS {
        let path = root().join("deploy").join(variant.name).join("spin.toml");
        let expected = made(&own, &variant);
        toml::from_str::<toml::Table>(&expected).expect("it is TOML");
        if std::env::var_os("UPDATE_MANIFESTS").is_some() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &expected).unwrap();
        }
        assert!(
            read(&path) == expected,
            "deploy/{}/spin.toml is not what spin.toml says: UPDATE_MANIFESTS=1 cargo test -p jira-intake --test manifests writes it",
            variant.name
        );
    }
}

fn made(own: &str, variant: &Variant) -> String {
    let mut made = format!(
        "{}# Made from spin.toml, which explains the rest; not to be edited:\n\
         # UPDATE_MANIFESTS=1 cargo test -p jira-intake --test manifests\n",
        variant.about
    );
    for line in own.lines() {
        let line = match line.split_once(" = ") {
            Some(("source", _)) => line.replace(
                "target/component/",
                &format!("../../target/{}/", variant.name),
            ),
            Some(("command", _)) => command(line, variant),
            Some(("watch", _)) => continue,
            Some(("key_value_stores", _)) if !variant.uses_store => continue,
            _ => line.to_owned(),
        };
        made.push_str(&line);
        made.push('\n');
        made.push_str(&after(&line, variant));
    }
    made
}

/// The same command with other features, in a folder of its own, from the top of the
/// project.
fn command(line: &str, variant: &Variant) -> String {
    let target = format!("--target-dir target/{} {}", variant.name, variant.features);
    let command = line.replace("--target-dir target/component", &target);
    assert!(command != line, "{line}");
    format!("{command}\nworkdir = \"../..\"")
}

/// What such a build has behind a line.
fn after(line: &str, variant: &Variant) -> String {
    let variables = variant.variables.iter();
    match (line, variant.host) {
        ("[variables]", _) => variables
            .map(|(name, how)| format!("{name} = {how}\n"))
            .collect(),
        ("[component.jira-intake.variables]", _) => variables
            .map(|(name, _)| format!("{name} = \"{{{{ {name} }}}}\"\n"))
            .collect(),
        ("allowed_outbound_hosts = [", Some(host)) => format!("    \"{{{{ {host} }}}}\",\n"),
        _ => String::new(),
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
