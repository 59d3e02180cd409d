use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Answer, Request, Server};
use crate::caller::Caller;

const ANY: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Answers as its path says.
async fn act(request: Request) -> Answer {
    let body = json!({"path": request.path, "number": request.number});
    match request.path.as_str() {
        "/reset" => Answer::reset(),
        "/slow" => Answer::json(200, &body).slowly(Duration::from_millis(80)),
        "/cut" => Answer::json(200, &body).cut(),
        "/written" => written(request.query == "break"),
        "/wait" => {
            tokio::time::sleep(Duration::from_millis(150)).await;
            Answer::json(200, &body)
        }
        _ => Answer::json(200, &body).header("x-large", request.too_large.to_string()),
    }
}

/// An answer that is written after it was given, in three pieces.
fn written(breaks: bool) -> Answer {
    let (answer, body) = Answer::written(200, "text/plain");
    tokio::spawn(async move {
        for piece in ["one ", "two ", "three"] {
            tokio::time::sleep(Duration::from_millis(10)).await;
            body.send(piece.into()).await.unwrap();
        }
        if !breaks {
            body.finish();
        }
    });
    answer
}

async fn server() -> (Server, Caller) {
    let server = Server::start(ANY, 1000, act).await.unwrap();
    let caller = Caller::new(&server.url(), "Bearer secret-token");
    (server, caller)
}

#[tokio::test]
async fn every_request_is_kept_with_its_body_and_status() {
    let (server, caller) = server().await;
    caller.post("/one?a=b%20c&d=e+f", json!({"x": 1})).await;
    let kept = server.requests();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].method.as_str(), kept[0].path.as_str()),
        ("POST", "/one")
    );
    assert_eq!(kept[0].query_value("a").as_deref(), Some("b c"));
    assert_eq!(kept[0].query_value("d").as_deref(), Some("e f"));
    assert_eq!(kept[0].json, Some(json!({"x": 1})));
    assert_eq!(kept[0].status, Some(200));
    assert!(kept[0].took.is_some());
    server.clear_requests();
    caller.get("/two").await;
    assert_eq!(server.requests()[0].number, 2);
}

#[tokio::test]
async fn debug_output_does_not_show_credentials() {
    let (server, caller) = server().await;
    caller.get("/one").await;
    let shown = format!("{:?}", server.requests());
    assert!(
        !shown.contains("secret-token") && shown.contains("<masked>"),
        "{shown}"
    );
}

#[tokio::test]
async fn a_reset_reaches_the_client_as_a_reset_and_has_no_status() {
    let (server, _) = server().await;
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream
        .write_all(b"GET /reset HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let error = stream.read(&mut [0; 100]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert_eq!(server.requests()[0].status, None);
}

#[tokio::test]
async fn a_pause_refuses_connections_and_a_resume_takes_them_again() {
    let (server, caller) = server().await;
    assert_eq!(caller.get("/one").await.status, 200);
    server.pause().await;
    assert!(server.is_paused());
    let refused = TcpStream::connect(server.addr()).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    assert!(caller.send("GET", "/two", &Value::Null).await.is_err());
    for _ in 0..3 {
        server.resume().await.unwrap();
        assert_eq!(caller.get("/three").await.status, 200);
        server.pause().await;
    }
}

#[tokio::test]
async fn a_pause_cuts_connections_that_are_open() {
    let (server, _) = server().await;
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream
        .write_all(b"GET /wait HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.pause().await;
    let error = stream.read(&mut [0; 100]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn dropping_the_last_handle_closes_the_port() {
    let (server, _) = server().await;
    let (addr, other) = (server.addr(), server.clone());
    drop(server);
    assert!(TcpStream::connect(addr).await.is_ok());
    drop(other);
    let began = Instant::now();
    while TcpStream::connect(addr).await.is_ok() && began.elapsed() < Duration::from_secs(5) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(TcpStream::connect(addr).await.is_err());
}

#[tokio::test]
async fn a_slow_body_takes_its_time_and_arrives_whole() {
    let (_server, caller) = server().await;
    let began = Instant::now();
    let reply = caller.get("/slow").await;
    assert!(began.elapsed() >= Duration::from_millis(80));
    assert_eq!(reply.json["path"], "/slow");
}

#[tokio::test]
async fn a_cut_body_is_an_error_after_the_head() {
    let (server, caller) = server().await;
    assert!(caller.send("GET", "/cut", &Value::Null).await.is_err());
    assert_eq!(server.requests()[0].status, Some(200));
}

#[tokio::test]
async fn a_written_body_is_whole_only_if_its_writer_says_so() {
    let (server, caller) = server().await;
    let reply = caller.get("/written").await;
    assert_eq!(reply.text, "one two three");
    assert_eq!(reply.header("transfer-encoding"), "chunked");
    let mut stream = TcpStream::connect(server.addr()).await.unwrap();
    stream
        .write_all(b"GET /written?break HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    let _ = stream.read_to_string(&mut text).await;
    // What was written arrives, the chunk that ends a body does not.
    assert!(text.ends_with("5\r\nthree\r\n"), "{text}");
}

#[tokio::test]
async fn a_copy_of_a_written_answer_that_was_sent_is_broken() {
    let (answer, body) = Answer::written(200, "text/plain");
    assert_eq!(answer, answer.clone());
    assert_ne!(answer, Answer::written(200, "text/plain").0);
    let again = answer.clone();
    assert!(again.into_response().is_ok());
    let server = Server::start(ANY, 1000, move |_| {
        let copy = answer.clone();
        async move { copy }
    });
    let server = server.await.unwrap();
    let caller = Caller::new(&server.url(), "Bearer x");
    assert!(caller.send("GET", "/", &Value::Null).await.is_err());
    // Its reader is gone with the first copy.
    assert!(body.send("x".into()).await.is_err());
}

#[tokio::test]
async fn a_body_above_the_limit_is_told_and_not_kept() {
    let (server, caller) = server().await;
    let reply = caller.post("/large", json!("x".repeat(2000))).await;
    assert_eq!(reply.header("x-large"), "true");
    assert!(server.requests()[0].body.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_requests_at_once_are_all_answered() {
    let (server, caller) = server().await;
    let calls: Vec<_> = (0..500)
        .map(|number| {
            let caller = caller.clone();
            tokio::spawn(async move { caller.get(&format!("/n/{number}")).await.status })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), 200);
    }
    assert_eq!(server.requests().len(), 500);
}
