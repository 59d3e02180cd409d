//! Stories about reading a stream, with a platform from a script: each answer is a
//! stream that breaks off at its end.

mod history;
mod lost;

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

fn for_seconds(seconds: u64) -> Options {
    Options {
        time: Duration::from_secs(seconds),
        history: None,
    }
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
fn a_platform_that_does_not_say_where_its_stream_ends_is_followed_from_now_on() {
    let settings = [("opencti_stream_from", "now")];
    let world = world(&settings, &[&[event("create", "a", 1_001)]]);
    let report = follow(&world);
    assert_eq!(report["handled"], json!({ "created": 1 }));
    assert_eq!(report["position"], id(1_001));
    assert_eq!(cursor(&world).position, Some(position(1_001)));
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
