//! Reads `spin.toml` (manifest version 2): what the application needs and may
//! do. Only the parts this host acts on; other keys are left to Spin.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::allowed::AllowedHosts;
use crate::template::Template;

/// An application variable, as declared in `[variables]`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Variable {
    /// Its value when nobody gives one.
    pub(crate) default: Option<String>,
    /// Whether a value must be given.
    #[serde(default)]
    pub(crate) required: bool,
}

/// How a component is built.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Build {
    /// The shell command.
    pub(crate) command: Command,
    /// Where it runs, relative to the manifest.
    pub(crate) workdir: Option<PathBuf>,
}

/// One command, or several that run one after the other.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Command {
    /// `command = "…"`.
    One(String),
    /// `command = ["…", "…"]`.
    Many(Vec<String>),
}

/// A path that leads to the component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The path, or what it starts with.
    pub prefix: String,
    /// Whether everything below `prefix` is meant (`/...`).
    pub wildcard: bool,
}

/// The application: its variables and its one component.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The manifest's own path.
    pub path: PathBuf,
    /// The application's variables.
    pub(crate) variables: BTreeMap<String, Variable>,
    /// The routes of all HTTP triggers.
    pub routes: Vec<Route>,
    /// The component's name.
    pub component: String,
    /// The built component.
    pub source: PathBuf,
    /// The labels of the stores it may open.
    pub(crate) key_value_stores: Vec<String>,
    /// The hosts it may call.
    pub(crate) allowed_outbound_hosts: Vec<Template>,
    /// The component's variables.
    pub(crate) component_variables: BTreeMap<String, Template>,
    /// How to build it.
    pub(crate) build: Option<Build>,
}

#[derive(Deserialize)]
struct RawManifest {
    spin_manifest_version: u32,
    #[serde(default)]
    variables: BTreeMap<String, Variable>,
    #[serde(default)]
    trigger: RawTriggers,
    #[serde(default)]
    component: BTreeMap<String, RawComponent>,
}

#[derive(Default, Deserialize)]
struct RawTriggers {
    #[serde(default)]
    http: Vec<RawTrigger>,
}

#[derive(Deserialize)]
struct RawTrigger {
    route: String,
    component: String,
}

#[derive(Deserialize)]
struct RawComponent {
    source: toml::Value,
    #[serde(default)]
    key_value_stores: Vec<String>,
    #[serde(default)]
    allowed_outbound_hosts: Vec<String>,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    build: Option<Build>,
}

impl Manifest {
    /// Reads the manifest at `path`, a file or the folder it lies in.
    pub fn read(path: &Path) -> Result<Self> {
        let path = if path.is_dir() {
            path.join("spin.toml")
        } else {
            path.to_owned()
        };
        let path = std::path::absolute(&path)?;
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read the manifest {}", path.display()))?;
        Self::parse(&path, &text).with_context(|| format!("in {}", path.display()))
    }

    /// The folder the manifest lies in; its paths are relative to it.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("."))
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let raw: RawManifest = toml::from_str(text)?;
        ensure!(
            raw.spin_manifest_version == 2,
            "spin_manifest_version is {}, and only 2 is supported",
            raw.spin_manifest_version
        );
        for name in raw.variables.keys() {
            check_name(name).with_context(|| format!("[variables] {name}"))?;
        }
        for (name, variable) in &raw.variables {
            ensure!(
                variable.default.is_some() != variable.required,
                "[variables] {name}: give either `default` or `required = true`"
            );
        }
        let id = the_component(&raw.trigger.http)?.to_owned();
        let component = raw.component.get(&id).with_context(|| {
            format!("trigger.http.component is {id:?}, but there is no [component.{id}]")
        })?;
        let toml::Value::String(source) = &component.source else {
            bail!("component.{id}.source: only a path is supported here");
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        Ok(Self {
            routes: routes(&raw.trigger.http)?,
            source: folder.join(source),
            key_value_stores: component.key_value_stores.clone(),
            allowed_outbound_hosts: allowed_hosts(&id, component, &raw.variables)?,
            component_variables: component_variables(&id, component, &raw.variables)?,
            build: component.build.clone(),
            path: path.to_owned(),
            variables: raw.variables,
            component: id,
        })
    }
}

fn the_component(triggers: &[RawTrigger]) -> Result<&str> {
    let Some(first) = triggers.first() else {
        bail!("there is no [[trigger.http]]");
    };
    if let Some(other) = triggers.iter().find(|t| t.component != first.component) {
        bail!(
            "[[trigger.http]] names {:?} and {:?}; this host runs one component",
            first.component,
            other.component
        );
    }
    Ok(&first.component)
}

fn routes(triggers: &[RawTrigger]) -> Result<Vec<Route>> {
    triggers
        .iter()
        .map(|trigger| {
            let route = &trigger.route;
            ensure!(
                route.starts_with('/') && !route.contains(":"),
                "trigger.http.route {route:?}: only paths and a closing `/...` are supported here"
            );
            Ok(match route.strip_suffix("/...") {
                Some(prefix) => Route {
                    prefix: prefix.to_owned(),
                    wildcard: true,
                },
                None => Route {
                    prefix: route.clone(),
                    wildcard: false,
                },
            })
        })
        .collect()
}

