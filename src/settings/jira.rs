//! Where Jira is, and how to log in.

use super::base_url::{Base, base_url};
use super::reader::Reader;
use super::secret::Secret;

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
        }
    }
}
