//! Beside the stock connector's work: a program in Python with the library `jira`.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::events::{self, Kind};
use crate::harness::redis::Redis;
use crate::harness::storm::number;
use crate::harness::{API_TOKEN, EMAIL, cloud};
use crate::load::send_all;
use crate::platform::{delivery, function};
use crate::report::{Series, Table};
use crate::{rounds, server};

/// The library's version that is measured.
const LIBRARY: &str = "jira==3.10.5";
/// As many clients as OpenCTI's webhook connector has threads, and two more.
const CLIENTS: usize = 12;
/// What is done after an answer is over by then.
const AFTERWARDS: Duration = Duration::from_millis(300);

/// What filing some events took.
struct Run {
    events: usize,
    took: Duration,
    /// Processor time of all events but the first.
    cpu: Duration,
    megabytes: f64,
    /// From the start of the process to its first issue.
    first: Duration,
    requests: usize,
}

/// A Python with the library, made once.
async fn python() -> PathBuf {
    let folder = PathBuf::from(concat!(env!("CARGO_TARGET_TMPDIR"), "/python"));
    let python = folder.join("bin/python");
    if !folder.join("made").is_file() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).await;
        run(Command::new(&python).args(["-m", "pip", "install", "-q", LIBRARY])).await;
        std::fs::write(folder.join("made"), LIBRARY).unwrap();
    }
    python
}

async fn run(command: &mut Command) {
    let status = command.stdin(Stdio::null()).status().await;
    let status = status.unwrap_or_else(|why| panic!("{command:?}: {why}"));
    assert!(status.success(), "{command:?}: {status}");
}

/// A Jira that takes so long for each answer.
async fn jira(latency: Duration) -> JiraStandIn {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    if !latency.is_zero() {
        jira.inject(Fault::new(FaultKind::Latency(latency)).always());
    }
    jira
}

async fn in_python(python: &Path, latency: Duration, count: usize) -> Run {
    let jira = jira(latency).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events");
    let lines = (0..count).map(|it| format!("{}\n", events::created(&format!("p-{it}"))));
    std::fs::write(&path, lines.collect::<String>()).unwrap();
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../benches/all/connector.py"
    );
    let started = Instant::now();
    let mut child = Command::new(python)
        .arg(script)
        .args([&jira.url(), EMAIL, API_TOKEN])
        .arg(&path)
        .stdout(Stdio::piped())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert_eq!(lines.next_line().await.unwrap().as_deref(), Some("first"));
    let first = started.elapsed();
    let told = lines
        .next_line()
        .await
        .unwrap()
        .expect("it tells what it did");
    // The first event is counted with the start, not with the others.
    let took = started.elapsed() - first;
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["filed"], count);
    assert!(child.wait().await.unwrap().success());
    Run {
        events: count - 1,
        took,
        cpu: Duration::from_secs_f64(told["cpu"].as_f64().unwrap()),
        megabytes: told["megabytes"].as_f64().unwrap(),
        first,
        requests: jira.operations().len(),
    }
}

async fn in_wasm(latency: Duration, count: usize) -> Run {
    let jira = jira(latency).await;
    let started = Instant::now();
    let function = function(&jira, Some(Redis::start())).await;
    send_all(vec![delivery(&function, Kind::New, "first", 0)], 1).await;
    let first = started.elapsed();
    tokio::time::sleep(AFTERWARDS).await;
    let before = server::cpu(function.group());
    let ids = (1..count).map(|it| format!("w-{it}"));
    let posts = ids.map(|id| delivery(&function, Kind::New, &id, 0));
    let took = send_all(posts.collect(), CLIENTS).await;
    tokio::time::sleep(AFTERWARDS).await;
    assert_eq!(jira.issues().len(), count);
    Run {
        events: count - 1,
        took,
        cpu: server::cpu(function.group()) - before,
        megabytes: server::peak_megabytes(function.group()),
        first,
        requests: jira.operations().len(),
    }
}

/// All rounds behind a Jira of one latency.
#[derive(Default)]
struct Side {
    rate: Series,
    cpu: Series,
    megabytes: Series,
    first: Series,
    requests: Series,
}

impl Side {
    fn add(&mut self, run: &Run) {
        let events = run.events as f64;
        self.rate.add(events / run.took.as_secs_f64());
        self.cpu.add(run.cpu.as_secs_f64() * 1000.0 / events);
        self.megabytes.add(run.megabytes);
        self.first.add(run.first.as_secs_f64());
        self.requests.add(run.requests as f64 / (events + 1.0));
    }

    fn cells(&self, latency: Duration, name: &str) -> Vec<String> {
        vec![
            format!("{} ms", latency.as_millis()),
            name.to_owned(),
            self.rate.told(),
            self.requests.told(),
            self.cpu.told(),
            self.megabytes.told(),
            self.first.told(),
        ]
    }
}

/// The table, and the ratios that are wanted.
pub(crate) async fn measure() -> String {
    let python = python().await;
    let count = usize::try_from(number("EVENTS", 500)).unwrap();
    let mut table = Table::new(&[
        "Jira takes",
        "what",
        "events a second",
        "requests an event",
        "ms of processor time an event",
        "peak memory, MB",
        "from its start to the first issue, s",
    ]);
    let mut ratios = Table::new(&["ratio", "measured", "wanted"]);
    for (latency, rounds) in [(0, rounds()), (200, rounds().div_ceil(3))] {
        let latency = Duration::from_millis(latency);
        let (mut theirs, mut ours) = (Side::default(), Side::default());
        let (mut faster, mut cpu) = (Series::default(), Series::default());
        for _ in 0..rounds {
            let (one, other) = (
                in_python(&python, latency, count).await,
                in_wasm(latency, count).await,
            );
            theirs.add(&one);
            ours.add(&other);
            faster.add(one.took.as_secs_f64() / other.took.as_secs_f64());
            cpu.add(other.cpu.as_secs_f64() / one.cpu.as_secs_f64());
        }
        table.row(&theirs.cells(latency, "the connector's work in Python"));
        table.row(&ours.cells(latency, "jira-intake, 12 clients, Redis"));
        let wanted = if latency.is_zero() { "" } else { "20" };
        let what = format!(
            "events a second behind a Jira of {} ms",
            latency.as_millis()
        );
        ratios.row(&[what, faster.told(), wanted.to_owned()]);
        if latency.is_zero() {
            let what = "processor time an event, of the whole host process".to_owned();
            ratios.row(&[what, cpu.told(), "at most 0.75".to_owned()]);
        }
    }
    format!("{}\n{}", ratios.text(), table.text())
}
