//! The routes under `/stream/`.

use std::sync::Arc;

use serde_json::json;

use super::asked::{self, Asked};
use super::feed::{Feed, Running};
use super::hub::{Connected, Connection, Hub};
use super::writer::Writer;
use crate::faults::page;
use crate::opencti::ids::uuid;
use crate::server::{Answer, Request};

/// Answers a request for what follows `/stream/`; a stream is fed by a task of
/// its own. Whatever has no body here has its text in the reason phrase on the
/// platform.
pub(in crate::opencti) fn answer(
    hub: &Arc<Hub>,
    rest: &str,
    request: &Request,
    is_known: bool,
) -> Answer {
    match (request.method.as_str(), rest.split_once('/')) {
        ("GET" | "POST", _) if !is_known => Answer::empty(401),
        ("GET", None) => stream(hub, rest, request),
        ("POST", Some(("connection", id))) => throttle(hub, id, request),
        _ => page(404, "Not Found"),
    }
}

/// `GET /stream/<id>`
fn stream(hub: &Arc<Hub>, id: &str, request: &Request) -> Answer {
    let (changes, cuts) = hub.listen();
    let mut state = hub.state();
    let stream = match state.streams.get(id) {
        None => return Answer::empty(401),
        Some(stream) if !stream.is_started => return Answer::empty(410),
        Some(stream) => *stream,
    };
    let Ok(asked) = Asked::read(request) else {
        return Answer::empty(500);
    };
    let number = state.connections.len();
    let shown = shown(number, id, request, &asked);
    let feed = Feed {
        hub: Arc::clone(hub),
        number,
        id: shown.id.clone(),
        stream: id.to_owned(),
        stops: stream.stops,
        // Without a start, what comes from now on.
        position: asked.from.unwrap_or(state.log.last()),
        asked,
        changes,
    };
    let delay = feed.asked.delay;
    state.connections.push(Connected { shown, delay });
    let cut_after = state.cut_after.map(|(frames, _)| frames);
    state.cut_after = state
        .cut_after
        .map(|(frames, times)| (frames, times.saturating_sub(1)))
        .filter(|(_, times)| *times > 0);
    let (answer, body) = Answer::written(200, "text/event-stream; charset=utf-8");
    let writer = Writer::new(hub, number, body, cuts, cut_after);
    tokio::spawn(Running::run(feed, writer));
    answer.header("cache-control", "no-cache, no-transform")
}

fn shown(number: usize, stream: &str, request: &Request, asked: &Asked) -> Connection {
    let mut headers = request.headers.clone();
    for (name, value) in headers.iter_mut() {
        value.set_sensitive(name == http::header::AUTHORIZATION);
    }
    Connection {
        id: uuid(&format!("connection {number}")),
        stream: stream.to_owned(),
        from: asked::from_text(request),
        recover: asked::recover_text(request),
        listen_delete: asked.listen_delete,
        no_dependencies: asked.no_dependencies,
        headers,
        open: true,
        frames: 0,
    }
}

/// `POST /stream/connection/<connection id>`
fn throttle(hub: &Hub, id: &str, request: &Request) -> Answer {
    let mut state = hub.state();
    let mut connections = state.connections.iter_mut();
    let connected = connections.find(|it| it.shown.id == id && it.shown.open);
    let Some(connected) = connected else {
        return Answer::empty(401);
    };
    let delay = request
        .json
        .as_ref()
        .and_then(|body| body["delay"].as_u64());
    let Some(delay) = delay else {
        return page(400, "Bad Request");
    };
    connected.delay = delay;
    state.throttles.push((id.to_owned(), delay));
    Answer::json(200, &json!({"message": "ok"}))
}
