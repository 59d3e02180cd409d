//! What users get wrong, and what they read then.

use std::sync::LazyLock;
use std::time::Duration;

use serde_json::Value;

use super::host::Host;
use super::*;
use crate::model::Tlp;
use crate::platform::Variables;
use crate::platform::bundles::BUNDLES;
use crate::platform::fake::Fake;

mod access;
mod defaults;
mod others;
mod reading;

/// The chats of which webhooks are checked.
static CHATS: LazyLock<Vec<&str>> = LazyLock::new(crate::notify::keys);

/// The manifest.
static MANIFEST: LazyLock<toml::Table> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/spin.toml");
    std::fs::read_to_string(path).unwrap().parse().unwrap()
});

/// Every variable of the manifest, with its default.
pub(crate) fn defaults() -> Vec<(String, String)> {
    let default = |(name, variable): (&String, &toml::Value)| {
        let default = variable["default"].as_str().unwrap();
        (name.clone(), default.to_owned())
    };
    let declared = MANIFEST["variables"].as_table().unwrap();
    declared.iter().map(default).collect()
}

/// A good configuration with settings of the test's own, all of it checked.
pub(crate) fn load(settings: &[(&str, &str)]) -> Result<&'static Settings<'static>, SettingsError> {
    let settings = unchecked(settings);
    settings.check(&CHATS)?;
    Ok(settings)
}

/// The same, of which nothing is read yet. It stays for as long as the tests run.
pub(crate) fn unchecked(settings: &[(&str, &str)]) -> &'static Settings<'static> {
    let variables: &'static Fake = Box::leak(Box::new(variables(settings)));
    Box::leak(Box::new(Settings::new(variables)))
}

/// The variables of a good configuration, with settings of the test's own.
fn variables(settings: &[(&str, &str)]) -> Fake {
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
    fake
}

pub(super) fn mistakes(settings: &[(&str, &str)]) -> Vec<String> {
    load(settings).unwrap_err().mistakes
}

#[test]
fn the_smallest_configuration_is_an_address_a_token_a_project_and_a_webhook_token() {
    let settings = load(&[]).unwrap();
    let jira = settings.jira().unwrap();
    assert_eq!(jira.base_url, "https://jira.example.com");
    assert_eq!(settings.mapping().unwrap().issue_type, "Task");
    assert!(matches!(jira.login, Login::Bearer(_)));
    assert_eq!(settings.requests().unwrap().max_body_bytes, 8_388_608);
}

#[test]
fn no_mistake_repeats_a_password() {
    for value in [
        "https://bot:hunter2@jira.example.com",
        "bot:hunter2@jira.example.com",
        "HTTPS://bot:hunter2@jira.example.com/jira?x",
    ] {
        for name in ["jira_url", "opencti_url", "on_update", "jira_context_path"] {
            let found = mistakes(&[(name, value)]);
            let is_address = name.ends_with("_url") || value.contains("://");
            assert!(
                !is_address || !found.join(" ").contains("hunter2"),
                "{name}: {found:?}"
            );
        }
    }
}

#[test]
fn an_email_makes_the_login_basic() {
    let settings = load(&[("jira_login_email", "bot@example.com")]).unwrap();
    let login = &settings.jira().unwrap().login;
    assert!(matches!(login, Login::Basic { email, .. } if email == "bot@example.com"));
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
        let settings = load(&[
            ("jira_url", "https://example.com/"),
            ("jira_context_path", path),
        ]);
        let jira = settings.unwrap().jira().unwrap();
        assert_eq!(jira.base_url, "https://example.com/jira");
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
    let manifest = &*MANIFEST;
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
    assert_eq!(hosts.len(), 6 + CHATS.len());
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
    let settings = load(&[
        ("jira_custom_fields_keys", "customfield_1, customfield_2"),
        ("jira_custom_fields_values", "a b , c"),
    ]);
    let mapping = settings.unwrap().mapping().unwrap();
    let fields = mapping.custom_fields.clone();
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
    assert!(matches!(open.webhook_auth(), Ok(WebhookAuth::None)));
}

#[test]
fn a_variable_that_the_manifest_does_not_pass_on_is_named() {
    let none = Fake::default();
    let found = Settings::new(&none).check(&CHATS).unwrap_err().mistakes;
    assert!(found[0].contains("spin.toml"), "{found:?}");
    for (name, _) in defaults() {
        let said = format!("{name}: the manifest does not pass this variable on");
        let times = found.iter().filter(|mistake| mistake.starts_with(&said));
        assert_eq!(times.count(), 1, "{name}: {found:#?}");
    }
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
    assert!(printed.contains("<secret>"), "{printed}");
}

#[test]
fn the_manifest_passes_every_variable_on_and_declares_no_other() {
    let manifest = &*MANIFEST;
    let declared: Vec<&String> = manifest["variables"].as_table().unwrap().keys().collect();
    let mut passed_on = manifest["component"]["jira-intake"]["variables"]
        .as_table()
        .unwrap()
        .clone();
    for (bundle, _) in BUNDLES {
        assert!(passed_on.remove(bundle).is_some(), "{bundle}");
    }
    assert_eq!(declared, passed_on.keys().collect::<Vec<_>>());
    for (name, template) in &passed_on {
        assert_eq!(template.as_str().unwrap(), format!("{{{{ {name} }}}}"));
    }
}

#[test]
fn six_types_file_an_issue_unless_others_are_named() {
    let types = load(&[]).unwrap().file_types().unwrap();
    assert_eq!(types.len(), 6);
    let settings = load(&[("file_types", "incident, x-opencti-task")]).unwrap();
    let types = settings.file_types().unwrap();
    let names: Vec<&str> = types.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names, ["incident", "task"]);
    assert!(mistakes(&[("file_types", "incidents")])[0].contains("incidents"));
}

#[test]
fn priorities_are_found_in_any_case_with_a_fallback() {
    let mapping = load(&[]).unwrap().mapping().unwrap();
    assert_eq!(mapping.priority_for(["p1", "low"]), Some("Highest"));
    assert_eq!(mapping.priority_for(["unheard of", "LOW"]), Some("Low"));
    assert_eq!(mapping.priority_for(["unheard of"]), None);
    let mapping = load(&[("priority_map", "high=A,*=B")]).unwrap();
    let mapping = mapping.mapping().unwrap();
    assert_eq!(mapping.priority_for(["x"]), Some("B"));
    let mapping = load(&[("priority_map", "none")]).unwrap();
    let mapping = mapping.mapping().unwrap();
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

#[test]
fn a_mistake_that_nothing_needs_is_found_by_a_check_alone() {
    for (name, value) in [
        ("log_level", "loud"),
        ("enrichment_deadline", "0"),
        ("slack_host", "https://example.com/x"),
        ("routes", "[[route]]\nproject = 7"),
    ] {
        let settings = unchecked(&[(name, value)]);
        assert!(
            settings.jira().is_ok() && settings.lifecycle().is_ok(),
            "{name}"
        );
        assert!(
            settings.enrichment().is_ok() && settings.webhook("slack").is_ok(),
            "{name}"
        );
        let found = settings.check(&CHATS).unwrap_err().mistakes;
        assert!(found.len() == 1 && found[0].starts_with(name), "{found:?}");
    }
}
