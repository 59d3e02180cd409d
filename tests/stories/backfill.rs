//! `backfill`: a replay of history, driven from the command line.
#![cfg(unix)]

use std::fs::File;
use std::io::Write;
use std::process::{Output, Stdio};
use std::time::Duration;

use crate::harness::streamed::{Streamed, entity};
use jira_intake_standins::faults::Fault;
use jira_intake_standins::jira::{Fault as JiraFault, FaultKind, Operation};
use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::{Child, Command};

const TOKEN: &str = "admin-5ecret";
const SPAN: [&str; 4] = ["--from", "2025-11-01", "--until", "2025-11-02"];

/// A platform that holds sixty entities, and a function that files what is told again.
async fn sixty() -> Streamed {
    let settings = [("file_recovered", "true"), ("opencti_stream_from", "now")];
    let all = Streamed::start(&settings).await;
    for number in 0..60_u64 {
        let at = 1_000 + number * 10;
        let name = format!("h {number:02}");
        all.opencti.add_row(entity("incident", &name, at, at));
    }
    all
}

/// A slow Jira: several calls are needed.
fn slow_down(all: &Streamed) {
    let slow = FaultKind::Latency(Duration::from_millis(700));
    all.jira
        .inject(JiraFault::new(slow).on(Operation::Create).always());
}

