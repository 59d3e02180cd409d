//! The stage: the component, a Jira stand-in, and a sender.

use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use jira_intake_host::{Host, Manifest, Options, RunningHost, Show, build_component, own_manifest};
use jira_intake_standins::client::{Answer, Client};
use jira_intake_standins::jira::{JiraOptions, JiraStandIn};

/// The token that the demo's sender shows.
pub(crate) const WEBHOOK_TOKEN: &str = "demo-webhook-token";
/// The token that the demo's operator shows.
const ADMIN_TOKEN: &str = "demo-admin-token";
const EMAIL: &str = "intake@example.com";
const API_TOKEN: &str = "demo-api-token";
const OPENCTI_URL: &str = "https://opencti.example.com";

/// Everything that runs during the demo; it ends when this is dropped.
pub(crate) struct Stage {
    pub(crate) jira: JiraStandIn,
    function: RunningHost,
    client: Client,
    _state: TempDir,
}

impl Stage {
    /// Builds the component and starts everything on free ports.
    pub(crate) async fn set() -> Result<Self> {
        let manifest = Manifest::read(&own_manifest())?;
        tokio::task::spawn_blocking(move || build_component(&manifest, Show::Progress)).await??;
        let state = tempfile::tempdir().context("a folder for the state")?;
        let jira = JiraStandIn::start(JiraOptions::cloud().basic(EMAIL, API_TOKEN)).await?;
        let settings = [
            ("jira_url", jira.url()),
            ("jira_login_email", EMAIL.to_owned()),
            ("jira_api_token", API_TOKEN.to_owned()),
            ("jira_project_key", "SOC".to_owned()),
            ("opencti_url", OPENCTI_URL.to_owned()),
        ];
        let function = Host::start(options(&settings, &state)).await?;
        println!("Jira stand-in (Cloud)  {}", jira.url());
        println!("jira-intake            {}\n", function.url());
        Ok(Self {
            jira,
            function,
            client: Client::default(),
            _state: state,
        })
    }

    /// Posts a stream event as OpenCTI's connector does.
    pub(crate) async fn post(&self, body: &str) -> Result<Answer> {
        let url = format!("{}/webhooks/opencti", self.function.url());
        let bearer = format!("Bearer {WEBHOOK_TOKEN}");
        self.client
            .post(&url, &[("authorization", &bearer)], body.as_bytes())
            .await
    }

    /// Asks the function to work off what was put off.
    pub(crate) async fn retry(&self) -> Result<Answer> {
        let url = format!("{}/tasks/retry", self.function.url());
        let headers = [("x-api-key", ADMIN_TOKEN)];
        self.client.post(&url, &headers, b"").await
    }

    /// Stays up until Ctrl-C, with lines to try.
    pub(crate) async fn serve(&self, more: &str) {
        let url = self.function.url();
        println!(
            "\nStill serving; stop with Ctrl-C. Try:\n
  curl -i {url}/webhooks/opencti -H 'Authorization: Bearer {WEBHOOK_TOKEN}' \\
       -H 'Content-Type: application/json' \\
       --data @tests/samples/opencti-stream-data.incident-create-minimal.json

  curl -i {url}/webhooks/opencti?token={WEBHOOK_TOKEN} --json '{{\"version\": \"4\"}}'

  curl -i {url}/webhooks/opencti --json '{{}}'

What any other tool can post:

  curl -i {url}/webhooks/generic -H 'X-API-Key: {WEBHOOK_TOKEN}' \\
       --json @tests/samples/generic.alert.json

An alert, to the function with the Data Center Jira:

{more}
What was put off, what only a person can help, and what went wrong lately:

  curl -s {url}/tasks/retry -H 'X-API-Key: {ADMIN_TOKEN}'
  curl -s {url}/dead-letters -H 'X-API-Key: {ADMIN_TOKEN}'
  curl -s {url}/troubles -H 'X-API-Key: {ADMIN_TOKEN}'

The issues, as Jira has them:

  curl -s -u {EMAIL}:{API_TOKEN} '{}/rest/api/3/issue/SOC-101'\n",
            self.jira.url()
        );
        // Without a signal handler there is nothing to wait for but the end.
        if tokio::signal::ctrl_c().await.is_err() {
            tokio::time::sleep(Duration::from_secs(3600)).await;
        }
    }
}

/// How the function is hosted: with these settings, on a free port.
pub(crate) fn options(settings: &[(&str, String)], state: &TempDir) -> Options {
    let mut options = Options::new(own_manifest())
        .variable("webhook_token", WEBHOOK_TOKEN)
        .variable("admin_token", ADMIN_TOKEN);
    for (name, value) in settings {
        options = options.variable(name, value);
    }
    options.listen.set_port(0);
    options.environment = false;
    options.state_dir = Some(state.path().to_owned());
    options.quiet = true;
    options
}
