//! Streams that break, fall silent, come in pieces, or are not read.

use super::reader::request;
use super::*;

#[tokio::test]
async fn a_cut_ends_every_connection_in_the_middle() {
    let standin = start(options()).await;
    standin.push(created(1, 10));
    let mut reader = read(&standin, "from=0").await;
    reader.frame().await;
    let other = read(&standin, "from=10-0").await;
    standin.cut_streams();
    assert_eq!(reader.end().await, (String::new(), End::Broken));
    assert_eq!(other.end().await.1, End::Broken);
    assert!(standin.connections().iter().all(|it| !it.open));
    // Those that come later are whole.
    let mut reader = read(&standin, "from=0").await;
    assert_eq!(shorts(&mut reader, 1).await, ["10-0 create incident 1"]);
}

#[tokio::test]
async fn a_cut_finds_a_frame_half_written() {
    let options = options().chunks(1000);
    let standin = start(options).await;
    let mut body = json!({"type": "create", "data": object("incident", 1, 1)});
    body["data"]["description"] = json!("x".repeat(30_000_000));
    standin.push(StreamEvent::new(body).at(10));
    let reader = read(&standin, "from=0").await;
    standin.cut_streams();
    let (rest, end) = reader.end().await;
    assert_eq!(end, End::Broken);
    assert!(rest.starts_with("id: 10-0\nevent: create\ndata: {"));
    assert!(!rest.contains("\n\n") && rest.len() < 30_000_000);
    assert_eq!(standin.connections()[0].frames, 0);
}

#[tokio::test]
async fn the_next_connections_are_cut_after_so_many_frames() {
    let standin = start(options()).await;
    let pulled = vec![object("identity", 7, 1)];
    standin.push(created(1, 10).pulling(pulled));
    standin.push(created(2, 11));
    standin.cut_after(2, 2);
    for number in 0..2 {
        let mut reader = read(&standin, "from=0").await;
        shorts(&mut reader, 2).await;
        let (rest, end) = reader.end().await;
        assert_eq!(end, End::Broken);
        assert!(
            rest.starts_with("id: 11-0\nevent: create\ndata: {"),
            "{rest}"
        );
        assert!(!rest.contains("\n\n"));
        let connection = &standin.connections()[number];
        assert_eq!((connection.frames, connection.open), (2, false));
    }
    let mut reader = read(&standin, "from=0").await;
    assert_eq!(shorts(&mut reader, 3).await.len(), 3);
    standin.cut_after(0, 1);
    let (rest, end) = read(&standin, "from=0").await.end().await;
    assert!(rest.starts_with("id: 10-0") && end == End::Broken);
    // Without events, the next heartbeat is cut.
    let standin = start(options().heartbeat(Duration::from_millis(20))).await;
    standin.cut_after(0, 1);
    let (rest, end) = read(&standin, "from=7-0").await.end().await;
    assert_eq!(
        (rest.as_str(), end),
        ("id: 7-0\nevent: heartbeat\ndata", End::Broken)
    );
}

#[tokio::test]
async fn pieces_cut_characters_and_arrive_whole() {
    let mut body = json!({"type": "create", "data": object("incident", 1, 1)});
    body["data"]["name"] = json!("Löschgruppe — 警報 🚨");
    let expected = ["10-0 create Löschgruppe — 警報 🚨"];
    for size in [1, 2, 3, 7] {
        let standin = start(options().chunks(size)).await;
        standin.push(StreamEvent::new(body.clone()).at(10));
        let mut reader = read(&standin, "from=0").await;
        assert_eq!(shorts(&mut reader, 1).await, expected);
        let largest = reader.pieces.iter().max();
        assert_eq!(largest, Some(&size));
    }
}

#[tokio::test]
async fn a_silent_connection_stays_open_without_heartbeats() {
    let soon = Duration::from_millis(10);
    let standin = start(options().heartbeat(soon).silent_after(2)).await;
    for number in 1..=3 {
        standin.push(created(number, u64::from(number)));
    }
    let mut reader = read(&standin, "from=0").await;
    event(&mut reader).await;
    assert!(event(&mut reader).await.starts_with("id: 2-0"));
    assert!(reader.is_silent(soon * 20).await);
    assert!(standin.connections()[0].open);
    standin.cut_streams();
    assert_eq!(reader.end().await, (String::new(), End::Broken));
}

/// 300 frames of 100 kB do not fit into the buffers of a connection.
#[tokio::test]
async fn a_client_that_does_not_read_slows_the_sender_down() {
    let standin = start(options()).await;
    for ms in 1..=300 {
        let mut body = json!({"type": "create", "data": object("incident", 1, ms)});
        body["data"]["description"] = json!("x".repeat(100_000));
        standin.push(StreamEvent::new(body).at(ms));
    }
    let response = connect(request(&standin, &format!("{STREAM}?from=0"))).await;
    let mut frames = usize::MAX;
    while frames != standin.connections()[0].frames {
        frames = standin.connections()[0].frames;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!((1..250).contains(&frames), "{frames}");
    let mut reader = Reader::new(response);
    let read = shorts(&mut reader, 301).await;
    assert_eq!(read.last().unwrap(), "300-0 create incident 1");
    assert_eq!(until(&standin, |it| it.frames == 300).await.frames, 300);
}

#[tokio::test]
async fn a_client_that_goes_away_is_noticed_before_anything_is_sent() {
    let standin = start(options()).await;
    let reader = read(&standin, "from=0").await;
    assert!(standin.connections()[0].open);
    drop(reader);
    until(&standin, |it| !it.open).await;
}

#[tokio::test]
async fn an_outage_breaks_streams_and_keeps_what_is_stored() {
    let standin = start(options()).await;
    standin.push(created(1, 10));
    let reader = read(&standin, "from=10-0").await;
    standin.pause().await;
    assert_eq!(reader.end().await.1, End::Broken);
    until(&standin, |it| !it.open).await;
    standin.resume().await.unwrap();
    let mut reader = read(&standin, "from=0").await;
    assert_eq!(shorts(&mut reader, 1).await, ["10-0 create incident 1"]);
}
