use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{Service, StandIn};
use crate::caller::{Caller, Reply};
use crate::faults::{Fault, FaultKind};
use crate::server::{Answer, Request};

/// A service that counts its work.
#[derive(Default)]
struct Counter(AtomicUsize);

impl Service for Counter {
    type Fault = Fault;

    fn answer(&self, _: &Request) -> Answer {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        Answer::json(200, &json!({"count": count, "filling": "x".repeat(100)}))
    }

    fn refusal(&self, status: u16) -> Answer {
        Answer::text(status, "no")
    }
}

async fn start() -> (StandIn<Counter>, Caller) {
    let standin = StandIn::start(Counter::default()).await.unwrap();
    let caller = Caller::new(&standin.url(), "");
    (standin, caller)
}

/// What became of one request, and how much work was done.
async fn hit(what: FaultKind) -> (anyhow::Result<Reply>, usize) {
    let (standin, caller) = start().await;
    standin.inject(Fault::new(what));
    let reply = caller.send("GET", "/", &Value::Null).await;
    let done = standin.service().0.load(Ordering::SeqCst);
    (reply, done)
}

#[tokio::test]
async fn a_fault_hits_the_requests_it_is_aimed_at_as_often_as_it_says() {
    let (standin, caller) = start().await;
    let fault = Fault::status(500).path("/a").body("x").skip(1).times(2);
    let injected = standin.inject(fault);
    let mut seen = Vec::new();
    for _ in 0..4 {
        assert_eq!(caller.post("/b", json!("x")).await.status, 200);
        assert_eq!(caller.post("/a", json!("y")).await.status, 200);
        seen.push(caller.post("/a", json!("x")).await.status);
    }
    assert_eq!(seen, [200, 500, 500, 200]);
    assert_eq!((injected.hits(), standin.count()), (2, 12));
    standin.inject(Fault::html(503).always());
    assert_eq!(caller.get("/").await.status, 503);
    standin.clear_faults();
    standin.clear_requests();
    assert_eq!((caller.get("/").await.status, standin.count()), (200, 1));
}

#[tokio::test]
async fn nothing_is_done_before_a_refusal() {
    for (what, status) in [
        (Fault::status(429).what, 429),
        (Fault::html(502).what, 502),
        (Fault::garbage().what, 200),
        (FaultKind::Answer(Answer::empty(204)), 204),
    ] {
        let (reply, done) = hit(what.clone()).await;
        assert_eq!((reply.unwrap().status, done), (status, 0), "{what:?}");
    }
    let (reply, done) = hit(FaultKind::Reset { done: false }).await;
    assert!(reply.is_err() && done == 0);
}

#[tokio::test]
async fn some_faults_come_when_the_work_is_done() {
    let (status, done) = (504, true);
    let (reply, work) = hit(FaultKind::Html { status, done }).await;
    assert_eq!((reply.unwrap().status, work), (504, 1));
    for what in [FaultKind::Reset { done }, FaultKind::CutBody] {
        let (reply, work) = hit(what.clone()).await;
        assert!(reply.is_err() && work == 1, "{what:?}");
    }
    let time = Duration::from_millis(60);
    for what in [
        FaultKind::Latency(time),
        FaultKind::LateAnswer(time),
        FaultKind::SlowBody(time),
    ] {
        let began = Instant::now();
        let (reply, _) = hit(what.clone()).await;
        assert_eq!(reply.unwrap().json["count"], 1);
        assert!(began.elapsed() >= time, "{what:?}");
    }
}

#[tokio::test]
async fn a_delay_comes_together_with_another_fault() {
    let (standin, caller) = start().await;
    let time = Duration::from_millis(60);
    standin.inject(Fault::latency(time));
    standin.inject(Fault::status(500));
    let began = Instant::now();
    assert_eq!(caller.get("/").await.status, 500);
    assert!(began.elapsed() >= time);
    assert_eq!(caller.get("/").await.status, 200);
}

#[tokio::test]
async fn faults_by_chance_are_the_same_in_each_run() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let (standin, caller) = start().await;
        standin.inject(Fault::status(500).always().with_probability(0.5));
        let mut seen = Vec::new();
        for _ in 0..30 {
            seen.push(caller.get("/").await.status);
        }
        assert!(seen.contains(&200) && seen.contains(&500));
        runs.push(seen);
    }
    assert_eq!(runs[0], runs[1]);
}
