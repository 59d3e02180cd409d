//! Documents as analysts write them, beside what Jira gets.
//!
//! `UPDATE_GOLDEN=1 cargo test golden` writes the files anew; read the diff.

use std::{fs, path::Path};

use super::{adf, broken_rules, wiki};
use crate::markup::{DESCRIPTION_LIMIT, from_html, from_markdown};

fn compare(name: &str, rendered: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/markup");
    let file = folder.join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, rendered).expect("the golden file can be written");
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(rendered, golden, "{name}");
}

#[test]
fn golden_documents_are_rendered_as_agreed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/markup");
    let files = fs::read_dir(folder).expect("the folder of golden files");
    let mut count = 0;
    for file in files.map(|file| file.expect("a file").path()) {
        let read = match file.extension().and_then(|extension| extension.to_str()) {
            Some("md") => from_markdown,
            Some("html") => from_html,
            _ => continue,
        };
        let document = read(&fs::read_to_string(&file).expect("a readable source"));
        let name = file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name");
        let value = adf(&document, DESCRIPTION_LIMIT);
        assert_eq!(broken_rules(&value), Vec::<String>::new(), "{name}");
        let value = serde_json::to_string_pretty(&value).expect("JSON");
        compare(&format!("{name}.adf.json"), &format!("{value}\n"));
        compare(
            &format!("{name}.wiki"),
            &format!("{}\n", wiki(&document, DESCRIPTION_LIMIT)),
        );
        count += 1;
    }
    assert!(count >= 5, "{count} documents");
}
