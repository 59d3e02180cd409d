//! What users get wrong, and what they read then.

use super::*;
use crate::platform::fake::Fake;

/// Every variable of the manifest, with its default.
pub(crate) fn defaults() -> Vec<(&'static str, &'static str)> {
    vec![
        ("jira_url", ""),
        ("jira_context_path", ""),
        ("jira_login_email", ""),
        ("jira_api_token", ""),
        ("jira_project_key", ""),
        ("jira_issue_type_name", "Task"),
        ("jira_custom_fields_keys", ""),
        ("jira_custom_fields_values", ""),
        ("opencti_url", ""),
        ("webhook_auth", "token"),
        ("webhook_token", ""),
        ("max_body_bytes", "1048576"),
        ("log_level", "info"),
    ]
}

fn load(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut all = defaults();
    all.extend([
        ("jira_url", "https://jira.example.com"),
        ("jira_api_token", "s3cret"),
        ("jira_project_key", "SOC"),
        ("webhook_token", "t0ken"),
    ]);
    let fake = Fake::with(&all);
    for (name, value) in settings {
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
    assert_eq!(config.jira.issue_type, "Task");
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
    let fields = config.unwrap().jira.custom_fields;
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
