//! What a client may ask about the site itself: who am I, which types, which
//! fields, what may I do.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome};
use super::fields::option_id;
use super::project::{CustomField, Project};
use super::refusal::Refusal;
use super::site::is_subtask;
use crate::server::Answer;

const DEFAULT_PAGE: usize = 50;
/// Jira REST docs, create metadata: at most 200 a page.
const MAX_PAGE: usize = 200;

/// System fields as Jira names them: id, name, schema type, items.
const SYSTEM: [(&str, &str, &str, Option<&str>); 12] = [
    ("summary", "Summary", "string", None),
    ("issuetype", "Issue Type", "issuetype", None),
    ("project", "Project", "project", None),
    ("description", "Description", "string", None),
    ("labels", "Labels", "array", Some("string")),
    ("priority", "Priority", "priority", None),
    ("components", "Components", "array", Some("component")),
    ("assignee", "Assignee", "user", None),
    ("reporter", "Reporter", "user", None),
    ("duedate", "Due date", "date", None),
    ("environment", "Environment", "string", None),
    ("parent", "Parent", "issuelink", None),
];

/// `GET myself`
pub(crate) fn myself(call: &Call<'_>) -> Outcome {
    Ok(Answer::json(200, &call.site.user_json(&call.site.me())))
}

/// `GET serverInfo`: answered to everybody.
pub(crate) fn server_info(call: &Call<'_>) -> Outcome {
    let (kind, version, numbers) = match call.site.is_cloud() {
        true => ("Cloud", "1001.0.0-SNAPSHOT", json!([1001, 0, 0])),
        false => ("Server", "10.3.0", json!([10, 3, 0])),
    };
    let base = call.site.base.get();
    Ok(Answer::json(
        200,
        &json!({
            "baseUrl": base,
            "version": version,
            "versionNumbers": numbers,
            "deploymentType": kind,
            "serverTitle": "Jira",
        }),
    ))
}

/// `GET issue/createmeta/{project}/issuetypes`
pub(crate) fn create_types(call: &Call<'_>) -> Outcome {
    let project = project_named(call, call.part(2))?;
    let types = project.issue_types.iter();
    let types = types
        .map(|name| call.site.issue_type_json(project, name))
        .collect();
    Ok(page(call, "issueTypes", types))
}

/// `GET issue/createmeta/{project}/issuetypes/{type}`
pub(crate) fn create_fields(call: &Call<'_>) -> Outcome {
    let project = project_named(call, call.part(2))?;
    let known = |name: &&String| {
        call.site.issue_type_json(project, name).get("id") == Some(&json!(call.part(4)))
    };
    let Some(issue_type) = project.issue_types.iter().find(known) else {
        return Err(Refusal::message(
            404,
            call.say("Issue type not found", "Vorgangstyp fehlt"),
        ));
    };
    let always = |id: &str| ["summary", "issuetype", "project"].contains(&id);
    let system = SYSTEM
        .iter()
        .filter(|(id, ..)| always(id) || project.screen.contains(*id));
    let system = system.map(|(id, name, kind, items)| {
        let required = always(id)
            || project.required.contains(*id)
            || (*id == "parent" && is_subtask(issue_type));
        let mut field = described(id, name, required);
        field["schema"] = json!({"type": kind, "system": id});
        if let Some(items) = items {
            field["schema"]["items"] = json!(items);
        }
        allow(call, project, id, &mut field);
        field
    });
    let custom = project
        .custom_fields
        .iter()
        .map(|field| custom(project, field));
    Ok(page(call, "fields", system.chain(custom).collect()))
}

fn described(id: &str, name: &str, required: bool) -> Value {
    json!({
        "required": required,
        "name": name,
        "key": id,
        "fieldId": id,
        "hasDefaultValue": id == "priority",
        "operations": ["set"],
    })
}

fn allow(call: &Call<'_>, project: &Project, id: &str, field: &mut Value) {
    let site = call.site;
    let allowed: Vec<Value> = match id {
        "priority" => site
            .options
            .priorities
            .iter()
            .map(|it| site.priority_json(it))
            .collect(),
        "components" => project
            .components
            .iter()
            .map(|it| site.component_json(project, it))
            .collect(),
        "project" => vec![site.project_json(project)],
        _ => return,
    };
    field["allowedValues"] = Value::Array(allowed);
    if id == "components" {
        field["operations"] = json!(["add", "set", "remove"]);
    }
}

fn custom(project: &Project, field: &CustomField) -> Value {
    let mut shown = described(&field.id, &field.name, project.required.contains(&field.id));
    shown["schema"] = schema(field);
    if !field.choices.is_empty() {
        let choices = field.choices.iter().enumerate();
        shown["allowedValues"] = choices
            .map(|(index, choice)| {
                let id = option_id(index);
                let children = choice.children.iter().enumerate();
                let children: Vec<Value> = children
                    .map(|(at, child)| json!({"value": child, "id": format!("{id}{at}")}))
                    .collect();
                let mut shown = json!({"value": choice.value, "id": id});
                if !children.is_empty() {
                    shown["children"] = Value::Array(children);
                }
                shown
            })
            .collect();
    }
    shown
}

