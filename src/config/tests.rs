//! What users get wrong, and what they read then.

use serde_json::Value;

use super::*;
use crate::event::Tlp;
use crate::platform::fake::Fake;

/// Every variable that the manifest passes on, with its default.
pub(crate) fn defaults() -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spin.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let passed_on = manifest["component"]["jira-intake"]["variables"]
        .as_table()
        .unwrap();
    let default = |name: &String| {
        let variable = manifest["variables"].get(name.as_str()).unwrap();
        (
            name.clone(),
            variable["default"].as_str().unwrap().to_owned(),
        )
    };
    passed_on.keys().map(default).collect()
}

/// A good configuration with settings of the test's own.
pub(crate) fn load(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let fake = Fake::default();
    fake.settings.borrow_mut().extend(defaults());
    let smallest = [
        ("jira_url", "https://jira.example.com"),
        ("jira_api_token", "s3cret"),
        ("jira_project_key", "SOC"),
        ("webhook_token", "t0ken"),
    ];
    for (name, value) in smallest.iter().chain(settings) {
        fake.settings
            .borrow_mut()
            .insert((*name).to_owned(), (*value).to_owned());
    }
    Config::load(&fake)
}

fn mistakes(settings: &[(&str, &str)]) -> Vec<String> {
    load(settings).unwrap_err().mistakes
}

#[test]
fn the_smallest_configuration_is_an_address_a_token_a_project_and_a_webhook_token() {
    let config = load(&[]).unwrap();
    assert_eq!(config.jira.base_url, "https://jira.example.com");
    assert_eq!(config.mapping.issue_type, "Task");
    assert!(matches!(config.jira.login, Login::Bearer(_)));
    assert_eq!(config.max_body_bytes, 1_048_576);
}

#[test]
fn an_email_makes_the_login_basic() {
    let config = load(&[("jira_login_email", "bot@example.com")]).unwrap();
    assert!(matches!(config.jira.login, Login::Basic { email, .. } if email == "bot@example.com"));
}

#[test]
fn a_path_in_jira_url_names_the_setting_where_it_belongs() {
    let found = mistakes(&[("jira_url", "https://example.com/jira")]);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains("jira_context_path"), "{found:?}");
}

#[test]
fn a_context_path_goes_between_the_origin_and_the_api() {
    for path in ["jira", "/jira", "/jira/"] {
        let config = load(&[
            ("jira_url", "https://example.com/"),
            ("jira_context_path", path),
        ]);
        assert_eq!(config.unwrap().jira.base_url, "https://example.com/jira");
    }
}

#[test]
fn an_address_that_spin_would_refuse_is_a_mistake_here() {
    for url in [
        "jira.example.com",
        "ftp://jira.example.com",
        "https://",
        "https://Jira.Example.com",
        "https://jira.example.com?x=1",
        "not an address",
    ] {
        assert_eq!(mistakes(&[("jira_url", url)]).len(), 1, "{url}");
    }
}

/// The variables that stand in `allowed_outbound_hosts`.
fn host_variables() -> Vec<(String, String)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spin.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let hosts = manifest["component"]["jira-intake"]["allowed_outbound_hosts"]
        .as_array()
        .unwrap();
    let name = |host: &toml::Value| {
        let text = host.as_str().unwrap();
        let name = text.strip_prefix("{{ ").unwrap().strip_suffix(" }}");
        let name = name.unwrap().to_owned();
        let default = manifest["variables"][name.as_str()]["default"].as_str();
        (name, default.unwrap().to_owned())
    };
    hosts.iter().map(name).collect()
}

#[test]
fn every_host_in_the_manifest_is_not_set_or_a_host_by_default() {
    let hosts = host_variables();
    assert_eq!(hosts.len(), 6);
    for (name, default) in hosts {
        let read = Host::parse(&default);
        let expected = match name.as_str() {
            "virustotal_url" | "slack_host" => Ok(Host::Origin(default.clone())),
            _ => Ok(Host::Unset),
        };
        assert_eq!(read, expected, "{name}");
    }
}

#[test]
fn a_host_that_makes_spin_deny_everything_is_a_mistake_also_where_nothing_needs_it() {
    for (name, _) in host_variables() {
        for value in ["", " ", "example.com", "https://example.com/x", "https://*"] {
            let found = mistakes(&[(name.as_str(), value)]);
            assert_eq!(found.len(), 1, "{name} = {value:?}: {found:?}");
            assert!(found[0].starts_with(&name), "{found:?}");
        }
        let found = mistakes(&[(name.as_str(), "")]);
        assert!(found[0].contains("denies every outbound call"), "{found:?}");
    }
}

#[test]
fn a_jira_that_is_not_set_is_a_mistake_that_says_so() {
    let found = mistakes(&[("jira_url", super::host::UNSET)]);
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("jira_url: is not set"), "{found:?}");
}

