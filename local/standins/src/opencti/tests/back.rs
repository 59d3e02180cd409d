//! What a tracker writes back: statuses, assignees, notes.

use super::*;

const STATUSES: &str = "query S($filters: FilterGroup) {
    statuses(first: 100, orderBy: order, orderMode: asc, filters: $filters) {
        edges { node { id template_id type scope template { name } } } } }";
const PATCH: &str = "mutation P($id: ID!, $input: [EditInput]!, $said: String) {
    stixDomainObjectEdit(id: $id) { fieldPatch(input: $input, commitMessage: $said) { id } } }";
const MEMBERS: &str = "query M($search: String, $filters: FilterGroup) {
    members(first: 2, search: $search, entityTypes: [User], filters: $filters) {
        edges { node { id name entity_type } } } }";
const NOTE: &str = "mutation N($input: NoteAddInput!) { noteAdd(input: $input) { id } }";
const USER_NOTE: &str =
    "mutation N($input: NoteUserAddInput!) { userNoteAdd(input: $input) { id } }";
const EDIT_NOTE: &str = "mutation E($id: ID!, $input: [EditInput]!) {
    noteEdit(id: $id) { fieldPatch(input: $input) { id content } } }";
const DELETE_NOTE: &str = "mutation D($id: ID!) { noteEdit(id: $id) { delete } }";

fn only(key: &str, value: &str) -> Value {
    json!({"key": [key], "values": [value]})
}

fn all_of(filters: &[Value]) -> Value {
    json!({"filters": {"mode": "and", "filters": filters, "filterGroups": []}})
}

impl OpenCti {
    /// Changes one field; the answer.
    async fn patch(&self, key: &str, operation: &str, value: &str) -> Reply {
        let edit = json!({"key": key, "operation": operation, "value": [value]});
        let variables = json!({"id": ID, "input": [edit], "said": "as in SOC-1"});
        self.ask(PATCH, variables).await
    }

    /// Makes a note about the entity; its id.
    async fn note(&self, content: &str, created: &str) -> String {
        let input = json!({"content": content, "created": created, "objects": [ID]});
        let reply = self.ask(NOTE, json!({"input": input})).await;
        let id = &reply.json["data"]["noteAdd"]["id"];
        id.as_str().unwrap().to_owned()
    }

    /// Gives a note another text.
    async fn edit(&self, note: &str, content: &str) -> Reply {
        let edit = json!({"key": "content", "value": [content]});
        let variables = json!({"id": note, "input": [edit]});
        self.ask(EDIT_NOTE, variables).await
    }
}

#[tokio::test]
async fn each_type_has_a_workflow_of_its_own() {
    let opencti = start().await;
    let closed = opencti.standin.add_status("Case-Rfi", "Closed");
    opencti.standin.add_access_status("Case-Rfi", "Approved");
    let other = opencti.standin.add_status("Incident", "Closed");
    assert_ne!(closed, other);
    let rfi = only("type", "Case-Rfi");
    let filters = all_of(&[rfi.clone(), only("scope", "GLOBAL")]);
    let reply = opencti.ask(STATUSES, filters).await;
    let edges = reply.json["data"]["statuses"]["edges"].as_array().unwrap();
    assert_eq!(edges.len(), 1, "{edges:?}");
    let node = &edges[0]["node"];
    assert_eq!(
        (&node["id"], &node["scope"]),
        (&json!(closed), &json!("GLOBAL"))
    );
    assert_eq!(node["template"]["name"], "Closed");
    assert_ne!(node["template_id"], node["id"]);
    let count = |reply: &Reply| {
        let edges = reply.json["data"]["statuses"]["edges"].as_array();
        edges.unwrap().len()
    };
    assert_eq!(count(&opencti.ask(STATUSES, all_of(&[rfi])).await), 2);
    let report = all_of(&[only("type", "Report")]);
    assert_eq!(count(&opencti.ask(STATUSES, report).await), 0);
    // The one that the entity has in the beginning, too.
    assert_eq!(count(&opencti.ask(STATUSES, Value::Null).await), 4);
    let reply = opencti.ask(STATUSES, all_of(&[only("name", "x")])).await;
    assert_eq!(code(&reply), "UNSUPPORTED_ERROR");
}

