//! Splunk and SOAR, as far as they are told what people do in Jira.

use super::exam::Exam;
use super::fields::listed;
use super::notes::Notes;
use super::report::{Check, Fix};
use crate::settings::StatusMap;
use crate::upstream::{UpstreamError, soar_statuses, splunk_capabilities, splunk_statuses};

/// Without it, notables cannot be changed.
const EDIT: &str = "edit_notable_events";

pub(super) async fn examine(exam: Exam<'_>, notes: &Notes) {
    match exam.settings.splunk_api() {
        Ok(Some(api)) => {
            let held = splunk_capabilities(exam.ports, api).await;
            let goes_on = held.is_ok();
            notes.push(capabilities(held));
            if goes_on && !api.statuses.is_empty() {
                let known = splunk_statuses(exam.ports, api).await;
                notes.extend(statuses("splunk_status_back", &api.statuses, known));
            }
        }
        Ok(None) => notes.push(Check::skipped(
            "splunk",
            "is not told anything (splunk_api_url)",
        )),
        Err(_) => notes.push(Check::skipped(
            "splunk",
            "its settings are wrong (see above)",
        )),
    }
    match exam.settings.soar_api() {
        Ok(Some(api)) => {
            let known = soar_statuses(exam.ports, api).await;
            notes.push(match &known {
                Ok(known) => Check::ok("soar", format!("answers; it has {}", listed(known))),
                Err(error) => failed("soar", error, ["soar_url", "soar_token"]),
            });
            if known.is_ok() {
                notes.extend(statuses("soar_status_back", &api.statuses, known));
            }
        }
        Ok(None) => notes.push(Check::skipped("soar", "is not told anything (soar_url)")),
        Err(_) => notes.push(Check::skipped("soar", "its settings are wrong (see above)")),
    }
}

fn capabilities(held: Result<Vec<String>, UpstreamError>) -> Check {
    let name = "splunk";
    match held {
        Ok(held) if held.is_empty() => Check::ok(
            name,
            "the token is good; Splunk does not say what it may do",
        ),
        Ok(held) if held.iter().any(|it| it == EDIT) => {
            Check::ok(name, format!("the token is good and has {EDIT}"))
        }
        Ok(_) => {
            let what = format!("give the token's user a role with the capability {EDIT}");
            let found = format!("the token's user lacks {EDIT}: no notable can be changed");
            Check::wrong(name, found, Fix::new(&["splunk_api_token"], what))
        }
        Err(error) => failed(name, &error, ["splunk_api_url", "splunk_api_token"]),
    }
}

/// The words of an error name what to look at.
fn failed(name: &str, error: &UpstreamError, settings: [&str; 2]) -> Check {
    let why = error.why();
    let mut named = settings.into_iter().filter(|it| why.contains(it));
    let named = [named
        .next()
        .unwrap_or_else(|| settings.first().copied().unwrap_or_default())];
    let what = "set the address of its management port or REST (not of its pages), and a token that is valid";
    Check::wrong(name, why, Fix::new(&named, what))
}

/// The statuses that issues' statuses stand for.
fn statuses(
    setting: &str,
    map: &StatusMap,
    known: Result<Vec<String>, UpstreamError>,
) -> Vec<Check> {
    let Ok(known) = known else {
        return vec![Check::skipped(
            setting,
            "the platform does not list its statuses",
        )];
    };
    let is_known = |wanted: &&str| known.iter().any(|it| it.eq_ignore_ascii_case(wanted));
    let unknown = map.images().filter(|wanted| !is_known(wanted));
    let unknown = unknown.map(|wanted| {
        let found = format!(
            "there is no status `{wanted}`; there are {}",
            listed(&known)
        );
        Check::wrong(setting, found, Fix::new(&[setting], "use one of these"))
    });
    unknown.collect()
}
