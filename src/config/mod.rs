//! Spin variables become a [`Config`]: read once for each request, every
//! mistake reported at once, secrets typed so that they never print.

mod enrichment;
mod feedback;
mod host;
mod life;
mod mapping;
mod reader;
mod secret;
mod splunk;

use std::time::Duration;

pub use enrichment::{Ai, Enrichment, VirusTotal};
pub use feedback::Feedback;
pub use life::{Life, OnDelete, OnUpdate};
pub use mapping::{AboveMaxTlp, Mapping};
pub use secret::Secret;
pub use splunk::{AfterDone, Splunk};

use crate::log::Level;
use crate::platform::Variables;
use host::Host;
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
    /// Which issue an entity becomes.
    pub mapping: Mapping,
    /// What becomes of the issue when the entity changes.
    pub life: Life,
    /// The platform that events come from.
    pub opencti: OpenCti,
    /// Alerts.
    pub splunk: Splunk,
    /// Who else is asked.
    pub enrichment: Enrichment,
    /// Who is told.
    pub feedback: Feedback,
    /// Who may post events.
    pub webhook: WebhookAuth,
    /// Who may look at and work off what was put off; nobody without it.
    pub admin_token: Option<Secret>,
    /// How long a record stays after it was last touched.
    pub retention: Duration,
    /// How many keys the store may hold; 0 is any number.
    pub max_keys: usize,
    /// Inbound bodies above this many bytes are refused with 413.
    pub max_body_bytes: usize,
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
    /// Which family it belongs to.
    pub api: Api,
    /// After this long, what was stored is found by a search.
    pub index_lag: Duration,
}

/// Which family of Jira to speak to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Api {
    /// Ask Jira once.
    Auto,
    /// REST v3 with ADF.
    Cloud,
    /// REST v2 with wiki markup.
    DataCenter,
}

/// The platform that events come from.
#[derive(Debug, Clone)]
pub struct OpenCti {
    /// Origin plus base path without a trailing slash, for links back and for
    /// GraphQL.
    pub url: Option<String>,
    /// What lets us write back; nothing is asked or written without it.
    pub token: Option<Secret>,
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
            mapping: Mapping::read(&mut read),
            life: Life::read(&mut read),
            opencti: opencti(&mut read),
            splunk: Splunk::read(&mut read),
            enrichment: Enrichment::read(&mut read),
            feedback: Feedback::read(&mut read),
            webhook: webhook(&mut read),
            admin_token: read.optional("admin_token").map(Secret::new),
            retention: Duration::from_secs(
                86_400 * read.number("ticket_retention_days", 1..=36_500, 400),
            ),
            max_keys: read.number("max_keys", 0..=100_000_000, 0) as usize,
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

impl WebhookAuth {
    /// Reads just who may post, before anything else of a request is looked at.
    ///
    /// # Errors
    /// The mistakes in these two variables.
    pub fn load(variables: &dyn Variables) -> Result<Self, ConfigError> {
        let mut read = Reader::new(variables);
        let auth = webhook(&mut read);
        match read.mistakes() {
            mistakes if mistakes.is_empty() => Ok(auth),
            mistakes => Err(ConfigError { mistakes }),
        }
    }
}

/// Reads just the operators' token; nobody is one without it.
pub fn admin_token(variables: &dyn Variables) -> Option<Secret> {
    let token = Reader::new(variables).optional("admin_token");
    token.map(Secret::new)
}

fn jira(read: &mut Reader<'_>) -> Jira {
    let base_url = base_url(read, "jira_url", "jira_context_path");
    if base_url == Some(Base::Unset) {
        read.mistake(
            "jira_url: is not set; it is Jira's address, such as https://jira.example.com",
        );
    }
    let email = read.optional("jira_login_email");
    let token = Secret::new(read.required(
        "jira_api_token",
        "the API token (Cloud) or personal access token (Data Center)",
    ));
    let families = [
        ("auto", Api::Auto),
        ("cloud", Api::Cloud),
        ("datacenter", Api::DataCenter),
    ];
    Jira {
        base_url: base_url.and_then(Base::url).unwrap_or_default(),
        login: match email {
            Some(email) => Login::Basic { email, token },
            None => Login::Bearer(token),
        },
        api: read.choice("jira_api", &families, Api::Auto),
        index_lag: Duration::from_secs(read.number("jira_index_lag", 0..=3600, 120)),
    }
}

fn opencti(read: &mut Reader<'_>) -> OpenCti {
    let base = base_url(read, "opencti_url", "opencti_base_path");
    let token = read.optional("opencti_token");
    if token.is_some() && base == Some(Base::Unset) {
        read.mistake("opencti_token: is set, but opencti_url is not; writing back needs both");
    }
    OpenCti {
        url: base.and_then(Base::url),
        token: token.map(Secret::new),
    }
}

/// Where a service lives.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Base {
    /// Nobody said so.
    Unset,
    /// Origin and path, without a trailing slash.
    Url(String),
}

impl Base {
    fn url(self) -> Option<String> {
        match self {
            Self::Unset => None,
            Self::Url(url) => Some(url),
        }
    }
}

/// Origin plus path, each from a variable of its own; `None` after a mistake.
fn base_url(read: &mut Reader<'_>, name: &str, path_name: &str) -> Option<Base> {
    let path = read.text(path_name);
    let path = path.trim_matches('/');
    if !path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
    {
        read.mistake(format!("{path_name}: `{path}` is not a path such as /jira"));
    }
    let origin = match read.host(name, &format!("set {path_name} to the path instead"))? {
        Host::Unset => return Some(Base::Unset),
        Host::Origin(origin) => origin,
    };
    Some(Base::Url(match path.is_empty() {
        true => origin,
        false => format!("{origin}/{path}"),
    }))
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
pub(crate) mod tests;
