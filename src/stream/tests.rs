//! Stories about reading a stream, with a platform from a script: each answer is a
//! stream that breaks off at its end.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::model::Timestamp;
use crate::pipeline::tests::World;
use crate::store::stream::look;

/// 2025-11-02, in seconds.
const T: u64 = 1_762_100_000;
const STREAM: [(&str, &str); 4] = [
    ("opencti_url", "https://opencti.example.com"),
    ("opencti_base_path", "/cti"),
    ("opencti_stream_id", "5f0d5a3a"),
    ("opencti_stream_from", "1762100000000-0"),
];

fn id(seconds: u64) -> String {
    format!("{}-0", (T + seconds) * 1000)
}

fn position(seconds: u64) -> Position {
    Position::parse(&id(seconds)).unwrap()
}

fn time(seconds: u64) -> String {
    Timestamp::from_secs(T + seconds).to_string()
}

fn frame(name: &str, at: u64, data: &Value) -> String {
    format!("id: {}\nevent: {name}\ndata: {data}\n\n", id(at))
}

fn connected(first: u64, last: u64) -> String {
    let data = json!({ "firstEventId": id(first), "lastEventId": id(last) });
    format!("event: connected\ndata: {data}\n\n")
}

fn heartbeat(at: u64) -> String {
    frame("heartbeat", at, &time(at).into())
}

fn data(entity: &str, created: u64, updated: u64) -> Value {
    json!({
        "id": format!("incident--{entity}"),
        "type": "incident",
        "name": entity,
        "created": time(created),
        "modified": time(updated),
        "extensions": { "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba": {
            "id": entity, "type": "Incident", "created_at": time(created), "updated_at": time(updated),
        }},
    })
}

fn event(kind: &str, entity: &str, at: u64) -> String {
    let data = data(entity, at, at);
    let context = json!({ "patch": [{ "op": "replace", "path": "/name", "value": entity }] });
    let body = json!({ "version": "4", "type": kind, "data": data, "context": context });
    frame(kind, at, &body)
}

fn told_again(referer: &str, entity: &str, updated: u64, at: u64) -> String {
    let body = json!({
        "data": data(entity, updated, updated), "version": "4", "origin": { "referer": referer },
    });
    frame("create", at, &body)
}

fn row(entity: &str, at: u64) -> String {
    told_again("init-create", entity, at, at)
}

fn along(entity: &str, updated: u64, at: u64) -> String {
    told_again("init-dependencies", entity, updated, at)
}

/// A platform that answers these streams, one for each connection.
fn world(settings: &[(&str, &str)], streams: &[&[String]]) -> World {
    let world = World::new(&[&STREAM[..], settings].concat());
    world.fake.now_ms.set((T + 1_000) * 1000);
    world.fake.piece.set(7);
    for frames in streams {
        stream(&world, &frames.concat());
    }
    world
}

fn stream(world: &World, text: &str) {
    let headers = [("content-type", "text/event-stream; charset=utf-8")];
    world.fake.reply(200, &headers, text);
}

fn read(world: &World, options: Options) -> Report {
    world.run(async |context| run(context, options).await.unwrap())
}

/// One call that has no time to open a broken stream again.
fn follow(world: &World) -> Value {
    let time = Duration::from_secs(1);
    read(
        world,
        Options {
            time,
            history: None,
        },
    )
    .body
}

/// What each connection asked for.
fn asked(world: &World) -> Vec<String> {
    let requests = world.fake.requests.borrow();
    let uris = requests.iter().map(|request| request.uri().to_string());
    uris.filter(|uri| uri.contains("/stream/"))
        .map(|uri| uri.split("&listen-delete").next().unwrap().to_owned())
        .collect()
}

fn created(world: &World) -> usize {
    let asked = world.tracker.asked.borrow();
    asked
        .iter()
        .filter(|words| words.starts_with("create"))
        .count()
}

fn cursor(world: &World) -> crate::store::stream::Cursor {
    let name = digest(b"https://opencti.example.com/cti\n5f0d5a3a");
    look(world.fake.ports(), &name).unwrap()
}