#[tokio::test]
async fn an_entity_takes_only_a_status_of_its_own_workflow() {
    let opencti = start().await;
    let standin = &opencti.standin;
    let closed = standin.add_status("Incident", "Closed");
    let of_access = standin.add_access_status("Incident", "Approved");
    let of_report = standin.add_status("Report", "Closed");
    let reply = opencti
        .ask(STATUSES, all_of(&[only("type", "Report")]))
        .await;
    let template = &reply.json["data"]["statuses"]["edges"][0]["node"]["template_id"];
    for wrong in [&of_access, &of_report, template.as_str().unwrap(), "Closed"] {
        let reply = opencti
            .patch("x_opencti_workflow_id", "replace", wrong)
            .await;
        assert_eq!(code(&reply), "MISSING_REFERENCE_ERROR", "{wrong}");
    }
    assert_eq!(standin.status(ID).as_deref(), Some("NEW"));
    opencti
        .patch("x_opencti_workflow_id", "replace", &closed)
        .await;
    assert_eq!(standin.status(STIX).as_deref(), Some("Closed"));
    assert_eq!(standin.commit_messages(ID), ["as in SOC-1"]);
    standin.person_sets_status(ID, "Reopened");
    assert_eq!(standin.status(ID).as_deref(), Some("Reopened"));
    standin.delete_entity(ID);
    let reply = opencti
        .patch("x_opencti_workflow_id", "replace", &closed)
        .await;
    assert_eq!(code(&reply), "FUNCTIONAL_ERROR");
    assert!(
        message(&reply).contains("cannot be found"),
        "{}",
        message(&reply)
    );
}

#[tokio::test]
async fn users_are_found_by_an_address_that_nobody_is_shown() {
    let opencti = start().await;
    let ada = opencti.standin.add_user("Ada", "Ada@example.com");
    opencti.standin.add_user("Bob", "bob@example.com");
    opencti.standin.add_user("Eve", "eve@example.com");
    let found = |reply: &Reply| -> Vec<String> {
        let edges = reply.json["data"]["members"]["edges"].as_array().unwrap();
        let names = edges.iter().map(|edge| edge["node"]["name"].as_str());
        names.map(|name| name.unwrap().to_owned()).collect()
    };
    for (key, value, expected) in [
        ("user_email", "ADA@example.com", &["Ada"][..]),
        ("user_email", "example.com", &[]),
        ("name", "bob", &["Bob"]),
    ] {
        let reply = opencti.ask(MEMBERS, all_of(&[only(key, value)])).await;
        assert_eq!(found(&reply), expected, "{key} {value}");
    }
    let reply = opencti.ask(MEMBERS, json!({"search": "A@EXAMPLE"})).await;
    let node = &reply.json["data"]["members"]["edges"][0]["node"];
    assert_eq!(
        *node,
        json!({"id": ada, "name": "Ada", "entity_type": "User"})
    );
    let reply = opencti.ask(MEMBERS, json!({})).await;
    assert_eq!(found(&reply), ["Ada", "Bob"]);
    let shown = "{ members { edges { node { user_email } } } }";
    let reply = opencti.ask(shown, Value::Null).await;
    assert_eq!(code(&reply), "GRAPHQL_VALIDATION_FAILED");
}

#[tokio::test]
async fn assignees_are_added_replaced_and_removed() {
    let opencti = start().await;
    let ada = opencti.standin.add_user("Ada", "ada@example.com");
    let bob = opencti.standin.add_user("Bob", "bob@example.com");
    for (operation, user, expected) in [
        ("add", &ada, vec![&ada]),
        ("add", &bob, vec![&ada, &bob]),
        ("add", &ada, vec![&ada, &bob]),
        ("remove", &ada, vec![&bob]),
        ("remove", &ada, vec![&bob]),
        ("replace", &ada, vec![&ada]),
    ] {
        let reply = opencti.patch("objectAssignee", operation, user).await;
        assert_eq!(reply.json.get("errors"), None, "{operation} {user}");
        let assignees = opencti.standin.assignees(ID);
        assert_eq!(assignees.iter().collect::<Vec<_>>(), expected);
    }
    opencti.standin.delete_user(&bob);
    let reply = opencti.patch("objectAssignee", "add", &bob).await;
    assert_eq!(code(&reply), "MISSING_REFERENCE_ERROR");
    assert_eq!(opencti.standin.assignees(ID), [ada]);
}

