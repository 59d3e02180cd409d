//! The files under `deploy/` and the workflows, read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::Value;

use super::pages::{page, root};

/// All files under a folder of the project, by their paths in it, in order. What a
/// user has made of an example, such as `admin.env`, is left out.
pub(crate) fn files_under(folder: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => open.push(path),
                false => all.push(name_of(&path)),
            }
        }
    }
    all.retain(|name| !name.ends_with(".env") || name.ends_with(".example.env"));
    all.sort();
    all
}

/// Those of them whose names end so.
pub(crate) fn with_ending(folder: &str, ending: &str) -> Vec<String> {
    let mut all = files_under(folder);
    all.retain(|name| name.ends_with(ending));
    assert!(!all.is_empty(), "{folder} has no {ending}");
    all
}

fn name_of(path: &Path) -> String {
    let name = path.strip_prefix(root()).unwrap();
    name.to_str().unwrap().to_owned()
}

/// The documents of a YAML file.
pub(crate) fn yaml(name: &str) -> Vec<Value> {
    let read = Yaml::load_from_str(&page(name));
    let read = read.unwrap_or_else(|error| panic!("{name}: {error}"));
    read.iter().map(|document| json(name, document)).collect()
}

fn json(name: &str, yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Mapping(members) => {
            let member = |(key, member): (&Yaml<'_>, &Yaml<'_>)| {
                let key = key.as_str().unwrap_or_else(|| panic!("{name}: {key:?}"));
                (key.to_owned(), json(name, member))
            };
            Value::Object(members.iter().map(member).collect())
        }
        Yaml::Sequence(entries) => entries.iter().map(|entry| json(name, entry)).collect(),
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => (*value).into(),
        Yaml::Value(Scalar::Integer(value)) => (*value).into(),
        Yaml::Value(Scalar::String(value)) => value.as_ref().into(),
        other => panic!("{name}: {other:?}"),
    }
}

/// The objects of all files in a folder that Kubernetes takes, with their files.
pub(crate) fn objects(folder: &str) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    for name in with_ending(folder, ".yaml") {
        let documents = yaml(&name).into_iter();
        all.extend(documents.map(|document| (name.clone(), document)));
    }
    all.retain(|(_, object)| object.get("apiVersion").is_some());
    all
}

/// The only object of this kind and name.
pub(crate) fn object(folder: &str, kind: &str, name: &str) -> Value {
    let mut all = objects(folder).into_iter().map(|(_, object)| object);
    let is_it = |it: &Value| it["kind"] == kind && it["metadata"]["name"] == name;
    all.find(is_it)
        .unwrap_or_else(|| panic!("no {kind} {name}"))
}

/// The entries of a list; none where there is no list.
pub(crate) fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

/// The lines `NAME=value` of an environment file, also those that are commented out.
pub(crate) fn environment(name: &str) -> BTreeMap<String, String> {
    let text = page(name);
    let lines = text.lines().map(|line| line.trim_start_matches('#'));
    let pairs = lines.filter_map(|line| line.split_once('='));
    let is_name = |name: &str| {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
        !name.is_empty() && name.chars().all(is_part)
    };
    let named = pairs.filter(|(name, _)| is_name(name));
    named
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// A unit's lines as section, name and value; continued lines are joined.
pub(crate) fn unit(name: &str) -> Vec<(String, String, String)> {
    let text = page(name).replace("\\\n", " ");
    let (mut section, mut lines) = (String::new(), Vec::new());
    for line in text.lines().map(str::trim) {
        if let Some(title) = line.strip_prefix('[') {
            section = title.trim_end_matches(']').to_owned();
        } else if let Some((name, value)) = line.split_once('=')
            && !line.starts_with('#')
        {
            let words: Vec<&str> = value.split_whitespace().collect();
            lines.push((section.clone(), name.to_owned(), words.join(" ")));
        }
    }
    assert!(!lines.is_empty(), "{name}");
    lines
}

/// The values of a name in a unit.
pub(crate) fn values(unit: &str, name: &str) -> Vec<String> {
    let lines = self::unit(unit).into_iter();
    let named = lines.filter(|(_, it, _)| it == name);
    named.map(|(_, _, value)| value).collect()
}

/// The scripts of all jobs of a SpinKube folder, by their job.
pub(crate) fn job_commands() -> Vec<(String, Vec<String>)> {
    let all = objects("deploy/spinkube").into_iter();
    let jobs = all.filter(|(_, object)| object["kind"] == "CronJob");
    let command = |(_, job): (String, Value)| {
        let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
        let words = list(&pod["containers"][0]["command"]);
        let words = words.map(|it| it.as_str().unwrap().to_owned()).collect();
        (job["metadata"]["name"].as_str().unwrap().to_owned(), words)
    };
    jobs.map(command).collect()
}

/// Every scalar of a value with where it stands, such as `spec.variables[].name`.
pub(crate) fn leaves(value: &Value) -> BTreeSet<(String, String)> {
    let mut all = BTreeSet::new();
    collect("", value, &mut all);
    all
}

fn collect(place: &str, value: &Value, all: &mut BTreeSet<(String, String)>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let place = match place {
                    "" => name.clone(),
                    place => format!("{place}.{name}"),
                };
                collect(&place, member, all);
            }
        }
        Value::Array(entries) => {
            for entry in entries {
                collect(&format!("{place}[]"), entry, all);
            }
        }
        Value::String(text) => {
            all.insert((place.to_owned(), text.clone()));
        }
        other => {
            all.insert((place.to_owned(), other.to_string()));
        }
    }
}

/// A path in the project as one on this machine.
pub(crate) fn here(name: &str) -> PathBuf {
    root().join(name)
}
