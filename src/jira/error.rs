//! What an error from Jira means, as the decision it calls for.
//!
//! Jira's texts are localised and its 401, 429 and 5xx bodies are often HTML,
//! so only the status, the headers and the keys of `errors` decide.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use crate::http::Answer;
use crate::platform::{RATELIMIT_REASON, SendError};
use crate::text::short;

/// As much of Jira's own words as a log line or an answer repeats.
const QUOTE_LIMIT: usize = 300;

/// A field that an issue had to do without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The field's id, or the name that was configured.
    pub field: String,
    /// Why, in Jira's words or ours.
    pub why: String,
}

/// A request to Jira did not do what it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JiraError {
    /// Not carried out; try again, not before `after`.
    Retry {
        /// How long Jira asks to wait, if it says so.
        after: Option<Duration>,
        /// Whether that holds for everything and not just for this issue.
        everything: bool,
        /// What happened.
        why: String,
    },
    /// It may have been carried out: look before trying again.
    Ambiguous {
        /// What happened.
        why: String,
    },
    /// Jira refuses what these fields hold.
    Refused {
        /// The field ids that Jira names, each with its reason.
        fields: Vec<(String, String)>,
        /// What happened.
        why: String,
    },
    /// Jira has no such issue, or hides it.
    Gone {
        /// What happened.
        why: String,
    },
    /// A person must mend the configuration; trying again is in vain.
    Misconfigured {
        /// What happened, and what to check.
        why: String,
    },
    /// Nothing that can be dealt with.
    Fatal {
        /// What happened.
        why: String,
    },
}

impl JiraError {
    /// What happened, in a sentence.
    pub fn why(&self) -> &str {
        match self {
            Self::Retry { why, .. }
            | Self::Ambiguous { why }
            | Self::Refused { why, .. }
            | Self::Gone { why }
            | Self::Misconfigured { why }
            | Self::Fatal { why } => why,
        }
    }

    /// Not carried out, and nothing said of when to try again.
    pub(super) fn later(why: impl Into<String>) -> Self {
        Self::Retry {
            after: None,
            everything: false,
            why: why.into(),
        }
    }

    /// For a request that changes nothing: what may have been carried out may
    /// as well be repeated.
    pub(super) fn harmless(self) -> Self {
        match self {
            Self::Ambiguous { why } => Self::later(why),
            other => other,
        }
    }

    /// For a request about one issue: 404 is about the issue.
    pub(super) fn about_issue(answer: &Answer, now_ms: u64) -> Self {
        match Self::answered(answer, now_ms) {
            Self::Misconfigured { why } if answer.status == StatusCode::NOT_FOUND => {
                Self::Gone { why }
            }
            other => other,
        }
    }

    /// No answer came.
    pub(super) fn unanswered(error: &SendError) -> Self {
        let why = format!("Jira: {error}");
        match error {
            SendError::Denied => Self::Misconfigured { why },
            SendError::NotSent(_) => Self::later(why),
            SendError::Unclear(_) => Self::Ambiguous { why },
        }
    }

    /// An answer came that is no success.
    pub(super) fn answered(answer: &Answer, now_ms: u64) -> Self {
        let status = answer.status;
        let said = Said::read(&answer.body);
        let why = format!("Jira answered {status}{said}");
        match status {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Misconfigured {
                why: format!(
                    "Authentication failed: {why}. Check jira_login_email (set for Cloud, empty for a personal access token), jira_api_token, and the account's permission to create issues in the project"
                ),
            },
            StatusCode::NOT_FOUND => Self::Misconfigured {
                why: format!(
                    "{why}. Check jira_url, jira_context_path, and that the account may see the project"
                ),
            },
            StatusCode::BAD_REQUEST if said.names_any(&["project", "issuetype"]) => {
                Self::Misconfigured {
                    why: format!("{why}. Check jira_project_key and jira_issue_type_name"),
                }
            }
            StatusCode::BAD_REQUEST => Self::Refused {
                fields: said.fields,
                why,
            },
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Self::Retry {
                after: answer.retry_after(now_ms),
                everything: is_about_everything(answer),
                why,
            },
            // 500, 502 and 504 may come from behind a create that went through.
            _ if status.is_server_error() => Self::Ambiguous { why },
            _ => Self::Fatal { why },
        }
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
    use super::*;

    fn answered(status: u16, headers: &[(&str, &str)], body: &str) -> JiraError {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let response = response.body(body.as_bytes().to_vec()).unwrap();
        JiraError::answered(&Answer::from(response), 0)
    }

    #[test]
    fn a_bad_field_is_refused_by_the_name_that_jira_gives_in_any_language() {
        let body = r#"{"errorMessages":[],"errors":{"priority":"Das Feld 'priority' kann nicht gesetzt werden."}}"#;
        let JiraError::Refused { fields, why } = answered(400, &[], body) else {
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
                JiraError::Misconfigured { .. }
            ));
        }
    }

    #[test]
    fn a_login_that_fails_says_so_and_what_to_check() {
        for status in [401, 403] {
            let error = answered(status, &[("content-type", "text/html")], "<html>no</html>");
            assert!(matches!(error, JiraError::Misconfigured { .. }));
            assert!(error.why().starts_with("Authentication failed"));
            assert!(!error.why().contains("<html>"));
        }
    }

    #[test]
    fn too_many_requests_waits_as_long_as_jira_says_and_never_zero() {
        for (header, seconds) in [("30", 30), ("0", 1)] {
            let error = answered(429, &[("retry-after", header)], "");
            let JiraError::Retry { after, .. } = error else {
                panic!()
            };
            assert_eq!(after, Some(Duration::from_secs(seconds)));
        }
        assert!(matches!(
            answered(503, &[], "<html>"),
            JiraError::Retry { after: None, .. }
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
            assert!(matches!(error, JiraError::Retry { everything, .. } if everything == expected));
        }
    }

    #[test]
    fn a_gateway_error_may_hide_a_created_issue() {
        for status in [500, 502, 504] {
            assert!(matches!(
                answered(status, &[], ""),
                JiraError::Ambiguous { .. }
            ));
        }
    }

    #[test]
    fn what_was_never_sent_may_be_sent_again() {
        let refused = SendError::NotSent("connection refused".to_owned());
        assert!(matches!(
            JiraError::unanswered(&refused),
            JiraError::Retry { .. }
        ));
        let reset = SendError::Unclear("connection reset".to_owned());
        assert!(matches!(
            JiraError::unanswered(&reset),
            JiraError::Ambiguous { .. }
        ));
        assert!(matches!(
            JiraError::unanswered(&SendError::Denied),
            JiraError::Misconfigured { .. }
        ));
    }
}
