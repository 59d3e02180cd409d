//! Where Jira is, and how to log in.

use http::{HeaderName, HeaderValue, Uri};

use super::base_url::{Base, base_url};
use super::reader::Reader;
use super::secret::Secret;

/// Jira's own limit (`jira.text.field.character.limit`).
const MOST_TEXT: usize = 32_767;
/// Less would not hold what an issue is about.
const LEAST_TEXT: u64 = 250;

/// What a request says of itself, or the login does.
const OUR_OWN: [&str; 8] = [
    "accept",
    "authorization",
    "connection",
    "content-length",
    "content-type",
    "host",
    "transfer-encoding",
    "user-agent",
];

/// Where issues go.
#[derive(Debug, Clone)]
pub struct Jira {
    /// Origin plus context path, without a trailing slash:
    /// `https://jira.example.com` or `https://example.com/jira`.
    pub base_url: String,
    /// How to log in.
    pub login: Login,
    /// Which family it belongs to.
    pub api: Api,
    /// Where people open issues, without a trailing slash, if that is said.
    pub browse_url: Option<String>,
    /// Headers for what stands in front of Jira: names and secret values.
    pub headers: Vec<(HeaderName, Secret)>,
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

impl Jira {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
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
        Self {
            base_url: base_url.and_then(Base::url).unwrap_or_default(),
            login: match email {
                Some(email) => Login::Basic { email, token },
                None => Login::Bearer(token),
            },
            api: read.choice("jira_api", &families, Api::Auto),
            browse_url: browse_url(read),
            headers: headers(read),
        }
    }
}

/// Jira's own limit, unless the operator says that this Jira's is lower.
pub(super) fn text_limit(read: &mut Reader<'_>) -> usize {
    let most = MOST_TEXT as u64;
    let limit = read.number("jira_text_limit", LEAST_TEXT..=most, most);
    usize::try_from(limit).unwrap_or(MOST_TEXT)
}

/// Whether comments are hidden from a service desk's customers.
pub(super) fn internal_comments(read: &mut Reader<'_>) -> Option<bool> {
    let choices = [("auto", None), ("true", Some(true)), ("false", Some(false))];
    read.choice("jira_internal_comments", &choices, None)
}

/// An address for people: nothing is sent there.
fn browse_url(read: &mut Reader<'_>) -> Option<String> {
    let url = read.optional("jira_browse_url")?;
    let uri = url.parse::<Uri>().ok();
    let is_web = |uri: &Uri| matches!(uri.scheme_str(), Some("http" | "https"));
    if uri.is_none_or(|uri| !is_web(&uri) || uri.query().is_some()) {
        read.mistake("jira_browse_url: is not an address such as https://example.atlassian.net");
    }
    Some(url.trim_end_matches('/').to_owned())
}

/// Headers that each request is given besides its own.
fn headers(read: &mut Reader<'_>) -> Vec<(HeaderName, Secret)> {
    let mut headers = Vec::new();
    let example = r#"{"CF-Access-Client-Id": "…"}"#;
    for (name, value) in read.object("jira_headers", example) {
        let known = HeaderName::try_from(name.to_lowercase()).ok();
        let own = |name: &HeaderName| OUR_OWN.contains(&name.as_str());
        let text = value
            .as_str()
            .filter(|text| HeaderValue::from_str(text).is_ok());
        match (known.filter(|name| !own(name)), text) {
            (Some(name), Some(text)) => headers.push((name, Secret::new(text))),
            (None, _) => read.mistake(format!(
                "jira_headers: `{name}` is no header that can be set"
            )),
            (_, None) => read.mistake(format!(
                "jira_headers: the value of `{name}` is no header's value"
            )),
        }
    }
    headers
}
