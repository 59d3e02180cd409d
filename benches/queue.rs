//! What waiting work costs: `cargo bench --bench queue`.
//!
//! Two comparisons, each as a ratio of what is measured in turn:
//! - accepting an event during an outage, with 10,000 events queued and with none;
//! - draining a backlog behind a Jira that takes 200 ms for an answer, with a retry
//!   pass and one event after the other.
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
    let backlog = usize::try_from(number("BACKLOG", 600)).unwrap();
    let (jira, function) = with_settings(cloud(), &OPERATED).await;
    jira.inject(Fault::status(503).on(Operation::Create).times(backlog));
    for first in (0..backlog).step_by(AT_ONCE) {
        let objects = (first..backlog.min(first + AT_ONCE)).map(|it| object("waiting", it));
        post(&function, &objects.collect()).await;
    }
    jira.clear_faults();
    let slow = FaultKind::Latency(Duration::from_millis(200));
    jira.inject(Fault::new(slow).always());
    tokio::time::sleep(FIRST_RETRY).await;
    let started = Instant::now();
    for event in 0..20 {
        post(&function, &object("one by one", event)).await;
    }
    let one = started.elapsed() / 20;
    let started = Instant::now();
    let mut passes = 0;
    while jira.issues().len() < backlog + 20 && passes < 100 {
        let (_, pass) = admin(&function, "POST", "/tasks/retry").await;
        passes += 1;
        println!("a pass: {pass}");
    }
    let each = started.elapsed() / u32::try_from(backlog).unwrap();
    println!(
        "behind a Jira of 200 ms: {one:.1?} an event one by one, {each:.1?} in a pass: {:.1} times \
         as fast",
        one.as_secs_f64() / each.as_secs_f64()
    );
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
