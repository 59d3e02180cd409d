//! Transitions with fields, and workflows of one's own.

use serde_json::{Value, json};

use super::super::{Fault, FaultKind, JiraOptions, Locale, Operation, Project, Workflow};
use super::{Jira, doc, start};

async fn with(workflow: Workflow) -> (Jira, String, String) {
    let project = Project::new("SOC").workflow(workflow);
    let jira = start(JiraOptions::data_center().project(project)).await;
    let key = jira.filed(json!({})).await;
    let path = format!("issue/{key}/transitions");
    (jira, key, path)
}

fn closing(more: Value) -> Value {
    let mut body = json!({"transition": {"id": "31"}});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    body
}

/// The listed transition to this status, with its fields.
async fn listed(jira: &Jira, path: &str, to: &str) -> Value {
    let all = jira.get(&format!("{path}?expand=transitions.fields")).await;
    let all = all.json["transitions"].as_array().unwrap().clone();
    let mut found = all.into_iter().filter(|it| it["to"]["name"] == to);
    found.next().unwrap_or_default()
}

#[tokio::test]
async fn closing_may_need_a_resolution_of_one_allowed_value() {
    let (jira, key, path) = with(Workflow::standard().need("Done", "resolution", &["Done"])).await;
    let close = listed(&jira, &path, "Done").await;
    let field = &close["fields"]["resolution"];
    assert_eq!(close["hasScreen"], true);
    assert_eq!(field["required"], true);
    assert_eq!(
        field["allowedValues"],
        json!([{"id": "10000", "name": "Done"}])
    );
    assert_eq!(field["schema"]["type"], "resolution");
    let plain = jira.get(&path).await.json;
    assert!(plain["transitions"][1].get("fields").is_none());
    let reply = jira.post(&path, closing(json!({}))).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["resolution"]));
    assert_eq!(
        reply.json["errors"]["resolution"],
        "Resolution is required."
    );
    let wrong = json!({"fields": {"resolution": {"name": "Duplicate"}}});
    let reply = jira.post(&path, closing(wrong)).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["resolution"]));
    assert_eq!(jira.standin.issue(&key).unwrap().status, "To Do");
    let right = json!({"fields": {"resolution": {"name": "Done"}}});
    assert_eq!(jira.post(&path, closing(right)).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.status_category, "done");
    assert_eq!(issue.field("resolution")["name"], "Done");
}

#[tokio::test]
async fn several_resolutions_are_all_listed_and_one_is_taken() {
    let (jira, key, path) = with(Workflow::standard().need("Done", "resolution", &[])).await;
    let close = listed(&jira, &path, "Done").await;
    let allowed = close["fields"]["resolution"]["allowedValues"].clone();
    assert_eq!(allowed.as_array().unwrap().len(), 4);
    for wrong in [json!({"name": "Eaten"}), json!("Done"), Value::Null] {
        let body = json!({"fields": {"resolution": wrong}});
        let reply = jira.post(&path, closing(body)).await;
        assert_eq!((reply.status, reply.fields()), (400, vec!["resolution"]));
    }
    let body = json!({"fields": {"resolution": {"id": allowed[2]["id"]}}});
    assert_eq!(jira.post(&path, closing(body)).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.field("resolution")["name"], "Duplicate");
    jira.standin.move_to(&key, "To Do");
    let body = json!({"update": {"resolution": [{"set": {"name": "Won't Do"}}]}});
    assert_eq!(jira.post(&path, closing(body)).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.field("resolution")["name"], "Won't Do");
}