#[test]
fn a_password_in_an_address_is_refused_and_not_repeated() {
    let found = mistakes(&[("jira_url", "https://bot:hunter2@jira.example.com")]);
    assert!(!found[0].contains("hunter2"), "{found:?}");
}

#[test]
fn custom_fields_of_different_lengths_name_both_lengths() {
    let found = mistakes(&[
        (
            "jira_custom_fields_keys",
            "customfield_1,customfield_2,customfield_3",
        ),
        ("jira_custom_fields_values", "a,b"),
    ]);
    assert!(
        found[0].contains('3') && found[0].contains('2'),
        "{found:?}"
    );
}

#[test]
fn custom_fields_are_paired_in_order() {
    let config = load(&[
        ("jira_custom_fields_keys", "customfield_1, customfield_2"),
        ("jira_custom_fields_values", "a b , c"),
    ]);
    let fields = config.unwrap().mapping.custom_fields;
    assert_eq!(
        Value::Object(fields).to_string(),
        r#"{"customfield_1":"a b","customfield_2":"c"}"#
    );
}

#[test]
fn every_mistake_is_reported_at_once() {
    let found = mistakes(&[
        ("jira_url", ""),
        ("jira_api_token", ""),
        ("jira_project_key", ""),
        ("webhook_token", ""),
        ("log_level", "loud"),
        ("max_body_bytes", "many"),
        ("opencti_url", "opencti"),
    ]);
    assert_eq!(found.len(), 7, "{found:#?}");
}

#[test]
fn running_without_a_token_must_be_said() {
    assert!(mistakes(&[("webhook_token", "")])[0].contains("webhook_auth"));
    let open = load(&[("webhook_token", ""), ("webhook_auth", "none")]).unwrap();
    assert!(matches!(open.webhook, WebhookAuth::None));
}

#[test]
fn a_variable_that_the_manifest_does_not_pass_on_is_named() {
    let error = Config::load(&Fake::default()).unwrap_err();
    assert!(error.mistakes[0].contains("spin.toml"), "{error:?}");
}

#[test]
fn a_printed_configuration_holds_no_secret() {
    let printed = format!(
        "{:?}",
        load(&[("jira_login_email", "bot@example.com")]).unwrap()
    );
    assert!(
        !printed.contains("s3cret") && !printed.contains("t0ken"),
        "{printed}"
    );
}

#[test]
fn the_manifest_passes_every_variable_on_and_declares_no_other() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spin.toml");
    let manifest: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let declared: Vec<&String> = manifest["variables"].as_table().unwrap().keys().collect();
    let passed_on = manifest["component"]["jira-intake"]["variables"]
        .as_table()
        .unwrap();
    assert_eq!(declared, passed_on.keys().collect::<Vec<_>>());
    for (name, template) in passed_on {
        assert_eq!(template.as_str().unwrap(), format!("{{{{ {name} }}}}"));
    }
}

#[test]
fn six_types_file_an_issue_unless_others_are_named() {
    assert_eq!(load(&[]).unwrap().mapping.file_types.len(), 6);
    let config = load(&[("file_types", "incident, x-opencti-task")]).unwrap();
    let names: Vec<&str> = config
        .mapping
        .file_types
        .iter()
        .map(|kind| kind.as_str())
        .collect();
    assert_eq!(names, ["incident", "task"]);
    assert!(mistakes(&[("file_types", "incidents")])[0].contains("incidents"));
}

#[test]
fn priorities_are_found_in_any_case_with_a_fallback() {
    let mapping = load(&[]).unwrap().mapping;
    assert_eq!(mapping.priority_for(["p1", "low"]), Some("Highest"));
    assert_eq!(mapping.priority_for(["unheard of", "LOW"]), Some("Low"));
    assert_eq!(mapping.priority_for(["unheard of"]), None);
    let mapping = load(&[("priority_map", "high=A,*=B")]).unwrap().mapping;
    assert_eq!(mapping.priority_for(["x"]), Some("B"));
    let mapping = load(&[("priority_map", "none")]).unwrap().mapping;
    assert_eq!(mapping.priority_for(["high"]), None);
}

