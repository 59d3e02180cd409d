//! What OpenCTI holds is told again: counted first, then filed, in bounded calls.

use std::time::Duration;

use crate::harness::cloud;
use crate::harness::streamed::{Streamed, TYPES, entity, platform};
use jira_intake_standins::jira::{Fault as JiraFault, FaultKind, Operation};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn history_is_counted_first_and_filed_then_in_bounded_calls() {
    let settings = [("file_recovered", "true"), ("opencti_stream_from", "now")];
    let mut all = Streamed::start(&settings).await;
    for number in 0..150_u64 {
        let kind = TYPES[number as usize % 6];
        // Three share a time.
        let at = 1_000 + number / 3 * 10;
        all.opencti
            .add_row(entity(kind, &format!("h {number:03}"), at, at));
    }
    all.opencti.add_row(entity("malware", "none", 5_000, 5_000));
    let query = "?from=2025-11-01&until=2025-11-02&seconds=3";
    let dry = until_finished(&all, &format!("{query}&dry_run=true")).await;
    assert_eq!(
        dry["so_far"],
        json!({ "created": 150, "ignored": 1 }),
        "{dry}"
    );
    assert_eq!(all.created(), 0);
    let slow = FaultKind::Latency(Duration::from_millis(400));
    all.jira
        .inject(JiraFault::new(slow).on(Operation::Create).always());
    let (_, first) = all.call(query).await;
    assert_eq!(first["finished"], false, "{first}");
    assert_eq!(
        (&first["total"], &first["ended"]),
        (&json!(150), &json!("time")),
        "{first}"
    );
    let done = first["done"].as_u64().unwrap();
    assert!(done > 10 && done < 150, "{first}");
    all.function.kill_and_restart().await;
    all.jira.clear_faults();
    let last = until_finished(&all, query).await;
    assert_eq!(last["so_far"]["created"], 150, "{last}");
    assert_eq!(
        (&last["done"], &last["ended"]),
        (&last["total"], &json!("done")),
        "{last}"
    );
    let expected: Vec<String> = (0..150).map(|it| format!("h {it:03}")).collect();
    assert_eq!(all.summaries(), expected);
}

/// Calls until a replay is finished.
async fn until_finished(all: &Streamed, query: &str) -> Value {
    let mut report = Value::Null;
    for _ in 0..60 {
        report = all.call(query).await.1;
        if report["finished"] == true {
            return report;
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    panic!("never finished: {report}")
}

#[tokio::test(flavor = "multi_thread")]
async fn history_files_nothing_unless_that_was_said_and_not_where_the_platform_does_not_tell_it() {
    let all = Streamed::start(&[]).await;
    all.opencti.add_row(entity("incident", "old", 1_000, 1_000));
    let report = until_finished(&all, "?from=2025-11-01&seconds=3").await;
    assert_eq!(report["so_far"], json!({ "ignored": 1 }), "{report}");
    assert!(
        report["notes"].to_string().contains("file_recovered"),
        "{report}"
    );
    assert_eq!(all.created(), 0);
    let settings = [("file_recovered", "true")];
    let all = Streamed::with(platform().skips_recovery(), cloud(), &settings).await;
    all.opencti.add_row(entity("incident", "old", 1_000, 1_000));
    let (_, report) = all.call("?from=2025-11-01&seconds=3").await;
    assert!(
        report["reason"]
            .as_str()
            .unwrap()
            .contains("origin of events"),
        "{report}"
    );
    assert_eq!(report["finished"], false, "{report}");
}

#[tokio::test(flavor = "multi_thread")]
async fn entities_that_come_in_no_order_and_along_with_others_are_all_filed_once() {
    let settings = [("file_recovered", "true"), ("opencti_stream_from", "now")];
    let mut all = Streamed::with(platform().pages(20), cloud(), &settings).await;
    let mut expected = Vec::new();
    for number in 0..60_u64 {
        let (name, at) = (format!("h {number:02}"), 1_000 + number * 10);
        let row = entity("incident", &name, 500, at);
        // Some come along with a case that changed before them.
        if number % 12 == 7 {
            let case = entity("case-incident", &format!("case {number:02}"), 500, at - 55);
            all.opencti.add_row_pulling(case, vec![row]);
            expected.push(format!("case {number:02}"));
        } else {
            all.opencti.add_row(row);
        }
        expected.push(name);
    }
    expected.sort();
    let slow = FaultKind::Latency(Duration::from_millis(300));
    all.jira
        .inject(JiraFault::new(slow).on(Operation::Create).always());
    let query = "?from=2025-11-01&until=2025-11-02&seconds=2";
    let (_, first) = all.call(query).await;
    assert_eq!(first["finished"], false, "{first}");
    all.function.kill_and_restart().await;
    let last = until_finished(&all, query).await;
    assert_eq!(all.summaries(), expected, "{last}");
    assert_eq!(last["so_far"]["created"], 65, "{last}");
}
