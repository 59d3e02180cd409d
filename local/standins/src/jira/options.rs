//! How a stand-in Jira is set up: which family it is, who may log in, which
//! projects it has and how strict or slow it shall be.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::project::Project;

/// `jira.text.field.character.limit`, Jira's default.
const MAX_TEXT: usize = 32_767;

/// No figure is published; and no issue that Jira takes comes near it.
const MAX_BODY: usize = 10 * 1024 * 1024;

/// The two families of Jira.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deployment {
    /// Atlassian's own: REST v3 (ADF) and v2, users by `accountId`.
    Cloud,
    /// Self-hosted: REST v2 only (wiki markup), users by `name`.
    DataCenter,
}

/// The one login that works. `Debug` does not show the token.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// `Authorization: Basic base64(email:token)`: Cloud's API tokens.
    Basic {
        /// The account's mail address.
        email: String,
        /// Its API token.
        token: String,
    },
    /// `Authorization: Bearer token`: Data Center's personal access tokens.
    Bearer {
        /// The personal access token.
        token: String,
    },
}

impl Credentials {
    /// The `Authorization` header that is let in.
    pub fn header(&self) -> String {
        match self {
            Credentials::Basic { email, token } => {
                format!(
                    "Basic {}",
                    BASE64_STANDARD.encode(format!("{email}:{token}"))
                )
            }
            Credentials::Bearer { token } => format!("Bearer {token}"),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Credentials::Basic { email, .. } => write!(out, "Basic {email}:<masked>"),
            Credentials::Bearer { .. } => write!(out, "Bearer <masked>"),
        }
    }
}

/// The language of messages and of the names of statuses: a client that reads
/// words instead of status codes and field keys fails in the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    /// "To Do", "Issue does not exist…"
    English,
    /// "Zu erledigen", "Vorgang existiert nicht…"
    German,
}

impl Locale {
    /// The text in this language.
    pub(crate) fn say(self, english: impl Into<String>, german: impl Into<String>) -> String {
        match self {
            Locale::English => english.into(),
            Locale::German => german.into(),
        }
    }
}

/// Somebody who has an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// How Cloud names the account.
    pub account_id: String,
    /// How Data Center names the account.
    pub name: String,
    /// What people read.
    pub display_name: String,
    /// The mail address.
    pub email: String,
}

impl User {
    /// A user `name` whose account id and mail address are made from the name.
    pub fn new(name: &str, display_name: &str) -> User {
        User {
            account_id: format!("712020:{name}"),
            name: name.to_owned(),
            display_name: display_name.to_owned(),
            email: format!("{name}@example.com"),
        }
    }
}

/// The whole setup; start from [`JiraOptions::cloud`] or
/// [`JiraOptions::data_center`] and change what matters.
#[derive(Debug, Clone)]
pub struct JiraOptions {
    /// Cloud or Data Center.
    pub deployment: Deployment,
    /// The login that works.
    pub credentials: Credentials,
    /// Where Jira lives under its host, such as `/jira`; empty at the top.
    pub context_path: String,
    /// The projects; SOC by default.
    pub projects: Vec<Project>,
    /// The accounts; the first one belongs to the credentials.
    pub users: Vec<User>,
    /// The names of the priorities, highest first.
    pub priorities: Vec<String>,
    /// How long search lags behind what is stored.
    pub index_lag: Duration,
    /// The language of messages and names.
    pub locale: Locale,
    /// A body without a length told before is answered 411, as some proxies do.
    pub refuse_chunked: bool,
    /// Cloud's quirk: a bad token finds nothing (200) instead of being refused.
    pub silent_bad_token: bool,
    /// So many bad logins in a row lock the account: 403, even for the right one.
    pub lock_after: Option<usize>,
    /// Refuse more than 20 writes in 2 s or 100 in 30 s on one issue (429).
    pub write_limits: bool,
    /// Only In Progress leads to Done.
    pub strict_workflow: bool,
    /// No transition leads out of Done; else Reopen and Start work do.
    pub done_is_final: bool,
    /// Count lengths as Java does, in UTF-16 units: an emoji counts twice.
    pub utf16_lengths: bool,
    /// Answer rich text a little other than it was written, as Jira's editor
    /// does: ADF with `localId`s and another order of members, text with
    /// `\r\n` and without blanks at the end.
    pub rewrites_text: bool,
    /// The longest description, comment and paragraph, in characters; 0 is no
    /// limit. Data Center's `jira.text.field.character.limit` (case C11).
    pub text_limit: usize,
    /// A refusal names one field only, so that a client meets the next one when
    /// it tries again (case C09).
    pub one_field_at_a_time: bool,
    /// The names of the resolutions.
    pub resolutions: Vec<String>,
    /// The address that `serverInfo` tells, when it is not the one used: people
    /// browse there (facts/two-way.md, section 6).
    pub base_url: Option<String>,
    /// The longest body taken, in bytes; above it the answer is 413.
    pub max_body: usize,
    /// The seed of faults that come by chance.
    pub seed: u64,
}

impl Default for JiraOptions {
    fn default() -> JiraOptions {
        JiraOptions::cloud()
    }
}

