//! The stage: the component, stand-ins of Jira and of the platforms, and a sender.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::samples;

use jira_intake_host::{Host, Manifest, Options, RunningHost, Show, build_component, own_manifest};
use jira_intake_standins::client::{Answer, Client};
use jira_intake_standins::jira::{JiraOptions, JiraStandIn};
use jira_intake_standins::opencti::{Entity, OpenCtiOptions, OpenCtiStandIn, StreamEvent};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};

/// The token that the demo's sender shows.
pub(crate) const WEBHOOK_TOKEN: &str = "demo-webhook-token";
/// The token that the demo's operator shows.
const ADMIN_TOKEN: &str = "demo-admin-token";
const EMAIL: &str = "intake@example.com";
const API_TOKEN: &str = "demo-api-token";
const OPENCTI_TOKEN: &str = "demo-opencti-token";
const SPLUNK_TOKEN: &str = "demo-splunk-token";
const SOAR_TOKEN: &str = "demo-soar-token";
/// What Jira's webhooks are signed with.
pub(crate) const JIRA_SECRET: &str = "demo-jira-webhook-secret";
/// What goes back from Jira, and what OpenCTI's statuses do to an issue.
const BOTH_WAYS: [(&str, &str); 5] = [
    ("jira_webhook_secret", JIRA_SECRET),
    ("sync_back", "status,comments,assignee"),
    ("status_back", "done=Closed,indeterminate=In progress"),
    ("assignee_back", "Ada Analyst=ada@example.com"),
    ("status_transitions", "In progress=In Progress,Closed=Done"),
];
/// The id of the live stream.
const STREAM: &str = "5f0d5a3a-0a0f-4d0e-9d1a-2f4f0f6a7c11";
/// Where OpenCTI's extension stands in an object.
const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
/// A platform's stream is older than what is read of it: 2025-01-01, in milliseconds
/// since 1970.
const OLDEST: u64 = 1_735_689_600_000;
/// The date from which on the stream is read.
const READ_FROM: &str = "2025-06-01";
/// OpenCTI's 5 s would make the demo slow.
const HEARTBEAT: Duration = Duration::from_millis(200);

