//! Requests to one Jira: the login, the language it speaks, and what its answers
//! mean.

use std::cell::{Cell, OnceCell, RefCell};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderName;
use http::header::AUTHORIZATION;
use serde_json::{Map, Value, json};

use super::answers::{self, Doubt, Expected};
use super::request::JiraRequest;
use super::text_size::TextSize;
use crate::http::{Answer, Call, CallError, PLATFORM_ANSWER};
use crate::markup::{DESCRIPTION_LIMIT, Flavor};
use crate::model::Scope;
use crate::platform::journal::JIRA;
use crate::platform::{Limits, Ports};
use crate::settings::{self, Api, Login, Settings, SettingsError};
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;

/// What one request may cost, from connecting to the last byte.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(10),
    answer: PLATFORM_ANSWER,
};
/// A Jira does not change its family while anybody remembers.
const FOR_EVER: Duration = Duration::MAX;
/// Where scoped tokens of Cloud are let in; people cannot browse there.
const GATEWAY: &str = "/ex/jira/";

/// A shorter word may stand anywhere.
const SHORTEST_SECRET: usize = 6;
/// Without these, an issue would be shown to the wrong people, or stand in the
/// wrong place.
const NEVER_DROPPED: [&str; 4] = ["security", "security level", "parent", "reporter"];

/// What a Jira says of itself.
pub(super) struct Site {
    flavor: Flavor,
    /// How the address of an issue begins for people.
    issues: String,
}

/// Jira says that there is no such thing; its words.
pub(super) struct Missing(pub(super) String);

/// A Jira that can be asked. It is connected to with the first request.
pub(super) struct Connection<'a> {
    pub(super) ports: Ports<'a>,
    settings: &'a Settings<'a>,
    site: OnceCell<Site>,
    /// How the address of an issue begins as long as Jira has not said it.
    issues: OnceCell<String>,
    /// How long a text of an edit may be, as far as it was found out.
    edit_size: Cell<Option<TextSize>>,
    /// What is refused for now; see `refusals`.
    pub(super) refused: RefCell<Map<String, Value>>,
}

impl<'a> Connection<'a> {
    pub(super) fn new(ports: Ports<'a>, settings: &'a Settings<'a>) -> Self {
        Self {
            ports,
            settings,
            site: OnceCell::new(),
            issues: OnceCell::new(),
            edit_size: Cell::new(None),
            refused: RefCell::default(),
        }
    }

