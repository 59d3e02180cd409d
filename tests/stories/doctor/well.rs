//! All is well, and nothing was changed by asking.

use jira_intake_standins::jira::{JiraOptions, JiraStandIn, Operation};
use jira_intake_standins::llm::{LlmOptions, LlmStandIn};
use jira_intake_standins::opencti::OpenCtiStandIn;
use jira_intake_standins::server::Request;
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
use jira_intake_standins::teams::{TeamsOptions, TeamsStandIn};
use jira_intake_standins::virustotal::{VirusTotalOptions, VirusTotalStandIn};
use serde_json::Value;

use super::{checks, doctor, no_secret};
use crate::harness::operator::OPERATED;
use crate::harness::streamed::{OPENCTI_TOKEN, STREAM, platform};
use crate::harness::{DATA_CENTER, Function, cloud, data_center, samples, with_settings};

/// What may be asked of Jira: nothing of it changes anything.
const HARMLESS: [Operation; 12] = [
    Operation::ServerInfo,
    Operation::Myself,
    Operation::Fields,
    Operation::Project,
    Operation::Permissions,
    Operation::CreateTypes,
    Operation::CreateFields,
    Operation::Search,
    Operation::EditFields,
    Operation::ProjectStatuses,
    Operation::ReadTransitions,
    Operation::ApplicationProperties,
];

/// Everything that a function can be connected to.
struct World {
    jira: JiraStandIn,
    opencti: OpenCtiStandIn,
    splunk: SplunkStandIn,
    soar: SoarStandIn,
    virustotal: VirusTotalStandIn,
    model: LlmStandIn,
    slack: SlackStandIn,
    teams: TeamsStandIn,
}

/// The settings that name no address.
const FIXED: [(&str, &str); 15] = [
    ("opencti_token", OPENCTI_TOKEN),
    ("opencti_stream_id", STREAM),
    ("splunk_api_token", "splunk-5ecret"),
    ("splunk_status_back", "done=5"),
    ("soar_token", "soar-5ecret"),
    ("soar_status_back", "done=Closed"),
    ("virustotal_api_key", "vt-5ecret"),
    ("ai_model", "llama3.1"),
    ("ai_api_key", "ai-5ecret"),
    ("sync_back", "status,comments"),
    ("jira_webhook_secret", "hook-5ecret"),
    ("on_delete", "transition"),
    ("status_transitions", "closed=Close"),
    (
        "jira_custom_fields",
        r#"{"Team": "SOC", "Impact": "{{ entity.name }}"}"#,
    ),
    ("enrichment_deadline", "1"),
];

impl World {
    async fn start(options: JiraOptions) -> Self {
        let opencti = OpenCtiStandIn::start(platform()).await.unwrap();
        opencti.open_stream(STREAM);
        let splunk = SplunkOptions::new(Generation::Eight, "splunk-5ecret");
        let soar = SoarOptions::new("soar-5ecret");
        let virustotal = VirusTotalOptions::new("vt-5ecret");
        let model = LlmOptions::new("llama3.1").with_key("ai-5ecret");
        let (slack, teams) = (SlackOptions::default(), TeamsOptions::default());
        Self {
            jira: JiraStandIn::start(options).await.unwrap(),
            opencti,
            splunk: SplunkStandIn::start(splunk).await.unwrap(),
            soar: SoarStandIn::start(soar).await.unwrap(),
            virustotal: VirusTotalStandIn::start(virustotal).await.unwrap(),
            model: LlmStandIn::start(model).await.unwrap(),
            slack: SlackStandIn::start(slack).await.unwrap(),
            teams: TeamsStandIn::start(teams).await.unwrap(),
        }
    }

    fn addresses(&self) -> [(&'static str, String); 10] {
        [
            ("opencti_url", self.opencti.url()),
            ("splunk_api_url", self.splunk.url()),
            ("soar_url", self.soar.url()),
            ("virustotal_url", self.virustotal.url()),
            ("ai_url", self.model.base_url()),
            ("ai_host", self.model.url()),
            ("slack_host", self.slack.url()),
            ("slack_webhook_url", self.slack.webhook_url()),
            ("teams_host", self.teams.url()),
            ("teams_webhook_url", self.teams.webhook_url()),
        ]
    }

    /// How often anything was changed, told, or asked that costs something.
    fn deeds(&self) -> [usize; 6] {
        let opencti = self.opencti.requests();
        let writes = opencti.iter().filter(|it| it.text().contains("mutation"));
        let virustotal = self.virustotal.requests();
        let is_lookup = |path: &str| !path.ends_with("/overall_quotas");
        let posts = |all: Vec<Request>| all.iter().filter(|it| it.method != "GET").count();
        [
            writes.count(),
            virustotal.iter().filter(|it| is_lookup(&it.path)).count(),
            self.slack.messages().len(),
            self.teams.messages().len(),
            posts(self.splunk.requests()) + posts(self.soar.requests()),
            posts(self.model.requests()),
        ]
    }
}

async fn all_well(options: JiraOptions, login: &[(&str, &str)]) {
    let world = World::start(options).await;
    let own = world.addresses();
    let own: Vec<(&str, &str)> = own.iter().map(|(name, it)| (*name, it.as_str())).collect();
    let settings = [&OPERATED[..], login, &own, &FIXED].concat();
    let function = Function::start(&world.jira, &settings).await;
    let event = samples::incident("id-doctor", "An incident").to_string();
    let filed = function.opencti(event).await;
    assert_eq!(filed.status, 201, "{}", filed.text());
    let (before, deeds) = (world.jira.operations().len(), world.deeds());

    let (status, report) = doctor(&function).await;
    assert_eq!(checks(&report, "wrong"), Vec::<&Value>::new());
    assert_eq!(status, 200, "{report:#}");
    assert!(checks(&report, "ok").len() > 25, "{report:#}");
    no_secret(&report);

    for operation in &world.jira.operations()[before..] {
        assert!(HARMLESS.contains(operation), "{operation:?}");
    }
    assert_eq!(world.deeds(), deeds);
}

#[tokio::test]
async fn all_is_well_on_cloud() {
    all_well(cloud(), &[]).await;
}

#[tokio::test]
async fn all_is_well_on_data_center() {
    all_well(data_center(), &DATA_CENTER).await;
}

/// Before, the address alone says what a Jira may be, and this one says nothing.
#[tokio::test]
async fn a_dry_run_knows_what_the_doctor_found_out() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    let event = samples::incident("id-dry", "An incident").to_string();
    let shown = async || {
        let answer = function.opencti_with("?dry_run=true", event.clone()).await;
        let url = answer.result()["dry_run"]["requests"][0]["url"].clone();
        url.as_str().expect("an address").to_owned()
    };
    assert!(shown().await.ends_with("/rest/api/2/issue"));
    assert_eq!(doctor(&function).await.0, 200);
    assert!(shown().await.ends_with("/rest/api/3/issue"));
}

#[tokio::test]
async fn who_may_ask_and_in_which_form() {
    let (_jira, function) = with_settings(cloud(), &OPERATED).await;
    assert_eq!(function.send("GET", "/doctor", &[]).await.status, 401);
    let headers = [("x-api-key", "admin-5ecret"), ("accept", "text/plain")];
    let answer = function.send("GET", "/doctor", &headers).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let text = answer.text();
    assert!(text.contains("JIRA\n  ok       reachable"), "{text}");
    let (_jira, function) = with_settings(cloud(), &[]).await;
    assert_eq!(function.send("GET", "/doctor", &headers).await.status, 404);
}
