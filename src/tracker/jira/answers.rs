//! What an answer of Jira that is no success means.
//!
//! Jira's texts are localised and its 401, 429 and 5xx bodies are often HTML,
//! so only the status, the headers and the keys of `errors` decide.

use std::fmt;

use http::StatusCode;
use serde_json::Value;

use crate::http::Answer;
use crate::model::Timestamp;
use crate::platform::{RATELIMIT_REASON, SendError};
use crate::text::short;
use crate::tracker::error::TrackerError;

/// As much of Jira's own words as a log line or an answer repeats.
const QUOTE_LIMIT: usize = 300;

/// For a request about one issue: 404 is about the issue.
pub(super) fn about_issue(answer: &Answer, now: Timestamp) -> TrackerError {
    match answered(answer, now) {
        TrackerError::Misconfigured { why } if answer.status == StatusCode::NOT_FOUND => {
            TrackerError::Gone { why }
        }
        other => other,
    }
}

/// No answer came.
pub(super) fn unanswered(error: &SendError) -> TrackerError {
    let why = format!("Jira: {error}");
    match error {
        SendError::Denied => TrackerError::Misconfigured { why },
        SendError::NotSent(_) => TrackerError::later(why),
        SendError::Unclear(_) => TrackerError::Ambiguous { why },
    }
}

/// An answer came that is no success.
pub(super) fn answered(answer: &Answer, now: Timestamp) -> TrackerError {
    let status = answer.status;
    let said = Said::read(&answer.body);
    let why = format!("Jira answered {status}{said}");
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => TrackerError::Misconfigured {
            why: format!(
                "Authentication failed: {why}. Check jira_login_email (set for Cloud, empty for a personal access token), jira_api_token, and the account's permission to create issues in the project"
            ),
        },
        StatusCode::NOT_FOUND => TrackerError::Misconfigured {
            why: format!(
                "{why}. Check jira_url, jira_context_path, and that the account may see the project"
            ),
        },
        StatusCode::BAD_REQUEST if said.names_any(&["project", "issuetype"]) => {
            TrackerError::Misconfigured {
                why: format!("{why}. Check jira_project_key and jira_issue_type_name"),
            }
        }
        StatusCode::BAD_REQUEST => TrackerError::Refused {
            fields: said.fields,
            why,
        },
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => TrackerError::Retry {
            after: answer.retry_after(now),
            everything: is_about_everything(answer),
            why,
        },
        // 500, 502 and 504 may come from behind a create that went through.
        _ if status.is_server_error() => TrackerError::Ambiguous { why },
        _ => TrackerError::Fatal { why },
    }
}

/// Jira Cloud says which of its limits was reached; only one of them is about
/// a single issue.
fn is_about_everything(answer: &Answer) -> bool {
    let reason = answer.headers.get(RATELIMIT_REASON);
    reason.is_none_or(|reason| reason != "jira-per-issue-on-write")
}

/// What Jira's error body says.
struct Said {
    messages: Vec<String>,
    fields: Vec<(String, String)>,
}

impl Said {
    /// `{"errorMessages": […], "errors": {field: text}}`, or nothing.
    fn read(body: &[u8]) -> Self {
        let json: Value = serde_json::from_slice(body).unwrap_or_default();
        let messages = json["errorMessages"].as_array();
        let fields = json["errors"].as_object();
        Self {
            messages: messages
                .into_iter()
                .flatten()
                .filter_map(|message| message.as_str().map(str::to_owned))
                .collect(),
            fields: fields
                .into_iter()
                .flatten()
                .map(|(field, text)| {
                    let text = text
                        .as_str()
                        .map_or_else(|| text.to_string(), str::to_owned);
                    (field.clone(), text)
                })
                .collect(),
        }
    }

    fn names_any(&self, names: &[&str]) -> bool {
        self.fields
            .iter()
            .any(|(field, _)| names.contains(&field.as_str()))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self
            .fields
            .iter()
            .map(|(field, text)| format!("{field}: {text}"));
        let said: Vec<String> = self.messages.iter().cloned().chain(fields).collect();
        if said.is_empty() {
            return Ok(());
        }
        write!(f, " ({})", short(&said.join("; "), QUOTE_LIMIT))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> TrackerError {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.as_bytes().to_vec()).unwrap();
        super::answered(&Answer::from(response), Timestamp::UNKNOWN)
    }

    #[test]
    fn a_bad_field_is_refused_by_the_name_that_jira_gives_in_any_language() {
        let body = r#"{"errorMessages":[],"errors":{"priority":"Das Feld 'priority' kann nicht gesetzt werden."}}"#;
        let TrackerError::Refused { fields, why } = answered(400, &[], body) else {
            panic!()
        };
        assert_eq!(fields[0].0, "priority");
        assert!(why.contains("kann nicht gesetzt werden"));
    }

    #[test]
    fn an_unknown_project_or_issue_type_is_a_matter_of_configuration() {
        for field in ["project", "issuetype"] {
            let body = format!(r#"{{"errors":{{"{field}":"x"}}}}"#);
            assert!(matches!(
                answered(400, &[], &body),
                TrackerError::Misconfigured { .. }
            ));
        }
    }

    #[test]
    fn a_login_that_fails_says_so_and_what_to_check() {
        for status in [401, 403] {
            let error = answered(status, &[("content-type", "text/html")], "<html>no</html>");
            assert!(matches!(error, TrackerError::Misconfigured { .. }));
            assert!(error.why().starts_with("Authentication failed"));
            assert!(!error.why().contains("<html>"));
        }
    }

    #[test]
    fn too_many_requests_waits_as_long_as_jira_says_and_never_zero() {
        for (header, seconds) in [("30", 30), ("0", 1)] {
            let error = answered(429, &[("retry-after", header)], "");
            let TrackerError::Retry { after, .. } = error else {
                panic!()
            };
            assert_eq!(after, Some(Duration::from_secs(seconds)));
        }
        assert!(matches!(
            answered(503, &[], "<html>"),
            TrackerError::Retry { after: None, .. }
        ));
    }

    #[test]
    fn a_limit_on_one_issue_does_not_hold_the_others_back() {
        for (reason, expected) in [
            ("jira-per-issue-on-write", false),
            ("jira-burst-based", true),
            ("jira-quota-tenant-based", true),
        ] {
            let error = answered(429, &[("ratelimit-reason", reason)], "");
            assert!(
                matches!(error, TrackerError::Retry { everything, .. } if everything == expected)
            );
        }
    }

    #[test]
    fn a_gateway_error_may_hide_a_created_issue() {
        for status in [500, 502, 504] {
            assert!(matches!(
                answered(status, &[], ""),
                TrackerError::Ambiguous { .. }
            ));
        }
    }

    #[test]
    fn what_was_never_sent_may_be_sent_again() {
        let refused = SendError::NotSent("connection refused".to_owned());
        assert!(matches!(unanswered(&refused), TrackerError::Retry { .. }));
        let reset = SendError::Unclear("connection reset".to_owned());
        assert!(matches!(unanswered(&reset), TrackerError::Ambiguous { .. }));
        assert!(matches!(
            unanswered(&SendError::Denied),
            TrackerError::Misconfigured { .. }
        ));
    }
}