    pub(super) fn settings(&self) -> Result<&'a settings::Jira, TrackerError> {
        self.settings.jira().map_err(wrong)
    }

    /// Whether an issue cannot do without a field, by its id or the name that the
    /// operator gave it: content that is shown to the wrong people is worse than
    /// none, and the operator may want it so.
    pub(super) fn is_kept(&self, field: &str) -> Result<bool, TrackerError> {
        let required = self.settings.required_fields().map_err(wrong)?;
        let field = field.trim().to_lowercase();
        let is_required = required.iter().any(|name| name.to_lowercase() == field);
        Ok(is_required || NEVER_DROPPED.contains(&field.as_str()))
    }

    /// What a transition to done is given.
    pub(super) fn done_fields(&self) -> Result<&'a Map<String, Value>, TrackerError> {
        self.settings.done_fields().map_err(wrong)
    }

    /// Whether comments are hidden from a service desk's customers, if that is
    /// set.
    pub(super) fn internal_comments(&self) -> Result<Option<bool>, TrackerError> {
        self.settings.internal_comments().map_err(wrong)
    }

    /// Origin and context path, without a trailing slash.
    pub(super) fn base_url(&self) -> &str {
        self.settings.jira().map_or("", |jira| &jira.base_url)
    }

    /// The characters that a text may have.
    pub(super) fn text_limit(&self) -> usize {
        self.settings.text_limit().unwrap_or(DESCRIPTION_LIMIT)
    }

    /// How long a text of an edit may be.
    pub(super) fn edit_size(&self) -> TextSize {
        let unknown = || TextSize::new(self.text_limit());
        self.edit_size.get().unwrap_or_else(unknown)
    }

    /// It was found out how long a text of an edit may be.
    pub(super) fn set_edit_size(&self, size: TextSize) {
        self.edit_size.set(Some(size));
    }

    /// How this Jira writes text: as it is configured or remembered, or by its
    /// own word.
    pub(super) async fn flavor(&self) -> Result<Flavor, TrackerError> {
        if let Some(site) = self.known_site() {
            return Ok(site.flavor);
        }
        let jira = self.settings()?;
        let site = match (self.ask_site().await, jira.api) {
            (Ok(site), _) => site,
            // Only the address for people is lacking.
            (Err(_), Api::Cloud | Api::DataCenter) => self.site_of(jira.api == Api::Cloud, None),
            (Err(error), Api::Auto) => return Err(error),
        };
        Ok(self.site.get_or_init(|| site).flavor)
    }

    /// The same without asking: a Jira that is not known is taken for what its
    /// host's name says.
    pub(super) fn likely_flavor(&self) -> Flavor {
        let guess = match self.base_url().contains(".atlassian.net") {
            true => Flavor::Adf,
            false => Flavor::Wiki,
        };
        self.known_site().map_or(guess, |site| site.flavor)
    }

    /// How the address of an issue begins for people.
    pub(super) fn issues(&self) -> &str {
        match self.known_site() {
            Some(site) => &site.issues,
            None => self.issues.get_or_init(|| self.site_of(false, None).issues),
        }
    }

    fn known_site(&self) -> Option<&Site> {
        if let Some(site) = self.site.get() {
            return Some(site);
        }
        let jira = self.settings.jira().ok()?;
        let is_told = jira.browse_url.is_some() || !jira.base_url.contains(GATEWAY);
        let site = match jira.api {
            Api::Cloud if is_told => self.site_of(true, None),
            Api::DataCenter if is_told => self.site_of(false, None),
            _ => {
                let known = memory::recall(self.ports, &memory_name(jira), FOR_EVER)?;
                self.site_of(known["cloud"].as_bool()?, known["browse"].as_str())
            }
        };
        Some(self.site.get_or_init(|| site))
    }

    /// What is known of a Jira; where people browse is set, or told, or the base
    /// address.
    fn site_of(&self, is_cloud: bool, told: Option<&str>) -> Site {
        let jira = self.settings.jira().ok();
        let set = jira.and_then(|jira| jira.browse_url.as_deref());
        let browse = set.or(told).unwrap_or_else(|| self.base_url());
        Site {
            flavor: match is_cloud {
                true => Flavor::Adf,
                false => Flavor::Wiki,
            },
            issues: format!("{}/browse/", browse.trim_end_matches('/')),
        }
    }

    /// Which family this Jira belongs to, and where people find it: its own word,
    /// not its host's name.
    async fn ask_site(&self) -> Result<Site, TrackerError> {
        let told = Expected::Members(&["deploymentType", "baseUrl"]);
        let request = JiraRequest::get(Flavor::Wiki, "serverInfo", told);
        let unknown = |why: &str| {
            let why = format!(
                "Jira's serverInfo does not say what it is ({why}). Check jira_url and jira_context_path, or set jira_api"
            );
            TrackerError::misconfigured(Scope::Everything, why)
        };
        let answer = match self.ask(&request).await {
            Err(TrackerError::Denied { why }) => return Err(unknown(&why)),
            answer => answer?,
        };
        let site = self.learn_site(&answer);
        site.ok_or_else(|| unknown("no deploymentType"))
    }

    /// What a `serverInfo` tells, and remembers it; `None` if it does not say what it is.
    pub(super) fn learn_site(&self, answer: &Value) -> Option<Site> {
        let is_cloud = answer["deploymentType"].as_str()? == "Cloud";
        let browse = answer["baseUrl"].as_str();
        let browse = browse.filter(|url| url.starts_with("https://") || url.starts_with("http://"));
        memory::remember(
            self.ports,
            &memory_name(self.settings.jira().ok()?),
            json!({ "cloud": is_cloud, "browse": browse }),
        );
        Some(self.site_of(is_cloud, browse))
    }

    /// A question that changes nothing; its answer is JSON. One that Jira itself
    /// does not answer to us, while it says who we are, is denied.
    pub(super) async fn ask(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let answer = self.send(request).await.map_err(TrackerError::harmless)?;
        let now = self.ports.clock.now();
        let doubt = match answers::read(&answer, request.expected, now) {
            Ok(json) => return Ok(json),
            Err(doubt) => doubt,
        };
        let is_jiras = !matches!(doubt, Doubt::NotJira(_));
        let error = match self.settle(doubt).await {
            Ok(error) => error.harmless(),
            Err(Missing(why)) => match self.myself().await {
                Ok(()) => TrackerError::Denied { why },
                Err(error) => error,
            },
        };
        Err(match error {
            TrackerError::Misconfigured {
                scope: Scope::Event,
                is_login: false,
                why,
            } if is_jiras => TrackerError::Denied { why },
            error => error,
        })
    }

    /// A request about one issue.
    pub(super) async fn do_to_issue(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let answer = self.send(request).await?;
        match answers::read(&answer, request.expected, self.ports.clock.now()) {
            Ok(json) => Ok(json),
            Err(doubt) => Err(match self.settle(doubt).await {
                Ok(error) => error,
                Err(Missing(why)) => match self.myself().await {
                    Ok(()) => TrackerError::Gone { why },
                    Err(error) => error,
                },
            }),
        }
    }

    /// What an answer means that is no success. Where that is not certain, `myself`
    /// tells whether it is about this request alone.
    pub(super) async fn settle(&self, doubt: Doubt) -> Result<TrackerError, Missing> {
        let (why, is_jiras) = match doubt {
            Doubt::Certain(error) => return Ok(error),
            Doubt::Missing(why) => return Err(Missing(why)),
            Doubt::NotJira(why) => (why, false),
            Doubt::NoScope(why) => (why, true),
        };
        Ok(match self.myself().await {
            Ok(()) => TrackerError::misconfigured(Scope::Event, why),
            // Nothing is sent again with a login that is refused.
            Err(error @ TrackerError::Misconfigured { is_login: true, .. }) => error,
            Err(error) if is_jiras => error,
            Err(_) => TrackerError::misconfigured(Scope::Everything, why),
        })
    }

    /// Whether Jira says who we are: the proof that it is Jira, and that the
    /// login is good.
    pub(super) async fn myself(&self) -> Result<(), TrackerError> {
        self.who().await.map(drop)
    }

    /// The same: what Jira says of us.
    pub(super) async fn who(&self) -> Result<Value, TrackerError> {
        let flavor = self.likely_flavor();
        let me = Expected::Members(&["accountId", "name", "key"]);
        let request = JiraRequest::get(flavor, "myself", me);
        let answer = self.send(&request).await.map_err(TrackerError::harmless)?;
        match answers::read(&answer, me, self.ports.clock.now()) {
            Ok(me) => Ok(me),
            Err(Doubt::Certain(error)) => Err(error.harmless()),
            Err(Doubt::NotJira(why)) => Err(TrackerError::misconfigured(Scope::Everything, why)),
            // It may be a good token all the same.
            Err(Doubt::NoScope(why)) => Err(TrackerError::misconfigured(Scope::Event, why)),
            Err(Doubt::Missing(why)) => Err(TrackerError::Misconfigured {
                scope: Scope::Everything,
                is_login: true,
                why: format!("Authentication failed: {why}. Check jira_api_token"),
            }),
        }
    }

    /// A digest of where and how we log in: another one may be better.
    pub(super) fn login(&self) -> String {
        let Ok(jira) = self.settings.jira() else {
            return String::new();
        };
        let headers = headers(jira).map(|(name, value)| format!("\n{name}: {value}"));
        digest(format!("{}{}", jira.base_url, headers.collect::<String>()).as_bytes())
    }

    pub(super) async fn send(&self, request: &JiraRequest) -> Result<Answer, TrackerError> {
        let answer = self.call(self.settings()?, request).await;
        answer.map_err(|error| match error {
            CallError::Unanswered(error) => answers::unanswered(&error),
            CallError::Login => TrackerError::misconfigured(
                Scope::Everything,
                "jira_api_token holds a character that no HTTP header can carry",
            ),
            CallError::Address => TrackerError::Fatal {
                why: format!("{} makes no address", request.path),
            },
        })
    }

    /// The request as it is sent, and whatever comes back.
    pub(super) async fn call(
        &self,
        jira: &settings::Jira,
        request: &JiraRequest,
    ) -> Result<Answer, CallError> {
        let call = Call {
            service: JIRA,
            shows_path: true,
            method: request.method.clone(),
            address: &format!("{}{}", jira.base_url, request.path),
            login: headers(jira).collect(),
            body: request.body.clone().map(String::into_bytes),
            limits: LIMITS,
        };
        let answer = call.send(self.ports).await;
        answer.map(|answer| masked(answer, jira))
    }
}

