//! Spin variables become a [`Config`]: read once for each request, every
//! mistake reported at once, secrets typed so that they never print.

mod reader;
mod secret;

use serde_json::{Map, Value};

pub use secret::Secret;

use crate::log::Level;
use crate::platform::Variables;
use reader::Reader;

/// Default of `max_body_bytes`: 1 MiB.
pub const DEFAULT_MAX_BODY_BYTES: u64 = 1024 * 1024;
/// The largest `max_body_bytes`: managed clouds take bodies to 10 MiB.
const LARGEST_MAX_BODY_BYTES: u64 = 10 * 1024 * 1024;

/// Everything the application is told.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where issues go.
    pub jira: Jira,
    /// Who may post events.
    pub webhook: WebhookAuth,
    /// Inbound bodies above this many bytes are refused with 413.
    pub max_body_bytes: usize,
    /// The platform's address without a trailing slash, for links back.
    pub opencti_url: Option<String>,
    /// Log lines below this level are not written.
    pub log_level: Level,
}

/// The Jira side of the configuration.
#[derive(Debug, Clone)]
pub struct Jira {
    /// Origin plus context path, without a trailing slash:
    /// `https://jira.example.com` or `https://example.com/jira`.
    pub base_url: String,
    /// How to log in.
    pub login: Login,
    /// The project's key, such as `SOC`.
    pub project_key: String,
    /// The issue type's name, such as `Task`.
    pub issue_type: String,
    /// Custom fields set on every issue, by field id.
    pub custom_fields: Map<String, Value>,
}

/// How to log in to Jira.
#[derive(Debug, Clone)]
pub enum Login {
    /// Basic `email:token`: Jira Cloud.
    Basic {
        /// The account's e-mail address.
        email: String,
        /// Its API token.
        token: Secret,
    },
    /// Bearer token: a personal access token on Data Center.
    Bearer(Secret),
}

/// How senders prove themselves.
#[derive(Debug, Clone)]
pub enum WebhookAuth {
    /// With a shared token.
    Token(Secret),
    /// Not at all: chosen explicitly with `webhook_auth = "none"`.
    None,
}

/// The configuration is wrong: every mistake, one sentence each, naming the
/// variable first. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The mistakes, in the order of the settings.
    pub mistakes: Vec<String>,
}

impl Config {
    /// Reads and checks all variables.
    pub fn load(variables: &dyn Variables) -> Result<Self, ConfigError> {
        let mut read = Reader::new(variables);
        let config = Self {
            jira: jira(&mut read),
            opencti_url: opencti_url(&mut read),
            webhook: webhook(&mut read),
            max_body_bytes: read.number(
                "max_body_bytes",
                1..=LARGEST_MAX_BODY_BYTES,
                DEFAULT_MAX_BODY_BYTES,
            ) as usize,
            log_level: log_level(&mut read),
        };
        match read.mistakes() {
            mistakes if mistakes.is_empty() => Ok(config),
            mistakes => Err(ConfigError { mistakes }),
        }
    }
}

fn jira(read: &mut Reader<'_>) -> Jira {
    let url = read.required(
        "jira_url",
        "Jira's address, such as https://jira.example.com",
    );
    let context = read.text("jira_context_path");
    let email = read.optional("jira_login_email");
    let token = Secret::new(read.required(
        "jira_api_token",
        "the API token (Cloud) or personal access token (Data Center)",
    ));
    Jira {
        base_url: base_url(read, &url, &context),
        login: match email {
            Some(email) => Login::Basic { email, token },
            None => Login::Bearer(token),
        },
        project_key: read.required(
            "jira_project_key",
            "the key of the project to file issues in",
        ),
        issue_type: read
            .optional("jira_issue_type_name")
            .unwrap_or_else(|| "Task".to_owned()),
        custom_fields: custom_fields(read),
    }
}

fn base_url(read: &mut Reader<'_>, url: &str, context: &str) -> String {
    let context = context.trim_matches('/');
    if !context
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
    {
        read.mistake(format!(
            "jira_context_path: `{context}` is not a path such as /jira"
        ));
    }
    if url.is_empty() {
        return String::new();
    }
    let origin = read.origin("jira_url", url, "set jira_context_path to the path instead");
    match context.is_empty() {
        true => origin,
        false => format!("{origin}/{context}"),
    }
}

/// Comma-separated ids and values, paired one to one, as OpenCTI's Jira
/// connector takes them.
fn custom_fields(read: &mut Reader<'_>) -> Map<String, Value> {
    let keys = list(&read.text("jira_custom_fields_keys"));
    let values = list(&read.text("jira_custom_fields_values"));
    if keys.len() != values.len() {
        read.mistake(format!(
            "jira_custom_fields_keys has {} entries, but jira_custom_fields_values has {}; each key needs one value",
            keys.len(),
            values.len()
        ));
        return Map::new();
    }
    if keys.iter().any(String::is_empty) {
        read.mistake("jira_custom_fields_keys: an entry is empty");
    }
    keys.into_iter()
        .zip(values.into_iter().map(Value::String))
        .collect()
}

fn list(text: &str) -> Vec<String> {
    match text.is_empty() {
        true => Vec::new(),
        false => text.split(',').map(|item| item.trim().to_owned()).collect(),
    }
}

/// OpenCTI may live under a path; it is only linked to.
fn opencti_url(read: &mut Reader<'_>) -> Option<String> {
    let value = read.optional("opencti_url")?;
    let url = value.trim_end_matches('/');
    let valid = url.parse::<http::Uri>().is_ok_and(|uri| {
        matches!(uri.scheme_str(), Some("http" | "https")) && uri.authority().is_some()
    });
    if !valid {
        read.mistake(format!(
            "opencti_url: `{value}` is not an address such as https://opencti.example.com"
        ));
    }
    Some(url.to_owned())
}

fn webhook(read: &mut Reader<'_>) -> WebhookAuth {
    let required = read.choice("webhook_auth", &[("token", true), ("none", false)], true);
    let token = read.text("webhook_token");
    if !required {
        return WebhookAuth::None;
    }
    if token.is_empty() {
        read.mistake(
            "webhook_token: is not set; it is the secret that senders must show (or say webhook_auth = \"none\" to take events from anyone)",
        );
    }
    WebhookAuth::Token(Secret::new(token))
}

fn log_level(read: &mut Reader<'_>) -> Level {
    let levels = [
        ("debug", Level::Debug),
        ("info", Level::Info),
        ("warn", Level::Warn),
        ("error", Level::Error),
    ];
    read.choice("log_level", &levels, Level::Info)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
