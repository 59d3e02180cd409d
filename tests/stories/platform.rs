//! What a user meets on every Spin: the application starts with its defaults
//! and with whatever is set, says what is wrong, and keeps what it accepted.

use crate::harness::operator::{OPERATED, until_quiet};
use crate::harness::{
    API_TOKEN, EMAIL, Function, Launch, WEBHOOK_TOKEN, cloud, launch, samples, usual,
};
use jira_intake::settings::catalog::variables;
use jira_intake_standins::client::Answer;
use jira_intake_standins::jira::{Fault, FaultKind, JiraStandIn, Operation};
use serde_json::Value;

/// The variables that `allowed_outbound_hosts` is made of.
fn hosts() -> impl Iterator<Item = &'static str> {
    let hosts = variables().filter(|it| it.is_host());
    hosts.map(|it| it.name)
}

/// The project's own runtime configuration, in a folder of this test's own:
/// where it keeps its data is relative to it.
fn with_own_runtime_config(mut launch: Launch) -> Launch {
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime-config.toml");
    let copy = launch.state.path().join("runtime-config.toml");
    std::fs::copy(own, &copy).unwrap();
    let copy = copy.display().to_string();
    launch.flags = vec!["--runtime-config-file".to_owned(), copy];
    launch
}

fn event() -> String {
    samples::stream("incident-create").to_string()
}

fn mistakes(answer: &Answer) -> Vec<String> {
    let body = answer.json();
    let list = body["mistakes"].as_array().unwrap();
    list.iter()
        .map(|it| it.as_str().unwrap().to_owned())
        .collect()
}

/// With the token that senders show.
async fn readyz(function: &Function) -> Answer {
    let headers = [("x-api-key", WEBHOOK_TOKEN)];
    function.send("GET", "/readyz", &headers).await
}

async fn get(function: &Function, path: &str) -> Answer {
    function.send("GET", path, &[]).await
}

#[tokio::test]
async fn without_any_setting_it_starts_is_alive_and_says_what_is_missing() {
    let function = Function::bare(&[]).await;
    assert_eq!(get(&function, "/healthz").await.status, 200);
    let answer = function.opencti("{}").await;
    assert_eq!(answer.status, 500, "{}", answer.text());
    assert!(answer.text().contains("misconfigured"), "{}", answer.text());
    let line = function.printed("misconfigured").await;
    assert!(line.contains("webhook_token: is not set"), "{line}");

    let function = Function::bare(&[("webhook_token", WEBHOOK_TOKEN)]).await;
    for answer in [readyz(&function).await, function.opencti(event()).await] {
        assert_eq!(answer.status, 500, "{}", answer.text());
        let named: Vec<String> = mistakes(&answer)
            .iter()
            .map(|mistake| mistake.split(':').next().unwrap().to_owned())
            .collect();
        assert_eq!(named, ["jira_url", "jira_api_token", "jira_project_key"]);
    }
}

#[tokio::test]
async fn with_what_is_needed_it_is_ready_and_files() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let url = jira.url();
    let needed: Vec<_> = usual(&url)
        .into_iter()
        .filter(|(name, _)| !matches!(*name, "opencti_url" | "log_level"))
        .collect();
    let function = Function::bare(&needed).await;
    let ready = get(&function, "/readyz").await;
    assert_eq!(ready.status, 200, "{}", ready.text());
    assert_eq!(ready.json()["status"], "ready");
    let answer = function.opencti(event()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// An empty value, given by whatever means, closes every way out on a released
/// Spin. Nothing is accepted that could then not be filed.
#[tokio::test]
async fn an_empty_host_is_a_clear_mistake_and_nothing_is_accepted() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    for name in hosts() {
        let function = Function::start(&jira, &[(name, "")]).await;
        let answer = function.opencti(event()).await;
        assert_eq!(answer.status, 500, "{name}: {}", answer.text());
        let found = mistakes(&answer);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(
            found[0].starts_with(&format!("{name}: is empty"))
                && found[0].contains("denies every outbound call"),
            "{found:?}"
        );
    }
    assert!(jira.requests().is_empty());
}

#[tokio::test]
async fn what_was_accepted_is_still_there_after_a_stop_and_after_a_kill() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let url = jira.url();
    let settings = [&usual(&url)[..], &OPERATED].concat();
    let mut function = Function::launch(with_own_runtime_config(launch(&settings))).await;
    jira.pause().await;
    for (number, name) in ["stopped", "killed"].into_iter().enumerate() {
        let told = samples::incident(&format!("kept-{number}"), name).to_string();
        let answer = function.opencti(told).await;
        assert_eq!(answer.status, 202, "{}", answer.text());
        match name {
            "stopped" => function.stop_and_restart().await,
            _ => function.kill_and_restart().await,
        }
    }
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    let mut filed: Vec<String> = jira
        .issues()
        .iter()
        .map(|issue| issue.summary().to_owned())
        .collect();
    filed.sort();
    assert_eq!(filed, ["killed", "stopped"]);
    assert_eq!(jira.count(Operation::Create), 2);
}

