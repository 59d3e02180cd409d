//! What Atlassian's own schema says of our documents. It is not a part of the
//! project: where it is not at hand, only the project's own is asked.

use std::{fs, path::Path, sync::LazyLock};

use proptest::prelude::*;
use serde_json::Value;

use super::{
    SCHEMA, adf,
    properties::settings,
    strategy::{hostile, tree},
};
use crate::markup::{DESCRIPTION_LIMIT, Document, from_markdown};

/// Beside the repository.
const PLACE: &str = "../shared/contract/adf-schema.json";

static ATLASSIAN: LazyLock<Option<jsonschema::Validator>> = LazyLock::new(|| {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join(PLACE);
    let Ok(text) = fs::read_to_string(place) else {
        eprintln!("skipped: there is no {PLACE} to hold documents against");
        return None;
    };
    let schema: Value = serde_json::from_str(&text).expect("Atlassian's schema is JSON");
    Some(jsonschema::validator_for(&schema).expect("Atlassian's schema is one"))
});

/// Every rule that the document breaks, Atlassian's and our own.
fn broken(document: &Value) -> Vec<String> {
    let schemas = ATLASSIAN.iter().chain([&*SCHEMA]);
    let errors = schemas.flat_map(|schema| schema.iter_errors(document));
    errors
        .map(|error| format!("{}: {}", error.instance_path(), error.masked()))
        .collect()
}

/// The documents in a golden file.
fn documents(value: &Value) -> Vec<&Value> {
    match value {
        Value::Object(members) if members.get("type").is_some_and(|kind| kind == "doc") => {
            vec![value]
        }
        Value::Object(members) => members.values().flat_map(documents).collect(),
        Value::Array(items) => items.iter().flat_map(documents).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn atlassian_takes_every_golden_document() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = ["tests/markup", "tests/golden"].map(|folder| root.join(folder));
    let files = folders
        .iter()
        .flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut count = 0;
    for path in files.map(|file| file.unwrap().path()) {
        let name = path.to_string_lossy();
        if name.ends_with(".adf.json") || name.ends_with(".cloud.json") {
            let golden = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            for document in documents(&golden) {
                assert_eq!(broken(document), Vec::<String>::new(), "{name}");
                count += 1;
            }
        }
    }
    assert!(count >= 15, "{count} documents");
}

fn taken(document: &Document, limit: usize) -> Result<(), TestCaseError> {
    let value = adf(document, limit);
    prop_assert_eq!(broken(&value), Vec::<String>::new(), "{}", value);
    Ok(())
}

proptest! {
    #![proptest_config(settings())]

    #[test]
    fn atlassian_takes_every_tree(tree in tree(), limit in 200..2000_usize) {
        taken(&tree, limit)?;
        taken(&tree, DESCRIPTION_LIMIT)?;
    }

    #[test]
    fn atlassian_takes_any_markdown(source in hostile()) {
        taken(&from_markdown(&source), DESCRIPTION_LIMIT)?;
    }
}
