//! Which issue and which project a request is about: what a fault that is for
//! one of them asks. An issue has more than one name, so the site is asked.

use serde_json::Value;

use super::super::site::Site;
use super::fault::Fault;
use crate::server::Request;

/// Whether a fault's issue and project, if it has them, are the request's.
pub(crate) fn concerns(site: &Site, fault: &Fault, request: &Request) -> bool {
    let when = &fault.when;
    let at_issue = |named: &String| is_at_issue(site, request, named);
    let in_project = |key: &String| is_in_project(site, request, key);
    when.issue.as_ref().is_none_or(at_issue) && when.project.as_ref().is_none_or(in_project)
}

/// The path's parts after `rest/api/{version}`.
fn parts(request: &Request) -> Vec<String> {
    let all = request.segments();
    let api = all.windows(2).position(|two| two == ["rest", "api"]);
    api.map(|at| all.into_iter().skip(at + 3).collect())
        .unwrap_or_default()
}

/// The issue that the path names.
fn issue_in(request: &Request) -> Option<String> {
    let parts = parts(request);
    let [first, named, ..] = parts.as_slice() else {
        return None;
    };
    let is_issue = first == "issue" && !["createmeta", "bulk"].contains(&named.as_str());
    is_issue.then(|| named.clone())
}

fn is_at_issue(site: &Site, request: &Request, named: &str) -> bool {
    issue_in(request).is_some_and(|given| {
        let store = site.store();
        let both = store.get(&given).zip(store.get(named));
        given.eq_ignore_ascii_case(named) || both.is_some_and(|(one, two)| one.id == two.id)
    })
}

fn is_in_project(site: &Site, request: &Request, key: &str) -> bool {
    let is_it = |named: &str| {
        let known = site.project(named).map(|project| project.key.as_str());
        named == key || known == Some(key)
    };
    if let Some(given) = issue_in(request) {
        let store = site.store();
        let home = store.get(&given).map(|issue| issue.project().to_owned());
        let by_key = || {
            given
                .rsplit_once('-')
                .map(|(project, _)| project.to_owned())
        };
        return home.or_else(by_key).is_some_and(|home| home == key);
    }
    let parts = parts(request);
    let in_path = match parts.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["issue", "createmeta", named, ..] | ["project", named, ..] => is_it(named),
        _ => false,
    };
    let in_query = ["projectKey", "projectId"]
        .iter()
        .filter_map(|name| request.query_value(name))
        .any(|named| is_it(&named));
    let bodies = request.json.iter().flat_map(|body| {
        let many = body.get("issueUpdates").and_then(Value::as_array);
        many.into_iter().flatten().chain([body])
    });
    let in_body = bodies
        .filter_map(|body| body.pointer("/fields/project"))
        .filter_map(|project| project.get("key").or_else(|| project.get("id")))
        .filter_map(Value::as_str)
        .any(is_it);
    in_path || in_query || in_body
}
