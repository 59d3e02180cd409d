use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::super::{JiraOptions, Operation};
use super::{Caller, Jira, cloud, data_center, fields, start};

async fn raw(jira: &Jira, kind: &str, body: &str) -> u16 {
    let path = format!("{}/issue", jira.api);
    let headers = [("content-type", kind)];
    jira.http
        .raw("POST", &path, &headers, body.to_owned())
        .await
        .unwrap()
        .status
}

#[tokio::test]
async fn only_the_right_credentials_are_let_in() {
    for jira in [cloud().await, data_center().await] {
        for wrong in ["", "Basic eDp5", "Bearer nope", "Bearer", "test-token"] {
            let stranger = Caller::new(&jira.standin.url(), wrong);
            let reply = stranger.get(&format!("{}/myself", jira.api)).await;
            assert_eq!(reply.status, 401, "{wrong}");
            assert!(reply.header("content-type").starts_with("text/html"));
        }
        assert_eq!(jira.get("myself").await.status, 200);
    }
}

#[tokio::test]
async fn too_many_bad_logins_lock_out_the_right_one_too() {
    let jira = start(JiraOptions::data_center().lock_after(3)).await;
    let stranger = Caller::new(&jira.standin.url(), "Bearer nope");
    for status in [401, 401, 401, 403] {
        assert_eq!(stranger.get("/rest/api/2/myself").await.status, status);
    }
    assert_eq!(jira.get("myself").await.status, 403);
    jira.standin.unlock();
    assert_eq!(jira.get("myself").await.status, 200);
}

#[tokio::test]
async fn server_info_tells_the_family_to_everybody() {
    for (jira, kind) in [(cloud().await, "Cloud"), (data_center().await, "Server")] {
        let stranger = Caller::new(&jira.standin.url(), "");
        let reply = stranger.get("/rest/api/2/serverInfo").await;
        assert_eq!(
            (reply.status, &reply.json["deploymentType"]),
            (200, &json!(kind))
        );
    }
}

#[tokio::test]
async fn jira_may_live_under_a_context_path() {
    let jira = start(JiraOptions::data_center().context_path("/jira")).await;
    let key = jira.filed(json!({})).await;
    let link = jira.get(&format!("issue/{key}")).await.json["self"].clone();
    assert!(
        link.as_str().unwrap().contains("/jira/rest/api/2/issue/"),
        "{link}"
    );
    assert_eq!(jira.http.get("/rest/api/2/myself").await.status, 404);
    assert_eq!(jira.standin.operations()[0], Operation::Create);
}

#[tokio::test]
async fn a_body_is_json_and_says_so() {
    let jira = cloud().await;
    assert_eq!(raw(&jira, "text/plain", "{}").await, 415);
    assert_eq!(raw(&jira, "application/json", "{").await, 400);
    assert_eq!(raw(&jira, "application/json", "[]").await, 400);
    let good = fields(json!({})).to_string();
    assert_eq!(
        raw(&jira, "application/json; charset=utf-8", &good).await,
        201
    );
}

#[tokio::test]
async fn a_body_above_the_limit_is_a_413() {
    let jira = start(JiraOptions::cloud().max_body(500)).await;
    let reply = jira
        .post("issue", fields(json!({"labels": ["x".repeat(1000)]})))
        .await;
    assert_eq!(reply.status, 413);
}

#[tokio::test]
async fn a_body_in_chunks_is_a_411_unless_accepted() {
    for (options, expected) in [
        (JiraOptions::cloud(), "HTTP/1.1 411"),
        (JiraOptions::cloud().accept_chunked(), "HTTP/1.1 201"),
    ] {
        let jira = start(options).await;
        let body = fields(json!({})).to_string();
        let request = format!(
            "POST /rest/api/3/issue HTTP/1.1\r\nhost: x\r\nauthorization: {}\r\n\
             content-type: application/json\r\ntransfer-encoding: chunked\r\n\
             connection: close\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            jira.standin.authorization(),
            body.len(),
        );
        let mut stream = TcpStream::connect(jira.standin.addr()).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with(expected), "{answer}");
    }
}