#[tokio::test]
async fn the_same_text_of_the_same_time_is_one_note() {
    let opencti = start().await;
    let first = opencti.note("done", "2025-11-03T13:00:00Z").await;
    assert_eq!(opencti.note(" done\n", "2025-11-03T13:00:00Z").await, first);
    assert_eq!(opencti.standin.notes().len(), 1);
    let later = opencti.note("done", "2025-11-03T14:00:00Z").await;
    let other = opencti.note("undone", "2025-11-03T13:00:00Z").await;
    assert!(first != later && first != other && later != other);
    let notes = opencti.standin.notes();
    assert_eq!(notes[0].created, "2025-11-03T13:00:00Z");
    assert_eq!(notes[0].objects, [ID]);
    // Who repeats it with more markings, or about more, adds them.
    let more = json!({"content": "done", "created": "2025-11-03T13:00:00Z",
        "objectMarking": [super::super::marking_id("TLP:RED")]});
    opencti.ask(NOTE, json!({"input": more})).await;
    let notes = opencti.standin.notes();
    assert_eq!(
        (notes.len(), &notes[0].markings[..]),
        (3, &["TLP:RED".to_owned()][..])
    );
}

#[tokio::test]
async fn a_note_keeps_its_id_while_its_text_changes_and_is_deleted_once() {
    let opencti = start().await;
    let id = opencti.note("done", "2025-11-03T13:00:00Z").await;
    let reply = opencti.edit(&id, "not done").await;
    let patched = &reply.json["data"]["noteEdit"]["fieldPatch"];
    assert_eq!(*patched, json!({"id": id, "content": "not done"}));
    assert_eq!(code(&opencti.edit(&id, " ").await), "VALIDATION_ERROR");
    // The text that it had is free for another note.
    let other = opencti.note("done", "2025-11-03T13:00:00Z").await;
    assert_ne!(other, id);
    opencti.ask(DELETE_NOTE, json!({"id": other})).await;
    let shown = "query L($id: String!) { note(id: $id) { content } }";
    let look = |id: String| opencti.ask(shown, json!({"id": id}));
    assert_eq!(
        look(id.clone()).await.json["data"]["note"]["content"],
        "not done"
    );
    let reply = opencti.ask(DELETE_NOTE, json!({"id": id})).await;
    assert_eq!(reply.json["data"]["noteEdit"]["delete"], json!(id));
    assert!(opencti.standin.notes().is_empty());
    assert_eq!(look(id.clone()).await.json["data"]["note"], Value::Null);
    // The platform does not say that it is gone.
    let reply = opencti.ask(DELETE_NOTE, json!({"id": id})).await;
    assert_eq!(code(&reply), "FORBIDDEN_ACCESS");
    assert_eq!(code(&opencti.edit(&id, "x").await), "FORBIDDEN_ACCESS");
}

#[tokio::test]
async fn a_user_may_do_what_the_capabilities_are_for() {
    const TAKES_PART: &[&str] = &["KNOWLEDGE_KNPARTICIPATE"];
    const UPDATES: &[&str] = &["KNOWLEDGE_KNUPDATE"];
    const DELETES: &[&str] = &["KNOWLEDGE_KNUPDATE_KNDELETE"];
    for (held, look, members, patch, note, user_note, delete) in [
        (&[][..], false, false, false, false, false, false),
        (&["KNOWLEDGE"], true, false, false, false, false, false),
        (TAKES_PART, true, false, false, false, true, true),
        (UPDATES, true, true, true, true, true, false),
        (DELETES, true, true, true, true, true, true),
    ] {
        let options = OpenCtiOptions::new("right").with_capabilities(held);
        let opencti = start_with(options).await;
        let may = |reply: &Reply| match code(reply) {
            "" => true,
            code => {
                assert_eq!(code, "FORBIDDEN_ACCESS", "{held:?}: {}", message(reply));
                false
            }
        };
        let reply = opencti.ask("{ me { id } statuses { edges { cursor } } }", json!({}));
        assert!(may(&reply.await), "{held:?}");
        let reply = opencti.ask(LOOK_UP, json!({"id": ID})).await;
        assert_eq!(may(&reply), look, "{held:?}");
        let reply = opencti.ask(MEMBERS, json!({})).await;
        assert_eq!(may(&reply), members, "{held:?}");
        let reply = opencti.patch("name", "replace", "x").await;
        assert_eq!(may(&reply), patch, "{held:?}");
        let input = json!({"input": {"content": "x", "objects": [ID]}});
        let reply = opencti.ask(NOTE, input.clone()).await;
        assert_eq!(may(&reply), note, "{held:?}");
        let reply = opencti.ask(USER_NOTE, input).await;
        assert_eq!(may(&reply), user_note, "{held:?}");
        if let Some(note) = opencti.standin.notes().first() {
            assert!(may(&opencti.edit(&note.id, "y").await), "{held:?}");
            let reply = opencti.ask(DELETE_NOTE, json!({"id": note.id})).await;
            assert_eq!(may(&reply), delete, "{held:?}");
        }
    }
}
