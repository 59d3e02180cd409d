//! Requests to one Jira: the login, the language it speaks, and what its answers
//! mean.

use std::cell::OnceCell;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use serde_json::Value;

use super::answers;
use super::request::JiraRequest;
use crate::http::{Answer, Call, CallError, PLATFORM_ANSWER};
use crate::markup::Flavor;
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
        settings.map_err(|error| TrackerError::Misconfigured {
            why: error.to_string(),
        })
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
                return Err(TrackerError::Misconfigured {
                    why: "Jira's serverInfo does not say what it is. Check jira_url and jira_context_path, or set jira_api".to_owned(),
                });
            }
        };
        memory::remember(
            self.ports,
            &memory_name(self.settings()?),
            Value::from(flavor == Flavor::Adf),
        );
        Ok(flavor)
    }

    /// A question that changes nothing.
    pub(super) async fn ask(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let response = self.send(request).await.map_err(TrackerError::harmless)?;
        match response.status.is_success() {
            true => Ok(response.json()),
            false => Err(answers::answered(&response, self.ports.clock.now()).harmless()),
        }
    }

    /// A request about one issue; its body may be empty, or no JSON.
    pub(super) async fn do_to_issue(&self, request: &JiraRequest) -> Result<Value, TrackerError> {
        let response = self.send(request).await?;
        match response.status.is_success() {
            true => Ok(response.json()),
            false => Err(answers::about_issue(&response, self.ports.clock.now())),
        }
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
            CallError::Login => TrackerError::Misconfigured {
                why: "jira_api_token holds a character that no HTTP header can carry".to_owned(),
            },
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
