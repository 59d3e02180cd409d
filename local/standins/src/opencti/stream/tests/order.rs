//! What comes, and in which order.

use super::reader::request;
use super::*;

#[tokio::test]
async fn connected_comes_first_and_tells_of_the_whole_stored_stream() {
    let standin = start(options()).await;
    for ms in [1_759_276_800_000, 1_759_276_800_000, 1_762_203_600_000] {
        standin.push(created(1, ms));
    }
    let response = connect(request(&standin, STREAM)).await;
    let header = |name| response.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(header("cache-control"), "no-cache, no-transform");
    assert_eq!(header("transfer-encoding"), "chunked");
    let frame = Reader::new(response).frame().await;
    let data = frame.strip_prefix("event: connected\ndata: ").unwrap();
    let connection = &standin.connections()[0];
    let expected = json!({
        "lastEventId": "1762203600000-0", "firstEventId": "1759276800000-0",
        "firstEventDate": "2025-10-01T00:00:00.000Z",
        "lastEventDate": "2025-11-03T21:00:00.000Z",
        "streamSize": 3, "connectionId": connection.id,
    });
    assert_eq!(serde_json::from_str::<Value>(data).unwrap(), expected);
    assert!(connection.open && connection.frames == 0);
}

/// The frames of the sample as they are pushed and as they come.
#[tokio::test]
async fn the_frames_are_those_of_the_sample() {
    let sample = include_str!("../../../../../../tests/samples/opencti-stream-mixed.sse");
    let line = |frame: &str, name: &str| {
        let line = frame.lines().find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().to_owned()
    };
    let body = |frame: &str| serde_json::from_str::<Value>(&line(frame, "data: ")).unwrap();
    let standin = start(options()).await;
    let (mut pulled, mut expected) = (Vec::new(), Vec::new());
    for frame in sample.trim_end().split("\n\n").skip(2) {
        let (id, name, mut body) = (line(frame, "id: "), line(frame, "event: "), body(frame));
        if name == "heartbeat" {
            continue;
        }
        if body["origin"]["referer"] == "init-dependencies" {
            pulled.push(body["data"].clone());
        } else {
            let ms = id.split('-').next().unwrap().parse().unwrap();
            let event = StreamEvent::new(body.clone()).named(&name).at(ms);
            let pulling = std::mem::take(&mut pulled);
            assert_eq!(standin.push(event.pulling(pulling)), id);
            body["event_id"] = json!(id);
        }
        expected.push((id, name, body));
    }
    assert_eq!(expected.len(), 13);
    let mut reader = read(&standin, "from=0").await;
    for (id, name, data) in expected {
        let frame = reader.frame().await;
        let (head, text) = frame.split_once("\ndata: ").unwrap();
        assert_eq!(head, format!("id: {id}\nevent: {name}"));
        assert!(!text.contains('\n'));
        assert_eq!(serde_json::from_str::<Value>(text).unwrap(), data);
    }
}

#[tokio::test]
async fn what_is_pulled_in_comes_before_the_event_with_its_id_and_once() {
    let standin = start(options()).await;
    let identity = object("identity", 7, 1);
    let pulled = vec![identity.clone(), object("incident", 8, 2)];
    standin.push(created(1, 10).pulling(pulled));
    standin.push(created(2, 11).pulling(vec![identity.clone()]));
    standin.push(
        created(3, 12)
            .pulling(vec![object("malware", 9, 3)])
            .unresolved(),
    );
    standin.push(created(8, 13).pulling(vec![object("incident", 1, 10)]));
    let mut reader = Reader::open(&standin, "from=0").await;
    reader.frame().await;
    let text = json!({
        "data": identity, "message": "creates a Case-Incident `identity 7`",
        "origin": {"referer": "init-dependencies"}, "version": "4",
    });
    let first = format!("id: 10-0\nevent: create\ndata: {text}");
    assert_eq!(reader.frame().await, first);
    let expected = [
        "10-0 create incident 8 init-dependencies",
        "10-0 create incident 1",
        "11-0 create incident 2",
        "12-0 create malware 9 init-dependencies",
        // A live event is always sent, also when it was pulled in before.
        "13-0 create incident 8",
    ];
    assert_eq!(shorts(&mut reader, 5).await, expected);
    assert_eq!(until(&standin, |it| it.frames == 6).await.frames, 6);
    // Another connection has a memory of its own.
    let mut reader = read(&standin, "from=10-0").await;
    let expected = [
        "11-0 create identity 7 init-dependencies",
        "11-0 create incident 2",
    ];
    assert_eq!(shorts(&mut reader, 2).await, expected);
}

