//! What can be seen in the settings alone.

use super::exam::Exam;
use super::report::{Check, Fix};
use crate::settings::{Settings, SettingsError, WebhookAuth};

/// Every mistake in the settings, and what does not fit together.
pub(super) fn examine(exam: Exam<'_>, chats: &[&str]) -> Vec<Check> {
    let settings = exam.settings;
    let mut checks = match settings.check(chats) {
        Ok(()) => vec![Check::ok("all", "every variable can be read")],
        Err(SettingsError { mistakes }) => mistakes.iter().map(|it| mistake(it)).collect(),
    };
    checks.extend(senders(settings));
    checks.extend(way_back(settings));
    checks.extend(chats_without_occasion(settings, chats));
    checks
}

/// A mistake begins with the variable's name.
fn mistake(text: &str) -> Check {
    let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let rest = text.trim_start_matches(is_name);
    let name = text.strip_suffix(rest).unwrap_or_default();
    let name = Some(name).filter(|name| name.contains('_') || rest.starts_with(':'));
    let what = rest.trim_start_matches([':', ' ']);
    match name.filter(|name| !name.is_empty()) {
        Some(name) => {
            let fix = Fix::new(&[name], "see docs/configuration.md for what it takes");
            Check::wrong(name, what, fix)
        }
        None => {
            let fix = Fix::new(&[], "see docs/configuration.md");
            Check::wrong("settings", text, fix)
        }
    }
}

fn senders(settings: &Settings<'_>) -> Option<Check> {
    let Ok(WebhookAuth::None) = settings.webhook_auth() else {
        return None;
    };
    let fix = Fix::new(
        &["webhook_auth", "webhook_token"],
        "leave webhook_auth out and set webhook_token, unless something in front of the function lets only your senders through",
    );
    let found = "anybody who reaches the function can file issues";
    Some(Check::warning("senders", found, fix))
}

/// What people do in Jira needs somebody to tell it, and somebody who is told.
fn way_back(settings: &Settings<'_>) -> Vec<Check> {
    let on = settings.sync_back().is_ok_and(|back| back.is_on());
    if !on {
        return Vec::new();
    }
    let opencti = settings.opencti().is_ok_and(|it| it.token.is_some());
    let splunk = settings.splunk_api().is_ok_and(Option::is_some);
    let soar = settings.soar_api().is_ok_and(Option::is_some);
    let mut checks = Vec::new();
    if !(opencti || splunk || soar) {
        let fix = Fix::new(
            &["opencti_token", "splunk_api_url", "soar_url", "sync_back"],
            "set the token (and the address) of the platform that is to be told, or leave sync_back out",
        );
        let found = "sync_back is set, but there is no platform that could be told";
        checks.push(Check::wrong("way back", found, fix));
    }
    if settings.jira_webhook_secret().is_ok_and(|it| it.is_some()) {
        return checks;
    }
    let fix = Fix::new(
        &["jira_webhook_secret"],
        "give the webhook in Jira a secret, and set it here too",
    );
    checks.push(match settings.webhook_auth() {
        Ok(WebhookAuth::None) => Check::wrong(
            "jira's webhook",
            "sync_back is set, and anybody can say that an issue was changed: there is neither a secret nor a token",
            fix,
        ),
        _ => Check::warning(
            "jira's webhook",
            "sync_back is set without a secret: Jira must show webhook_token in the webhook's address",
            fix,
        ),
    });
    checks
}

fn chats_without_occasion(settings: &Settings<'_>, chats: &[&str]) -> Option<Check> {
    let notify = settings.notify().ok()?;
    let is_set = |chat: &&&str| settings.webhook(chat).is_ok_and(|it| it.is_some());
    let chat = chats.iter().find(is_set)?;
    if notify.created || notify.dead_letter {
        return None;
    }
    let found = format!("{chat}_webhook_url is set, but notify_on names nothing that is told");
    let fix = Fix::new(&["notify_on"], "say created, dead_letter or both");
    Some(Check::warning("chats", found, fix))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::platform::fake::Fake;
    use crate::settings::tests::unchecked;

    fn checks(settings: &[(&str, &str)]) -> Vec<Check> {
        let fake = Fake::default();
        let exam = Exam {
            ports: fake.ports(),
            settings: unchecked(settings),
        };
        examine(exam, &["slack", "teams"])
    }

    fn only(settings: &[(&str, &str)], name: &str) -> Check {
        let found = checks(settings);
        let check = found.iter().find(|check| check.name == name);
        check.unwrap_or_else(|| panic!("{found:#?}")).clone()
    }

    #[test]
    fn good_settings_are_one_line() {
        let found = checks(&[]);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].state, State::Ok);
    }

    #[test]
    fn each_mistake_names_its_setting() {
        for (name, value) in [
            ("jira_url", ""),
            ("jira_api", "clod"),
            ("ai_model", "llama3.1"),
            ("routes", "[[route]]\nprojekt = 'X'"),
            ("jira_custom_fields_keys", "a,b"),
        ] {
            let found = checks(&[(name, value)]);
            let wrong = found.iter().find(|it| it.state == State::Wrong).unwrap();
            let named = &wrong.fix.as_ref().unwrap().settings;
            let expected = if name == "ai_model" { "ai_url" } else { name };
            assert_eq!(named, &[expected], "{wrong:#?}");
        }
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let check = only(&[("webhook_auth", "none")], "senders");
        assert_eq!(check.state, State::Warning);
        let back = [("sync_back", "status")];
        assert_eq!(only(&back, "way back").state, State::Wrong);
        assert_eq!(only(&back, "jira's webhook").state, State::Warning);
        let open = [("sync_back", "status"), ("webhook_auth", "none")];
        assert_eq!(only(&open, "jira's webhook").state, State::Wrong);
        let silent = [
            ("slack_webhook_url", "https://hooks.slack.com/services/x"),
            ("notify_on", "none"),
        ];
        assert_eq!(only(&silent, "chats").state, State::Warning);
        let good = [
            ("sync_back", "status"),
            ("jira_webhook_secret", "s"),
            ("opencti_url", "https://opencti.example.com"),
            ("opencti_token", "t"),
        ];
        assert_eq!(checks(&good).len(), 1);
    }
}
