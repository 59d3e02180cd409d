//! What timers and jobs run is run here, against a listener: what it sends, and whether
//! it fails visibly.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::{Command, Output};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::files::{here, job_commands};

/// Who has ended has sent something before.
const PATIENCE: Duration = Duration::from_secs(5);

/// All that call a task at this address, with this as the admin token.
fn callers(address: &str, token: &str) -> Vec<Command> {
    let mut script = Command::new(here("deploy/systemd/task.sh"));
    script
        .arg("/tasks/retry")
        .env("SPIN_VARIABLE_ADMIN_TOKEN", token)
        .env("JIRA_INTAKE_ADDRESS", address);
    let mut all = vec![script];
    for (_, words) in job_commands() {
        let mut job = Command::new(&words[0]);
        job.args(&words[1..3])
            .arg(format!("{address}/tasks/retry"))
            .env("ADMIN_TOKEN", token);
        all.push(job);
    }
    all
}

/// Answers one request; its head.
fn answer(listener: &TcpListener, status: &str, body: &str) -> Vec<String> {
    let (mut stream, _) = listener.accept().unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.trim_end() {
            "" => break,
            line => head.push(line.to_owned()),
        }
    }
    let length = body.len();
    let head_of_answer = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n");
    let answer = format!("{head_of_answer}connection: close\r\n\r\n{body}");
    stream.write_all(answer.as_bytes()).unwrap();
    head
}

/// Runs each caller; what it sent, and how it ended.
fn called(token: &str, status: &str, body: &str) -> Vec<(Vec<String>, Output)> {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let run = |mut caller: Command| {
        let (heads, received) = mpsc::channel();
        let listener = listener.try_clone().unwrap();
        let (status, body) = (status.to_owned(), body.to_owned());
        thread::spawn(move || heads.send(answer(&listener, &status, &body)));
        let output = caller.output().unwrap();
        let head = received.recv_timeout(PATIENCE);
        (head.unwrap_or_else(|_| panic!("{output:?}")), output)
    };
    callers(&address, token).into_iter().map(run).collect()
}

#[test]
#[cfg_attr(no_curl, ignore = "curl is not installed")]
fn timers_and_jobs_send_the_first_of_two_tokens() {
    for token in ["admin-5ecret", "admin-5ecret the-old-one"] {
        for (head, output) in called(token, "200 OK", "{\"left\":0}") {
            assert!(head[0].starts_with("POST /tasks/retry "), "{head:?}");
            let key = "X-API-Key: admin-5ecret".to_owned();
            assert!(head.contains(&key), "{head:?}");
            assert!(output.status.success(), "{output:?}");
            assert_eq!(output.stdout, b"{\"left\":0}");
        }
    }
}

/// A failed unit or job, with the answer in its log.
#[test]
#[cfg_attr(no_curl, ignore = "curl is not installed")]
fn a_timer_or_job_that_is_refused_fails_and_says_why() {
    let ended = called("another", "502 Bad Gateway", "the stream is stopped");
    assert_eq!(ended.len(), 3);
    for (_, output) in ended {
        assert!(!output.status.success(), "{output:?}");
        assert_eq!(output.stdout, b"the stream is stopped");
    }
}
