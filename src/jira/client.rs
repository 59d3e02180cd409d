//! Sends requests to one Jira: at most one for what can be said in one.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use serde_json::Value;

use super::dropped::{drop_fields, drop_from_edit};
use super::error::{Dropped, JiraError};
use super::request::{self, JiraRequest};
use super::{catalog, fingerprint, transitions};
use crate::config::{Api, Jira, Login};
use crate::http::{Answer, Call, CallError, PLATFORM_ANSWER};
use crate::ledger::known;
use crate::markup::{Document, Flavor};
use crate::plan::digest;
use crate::plan::life::Shown;
use crate::plan::steps::{Edit, IssueFields, RemoteLink, Target};
use crate::platform::{Limits, Ports};

/// What one request may cost.
const LIMITS: Limits = Limits {
    time: TIMEOUT,
    answer: PLATFORM_ANSWER,
};
/// How long one request may take, from connecting to the last byte.
pub const TIMEOUT: Duration = Duration::from_secs(10);
/// A Jira does not change its family while anybody remembers.
const FOR_EVER: Duration = Duration::MAX;

/// Talks to one Jira, in one flavor.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    ports: Ports<'a>,
    jira: &'a Jira,
    flavor: Flavor,
}

/// An issue that Jira has just created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// Such as `SOC-105`; changes when the issue is moved.
    pub key: String,
    /// Never changes.
    pub id: String,
    /// What Jira was given.
    pub shown: Shown,
    /// What it did not take.
    pub dropped: Vec<Dropped>,
}

impl<'a> Client<'a> {
    /// A client for the configured Jira; asks it once which family it belongs
    /// to unless that is configured.
    pub async fn connect(ports: Ports<'a>, jira: &'a Jira) -> Result<Self, JiraError> {
        let mut client = Self {
            ports,
            jira,
            flavor: Flavor::Wiki,
        };
        client.flavor = match (known_flavor(ports, jira), jira.api) {
            (Some(flavor), _) => flavor,
            (None, _) => client.ask_family().await?,
        };
        Ok(client)
    }

    /// A client that only makes requests and never sends them: without asking,
    /// a Jira that is not known is taken for what its host's name says.
    pub fn offline(ports: Ports<'a>, jira: &'a Jira) -> Self {
        let guess = match jira.base_url.contains(".atlassian.net") {
            true => Flavor::Adf,
            false => Flavor::Wiki,
        };
        Self {
            ports,
            jira,
            flavor: known_flavor(ports, jira).unwrap_or(guess),
        }
    }

    /// How this Jira writes text.
    pub fn flavor(&self) -> Flavor {
        self.flavor
    }