/// Everything that runs during the demo; it ends when this is dropped.
pub(crate) struct Stage {
    pub(crate) jira: JiraStandIn,
    pub(crate) opencti: OpenCtiStandIn,
    pub(crate) splunk: SplunkStandIn,
    pub(crate) soar: SoarStandIn,
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
        let opencti = opencti().await?;
        let splunk = SplunkOptions::new(Generation::Seven, SPLUNK_TOKEN);
        let splunk = SplunkStandIn::start(splunk).await?;
        let soar = SoarStandIn::start(SoarOptions::new(SOAR_TOKEN)).await?;
        let own = [
            ("jira_url", jira.url()),
            ("jira_login_email", EMAIL.to_owned()),
            ("jira_api_token", API_TOKEN.to_owned()),
            ("jira_project_key", "SOC".to_owned()),
            ("opencti_url", opencti.url()),
            ("opencti_token", OPENCTI_TOKEN.to_owned()),
            ("opencti_stream_id", STREAM.to_owned()),
            ("opencti_stream_from", READ_FROM.to_owned()),
            ("file_recovered", "true".to_owned()),
            ("splunk_api_url", splunk.url()),
            ("splunk_api_token", SPLUNK_TOKEN.to_owned()),
            ("soar_url", soar.url()),
            ("soar_token", SOAR_TOKEN.to_owned()),
        ];
        let both_ways = BOTH_WAYS.map(|(name, value)| (name, value.to_owned()));
        let settings = [&own[..], &both_ways].concat();
        let function = Host::start(options(&settings, &state)).await?;
        println!("Jira stand-in (Cloud)  {}", jira.url());
        println!("OpenCTI stand-in       {}", opencti.url());
        println!("Splunk stand-in        {}", splunk.url());
        println!("SOAR stand-in          {}", soar.url());
        println!("jira-intake            {}\n", function.url());
        Ok(Self {
            jira,
            opencti,
            splunk,
            soar,
            function,
            client: Client::default(),
            _state: state,
        })
    }

    /// Something happens in OpenCTI: its stream tells of it, its database has it.
    pub(crate) fn happens(&self, event: &str) {
        self.know(event);
        let event = serde_json::from_str(event).unwrap_or_default();
        self.opencti.push(StreamEvent::new(event));
    }

    /// OpenCTI has the entity of an event, so that a link can be added to it.
    pub(crate) fn know(&self, event: &str) {
        let event: Value = serde_json::from_str(event).unwrap_or_default();
        let data = &event["data"];
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let kind = text(&data["extensions"][EXTENSION]["type"]);
        let entity = Entity::new(&entity_id(data), &text(&data["id"]), &kind);
        self.opencti.add_entity(entity.named(&text(&data["name"])));
    }

    /// Lets the function read the stream for a while; what it answers.
    pub(crate) async fn read(&self, seconds: u64) -> Result<Value> {
        let url = format!("{}/tasks/stream?seconds={seconds}", self.function.url());
        let headers = [("x-api-key", ADMIN_TOKEN)];
        let answer = self.client.post(&url, &headers, b"").await?;
        ensure!(answer.status == 200, "/tasks/stream: {}", answer.text());
        Ok(answer.json())
    }

    /// Posts a stream event as OpenCTI's connector does.
    pub(crate) async fn post(&self, body: &str) -> Result<Answer> {
        let url = format!("{}/webhooks/opencti", self.function.url());
        let bearer = format!("Bearer {WEBHOOK_TOKEN}");
        self.client
            .post(&url, &[("authorization", &bearer)], body.as_bytes())
            .await
    }

    /// Posts what Splunk or SOAR has, with the token in the address.
    pub(crate) async fn post_alert(&self, body: &Value) -> Result<Answer> {
        let url = format!(
            "{}/webhooks/splunk?token={WEBHOOK_TOKEN}",
            self.function.url()
        );
        let body = body.to_string();
        self.client.post(&url, &[], body.as_bytes()).await
    }

    /// Where Jira's webhooks post.
    pub(crate) fn jira_address(&self) -> String {
        format!("{}/webhooks/jira", self.function.url())
    }

    /// Posts a message of Jira's with this signature.
    pub(crate) async fn post_signed(&self, body: &str, signature: &str) -> Result<Answer> {
        let headers = [("x-hub-signature", signature)];
        self.client
            .post(&self.jira_address(), &headers, body.as_bytes())
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
        self.know(samples::TO_TRY);
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
What has happened in OpenCTI since, read from its live stream for 2 s, and what it holds
counted (nothing is filed):

  curl -s -X POST '{url}/tasks/stream?seconds=2' -H 'X-API-Key: {ADMIN_TOKEN}'
  JIRA_INTAKE_ADMIN_TOKEN={ADMIN_TOKEN} \\
       cargo backfill --from {READ_FROM} --seconds 5 --dry-run --url {url}

Whether it works, what it did with each event, and which setting to change: open {url}/
in a browser and sign in with {ADMIN_TOKEN}; or

  curl -s '{url}/doctor?format=text' -H 'X-API-Key: {ADMIN_TOKEN}'
  curl -s {url}/entities/SOC-101 -H 'X-API-Key: {ADMIN_TOKEN}'
  curl -s {url}/metrics -H 'X-API-Key: {ADMIN_TOKEN}'

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

/// An OpenCTI with a live stream that is older than what is read of it.
async fn opencti() -> Result<OpenCtiStandIn> {
    let options = OpenCtiOptions::new(OPENCTI_TOKEN)
        .heartbeat(HEARTBEAT)
        .idle_read(HEARTBEAT);
    let opencti = OpenCtiStandIn::start(options).await?;
    opencti.open_stream(STREAM);
    let first = json!({ "version": "4", "type": "create", "data": {
        "id": "malware--3b1b5f0e-7f0a-5d2c-9a55-6f1f5b8e0c11",
        "type": "malware",
        "name": "Cobalt Strike",
    }});
    opencti.push(StreamEvent::new(first).at(OLDEST));
    Ok(opencti)
}

/// The id of an object that never changes.
pub(crate) fn entity_id(data: &Value) -> String {
    let id = data["extensions"][EXTENSION]["id"].as_str();
    id.unwrap_or_default().to_owned()
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
