//! What waiting work costs: `cargo bench --bench queue`.
//!
//! Three comparisons, each as a ratio of what is measured in turn:
//! - accepting an event during an outage, with 10,000 events queued and with none;
//! - draining a backlog behind a Jira that takes 200 ms for an answer, with a retry
//!   pass and one event after the other;
//! - draining it behind a Jira that takes 200 ms, and behind one that takes no time: more
//!   than that no way to create several issues with one request can bring.
//!
//! `QUEUED`, `BACKLOG` and `ROUNDS` change the sizes. `JIRA_INTAKE_STORE=redis` keeps
//! the data in Redis, `JIRA_INTAKE_HOST=spin` takes a real Spin.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/harness/mod.rs"]
mod harness;

use std::time::{Duration, Instant};

use harness::operator::{FIRST_RETRY, OPERATED, admin};
use harness::storm::number;
use harness::{Function, WEBHOOK_TOKEN, cloud, with_settings};
use jira_intake_standins::client::Client;
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use serde_json::{Value, json};

/// So many events are measured in a row.
const IN_A_ROW: usize = 50;
/// So many are queued with one request.
const AT_ONCE: usize = 250;

#[tokio::main]
async fn main() {
    // Cargo passes `--bench`; a word names what is to be measured.
    let named: Vec<String> = std::env::args().skip(1).collect();
    let named: Vec<_> = named.iter().filter(|it| !it.starts_with('-')).collect();
    let wants = |name: &str| named.is_empty() || named.iter().any(|it| *it == name);
    if wants("accepting") {
        for outage in [Outage::Held, Outage::Failing] {
            accepting(outage).await;
        }
    }
    if wants("draining") {
        draining().await;
    }
    if wants("at_most") {
        at_most().await;
    }
}

/// How a Jira is away.
#[derive(Clone, Copy, Debug)]
enum Outage {
    /// It says for how long: everything is held back.
    Held,
    /// It does not say: each event is tried, and put off.
    Failing,
}

/// A function whose Jira is away.
async fn cut_off(outage: Outage) -> (JiraStandIn, Function) {
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    let fault = match outage {
        Outage::Held => Fault::rate_limited(900),
        Outage::Failing => Fault::status(500),
    };
    jira.inject(fault.always());
    (jira, function)
}

async fn accepting(outage: Outage) {
    let queued = usize::try_from(number("QUEUED", 10_000)).unwrap();
    let (_jira, empty) = cut_off(outage).await;
    let (_other, full) = cut_off(outage).await;
    let started = Instant::now();
    for first in (0..queued).step_by(AT_ONCE) {
        let objects = (first..first + AT_ONCE).map(|it| object("queued", it));
        post(&full, &objects.collect()).await;
    }
    println!(
        "{outage:?}: {queued} events queued in {:.0?}",
        started.elapsed()
    );
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..usize::try_from(number("ROUNDS", 12)).unwrap() {
        for (which, function) in [&empty, &full].into_iter().enumerate() {
            let started = Instant::now();
            for event in 0..IN_A_ROW {
                post(function, &object("new", round * IN_A_ROW + event)).await;
            }
            times[which].push(started.elapsed() / u32::try_from(IN_A_ROW).unwrap());
        }
    }
    let [empty, full] = times.map(median);
    println!(
        "{outage:?}: an event is accepted in {empty:.2?} with none queued, in {full:.2?} with \
         {queued}: {:.2} times",
        full.as_secs_f64() / empty.as_secs_f64()
    );
}

async fn draining() {
    let (slow, one) = drain(Duration::from_millis(200), 20).await;
    println!(
        "behind a Jira of 200 ms: {one:.1?} an event one by one, {slow:.1?} in a pass: {:.1} times \
         as fast",
        one.as_secs_f64() / slow.as_secs_f64()
    );
}

/// In turn, so that what else the machine does falls on both.
async fn at_most() {
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..number("ROUNDS", 3) {
        for (which, latency) in [200, 0].into_iter().enumerate() {
            let (each, _) = drain(Duration::from_millis(latency), 0).await;
            times[which].push(each);
        }
    }
    let [slow, none] = times.map(median);
    println!(
        "an event in a pass takes {slow:.1?} behind a Jira of 200 ms, {none:.1?} behind one of \
         none: {:.2} times",
        slow.as_secs_f64() / none.as_secs_f64()
    );
}

/// What an event takes in a pass over a backlog behind such a Jira, and one of so many
/// that are posted one by one.
async fn drain(latency: Duration, singles: usize) -> (Duration, Duration) {
    let backlog = usize::try_from(number("BACKLOG", 600)).unwrap();
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::status(503).on(Operation::Create).times(backlog));
    for first in (0..backlog).step_by(AT_ONCE) {
        let objects = (first..backlog.min(first + AT_ONCE)).map(|it| object("waiting", it));
        post(&function, &objects.collect()).await;
    }
    jira.clear_faults();
    jira.inject(Fault::new(FaultKind::Latency(latency)).always());
    tokio::time::sleep(FIRST_RETRY).await;
    let started = Instant::now();
    for event in 0..singles {
        post(&function, &object("one by one", event)).await;
    }
    let one = started.elapsed() / u32::try_from(singles.max(1)).unwrap();
    let started = Instant::now();
    let mut passes = 0;
    while jira.issues().len() < backlog + singles && passes < 100 {
        let (_, pass) = admin(&function, "POST", "/tasks/retry").await;
        passes += 1;
        println!("a pass: {pass}");
    }
    (started.elapsed() / u32::try_from(backlog).unwrap(), one)
}

fn object(kind: &str, number: usize) -> Value {
    json!({ "id": format!("{kind}-{number}"), "title": format!("{kind} {number}") })
}

async fn post(function: &Function, body: &Value) {
    let url = format!("{}/webhooks/generic", function.url());
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    let answer = Client::default()
        .post(&url, &token, body.to_string().as_bytes())
        .await
        .unwrap();
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
