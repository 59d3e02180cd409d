use serde_json::json;

use super::super::{Errors, update_failed};
use super::{FORM, Splunk, TOKEN, eight, labels, seven};
use crate::caller::Caller;
use crate::faults::Fault;

#[tokio::test]
async fn a_notable_is_updated_by_a_form() {
    for options in [seven(), eight()] {
        let splunk = Splunk::start(options).await;
        let form = "ruleUIDs=N1&status=5&newOwner=ada&urgency=high&disposition=disposition%3A1\
                    &comment=Closed+in+Jira%3A+a%26b";
        let reply = splunk.update(form).await;
        let expected = json!({"success": true, "message": "1 event updated successfully",
            "success_count": 1, "failure_count": 0});
        assert_eq!((reply.status, reply.json), (200, expected));
        let notable = splunk.notable("N1");
        assert_eq!(
            (notable.status.as_str(), notable.owner.as_str()),
            ("5", "ada")
        );
        assert_eq!(
            (notable.urgency.as_str(), notable.disposition.as_str()),
            ("high", "disposition:1")
        );
        assert_eq!(notable.comments, ["Closed in Jira: a&b"]);
        splunk.update("ruleUIDs=N1&comment=Again").await;
        let notable = splunk.notable("N1");
        assert_eq!((notable.status.as_str(), notable.updates), ("5", 2));
        assert_eq!(notable.comments, ["Closed in Jira: a&b", "Again"]);
    }
}

#[tokio::test]
async fn ids_are_not_checked_and_a_search_stands_for_what_it_found() {
    let splunk = Splunk::start(seven()).await;
    splunk.standin.know("N2");
    splunk.standin.know_search("sid1", &["N1", "N2"]);
    let reply = splunk.update("ruleUIDs=N1&ruleUIDs=N9&status=2").await;
    assert_eq!(
        (&reply.json["success"], &reply.json["success_count"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(splunk.standin.unknown_ids(), ["N9"]);
    let reply = splunk.update("searchID=sid1&ruleUIDs=N1&status=3").await;
    assert_eq!(reply.json["success_count"], 2);
    assert_eq!(splunk.notable("N2").status, "3");
}

#[tokio::test]
async fn what_it_does_not_have_is_a_failure_with_200() {
    let splunk = Splunk::start(seven().status("6", "Waiting")).await;
    for wrong in [
        "status=9",
        "status=Closed",
        "newOwner=eve",
        "urgency=High",
        "disposition=1",
        "disposition=disposition:7",
        "",
    ] {
        let reply = splunk.update(&format!("ruleUIDs=N1&{wrong}")).await;
        assert_eq!(
            (reply.status, &reply.json["success"]),
            (200, &json!(false)),
            "{wrong}"
        );
        assert_eq!(reply.json["failure_count"], 1, "{wrong}");
    }
    assert_eq!(splunk.notable("N1").updates, 0);
    for right in [
        "status=6",
        "newOwner=unassigned",
        "disposition=disposition:6",
    ] {
        let reply = splunk.update(&format!("ruleUIDs=N1&{right}")).await;
        assert_eq!(reply.json["success"], true, "{right}");
    }
}

#[tokio::test]
async fn nothing_else_is_understood() {
    let splunk = Splunk::start(seven()).await;
    for form in ["ruleUIDs=N1&status=5&owner=ada", "status=5", ""] {
        let reply = splunk.update(form).await;
        assert_eq!(reply.status, 400, "{form}");
        assert!(
            reply.text.contains("<msg type=\"ERROR\">"),
            "{}",
            reply.text
        );
    }
    let path = "/services/notable_update";
    let json = json!({"ruleUIDs": ["N1"], "status": "5"});
    assert_eq!(splunk.http.post(path, json).await.status, 400);
    assert_eq!(splunk.http.get(path).await.status, 405);
    assert_eq!(splunk.http.get("/services/nothing").await.status, 404);
    assert_eq!(splunk.notable("N1").updates, 0);
}

#[tokio::test]
async fn a_login_is_needed_and_a_capability() {
    let splunk = Splunk::start(seven().basic("u", "p")).await;
    let path = "/services/notable_update";
    for (login, status) in [
        (format!("Bearer {TOKEN}"), 200),
        ("Basic dTpw".to_owned(), 200),
        ("Basic dTpx".to_owned(), 401),
        ("Bearer other".to_owned(), 401),
        (format!("Token {TOKEN}"), 401),
    ] {
        let http = Caller::new(&splunk.standin.url(), &login);
        let form = "ruleUIDs=N1&status=2".to_owned();
        let reply = http.raw("POST", path, &FORM, form).await.unwrap();
        assert_eq!(reply.status, status, "{login}");
        let said = reply.text.contains("call not properly authenticated");
        assert_eq!(said, status == 401);
    }
    let splunk = Splunk::start(seven().may_not_edit()).await;
    let reply = splunk.update("ruleUIDs=N1&status=2").await;
    assert_eq!(reply.status, 403);
    assert!(reply.text.contains("edit_notable_events"), "{}", reply.text);
    assert_eq!(splunk.notable("N1").updates, 0);
}

#[tokio::test]
async fn the_statuses_are_listed_with_their_labels() {
    let splunk = Splunk::start(seven().status("6", "Waiting")).await;
    let path = "/services/alerts/reviewstatuses";
    let list = splunk
        .http
        .get(&format!("{path}?output_mode=json"))
        .await
        .json;
    let labels = labels(&list);
    assert_eq!((labels["5"], labels["6"]), ("Closed", "Waiting"));
    assert!(labels["disposition:1"].starts_with("True Positive"));
    assert!(splunk.http.get(path).await.text.contains("<feed"));
}

#[tokio::test]
async fn errors_come_in_the_form_that_was_chosen() {
    for (form, part) in [
        (Errors::Xml, "<?xml"),
        (Errors::Html, "<html>"),
        (Errors::Json, "{\"messages\""),
    ] {
        let splunk = Splunk::start(seven().errors(form)).await;
        splunk.standin.inject(Fault::status(500));
        let reply = splunk.update("ruleUIDs=N1&status=2").await;
        assert_eq!(reply.status, 500);
        assert!(reply.text.starts_with(part), "{}", reply.text);
        let reply = splunk.http.get("/services/nothing?output_mode=json").await;
        assert_eq!(reply.json["messages"][0]["text"], "Not Found");
        splunk.standin.inject(update_failed("No"));
        let reply = splunk.update("ruleUIDs=N1&status=2").await;
        assert_eq!((reply.status, &reply.json["success"]), (200, &json!(false)));
        assert_eq!(splunk.notable("N1").updates, 0);
    }
}