fn program(url: &str, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-intake-host"));
    command
        .args(["backfill", "--url", url, "--seconds", "2"])
        .args(SPAN)
        .args(flags)
        .env("JIRA_INTAKE_ADMIN_TOKEN", TOKEN)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

/// Runs it to its end: whether it succeeded, and all that it printed.
async fn run(mut program: Command) -> (bool, String) {
    ended(program.spawn().unwrap()).await
}

async fn ended(child: Child) -> (bool, String) {
    let output = tokio::time::timeout(Duration::from_secs(120), child.wait_with_output());
    let Output {
        status,
        stdout,
        stderr,
    } = output.await.expect("it ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let printed = text(stdout) + &text(stderr);
    assert!(!printed.contains(TOKEN), "{printed}");
    (status.success(), printed)
}

/// Somebody who sits at a terminal and types this when asked.
async fn run_at_a_terminal(mut program: Command, typed: &str) -> (bool, String) {
    let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&person).unwrap();
    unlockpt(&person).unwrap();
    let name = ptsname(&person, Vec::new()).unwrap();
    let terminal = File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    program.stdin(terminal);
    let child = program.spawn().unwrap();
    // A terminal keeps what is typed ahead.
    File::from(person.try_clone().unwrap())
        .write_all(typed.as_bytes())
        .unwrap();
    let ended = ended(child).await;
    drop(person);
    ended
}

fn names() -> Vec<String> {
    (0..60).map(|number| format!("h {number:02}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn history_is_counted_then_filed_once_in_several_calls() {
    let all = sixty().await;
    let url = all.function.url();
    let (is_good, printed) = run(program(url, &["--dry-run"])).await;
    assert!(is_good, "{printed}");
    for expected in ["nothing was filed", "created  60", "in all   60"] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    assert_eq!(all.created(), 0);
    slow_down(&all);
    // Only the first call begins anew.
    let (is_good, printed) = run(program(url, &["--yes", "--restart"])).await;
    assert!(is_good, "{printed}");
    let lines: Vec<&str> = printed.lines().collect();
    let calls: Vec<&&str> = lines.iter().filter(|it| it.contains(" done, ")).collect();
    assert!(calls.len() > 1, "{printed}");
    let (first, last) = (calls[0], calls[calls.len() - 1]);
    assert!(first.contains("at 2025-11-01 12:00:0"), "{first}");
    assert!(first.contains(" left"), "{first}");
    // What was under way at the end of a call may be told again by the next one.
    assert!(last.contains("created 60"), "{last}");
    assert_eq!(last.split(' ').next(), last.split(' ').nth(2), "{last}");
    assert!(printed.contains("Finished: history from 2025-11-01 until 2025-11-02"));
    assert_eq!(all.summaries(), names());
    // Again: nothing is left to do.
    let (is_good, printed) = run(program(url, &["--yes"])).await;
    assert!(is_good, "{printed}");
    assert!(
        printed.contains("--restart goes through it again"),
        "{printed}"
    );
    let (is_good, printed) = run(program(url, &["--yes", "--restart"])).await;
    assert!(is_good, "{printed}");
    assert!(
        printed.contains("duplicate  6") && !printed.contains("created"),
        "{printed}"
    );
    assert_eq!(all.created(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_stops_after_the_call_under_way_and_goes_on_there() {
    let all = sixty().await;
    slow_down(&all);
    let child = program(all.function.url(), &["--yes"]).spawn().unwrap();
    while all.created() < 3 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let id = Pid::from_raw(child.id().unwrap().try_into().unwrap());
    kill_process(id.unwrap(), Signal::INT).unwrap();
    let (is_good, printed) = ended(child).await;
    assert!(!is_good, "{printed}");
    for expected in ["after the call under way", "The same command goes on there"] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    let filed = all.created();
    assert!(filed > 0 && filed < 60, "{filed}");
    all.jira.clear_faults();
    let (is_good, printed) = run(program(all.function.url(), &["--yes"])).await;
    assert!(is_good, "{printed}");
    assert!(printed.contains("created 60"), "{printed}");
    assert_eq!(all.summaries(), names());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_counts_and_asks_before_anything_is_filed() {
    let all = sixty().await;
    let url = all.function.url();
    let (is_good, printed) = run_at_a_terminal(program(url, &[]), "\n").await;
    assert!(!is_good, "{printed}");
    for expected in ["File about 60 issues? [y/N]", "Nothing was filed."] {
        assert!(printed.contains(expected), "{expected}: {printed}");
    }
    assert_eq!(all.created(), 0);
    let (is_good, printed) = run_at_a_terminal(program(url, &[]), "y\n").await;
    assert!(is_good, "{printed}");
    assert!(printed.contains("Finished: history"), "{printed}");
    assert_eq!(all.summaries(), names());
    // What is filed is not counted again.
    let (is_good, printed) = run_at_a_terminal(program(url, &[]), "y\n").await;
    assert!(is_good && printed.contains("nothing to do"), "{printed}");
    assert_eq!(all.created(), 60);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_waits_for_a_platform_that_is_not_well() {
    let all = sixty().await;
    all.opencti
        .inject(Fault::status(503).path("/stream/").times(1));
    let (is_good, printed) = run(program(all.function.url(), &["--yes"])).await;
    assert!(is_good, "{printed}");
    assert!(printed.contains("answered 503"), "{printed}");
    assert!(printed.contains("failure 1 in a row"), "{printed}");
    assert_eq!(all.summaries(), names());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_must_do_is_said_at_once() {
    let all = sixty().await;
    let url = all.function.url().to_owned();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let elsewhere = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    for (url, flags, expected) in [
        (
            &url,
            &["--yes", "--token", "wr0ng"][..],
            "does not let this token in (401)",
        ),
        (
            &elsewhere,
            &["--yes"],
            "nobody listens at http://127.0.0.1:",
        ),
        (&all.jira.url(), &["--yes"], "the address of jira-intake"),
        (&url, &[], "say --yes"),
        (
            &url,
            &["--yes", "--token", ""],
            "set JIRA_INTAKE_ADMIN_TOKEN",
        ),
    ] {
        let (is_good, printed) = run(program(url, flags)).await;
        assert!(
            !is_good && printed.contains(expected),
            "{flags:?}: {printed}"
        );
        assert!(!printed.contains("wr0ng"), "{printed}");
    }
    assert_eq!(all.created(), 0);
}
