//! Mistakes about the other services, the store and the settings.

use jira_intake_standins::jira::JiraStandIn;
use jira_intake_standins::llm::{LlmOptions, LlmStandIn};
use jira_intake_standins::opencti::{OpenCtiOptions, OpenCtiStandIn};
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
use jira_intake_standins::teams::{TeamsOptions, TeamsStandIn};
use jira_intake_standins::virustotal::{VirusTotalOptions, VirusTotalStandIn};

use super::finds;
use crate::harness::operator::OPERATED;
use crate::harness::streamed::{OPENCTI_TOKEN, STREAM, platform};
use crate::harness::{Function, cloud, launch, usual};

/// A function beside a good Jira, with settings of the test's own.
async fn with(settings: &[(&str, &str)]) -> (JiraStandIn, Function) {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let settings = [&OPERATED[..], settings].concat();
    let function = Function::start(&jira, &settings).await;
    (jira, function)
}

/// An OpenCTI of this kind, and a function that is given this token, stream and path.
async fn opencti_is(options: OpenCtiOptions, given: [&str; 3], name: &str, setting: &str) {
    let [token, stream, path] = given;
    let opencti = OpenCtiStandIn::start(options).await.unwrap();
    opencti.open_stream(STREAM);
    let url = opencti.url();
    let settings = [
        ("opencti_url", url.as_str()),
        ("opencti_base_path", path),
        ("opencti_token", token),
        ("opencti_stream_id", stream),
    ];
    let (_jira, function) = with(&settings).await;
    finds(&function, "opencti", name, setting).await;
}

#[tokio::test]
async fn mistakes_about_opencti_are_found() {
    let poor = |capability: &str| platform().with_capabilities(&[capability]);
    let other = "00000000-0000-4000-8000-000000000000";
    let good = [OPENCTI_TOKEN, STREAM, ""];
    let (wrong, elsewhere) = (
        ["wrong-5ecret", STREAM, ""],
        [OPENCTI_TOKEN, STREAM, "/cti"],
    );
    let unknown = [OPENCTI_TOKEN, other, ""];
    opencti_is(platform(), wrong, "token", "opencti_token").await;
    opencti_is(platform(), elsewhere, "token", "opencti_base_path").await;
    opencti_is(platform(), unknown, "stream", "opencti_stream_id").await;
    opencti_is(poor("EXPLORE"), good, "rights", "opencti_token").await;
    opencti_is(poor("KNOWLEDGE"), good, "rights", "opencti_token").await;
}

#[tokio::test]
async fn mistakes_about_splunk_and_soar_are_found() {
    let options = || SplunkOptions::new(Generation::Seven, "splunk-5ecret");
    for (options, token, back, name, setting) in [
        (options(), "wrong-5ecret", "", "splunk", "splunk_api_token"),
        (
            options().may_not_edit(),
            "splunk-5ecret",
            "",
            "splunk",
            "splunk_api_token",
        ),
        (
            options(),
            "splunk-5ecret",
            "done=9",
            "splunk_status_back",
            "splunk_status_back",
        ),
    ] {
        let splunk = SplunkStandIn::start(options).await.unwrap();
        let url = splunk.url();
        let settings = [
            ("splunk_api_url", url.as_str()),
            ("splunk_api_token", token),
            ("splunk_status_back", back),
        ];
        let (_jira, function) = with(&settings).await;
        finds(&function, "splunk", name, setting).await;
    }
    let soar = SoarStandIn::start(SoarOptions::new("soar-5ecret"))
        .await
        .unwrap();
    let url = soar.url();
    for (token, back, name, setting) in [
        ("wrong-5ecret", "", "soar", "soar_token"),
        (
            "soar-5ecret",
            "done=Gone",
            "soar_status_back",
            "soar_status_back",
        ),
    ] {
        let settings = [
            ("soar_url", url.as_str()),
            ("soar_token", token),
            ("soar_status_back", back),
        ];
        let (_jira, function) = with(&settings).await;
        finds(&function, "splunk", name, setting).await;
    }
}

