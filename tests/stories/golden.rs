//! What people will read: the rendered issue of every entity type, for both
//! families of Jira, kept in `tests/golden`. `UPDATE_GOLDEN=1 cargo test --test
//! golden` writes them anew; the diff is then what changed for readers.

use std::path::PathBuf;

use crate::harness::others::{Others, borrowed, sensible};
use crate::harness::samples::{self, SIX_TYPES};
use crate::harness::{WEBHOOK_TOKEN, alerts, cloud, data_center, with_settings};
use serde_json::Value;

/// The types that `file_types` may add have their golden files too.
const MORE: [&str; 3] = ["task-create", "note-create", "vulnerability-create"];

#[tokio::test]
async fn every_type_is_rendered_as_agreed_for_both_jiras() {
    let types = "incident,report,case-incident,case-rfi,case-rft,grouping,task,note,vulnerability";
    let mut differing = Vec::new();
    for flavor in ["cloud", "datacenter"] {
        let settings = [("jira_api", flavor), ("file_types", types)];
        let (_jira, function) = with_settings(cloud(), &settings).await;
        for name in SIX_TYPES.iter().chain(&MORE) {
            let event = samples::stream(name).to_string();
            let answer = function.opencti_with("?dry_run", event).await;
            let fields = &answer.result()["dry_run"]["requests"][0]["body"]["fields"];
            assert!(fields.is_object(), "{}", answer.text());
            if !agrees(&format!("{name}.{flavor}"), fields) {
                differing.push(format!("{name}.{flavor}"));
            }
        }
    }
    assert!(
        differing.is_empty(),
        "UPDATE_GOLDEN=1 shows the diff of {differing:?}"
    );
}

/// What Splunk sends.
const ALERTS: [&str; 4] = [
    "webhook.mimikatz",
    "webhook.multivalue",
    "webhook.notable",
    "soar.container-with-artifacts",
];

#[tokio::test]
async fn every_alert_is_rendered_as_agreed_for_both_jiras() {
    let mut differing = Vec::new();
    for flavor in ["cloud", "datacenter"] {
        let (_jira, function) = with_settings(cloud(), &[("jira_api", flavor)]).await;
        for name in ALERTS {
            let path = format!("/webhooks/splunk?token={WEBHOOK_TOKEN}&dry_run");
            let alert = alerts::sample(name).to_string();
            let answer = function.post(&path, &[], alert).await;
            let fields = &answer.result()["dry_run"]["requests"][0]["body"]["fields"];
            assert!(fields.is_object(), "{}", answer.text());
            if !agrees(&format!("splunk-{name}.{flavor}"), fields) {
                differing.push(format!("{name}.{flavor}"));
            }
        }
    }
    assert!(
        differing.is_empty(),
        "UPDATE_GOLDEN=1 shows the diff of {differing:?}"
    );
}

#[tokio::test]
async fn what_others_know_is_rendered_as_agreed_for_both_jiras() {
    let mut differing = Vec::new();
    for (flavor, options, email) in [
        ("cloud", cloud(), crate::harness::EMAIL),
        ("datacenter", data_center(), ""),
    ] {
        let others = Others::start().await;
        others.model.reply_with(sensible());
        let settings = others.settings(&[("jira_api", flavor), ("jira_login_email", email)]);
        let (jira, function) = with_settings(options, &borrowed(&settings)).await;
        let mut alert = alerts::sample("webhook.mimikatz");
        // The row has golden files of its own.
        let row = alert["result"].as_object_mut().unwrap();
        row.retain(|name, _| ["_time", "dest", "file_hash", "src"].contains(&name.as_str()));
        alerts::tell(&function, &alert).await;
        let fields = Value::Object(jira.issues()[0].fields.clone());
        let description = serde_json::json!({ "description": fields["description"] });
        if !agrees(&format!("splunk-enriched.{flavor}"), &description) {
            differing.push(flavor);
        }
    }
    assert!(
        differing.is_empty(),
        "UPDATE_GOLDEN=1 shows the diff of {differing:?}"
    );
}

/// The fields as one JSON file; wiki markup beside it as text, to be read.
fn agrees(name: &str, fields: &Value) -> bool {
    let json = format!("{}\n", serde_json::to_string_pretty(fields).unwrap());
    let same = compare(&format!("{name}.json"), &json);
    match fields["description"].as_str() {
        Some(wiki) => compare(&format!("{name}.wiki"), &format!("{wiki}\n")) && same,
        None => same,
    }
}

fn compare(file: &str, found: &str) -> bool {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden");
    let path = PathBuf::from(folder).join(file);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&path, found).unwrap();
    }
    std::fs::read_to_string(&path).is_ok_and(|agreed| agreed == found)
}
