//! What answers in Jira's place, and what of Jira's own says little.

use std::time::{Duration, SystemTime};

use serde_json::json;

use super::super::{Fault, JiraOptions, Operation, Project, RetryAfter};
use super::{Jira, cloud, data_center, doc, fields, start};
use crate::caller::Reply;

/// The answer to a create that meets this fault.
async fn met(fault: Fault) -> Reply {
    let jira = cloud().await;
    jira.standin.inject(fault);
    let reply = jira.post("issue", fields(json!({}))).await;
    assert!(jira.standin.issues().is_empty(), "{}", reply.text);
    reply
}

fn is_page(reply: &Reply) -> bool {
    reply.header("content-type").starts_with("text/html") && reply.text.starts_with('<')
}

#[tokio::test]
async fn a_login_page_has_200_and_other_pages_have_any_status() {
    let reply = met(Fault::login_page()).await;
    assert_eq!(reply.status, 200);
    assert!(is_page(&reply) && reply.text.contains("Sign in"));
    for status in [400, 402, 404, 405, 408, 409, 413, 418, 423, 425] {
        let reply = met(Fault::page(status)).await;
        assert!(reply.status == status && is_page(&reply), "{status}");
    }
    let reply = met(Fault::plain(400, "Bad Request")).await;
    assert_eq!((reply.status, reply.text.as_str()), (400, "Bad Request"));
    let reply = met(Fault::waf()).await;
    assert!(reply.status == 403 && is_page(&reply));
}

#[tokio::test]
async fn a_redirect_names_where_to() {
    for status in [301, 302, 307, 308] {
        let reply = met(Fault::redirect(status, "https://jira.example.com/")).await;
        let location = reply.header("location");
        assert_eq!(
            (reply.status, location),
            (status, "https://jira.example.com/")
        );
    }
}

#[tokio::test]
async fn a_hidden_issue_is_jiras_own_404_with_the_reason_in_a_header() {
    let reply = met(Fault::hidden()).await;
    let text = "Issue does not exist or you do not have permission to see it.";
    assert_eq!(reply.status, 404);
    assert_eq!(reply.json, json!({"errorMessages": [text], "errors": {}}));
    assert_eq!(reply.header("x-seraph-loginreason"), "AUTHENTICATED_FAILED");
}

#[tokio::test]
async fn a_captcha_is_told_in_headers() {
    let reply = met(Fault::captcha()).await;
    assert!(reply.status == 403 && is_page(&reply));
    assert_eq!(
        reply.header("x-authentication-denied-reason"),
        "CAPTCHA_CHALLENGE; login-url=https://jira.example.com/login.jsp"
    );
    assert_eq!(
        reply.header("x-seraph-loginreason"),
        "AUTHENTICATION_DENIED"
    );
}

#[tokio::test]
async fn a_missing_scope_is_a_401_in_the_gateways_form() {
    let reply = met(Fault::missing_scope()).await;
    let body = json!({"code": 401, "message": "Unauthorized; scope does not match"});
    assert_eq!((reply.status, reply.json), (401, body));
}

#[tokio::test]
async fn a_refusal_may_name_no_field() {
    let reply = met(Fault::no_create_permission()).await;
    assert_eq!((reply.status, reply.fields().len()), (400, 0));
    assert!(reply.text.contains("permission to create issues"));
    let reply = met(Fault::no_create_permission_for_pid()).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["pid"]));
    let text = "Field Reason for reopening is required.";
    let reply = met(Fault::message(400, text)).await;
    assert_eq!(reply.json, json!({"errorMessages": [text], "errors": {}}));
}

#[tokio::test]
async fn retry_after_is_seconds_a_date_or_a_day() {
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
    for (said, header) in [
        (RetryAfter::Seconds(0), "0"),
        (RetryAfter::A_DAY, "86400"),
        (RetryAfter::At(at), "Sun, 06 Nov 1994 08:49:37 GMT"),
        (RetryAfter::Text("soon".into()), "soon"),
    ] {
        for status in [429, 503] {
            let reply = met(Fault::later(status, said.clone())).await;
            assert!(reply.status == status && is_page(&reply));
            assert_eq!(reply.header("retry-after"), header);
        }
    }
    let reply = met(Fault::later(
        503,
        RetryAfter::DateIn(Duration::from_secs(30)),
    ))
    .await;
    assert!(reply.header("retry-after").ends_with(" GMT"));
}