#[tokio::test]
async fn mistakes_about_those_who_are_asked_are_found() {
    let virustotal = VirusTotalStandIn::start(VirusTotalOptions::new("vt-5ecret"));
    let virustotal = virustotal.await.unwrap();
    let model = LlmStandIn::start(LlmOptions::new("llama3.1").with_key("ai-5ecret"));
    let model = model.await.unwrap();
    let (vt_url, ai_url, ai_host) = (virustotal.url(), model.base_url(), model.url());
    for (vt_key, ai_model, ai_key, name, setting) in [
        (
            "wrong-5ecret",
            "llama3.1",
            "ai-5ecret",
            "virustotal",
            "virustotal_api_key",
        ),
        ("vt-5ecret", "llama9", "ai-5ecret", "model", "ai_model"),
        (
            "vt-5ecret",
            "llama3.1",
            "wrong-5ecret",
            "model",
            "ai_api_key",
        ),
    ] {
        let settings = [
            ("virustotal_url", vt_url.as_str()),
            ("virustotal_api_key", vt_key),
            ("ai_url", &ai_url),
            ("ai_host", &ai_host),
            ("ai_model", ai_model),
            ("ai_api_key", ai_key),
        ];
        let (_jira, function) = with(&settings).await;
        finds(&function, "enrichment", name, setting).await;
    }
}

#[tokio::test]
async fn webhooks_that_are_dead_are_found() {
    let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let (host, dead) = (slack.url(), format!("{}/services/5ecret", slack.url()));
    let settings = [("slack_host", host.as_str()), ("slack_webhook_url", &dead)];
    let (_jira, function) = with(&settings).await;
    let found = finds(&function, "chats", "slack", "slack_webhook_url").await;
    assert!(found["found"].as_str().unwrap().contains("no_service"));
    let teams = TeamsStandIn::start(TeamsOptions::default()).await.unwrap();
    let (host, dead) = (
        teams.url(),
        teams.webhook_url().replace("sig=", "sig=5ecret"),
    );
    let settings = [("teams_host", host.as_str()), ("teams_webhook_url", &dead)];
    let (_jira, function) = with(&settings).await;
    finds(&function, "chats", "teams", "teams_webhook_url").await;
    assert!(slack.messages().is_empty() && teams.messages().is_empty());
}

#[tokio::test]
async fn settings_that_are_wrong_are_found_and_the_rest_is_examined() {
    let settings = [
        ("routes", "[[route]]\nprojekt = 'X'"),
        ("max_keys", "many"),
        ("ai_url", "http://localhost:11434/v1"),
    ];
    let (_jira, function) = with(&settings).await;
    for setting in ["routes", "max_keys", "ai_model"] {
        finds(&function, "settings", setting, setting).await;
    }
    let (_, report) = super::doctor(&function).await;
    let well = super::checks(&report, "ok");
    let is_there = |name: &str| well.iter().any(|check| check["name"] == name);
    assert!(is_there("login") && is_there("increment"), "{report:#}");
}

#[tokio::test]
async fn a_store_that_cannot_be_written_is_found() {
    let jira = JiraStandIn::start(cloud()).await.unwrap();
    let url = jira.url();
    let launch = launch(&[&usual(&url)[..], &OPERATED].concat());
    if launch.redis.is_some() {
        return;
    }
    let file = launch.state.path().join("sqlite_key_value.db");
    let function = Function::launch(launch).await;
    assert_eq!(super::doctor(&function).await.0, 200);
    let store = rusqlite::Connection::open(file).unwrap();
    store
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON spin_key_value \
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;
             CREATE TRIGGER shut BEFORE UPDATE ON spin_key_value \
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END;",
        )
        .unwrap();
    finds(&function, "store", "writable", "").await;
}
