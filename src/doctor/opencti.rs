//! OpenCTI: the token, what it may do, and the live stream.

use serde_json::{Value, json};

use super::exam::Exam;
use super::notes::Notes;
use super::report::{Check, Fix};
use crate::http::graphql::{GraphqlError, Platform};
use crate::model::Timestamp;
use crate::platform::SendError;
use crate::settings::Settings;
use crate::store::stream::Cursor;
use crate::stream::{Probe, Untold};

/// Who we are there, and what we may do.
const ME: &str = "query IntakeDoctor { me { name capabilities { name } } }";
/// Whoever has it may do everything.
const EVERYTHING: &str = "BYPASS";
/// A stream that was not read for so long is read by nobody.
const SILENT: std::time::Duration = std::time::Duration::from_secs(15 * 60);

pub(super) async fn examine(exam: Exam<'_>, notes: &Notes) {
    let Ok(opencti) = exam.settings.opencti() else {
        return notes.push(Check::skipped(
            "token",
            "its settings are wrong (see above)",
        ));
    };
    let Some((url, token)) = opencti.url.as_deref().zip(opencti.token.as_ref()) else {
        let why = "nothing is asked of the platform or written there: opencti_url or opencti_token is not set";
        notes.push(Check::skipped("token", why));
        return stream(exam, notes).await;
    };
    let platform = Platform::new(exam.ports, url, token.expose());
    match platform.ask(ME, json!({})).await {
        Ok(answer) => {
            notes.push(Check::ok(
                "token",
                format!("{url} knows us as {}", name_of(&answer)),
            ));
            notes.extend(rights(&held(&answer), &needed(exam.settings)));
        }
        Err(error) => notes.push(refused(&error)),
    }
    stream(exam, notes).await;
}

fn name_of(answer: &Value) -> &str {
    answer["me"]["name"].as_str().unwrap_or("somebody")
}

fn held(answer: &Value) -> Vec<String> {
    let list = answer["me"]["capabilities"].as_array();
    let list = list.into_iter().flatten();
    list.filter_map(|it| it["name"].as_str().map(str::to_owned))
        .collect()
}

/// A capability that something needs.
struct Needed {
    /// Any of these will do.
    any: &'static [&'static str],
    words: &'static str,
    without: &'static str,
}

fn needed(settings: &Settings<'_>) -> Vec<Needed> {
    let back = settings.sync_back().copied().unwrap_or_default();
    let mut needed = vec![
        Needed {
            any: &["KNOWLEDGE"],
            words: "“Access knowledge” (KNOWLEDGE)",
            without: "names cannot be looked up",
        },
        Needed {
            any: &["KNOWLEDGE_KNUPDATE"],
            words: "“Create / Update knowledge” (KNOWLEDGE_KNUPDATE)",
            without: "entities are not linked to their issues, and get no status",
        },
    ];
    if back.comments || back.resolution {
        needed.push(Needed {
            any: &["KNOWLEDGE_KNUPDATE", "KNOWLEDGE_KNPARTICIPATE"],
            words: "“Create / Update knowledge” or “Access to collaborative creation” (KNOWLEDGE_KNPARTICIPATE)",
            without: "comments do not become notes",
        });
    }
    needed
}

/// A capability that lies below another one includes it: its id begins with it.
fn rights(held: &[String], needed: &[Needed]) -> Vec<Check> {
    let name = "rights";
    if held.is_empty() {
        let why = "the platform does not say what the token's user may do";
        return vec![Check::skipped(name, why)];
    }
    let has = |wanted: &&&str| {
        held.iter()
            .any(|it| it == EVERYTHING || it.starts_with(**wanted))
    };
    let lacking = needed.iter().filter(|it| !it.any.iter().any(|it| has(&it)));
    let checks: Vec<Check> = lacking
        .map(|it| {
            let what = format!("give the user of opencti_token a role with {}", it.words);
            let fix = Fix::new(&["opencti_token"], what);
            Check::wrong(
                name,
                format!("{} is lacking: {}", it.words, it.without),
                fix,
            )
        })
        .collect();
    match checks.is_empty() {
        true => vec![Check::ok(name, "all that is needed")],
        false => checks,
    }
}

fn refused(error: &GraphqlError) -> Check {
    let is_login = match error {
        GraphqlError::Token | GraphqlError::Status(401 | 403, _) => true,
        GraphqlError::Refused(refusal) => {
            let code = refusal.code.to_uppercase();
            matches!(refusal.status, Some(401 | 403)) || code.starts_with("AUTH")
        }
        _ => false,
    };
    if is_login {
        let fix = Fix::new(
            &["opencti_token"],
            "use the API key of a user who may log in",
        );
        return Check::wrong("token", error.to_string(), fix);
    }
    if let GraphqlError::Status(429 | 500.., _) = error {
        let fix = Fix::new(&["opencti_url"], "it may pass by itself: ask again");
        return Check::warning("token", error.to_string(), fix);
    }
    let what = match error {
        GraphqlError::Unanswered(SendError::Denied) => {
            "allowed_outbound_hosts in spin.toml must hold {{ opencti_url }}, and that must be the platform's origin"
        }
        _ => "set the platform's origin, and the path that it lies under, if any",
    };
    let fix = Fix::new(&["opencti_url", "opencti_base_path"], what);
    Check::wrong("token", error.to_string(), fix)
}

