//! What is not answered with a stream.

use http_body_util::BodyExt as _;

use super::reader::request;
use super::*;
use crate::caller::Caller;
use crate::faults::Fault;

/// The status and the body.
async fn answered(request: http::request::Builder) -> (u16, String) {
    let response = connect(request).await;
    let status = response.status().as_u16();
    // A stream would not end.
    let body = tokio::time::timeout(Duration::from_secs(10), response.into_body().collect());
    let body = body.await.expect("an end in time").unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn empty(status: u16) -> (u16, String) {
    (status, String::new())
}

#[tokio::test]
async fn a_refusal_has_no_body() {
    let standin = start(options()).await;
    let url = format!("{}/stream/{STREAM}", standin.url());
    let wrong = http::Request::builder().uri(&url);
    assert_eq!(answered(wrong).await, empty(401));
    let wrong = http::Request::builder()
        .uri(&url)
        .header("authorization", "Bearer wrong");
    assert_eq!(answered(wrong).await, empty(401));
    assert_eq!(answered(request(&standin, "unknown")).await, empty(401));
    for query in ["recover=10-0", "from=yesterday", "from=0&recover=1-x"] {
        let request = request(&standin, &format!("{STREAM}?{query}"));
        assert_eq!(answered(request).await, empty(500), "{query}");
    }
    for (header, value) in [("recover", "10-0"), ("recover-date", "2025-10-01")] {
        let request = request(&standin, STREAM).header(header, value);
        assert_eq!(answered(request).await, empty(500), "{header}");
    }
    assert!(standin.connections().is_empty());
}

#[tokio::test]
async fn a_stopped_stream_ends_and_is_gone_until_it_is_started() {
    let standin = start(options()).await;
    standin.open_stream("other");
    standin.push(created(1, 10));
    let mut reader = read(&standin, "from=0").await;
    reader.frame().await;
    let mut other = Reader::new(connect(request(&standin, "other?from=0")).await);
    shorts(&mut other, 2).await;
    standin.stop_stream(STREAM);
    standin.push(created(2, 11));
    assert_eq!(reader.end().await, (String::new(), End::Whole));
    assert!(!standin.connections()[0].open && standin.connections()[1].open);
    assert_eq!(answered(request(&standin, STREAM)).await, empty(410));
    assert_eq!(shorts(&mut other, 1).await, ["11-0 create incident 2"]);
    standin.start_stream(STREAM);
    let mut reader = read(&standin, "from=10-0").await;
    assert_eq!(shorts(&mut reader, 1).await, ["11-0 create incident 2"]);
    // Started again at once, it has ended all the same.
    standin.stop_stream(STREAM);
    standin.start_stream(STREAM);
    assert_eq!(reader.end().await, (String::new(), End::Whole));
}

#[tokio::test]
async fn a_stopped_stream_sends_the_rest_of_a_batch_and_no_more() {
    let standin = start(options().frame_pause(Duration::from_millis(2))).await;
    for ms in 1..=150 {
        standin.push(created(1, ms));
    }
    let mut reader = read(&standin, "from=0").await;
    reader.frame().await;
    standin.stop_stream(STREAM);
    let (rest, end) = reader.end().await;
    assert_eq!(
        (rest.matches("event: create").count(), end),
        (99, End::Whole)
    );
}

#[tokio::test]
async fn faults_come_before_the_stream() {
    let standin = start(options()).await;
    let me = Caller::new(&standin.url(), "Bearer right");
    for status in [401, 429, 500] {
        standin.inject(Fault::status(status).path("/stream/"));
        // What asks something else is not hit.
        assert_eq!(me.get("/graphql").await.status, 405);
        assert_eq!(answered(request(&standin, STREAM)).await.0, status);
    }
    standin.inject(Fault::html(502).path("/stream/"));
    assert!(
        answered(request(&standin, STREAM))
            .await
            .1
            .contains("<html>")
    );
    standin.inject(Fault::rate_limited(7).path("/stream/"));
    let response = connect(request(&standin, STREAM)).await;
    assert_eq!(response.headers()["retry-after"], "7");
    standin.inject(Fault::reset().path("/stream/"));
    let path = format!("/stream/{STREAM}");
    assert!(me.send("GET", &path, &Value::Null).await.is_err());
    assert!(standin.connections().is_empty());
    standin.inject(Fault::latency(Duration::from_millis(80)).path("/stream/"));
    let began = Instant::now();
    read(&standin, "from=0").await;
    assert!(began.elapsed() >= Duration::from_millis(80));
    assert_eq!(standin.connections().len(), 1);
}

#[tokio::test]
async fn other_paths_and_methods_are_not_there() {
    let standin = start(options().under("/cti")).await;
    let caller = Caller::new(&standin.url(), "Bearer right");
    for (method, path) in [
        ("GET", "/stream/live-1"),
        ("GET", "/cti/stream"),
        ("PUT", "/cti/stream/live-1"),
        ("GET", "/cti/stream/connection/x"),
        ("POST", "/cti/stream/live-1"),
    ] {
        let reply = caller.send(method, path, &Value::Null).await.unwrap();
        assert_eq!(reply.status, 404, "{method} {path}");
    }
    read(&standin, "from=0").await;
}
