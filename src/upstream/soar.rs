//! A container of Splunk SOAR.
//!
//! Splunk's REST reference for SOAR: `POST /rest/container/<id>` changes what it names,
//! `POST /rest/container_comment` adds a comment, which nobody can change or delete.
//! `POST /rest/container/<id>/comments` says success too and keeps nothing: never that.

use ::http::{HeaderName, Method, StatusCode};
use serde_json::{Value, json};

use super::port::{Answered, Assigned, IssueLink, Note, Upstream, UpstreamError};
use super::rest::{Manual, Rest, Sent};
use super::words::{announcement, comment, nobody, said, user_of};
use crate::model::{EntityType, IssueStatus, Named, Person, Timestamp};
use crate::platform::Ports;
use crate::settings::SoarApi;

static MANUAL: Manual = Manual {
    name: "SOAR",
    url: "soar_url",
    token: "soar_token",
    right: "a role that may edit containers",
    gone: None,
};

/// The type of an entity that is a container.
const KIND: &str = "soar-container";
const COMMENTS: &str = "/rest/container_comment";

/// One container.
pub(super) struct Container<'a> {
    rest: Rest<'a>,
    api: &'a SoarApi,
    id: u64,
}

/// SOAR's REST.
pub(super) fn rest<'a>(ports: Ports<'a>, api: &'a SoarApi) -> Rest<'a> {
    Rest {
        ports,
        url: &api.url,
        token: &api.token,
        header: HeaderName::from_static("ph-auth-token"),
        scheme: "",
        manual: &MANUAL,
    }
}

impl<'a> Container<'a> {
    /// The container with this number. Nothing is sent yet.
    pub(super) fn new(ports: Ports<'a>, api: &'a SoarApi, id: u64) -> Self {
        let rest = rest(ports, api);
        Self { rest, api, id }
    }

    fn path(&self) -> String {
        format!("/rest/container/{}", self.id)
    }

    /// What it answers; `failed` can come with any status.
    async fn ask(&self, method: Method, path: &str, sent: Sent<'_>) -> Asked {
        let answer = self.rest.send(method, path, sent).await?;
        let json = self.rest.object(&answer)?;
        match json["failed"].as_bool() {
            Some(true) => Err(self.rest.refused(json["message"].as_str())),
            _ => Ok((answer.status, json)),
        }
    }

    /// Writes something; only `success` says that it is written.
    async fn write(&self, path: &str, body: &Value) -> Result<(), UpstreamError> {
        let (status, answer) = self.ask(Method::POST, path, Sent::Json(body)).await?;
        match answer["success"].as_bool() {
            Some(true) => Ok(()),
            Some(false) => Err(self.rest.refused(answer["message"].as_str())),
            None => Err(self.rest.somebody_else(status)),
        }
    }

    /// Changes the container, then says why: the change can be repeated, so that only
    /// the comment may be there twice after a lost answer.
    async fn change(&self, change: &Value, why: &str) -> Result<(), UpstreamError> {
        self.write(&self.path(), change).await?;
        self.comment(&comment(why)).await
    }

    async fn comment(&self, text: &str) -> Result<(), UpstreamError> {
        let body = json!({ "container_id": self.id, "comment": text });
        self.write(COMMENTS, &body).await
    }

    async fn give(&self, to: Option<&Person>, why: &str) -> Result<Assigned, UpstreamError> {
        let Some(person) = to else {
            self.comment(&comment(why)).await?;
            return Ok(Assigned::Done);
        };
        let owner = user_of(&self.api.owners, person);
        let Some(owner) = owner.and_then(|owner| owner.parse::<u64>().ok()) else {
            let why = nobody("soar_owner_back", MANUAL.name, person);
            return Ok(Assigned::Unknown(why));
        };
        self.change(&json!({ "owner_id": owner }), why).await?;
        Ok(Assigned::Done)
    }
}

type Asked = Result<(StatusCode, Value), UpstreamError>;

impl Upstream for Container<'_> {
    fn name(&self) -> &'static str {
        MANUAL.name
    }

    fn announce<'a>(&'a self, issue: &'a IssueLink) -> Answered<'a, ()> {
        Box::pin(async move { self.comment(&announcement(issue)).await })
    }

    /// SOAR's statuses have no other id than their name.
    fn image<'a>(&'a self, status: &'a IssueStatus) -> Answered<'a, Option<Named>> {
        let kind = EntityType::new(KIND);
        let name = self.api.statuses.image(&kind, status);
        let named = name.map(|name| Named {
            id: name.to_owned(),
            name: Some(name.to_owned()),
        });
        Box::pin(std::future::ready(Ok(named)))
    }

    fn status(&self) -> Answered<'_, Option<String>> {
        Box::pin(async move {
            let path = self.path();
            let (_, container) = self.ask(Method::GET, &path, Sent::Nothing).await?;
            let status = container["status"].as_str().filter(|it| !it.is_empty());
            Ok(status.map(str::to_owned))
        })
    }

    fn set_status<'a>(&'a self, to: &'a Named, said: &'a str) -> Answered<'a, Option<Timestamp>> {
        Box::pin(async move {
            self.change(&json!({ "status": to.id }), said).await?;
            // SOAR does not say when.
            Ok(None)
        })
    }

    /// SOAR's REST reference names no way to take a container from its owner: with
    /// nobody in `to`, a comment says so, and the owner stays.
    fn assign<'a>(
        &'a self,
        to: Option<&'a Person>,
        _: Option<&'a Person>,
        said: &'a str,
    ) -> Answered<'a, Assigned> {
        Box::pin(async move { self.give(to, said).await })
    }

    /// A container has no resolution: a comment.
    fn resolve<'a>(&'a self, _: Option<&'a str>, _: Timestamp, said: &'a str) -> Answered<'a, ()> {
        Box::pin(async move { self.comment(&comment(said)).await })
    }

    /// Nobody can change a comment.
    fn say<'a>(&'a self, note: &'a Note) -> Answered<'a, Option<String>> {
        Box::pin(async move { self.comment(&said(note, false)).await.map(|()| None) })
    }

    /// The new text is said too.
    fn change_note<'a>(&'a self, _: &'a str, note: &'a Note) -> Answered<'a, ()> {
        Box::pin(async move { self.comment(&said(note, true)).await })
    }

    /// It stays.
    fn delete_note<'a>(&'a self, _: &'a str) -> Answered<'a, ()> {
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests;
