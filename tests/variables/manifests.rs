//! The manifests of the other builds, made from `spin.toml`.

use jira_intake::settings::catalog::{Build, manifest};

use crate::regions::{Regions, replace};

/// A build with a manifest of its own.
struct Variant {
    /// Its folder in `deploy`, and the folder it is built in.
    name: &'static str,
    /// What its first lines say.
    about: &'static str,
    /// Its features for cargo.
    features: &'static str,
    /// Which variables it has.
    build: Build,
    /// Whether it uses the platform's store.
    uses_store: bool,
}

const VARIANTS: [Variant; 2] = [
    Variant {
        name: "without-atomics",
        about: "# For clouds whose store has no atomic counters. docs/deployment.md says what is\n\
                # weaker there.\n",
        features: "--no-default-features",
        build: Build::PlatformStore,
        uses_store: true,
    },
    Variant {
        name: "outbound-redis",
        about: "# For clouds whose store has no atomic counters: the whole store is on a Redis or\n\
                # Valkey that the component calls itself. \"One entity, one issue\" holds there.\n",
        features: "--no-default-features --features outbound-redis",
        build: Build::OutboundRedis,
        uses_store: false,
    },
];

/// The manifests of all other builds: their places in the project, and their texts.
///
/// # Errors
/// Which comment `spin.toml` lacks.
pub(crate) fn all(own: &str) -> Result<Vec<(String, String)>, String> {
    let place = |variant: &Variant| format!("deploy/{}/spin.toml", variant.name);
    let variants = VARIANTS.iter();
    variants
        .map(|variant| Ok((place(variant), made(own, variant)?)))
        .collect()
}

/// What is generated into the manifest of a build.
pub(crate) fn regions(build: Build) -> Regions {
    vec![
        ("variables", manifest::declared(build)),
        ("allowed hosts", manifest::allowed_hosts(build)),
        ("variables of the component", manifest::passed_on(build)),
        ("bundles", manifest::bundled()),
    ]
}

fn made(own: &str, variant: &Variant) -> Result<String, String> {
    let mut made = format!(
        "{}# Made from spin.toml, and not to be edited:\n\
         # UPDATE_VARIABLES=1 cargo test -p jira-intake --test variables\n",
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
    }
    replace(&made, &regions(variant.build))
}

/// The same command with other features, in a folder of its own, from the top of the
/// project.
fn command(line: &str, variant: &Variant) -> String {
    let target = format!("--target-dir target/{} {}", variant.name, variant.features);
    let command = line.replace("--target-dir target/component", &target);
    assert!(command != line, "{line}");
    format!("{command}\nworkdir = \"../..\"")
}