/// So that the story above cannot pass with a store that forgets.
#[tokio::test]
async fn a_store_without_a_path_is_in_memory_and_the_host_says_so() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let url = jira.url();
    let settings = [&usual(&url)[..], &OPERATED].concat();
    let launch = with_own_runtime_config(launch(&settings));
    let file = &launch.flags[1];
    std::fs::write(file, "[key_value_store.default]\ntype = \"spin\"\n").unwrap();
    let mut function = Function::launch(launch).await;
    function.printed("in-memory store").await;
    jira.pause().await;
    assert_eq!(function.opencti(event()).await.status, 202);
    function.kill_and_restart().await;
    jira.resume().await.unwrap();
    until_quiet(&function).await;
    assert!(jira.issues().is_empty());
}

#[tokio::test]
async fn settings_may_stand_in_env_of_the_working_directory() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let given = launch(&[("jira_project_key", "SOC")]);
    let env = format!(
        "SPIN_VARIABLE_JIRA_URL={}\nSPIN_VARIABLE_JIRA_LOGIN_EMAIL={EMAIL}\n\
         SPIN_VARIABLE_JIRA_API_TOKEN={API_TOKEN}\nSPIN_VARIABLE_WEBHOOK_TOKEN={WEBHOOK_TOKEN}\n",
        jira.url()
    );
    std::fs::write(given.state.path().join(".env"), env).unwrap();
    let function = Function::launch(given).await;
    let answer = function.opencti(event()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

#[tokio::test]
async fn a_variable_that_does_not_exist_changes_nothing() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let function = Function::start(&jira, &[("jira_projekt", "X")]).await;
    assert_eq!(function.opencti(event()).await.status, 201);
}

/// With `RUST_BACKTRACE=1` the host's errors have a stack trace below them.
#[tokio::test]
async fn no_answer_holds_a_stack_trace() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let environment = [("RUST_BACKTRACE", "1")];
    let function = Function::start_with(&jira, &[], &[], &environment).await;
    for (number, fault) in [
        FaultKind::CutBody,
        FaultKind::ResetBefore,
        FaultKind::ResetAfter,
        FaultKind::Garbage,
    ]
    .into_iter()
    .enumerate()
    {
        let what = format!("{fault:?}");
        jira.inject(Fault::new(fault).on(Operation::Create));
        let told = samples::incident(&format!("cut-{number}"), "cut off").to_string();
        let answer = function.opencti(told).await;
        assert_eq!(answer.status, 202, "{what}: {}", answer.text());
        let result = answer.result();
        let reason = result["reason"].as_str().unwrap();
        assert!(
            !reason.contains('\n') && !reason.contains("backtrace") && reason.len() < 300,
            "{what}: {reason}"
        );
    }
    // Nor does the log that people read.
    let logged: Vec<Value> = function
        .output()
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .collect();
    assert!(!logged.is_empty());
    for line in logged {
        assert!(!line.to_string().contains("backtrace"), "{line}");
    }
}

/// A released Spin checks the manifest's defaults when it loads it, whatever
/// values are given.
#[tokio::test]
async fn a_manifest_whose_host_is_empty_by_default_is_refused() {
    crate::harness::prepare().await;
    let own = std::fs::read_to_string(crate::harness::launch(&[]).manifest).unwrap();
    for name in hosts() {
        let line = own.lines().find(|line| line.starts_with(name)).unwrap();
        let empty = own.replacen(line, &format!("{name} = {{ default = \"\" }}"), 1);
        let mut refused = launch(&[(name, "https://jira.example.com")]);
        refused.manifest = refused.state.path().join("spin.toml");
        let source = crate::harness::component().display().to_string();
        let relative = "target/component/wasm32-wasip2/release/jira_intake.wasm";
        std::fs::write(&refused.manifest, empty.replace(relative, &source)).unwrap();
        let printed = refused.refused().await.join("\n");
        assert!(printed.contains("is malformed"), "{name}: {printed}");
    }
}

/// Where releases differ, the local host follows the one that is named.
#[tokio::test]
#[cfg_attr(on_spin, ignore = "a real Spin is of one release")]
async fn both_supported_releases_take_the_manifest_and_the_runtime_configuration() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let url = jira.url();
    for release in ["3.6", "4.0"] {
        let mut launch = with_own_runtime_config(launch(&usual(&url)));
        launch
            .flags
            .extend(["--spin".to_owned(), release.to_owned()]);
        let function = Function::launch(launch).await;
        let told = samples::incident(&format!("on-{release}"), release).to_string();
        assert_eq!(function.opencti(told).await.status, 201, "{release}");
    }
}

#[tokio::test]
#[cfg_attr(on_spin, ignore = "a real Spin is of one release")]
async fn what_only_the_later_release_knows_is_refused_by_the_earlier_one() {
    crate::harness::prepare().await;
    let with = |release: &str| {
        let mut launch = with_own_runtime_config(launch(&[]));
        let tls = "[[client_tls]]\ncomponent_ids = [\"jira-intake\"]\n\
                   hosts = [\"jira.example.com\"]\nca_use_platform_roots = true\n";
        std::fs::write(&launch.flags[1], tls).unwrap();
        launch
            .flags
            .extend(["--spin".to_owned(), release.to_owned()]);
        launch
    };
    let printed = with("3.6").refused().await.join("\n");
    assert!(printed.contains("ca_use_platform_roots"), "{printed}");
    let function = Function::launch(with("4.0")).await;
    assert_eq!(get(&function, "/healthz").await.status, 200);
}