#[tokio::test]
async fn a_position_is_exclusive_and_is_told_in_many_ways() {
    let standin = start(options()).await;
    for ms in 10..14 {
        standin.push(created(1, ms));
    }
    standin.push(created(2, 1_759_276_800_000));
    let mut asked = Vec::new();
    for (query, header, first) in [
        ("from=0", None, "10-0"),
        ("from=12-0", None, "13-0"),
        ("from=11-7", None, "12-0"),
        ("from=2025-09-30T23:59:59.999Z", None, "1759276800000-0"),
        ("", Some(("from", "11-0")), "12-0"),
        ("", Some(("last-event-id", "12-0")), "13-0"),
        ("from=10-0", Some(("last-event-id", "12-0")), "11-0"),
    ] {
        let mut request = request(&standin, &format!("{STREAM}?{query}"));
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let mut reader = Reader::new(connect(request).await);
        reader.frame().await;
        let frame = reader.frame().await;
        assert_eq!(
            short(&frame).split(' ').next(),
            Some(first),
            "{query} {header:?}"
        );
        asked.push(standin.connections().pop().unwrap().from.unwrap());
    }
    let last = ["11-0", "12-0", "10-0"];
    assert_eq!(asked[4..], last);
}

#[tokio::test]
async fn without_a_start_only_what_comes_now_is_sent() {
    let standin = start(options()).await;
    standin.push(created(1, 10));
    let mut reader = read(&standin, "").await;
    let body = json!({"type": "update", "data": object("incident", 2, 20)});
    let id = standin.push(StreamEvent::new(body));
    let expected = format!("{id} update incident 2");
    assert_eq!(shorts(&mut reader, 1).await, [expected]);
}

#[tokio::test]
async fn a_position_that_was_trimmed_is_no_error() {
    let standin = start(options()).await;
    for ms in 10..20 {
        standin.push(created(1, ms));
    }
    standin.trim_before("15-0");
    let mut reader = Reader::open(&standin, "from=11-0").await;
    let connected = reader.frame().await;
    assert!(
        connected.contains("\"firstEventId\":\"15-0\""),
        "{connected}"
    );
    assert!(connected.contains("\"streamSize\":5"), "{connected}");
    assert_eq!(shorts(&mut reader, 1).await, ["15-0 create incident 1"]);
}

#[tokio::test]
async fn deletes_and_relationships_can_be_left_out() {
    let standin = start(options()).await;
    let pulled = vec![object("relationship", 7, 1), object("identity", 8, 1)];
    standin.push(created(1, 10).pulling(pulled));
    let update = json!({"type": "update", "data": object("incident", 1, 11)});
    standin.push(StreamEvent::new(update.clone()).named("delete").at(11));
    let delete = json!({"type": "delete", "data": object("incident", 2, 12)});
    standin.push(StreamEvent::new(delete).at(12));
    standin.push(StreamEvent::new(update).named("create").at(13));
    let mut reader = read(&standin, "from=0").await;
    let all = [
        "10-0 create relationship 7 init-dependencies",
        "10-0 create identity 8 init-dependencies",
        "10-0 create incident 1",
        "11-0 delete incident 1",
        "12-0 delete incident 2",
        "13-0 create incident 1",
    ];
    assert_eq!(shorts(&mut reader, 6).await, all);
    let request = request(&standin, &format!("{STREAM}?from=0&no-dependencies=true"));
    let request = request.header("listen-delete", "false");
    let mut reader = Reader::new(connect(request).await);
    reader.frame().await;
    assert_eq!(shorts(&mut reader, 3).await, [all[1], all[2], all[5]]);
    let asked = &standin.connections()[1];
    assert!(!asked.listen_delete && asked.no_dependencies);
    assert_eq!(asked.headers["listen-delete"], "false");
    assert!(!format!("{asked:?}").contains("right"), "{asked:?}");
}