#[test]
fn what_is_wrong_in_a_template_a_route_or_a_field_is_found_when_it_is_read() {
    for (name, value) in [
        ("summary_template", "{{ entity.name"),
        ("routes", "[[route]]\nproject = 7"),
        ("jira_custom_fields", "[1]"),
        ("jira_custom_fields", "{"),
        ("jira_custom_fields", r#"{"x": "{{ nope("}"#),
        ("max_tlp", "PURPLE"),
        ("status_transitions", "done"),
        ("opencti_token", "t"),
        ("opencti_url", "https://example.com/opencti"),
    ] {
        let found = mistakes(&[(name, value)]);
        assert!(
            found.len() == 1 && found[0].contains(name),
            "{name}: {found:?}"
        );
    }
}

/// Everything that asks or tells others.
const OTHERS: [(&str, &str); 10] = [
    ("virustotal_api_key", "vt-5ecret"),
    ("ai_url", "http://localhost:11434/v1/"),
    ("ai_host", "http://localhost:11434"),
    ("ai_model", "llama3.1"),
    (
        "slack_webhook_url",
        "https://hooks.slack.com/services/T0/B0/5ecret",
    ),
    (
        "teams_webhook_url",
        "https://prod-1.example.com:443/workflows/5ecret?sig=5ecret",
    ),
    ("teams_host", "https://prod-1.example.com"),
    ("splunk_dedup_fields", "src, user"),
    ("splunk_dedup_window", "2"),
    ("on_repeat_after_done", "new"),
];

#[test]
fn others_are_asked_and_told_only_if_they_are_configured() {
    let config = load(&[]).unwrap();
    assert!(config.enrichment.virustotal.is_none() && config.enrichment.ai.is_none());
    assert!(config.feedback.slack.is_none() && config.feedback.teams.is_none());
    assert_eq!(config.enrichment.max_tlp, Tlp::Green);
    assert_eq!(config.enrichment.deadline, Duration::from_secs(8));
    let config = load(&OTHERS).unwrap();
    let virustotal = config.enrichment.virustotal.unwrap();
    assert_eq!(virustotal.url, "https://www.virustotal.com");
    assert_eq!(virustotal.max_lookups, 4);
    assert_eq!(
        config.enrichment.ai.unwrap().url,
        "http://localhost:11434/v1"
    );
    assert!(config.feedback.slack.is_some() && config.feedback.teams.is_some());
    assert!(config.feedback.created && config.feedback.dead_letter);
    assert_eq!(config.splunk.dedup_fields, ["src", "user"]);
    assert_eq!(config.splunk.dedup_window, Duration::from_secs(7200));
    assert_eq!(config.splunk.after_done, AfterDone::New);
}

#[test]
fn an_address_is_compared_with_the_origin_that_spin_is_told() {
    for (name, value, named) in [
        ("slack_host", "", "slack_host"),
        (
            "slack_host",
            "https://hooks.slack-gov.com",
            "slack_webhook_url",
        ),
        (
            "slack_host",
            "https://hooks.slack.com/services",
            "slack_host",
        ),
        (
            "slack_webhook_url",
            "hooks.slack.com/5ecret",
            "slack_webhook_url",
        ),
        (
            "slack_webhook_url",
            "https://me:5ecret@hooks.slack.com/x",
            "slack_webhook_url",
        ),
        ("slack_host", super::host::UNSET, "slack_host"),
        ("teams_host", "", "teams_host"),
        ("teams_host", super::host::UNSET, "teams_host"),
        (
            "teams_host",
            "https://prod-1.example.com:444",
            "teams_webhook_url",
        ),
        ("ai_host", "", "ai_host"),
        ("ai_host", "http://localhost", "ai_url"),
        ("ai_url", "", "ai_url"),
        ("ai_url", "localhost:11434", "ai_url"),
        ("ai_model", "", "ai_model"),
        ("virustotal_url", "", "virustotal_url"),
        ("virustotal_url", super::host::UNSET, "virustotal_url"),
        (
            "virustotal_url",
            "https://www.virustotal.com/api/v3",
            "virustotal_url",
        ),
        ("ai_url", "http://localhost:11434/v1?x=1", "ai_url"),
        ("splunk_dedup_fields", "src,", "splunk_dedup_fields"),
        ("virustotal_max_lookups", "many", "virustotal_max_lookups"),
        ("enrich_max_tlp", "PURPLE", "enrich_max_tlp"),
        ("enrichment_deadline", "0", "enrichment_deadline"),
        ("notify_on", "always", "notify_on"),
        ("on_repeat_after_done", "close", "on_repeat_after_done"),
        ("splunk_dedup_window", "-1", "splunk_dedup_window"),
    ] {
        let settings = [&OTHERS[..], &[(name, value)]].concat();
        let found = mistakes(&settings);
        assert_eq!(found.len(), 1, "{name} = {value}: {found:?}");
        assert!(found[0].starts_with(named), "{name} = {value}: {found:?}");
        assert!(!found[0].contains("5ecret"), "{found:?}");
    }
}

#[test]
fn a_key_for_no_model_is_a_mistake() {
    let found = mistakes(&[("ai_api_key", "k-5ecret")]);
    assert!(
        found.len() == 1 && found[0].starts_with("ai_api_key"),
        "{found:?}"
    );
    assert!(!found[0].contains("5ecret"));
}