#[tokio::test]
async fn other_fields_may_be_required_and_are_checked() {
    let workflow = Workflow::standard()
        .need("Done", "customfield_10030", &[])
        .need("Done", "customfield_10039", &["SOC"])
        .need("Done", "comment", &[])
        .offer("Done", "assignee", &[]);
    let (jira, key, path) = with(workflow).await;
    let close = listed(&jira, &path, "Done").await;
    let team = &close["fields"]["customfield_10039"];
    assert_eq!(team["allowedValues"][0]["value"], "SOC");
    assert_eq!(team["allowedValues"].as_array().unwrap().len(), 1);
    assert_eq!(close["fields"]["assignee"]["required"], false);
    let reply = jira.post(&path, closing(json!({}))).await;
    let expected = ["comment", "customfield_10030", "customfield_10039"];
    assert_eq!((reply.status, reply.fields()), (400, expected.to_vec()));
    let text = "Affected system is required.";
    assert_eq!(reply.json["errors"]["customfield_10030"], text);
    let body = json!({
        "fields": {"customfield_10030": "host-1", "customfield_10039": {"value": "CERT"}},
        "update": {"comment": [{"add": {"body": "bye"}}]},
    });
    let reply = jira.post(&path, closing(body.clone())).await;
    assert_eq!(reply.fields(), ["customfield_10039"]);
    let mut body = body;
    body["fields"]["customfield_10039"] = json!({"value": "SOC"});
    assert_eq!(jira.post(&path, closing(body)).await.status, 204);
    let issue = jira.standin.issue(&key).unwrap();
    assert_eq!(issue.field("customfield_10030"), "host-1");
    assert_eq!(issue.comments[0].text(), "bye");
}

#[tokio::test]
async fn what_the_issue_has_already_need_not_be_given() {
    let workflow = Workflow::standard().need("Done", "customfield_10030", &[]);
    let (jira, key, path) = with(workflow).await;
    jira.standin.edit(&key, |fields| {
        fields.insert("customfield_10030".into(), json!("host-1"));
    });
    assert_eq!(jira.post(&path, closing(json!({}))).await.status, 204);
}

#[tokio::test]
async fn one_of_two_ways_to_done_may_need_what_the_other_does_not() {
    let workflow = Workflow::standard()
        .transition("41", "Cancel", &[], "Done")
        .need("31", "customfield_10032", &[])
        .offer("Cancel", "labels", &[]);
    let (jira, _, path) = with(workflow).await;
    let reply = jira.post(&path, closing(json!({}))).await;
    assert_eq!(reply.fields(), ["customfield_10032"]);
    let cancel = json!({"transition": {"id": "41"}, "fields": {"labels": ["x"]}});
    assert_eq!(jira.post(&path, cancel).await.status, 204);
}

#[tokio::test]
async fn a_validator_wants_a_field_that_is_not_called_required() {
    let (jira, _, path) = with(Workflow::standard().validate("Done", "resolution")).await;
    let close = listed(&jira, &path, "Done").await;
    assert_eq!(close["fields"]["resolution"]["required"], false);
    let reply = jira.post(&path, closing(json!({}))).await;
    let said = json!({"errorMessages": ["Field Resolution is required."], "errors": {}});
    assert_eq!((reply.status, reply.json), (400, said));
    let body = json!({"fields": {"resolution": {"name": "Done"}}});
    assert_eq!(jira.post(&path, closing(body)).await.status, 204);
}

#[tokio::test]
async fn a_field_that_is_not_on_the_transitions_screen_is_refused() {
    let (jira, _, path) = with(Workflow::standard()).await;
    let body = json!({"fields": {"resolution": {"name": "Done"}}});
    let reply = jira.post(&path, closing(body)).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["resolution"]));
    let text = reply.json["errors"]["resolution"].as_str().unwrap();
    assert!(text.contains("not on the appropriate screen"), "{text}");
    let body = json!({"update": {"labels": [{"add": "x"}]}});
    let reply = jira.post(&path, closing(body)).await;
    assert_eq!((reply.status, reply.fields()), (400, vec!["labels"]));
    let (jira, _, path) = with(Workflow::standard().offer("Done", "labels", &[])).await;
    let both = json!({"fields": {"labels": ["x"]}, "update": {"labels": [{"add": "x"}]}});
    assert_eq!(jira.post(&path, closing(both)).await.status, 400);
    let one = json!({"update": {"labels": [{"add": "x"}]}});
    assert_eq!(jira.post(&path, closing(one)).await.status, 204);
    assert_eq!(jira.standin.issues()[0].labels(), ["x"]);
}

