//! All is well, and nothing was changed by asking.

use jira_intake_standins::jira::{JiraOptions, JiraStandIn, Operation};
use jira_intake_standins::llm::{LlmOptions, LlmStandIn};
use jira_intake_standins::opencti::OpenCtiStandIn;
use jira_intake_standins::slack::{SlackOptions, SlackStandIn};
use jira_intake_standins::soar::{SoarOptions, SoarStandIn};
use jira_intake_standins::splunk::{Generation, SplunkOptions, SplunkStandIn};
use jira_intake_standins::teams::{TeamsOptions, TeamsStandIn};
use jira_intake_standins::virustotal::{VirusTotalOptions, VirusTotalStandIn};

use crate::harness::operator::OPERATED;
use crate::harness::streamed::{OPENCTI_TOKEN, STREAM, platform};
use crate::harness::{DATA_CENTER, Function, cloud, data_center, samples, with_settings};
use crate::{checks, doctor, no_secret};

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

async fn all_well(options: JiraOptions, login: &[(&str, &str)]) {
    let jira = JiraStandIn::start(options).await.unwrap();
    let opencti = OpenCtiStandIn::start(platform()).await.unwrap();
    opencti.open_stream(STREAM);
    let splunk = SplunkOptions::new(Generation::Eight, "splunk-5ecret");
    let splunk = SplunkStandIn::start(splunk).await.unwrap();
    let soar = SoarStandIn::start(SoarOptions::new("soar-5ecret"))
        .await
        .unwrap();
    let virustotal = VirusTotalOptions::new("vt-5ecret");
    let virustotal = VirusTotalStandIn::start(virustotal).await.unwrap();
    let model = LlmOptions::new("llama3.1").with_key("ai-5ecret");
    let model = LlmStandIn::start(model).await.unwrap();
    let slack = SlackStandIn::start(SlackOptions::default()).await.unwrap();
    let teams = TeamsStandIn::start(TeamsOptions::default()).await.unwrap();
    let own = [
        ("opencti_url", opencti.url()),
        ("splunk_api_url", splunk.url()),
        ("soar_url", soar.url()),
        ("virustotal_url", virustotal.url()),
        ("ai_url", model.base_url()),
        ("ai_host", model.url()),
        ("slack_host", slack.url()),
        ("slack_webhook_url", slack.webhook_url()),
        ("teams_host", teams.url()),
        ("teams_webhook_url", teams.webhook_url()),
    ];
    let own: Vec<(&str, &str)> = own.iter().map(|(name, it)| (*name, it.as_str())).collect();
    let fixed = [
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
    let settings = [&OPERATED[..], login, &own, &fixed].concat();
    let function = Function::start(&jira, &settings).await;
    let event = samples::incident("id-doctor", "An incident").to_string();
    let filed = function.opencti(event).await;
    assert_eq!(filed.status, 201, "{}", filed.text());
    let (before, told) = (jira.operations().len(), slack.messages().len());
    let cards = teams.messages().len();
    let (asked, writes) = (virustotal.requests().len(), mutations(&opencti));

    let (status, report) = doctor(&function).await;
    assert_eq!(checks(&report, "wrong"), Vec::<&serde_json::Value>::new());
    assert_eq!(status, 200, "{report:#}");
    assert!(checks(&report, "ok").len() > 25, "{report:#}");
    no_secret(&report);

    for operation in &jira.operations()[before..] {
        assert!(HARMLESS.contains(operation), "{operation:?}");
    }
    assert_eq!(
        (slack.messages().len(), teams.messages().len()),
        (told, cards)
    );
    assert!(splunk.unknown_ids().is_empty());
    let asked = virustotal.requests().split_off(asked);
    let is_quota = |path: &str| path.ends_with("/overall_quotas");
    assert!(asked.iter().all(|it| is_quota(&it.path)), "{asked:?}");
    let (before, after) = (writes, mutations(&opencti));
    assert_eq!(before, after);
}

/// How often OpenCTI was told to change something.
fn mutations(opencti: &OpenCtiStandIn) -> usize {
    let all = opencti.requests();
    all.iter()
        .filter(|it| it.text().contains("mutation"))
        .count()
}

#[tokio::test]
async fn all_is_well_on_cloud() {
    all_well(cloud(), &[]).await;
}

#[tokio::test]
async fn all_is_well_on_data_center() {
    all_well(data_center(), &DATA_CENTER).await;
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
