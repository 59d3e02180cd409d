//! Stories about what the stream has lost, and the platform's database still has.

use super::history::history;
use super::*;

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
