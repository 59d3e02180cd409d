//! What waiting work costs: accepting while others wait, and working off a backlog.

use std::time::{Duration, Instant};

use jira_intake_standins::client::Client;
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use serde_json::{Value, json};

use crate::harness::operator::{FIRST_RETRY, OPERATED, admin};
use crate::harness::storm::number;
use crate::harness::{Function, WEBHOOK_TOKEN, cloud, with_settings};
use crate::report::{Series, Table};
use crate::rounds;

/// So many events are measured in a row.
const IN_A_ROW: usize = 50;
/// So many are queued with one request.
const AT_ONCE: usize = 250;

/// The table.
pub(crate) async fn measure() -> String {
    let mut table = Table::new(&["what", "ratio", "wanted"]);
    for (outage, says) in [
        (Outage::Held, "while a hold holds everything back"),
        (Outage::Failing, "while Jira answers 500"),
    ] {
        let queued = usize::try_from(number("QUEUED", 10_000)).unwrap();
        let ratio = accepting(outage, queued).await;
        let what = format!("accepting an event with {queued} queued and with none, {says}");
        table.row(&[what, ratio.told(), "at most 1.1".to_owned()]);
    }
    let (mut faster, mut at_most) = (Series::default(), Series::default());
    for _ in 0..rounds().min(3) {
        let (slow, one) = drain(Duration::from_millis(200), 20).await;
        faster.add(one.as_secs_f64() / slow.as_secs_f64());
        let (none, _) = drain(Duration::ZERO, 0).await;
        at_most.add(slow.as_secs_f64() / none.as_secs_f64());
    }
    let what = "working off a backlog behind a Jira of 200 ms, in passes and one by one";
    table.row(&[what.to_owned(), faster.told(), String::new()]);
    let what = "the same in passes, behind a Jira of 200 ms and behind one of none: no bulk create \
                can be faster than that";
    table.row(&[what.to_owned(), at_most.told(), String::new()]);
    table.text().to_owned()
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

async fn accepting(outage: Outage, queued: usize) -> Series {
    let (_jira, empty) = cut_off(outage).await;
    let (_other, full) = cut_off(outage).await;
    for first in (0..queued).step_by(AT_ONCE) {
        let objects = (first..first + AT_ONCE).map(|it| object("queued", it));
        post(&full, &objects.collect()).await;
    }
    let mut ratio = Series::default();
    for round in 0..rounds() {
        let mut took = [Duration::ZERO; 2];
        for (took, function) in took.iter_mut().zip([&empty, &full]) {
            let started = Instant::now();
            for event in 0..IN_A_ROW {
                post(function, &object("new", round * IN_A_ROW + event)).await;
            }
            *took = started.elapsed();
        }
        ratio.add(took[1].as_secs_f64() / took[0].as_secs_f64());
    }
    ratio
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
        admin(&function, "POST", "/tasks/retry").await;
        passes += 1;
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
