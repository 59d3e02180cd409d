//! What the doctor finds, what is wrong first.

use std::cmp::Reverse;

use crate::api::session::Session;
use crate::doctor::{self, Check, State};
use crate::notify;
use crate::page::{CheckView, DoctorView, Tone};
use crate::settings::Settings;

/// Checks the configuration against the live services.
pub(super) async fn examine(session: &Session<'_>) -> DoctorView {
    // Anew: a provider of variables may be there again.
    let settings = Settings::new(session.ports.variables);
    let report = doctor::examine(session.ports, &settings, &notify::keys()).await;
    let sections = report.sections.iter();
    let checks = sections.flat_map(|section| {
        let area = section.area;
        section.checks.iter().map(move |check| shown(area, check))
    });
    let mut checks: Vec<CheckView> = checks.collect();
    checks.sort_by_key(|check| Reverse(check.tone));
    DoctorView { checks }
}

fn shown(area: &str, check: &Check) -> CheckView {
    let found = &check.found;
    let (tone, found) = match check.state {
        State::Ok => (Tone::Well, found.clone()),
        State::Skipped => (Tone::Well, format!("not looked at: {found}")),
        State::Warning => (Tone::Look, found.clone()),
        State::Wrong => (Tone::Bad, found.clone()),
    };
    let setting = check.fix.as_ref().map(|fix| match fix.settings.is_empty() {
        true => fix.what.clone(),
        false => format!("{}: {}", fix.settings.join(", "), fix.what),
    });
    CheckView {
        name: format!("{area}: {}", check.name),
        tone,
        found,
        setting: setting.unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Fix;

    #[test]
    fn a_check_is_shown_with_the_setting_to_change() {
        let fix = Fix::new(&["jira_api_token"], "make a new one");
        let wrong = shown("jira", &Check::wrong("login", "401", fix));
        assert_eq!(wrong.name, "jira: login");
        assert_eq!(wrong.tone, Tone::Bad);
        assert_eq!(wrong.setting, "jira_api_token: make a new one");
        let skipped = shown("chats", &Check::skipped("slack", "it is not set"));
        assert_eq!(skipped.found, "not looked at: it is not set");
        assert_eq!(skipped.setting, "");
    }
}
