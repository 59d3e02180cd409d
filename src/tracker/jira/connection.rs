//! Requests to one Jira: the login, the language it speaks, and what its answers
//! mean.

use std::cell::OnceCell;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use serde_json::Value;

use super::answers::{self, Doubt, Expected};
use super::request::JiraRequest;
use crate::http::{Answer, Call, CallError, PLATFORM_ANSWER};
use crate::markup::Flavor;
use crate::model::Scope;
use crate::platform::{Limits, Ports};
use crate::settings::{self, Api, Login, Settings};
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

/// A Jira that can be asked. It is connected to with the first request.
pub(super) struct Connection<'a> {
    pub(super) ports: Ports<'a>,
    settings: &'a Settings<'a>,
    flavor: OnceCell<Flavor>,
}

impl<'a> Connection<'a> {
    pub(super) fn new(ports: Ports<'a>, settings: &'a Settings<'a>) -> Self {
        Self {
            ports,
            settings,
            flavor: OnceCell::new(),
        }
    }

    pub(super) fn settings(&self) -> Result<&'a settings::Jira, TrackerError> {
        let settings = self.settings.jira();
        settings.map_err(|error| TrackerError::misconfigured(Scope::Everything, error.to_string()))
    }

    /// Fields that an issue must have.
    pub(super) fn required_fields(&self) -> Result<&'a [String], TrackerError> {
        let fields = self.settings.required_fields();
        let fields = fields.map(Vec::as_slice);
        fields.map_err(|error| TrackerError::misconfigured(Scope::Everything, error.to_string()))
    }

    /// Origin and context path, without a trailing slash.
    pub(super) fn base_url(&self) -> &str {
        self.settings.jira().map_or("", |jira| &jira.base_url)
    }

    /// How this Jira writes text: as it is configured or remembered, or by its
    /// own word.
    pub(super) async fn flavor(&self) -> Result<Flavor, TrackerError> {
        if let Some(flavor) = self.known_flavor() {
            return Ok(flavor);
        }
        let flavor = self.ask_family().await?;
        Ok(*self.flavor.get_or_init(|| flavor))
    }

    /// The same without asking: a Jira that is not known is taken for what its
    /// host's name says.
    pub(super) fn likely_flavor(&self) -> Flavor {
        let guess = match self.base_url().contains(".atlassian.net") {
            true => Flavor::Adf,
            false => Flavor::Wiki,
        };
        self.known_flavor().unwrap_or(guess)
    }

    fn known_flavor(&self) -> Option<Flavor> {
        if let Some(flavor) = self.flavor.get() {
            return Some(*flavor);
        }
        let jira = self.settings.jira().ok()?;
        let cloud = match jira.api {
            Api::Cloud => true,
            Api::DataCenter => false,
            Api::Auto => memory::recall(self.ports, &memory_name(jira), FOR_EVER)?.as_bool()?,
        };
        let flavor = match cloud {
            true => Flavor::Adf,
            false => Flavor::Wiki,
        };
        Some(*self.flavor.get_or_init(|| flavor))
    }

    /// Which family this Jira belongs to: its own word, not its host's name.
    async fn ask_family(&self) -> Result<Flavor, TrackerError> {
        let answer = self
            .ask(&JiraRequest::get(Flavor::Wiki, "serverInfo"))
            .await?;
        let flavor = match answer["deploymentType"].as_str() {
            Some("Cloud") => Flavor::Adf,
            Some(_) => Flavor::Wiki,
            None => {
                let why = "Jira's serverInfo does not say what it is. Check jira_url and jira_context_path, or set jira_api";
                return Err(TrackerError::misconfigured(Scope::Everything, why));
            }
        };
        memory::remember(
            self.ports,
            &memory_name(self.settings()?),
            Value::from(flavor == Flavor::Adf),
        );
        Ok(flavor)
    }

    /// A question that changes nothing; its answer is JSON.
    pub(super) async fn ask(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let answer = self.send(request).await.map_err(TrackerError::harmless)?;
        let now = self.ports.clock.now();
        let read = answers::read(&answer, Expected::Json, now);
        match read {
            Ok(json) => Ok(json),
            Err(Doubt::Certain(error)) => Err(error.harmless()),
            Err(Doubt::NotJira(why)) => Err(self.not_jira(why).await),
            Err(Doubt::Missing(why)) => {
                let why = format!("{why}. Check jira_url and jira_context_path");
                Err(TrackerError::misconfigured(Scope::Everything, why))
            }
        }
    }

    /// A request about one issue.
    pub(super) async fn do_to_issue(
        &self,
        request: &JiraRequest,
        expected: Expected,
    ) -> Result<Value, TrackerError> {
        let answer = self.send(request).await?;
        match answers::read(&answer, expected, self.ports.clock.now()) {
            Ok(json) => Ok(json),
            Err(Doubt::Certain(error)) => Err(error),
            Err(Doubt::NotJira(why)) => Err(self.not_jira(why).await),
            Err(Doubt::Missing(why)) => Err(match self.myself().await {
                Ok(()) => TrackerError::Gone { why },
                Err(error) => error,
            }),
        }
    }

    /// Something in between answered: where it lets Jira speak for itself, it is
    /// about this request alone.
    pub(super) async fn not_jira(&self, why: String) -> TrackerError {
        let scope = match self.myself().await {
            Ok(()) => Scope::Event,
            Err(TrackerError::Misconfigured { is_login: true, .. }) => Scope::Event,
            Err(_) => Scope::Everything,
        };
        TrackerError::misconfigured(scope, why)
    }

    /// Whether Jira says who we are: the proof that it is Jira, and that the
    /// login is good.
    pub(super) async fn myself(&self) -> Result<(), TrackerError> {
        let flavor = self.likely_flavor();
        let request = JiraRequest::get(flavor, "myself");
        let answer = self.send(&request).await.map_err(TrackerError::harmless)?;
        match answers::read(&answer, Expected::Json, self.ports.clock.now()) {
            Ok(me)
                if ["accountId", "name", "key"]
                    .iter()
                    .any(|id| me[id].is_string()) =>
            {
                Ok(())
            }
            Ok(_) => Err(TrackerError::misconfigured(
                Scope::Everything,
                "what answers at jira_url is not Jira",
            )),
            Err(Doubt::Certain(error)) => Err(error.harmless()),
            Err(Doubt::NotJira(why)) => Err(TrackerError::misconfigured(Scope::Everything, why)),
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
        digest(format!("{} {}", jira.base_url, authorization(&jira.login)).as_bytes())
    }

    pub(super) async fn send(&self, request: &JiraRequest) -> Result<Answer, TrackerError> {
        let jira = self.settings()?;
        let call = Call {
            method: request.method.clone(),
            address: &format!("{}{}", jira.base_url, request.path),
            login: Some((AUTHORIZATION, authorization(&jira.login))),
            body: request
                .body
                .as_ref()
                .map(|body| body.to_string().into_bytes()),
            limits: LIMITS,
        };
        call.send(self.ports).await.map_err(|error| match error {
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
}

fn memory_name(jira: &settings::Jira) -> String {
    format!("cloud-{}", digest(jira.base_url.as_bytes()))
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