#[tokio::test]
async fn done_may_be_three_transitions_away() {
    let (jira, key, path) = with(Workflow::line(&["Open", "Triage", "Fixing", "Closed"])).await;
    assert_eq!(jira.standin.issue(&key).unwrap().status, "Open");
    let mut seen = Vec::new();
    for id in ["21", "31", "41"] {
        let open = jira.get(&path).await.json["transitions"].clone();
        let ids: Vec<_> = open.as_array().unwrap().iter().collect();
        assert!(ids.iter().any(|it| it["id"] == id), "{open}");
        let step = json!({"transition": {"id": id}});
        assert_eq!(jira.post(&path, step).await.status, 204);
        let issue = jira.standin.issue(&key).unwrap();
        seen.push((issue.status, issue.status_category));
    }
    let [one, two, three] = seen.as_slice() else {
        panic!("three steps")
    };
    assert_eq!(
        (one.0.as_str(), one.1.as_str()),
        ("Triage", "indeterminate")
    );
    assert_eq!(
        (two.0.as_str(), two.1.as_str()),
        ("Fixing", "indeterminate")
    );
    assert_eq!((three.0.as_str(), three.1.as_str()), ("Closed", "done"));
    let open = jira.get(&path).await.json["transitions"].clone();
    assert_eq!(open.as_array().unwrap().len(), 1);
    assert_eq!(open[0]["to"]["statusCategory"]["key"], "new");
    let found = jira.get("search?jql=status%3DClosed").await.json;
    assert_eq!(found["total"], 1);
    let wrong = jira.get("search?jql=status%3DDone").await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn a_transition_is_refused_or_fails_so_many_times() {
    let (jira, key, path) = with(Workflow::standard()).await;
    let text = "Field Reason for reopening is required.";
    let refusal = Fault::message(400, text).on(Operation::Transition);
    let failure = Fault::new(FaultKind::ServerError).on(Operation::Transition);
    jira.standin.inject(refusal.times(2));
    jira.standin.inject(failure.times(1).body("\"31\""));
    for status in [400, 400, 500, 204] {
        assert_eq!(jira.post(&path, closing(json!({}))).await.status, status);
    }
    assert_eq!(jira.standin.issue(&key).unwrap().changes.len(), 2);
}

#[tokio::test]
async fn a_status_may_keep_its_issues_from_being_edited() {
    let (jira, key, path) = with(Workflow::standard().not_editable("Done")).await;
    let issue = format!("issue/{key}");
    let fields = jira.get(&format!("{issue}/editmeta")).await.json["fields"].clone();
    assert!(fields["summary"]["required"] == true && fields.get("comment").is_some());
    assert_eq!(jira.post(&path, closing(json!({}))).await.status, 204);
    let fields = jira.get(&format!("{issue}/editmeta")).await.json["fields"].clone();
    assert_eq!(fields, json!({}));
    let change = json!({"fields": {"summary": "New", "priority": {"name": "High"}},
                        "update": {"labels": [{"add": "x"}]}});
    let reply = jira.put(&issue, change).await;
    assert_eq!(reply.status, 400);
    assert_eq!(reply.fields(), ["labels", "priority", "summary"]);
    let comment = json!({"body": "still possible"});
    let path_of_comments = format!("{issue}/comment");
    assert_eq!(jira.post(&path_of_comments, comment).await.status, 201);
    let back = json!({"transition": {"id": "11"}});
    assert_eq!(jira.post(&path, back).await.status, 204);
    let change = json!({"fields": {"summary": "New"}});
    assert_eq!(jira.put(&issue, change).await.status, 204);
}

#[tokio::test]
async fn each_project_may_have_its_own_workflow() {
    let line = Project::new("IR").workflow(Workflow::line(&["New", "Closed"]));
    let jira = start(JiraOptions::cloud().locale(Locale::German).project(line)).await;
    let soc = jira.filed(json!({"description": doc("x")})).await;
    let ir = jira.filed(json!({"project": {"key": "IR"}})).await;
    let status = async |key: &str| {
        let issue = jira.get(&format!("issue/{key}")).await.json;
        issue["fields"]["status"]["name"].clone()
    };
    assert_eq!(status(&soc).await, "Zu erledigen");
    assert_eq!(status(&ir).await, "New");
    assert!(jira.standin.move_to(&ir, "Closed") && !jira.standin.move_to(&ir, "Done"));
    let moved = jira.standin.move_issue(&ir, "SOC").unwrap();
    assert_eq!(status(&moved).await, "Zu erledigen");
}
