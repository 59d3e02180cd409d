//! Who may do what: permissions, expired tokens, gateways.

use serde_json::{Value, json};

use super::super::{Fault, JiraOptions, Locale, Operation, Project};
use super::{Jira, cloud, data_center, doc, fields, start};

async fn may_create(jira: &Jira, project: &str) -> bool {
    let path = format!("mypermissions?projectKey={project}&permissions=CREATE_ISSUES,EDIT_ISSUES");
    let reply = jira.get(&path).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let permissions = &reply.json["permissions"];
    assert!(permissions["EDIT_ISSUES"]["havePermission"].is_boolean());
    permissions["CREATE_ISSUES"]["havePermission"] == json!(true)
}

#[tokio::test]
async fn the_permission_to_create_may_be_missing_in_one_project() {
    let options = JiraOptions::cloud().project(Project::new("IR").no_create());
    let jira = start(options).await;
    let into = fields(json!({"project": {"key": "IR"}}));
    assert!(may_create(&jira, "SOC").await && !may_create(&jira, "IR").await);
    let reply = jira.post("issue", into.clone()).await;
    assert_eq!((reply.status, reply.fields().len()), (400, 0));
    let text = "You do not have permission to create issues in this project.";
    assert_eq!(reply.json["errorMessages"], json!([text]));
    let types = jira.get("issue/createmeta/IR/issuetypes").await.json;
    assert_eq!(types["issueTypes"], json!([]));
    jira.filed(json!({})).await;
    jira.standin.allow_create("IR");
    assert!(may_create(&jira, "IR").await);
    assert_eq!(jira.post("issue", into).await.status, 201);
    jira.standin.forbid_create("SOC");
    assert_eq!(jira.post("issue", fields(json!({}))).await.status, 400);
    let path = "mypermissions?projectKey=NOPE&permissions=CREATE_ISSUES";
    assert_eq!(jira.get(path).await.status, 404);
}

#[tokio::test]
async fn a_missing_permission_is_told_in_the_sites_language() {
    let jira = start(JiraOptions::data_center().locale(Locale::German)).await;
    jira.standin.forbid_create("SOC");
    let reply = jira.post("issue", fields(json!({}))).await;
    assert!(reply.text.contains("Berechtigung"), "{}", reply.text);
}

#[tokio::test]
async fn an_expired_cloud_token_finds_nothing_and_sees_no_issue() {
    let jira = cloud().await;
    let key = jira.filed(json!({"labels": ["a"]})).await;
    let fields_before = jira.get("field").await.json;
    jira.standin.expire_token();
    let search = json!({"jql": "labels = a"});
    let found = jira.post("search/jql", search.clone()).await;
    assert_eq!((found.status, &found.json["issues"]), (200, &json!([])));
    assert_eq!(found.header("x-seraph-loginreason"), "AUTHENTICATED_FAILED");
    let comment = json!({"body": doc("x")});
    let change = json!({"fields": {"summary": "New"}});
    for reply in [
        jira.get(&format!("issue/{key}")).await,
        jira.put(&format!("issue/{key}"), change).await,
        jira.post(&format!("issue/{key}/comment"), comment).await,
        jira.get(&format!("issue/{key}/transitions")).await,
        jira.get("project/SOC").await,
    ] {
        assert_eq!(reply.status, 404, "{}", reply.text);
        assert!(reply.json["errorMessages"][0].is_string());
        let reason = reply.header("x-seraph-loginreason");
        assert_eq!(reason, "AUTHENTICATED_FAILED");
    }
    assert_eq!(jira.get("myself").await.status, 401);
    let create = jira.post("issue", fields(json!({}))).await;
    assert_eq!((create.status, create.fields()), (400, vec!["pid"]));
    let of_project = "mypermissions?permissions=CREATE_ISSUES&projectKey=SOC";
    assert_eq!(jira.get(of_project).await.status, 404);
    let of_site = jira.get("mypermissions?permissions=CREATE_ISSUES").await;
    let permission = &of_site.json["permissions"]["CREATE_ISSUES"];
    assert_eq!(permission["havePermission"], false);
    assert_eq!(jira.get("user/search?query=ada").await.json, json!([]));
    let anonymous = jira.get("field").await;
    assert_eq!(
        anonymous.header("x-seraph-loginreason"),
        "AUTHENTICATED_FAILED"
    );
    let anonymous = anonymous.json;
    let names = |all: &Value| all.as_array().unwrap().len();
    assert!(names(&anonymous) < names(&fields_before));
    jira.standin.renew_token();
    assert_eq!(jira.get(&format!("issue/{key}")).await.status, 200);
    let issue = jira.standin.issue(&key).unwrap();
    assert!(issue.comments.is_empty() && issue.summary() != "New");
}

#[tokio::test]
async fn myself_may_be_hidden_too_while_a_token_is_expired() {
    let jira = cloud().await;
    jira.standin.expire_token();
    jira.standin
        .inject(Fault::hidden().on(Operation::Myself).always());
    assert_eq!(jira.get("myself").await.status, 404);
}

#[tokio::test]
async fn an_expired_data_center_token_is_a_401_everywhere_and_locks_nothing() {
    let jira = start(JiraOptions::data_center().lock_after(2)).await;
    let key = jira.filed(json!({})).await;
    jira.standin.expire_token();
    for path in ["myself", "field", &format!("issue/{key}"), "search?jql="] {
        assert_eq!(jira.get(path).await.status, 401, "{path}");
    }
    jira.standin.renew_token();
    assert_eq!(jira.get("myself").await.status, 200);
}

#[tokio::test]
async fn data_center_says_that_the_login_was_good_and_cloud_does_not() {
    let (cloud, dc) = (cloud().await, data_center().await);
    let reason = |reply: &crate::caller::Reply| reply.header("x-seraph-loginreason").to_owned();
    assert_eq!(reason(&dc.get("issue/SOC-999").await), "OK");
    assert_eq!(reason(&cloud.get("issue/SOC-999").await), "");
}

#[tokio::test]
async fn a_locked_account_is_told_where_to_log_in() {
    let jira = start(JiraOptions::data_center().lock_after(1)).await;
    let stranger = super::Caller::new(&jira.standin.url(), "Bearer nope");
    assert_eq!(stranger.get("/rest/api/2/myself").await.status, 401);
    let reply = jira.get("myself").await;
    assert_eq!(reply.status, 403);
    let expected = format!(
        "CAPTCHA_CHALLENGE; login-url={}/login.jsp",
        jira.standin.url()
    );
    assert_eq!(reply.header("x-authentication-denied-reason"), expected);
}

#[tokio::test]
async fn a_gateway_tells_an_address_other_than_its_own() {
    let options = JiraOptions::cloud().gateway("1111-2222", "https://acme.atlassian.net");
    let jira = start(options).await;
    assert_eq!(jira.api, "/ex/jira/1111-2222/rest/api/3");
    let info = jira.get("serverInfo").await.json;
    assert_eq!(info["baseUrl"], "https://acme.atlassian.net");
    assert_eq!(info["displayUrl"], "https://acme.atlassian.net");
    assert_eq!(info["deploymentType"], "Cloud");
    let key = jira.filed(json!({})).await;
    let link = jira.get(&format!("issue/{key}")).await.json["self"].clone();
    assert!(link.as_str().unwrap().contains("/ex/jira/1111-2222/"));
}
