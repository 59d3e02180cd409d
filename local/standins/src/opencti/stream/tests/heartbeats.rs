//! Heartbeats, delays and throttles.

use super::*;
use crate::caller::Caller;

const SOON: Duration = Duration::from_millis(20);

/// The next heartbeat's id; other frames are passed over.
async fn heartbeat(reader: &mut Reader) -> String {
    loop {
        let frame = reader.frame().await;
        if frame.contains("event: heartbeat\n") {
            return short(&frame).split(' ').next().unwrap().to_owned();
        }
    }
}

#[tokio::test]
async fn a_heartbeat_says_the_last_id_and_its_time() {
    let standin = start(options().heartbeat(SOON)).await;
    standin.push(created(1, 1_762_200_000_007));
    let mut reader = read(&standin, "from=1762200000000-4").await;
    event(&mut reader).await;
    let expected = "id: 1762200000007-0\nevent: heartbeat\ndata: \"2025-11-03T20:00:00.007Z\"";
    assert_eq!(reader.frame().await, expected);
    let mut reader = read(&standin, "from=1762200000008-4").await;
    assert_eq!(heartbeat(&mut reader).await, "1762200000008-4");
    // Nothing is sent, but a batch was read.
    let delete = json!({"type": "delete", "data": object("incident", 1, 9)});
    standin.push(StreamEvent::new(delete).at(1_762_200_000_009));
    let mut reader = read(&standin, "from=1762200000008-4&listen-delete=false").await;
    assert_eq!(heartbeat(&mut reader).await, "1762200000009-0");
}

#[tokio::test]
async fn an_empty_read_moves_the_position_to_now_and_misses_nothing() {
    let options = options()
        .heartbeat(SOON)
        .idle_read(Duration::from_millis(500));
    let standin = start(options).await;
    let before = crate::opencti::stream::hub::now();
    let mut reader = read(&standin, "").await;
    // Without a position there is no heartbeat.
    assert!(reader.is_silent(SOON * 4).await);
    let id = heartbeat(&mut reader).await;
    let ms: u64 = id.strip_suffix("-0").unwrap().parse().unwrap();
    assert!(ms >= before + 500, "{ms} {before}");
    for number in 0..20 {
        let body = json!({"type": "create", "data": object("incident", number, 1)});
        let id = standin.push(StreamEvent::new(body));
        let frame = event(&mut reader).await;
        assert_eq!(short(&frame), format!("{id} create incident {number}"));
    }
}

#[tokio::test]
async fn a_heartbeat_during_dependencies_is_ahead_of_the_event() {
    let standin = start(options().heartbeat(SOON)).await;
    standin.push(created(1, 10));
    let pulled = vec![object("identity", 7, 1), object("identity", 8, 1)];
    standin.push(created(2, 11).pulling(pulled));
    let mut reader = read(&standin, "from=0&delay=60").await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|it| it != "11-0 create incident 2") {
        let next = shorts(&mut reader, 1).await.remove(0);
        // Heartbeats before the event that pulls something in say nothing here.
        let is_early = next.starts_with("0-0 h") || next.starts_with("10-0 h");
        if !is_early && seen.last() != Some(&next) {
            seen.push(next);
        }
    }
    let ahead = "11-0 heartbeat \"1970-01-01T00:00:00.011Z\"";
    let expected = [
        "10-0 create incident 1",
        "11-0 create identity 7 init-dependencies",
        ahead,
        "11-0 create identity 8 init-dependencies",
        ahead,
        "11-0 create incident 2",
    ];
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn heartbeats_can_lack_ids_and_lines_can_end_otherwise() {
    for (line_end, frame_end) in [("\r\n", "\r\n\r\n"), ("\r", "\r\r")] {
        let options = options().heartbeat(SOON).without_heartbeat_ids();
        let standin = start(options.line_ends(line_end)).await;
        standin.push(created(1, 10));
        let mut reader = Reader::open(&standin, "from=0").await.ending(frame_end);
        let connected = reader.frame().await;
        assert!(connected.starts_with(&format!("event: connected{line_end}data: {{")));
        let frame = event(&mut reader).await;
        let start = format!("id: 10-0{line_end}event: create{line_end}data: {{");
        assert!(frame.starts_with(&start), "{frame}");
        let expected = "event: heartbeat\ndata: \"1970-01-01T00:00:00.010Z\"";
        assert_eq!(reader.frame().await, expected.replace('\n', line_end));
    }
}

#[tokio::test]
async fn a_throttle_slows_a_connection_down_after_each_batch_and_dependency() {
    let standin = start(options().under("/cti")).await;
    let caller = Caller::new(&standin.platform_url(), "Bearer right");
    let mut reader = read(&standin, "from=0").await;
    let id = standin.connections()[0].id.clone();
    let path = format!("/stream/connection/{id}");
    let reply = caller.post(&path, json!({"delay": 150})).await;
    assert_eq!(
        (reply.status, &reply.json),
        (200, &json!({"message": "ok"}))
    );
    assert_eq!(standin.throttles(), [(id, 150)]);
    let began = Instant::now();
    let pulled = vec![object("identity", 7, 1)];
    standin.push(created(1, 10).pulling(pulled));
    shorts(&mut reader, 2).await;
    assert!(began.elapsed() >= Duration::from_millis(150));
    standin.push(created(2, 11));
    shorts(&mut reader, 1).await;
    assert!(began.elapsed() >= Duration::from_millis(300));
    let other = caller
        .post("/stream/connection/unknown", json!({"delay": 1}))
        .await;
    assert_eq!((other.status, other.text.as_str()), (401, ""));
    drop(reader);
    until(&standin, |it| !it.open).await;
    assert_eq!(caller.post(&path, json!({"delay": 1})).await.status, 401);
    assert_eq!(standin.throttles().len(), 1);
}

#[tokio::test]
async fn many_events_do_not_keep_heartbeats_back() {
    let standin = start(options().heartbeat(Duration::from_millis(1))).await;
    for ms in 1..=3000 {
        standin.push(created(1, ms));
    }
    let mut reader = read(&standin, "from=0").await;
    let (mut heartbeats, mut next) = (0, 1);
    while next <= 3000 {
        let frame = reader.frame().await;
        match frame.contains("event: heartbeat") {
            true => heartbeats += 1,
            false => {
                assert!(frame.starts_with(&format!("id: {next}-0\n")), "{frame}");
                next += 1;
            }
        }
    }
    assert!(heartbeats > 0);
}

#[tokio::test]
async fn frames_can_come_slowly_with_heartbeats_between_them() {
    let options = options()
        .heartbeat(SOON)
        .frame_pause(Duration::from_millis(100));
    let standin = start(options).await;
    standin.push(created(1, 10));
    standin.push(created(2, 11));
    let mut reader = read(&standin, "from=0").await;
    assert!(event(&mut reader).await.starts_with("id: 10-0"));
    let heartbeat = "10-0 heartbeat \"1970-01-01T00:00:00.010Z\"";
    assert_eq!(shorts(&mut reader, 1).await, [heartbeat]);
}
