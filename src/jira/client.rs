//! One request to Jira for one step.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::error::JiraError;
use crate::config::{Jira, Login};
use crate::plan::steps::IssueFields;
use crate::platform::Ports;

/// How long one request may take, from connecting to the last byte.
pub const TIMEOUT: Duration = Duration::from_secs(10);

/// Talks to one Jira.
#[derive(Clone, Copy)]
pub struct Client<'a> {
    ports: Ports<'a>,
    jira: &'a Jira,
}

/// An issue that Jira has just created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreatedIssue {
    /// Such as `SOC-105`; changes when the issue is moved.
    pub key: String,
    /// Never changes.
    pub id: String,
}

impl<'a> Client<'a> {
    /// A client for the configured Jira.
    pub fn new(ports: Ports<'a>, jira: &'a Jira) -> Self {
        Self { ports, jira }
    }

    /// Files an issue: `POST /rest/api/2/issue`, answered with 201.
    pub async fn create(&self, fields: &IssueFields) -> Result<CreatedIssue, JiraError> {
        let body = json!({ "fields": fields_json(fields) });
        let response = self.send(Method::POST, "/rest/api/2/issue", &body).await?;
        if response.status() != StatusCode::CREATED {
            return Err(JiraError::answered(&response));
        }
        let created: Value = serde_json::from_slice(response.body()).unwrap_or_default();
        match (created["key"].as_str(), created["id"].as_str()) {
            (Some(key), Some(id)) => Ok(CreatedIssue {
                key: key.to_owned(),
                id: id.to_owned(),
            }),
            _ => Err(JiraError::Ambiguous {
                why: "Jira answered 201, but not which issue it created".to_owned(),
            }),
        }
    }

    /// The address at which a person opens the issue.
    pub fn browse_url(&self, key: &str) -> String {
        format!("{}/browse/{key}", self.jira.base_url)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<Response<Vec<u8>>, JiraError> {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.jira.base_url))
            .header(AUTHORIZATION, authorization(&self.jira.login)?)
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json")
            .header(
                USER_AGENT,
                concat!("jira-intake/", env!("CARGO_PKG_VERSION")),
            )
            .body(body.to_string().into_bytes())
            .map_err(|e| JiraError::Fatal { why: e.to_string() })?;
        self.ports
            .http
            .send(request, TIMEOUT)
            .await
            .map_err(|error| JiraError::unanswered(&error))
    }
}

fn authorization(login: &Login) -> Result<HeaderValue, JiraError> {
    let text = match login {
        Login::Basic { email, token } => {
            let pair = format!("{email}:{}", token.expose());
            format!("Basic {}", STANDARD.encode(pair))
        }
        Login::Bearer(token) => format!("Bearer {}", token.expose()),
    };
    let mut value = HeaderValue::try_from(text).map_err(|_| JiraError::Misconfigured {
        why: "jira_api_token holds a character that no HTTP header can carry".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

fn fields_json(fields: &IssueFields) -> Map<String, Value> {
    let mut json = fields.custom.clone();
    json.insert("project".into(), json!({ "key": fields.project }));
    json.insert("issuetype".into(), json!({ "name": fields.issue_type }));
    json.insert("summary".into(), fields.summary.clone().into());
    if let Some(description) = &fields.description {
        json.insert("description".into(), description.clone().into());
    }
    // An empty list would be refused where the field is not on the screen.
    if !fields.labels.is_empty() {
        json.insert("labels".into(), fields.labels.clone().into());
    }
    json
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;
    use crate::platform::fake::{Fake, block_on};

    fn jira(login: Login) -> Jira {
        Jira {
            base_url: "https://example.com/jira".to_owned(),
            login,
            project_key: "SOC".to_owned(),
            issue_type: "Task".to_owned(),
            custom_fields: Map::new(),
        }
    }

    fn fields() -> IssueFields {
        IssueFields {
            project: "SOC".to_owned(),
            issue_type: "Task".to_owned(),
            summary: "s".to_owned(),
            description: None,
            labels: Vec::new(),
            custom: Map::from_iter([("customfield_1".to_owned(), "x".into())]),
        }
    }

    fn create(fake: &Fake, login: Login) -> Result<CreatedIssue, JiraError> {
        let jira = jira(login);
        block_on(Client::new(fake.ports(), &jira).create(&fields()))
    }

    fn bearer() -> Login {
        Login::Bearer(Secret::new("pat"))
    }

    #[test]
    fn an_issue_is_created_with_one_request() {
        let fake = Fake::default();
        fake.reply(201, &[], r#"{"id":"10000","key":"SOC-1","self":"x"}"#);
        assert_eq!(create(&fake, bearer()).unwrap().key, "SOC-1");
        let requests = fake.requests.borrow();
        assert_eq!(requests.len(), 1);
        assert_eq!(
            requests[0].uri(),
            "https://example.com/jira/rest/api/2/issue"
        );
        assert_eq!(requests[0].headers()[AUTHORIZATION], "Bearer pat");
        assert!(requests[0].headers()[AUTHORIZATION].is_sensitive());
        let body: Value = serde_json::from_slice(requests[0].body()).unwrap();
        assert_eq!(body["fields"]["customfield_1"], "x");
        assert!(body["fields"].get("labels").is_none());
    }

    #[test]
    fn an_email_makes_the_login_basic() {
        let fake = Fake::default();
        fake.reply(201, &[], r#"{"id":"1","key":"SOC-1"}"#);
        let login = Login::Basic {
            email: "bot@example.com".to_owned(),
            token: Secret::new("t"),
        };
        create(&fake, login).unwrap();
        let requests = fake.requests.borrow();
        let header = &requests[0].headers()[AUTHORIZATION];
        assert_eq!(header, "Basic Ym90QGV4YW1wbGUuY29tOnQ=");
    }

    #[test]
    fn a_201_that_names_no_issue_may_have_created_one() {
        let fake = Fake::default();
        fake.reply(201, &[], "<html>");
        assert!(matches!(
            create(&fake, bearer()),
            Err(JiraError::Ambiguous { .. })
        ));
    }

    #[test]
    fn a_200_is_no_success_for_a_create() {
        let fake = Fake::default();
        fake.reply(200, &[], "<html>log in first</html>");
        assert!(matches!(
            create(&fake, bearer()),
            Err(JiraError::Fatal { .. })
        ));
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_a_mistake_and_not_a_panic() {
        let login = Login::Bearer(Secret::new("a\nb"));
        let error = create(&Fake::default(), login).unwrap_err();
        assert!(matches!(error, JiraError::Misconfigured { .. }));
    }
}
