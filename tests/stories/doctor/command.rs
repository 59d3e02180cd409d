//! `doctor` as a command: of a function that runs, and of one that is started for it.

use std::process::Stdio;
use std::time::Duration;

use jira_intake_host::own_manifest;
use jira_intake_standins::jira::JiraStandIn;
use serde_json::Value;
use tokio::process::Command;

use crate::harness::operator::OPERATED;
use crate::harness::{cloud, prepare, usual, with_settings};

const TOKEN: &str = "JIRA_INTAKE_ADMIN_TOKEN";

/// Runs it to its end: its status, and all that it printed.
async fn run(arguments: &[&str], token: &str) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jira-intake-host"));
    command
        .arg("doctor")
        .args(arguments)
        .env(TOKEN, token)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_secs(120), command.output());
    let output = output.await.expect("it ends").unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    let printed = text(output.stdout) + &text(output.stderr);
    assert!(!printed.contains("5ecret"), "{printed}");
    (output.status.code(), printed)
}

#[tokio::test]
async fn a_running_function_is_asked() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let url = ["--url", function.url()];
    let (status, table) = run(&url, "admin-5ecret").await;
    assert_eq!(status, Some(0), "{table}");
    assert!(
        table.starts_with("jira-intake ") && table.contains("project SOC"),
        "{table}"
    );
    let (status, report) = run(&[&url[..], &["--json"]].concat(), "admin-5ecret").await;
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((status, &report["well"]), (Some(0), &Value::Bool(true)));
    let (status, told) = run(&url, "wr0ng").await;
    assert!(status == Some(1) && told.contains(TOKEN), "{told}");
    let (status, told) = run(&url, "").await;
    assert!(status == Some(1) && told.contains(TOKEN), "{told}");
    let (status, told) = run(&["--url", "http://127.0.0.1:9"], "t0ken").await;
    assert!(
        status == Some(1) && told.contains("nobody listens"),
        "{told}"
    );
}

#[tokio::test]
async fn a_function_is_started_for_it_and_its_mistake_is_named() {
    prepare().await;
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let url = jira.url();
    let manifest = own_manifest();
    let given = |project: &str| {
        let mut settings = usual(&url)
            .map(|(name, value)| format!("{name}={value}"))
            .to_vec();
        settings.push(format!("jira_project_key={project}"));
        settings
    };
    for (project, status) in [("SOC", 0), ("NOPE", 1)] {
        let settings = given(project);
        let mut arguments = vec!["--no-build", "--state-dir", "", "-f"];
        arguments.push(manifest.to_str().unwrap());
        arguments.extend(settings.iter().flat_map(|it| ["--variable", it.as_str()]));
        let (ended, table) = run(&arguments, "").await;
        assert_eq!(ended, Some(status), "{table}");
        assert_eq!(table.contains("jira_project_key"), status == 1, "{table}");
    }
    assert!(jira.issues().is_empty());
}
