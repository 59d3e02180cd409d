//! What the doctor finds.

use crate::api::session::Session;
use crate::notify;
use crate::page::{CheckView, DoctorView, Tone};
use crate::settings::Settings;
use crate::store;

/// Checks the settings, the store and the login at Jira.
pub(super) async fn examine(session: &Session<'_>) -> DoctorView {
    let checks = vec![
        settings(session),
        store_check(session),
        jira_check(session).await,
    ];
    DoctorView { checks }
}

fn settings(session: &Session<'_>) -> CheckView {
    // Anew: a provider of variables may be there again.
    let checked = Settings::new(session.ports.variables).check(&notify::keys());
    match checked {
        Ok(()) => well("Settings", "All settings are valid."),
        Err(error) => CheckView {
            setting: error.mistakes.join("\n"),
            ..bad("Settings", "There are mistakes.")
        },
    }
}

fn store_check(session: &Session<'_>) -> CheckView {
    match store::probe(session.ports.store, session.ports.clock) {
        Ok(()) => well("Store", "It can be written."),
        Err(error) => CheckView {
            setting: "key_value_stores in spin.toml and the runtime configuration".to_owned(),
            ..bad("Store", &error.to_string())
        },
    }
}

async fn jira_check(session: &Session<'_>) -> CheckView {
    let context = match session.quiet_context() {
        Ok(context) => context,
        Err(error) => return bad("Jira", &error.to_string()),
    };
    match context.tracker.probe().await {
        Ok(()) => well("Jira", "It knows us."),
        Err(error) => CheckView {
            setting: "jira_url, jira_login_email and jira_api_token".to_owned(),
            ..bad("Jira", error.why())
        },
    }
}

fn well(name: &str, found: &str) -> CheckView {
    CheckView {
        name: name.to_owned(),
        tone: Tone::Well,
        found: found.to_owned(),
        setting: String::new(),
    }
}

fn bad(name: &str, found: &str) -> CheckView {
    CheckView {
        tone: Tone::Bad,
        ..well(name, found)
    }
}