fn allowed_hosts(
    id: &str,
    component: &RawComponent,
    declared: &BTreeMap<String, Variable>,
) -> Result<Vec<Template>> {
    let key = || format!("component.{id}.allowed_outbound_hosts");
    let templates = component.allowed_outbound_hosts.iter();
    let templates = templates.map(|host| Template::parse(host));
    let templates = templates.collect::<Result<Vec<_>>>().with_context(key)?;
    AllowedHosts::check(&templates, |name| declared.get(name)?.default.clone())
        .with_context(key)?;
    Ok(templates)
}

fn component_variables(
    id: &str,
    component: &RawComponent,
    declared: &BTreeMap<String, Variable>,
) -> Result<BTreeMap<String, Template>> {
    let mut variables = BTreeMap::new();
    for (name, text) in &component.variables {
        let key = || format!("component.{id}.variables.{name}");
        check_name(name).with_context(key)?;
        let template = Template::parse(text).with_context(key)?;
        if let Some(unknown) = template.names().find(|name| !declared.contains_key(*name)) {
            bail!("{}: there is no {unknown:?} in [variables]", key());
        }
        variables.insert(name.clone(), template);
    }
    Ok(variables)
}

/// Checks a variable's name by Spin's rules.
pub(super) fn check_name(name: &str) -> Result<()> {
    ensure!(
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && !name.ends_with('_')
            && !name.contains("__")
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
        "{name:?} is no variable name: use lower_snake_case"
    );
    Ok(())
}

impl Route {
    /// Whether a request for `path` goes this way.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        match path.strip_prefix(self.prefix.as_str()) {
            Some("") => true,
            Some(rest) => self.wildcard && rest.starts_with('/'),
            None => false,
        }
    }

    /// The part of `path` that the wildcard stands for.
    #[must_use]
    pub fn rest<'p>(&self, path: &'p str) -> &'p str {
        if self.wildcard {
            path.strip_prefix(self.prefix.as_str()).unwrap_or_default()
        } else {
            ""
        }
    }
}

impl std::fmt::Display for Route {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.prefix)?;
        if self.wildcard {
            f.write_str("/...")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
        spin_manifest_version = 2
        [application]
        name = "a"
        [variables]
        jira_url = { default = "https://unset.invalid" }
        token = { required = true, secret = true }
        [[trigger.http]]
        route = "/..."
        component = "c"
        [component.c]
        source = "target/c.wasm"
        key_value_stores = ["default"]
        allowed_outbound_hosts = ["{{ jira_url }}"]
        [component.c.build]
        command = "cargo build"
        watch = ["src"]
        [component.c.variables]
        jira = "{{ jira_url }}/x"
    "#;

    fn parse(text: &str) -> Result<Manifest> {
        Manifest::parse(Path::new("/app/spin.toml"), text)
    }

    #[test]
    fn the_parts_this_host_needs_are_read() {
        let manifest = parse(GOOD).unwrap();
        assert_eq!(manifest.component, "c");
        assert_eq!(manifest.source, Path::new("/app/target/c.wasm"));
        assert!(manifest.variables["token"].required);
        assert_eq!(manifest.key_value_stores, ["default"]);
        assert_eq!(manifest.routes[0].to_string(), "/...");
        assert!(manifest.build.is_some());
    }

    #[test]
    fn mistakes_name_the_key() {
        for (from, to, says) in [
            ("version = 2", "version = 1", "spin_manifest_version"),
            ("component = \"c\"", "component = \"d\"", "[component.d]"),
            (
                "{{ jira_url }}/x",
                "{{ jira }}/x",
                "component.c.variables.jira",
            ),
            (
                "default = \"https://unset.invalid\"",
                "secret = true",
                "[variables] jira_url",
            ),
            ("https://unset.invalid", "", "allowed_outbound_hosts"),
            ("https://unset.invalid", "unset", "allowed_outbound_hosts"),
            ("token =", "Token =", "lower_snake_case"),
            ("[[trigger.http]]", "[[trigger.redis]]", "[[trigger.http]]"),
            (
                "[\"{{ jira_url }}\"]",
                "[\"{{ x\"]",
                "allowed_outbound_hosts",
            ),
        ] {
            let text = GOOD.replacen(from, to, 1);
            assert_ne!(text, GOOD, "{from}");
            let error = format!("{:#}", parse(&text).unwrap_err());
            assert!(error.contains(says), "{error} should name {says}");
        }
    }

    #[test]
    fn a_route_matches_its_path_and_what_is_below_a_wildcard() {
        let route = |prefix: &str, wildcard| Route {
            prefix: prefix.to_owned(),
            wildcard,
        };
        assert!(route("", true).matches("/"));
        assert!(route("", true).matches("/any/where"));
        assert!(route("/api", true).matches("/api"));
        assert!(route("/api", true).matches("/api/x"));
        assert!(!route("/api", true).matches("/apix"));
        assert!(route("/api", false).matches("/api"));
        assert!(!route("/api", false).matches("/api/x"));
    }
}
