//! The live stream of OpenCTI, read by the function itself: at least once from the
//! platform, once in Jira.

use std::time::{Duration, Instant};

use crate::harness::cloud;
use crate::harness::process::on_spin;
use crate::harness::streamed::{
    NOON, OPENCTI_TOKEN, Streamed, TYPES, entity, event, incident, platform, position,
};
use jira_intake_standins::faults::Fault;
use jira_intake_standins::jira::{Fault as JiraFault, FaultKind, Operation};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_filed_within_one_call_and_the_next_one_goes_on_behind_it() {
    let all = Streamed::start(&[]).await;
    for (number, kind) in (1..).zip(TYPES) {
        all.opencti
            .push(event("create", &entity(kind, kind, number, number)));
    }
    all.opencti
        .push(event("create", &entity("malware", "none", 7, 7)));
    let report = all.read(2).await;
    assert_eq!(
        report["handled"],
        json!({ "created": 6, "ignored": 1 }),
        "{report}"
    );
    assert_eq!(
        (&report["ended"], &report["behind_seconds"]),
        (&json!("time"), &json!(0))
    );
    assert_eq!(all.created(), 6);
    let report = all.read(1).await;
    assert_eq!(report["handled"], json!({}), "{report}");
    let connections = all.opencti.connections();
    assert_eq!(connections.len(), 2);
    assert_eq!(connections[0].from.as_deref(), Some("1761955200000-0"));
    // A heartbeat after an empty read leads to the platform's now.
    let from = connections[1].from.clone().unwrap();
    assert!(
        from.as_str() > position(7).as_str() && from != position(7),
        "{from}"
    );
    assert!(!connections[1].open, "it is closed in the end");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_meanwhile_is_filed_within_a_second() {
    let all = Streamed::start(&[]).await;
    let (report, took) = tokio::join!(all.read(3), async {
        tokio::time::sleep(Duration::from_millis(1_000)).await;
        all.opencti.push(incident("late", now_after_noon()));
        let pushed = Instant::now();
        while all.created() == 0 && pushed.elapsed() < Duration::from_secs(5) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        pushed.elapsed()
    });
    assert_eq!(report["handled"]["created"], 1, "{report}");
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_events_survive_ten_cuts_and_five_kills() {
    let mut all = Streamed::start(&[]).await;
    for number in 0..200_u64 {
        let name = format!("incident {number:03}");
        // Some pull another incident in, which files nothing.
        let along = entity("incident", &format!("along {number:03}"), 1, 1);
        let event = incident(&name, 1_000 + number);
        all.opencti.push(match number % 5 {
            0 => event.pulling(vec![along]),
            _ => event,
        });
    }
    all.opencti.cut_after(17, 10);
    for kill in 0..5 {
        let url = format!("{}/tasks/stream?seconds=20", all.function.url());
        let read = tokio::spawn(async move {
            let client = jira_intake_standins::client::Client::default();
            let headers = [("x-api-key", "admin-5ecret")];
            let _ = client.post(&url, &headers, b"").await;
        });
        let goal = (all.created() + 5 + 7 * kill).min(200);
        let started = Instant::now();
        while all.created() < goal && started.elapsed() < Duration::from_secs(20) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        // On a host whose clock can be set, nobody has to wait for the leases of the dead:
        // that of the reader, and those of the entities that it was at work on.
        let ahead = (70 * (kill + 1)).to_string();
        let ahead = [("JIRA_INTAKE_AHEAD", ahead.as_str())];
        all.function.restart_in(&ahead).await;
        let _ = read.await;
        wait_for_lease(&all).await;
    }
    let mut last = Value::Null;
    for _ in 0..60 {
        last = all.read(3).await;
        if last["behind_seconds"] == 0 && last["ended"] == "time" {
            break;
        }
    }
    assert_eq!(last["behind_seconds"], 0, "{last}");
    crate::harness::operator::until_quiet(&all.function).await;
    let expected: Vec<String> = (0..200).map(|it| format!("incident {it:03}")).collect();
    assert_eq!(all.summaries(), expected);
    assert!(all.opencti.connections().len() >= 10);
}

/// Calls until nobody who died has the right to read any more.
async fn wait_for_lease(all: &Streamed) {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(60) {
        let (_, report) = all.call("?seconds=1").await;
        if report["ended"] != "busy" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    panic!("nobody may read");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_day_without_us_what_the_stream_has_lost_is_fetched() {
    let all = Streamed::start(&[]).await;
    all.opencti.push(incident("before", 1_000));
    // Not by a heartbeat's id, which would be later than all of this.
    all.opencti.push(incident("too", 2_000));
    let report = all.read(1).await;
    assert_eq!(report["handled"]["created"], 2, "{report}");
    let day = now_after_noon();
    let early = [
        event("create", &entity("incident", "lost", day, day)),
        event(
            "create",
            &entity("case-rfi", "lost too", day + 1_000, day + 1_000),
        ),
        event(
            "create",
            &entity("malware", "none", day + 1_000, day + 1_000),
        ),
    ];
    for event in early {
        all.opencti.push(event);
    }
    let kept = all.opencti.push(incident("kept", day + 60_000));
    all.opencti.trim_before(&kept);
    let report = all.read(2).await;
    assert_eq!(report["handled"]["created"], 3, "{report}");
    let notes = report["notes"].to_string();
    assert!(notes.contains("fetched from its database"), "{notes}");
    assert!(
        all.function
            .output()
            .iter()
            .any(|line| line.contains("stream_gap"))
    );
    assert_eq!(
        all.summaries(),
        ["before", "kept", "lost", "lost too", "too"]
    );
    let connections = all.opencti.connections();
    assert_eq!(connections.len(), 4, "{connections:?}");
    assert!(connections[2].recover.is_some());
    // The database's own entities of the gap are told again, once.
    let report = all.read(1).await;
    assert_eq!(report["handled"], json!({}), "{report}");
}

/// Soon after the platform's now, in milliseconds after noon of that day: what is
/// pushed with it comes after what a heartbeat has told.
fn now_after_noon() -> u64 {
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).unwrap();
    now.as_millis() as u64 - NOON + 1_000
}

#[tokio::test(flavor = "multi_thread")]
async fn an_incident_that_a_lost_report_pulled_in_is_filed_by_itself_if_the_stream_has_it() {
    let all = Streamed::start(&[("opencti_stream_from", "0")]).await;
    let case = entity("incident", "in the report", 1_000, 5_000);
    let other = entity("incident", "not in the stream", 1_000, 6_000);
    let report = entity("report", "report", 2_000, 2_000);
    all.opencti.hide_from_stream("incident--not-in-the-stream");
    all.opencti.add_row_pulling(report, vec![case, other]);
    all.opencti
        .add_row(entity("grouping", "last", 9_000, 9_000));
    let kept = all.opencti.push(incident("kept", 60_000));
    all.opencti.trim_before(&kept);
    let report = all.read(3).await;
    assert_eq!(
        all.summaries(),
        ["in the report", "kept", "last", "report"],
        "{report}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_calls_at_once_one_reads_and_the_other_says_so() {
    let all = Streamed::start(&[]).await;
    for number in 1..40 {
        all.opencti.push(incident(&format!("i {number}"), number));
    }
    let (one, two) = tokio::join!(all.call("?seconds=3"), async {
        tokio::time::sleep(Duration::from_millis(700)).await;
        all.call("?seconds=3").await
    });
    assert_eq!((one.0, &one.1["ended"]), (200, &json!("time")), "{}", one.1);
    assert_eq!((two.0, &two.1["ended"]), (200, &json!("busy")), "{}", two.1);
    assert_eq!(all.opencti.connections().len(), 1);
    assert_eq!(all.created(), 39);
}

/// What was begun is waited for when the time is over, and nobody else reads meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_waits_for_a_slow_jira_reads_still() {
    let all = Streamed::start(&[]).await;
    let slow = FaultKind::Latency(Duration::from_secs(9));
    all.jira.inject(JiraFault::new(slow).always());
    all.opencti.push(incident("slow", 1));
    let is_over = std::sync::atomic::AtomicBool::new(false);
    let (one, others) = tokio::join!(
        async {
            let answer = all.call("?seconds=1").await;
            is_over.store(true, std::sync::atomic::Ordering::SeqCst);
            answer
        },
        async {
            let mut ended = Vec::new();
            for _ in 0..12 {
                tokio::time::sleep(Duration::from_secs(2)).await;
                if is_over.load(std::sync::atomic::Ordering::SeqCst) {
                    break;
                }
                ended.push(all.call("?seconds=1").await.1["ended"].clone());
            }
            ended
        }
    );
    assert!(others.len() > 10, "it was not slow: {others:?} {}", one.1);
    assert!(others.iter().all(|it| it == "busy"), "{others:?}");
    assert_eq!(one.0, 200, "{}", one.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_tells_faster_than_jira_takes_fills_no_memory_and_is_not_passed_by() {
    let counted = [("JIRA_INTAKE_COUNT", "1")];
    let all = Streamed::counted(platform(), cloud(), &[], &counted).await;
    let slow = FaultKind::Latency(Duration::from_millis(700));
    all.jira
        .inject(JiraFault::new(slow).on(Operation::Create).always());
    let text = "a long description. ".repeat(10_000);
    for number in 1..=60 {
        let mut data = entity("incident", &format!("i {number:02}"), number, number);
        data["description"] = text.clone().into();
        all.opencti.push(event("create", &data));
    }
    let report = all.read(3).await;
    let created = report["handled"]["created"].as_u64().unwrap();
    assert!(created < 60, "{report}");
    assert!(report["behind_seconds"].as_u64().unwrap() > 0, "{report}");
    // Everything up to the position is filed.
    let at = report["position"].as_str().unwrap().to_owned();
    let passed = (1..=60).filter(|it| position(*it) <= at).count();
    assert!(
        passed > 0 && passed <= all.jira.issues().len(),
        "{passed} {report}"
    );
    all.jira.clear_faults();
    for _ in 0..20 {
        if all.read(5).await["behind_seconds"] == 0 {
            break;
        }
    }
    assert_eq!(all.jira.issues().len(), 60);
    let peaks = all.function.output().into_iter().filter_map(|line| {
        let counts: Value = serde_json::from_str(line.split_once("counts: ")?.1).ok()?;
        counts["memory"].as_u64()
    });
    // A real Spin counts nothing.
    let peak = peaks.max();
    assert_eq!(peak.is_some(), !on_spin());
    assert!(
        peak.is_none_or(|peak| peak < 48 * 1024 * 1024),
        "{peak:?} bytes of memory for 60 events of 200 KB"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_is_told_apart_from_what_leaves_the_filter_or_enters_it() {
    let all = Streamed::start(&[]).await;
    for (number, name) in (1..).zip(["deleted", "left", "back"]) {
        all.opencti.push(incident(name, number));
    }
    let changed = |name, at| event("update", &entity("incident", name, 1, at));
    all.opencti
        .push(event("delete", &entity("incident", "deleted", 1, 10)));
    all.opencti.push(changed("left", 11).named("delete"));
    all.opencti.push(changed("back", 12).named("delete"));
    let again = entity("incident", "back", 1, 13);
    all.opencti.push(event("update", &again).named("create"));
    all.opencti.push(changed("entered", 14).named("create"));
    let report = all.read(2).await;
    assert_eq!(report["handled"]["created"], 4, "{report}");
    let comments = |name: &str| {
        let issues = all.jira.issues();
        let issue = issues.iter().find(|issue| issue.summary() == name).unwrap();
        let comments = issue.comments.iter().map(|comment| comment.text());
        comments.collect::<Vec<_>>().join("\n")
    };
    assert!(
        comments("deleted").contains("was deleted in OpenCTI"),
        "{}",
        comments("deleted")
    );
    let left = "left the live stream of OpenCTI";
    assert!(comments("left").contains(left), "{}", comments("left"));
    assert!(comments("back").contains(left) && comments("entered").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn however_it_is_written_and_cut_it_is_the_same_stream() {
    for options in [
        platform().chunks(3),
        platform().chunks(1_000).line_ends("\r\n"),
        platform()
            .line_ends("\r")
            .frame_pause(Duration::from_millis(20)),
        platform().without_heartbeat_ids(),
    ] {
        let all = Streamed::with(options, cloud(), &[]).await;
        for number in 1..=9 {
            all.opencti
                .push(incident(&format!("Störung 😀 {number}"), number));
        }
        let report = all.read(3).await;
        assert_eq!(report["handled"], json!({ "created": 9 }), "{report}");
        assert!(
            all.summaries()[8].ends_with("Störung 😀 9"),
            "{:?}",
            all.summaries()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_silent_is_opened_again() {
    let options = platform().silent_after(2);
    let all = Streamed::with(options, cloud(), &[]).await;
    for number in 1..=4 {
        all.opencti.push(incident(&format!("i {number}"), number));
    }
    let started = Instant::now();
    let report = all.read(22).await;
    assert_eq!(report["handled"]["created"], 4, "{report}");
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(all.opencti.connections().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_is_too_large_is_filed_by_its_beginning_and_keeps_nothing_back() {
    let all = Streamed::start(&[("max_body_bytes", "20000")]).await;
    let mut data = entity("incident", "large", 1, 1);
    data["x_text"] = "x".repeat(50_000).into();
    all.opencti.push(event("create", &data));
    all.opencti.push(incident("small", 2));
    let report = all.read(2).await;
    assert_eq!(report["handled"]["created"], 2, "{report}");
    // The name may have been marked by what was cut off: it is not shown.
    assert_eq!(all.jira.issues().len(), 2);
    assert!(
        all.function
            .output()
            .iter()
            .any(|line| line.contains("body_cut"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_cannot_be_read_says_what_to_do_and_is_left_alone_for_a_while() {
    let all = Streamed::start(&[]).await;
    for (fault, expected) in [
        (Fault::status(401), "opencti_token"),
        (Fault::html(502), "answered 502"),
        (Fault::status(500), "answered 500"),
        (Fault::rate_limited(7), "too many requests"),
    ] {
        let all = Streamed::start(&[]).await;
        all.opencti.inject(fault.path("/stream/"));
        let (status, report) = all.call("?seconds=1").await;
        assert_eq!(
            (status, &report["ended"]),
            (502, &json!("error")),
            "{report}"
        );
        let reason = report["reason"].as_str().unwrap();
        assert!(reason.contains(expected), "{reason}");
        assert!(!reason.contains(OPENCTI_TOKEN), "{reason}");
        let (status, _) = all.call("?seconds=1").await;
        assert_eq!(status, 502, "it is not asked again at once");
        assert_eq!(all.opencti.count(), 1);
    }
    let url = all.opencti.url();
    for (name, value, expected) in [
        ("opencti_token", "wrong", "opencti_token is wrong"),
        (
            "opencti_stream_id",
            "unknown",
            "opencti_stream_id is not the id",
        ),
        ("opencti_base_path", "/no", "opencti_base_path"),
    ] {
        let own = [("opencti_url", url.as_str()), (name, value)];
        let other = Streamed::start(&own).await;
        let (status, report) = other.call("?seconds=1").await;
        let reason = report["reason"].as_str().unwrap();
        assert_eq!(status, 502, "{report}");
        assert!(reason.contains(expected), "{name}: {reason}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_stopped_while_it_is_read_says_so_and_goes_on_once_it_is_started() {
    let all = Streamed::start(&[]).await;
    all.opencti.push(incident("before", 1));
    let ((status, report), ()) = tokio::join!(all.call("?seconds=6"), async {
        tokio::time::sleep(Duration::from_millis(900)).await;
        all.opencti.stop_stream(crate::harness::streamed::STREAM);
    });
    assert_eq!(status, 502, "{report}");
    assert!(
        report["reason"].as_str().unwrap().contains("is stopped"),
        "{report}"
    );
    assert_eq!(report["handled"]["created"], 1, "{report}");
    all.opencti.start_stream(crate::harness::streamed::STREAM);
    all.opencti.push(incident("after", now_after_noon()));
    // The platform is left alone for a minute.
    let (status, report) = all.call("?seconds=1").await;
    assert_eq!(status, 502, "{report}");
    assert_eq!(report["handled"], json!({}));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_operator_reads_and_only_what_is_configured() {
    let all = Streamed::start(&[]).await;
    for (method, headers, expected) in [
        ("GET", vec![("x-api-key", "admin-5ecret")], 200),
        (
            "GET",
            vec![("x-api-key", crate::harness::WEBHOOK_TOKEN)],
            401,
        ),
        ("POST", vec![], 401),
        ("DELETE", vec![("x-api-key", "admin-5ecret")], 405),
    ] {
        let answer = all
            .function
            .send(method, "/tasks/stream?seconds=1", &headers)
            .await;
        assert_eq!(
            answer.status,
            expected,
            "{method} {headers:?} {}",
            answer.text()
        );
    }
    let (status, problem) = all.call("?from=then").await;
    assert_eq!(status, 400, "{problem}");
    let (jira, function) =
        crate::harness::with_settings(cloud(), &crate::harness::operator::OPERATED).await;
    let (status, problem) =
        crate::harness::operator::admin(&function, "POST", "/tasks/stream").await;
    assert_eq!(status, 500, "{problem}");
    assert!(
        problem["mistakes"]
            .to_string()
            .contains("opencti_stream_id"),
        "{problem}"
    );
    assert_eq!(jira.requests().len(), 0);
}
