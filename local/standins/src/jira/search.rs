//! Search: `search/jql` without a total on Cloud, `search` with one on Data Center.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::call::{Call, Outcome};
use super::issue::Issue;
use super::jql::{self, Query};
use super::refusal::Refusal;
use super::render::{self, Wanted};
use crate::server::Answer;

const DEFAULT_PAGE: usize = 50;
/// Jira Cloud REST v3 docs: 5,000 when only ids are asked for.
const MAX_IDS: usize = 5000;
/// What Cloud is known to cap a page at when fields are asked for; not in its docs.
const MAX_ISSUES: usize = 100;
/// `jira.search.views.default.max`, Data Center's default.
const MAX_DATA_CENTER: usize = 1000;

/// What `search/jql` takes; Cloud refuses any other member.
const CLOUD_MEMBERS: [&str; 9] = [
    "jql",
    "fields",
    "maxResults",
    "nextPageToken",
    "expand",
    "properties",
    "fieldsByKeys",
    "reconcileIssues",
    "failFast",
];

/// `POST|GET search/jql` or `POST|GET search`
pub(crate) fn search(call: &Call<'_>) -> Outcome {
    match (call.site.is_cloud(), call.parts.as_slice()) {
        (true, ["search", "jql"]) => on_cloud(call),
        (true, _) => {
            let text = call.say(
                "The requested API has been removed. Please migrate to the /rest/api/3/search/jql \
                 API.",
                "Die angeforderte API wurde entfernt. Wechseln Sie zu /rest/api/3/search/jql.",
            );
            Err(Refusal::message(410, text))
        }
        (false, ["search"]) => on_data_center(call),
        (false, _) => Err(Refusal::message(404, "null for uri")),
    }
}

/// A parameter from the body (POST) or the query (GET).
fn parameter(call: &Call<'_>, name: &str) -> Value {
    match call.request.method.as_str() {
        "GET" => json!(call.request.query_value(name)),
        _ => call.body.get(name).cloned().unwrap_or_default(),
    }
}

fn count(call: &Call<'_>, name: &str, or: usize) -> usize {
    match parameter(call, name) {
        Value::String(text) => text.parse().unwrap_or(or),
        value => value
            .as_u64()
            .and_then(|count| usize::try_from(count).ok())
            .unwrap_or(or),
    }
}

fn wanted(call: &Call<'_>) -> Option<Wanted> {
    match parameter(call, "fields") {
        Value::String(list) => Some(Wanted::list(&list)),
        Value::Array(names) => {
            let names = names.iter().filter_map(Value::as_str);
            Some(Wanted(names.map(str::to_owned).collect()))
        }
        _ => None,
    }
}

fn query(call: &Call<'_>) -> Result<Query, Refusal> {
    let text = parameter(call, "jql");
    jql::parse(text.as_str().unwrap_or_default(), call.site).map_err(|problem| {
        let text = call.say(
            format!("Error in the JQL Query: {problem}"),
            format!("Fehler in der JQL-Abfrage: {problem}"),
        );
        Refusal::message(400, text)
    })
}

fn found(call: &Call<'_>, query: &Query) -> Vec<Issue> {
    let mut store = call.site.store();
    let mut found: Vec<Issue> = store
        .searchable()
        .filter(|issue| query.matches(issue))
        .cloned()
        .collect();
    query.sort(&mut found);
    found
}

fn on_cloud(call: &Call<'_>) -> Outcome {
    let members = call
        .body
        .as_object()
        .into_iter()
        .flat_map(|body| body.keys());
    if members
        .clone()
        .any(|name| !CLOUD_MEMBERS.contains(&name.as_str()))
    {
        return Err(call.bad_request());
    }
    let query = query(call)?;
    if query.is_unbounded() {
        let text = call.say(
            "Unbounded JQL queries are not allowed here. Please add a search restriction to your \
             query.",
            "Unbegrenzte JQL-Abfragen sind hier nicht erlaubt. Schränken Sie die Abfrage ein.",
        );
        return Err(Refusal::message(400, text));
    }
    let wanted = wanted(call);
    let most = if wanted.is_some() {
        MAX_ISSUES
    } else {
        MAX_IDS
    };
    let page = count(call, "maxResults", DEFAULT_PAGE).min(most);
    let start = match parameter(call, "nextPageToken").as_str() {
        Some(token) => page_start(token).ok_or_else(|| call.bad_request())?,
        None => 0,
    };
    let found = found(call, &query);
    let issues = found
        .iter()
        .skip(start)
        .take(page)
        .map(|issue| match &wanted {
            Some(wanted) => render::shown(call.site, call.api, issue, wanted),
            None => json!({"id": issue.id}),
        });
    let mut answer = json!({"issues": issues.collect::<Vec<_>>()});
    let is_last = start + page >= found.len();
    answer["isLast"] = json!(is_last);
    if !is_last {
        answer["nextPageToken"] = json!(page_token(start + page));
    }
    Ok(Answer::json(200, &answer))
}

fn page_token(start: usize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("from:{start}"))
}

fn page_start(token: &str) -> Option<usize> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    text.strip_prefix("from:")?.parse().ok()
}

fn on_data_center(call: &Call<'_>) -> Outcome {
    let query = query(call)?;
    let (start, page) = (
        count(call, "startAt", 0),
        count(call, "maxResults", DEFAULT_PAGE),
    );
    let page = page.min(MAX_DATA_CENTER);
    let wanted = wanted(call).unwrap_or(Wanted::list("*navigable"));
    let found = found(call, &query);
    let issues = found.iter().skip(start).take(page);
    let issues: Vec<Value> = issues
        .map(|issue| render::shown(call.site, call.api, issue, &wanted))
        .collect();
    let answer = json!({
        "expand": "schema,names",
        "startAt": start,
        "maxResults": page,
        "total": found.len(),
        "issues": issues,
    });
    Ok(Answer::json(200, &answer))
}