#[test]
fn events_are_filed_and_the_next_call_goes_on_behind_them() {
    let frames = [
        connected(0, 3),
        event("create", "a", 1),
        event("create", "b", 3),
    ];
    let world = world(&[], &[&frames, &[connected(0, 3), heartbeat(9)]]);
    let report = follow(&world);
    assert_eq!(report["handled"], json!({ "created": 2 }));
    assert_eq!(report["position"], id(3));
    assert_eq!(
        (&report["behind_seconds"], &report["ended"]),
        (&json!(0), &json!("stream"))
    );
    assert_eq!(created(&world), 2);
    assert_eq!(follow(&world)["position"], id(9));
    let begin = "https://opencti.example.com/cti/stream/5f0d5a3a?from=";
    assert_eq!(
        asked(&world),
        [format!("{begin}{}", id(0)), format!("{begin}{}", id(3))]
    );
    let requests = world.fake.requests.borrow();
    assert!(
        !requests[0].headers().contains_key("authorization"),
        "a public stream"
    );
    assert_eq!(requests[0].headers()["accept-encoding"], "identity");
}

#[test]
fn what_comes_along_files_nothing_and_is_not_passed_by_before_its_event() {
    let frames = [connected(0, 5), along("a", 1, 5), heartbeat(5)];
    let world = world(
        &[],
        &[
            &frames,
            &[connected(0, 5), along("a", 1, 5), event("create", "b", 5)],
        ],
    );
    let report = follow(&world);
    assert_eq!(
        (&report["handled"], &report["dependencies"]),
        (&json!({}), &json!(1))
    );
    assert_eq!(report["position"], id(0));
    assert_eq!(report["behind_seconds"], json!(1000));
    assert_eq!(follow(&world)["position"], id(5));
    assert_eq!(created(&world), 1);
}

#[test]
fn the_first_call_begins_with_what_the_platform_has_last() {
    let old = [connected(0, 3), event("create", "a", 2)];
    let new = [connected(0, 3), event("create", "b", 4)];
    let world = world(&[("opencti_stream_from", "now")], &[&old, &new]);
    assert_eq!(follow(&world)["position"], id(4));
    assert_eq!(created(&world), 1, "what had happened before is not filed");
    assert!(asked(&world)[1].ends_with(&format!("?from={}", id(3))));
}

#[test]
fn what_the_stream_has_lost_is_fetched_once_and_filed_as_if_it_had_just_happened() {
    let gap = [connected(100, 200), event("create", "late", 100)];
    let lost = [
        connected(100, 200),
        row("lost", 50),
        row("lost 2", 50),
        event("create", "late", 100),
    ];
    let after = [
        connected(100, 200),
        // Its creation was lost, and this is later than what is told again.
        event("update", "made in the gap", 150),
        event("update", "old", 250),
    ];
    let settings = [("file_updates_of", "known")];
    let world = world(
        &settings,
        &[&gap, &lost, &after, &[connected(100, 250), heartbeat(300)]],
    );
    let report = follow(&world);
    let until = format!("{}-0", (T + 100) * 1000 - 1);
    assert!(asked(&world)[2].ends_with(&format!("?from={until}")));
    assert!(asked(&world)[1].ends_with(&format!("?from={}&recover={until}", id(0))));
    assert_eq!(report["handled"], json!({ "created": 3, "ignored": 1 }));
    assert!(
        report["notes"][0].as_str().unwrap().contains("fetched"),
        "{report}"
    );
    assert!(
        world
            .fake
            .lines
            .borrow()
            .iter()
            .any(|line| line.contains("stream_gap"))
    );
    follow(&world);
    assert!(!asked(&world)[3].contains("recover"));
    assert_eq!(cursor(&world).recovery, None);
}

#[test]
fn an_entity_whose_turn_passed_by_because_it_came_along_is_asked_for_again() {
    let gap = [connected(100, 100)];
    let lost = [
        connected(100, 100),
        along("case", 30, 20),
        row("report", 20),
        row("x", 40),
        heartbeat(101),
    ];
    let again = [
        connected(100, 100),
        row("case", 30),
        row("x", 40),
        heartbeat(101),
    ];
    let after = [connected(100, 100), heartbeat(101)];
    let world = world(&[], &[&gap, &lost, &again, &after]);
    let report = follow(&world);
    assert_eq!(
        report["handled"],
        json!({ "created": 3, "duplicate": 1 }),
        "report, x, case, x again"
    );
    assert!(asked(&world)[2].contains(&format!("?from={}&recover=", id(30))));
    assert_eq!(report["position"], id(101));
}

