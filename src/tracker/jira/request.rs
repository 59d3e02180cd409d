//! A step becomes a request: method, path and body, in the words of the Jira
//! family that it goes to. Pure.

use http::Method;
use serde_json::{Map, Value, json};

use super::fingerprint;
use crate::markup::{DESCRIPTION_LIMIT, Document, Ending, Flavor, Inline, PanelKind, Rendered};
use crate::model::{Description, Edit, FieldChange, FieldValue, IssueFields, RemoteLink};
use crate::tracker::port::Dropped;

/// The issue property in which we keep what the issue stands for. Jira takes
/// keys to 255 characters and values to 32,768.
const PROPERTY: &str = "jira-intake";

/// A request to Jira, below its base address.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct JiraRequest {
    /// The method.
    pub method: Method,
    /// The path and query, from `/rest/api`.
    pub path: String,
    /// The JSON body, if it has one.
    pub body: Option<Value>,
}

impl JiraRequest {
    pub(super) fn get(flavor: Flavor, rest: &str) -> Self {
        Self {
            method: Method::GET,
            path: path(flavor, rest),
            body: None,
        }
    }

    fn with_body(method: Method, flavor: Flavor, rest: &str, body: Value) -> Self {
        Self {
            method,
            path: path(flavor, rest),
            body: Some(body),
        }
    }
}

/// REST v3 takes ADF, v2 wiki markup.
fn path(flavor: Flavor, rest: &str) -> String {
    let version = match flavor {
        Flavor::Adf => 3,
        Flavor::Wiki => 2,
    };
    format!("/rest/api/{version}/{rest}")
}

/// `POST issue`. The custom fields must stand under their ids. The description
/// says which fields were dropped.
pub(super) fn create(fields: &IssueFields, dropped: &[Dropped], flavor: Flavor) -> JiraRequest {
    let mut json = fields.custom.clone();
    let mut set = |name: &str, value: Value| drop(json.insert(name.to_owned(), value));
    set("project", json!({ "key": fields.place.project }));
    set("issuetype", json!({ "name": fields.place.issue_type }));
    for (field, value) in &fields.values {
        let value = match value {
            FieldValue::Text(text) => FieldValue::Text(describe(text, dropped)),
            value => value.clone(),
        };
        // Empty values would be refused where the field is not on the screen.
        if !value.is_empty() {
            set(field.id, in_jira(&value, flavor));
        }
    }
    let body = json!({ "fields": json, "properties": properties(&fields.property) });
    JiraRequest::with_body(Method::POST, flavor, "issue", body)
}

/// A value as Jira takes it.
fn in_jira(value: &FieldValue, flavor: Flavor) -> Value {
    match value {
        FieldValue::Line(text) => json!(text),
        FieldValue::Text(text) => render(text, flavor).into_json(),
        FieldValue::Words(words) => json!(words),
        FieldValue::Named(name) => json!({ "name": name }),
        FieldValue::AllNamed(names) => names.iter().map(|name| json!({ "name": name })).collect(),
        FieldValue::User(name) => account(name, flavor),
    }
}

/// A fingerprint of the description that a create sends; of none where it
/// sends none, because Jira shows none then.
pub(super) fn description_of(create: &JiraRequest) -> String {
    let description = create.body.as_ref().map(|it| &it["fields"]["description"]);
    fingerprint::of(description.unwrap_or(&Value::Null))
}

/// `PUT issue/{key}`: everything in one request.
pub(super) fn edit(key: &str, edit: &Edit, flavor: Flavor) -> JiraRequest {
    let mut fields = edit.custom.clone();
    let mut updates = Map::new();
    for (field, change) in &edit.changes {
        match change {
            FieldChange::Set(value) => {
                fields.insert(field.id.to_owned(), in_jira(value, flavor));
            }
            // One by one: a whole list would wipe what people added.
            FieldChange::Entries { added, removed } => {
                let added = added.iter().map(|entry| json!({ "add": entry }));
                let removed = removed.iter().map(|entry| json!({ "remove": entry }));
                updates.insert(field.id.to_owned(), added.chain(removed).collect());
            }
        }
    }
    let mut body = Map::new();
    if !fields.is_empty() {
        body.insert("fields".to_owned(), fields.into());
    }
    if !updates.is_empty() {
        body.insert("update".to_owned(), updates.into());
    }
    body.insert("properties".to_owned(), properties(&edit.property));
    JiraRequest::with_body(Method::PUT, flavor, &issue(key), body.into())
}