    pub(super) fn ports(&self) -> Ports<'a> {
        self.ports
    }

    pub(super) fn base_url(&self) -> &str {
        &self.jira.base_url
    }

    /// The address at which a person opens the issue.
    pub fn browse_url(&self, key: &str) -> String {
        browse_url(self.jira, key)
    }

    /// Files an issue. An optional field that Jira refuses is dropped, and the
    /// create is sent once more.
    pub async fn create(&self, fields: &IssueFields) -> Result<Created, JiraError> {
        let mut fields = fields.clone();
        let resolved = catalog::resolve(self, &fields.custom, &fields.place, self.flavor).await?;
        fields.custom = resolved.fields;
        let mut dropped = resolved.dropped;
        let first = self.create_once(&fields, &dropped).await;
        let (answer, description) = match first {
            Err(JiraError::Refused { fields: named, .. })
                if drop_fields(&mut fields, &named, &mut dropped) =>
            {
                self.create_once(&fields, &dropped).await?
            }
            other => other?,
        };
        let (Some(key), Some(id)) = (answer["key"].as_str(), answer["id"].as_str()) else {
            return Err(JiraError::Ambiguous {
                why: "Jira answered 201, but not which issue it created".to_owned(),
            });
        };
        Ok(Created {
            key: key.to_owned(),
            id: id.to_owned(),
            shown: Shown {
                summary: fields.summary.clone(),
                description,
            },
            dropped,
        })
    }

    /// Jira's answer, and a fingerprint of the description that was sent.
    async fn create_once(
        &self,
        fields: &IssueFields,
        dropped: &[Dropped],
    ) -> Result<(Value, String), JiraError> {
        let request = request::create(fields, dropped, self.flavor);
        let response = self.send(&request).await?;
        match response.status.as_u16() {
            201 => Ok((response.json(), request::description_of(&request))),
            // A page from something in between: what is behind it may have
            // done its work.
            200..=299 => Err(JiraError::Ambiguous {
                why: format!("Jira answered {} to a create", response.status),
            }),
            _ => Err(JiraError::answered(&response, self.ports.clock.now_ms())),
        }
    }

    /// What a description will look like in Jira.
    pub fn fingerprint(
        &self,
        description: &crate::plan::steps::Description,
        dropped: &[Dropped],
    ) -> String {
        let description = request::describe(description, dropped);
        fingerprint::of(&request::render(&description, self.flavor).into_json())
    }

    /// Changes an issue's fields, all in one request; fields that Jira refuses
    /// are dropped, and the rest is sent once more.
    pub async fn edit(&self, key: &str, edit: &Edit) -> Result<Vec<Dropped>, JiraError> {
        let mut edit = edit.clone();
        let resolved = catalog::resolve(self, &edit.custom, &edit.place, self.flavor).await?;
        edit.custom = resolved.fields;
        let mut dropped = resolved.dropped;
        match self
            .do_to_issue(&request::edit(key, &edit, &[], self.flavor))
            .await
        {
            Err(JiraError::Refused { fields: named, .. })
                if drop_from_edit(&mut edit, &named, &mut dropped) =>
            {
                self.do_to_issue(&request::edit(key, &edit, &[], self.flavor))
                    .await?;
            }
            other => drop(other?),
        }
        Ok(dropped)
    }

    /// Says something on an issue; the comment's id, if Jira tells it.
    pub async fn comment(
        &self,
        key: &str,
        document: &Document,
    ) -> Result<Option<String>, JiraError> {
        let request = request::comment(key, document, self.flavor);
        let comment = self.do_to_issue(&request).await?;
        Ok(comment["id"].as_str().map(str::to_owned))
    }

    /// Says something else in a comment of ours. Repeating it changes nothing.
    pub async fn edit_comment(
        &self,
        key: &str,
        id: &str,
        document: &Document,
    ) -> Result<(), JiraError> {
        let request = request::edit_comment(key, id, document, self.flavor);
        let done = self.do_to_issue(&request).await;
        done.map(drop).map_err(JiraError::harmless)
    }

    /// Whether an issue's status counts as done.
    pub async fn is_done(&self, key: &str) -> Result<bool, JiraError> {
        let request = request::status(key, self.flavor);
        let done = self.do_to_issue(&request).await;
        let issue = done.map_err(JiraError::harmless)?;
        Ok(transitions::is_done(&issue["fields"]["status"]))
    }

    /// Moves an issue along its workflow; false if nothing leads there now.
    pub async fn transition(&self, key: &str, target: &Target) -> Result<bool, JiraError> {
        let offered = self
            .do_to_issue(&request::transitions(key, self.flavor))
            .await
            .map_err(JiraError::harmless)?;
        let Some(id) = transitions::choose(&offered, target) else {
            return Ok(false);
        };
        let request = request::transition(key, &id, self.flavor);
        self.do_to_issue(&request).await.map(|_| true)
    }

    /// Links an issue to a page elsewhere; repeating it changes nothing.
    pub async fn remote_link(&self, key: &str, link: &RemoteLink) -> Result<(), JiraError> {
        let request = request::remote_link(key, link, self.flavor);
        let done = self.do_to_issue(&request).await;
        done.map(drop).map_err(JiraError::harmless)
    }

    /// Links an issue to the one that stays; where Jira has no such link type,
    /// by a remote link.
    pub async fn duplicates(&self, key: &str, survivor: &str) -> Result<(), JiraError> {
        let request = request::duplicates(key, survivor, self.flavor);
        match self.do_to_issue(&request).await {
            Err(JiraError::Gone { .. } | JiraError::Refused { .. }) => {
                let url = self.browse_url(survivor);
                let link = RemoteLink {
                    global_id: url.clone(),
                    title: format!("Merged into {survivor}"),
                    url,
                };
                self.remote_link(key, &link).await
            }
            other => other.map(drop).map_err(JiraError::harmless),
        }
    }

    /// What people can have edited, as it is now.
    pub async fn shown(&self, key: &str) -> Result<Shown, JiraError> {
        let request = request::shown(key, self.flavor);
        let issue = self
            .do_to_issue(&request)
            .await
            .map_err(JiraError::harmless)?;
        let summary = issue["fields"]["summary"].as_str();
        Ok(Shown {
            summary: summary.unwrap_or_default().to_owned(),
            description: fingerprint::of(&issue["fields"]["description"]),
        })
    }

    /// Which family this Jira belongs to: its own word, not its host's name.
    async fn ask_family(&self) -> Result<Flavor, JiraError> {
        let answer = self
            .ask(&JiraRequest::get(Flavor::Wiki, "serverInfo"))
            .await?;
        let flavor = match answer["deploymentType"].as_str() {
            Some("Cloud") => Flavor::Adf,
            Some(_) => Flavor::Wiki,
            None => {
                return Err(JiraError::Misconfigured {
                    why: "Jira's serverInfo does not say what it is. Check jira_url and jira_context_path, or set jira_api".to_owned(),
                });
            }
        };
        known::remember(
            self.ports,
            &flavor_name(self.jira),
            Value::from(flavor == Flavor::Adf),
        );
        Ok(flavor)
    }

    /// A question that changes nothing.
    pub(super) async fn ask(&self, request: &JiraRequest) -> Result<Value, JiraError> {
        let response = self.send(request).await.map_err(JiraError::harmless)?;
        match response.status.is_success() {
            true => Ok(response.json()),
            false => Err(JiraError::answered(&response, self.ports.clock.now_ms()).harmless()),
        }
    }

    /// A request about one issue; its body may be empty, or no JSON.
    async fn do_to_issue(&self, request: &JiraRequest) -> Result<Value, JiraError> {
        let response = self.send(request).await?;
        match response.status.is_success() {
            true => Ok(response.json()),
            false => Err(JiraError::about_issue(&response, self.ports.clock.now_ms())),
        }
    }

    async fn send(&self, request: &JiraRequest) -> Result<Answer, JiraError> {
        let call = Call {
            method: request.method.clone(),
            address: &format!("{}{}", self.jira.base_url, request.path),
            login: Some((AUTHORIZATION, authorization(&self.jira.login))),
            body: request
                .body
                .as_ref()
                .map(|body| body.to_string().into_bytes()),
            limits: LIMITS,
        };
        call.send(self.ports).await.map_err(|error| match error {
            CallError::Unanswered(error) => JiraError::unanswered(&error),
            CallError::Login => JiraError::Misconfigured {
                why: "jira_api_token holds a character that no HTTP header can carry".to_owned(),
            },
            CallError::Address => JiraError::Fatal {
                why: format!("{} makes no address", request.path),
            },
        })
    }
}

/// The address at which a person opens an issue.
pub fn browse_url(jira: &Jira, key: &str) -> String {
    format!("{}/browse/{key}", jira.base_url)
}

/// The flavor that is configured or remembered.
fn known_flavor(ports: Ports<'_>, jira: &Jira) -> Option<Flavor> {
    let cloud = match jira.api {
        Api::Cloud => true,
        Api::DataCenter => false,
        Api::Auto => known::recall(ports, &flavor_name(jira), FOR_EVER)?.as_bool()?,
    };
    Some(match cloud {
        true => Flavor::Adf,
        false => Flavor::Wiki,
    })
}

fn flavor_name(jira: &Jira) -> String {
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

#[cfg(test)]
mod tests;