impl JiraOptions {
    /// A Cloud site: `intake@example.com` with the token `test-token`.
    pub fn cloud() -> JiraOptions {
        JiraOptions {
            deployment: Deployment::Cloud,
            credentials: Credentials::Basic {
                email: "intake@example.com".to_owned(),
                token: "test-token".to_owned(),
            },
            context_path: String::new(),
            projects: vec![Project::new("SOC")],
            users: vec![
                User::new("intake", "Jira Intake"),
                User::new("ada", "Ada Analyst"),
            ],
            priorities: ["Highest", "High", "Medium", "Low", "Lowest"]
                .map(str::to_owned)
                .into(),
            index_lag: Duration::ZERO,
            locale: Locale::English,
            refuse_chunked: true,
            silent_bad_token: false,
            lock_after: None,
            write_limits: true,
            strict_workflow: false,
            done_is_final: false,
            utf16_lengths: false,
            rewrites_text: false,
            text_limit: MAX_TEXT,
            one_field_at_a_time: false,
            resolutions: ["Done", "Won't Do", "Duplicate", "Cannot Reproduce"]
                .map(str::to_owned)
                .into(),
            base_url: None,
            max_body: MAX_BODY,
            seed: 1,
        }
    }

    /// A Data Center: the personal access token `test-token`.
    pub fn data_center() -> JiraOptions {
        JiraOptions {
            deployment: Deployment::DataCenter,
            write_limits: false,
            ..JiraOptions::cloud().bearer("test-token")
        }
    }

    /// Lets this mail address and API token in, and nobody else.
    #[must_use]
    pub fn basic(mut self, email: &str, token: &str) -> JiraOptions {
        self.credentials = Credentials::Basic {
            email: email.to_owned(),
            token: token.to_owned(),
        };
        self
    }

    /// Lets this personal access token in, and nobody else.
    #[must_use]
    pub fn bearer(mut self, token: &str) -> JiraOptions {
        self.credentials = Credentials::Bearer {
            token: token.to_owned(),
        };
        self
    }

    /// Puts Jira under a path of its host, such as `/jira`.
    #[must_use]
    pub fn context_path(mut self, path: &str) -> JiraOptions {
        self.context_path = path.trim_end_matches('/').to_owned();
        self
    }

    /// Adds a project, or replaces the one with the same key.
    #[must_use]
    pub fn project(mut self, project: Project) -> JiraOptions {
        self.projects.retain(|old| old.key != project.key);
        self.projects.push(project);
        self
    }

    /// Adds an account.
    #[must_use]
    pub fn user(mut self, user: User) -> JiraOptions {
        self.users.push(user);
        self
    }

    /// Lets search lag behind what is stored.
    #[must_use]
    pub fn index_lag(mut self, lag: Duration) -> JiraOptions {
        self.index_lag = lag;
        self
    }

    /// Speaks another language.
    #[must_use]
    pub fn locale(mut self, locale: Locale) -> JiraOptions {
        self.locale = locale;
        self
    }

    /// Takes bodies in chunks too.
    #[must_use]
    pub fn accept_chunked(mut self) -> JiraOptions {
        self.refuse_chunked = false;
        self
    }

    /// Answers a bad token with an empty success where Cloud does.
    #[must_use]
    pub fn silent_bad_token(mut self) -> JiraOptions {
        self.silent_bad_token = true;
        self
    }

    /// Locks the account after so many bad logins in a row.
    #[must_use]
    pub fn lock_after(mut self, bad_logins: usize) -> JiraOptions {
        self.lock_after = Some(bad_logins);
        self
    }

    /// Switches the limit on writes to one issue on or off.
    #[must_use]
    pub fn write_limits(mut self, on: bool) -> JiraOptions {
        self.write_limits = on;
        self
    }

    /// Makes the way to Done lead through In Progress.
    #[must_use]
    pub fn strict_workflow(mut self) -> JiraOptions {
        self.strict_workflow = true;
        self
    }

    /// Lets no transition lead out of Done.
    #[must_use]
    pub fn done_is_final(mut self) -> JiraOptions {
        self.done_is_final = true;
        self
    }

    /// Counts lengths in UTF-16 units.
    #[must_use]
    pub fn utf16_lengths(mut self) -> JiraOptions {
        self.utf16_lengths = true;
        self
    }

    /// Answers rich text a little other than it was written.
    #[must_use]
    pub fn rewrites_text(mut self) -> JiraOptions {
        self.rewrites_text = true;
        self
    }

    /// Takes descriptions, comments and paragraphs of at most so many
    /// characters; 0 is no limit.
    #[must_use]
    pub fn text_limit(mut self, characters: usize) -> JiraOptions {
        self.text_limit = characters;
        self
    }

    /// Names one field only in each refusal.
    #[must_use]
    pub fn one_field_at_a_time(mut self) -> JiraOptions {
        self.one_field_at_a_time = true;
        self
    }

    /// Lets `serverInfo` tell this address.
    #[must_use]
    pub fn base_url(mut self, url: &str) -> JiraOptions {
        self.base_url = Some(url.to_owned());
        self
    }

    /// The gateway for scoped tokens: Jira is under `/ex/jira/{cloud_id}`, people
    /// browse at `site` (facts/two-way.md, section 6; case C06).
    #[must_use]
    pub fn gateway(self, cloud_id: &str, site: &str) -> JiraOptions {
        self.context_path(&format!("/ex/jira/{cloud_id}"))
            .base_url(site)
    }

    /// Takes bodies of at most this many bytes.
    #[must_use]
    pub fn max_body(mut self, bytes: usize) -> JiraOptions {
        self.max_body = bytes;
        self
    }

    /// Seeds the faults that come by chance.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> JiraOptions {
        self.seed = seed;
        self
    }
}
