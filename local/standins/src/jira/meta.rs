//! What a client may ask about the site itself: who am I, which types, which
//! fields, what may I do.

use serde_json::{Map, Value, json};

use super::call::{Call, Outcome};
use super::names::SYSTEM;
use super::project::Project;
use super::refusal::Refusal;
use crate::server::Answer;

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
    let told = call.site.options.base_url.as_ref();
    let base = told.or_else(|| call.site.base.get());
    Ok(Answer::json(
        200,
        &json!({
            "baseUrl": base,
            "displayUrl": base,
            "version": version,
            "versionNumbers": numbers,
            "deploymentType": kind,
            "serverTitle": "Jira",
        }),
    ))
}

/// `GET field`
pub(crate) fn fields(call: &Call<'_>) -> Outcome {
    let system = SYSTEM.iter().map(|(id, name, kind, _)| {
        json!({"id": id, "key": id, "name": name, "custom": false,
               "schema": {"type": kind, "system": id}})
    });
    let mut all: Vec<Value> = system.collect();
    // Jira REST v3 docs, Get fields: custom fields only of projects one may see.
    let projects = call.site.options.projects.iter();
    let projects = projects.filter(|_| !call.anonymous);
    for field in projects.flat_map(|project| &project.custom_fields) {
        let known = |shown: &Value| shown.get("id") == Some(&json!(field.id));
        if !all.iter().any(known) {
            all.push(
                json!({"id": field.id, "key": field.id, "name": field.name, "custom": true,
                            "schema": field.schema()}),
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
    let project = match call.request.query_value("projectKey") {
        // Jira REST v3 docs, Get my permissions: 404 for who may not see it.
        Some(key) if call.anonymous => return Err(call.no_project(&key)),
        Some(key) => Some(project_named(call, &key)?),
        None => None,
    };
    let lacks = |name: &str| {
        project.is_some_and(|project| {
            let closed = name == "CREATE_ISSUES" && call.site.no_create().contains(&project.key);
            closed || project.lacks.contains(name)
        })
    };
    let shown: Map<String, Value> = names
        .split(',')
        .map(|name| {
            let refused = call.anonymous || lacks(name);
            let permission =
                json!({"key": name, "name": name, "type": "PROJECT", "havePermission": !refused});
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
    if call.site.is_cloud() {
        shown["style"] = json!("classic");
        shown["simplified"] = json!(false);
    }
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

/// `GET project/search`, in pages; Data Center lists all under `project`.
pub(crate) fn projects(call: &Call<'_>) -> Outcome {
    let all = call.site.options.projects.iter();
    let all: Vec<Value> = all.map(|it| call.site.project_json(it)).collect();
    match (call.site.is_cloud(), call.parts.as_slice()) {
        (true, ["project", "search"]) => Ok(Answer::json(
            200,
            &json!({"startAt": 0, "total": all.len(), "isLast": true, "values": all}),
        )),
        (false, ["project"]) => Ok(Answer::json(200, &Value::Array(all))),
        // Data Center takes `search` for a key; Cloud has no list without pages any more.
        _ => Err(call.no_project("search")),
    }
}

/// `GET project/{key}/statuses`: those of each issue type.
pub(crate) fn project_statuses(call: &Call<'_>) -> Outcome {
    let project = project_named(call, call.part(1))?;
    let workflow = call.site.workflow(&project.key);
    let statuses = workflow.statuses.iter();
    let statuses: Vec<Value> = statuses.map(|it| it.json(call.site.locale())).collect();
    let types = project.issue_types.iter().map(|name| {
        let mut shown = call.site.issue_type_json(project, name);
        shown["statuses"] = json!(statuses);
        shown
    });
    Ok(Answer::json(200, &types.collect()))
}

/// `GET application-properties?key=…`: one of Data Center's settings, for who is an
/// administrator; `Fault::forbidden` makes the account none.
pub(crate) fn application_property(call: &Call<'_>) -> Outcome {
    let key = "jira.text.field.character.limit";
    let is_it = call.request.query_value("key").as_deref() == Some(key);
    if call.site.is_cloud() || !is_it {
        return Err(Refusal::message(404, "The stand-in has no such property."));
    }
    let value = call.site.options.text_limit.to_string();
    let shown = json!({"id": key, "key": key, "value": value, "name": key, "type": "uint"});
    Ok(Answer::json(200, &shown))
}

pub(crate) fn project_named<'a>(call: &'a Call<'_>, named: &str) -> Result<&'a Project, Refusal> {
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
    // Jira REST v3 docs, Find users: nobody finds nobody.
    let users = call.site.options.users.iter().filter(|user| {
        let names = [
            &user.name,
            &user.display_name,
            &user.email,
            &user.account_id,
        ];
        let named = names
            .iter()
            .any(|name| name.to_lowercase().contains(&wanted));
        named && !call.anonymous
    });
    let found: Vec<Value> = users.map(|user| call.site.user_json(user)).collect();
    Ok(Answer::json(200, &Value::Array(found)))
}