#[tokio::test]
async fn lookups_may_be_forbidden() {
    let jira = cloud().await;
    jira.standin
        .inject(Fault::forbidden().on(Operation::Fields).always());
    jira.standin
        .inject(Fault::waf().on(Operation::CreateTypes).times(1));
    jira.standin
        .inject(Fault::page(404).on(Operation::CreateTypes).times(1));
    let reply = jira.get("field").await;
    assert_eq!((reply.status, reply.fields().len()), (403, 0));
    assert!(reply.json["errorMessages"][0].is_string());
    for status in [403, 404, 200] {
        let reply = jira.get("issue/createmeta/SOC/issuetypes").await;
        assert_eq!(reply.status, status);
    }
    jira.filed(json!({})).await;
}

#[tokio::test]
async fn an_ignored_change_is_answered_204_and_not_done() {
    let jira = data_center().await;
    let key = jira.filed(json!({})).await;
    jira.standin
        .inject(Fault::ignored().on(Operation::Transition));
    let closing = json!({"transition": {"id": "31"}});
    let path = format!("issue/{key}/transitions");
    assert_eq!(jira.post(&path, closing).await.status, 204);
    assert_eq!(jira.standin.issue(&key).unwrap().status, "To Do");
}

async fn two_projects() -> Jira {
    start(JiraOptions::cloud().project(Project::new("IR"))).await
}

#[tokio::test]
async fn a_fault_may_be_for_one_issue_by_any_of_its_names() {
    let jira = two_projects().await;
    let (bad, good) = (jira.filed(json!({})).await, jira.filed(json!({})).await);
    let injected = jira.standin.inject(Fault::page(404).issue(&bad).always());
    let id = jira.standin.issue(&bad).unwrap().id;
    let moved = jira.standin.move_issue(&bad, "IR").unwrap();
    for named in [&bad, &id, &moved] {
        assert_eq!(jira.get(&format!("issue/{named}")).await.status, 404);
        let comment = json!({"body": doc("x")});
        let path = format!("issue/{named}/comment");
        assert_eq!(jira.post(&path, comment).await.status, 404);
    }
    assert_eq!(jira.get(&format!("issue/{good}")).await.status, 200);
    assert_eq!(jira.get("myself").await.status, 200);
    assert_eq!(injected.hits(), 6);
}

#[tokio::test]
async fn a_fault_may_be_for_one_project() {
    let jira = two_projects().await;
    let inside = jira.filed(json!({"project": {"key": "IR"}})).await;
    let id = jira.standin.issue(&inside).unwrap().id;
    let outside = jira.filed(json!({})).await;
    jira.standin.inject(Fault::waf().project("IR").always());
    for path in [
        format!("issue/{inside}"),
        format!("issue/{id}/transitions"),
        "issue/IR-999".to_owned(),
        "issue/createmeta/IR/issuetypes".to_owned(),
        "project/IR".to_owned(),
        "mypermissions?projectKey=IR&permissions=CREATE_ISSUES".to_owned(),
    ] {
        assert_eq!(jira.get(&path).await.status, 403, "{path}");
    }
    let into = fields(json!({"project": {"key": "IR"}}));
    assert_eq!(jira.post("issue", into.clone()).await.status, 403);
    let bulk = json!({"issueUpdates": [fields(json!({})), into]});
    assert_eq!(jira.post("issue/bulk", bulk).await.status, 403);
    assert_eq!(jira.get(&format!("issue/{outside}")).await.status, 200);
    jira.filed(json!({})).await;
}

#[tokio::test]
async fn a_fault_may_spare_an_operation() {
    let jira = cloud().await;
    jira.standin
        .inject(Fault::login_page().except(Operation::Myself).always());
    assert!(jira.get("myself").await.json["accountId"].is_string());
    assert!(is_page(&jira.get("field").await));
}
