//! Stories about history that is told again.

use super::*;

pub(super) fn history(world: &World, restarts: bool, is_dry: bool) -> Value {
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
