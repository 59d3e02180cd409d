//! The values of the application's variables, and what of them the component
//! may see.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Error, Result, bail};

use crate::manifest::{Manifest, check_name};
use crate::template::Template;

/// What every variable's name in the environment starts with.
const PREFIX: &str = "SPIN_VARIABLE_";

/// One `--variable`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// `name=value`.
    Value(String, String),
    /// `name=@file`: the file's whole text.
    FileText(String, PathBuf),
    /// `@file.json` or `@file.toml`: many names and values.
    File(PathBuf),
}

impl FromStr for Given {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        if let Some(file) = text.strip_prefix('@') {
            return Ok(Self::File(file.into()));
        }
        let Some((name, value)) = text.split_once('=') else {
            bail!("give name=value, name=@file, @file.json or @file.toml");
        };
        Ok(match value.strip_prefix('@') {
            Some(file) => Self::FileText(name.to_owned(), file.into()),
            None => Self::Value(name.to_owned(), value.to_owned()),
        })
    }
}

impl Given {
    fn read(&self) -> Result<BTreeMap<String, String>> {
        match self {
            Self::Value(name, value) => Ok([(name.clone(), value.clone())].into()),
            Self::FileText(name, path) => Ok([(name.clone(), read_text(path)?)].into()),
            Self::File(path) => {
                let text = read_text(path)?;
                match path.extension().and_then(|e| e.to_str()) {
                    Some("json") => serde_json::from_str(&text).map_err(Error::from),
                    Some("toml") => toml::from_str(&text).map_err(Error::from),
                    _ => bail!("{} must end in .json or .toml", path.display()),
                }
                .with_context(|| format!("cannot read variables from {}", path.display()))
            }
        }
    }
}

fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Where values come from, the first that has one winning. The order is Spin's.
#[derive(Default)]
pub(crate) struct Sources {
    /// `--variable`.
    pub(crate) given: Vec<Given>,
    /// `[[variables_provider]] type = "static"` in the runtime configuration.
    pub(crate) provided: BTreeMap<String, String>,
    /// The process environment.
    pub(crate) environment: BTreeMap<String, String>,
    /// `.env`.
    pub(crate) dotenv: BTreeMap<String, String>,
}

impl Sources {
    /// Takes over the process environment and the `.env` file in `folder`,
    /// which for Spin is the working directory, wherever the manifest lies.
    pub(crate) fn read_environment(&mut self, folder: &Path) -> Result<()> {
        self.environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(name, _)| name.starts_with(PREFIX))
            .collect();
        let path = folder.join(".env");
        if path.is_file() {
            self.dotenv = dotenvy::from_path_iter(&path)
                .and_then(Iterator::collect)
                .with_context(|| format!("cannot read {}", path.display()))?;
        }
        Ok(())
    }
}

/// Why a variable has no value for the component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoValue {
    /// The name breaks the rules for names.
    InvalidName(String),
    /// The manifest does not pass it on to the component.
    Undefined(String),
    /// It is required and nobody gave it.
    Missing(String),
}

/// All values, looked up once at start.
pub(crate) struct Variables {
    component: String,
    values: BTreeMap<String, String>,
    templates: BTreeMap<String, Template>,
}

impl Variables {
    /// Looks every declared variable up. A required one that nobody gives stops
    /// the start, as it does in Spin since 3.5.
    pub(crate) fn resolve(manifest: &Manifest, sources: &Sources) -> Result<Self> {
        let mut given = BTreeMap::new();
        for source in &sources.given {
            given.extend(source.read()?);
        }
        for name in given
            .keys()
            .filter(|n| !manifest.variables.contains_key(*n))
        {
            eprintln!(
                "--variable {name}: there is no such variable in {}; like Spin, this host ignores it",
                manifest.path.display()
            );
        }
        let mut values = BTreeMap::new();
        let mut missing = Vec::new();
        for (name, variable) in &manifest.variables {
            let key = format!("{PREFIX}{}", name.to_ascii_uppercase());
            let value = given
                .get(name)
                .or_else(|| sources.provided.get(name))
                .or_else(|| sources.environment.get(&key))
                .or_else(|| sources.dotenv.get(&key))
                .or(variable.default.as_ref());
            match value {
                Some(value) => drop(values.insert(name.clone(), value.clone())),
                None => missing.push(name.as_str()),
            }
        }
        if !missing.is_empty() {
            bail!(
                "no value for the required variable(s) {}: give --variable {}=… or {PREFIX}{}",
                missing.join(", "),
                missing[0],
                missing[0].to_ascii_uppercase()
            );
        }
        Ok(Self {
            component: manifest.component.clone(),
            values,
            templates: manifest.component_variables.clone(),
        })
    }