/// `POST issue/{key}/comment`.
pub(super) fn comment(key: &str, document: &Document, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/comment", issue(key));
    JiraRequest::with_body(Method::POST, flavor, &rest, said(document, flavor))
}

/// `PUT issue/{key}/comment/{id}`.
pub(super) fn edit_comment(
    key: &str,
    id: &str,
    document: &Document,
    flavor: Flavor,
) -> JiraRequest {
    let rest = format!("{}/comment/{}", issue(key), encoded(id));
    JiraRequest::with_body(Method::PUT, flavor, &rest, said(document, flavor))
}

fn said(document: &Document, flavor: Flavor) -> Value {
    let ending = Ending {
        text: "… cut here".to_owned(),
        url: None,
    };
    let body = document.render(flavor, DESCRIPTION_LIMIT, &ending);
    json!({ "body": body.into_json() })
}

/// `GET issue/{key}`: where it stands in its workflow.
pub(super) fn status(key: &str, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(flavor, &format!("{}?fields=status", issue(key)))
}

/// `POST issue/{key}/transitions`.
pub(super) fn transition(key: &str, id: &str, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/transitions", issue(key));
    let body = json!({ "transition": { "id": id } });
    JiraRequest::with_body(Method::POST, flavor, &rest, body)
}

/// `GET issue/{key}/transitions`.
pub(super) fn transitions(key: &str, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(flavor, &format!("{}/transitions", issue(key)))
}

/// `POST issue/{key}/remotelink`: creates the link, or updates the one with
/// the same global id.
pub(super) fn remote_link(key: &str, link: &RemoteLink, flavor: Flavor) -> JiraRequest {
    let rest = format!("{}/remotelink", issue(key));
    let body = json!({
        "globalId": link.global_id,
        "object": { "url": link.url, "title": link.title },
    });
    JiraRequest::with_body(Method::POST, flavor, &rest, body)
}

/// `POST issueLink`: `key` duplicates `survivor`.
pub(super) fn duplicates(key: &str, survivor: &str, flavor: Flavor) -> JiraRequest {
    let body = json!({
        "type": { "name": "Duplicate" },
        "inwardIssue": { "key": key },
        "outwardIssue": { "key": survivor },
    });
    JiraRequest::with_body(Method::POST, flavor, "issueLink", body)
}

/// `GET issue/{key}`: what people can have edited.
pub(super) fn shown(key: &str, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(
        flavor,
        &format!("{}?fields=summary,description", issue(key)),
    )
}

/// `GET issue/{id}/properties/jira-intake`: what we noted on an issue.
pub(super) fn property(issue: &str, flavor: Flavor) -> JiraRequest {
    JiraRequest::get(flavor, &format!("issue/{issue}/properties/{PROPERTY}"))
}

/// `GET mypermissions`: whether the account may create issues in a project.
pub(super) fn create_permission(project: &str, flavor: Flavor) -> JiraRequest {
    let rest = format!(
        "mypermissions?projectKey={}&permissions=CREATE_ISSUES",
        encoded(project)
    );
    JiraRequest::get(flavor, &rest)
}

/// The description as Jira takes it.
pub(super) fn render(description: &Description, flavor: Flavor) -> Rendered {
    description
        .document
        .render(flavor, DESCRIPTION_LIMIT, &description.ending)
}

/// The description, with a word about fields that Jira did not take.
pub(super) fn describe(description: &Description, dropped: &[Dropped]) -> Description {
    if dropped.is_empty() {
        return description.clone();
    }
    let item = |dropped: &Dropped| {
        vec![
            Inline::code(&dropped.field),
            Inline::text(format!(": {}", dropped.why)),
        ]
    };
    let note = Document::new()
        .paragraph(vec![Inline::text("Jira did not take these fields:")])
        .bullets(dropped.iter().map(item));
    Description {
        document: Document::new()
            .panel(PanelKind::Warning, note)
            .append(description.document.clone()),
        ending: description.ending.clone(),
    }
}

fn account(name: &str, flavor: Flavor) -> Value {
    match flavor {
        Flavor::Adf => json!({ "accountId": name }),
        Flavor::Wiki => json!({ "name": name }),
    }
}

fn properties(value: &Value) -> Value {
    json!([{ "key": PROPERTY, "value": value }])
}

/// Keys come from Jira, and are written into a path.
fn issue(key: &str) -> String {
    format!("issue/{}", encoded(key))
}

fn encoded(part: &str) -> String {
    form_urlencoded::byte_serialize(part.as_bytes()).collect()
}