fn wrong(error: SettingsError) -> TrackerError {
    TrackerError::misconfigured(Scope::Everything, error.to_string())
}

fn memory_name(jira: &settings::Jira) -> String {
    format!("site-{}", digest(jira.base_url.as_bytes()))
}

/// What lets a request in: at Jira, and at what stands in front of it.
fn headers(jira: &settings::Jira) -> impl Iterator<Item = (HeaderName, String)> {
    let others = jira.headers.iter();
    let others = others.map(|(name, value)| (name.clone(), value.expose().to_owned()));
    std::iter::once((AUTHORIZATION, authorization(&jira.login))).chain(others)
}

/// An answer in which no secret of ours is repeated: reasons quote it.
fn masked(mut answer: Answer, jira: &settings::Jira) -> Answer {
    let token = match &jira.login {
        Login::Basic { token, .. } | Login::Bearer(token) => token.expose().to_owned(),
    };
    let sent = headers(jira).map(|(_, value)| value.rsplit(' ').next().unwrap_or("").to_owned());
    let secrets = sent
        .chain([token])
        .filter(|secret| secret.len() >= SHORTEST_SECRET);
    for secret in secrets {
        if !answer.status.is_success() && holds(&answer.body, secret.as_bytes()) {
            let body = String::from_utf8_lossy(&answer.body).replace(&secret, "***");
            answer.body = body.into_bytes();
        }
    }
    answer
}

fn holds(body: &[u8], secret: &[u8]) -> bool {
    body.windows(secret.len()).any(|window| window == secret)
}

fn authorization(login: &Login) -> String {
    match login {
        Login::Basic { email, token } => {
            let pair = format!("{email}:{}", token.expose());
            format!("Basic {}", STANDARD.encode(pair))
        }
        Login::Bearer(token) => format!("Bearer {}", token.expose()),
    }
}