/// The live stream, and how far it is read.
async fn stream(exam: Exam<'_>, notes: &Notes) {
    let probe = match Probe::new(exam.ports, exam.settings) {
        Ok(Some(probe)) => probe,
        Ok(None) => {
            return notes.push(Check::skipped("stream", "is not read (opencti_stream_id)"));
        }
        Err(_) => {
            return notes.push(Check::skipped(
                "stream",
                "its settings are wrong (see above)",
            ));
        }
    };
    notes.push(told(probe.open().await));
    notes.push(match probe.cursor() {
        Ok(cursor) => position(&cursor, exam.ports.clock.now()),
        Err(error) => Check::wrong(
            "position",
            error.to_string(),
            Fix::new(&[], "look at the store"),
        ),
    });
}

fn told(opened: Result<(), Untold>) -> Check {
    let name = "stream";
    let untold = match opened {
        Ok(()) => return Check::ok(name, "it would be told to us"),
        Err(untold) => untold,
    };
    match untold {
        Untold::Login(why) => Check::wrong(
            name,
            why,
            Fix::new(
                &["opencti_stream_id", "opencti_token"],
                "set the id of a live stream that the token's user may read (the check “token” says whether the token is good)",
            ),
        ),
        Untold::Stopped(why) => Check::wrong(
            name,
            why,
            Fix::new(
                &["opencti_stream_id"],
                "start the stream, or set another one",
            ),
        ),
        Untold::Address(why) => Check::wrong(
            name,
            why,
            Fix::new(
                &["opencti_url", "opencti_base_path"],
                "see what answers there",
            ),
        ),
        Untold::Passing(why) => Check::warning(
            name,
            why,
            Fix::new(&["opencti_url"], "it may pass by itself: ask again"),
        ),
    }
}

fn position(cursor: &Cursor, now: Timestamp) -> Check {
    let name = "position";
    let Some(position) = cursor.position else {
        let fix = Fix::new(
            &[],
            "let a timer call POST /tasks/stream with admin_token each minute",
        );
        return Check::warning(name, "the stream was never read", fix);
    };
    if let Some(failing) = &cursor.failing {
        let found = format!("not read since {}: {}", failing.since, failing.why);
        let fix = Fix::new(
            &[],
            "mend what it names; the next call goes on at its place",
        );
        return Check::warning(name, found, fix);
    }
    let found = format!("read up to {}", position.at);
    match now.since(position.at.max(cursor.leased_until)) > SILENT {
        false => Check::ok(name, found),
        true => Check::warning(
            name,
            found,
            Fix::new(
                &[],
                "nothing has happened there since, or no timer calls POST /tasks/stream",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::State;
    use crate::http::graphql::Refusal;
    use crate::model::Position;
    use crate::settings::tests::unchecked;

    fn lacking(held: &[&str], back: &str) -> usize {
        let held: Vec<String> = held.iter().map(|it| (*it).to_owned()).collect();
        let settings = unchecked(&[("sync_back", back)]);
        let checks = rights(&held, &needed(settings));
        checks.iter().filter(|it| it.state == State::Wrong).count()
    }

    #[test]
    fn a_capability_includes_those_above_it() {
        assert_eq!(lacking(&["KNOWLEDGE_KNUPDATE_KNDELETE"], "comments"), 0);
        assert_eq!(lacking(&["BYPASS"], "comments"), 0);
        assert_eq!(lacking(&["KNOWLEDGE"], ""), 1);
        assert_eq!(
            lacking(&["KNOWLEDGE", "KNOWLEDGE_KNPARTICIPATE"], "comments"),
            1
        );
        assert_eq!(lacking(&["EXPLORE"], "comments"), 3);
        assert_eq!(lacking(&[], "comments"), 0);
    }

    #[test]
    fn a_bad_token_is_told_from_a_bad_address() {
        let refusal = Refusal {
            code: "AUTH_REQUIRED".to_owned(),
            ..Refusal::default()
        };
        for (error, setting) in [
            (GraphqlError::Refused(refusal), "opencti_token"),
            (GraphqlError::Status(403, None), "opencti_token"),
            (GraphqlError::Status(404, None), "opencti_url"),
            (GraphqlError::Unanswered(SendError::Denied), "opencti_url"),
        ] {
            let check = refused(&error);
            assert_eq!(check.fix.unwrap().settings[0], setting, "{error}");
        }
        assert_eq!(
            refused(&GraphqlError::Status(502, None)).state,
            State::Warning
        );
    }

    #[test]
    fn a_stream_that_nobody_reads_is_told() {
        let now = Timestamp::from_secs(100_000);
        let mut cursor = Cursor::default();
        assert_eq!(position(&cursor, now).state, State::Warning);
        cursor.position = Some(Position::at(Timestamp::from_secs(99_990)));
        assert_eq!(position(&cursor, now).state, State::Ok);
        cursor.position = Some(Position::at(Timestamp::from_secs(1)));
        assert_eq!(position(&cursor, now).state, State::Warning);
        cursor.leased_until = now;
        assert_eq!(position(&cursor, now).state, State::Ok);
    }
}
