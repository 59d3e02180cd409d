//! What is changed through the platform's interface comes as an event.

use super::super::stix::EXTENSION;
use super::*;
use crate::caller::Caller;
use crate::opencti::Entity;

const PATCH: &str = "mutation P($id: ID!, $input: [EditInput]!) {
    stixDomainObjectEdit(id: $id) { fieldPatch(input: $input) { id } } }";

/// The next event: its name and its body.
async fn update(reader: &mut Reader) -> Value {
    let frame = event(reader).await;
    assert!(frame.contains("event: update\n"), "{frame}");
    let data = frame.lines().find_map(|line| line.strip_prefix("data: "));
    serde_json::from_str(data.unwrap()).unwrap()
}

/// The steps of a patch to the place of a member of the extension.
fn steps<'a>(patch: &'a Value, member: &str) -> Vec<&'a Value> {
    let path = json!(format!("/extensions/{EXTENSION}/{member}"));
    let steps = patch.as_array().unwrap().iter();
    steps.filter(|step| step["path"] == path).collect()
}

async fn set(standin: &OpenCtiStandIn, key: &str, value: &str) {
    let edit = json!({"key": key, "value": [value]});
    let variables = json!({"id": "e-1", "input": [edit]});
    let http = Caller::new(&standin.platform_url(), "Bearer right");
    let body = json!({"query": PATCH, "variables": variables});
    let reply = http.post("/graphql", body).await;
    assert_eq!(reply.json.get("errors"), None);
}

#[tokio::test]
async fn a_status_that_a_client_or_a_person_sets_is_told() {
    let standin = start(options()).await;
    let entity = Entity::new("e-1", "case-incident--1", "Case-Incident");
    standin.add_entity(entity.in_status("New").marked("TLP:RED"));
    let new = standin.add_status("Case-Incident", "New");
    let closed = standin.add_status("Case-Incident", "Closed");
    let mut reader = read(&standin, "").await;
    set(&standin, "x_opencti_workflow_id", &closed).await;
    // What changes nothing is not told.
    set(&standin, "x_opencti_workflow_id", &closed).await;
    standin.person_sets_status("e-1", "New");
    let ours = update(&mut reader).await;
    assert_eq!(ours["origin"]["user_id"], json!(standin.user_id()));
    assert_eq!(ours["message"], "replaces `Closed` in `Workflow status`");
    let data = &ours["data"];
    assert_eq!(
        (&data["id"], &data["type"]),
        (&json!("case-incident--1"), &json!("case-incident"))
    );
    assert_eq!(data["object_marking_refs"].as_array().unwrap().len(), 1);
    assert_eq!(data["extensions"][EXTENSION]["workflow_id"], json!(closed));
    let patch = steps(&ours["context"]["patch"], "workflow_id");
    assert_eq!(
        (&patch[0]["op"], &patch[0]["value"]),
        (&json!("replace"), &json!(closed))
    );
    let back = steps(&ours["context"]["reverse_patch"], "workflow_id");
    assert_eq!(back[0]["value"], json!(new));
    let theirs = update(&mut reader).await;
    assert_eq!(theirs["origin"]["user_id"], json!(standin.person_id()));
    assert_ne!(standin.person_id(), standin.user_id());
    assert_eq!(
        theirs["data"]["extensions"][EXTENSION]["workflow_id"],
        json!(new)
    );
}

#[tokio::test]
async fn an_object_that_the_stream_has_told_keeps_what_it_told() {
    let standin = start(options()).await;
    let mut data = object("case-incident", 1, 40);
    data["extensions"][EXTENSION]["id"] = json!("e-1");
    data["severity"] = json!("high");
    standin.add_row_pulling(data, vec![object("identity", 2, 40)]);
    let entity = Entity::new("e-1", "case-incident--1", "Case-Incident");
    standin.add_entity(entity);
    let ada = standin.add_user("Ada", "ada@example.com");
    let mut reader = read(&standin, "").await;
    set(&standin, "objectAssignee", &ada).await;
    assert!(event(&mut reader).await.contains("identity 2"));
    let told = update(&mut reader).await;
    assert_eq!(told["data"]["severity"], "high");
    assert_eq!(
        told["data"]["extensions"][EXTENSION]["assignee_ids"],
        json!([ada])
    );
    let patch = steps(&told["context"]["patch"], "assignee_ids");
    assert_eq!(patch[0]["op"], "add");
    let back = steps(&told["context"]["reverse_patch"], "assignee_ids");
    assert_eq!(back[0]["op"], "remove");
    assert_ne!(
        told["data"]["extensions"][EXTENSION]["updated_at"],
        "1970-01-01T00:00:00.040Z"
    );
}
