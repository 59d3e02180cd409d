//! What one event costs, in numbers that are the same on every machine: fuel
//! (Wasm instructions, roughly), memory, calls to the host. They stand in
//! `docs/counts.json`. A number that grows by more than 5 % fails this test until
//! the file says so as well: `UPDATE_COUNTS=1 cargo test --test stories counts`, and the
//! commit says why.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::harness::{Function, cloud, samples};
use jira_intake_standins::jira::JiraStandIn;
use serde_json::{Value, json};

/// By event and size, each number by its name.
type Counts = BTreeMap<String, BTreeMap<String, u64>>;

const COUNTED: [(&str, &str); 1] = [("JIRA_INTAKE_COUNT", "1")];
/// The family is known and nothing links anywhere: one request files an issue.
const SETTINGS: [(&str, &str); 3] = [
    // What it costs to count an event is measured for itself.
    ("metrics", "false"),
    ("jira_api", "cloud"),
    ("opencti_url", "https://unset.invalid"),
];
/// Bytes of description.
const SIZES: [(&str, usize); 3] = [("1 KB", 1024), ("32 KB", 32 * 1024), ("1 MB", 1000 * 1024)];

fn file() -> PathBuf {
    PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/counts.json"
    ))
}

/// Prose as people write it, with some Markdown in it.
fn prose(bytes: usize) -> String {
    let line =
        "The beacon called **home** every 60 s; see [the report](https://example.com/r).\n\n";
    line.repeat(bytes.div_ceil(line.len()))
}

fn event(bytes: usize, name: &str) -> Value {
    let mut event = samples::incident(&format!("counts-{bytes}"), name);
    event["data"]["description"] = prose(bytes).into();
    event
}

/// Delivers one event to an instance of its own, and reads what that cost.
async fn cost(function: &Function, event: &Value, outcome: &str) -> BTreeMap<String, u64> {
    let before = counted(function).len();
    let answer = function.opencti(event.to_string()).await;
    assert_eq!(answer.result()["outcome"], outcome, "{}", answer.text());
    for _ in 0..400 {
        if let Some(counts) = counted(function).get(before) {
            return serde_json::from_value(counts.clone()).unwrap();
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("no counts: {:#?}", function.output());
}

fn counted(function: &Function) -> Vec<Value> {
    let lines = function.output().into_iter();
    let lines = lines.filter_map(|line| line.strip_prefix("counts: ").map(str::to_owned));
    lines
        .map(|line| serde_json::from_str(&line).unwrap())
        .collect()
}

async fn measure() -> Counts {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let largest = [("max_body_bytes", "2000000")];
    let settings = [&SETTINGS[..], &largest].concat();
    let function = Function::start_with(&jira, &settings, &[], &COUNTED).await;
    let mut counts = Counts::new();
    for (size, bytes) in SIZES {
        let new = event(bytes, "as it was");
        let mut changed = event(bytes, "renamed since");
        changed["type"] = "update".into();
        changed["data"]["modified"] = "2026-01-01T00:00:00.000Z".into();
        let mut ignored = new.clone();
        ignored["data"]["type"] = "malware".into();
        ignored["data"]["extensions"] = json!({});
        for (what, event, outcome) in [
            ("new", &new, "created"),
            ("duplicate", &new, "duplicate"),
            ("update", &changed, "updated"),
            ("ignored", &ignored, "ignored"),
        ] {
            let cost = cost(&function, event, outcome).await;
            counts.insert(format!("{what}, {size}"), cost);
        }
    }
    counted_too(&mut counts, &jira).await;
    let component = std::fs::metadata(crate::harness::component())
        .unwrap()
        .len();
    let size = BTreeMap::from([("bytes".to_owned(), component)]);
    counts.insert("component".to_owned(), size);
    counts
}

/// The same where events are counted: one write more.
async fn counted_too(counts: &mut Counts, jira: &JiraStandIn) {
    let settings = [&SETTINGS[..], &[("metrics", "true")]].concat();
    let function = Function::start_with(jira, &settings, &[], &COUNTED).await;
    let new = event(1024, "as it was");
    for (what, outcome) in [("new", "created"), ("duplicate", "duplicate")] {
        let cost = cost(&function, &new, outcome).await;
        let before = &counts[&format!("{what}, 1 KB")];
        assert_eq!(cost["store_writes"], before["store_writes"] + 1, "{what}");
        assert_eq!(cost["store_reads"], before["store_reads"], "{what}");
        counts.insert(format!("{what}, 1 KB, counted"), cost);
    }
}

/// What has grown by more than 5 %, or is new.
fn grown(before: &Counts, now: &Counts) -> Vec<String> {
    let mut grown = Vec::new();
    for (what, counts) in now {
        for (name, count) in counts {
            let was = before.get(what).and_then(|counts| counts.get(name));
            match was {
                Some(was) if count * 100 <= was * 105 => {}
                _ => grown.push(format!("{what}: {name} was {was:?} and is {count}")),
            }
        }
    }
    grown
}

#[test]
fn five_per_cent_more_are_too_many() {
    let counts = |fuel: u64| {
        let costs = BTreeMap::from([("fuel".to_owned(), fuel)]);
        Counts::from([("new".to_owned(), costs)])
    };
    assert!(grown(&counts(100), &counts(105)).is_empty());
    assert!(grown(&counts(100), &counts(50)).is_empty());
    assert_eq!(grown(&counts(100), &counts(106)).len(), 1);
    assert_eq!(grown(&Counts::new(), &counts(1)).len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(on_spin, ignore = "only the local host can count")]
async fn no_event_costs_more_than_the_file_says() {
    let now = measure().await;
    if std::env::var_os("UPDATE_COUNTS").is_some() {
        let text = serde_json::to_string_pretty(&now).unwrap();
        std::fs::write(file(), text + "\n").unwrap();
        return;
    }
    let text = std::fs::read_to_string(file()).unwrap();
    let before: Counts = serde_json::from_str(&text).unwrap();
    let grown = grown(&before, &now);
    assert!(grown.is_empty(), "{grown:#?}");
}