#[test]
fn a_platform_that_does_not_recover_is_followed_all_the_same() {
    let none = "event: no-recover\ndata: {}\n\n".to_owned();
    let frames = [connected(100, 100), none, event("create", "a", 100)];
    let world = world(&[], &[&[connected(100, 100)], &frames]);
    let report = follow(&world);
    assert_eq!(report["handled"], json!({ "created": 1 }));
    let notes = report["notes"].to_string();
    assert!(notes.contains("origin of events"), "{notes}");
}

#[test]
fn a_refused_stream_is_left_alone_longer_each_time_until_the_login_changes() {
    let world = world(&[("opencti_token", "t0ken")], &[]);
    world.fake.reply(401, &[], "");
    let report = read(
        &world,
        Options {
            time: Duration::from_secs(1),
            history: None,
        },
    );
    assert_eq!(
        (&report.body["ended"], report.retry_after),
        (&json!("error"), Some(60))
    );
    assert!(
        report.body["reason"]
            .as_str()
            .unwrap()
            .contains("opencti_token")
    );
    assert_eq!(follow(&world)["ended"], "error");
    assert_eq!(asked(&world).len(), 1, "nobody was asked");
    let login = world.fake.requests.borrow()[0].headers()["authorization"].clone();
    assert_eq!(login, "Bearer t0ken");
    world.fake.now_ms.set(world.fake.now_ms.get() + 60_000);
    world.fake.reply(401, &[], "");
    let report = read(
        &world,
        Options {
            time: Duration::from_secs(1),
            history: None,
        },
    );
    assert_eq!(report.retry_after, Some(120));
    let mut settings = world.fake.settings.borrow_mut();
    settings.insert("opencti_token".to_owned(), "new".to_owned());
    drop(settings);
    stream(&world, &[connected(0, 0), heartbeat(1)].concat());
    assert_eq!(follow(&world)["ended"], "stream");
    assert_eq!(cursor(&world).failing, None);
    let troubles = world.fake.lines.borrow();
    let troubles = troubles
        .iter()
        .filter(|line| line.contains("stream_refused"));
    assert_eq!(troubles.count(), 1, "it is told once");
}

#[test]
fn an_event_that_is_neither_done_nor_kept_is_not_passed_by() {
    let frames = [
        connected(0, 3),
        event("create", "a", 1),
        event("create", "b", 3),
    ];
    let world = world(&[("jira_project_key", "")], &[&frames]);
    let options = Options {
        time: Duration::from_secs(1),
        history: None,
    };
    let failed = world.run(async |context| run(context, options).await.unwrap_err());
    assert!(failed.to_string().contains("jira_project_key"), "{failed}");
    assert!(cursor(&world).position.is_none_or(|it| it < position(1)));
    assert!(
        !cursor(&world).leased_until.is_known(),
        "nobody has to wait"
    );
}

#[test]
fn only_one_reads_at_a_time() {
    let world = world(&[], &[]);
    let name = digest(b"https://opencti.example.com/cti\n5f0d5a3a");
    let Taken::Mine(reader) = take(world.fake.ports(), &name).unwrap() else {
        panic!("nobody reads it");
    };
    assert_eq!(follow(&world)["ended"], "busy");
    reader.give_up().unwrap();
}

#[test]
fn what_is_no_event_or_cannot_be_read_keeps_nothing_back() {
    let odd = frame(
        "create",
        1,
        &json!({ "version": "3", "type": "create", "data": {} }),
    );
    let broken = format!("id: {}\nevent: create\ndata: {{\"version\" 4}}\n\n", id(2));
    let unknown = frame("consumer_metrics", 900, &json!({}));
    let frames = [
        connected(0, 3),
        odd,
        broken,
        unknown,
        event("create", "b", 3),
    ];
    let world = world(&[], &[&frames]);
    let report = follow(&world);
    assert_eq!(
        report["handled"],
        json!({ "created": 1, "ignored": 1, "queued": 1 })
    );
    assert_eq!(report["position"], id(3));
    let lines = world.fake.lines.borrow();
    assert!(
        lines.iter().any(|line| line.contains("dead_letter")),
        "{lines:#?}"
    );
}

