//! What recovery sends from the database.

use super::*;

fn row(number: u32, at: u64) -> Value {
    object("incident", number, at)
}

#[tokio::test]
async fn rows_come_by_their_change_share_ids_and_the_stream_goes_on_after() {
    let standin = start(options()).await;
    for (number, at) in [(1, 30), (2, 20), (3, 20), (4, 10), (5, 31), (6, 9)] {
        standin.add_row(row(number, at));
    }
    for ms in [15, 30, 31] {
        standin.push(created(7, ms));
    }
    standin.trim_before("30-0");
    let mut reader = read(&standin, "from=10-0&recover=30-0").await;
    let body = json!({
        "data": row(4, 10), "message": "creates a Case-Incident `incident 4`",
        "origin": {"referer": "init-create"}, "version": "4",
    });
    let first = format!("id: 10-0\nevent: create\ndata: {body}");
    assert_eq!(reader.frame().await, first);
    let expected = [
        "20-0 create incident 2 init-create",
        "20-0 create incident 3 init-create",
        "30-0 create incident 1 init-create",
        // The stored event of 30-0 is not after the end of the recovery.
        "31-0 create incident 7",
    ];
    assert_eq!(shorts(&mut reader, 4).await, expected);
    let asked = &standin.connections()[0];
    let told = (asked.from.as_deref(), asked.recover.as_deref());
    assert_eq!(told, (Some("10-0"), Some("30-0")));
}

#[tokio::test]
async fn a_row_that_came_as_a_dependency_does_not_come_again() {
    let standin = start(options()).await;
    standin.add_row_pulling(row(1, 10), vec![object("identity", 8, 1), row(2, 20)]);
    standin.add_row_pulling(row(3, 20), vec![object("identity", 8, 1), row(1, 10)]);
    standin.add_row_pulling(row(4, 30), vec![row(5, 5)]);
    standin.hide_from_stream("incident--4");
    standin.add_row_pulling(row(6, 40), vec![row(4, 30)]);
    let mut reader = read(&standin, "from=10-0&recover=40-0").await;
    let expected = [
        "10-0 create identity 8 init-dependencies",
        "10-0 create incident 2 init-dependencies",
        "10-0 create incident 1 init-create",
        "20-0 create incident 3 init-create",
        "40-0 create incident 4 init-dependencies",
        "40-0 create incident 6 init-create",
    ];
    assert_eq!(shorts(&mut reader, 6).await, expected);
    // The memory holds for what follows: events come, what they pull in does not.
    standin.push(created(2, 50).pulling(vec![row(1, 10)]));
    assert_eq!(shorts(&mut reader, 1).await, ["50-0 create incident 2"]);
}

#[tokio::test]
async fn the_database_follows_the_events() {
    let standin = start(options()).await;
    let event = |kind: &str, number, ms| {
        let body = json!({"type": kind, "data": row(number, ms)});
        StreamEvent::new(body).at(ms)
    };
    for (number, ms) in [(1, 10), (2, 11), (3, 12), (4, 13)] {
        let pulled = vec![object("identity", 8, 1), object("identity", 9, 14)];
        standin.push(event("create", number, ms).pulling(pulled));
    }
    standin.push(event("update", 1, 20));
    standin.push(event("delete", 2, 21));
    standin.push(event("update", 3, 22).named("delete"));
    let mut merge = json!({"type": "merge", "data": row(5, 23)});
    merge["context"] = json!({"sources": [row(4, 13)]});
    standin.push(StreamEvent::new(merge).at(23));
    let query = "from=1-0&recover=1970-01-01T00:00:00.099Z&listen-delete=false";
    let mut reader = read(&standin, query).await;
    let expected = [
        "1-0 create identity 8 init-create",
        "14-0 create identity 9 init-create",
        // The last event of it pulled nothing in.
        "20-0 create incident 1 init-create",
        "23-0 create incident 5 init-create",
    ];
    assert_eq!(shorts(&mut reader, 4).await, expected);
    standin.push(created(6, 100));
    assert_eq!(shorts(&mut reader, 1).await, ["100-0 create incident 6"]);
}

#[tokio::test]
async fn nothing_is_recovered_up_to_the_start_or_where_it_is_skipped() {
    let standin = start(options()).await;
    standin.add_row(row(1, 10));
    standin.push(created(2, 11));
    let mut reader = read(&standin, "from=10-0&recover=10-0").await;
    assert_eq!(shorts(&mut reader, 1).await, ["11-0 create incident 2"]);
    let standin = start(options().skips_recovery()).await;
    standin.add_row(row(1, 10));
    standin.push(created(2, 11));
    let mut reader = read(&standin, "from=10-0&recover=20-0").await;
    assert_eq!(reader.frame().await, "event: no-recover\ndata: {}");
    assert_eq!(shorts(&mut reader, 1).await, ["11-0 create incident 2"]);
}