#[tokio::test]
async fn a_browser_is_taken_for_a_forged_request() {
    let jira = cloud().await;
    let path = format!("{}/issue", jira.api);
    let headers = [
        ("content-type", "application/json"),
        ("user-agent", "Mozilla/5.0"),
    ];
    let body = fields(json!({})).to_string();
    let reply = jira.http.raw("POST", &path, &headers, body).await.unwrap();
    assert_eq!(
        (reply.status, reply.text.as_str()),
        (403, "XSRF check failed")
    );
}

#[tokio::test]
async fn unknown_paths_are_404_and_wrong_methods_405() {
    let jira = cloud().await;
    assert_eq!(jira.get("nothing/here").await.status, 404);
    assert_eq!(jira.http.get("/").await.status, 404);
    let wrong = jira
        .http
        .send("DELETE", &format!("{}/myself", jira.api), &Value::Null)
        .await;
    let wrong = wrong.unwrap();
    assert_eq!((wrong.status, wrong.header("allow")), (405, "GET"));
}

#[tokio::test]
async fn create_metadata_lists_types_and_fields_in_pages() {
    for (jira, types, of_fields) in [
        (cloud().await, "issueTypes", "fields"),
        (data_center().await, "values", "values"),
    ] {
        let reply = jira.get("issue/createmeta/SOC/issuetypes").await.json;
        assert_eq!(
            (&reply["total"], &reply[types][1]["name"]),
            (&json!(4), &json!("Bug"))
        );
        let path = "issue/createmeta/SOC/issuetypes/10000";
        let (first, second) = (
            jira.get(&format!("{path}?maxResults=20")).await.json,
            jira.get(&format!("{path}?maxResults=20&startAt=20"))
                .await
                .json,
        );
        let mut all = first[of_fields].as_array().unwrap().clone();
        all.extend(second[of_fields].as_array().unwrap().clone());
        assert_eq!(json!(all.len()), first["total"]);
        let field = |id: &str| all.iter().find(|field| field["fieldId"] == id).unwrap();
        assert_eq!(field("summary")["required"], true);
        assert_eq!(field("customfield_10039")["schema"]["type"], "option");
        assert_eq!(
            field("customfield_10039")["allowedValues"][0]["value"],
            "SOC"
        );
        assert_eq!(
            field("customfield_10041")["allowedValues"][0]["children"][1]["value"],
            "Paris"
        );
        assert_eq!(
            jira.get("issue/createmeta/NOPE/issuetypes").await.status,
            404
        );
        assert_eq!(
            jira.get("issue/createmeta/SOC/issuetypes/1").await.status,
            404
        );
    }
}

#[tokio::test]
async fn the_site_tells_fields_priorities_projects_permissions_and_users() {
    let jira = cloud().await;
    let fields = jira.get("field").await.json;
    let team = fields
        .as_array()
        .unwrap()
        .iter()
        .find(|field| field["name"] == "Team")
        .unwrap();
    assert_eq!(
        (&team["id"], &team["custom"]),
        (&json!("customfield_10039"), &json!(true))
    );
    assert_eq!(jira.get("priority").await.json[0]["name"], "Highest");
    assert_eq!(
        jira.get("project/SOC").await.json["issueTypes"][0]["name"],
        "Task"
    );
    assert_eq!(jira.get("project/NOPE").await.status, 404);
    let path = "mypermissions?projectKey=SOC&permissions=CREATE_ISSUES";
    let permission = &jira.get(path).await.json["permissions"]["CREATE_ISSUES"];
    assert_eq!(permission["havePermission"], true);
    assert_eq!(jira.get("mypermissions").await.status, 400);
    assert_eq!(
        jira.get("user/search?query=ada").await.json[0]["accountId"],
        "712020:ada"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_hundred_creates_at_once_make_three_hundred_issues() {
    let jira = start(JiraOptions::cloud().index_lag(Duration::from_millis(10))).await;
    let calls: Vec<_> = (0..300)
        .map(|number| {
            let (http, path) = (jira.http.clone(), format!("{}/issue", jira.api));
            let body = fields(json!({"summary": format!("Number {number}")}));
            tokio::spawn(async move { http.post(&path, body).await.json["key"].clone() })
        })
        .collect();
    let mut keys = std::collections::BTreeSet::new();
    for call in calls {
        keys.insert(call.await.unwrap().to_string());
    }
    assert_eq!((keys.len(), jira.standin.issues().len()), (300, 300));
    assert_eq!(jira.standin.count(Operation::Create), 300);
}