    /// An application variable.
    pub(crate) fn application(&self, name: &str) -> Result<String, NoValue> {
        self.values
            .get(name)
            .cloned()
            .ok_or_else(|| NoValue::Missing(format!("no provider resolved {name:?}")))
    }

    /// What the component gets for `name`.
    pub(crate) fn component(&self, name: &str) -> Result<String, NoValue> {
        check_name(name).map_err(|error| NoValue::InvalidName(error.to_string()))?;
        let template = self.templates.get(name).ok_or_else(|| {
            NoValue::Undefined(format!("no variable for {:?}.{name:?}", self.component))
        })?;
        template.resolve(|name| self.application(name))
    }
}

impl std::fmt::Display for NoValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::InvalidName(why) | Self::Undefined(why) | Self::Missing(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NoValue {}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spin.toml");
        let text = r#"
            spin_manifest_version = 2
            [variables]
            one = { default = "default" }
            two = { default = "2" }
            [[trigger.http]]
            route = "/..."
            component = "c"
            [component.c]
            source = "c.wasm"
            [component.c.variables]
            shown = "<{{ one }}>"
        "#;
        std::fs::write(&path, text).unwrap();
        Manifest::read(&path).unwrap()
    }

    fn map(name: &str, value: &str) -> BTreeMap<String, String> {
        [(name.to_owned(), value.to_owned())].into()
    }

    fn one(sources: &Sources) -> String {
        let variables = Variables::resolve(&manifest(), sources).unwrap();
        variables.application("one").unwrap()
    }

    #[test]
    fn the_first_source_with_a_value_wins() {
        let mut sources = Sources::default();
        assert_eq!(one(&sources), "default");
        sources.dotenv = map("SPIN_VARIABLE_ONE", "dotenv");
        assert_eq!(one(&sources), "dotenv");
        sources.environment = map("SPIN_VARIABLE_ONE", "environment");
        assert_eq!(one(&sources), "environment");
        sources.provided = map("one", "provided");
        assert_eq!(one(&sources), "provided");
        sources.given = vec!["one=first".parse().unwrap(), "one=given".parse().unwrap()];
        assert_eq!(one(&sources), "given");
    }

    #[test]
    fn an_empty_value_is_a_value() {
        let sources = Sources {
            given: vec!["one=".parse().unwrap()],
            ..Sources::default()
        };
        assert_eq!(one(&sources), "");
    }

    #[test]
    fn values_may_come_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let text = folder.path().join("text");
        std::fs::write(&text, "from a=file").unwrap();
        let many = folder.path().join("many.json");
        std::fs::write(&many, r#"{"one": "from json"}"#).unwrap();
        for (argument, expected) in [
            (format!("one=@{}", text.display()), "from a=file"),
            (format!("@{}", many.display()), "from json"),
        ] {
            let sources = Sources {
                given: vec![argument.parse().unwrap()],
                ..Sources::default()
            };
            assert_eq!(one(&sources), expected);
        }
    }

    #[test]
    fn dotenv_is_read_without_touching_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(".env"), "SPIN_VARIABLE_ONE='a b'\nX=1\n").unwrap();
        let mut sources = Sources::default();
        sources.read_environment(folder.path()).unwrap();
        assert_eq!(sources.dotenv["SPIN_VARIABLE_ONE"], "a b");
        assert!(std::env::var_os("SPIN_VARIABLE_ONE").is_none());
    }

    #[test]
    fn an_undeclared_variable_is_ignored() {
        let sources = Sources {
            given: vec!["nobody=1".parse().unwrap()],
            ..Sources::default()
        };
        let variables = Variables::resolve(&manifest(), &sources).unwrap();
        assert!(variables.application("nobody").is_err());
    }

    #[test]
    fn a_missing_required_variable_stops_the_start() {
        let mut manifest = manifest();
        manifest
            .variables
            .entry("two".into())
            .and_modify(|v| v.default = None);
        let error = Variables::resolve(&manifest, &Sources::default())
            .err()
            .unwrap();
        assert!(error.to_string().contains("SPIN_VARIABLE_TWO"), "{error}");
    }

    #[test]
    fn the_component_sees_only_what_is_passed_on() {
        let variables = Variables::resolve(&manifest(), &Sources::default()).unwrap();
        assert_eq!(variables.component("shown").unwrap(), "<default>");
        assert!(matches!(
            variables.component("one"),
            Err(NoValue::Undefined(_))
        ));
        assert!(matches!(
            variables.component("A b"),
            Err(NoValue::InvalidName(_))
        ));
    }
}