fn schema(field: &CustomField) -> Value {
    let (kind, items, custom) = field.kind.schema();
    let number = field
        .id
        .trim_start_matches("customfield_")
        .parse::<u64>()
        .ok();
    let mut schema = json!({
        "type": kind,
        "custom": format!("com.atlassian.jira.plugin.system.customfieldtypes:{custom}"),
        "customId": number,
    });
    if let Some(items) = items {
        schema["items"] = json!(items);
    }
    schema
}

/// One page of a list: Cloud names it, Data Center says `values`.
fn page(call: &Call<'_>, name: &str, all: Vec<Value>) -> Answer {
    let start = call.number("startAt", 0);
    let most = call.number("maxResults", DEFAULT_PAGE).clamp(1, MAX_PAGE);
    let total = all.len();
    let list: Vec<Value> = all.into_iter().skip(start).take(most).collect();
    let mut answer = Map::new();
    answer.insert("startAt".to_owned(), json!(start));
    answer.insert("maxResults".to_owned(), json!(most));
    answer.insert("total".to_owned(), json!(total));
    if call.site.is_cloud() {
        answer.insert(name.to_owned(), json!(list));
    } else {
        answer.insert("isLast".to_owned(), json!(start + list.len() >= total));
        answer.insert("values".to_owned(), json!(list));
    }
    Answer::json(200, &Value::Object(answer))
}

/// `GET field`
pub(crate) fn fields(call: &Call<'_>) -> Outcome {
    let system = SYSTEM.iter().map(|(id, name, kind, _)| {
        json!({"id": id, "key": id, "name": name, "custom": false,
               "schema": {"type": kind, "system": id}})
    });
    let mut all: Vec<Value> = system.collect();
    for field in call
        .site
        .options
        .projects
        .iter()
        .flat_map(|project| &project.custom_fields)
    {
        let known = |shown: &Value| shown.get("id") == Some(&json!(field.id));
        if !all.iter().any(known) {
            all.push(
                json!({"id": field.id, "key": field.id, "name": field.name, "custom": true,
                            "schema": schema(field)}),
            );
        }
    }
    Ok(Answer::json(200, &Value::Array(all)))
}

/// `GET mypermissions?projectKey=…&permissions=…`
pub(crate) fn permissions(call: &Call<'_>) -> Outcome {
    let Some(names) = call
        .request
        .query_value("permissions")
        .filter(|names| !names.is_empty())
    else {
        let text = call.say(
            "The 'permissions' query parameter is required.",
            "Der Parameter 'permissions' ist erforderlich.",
        );
        return Err(Refusal::message(400, text));
    };
    if let Some(key) = call.request.query_value("projectKey") {
        project_named(call, &key)?;
    }
    let shown: Map<String, Value> = names
        .split(',')
        .map(|name| {
            let permission =
                json!({"key": name, "name": name, "type": "PROJECT", "havePermission": true});
            (name.to_owned(), permission)
        })
        .collect();
    Ok(Answer::json(200, &json!({"permissions": shown})))
}

/// `GET priority`
pub(crate) fn priorities(call: &Call<'_>) -> Outcome {
    let names = call.site.options.priorities.iter();
    let all: Vec<Value> = names.map(|name| call.site.priority_json(name)).collect();
    Ok(Answer::json(200, &Value::Array(all)))
}

/// `GET project/{key}`
pub(crate) fn project(call: &Call<'_>) -> Outcome {
    let project = project_named(call, call.part(1))?;
    let mut shown = call.site.project_json(project);
    let types = project.issue_types.iter();
    shown["issueTypes"] = types
        .map(|name| call.site.issue_type_json(project, name))
        .collect();
    let components = project.components.iter();
    shown["components"] = components
        .map(|name| call.site.component_json(project, name))
        .collect();
    Ok(Answer::json(200, &shown))
}

fn project_named<'a>(call: &'a Call<'_>, named: &str) -> Result<&'a Project, Refusal> {
    call.site
        .project(named)
        .ok_or_else(|| call.no_project(named))
}

/// `GET user/search?query=…` (Data Center: `username=…`)
pub(crate) fn find_users(call: &Call<'_>) -> Outcome {
    let by = if call.site.is_cloud() {
        "query"
    } else {
        "username"
    };
    let wanted = call
        .request
        .query_value(by)
        .unwrap_or_default()
        .to_lowercase();
    let users = call.site.options.users.iter().filter(|user| {
        let names = [
            &user.name,
            &user.display_name,
            &user.email,
            &user.account_id,
        ];
        names
            .iter()
            .any(|name| name.to_lowercase().contains(&wanted))
    });
    let found: Vec<Value> = users.map(|user| call.site.user_json(user)).collect();
    Ok(Answer::json(200, &Value::Array(found)))
}
