//! The stream as a client reads it.

mod broken;
mod count;
mod heartbeats;
mod order;
mod reader;
mod recovery;
mod refused;
mod told;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::stix::object;
use super::{Connection, StreamEvent};
use crate::opencti::{OpenCtiOptions, OpenCtiStandIn};
use reader::{End, Reader, connect};

const STREAM: &str = "live-1";

/// A stand-in with one stream.
async fn start(options: OpenCtiOptions) -> OpenCtiStandIn {
    let standin = OpenCtiStandIn::start(options).await.unwrap();
    standin.open_stream(STREAM);
    standin
}

/// Without heartbeats, so that they come between nothing on a slow machine.
fn options() -> OpenCtiOptions {
    OpenCtiOptions::new("right").heartbeat(Duration::from_secs(600))
}

/// Opens the stream, and reads `connected`.
async fn read(standin: &OpenCtiStandIn, query: &str) -> Reader {
    let mut reader = Reader::open(standin, query).await;
    assert!(
        reader
            .frame()
            .await
            .starts_with("event: connected\ndata: {")
    );
    reader
}

/// Creates the incident of this number at this time of the stream.
fn created(number: u32, ms: u64) -> StreamEvent {
    let body = json!({"type": "create", "data": object("incident", number, ms)});
    StreamEvent::new(body).at(ms)
}

/// A frame in short: its id, its name, and of its data the name, or else all.
fn short(frame: &str) -> String {
    let line = |name: &str| {
        let mut lines = frame.lines();
        let line = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        line.unwrap_or("-")
    };
    let data: Value = serde_json::from_str(line("data")).unwrap_or_default();
    let referer = data["origin"]["referer"].as_str().unwrap_or_default();
    let name = data["data"]["name"].as_str().unwrap_or(line("data"));
    let short = format!("{} {} {name} {referer}", line("id"), line("event"));
    short.trim_end().to_owned()
}

/// The next frame that is no heartbeat: on a slow machine they come anywhere.
async fn event(reader: &mut Reader) -> String {
    loop {
        let frame = reader.frame().await;
        if !frame.contains("event: heartbeat") {
            return frame;
        }
    }
}

/// The next frames in short.
async fn shorts(reader: &mut Reader, count: usize) -> Vec<String> {
    let mut shorts = Vec::new();
    for _ in 0..count {
        shorts.push(short(&reader.frame().await));
    }
    shorts
}

/// Waits until the first connection is as it should be.
async fn until(standin: &OpenCtiStandIn, is_so: impl Fn(&Connection) -> bool) -> Connection {
    let began = Instant::now();
    loop {
        let connection = standin.connections().remove(0);
        if is_so(&connection) {
            return connection;
        }
        assert!(began.elapsed() < Duration::from_secs(10), "{connection:?}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
