use std::time::Duration;

use serde_json::{Value, json};

use super::*;

fn statuses(named: &[(&str, &str)]) -> Value {
    let edges = named
        .iter()
        .map(|(id, name)| json!({ "node": { "id": id, "template": { "name": name } } }));
    json!({ "statuses": { "edges": edges.collect::<Value>() } })
}

fn workflow() -> Value {
    let named = [
        ("status-1", "New"),
        ("status-2", "IN PROGRESS"),
        ("status-3", "Waiting for customer"),
        ("status-4", "closed"),
    ];
    statuses(&named)
}

fn jira(name: &str, category: &str) -> IssueStatus {
    IssueStatus {
        id: "10".to_owned(),
        name: name.to_owned(),
        category: category.to_owned(),
    }
}

fn image(world: &World, status: &IssueStatus) -> Result<Option<Named>, UpstreamError> {
    block_on(world.entity().image(status))
}

fn named(id: &str, name: &str) -> Named {
    Named {
        id: id.to_owned(),
        name: Some(name.to_owned()),
    }
}

#[test]
fn a_status_is_looked_up_by_its_name_in_the_workflow_of_the_type_and_remembered() {
    let world = World::new();
    world.data(workflow());
    let found = image(&world, &jira("Done", "done"));
    assert_eq!(found, Ok(Some(named("status-4", "closed"))));
    let variables = world.last("statuses(");
    let filters = &variables["filters"]["filters"];
    assert_eq!(filters[0]["key"], json!(["type"]));
    assert_eq!(filters[0]["values"], json!(["Case-Incident"]));
    assert_eq!(filters[1]["key"], json!(["scope"]));
    assert_eq!(filters[1]["values"], json!(["GLOBAL"]));
    // Another name, and an id, of the same list.
    let found = image(&world, &jira("Doing", "indeterminate"));
    assert_eq!(found, Ok(Some(named("status-2", "IN PROGRESS"))));
    let found = image(&world, &jira("Waiting", "indeterminate"));
    let waiting = named("status-3", "Waiting for customer");
    assert_eq!(found, Ok(Some(waiting)));
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn a_list_is_one_types_and_an_hour_old_at_most() {
    let world = World::new();
    world.data(workflow());
    let done = jira("Done", "done");
    image(&world, &done).unwrap();
    world.data(statuses(&[("status-9", "Closed")]));
    *world.kind.borrow_mut() = EntityType::new("case-rfi");
    let found = image(&world, &done);
    assert_eq!(found, Ok(Some(named("status-9", "Closed"))));
    let asked = world.last("statuses(");
    assert_eq!(asked["filters"]["filters"][0]["values"][0], "Case-Rfi");
    let hour = Duration::from_secs(3601).as_millis() as u64;
    world.fake.now_ms.set(world.fake.now_ms.get() + hour);
    world.data(workflow());
    *world.kind.borrow_mut() = EntityType::new("case-incident");
    image(&world, &done).unwrap();
    assert_eq!(world.sent().len(), 3);
}

#[test]
fn a_name_that_is_not_remembered_is_asked_for_once_more() {
    let world = World::new();
    let done = jira("Done", "done");
    world.data(statuses(&[("status-2", "In progress")]));
    image(&world, &jira("Doing", "indeterminate")).unwrap();
    world.data(workflow());
    assert!(image(&world, &done).unwrap().is_some());
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn a_name_that_the_workflow_lacks_is_told_with_those_it_has() {
    let world = World::new();
    world.data(statuses(&[("status-1", "New"), ("status-2", "Solved")]));
    let error = image(&world, &jira("Done", "done")).unwrap_err();
    let UpstreamError::Refused { why } = error else {
        panic!("{error:?}");
    };
    for part in ["`Closed`", "Case-Incident", "status_back", "New, Solved"] {
        assert!(why.contains(part), "{why}");
    }
    world.data(statuses(&[]));
    let error = image(&world, &jira("Done", "done")).unwrap_err();
    let UpstreamError::Refused { why } = error else {
        panic!("{error:?}");
    };
    assert!(why.contains("no workflow for Case-Incident"), "{why}");
    assert!(why.contains("status_back"), "{why}");
}

#[test]
fn a_status_that_the_settings_do_not_name_has_no_image_and_nobody_is_asked() {
    let world = World::new();
    assert_eq!(image(&world, &jira("To do", "new")), Ok(None));
    assert!(world.sent().is_empty());
}

#[test]
fn the_entity_tells_its_status() {
    let world = World::new();
    world.data(json!({ "stixDomainObject": { "status": { "id": "status-1" } } }));
    let status = block_on(world.entity().status());
    assert_eq!(status, Ok(Some("status-1".to_owned())));
    assert_eq!(world.last("status { id }"), json!({ "id": "e-1" }));
    world.data(json!({ "stixDomainObject": { "status": null } }));
    assert_eq!(block_on(world.entity().status()), Ok(None));
    world.data(json!({ "stixDomainObject": null }));
    let error = block_on(world.entity().status()).unwrap_err();
    assert!(matches!(error, UpstreamError::Gone { .. }), "{error:?}");
}

fn set(world: &World) -> Result<Option<Timestamp>, UpstreamError> {
    let to = named("status-4", "Closed");
    block_on(world.entity().set_status(&to, SAID))
}

#[test]
fn a_status_is_set_by_its_id_and_the_platform_keeps_why() {
    let world = World::new();
    let at = "2026-03-01T08:00:00.123Z";
    let patched = json!({ "id": "e-1", "updated_at": at });
    world.data(json!({ "stixDomainObjectEdit": { "fieldPatch": patched } }));
    assert_eq!(set(&world), Ok(Timestamp::parse(at)));
    let edit = json!({ "key": "x_opencti_workflow_id", "value": ["status-4"] });
    let expected = json!({ "id": "e-1", "input": [edit], "said": SAID });
    assert_eq!(world.last("commitMessage: $said"), expected);
}

#[test]
fn a_platform_that_keeps_no_reasons_is_given_none() {
    let world = World::new();
    let unknown = "Unknown argument \"commitMessage\" on field \"fieldPatch\".";
    world.refuse("GRAPHQL_VALIDATION_FAILED", unknown);
    world.data(json!({ "stixDomainObjectEdit": { "fieldPatch": { "id": "e-1" } } }));
    set(&world).unwrap();
    let variables = world.last("fieldPatch(input: $input)");
    assert_eq!(variables["input"][0]["value"], json!(["status-4"]));
    assert_eq!(variables.get("said"), None);
    // Another error is none of that.
    world.refuse("FUNCTIONAL_ERROR", "Business validation");
    assert!(matches!(set(&world), Err(UpstreamError::Refused { .. })));
    assert_eq!(world.sent().len(), 3);
}

#[test]
fn a_status_that_is_not_there_any_more_is_looked_for_again() {
    let world = World::new();
    world.data(workflow());
    image(&world, &jira("Done", "done")).unwrap();
    world.refuse("MISSING_REFERENCE_ERROR", "Element(s) not found");
    let error = set(&world).unwrap_err();
    assert!(matches!(error, UpstreamError::Later { .. }), "{error:?}");
    world.data(statuses(&[("status-5", "Closed")]));
    let found = image(&world, &jira("Done", "done"));
    assert_eq!(found, Ok(Some(named("status-5", "Closed"))));
}

#[test]
fn what_stands_in_the_way_of_a_status_is_told_apart() {
    type Is = fn(&UpstreamError) -> bool;
    let later: Is = |error| matches!(error, UpstreamError::Later { .. });
    let gone: Is = |error| matches!(error, UpstreamError::Gone { .. });
    let refused: Is = |error| matches!(error, UpstreamError::Refused { .. });
    let missing = "Cannot edit the field, Stix-Domain-Object cannot be found.";
    for (code, message, is) in [
        ("LOCK_ERROR", "", later),
        ("DATABASE_ERROR", "", later),
        ("FORBIDDEN_ACCESS", "", later),
        ("AUTH_REQUIRED", "", later),
        ("RESOURCE_NOT_FOUND", "", gone),
        ("FUNCTIONAL_ERROR", missing, gone),
        ("FUNCTIONAL_ERROR", "", refused),
        ("VALIDATION_ERROR", "", refused),
        ("UNSUPPORTED_ERROR", "", refused),
    ] {
        let world = World::new();
        world.refuse(code, message);
        let error = set(&world).unwrap_err();
        assert!(is(&error), "{code}: {error:?}");
    }
    let world = World::new();
    world.fake.reply(429, &[("retry-after", "7")], "{}");
    let after = Some(Duration::from_secs(7));
    let error = set(&world).unwrap_err();
    assert!(matches!(error, UpstreamError::Later { after: told, .. } if told == after));
}