#[test]
fn a_frame_that_is_too_long_is_filed_by_its_beginning() {
    let mut long = data("long", 1, 1);
    long["x_text"] = "x".repeat(5_000).into();
    let body = json!({ "data": long, "type": "create", "version": "4" }).to_string();
    // Members of its own come first in what the platform writes.
    let body = body.replacen('{', r#"{"version":"4","#, 1);
    let long = format!("id: {}\nevent: create\ndata: {body}\n\n", id(1));
    let frames = [connected(0, 3), long, event("create", "b", 3)];
    let world = world(&[("max_body_bytes", "2000")], &[&frames]);
    let report = follow(&world);
    assert_eq!(report["position"], id(3), "{report}");
    assert_eq!(report["handled"], json!({ "created": 2 }));
    let lines = world.fake.lines.borrow();
    assert!(
        lines.iter().any(|line| line.contains("body_cut")),
        "{lines:#?}"
    );
}

#[test]
fn what_the_stream_has_lost_is_filed_by_its_beginning_too_and_what_came_along_is_not() {
    let long = |entity: &str, updated: u64, at: u64| {
        let mut long = data(entity, 1, updated);
        long["x_text"] = "x".repeat(5_000).into();
        format!(
            "id: {}\nevent: create\ndata: {{\"data\":{long}}}\n\n",
            id(at)
        )
    };
    let lost = [
        connected(100, 100),
        long("along", 90, 50),
        long("lost", 50, 50),
        long("along", 90, 90),
        heartbeat(101),
    ];
    let settings = [("max_body_bytes", "2000")];
    let after = [connected(100, 100), heartbeat(101)];
    let world = world(&settings, &[&[connected(100, 100)], &lost, &after]);
    let report = follow(&world);
    assert_eq!(report["handled"], json!({ "created": 2 }), "{report}");
    assert_eq!(
        (&report["dependencies"], &report["position"]),
        (&json!(1), &json!(id(101)))
    );
}

fn history(world: &World, restarts: bool, is_dry: bool) -> Value {
    let history = History {
        from: position(0),
        until: Some(position(100)),
        is_dry,
        restarts,
    };
    let time = Duration::from_secs(1);
    read(
        world,
        Options {
            time,
            history: Some(history),
        },
    )
    .body
}

#[test]
fn history_is_told_in_calls_that_go_on_where_the_last_one_stopped() {
    let settings = [("file_recovered", "true")];
    let first = [connected(0, 200), row("a", 10), row("b", 20)];
    let second = [
        connected(0, 200),
        row("b", 20),
        row("c", 30),
        event("create", "new", 150),
    ];
    let world = world(&settings, &[&first, &second]);
    let report = history(&world, false, false);
    assert_eq!(report["handled"], json!({ "created": 2 }));
    assert_eq!(
        (&report["done"], &report["total"]),
        (&json!(2), &json!(null))
    );
    assert_eq!(report["finished"], json!(false));
    let report = history(&world, false, false);
    assert_eq!(
        report["handled"],
        json!({ "created": 1 }),
        "b is told once more"
    );
    assert_eq!(report["so_far"], json!({ "created": 3 }));
    assert_eq!(
        (&report["finished"], &report["ended"]),
        (&json!(true), &json!("done"))
    );
    assert_eq!(created(&world), 3, "what happens now is not history");
    assert_eq!(history(&world, false, false)["ended"], "done");
    assert_eq!(asked(&world).len(), 2);
    stream(&world, &[connected(0, 200), row("a", 10)].concat());
    let report = history(&world, true, false);
    assert_eq!(report["so_far"], json!({ "duplicate": 1 }), "begun anew");
}

#[test]
fn a_call_that_does_not_get_through_what_was_told_before_goes_on_in_small_steps() {
    let rows = [row("a", 10), row("b", 20), row("c", 30)];
    let first = [&[connected(0, 200)][..], &rows].concat();
    let second = [connected(0, 200), row("a", 10)];
    let world = world(&[("file_recovered", "true")], &[&first, &second]);
    let is_slow = || {
        let values = world.fake.values.borrow();
        let mut cursors = values.iter().filter(|(key, _)| key.contains("/stream/"));
        cursors.any(|(_, value)| String::from_utf8_lossy(value).contains("\"is_slow\":true"))
    };
    assert_eq!(
        history(&world, false, false)["so_far"],
        json!({ "created": 3 })
    );
    assert!(!is_slow());
    assert_eq!(
        history(&world, false, false)["so_far"],
        json!({ "created": 3 })
    );
    assert!(is_slow());
}

#[test]
fn a_dry_run_counts_and_files_nothing_and_history_files_only_where_that_was_said() {
    let rows = [
        connected(0, 200),
        row("a", 10),
        row("b", 20),
        heartbeat(101),
    ];
    let world = self::world(&[("file_recovered", "true")], &[&rows]);
    let report = history(&world, false, true);
    assert_eq!(
        (&report["so_far"], &report["dry_run"]),
        (&json!({ "created": 2 }), &json!(true))
    );
    assert_eq!(created(&world), 0);
    let world = self::world(&[], &[&rows]);
    let report = history(&world, false, false);
    assert_eq!(report["so_far"], json!({ "ignored": 2 }));
    assert!(
        report["notes"][0]
            .as_str()
            .unwrap()
            .contains("file_recovered")
    );
}

fn for_seconds(seconds: u64) -> Options {
    Options {
        time: Duration::from_secs(seconds),
        history: None,
    }
}

#[test]
fn a_long_frame_that_comes_slowly_is_no_silence() {
    let mut slow = data("slow", 1, 1);
    slow["x_text"] = "x".repeat(1_000).into();
    let body = json!({ "version": "4", "type": "create", "data": slow });
    let frames = [connected(0, 1), frame("create", 1, &body)];
    let world = world(&[], &[&frames, &[connected(0, 1)]]);
    world.fake.hesitates.set(true);
    let report = read(&world, for_seconds(590)).body;
    assert_eq!(report["handled"], json!({ "created": 1 }), "{report}");
    assert_eq!(report["position"], id(1));
}

#[test]
fn a_beginning_in_the_future_is_a_mistake_and_nothing_is_remembered_of_it() {
    let world = world(&[("opencti_stream_from", "2099-01-01")], &[]);
    let failed = world.run(async |context| run(context, for_seconds(1)).await.unwrap_err());
    assert!(
        matches!(failed, Failure::Settings(_))
            && failed.to_string().contains("opencti_stream_from"),
        "{failed}"
    );
    assert_eq!(cursor(&world).position, None);
    assert!(!cursor(&world).leased_until.is_known());
}

#[test]
fn an_id_that_no_clock_shows_is_no_position() {
    let mut odd = event("create", "a", 1);
    odd = odd.replacen(&id(1), "18446744073709551615-0", 1);
    let beat = "id: 18446744073709551615-1\nevent: heartbeat\ndata: \"x\"\n\n".to_owned();
    let frames = [connected(0, 3), odd, beat, event("create", "b", 3)];
    let world = world(&[], &[&frames]);
    let report = follow(&world);
    assert_eq!(report["handled"], json!({ "created": 2 }));
    assert_eq!(report["position"], id(3));
}

#[test]
fn what_the_stream_loses_while_it_is_recovered_is_recovered_too() {
    let world = world(
        &[],
        &[
            &[connected(100, 200)],
            &[connected(100, 200), row("lost", 50)],
        ],
    );
    follow(&world);
    // Until the next call the platform has dropped more.
    stream(&world, &connected(300, 900));
    let lost = [
        connected(300, 900),
        row("lost", 50),
        row("lost 2", 250),
        heartbeat(901),
    ];
    stream(&world, &lost.concat());
    for _ in 0..2 {
        stream(&world, &[connected(300, 900), heartbeat(902)].concat());
    }
    follow(&world);
    let asked = asked(&world);
    let recover = asked[3].split("&recover=").nth(1).unwrap();
    let first = Position::at(position(300).at.before(Duration::from_millis(1)));
    assert!(Position::parse(recover).unwrap() >= first, "{asked:#?}");
    assert_eq!(created(&world), 2);
}

#[test]
fn what_the_stream_loses_while_it_is_recovered_over_one_connection_is_recovered_too() {
    let world = world(
        &[],
        &[
            &[connected(100, 900)],
            // When all is told, the stream begins with what it still has.
            &[
                connected(100, 900),
                row("lost", 50),
                event("create", "late", 500),
            ],
            &[connected(300, 900), event("create", "late", 500)],
            &[
                connected(300, 900),
                row("lost 2", 200),
                event("create", "late", 500),
            ],
            &[
                connected(300, 900),
                event("create", "late", 500),
                heartbeat(901),
            ],
        ],
    );
    follow(&world);
    assert_eq!(created(&world), 3, "{:#?}", asked(&world));
}

#[test]
fn one_whose_turn_is_the_last_is_asked_for_in_a_time_that_is_none_empty() {
    let rows = [
        connected(0, 200),
        along("case", 100, 20),
        row("report", 20),
        heartbeat(101),
    ];
    let again = [connected(0, 200), row("case", 100), heartbeat(101)];
    let world = world(&[("file_recovered", "true")], &[&rows, &again]);
    history(&world, false, false);
    let asked = asked(&world);
    let bounds = asked[1].split("?from=").nth(1).unwrap();
    let (from, recover) = bounds.split_once("&recover=").unwrap();
    assert!(Position::parse(recover) > Position::parse(from), "{bounds}");
    assert_eq!(created(&world), 2);
}

#[test]
fn history_ends_now_at_the_latest_and_goes_on_to_an_end_that_was_yet_to_come() {
    let mut cursor = crate::store::stream::Cursor::default();
    let history = History {
        from: position(0),
        until: Some(position(5_000)),
        is_dry: false,
        restarts: false,
    };
    let now = |seconds| Timestamp::from_secs(T + seconds);
    begin(&mut cursor, &history, now(1_000));
    assert_eq!(cursor.recovery.map(|it| it.until.at), Some(now(1_000)));
    cursor.recovery.as_mut().unwrap().is_over = true;
    cursor.position = Some(position(1_000));
    begin(&mut cursor, &history, now(2_000));
    let recovery = cursor.recovery.unwrap();
    assert_eq!((recovery.until.at, recovery.is_over), (now(2_000), false));
    cursor.recovery.as_mut().unwrap().is_over = true;
    cursor.recovery.as_mut().unwrap().until = position(5_000);
    begin(&mut cursor, &history, now(9_000));
    assert!(cursor.recovery.unwrap().is_over);
}

#[test]
fn rows_of_one_page_come_in_any_order_and_a_call_may_end_among_them() {
    // The call ends before the last row of the page.
    let rows = [connected(0, 200), row("a", 40), row("b", 60), row("c", 70)];
    let world = world(&[("file_recovered", "true")], &[&rows]);
    history(&world, false, false);
    let name = digest(
        format!(
            "{}\n{}\n{:?}\nfalse",
            digest(b"https://opencti.example.com/cti\n5f0d5a3a"),
            position(0),
            Some(position(100))
        )
        .as_bytes(),
    );
    let at = look(world.fake.ports(), &name).unwrap().position.unwrap();
    assert!(at <= position(25), "a row of 25 may still come: {at}");
}

#[test]
fn going_back_for_one_that_came_along_leaves_out_no_row_of_its_page() {
    let gap = [connected(100, 100)];
    // The page holds `mine` (25) as well, behind these.
    let lost = [
        connected(100, 100),
        along("case", 30, 20),
        row("report", 20),
        row("x", 40),
        row("mine", 25),
        heartbeat(101),
    ];
    let alone = [connected(100, 100), row("case", 30), heartbeat(31)];
    let rest = [connected(100, 100), row("x", 40), heartbeat(101)];
    let after = [connected(100, 100), heartbeat(102)];
    let world = world(&[], &[&gap, &lost, &alone, &rest, &after]);
    follow(&world);
    assert_eq!(created(&world), 4, "{:#?}", asked(&world));
}

#[test]
fn one_that_came_along_before_its_turn_in_no_order_is_asked_for_alone() {
    let gap = [connected(100, 100)];
    let lost = [
        connected(100, 100),
        along("incident", 30, 40),
        row("case", 40),
        row("mine", 25),
        heartbeat(101),
    ];
    let alone = [connected(100, 100), row("incident", 30), heartbeat(31)];
    // It may come along again, and had its turn.
    let rest = [
        connected(100, 100),
        along("incident", 30, 40),
        row("case", 40),
        row("x", 35),
        heartbeat(101),
    ];
    let after = [connected(100, 100), heartbeat(102)];
    let world = world(&[], &[&gap, &lost, &alone, &rest, &after]);
    follow(&world);
    assert_eq!(created(&world), 4, "{:#?}", asked(&world));
    let at = |millis: u64| format!("{}-0", (T + 30) * 1000 + millis);
    let asked = asked(&world);
    let one = format!("?from={}&recover={}", at(0), at(1));
    assert!(asked[2].ends_with(&one), "{asked:#?}");
    assert!(
        asked[3].contains(&format!("?from={}&", at(1))),
        "{asked:#?}"
    );
    assert_eq!(asked.len(), 5);
}
