//! Flat objects as any tool posts them, and a Jira of each family that they go to.

use jira_intake_standins::client::Answer;
use jira_intake_standins::jira::{JiraOptions, JiraStandIn};
use serde_json::{Value, json};

use super::operator::{OPERATED, admin, until_quiet};
use super::{DATA_CENTER, Function, WEBHOOK_TOKEN, cloud, data_center, with_settings};

/// A Jira as it is.
pub fn same(options: JiraOptions) -> JiraOptions {
    options
}

/// A Jira of each family, changed in the same way, with a function for each.
pub async fn each_family(
    change: impl Fn(JiraOptions) -> JiraOptions,
    settings: &[(&str, &str)],
) -> [(JiraStandIn, Function); 2] {
    let operated = [&OPERATED[..], settings].concat();
    let on_data_center = [&DATA_CENTER[..], &operated].concat();
    [
        with_settings(change(cloud()), &operated).await,
        with_settings(change(data_center()), &on_data_center).await,
    ]
}

/// Runs a story for all cases at the same time: most of it is waiting.
pub async fn at_once<T>(cases: impl IntoIterator<Item = T>, story: impl AsyncFn(T)) {
    let stories = cases.into_iter().map(|case| story(case));
    futures::future::join_all(stories).await;
}

/// Posts an object.
pub async fn post(function: &Function, object: &Value) -> Answer {
    post_with(function, "", object).await
}

/// Posts an object with a query such as `?dry_run=true`.
pub async fn post_with(function: &Function, query: &str, object: &Value) -> Answer {
    let path = format!("/webhooks/generic{query}");
    let token = [("x-api-key", WEBHOOK_TOKEN)];
    function.post(&path, &token, object.to_string()).await
}

/// Posts an object, and reads the one result.
pub async fn tell(function: &Function, object: &Value) -> Value {
    let answer = post(function, object).await;
    assert!(answer.status < 300, "{}: {}", answer.status, answer.text());
    answer.result()
}

/// What became of an object.
pub async fn outcome(function: &Function, object: Value) -> String {
    let result = tell(function, &object).await;
    result["outcome"].as_str().unwrap_or_default().to_owned()
}

/// The object that most stories are about.
pub fn odd_login(title: &str) -> Value {
    json!({ "id": "edr-1", "title": title })
}

/// What Jira is not asked for now.
pub async fn holds(function: &Function) -> Vec<Value> {
    let (status, body) = admin(function, "GET", "/holds").await;
    assert_eq!(status, 200, "{body}");
    body["holds"].as_array().unwrap().clone()
}

/// Lets go of everything that is held back.
pub async fn let_go(function: &Function) {
    for hold in holds(function).await {
        let path = format!("/holds/{}", hold["id"].as_str().unwrap());
        let (status, body) = admin(function, "DELETE", &path).await;
        assert_eq!(status, 200, "{body}");
    }
}

/// Lets what was put off come about.
pub async fn in_the_end(function: &mut Function) {
    let_go(function).await;
    super::alerts::later(function, 200).await;
    until_quiet(function).await;
}
