use serde_json::{Value, json};

use super::*;

const EVE: &str = "88ec0c6a-13ce-5e39-b486-354fe4a7084f";

fn person(id: &str, email: Option<&str>) -> Person {
    Person {
        ids: vec![id.to_owned()],
        name: String::new(),
        email: email.map(str::to_owned),
    }
}

fn members(users: &[(&str, &str)]) -> Value {
    let edges = users
        .iter()
        .map(|(id, name)| json!({ "node": { "id": id, "name": name } }));
    json!({ "members": { "edges": edges.collect::<Value>() } })
}

fn patched(world: &World) {
    world.data(json!({ "stixDomainObjectEdit": { "fieldPatch": { "id": "e-1" } } }));
}

fn assign(
    world: &World,
    to: Option<&Person>,
    before: Option<&Person>,
) -> Result<Assigned, UpstreamError> {
    block_on(world.entity().assign(to, before, SAID))
}

/// The assignments so far: operation and user.
fn edits(world: &World) -> Vec<(String, String)> {
    let sent = world.sent().into_iter();
    let patches = sent.filter(|(query, _)| query.contains("fieldPatch"));
    let edits = patches.map(|(_, variables)| {
        assert_eq!(
            (&variables["id"], &variables["said"]),
            (&json!("e-1"), &json!(SAID))
        );
        let edit = &variables["input"][0];
        assert_eq!(edit["key"], "objectAssignee");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (text(&edit["operation"]), text(&edit["value"][0]))
    });
    edits.collect()
}

fn edit(operation: &str, user: &str) -> (String, String) {
    (operation.to_owned(), user.to_owned())
}

#[test]
fn the_new_one_is_added_and_the_old_one_removed() {
    let world = World::new();
    world.data(members(&[("u-ada", "Ada")]));
    patched(&world);
    patched(&world);
    let (ada, eve) = (person("7:ada", None), person("7:eve", None));
    assert_eq!(assign(&world, Some(&ada), Some(&eve)), Ok(Assigned::Done));
    assert_eq!(edits(&world), [edit("add", "u-ada"), edit("remove", EVE)]);
    let filters = &world.sent()[0].1["filters"]["filters"];
    let expected = json!([{ "key": ["user_email"], "values": ["ada@example.com"] }]);
    assert_eq!(*filters, expected);
    // It is remembered who she is.
    patched(&world);
    assert_eq!(assign(&world, None, Some(&ada)), Ok(Assigned::Done));
    assert_eq!(edits(&world)[2], edit("remove", "u-ada"));
    assert_eq!(world.sent().len(), 4);
}

#[test]
fn somebody_is_found_by_the_name_in_the_settings_or_by_the_address_in_jira() {
    let world = World::new();
    world.data(members(&[("u-bob", "bob"), ("u-bobby", "Bobby")]));
    patched(&world);
    let bob = person("7:BOB", Some("other@example.com"));
    assert_eq!(assign(&world, Some(&bob), None), Ok(Assigned::Done));
    let filters = &world.sent()[0].1["filters"]["filters"];
    assert_eq!(filters[0], json!({ "key": ["name"], "values": ["Bob"] }));
    world.data(members(&[("u-x", "Somebody")]));
    patched(&world);
    let other = person("7:x", Some("x@example.com"));
    assert_eq!(assign(&world, Some(&other), None), Ok(Assigned::Done));
    assert_eq!(edits(&world), [edit("add", "u-bob"), edit("add", "u-x")]);
}

#[test]
fn who_had_it_is_removed_even_if_nobody_knows_who_has_it_now() {
    let world = World::new();
    patched(&world);
    let (stranger, eve) = (person("7:z", None), person("7:eve", None));
    let assigned = assign(&world, Some(&stranger), Some(&eve));
    assert!(matches!(assigned, Ok(Assigned::Unknown(why)) if why.contains("assignee_back")));
    assert_eq!(edits(&world), [edit("remove", EVE)]);
    // And nobody is, of whom the same is true.
    assert_eq!(assign(&world, None, Some(&stranger)), Ok(Assigned::Done));
    assert_eq!(world.sent().len(), 1);
}

#[test]
fn the_same_person_keeps_it() {
    let world = World::new();
    patched(&world);
    let eve = person("7:eve", None);
    assert_eq!(assign(&world, Some(&eve), Some(&eve)), Ok(Assigned::Done));
    assert_eq!(edits(&world), [edit("add", EVE)]);
}

#[test]
fn a_user_who_was_deleted_since_is_nobody() {
    let world = World::new();
    let ada = person("7:ada", None);
    world.data(members(&[("u-ada", "Ada")]));
    world.refuse("MISSING_REFERENCE_ERROR", "Element(s) not found");
    let assigned = assign(&world, Some(&ada), None);
    assert!(matches!(assigned, Ok(Assigned::Unknown(_))), "{assigned:?}");
    // It is remembered, so no one is asked.
    let assigned = assign(&world, Some(&ada), None);
    assert!(matches!(assigned, Ok(Assigned::Unknown(_))), "{assigned:?}");
    assert_eq!(world.sent().len(), 2);
    world.refuse("MISSING_REFERENCE_ERROR", "Element(s) not found");
    let eve = person("7:eve", None);
    assert_eq!(assign(&world, None, Some(&eve)), Ok(Assigned::Done));
}

#[test]
fn an_assignment_that_fails_is_an_error_and_who_had_it_keeps_it() {
    let world = World::new();
    let (ada, eve) = (person("7:ada", None), person("7:eve", None));
    world.refuse("FORBIDDEN_ACCESS", "You are not allowed to do this.");
    let error = assign(&world, Some(&ada), Some(&eve)).unwrap_err();
    assert!(error.why().contains("KNOWLEDGE_KNUPDATE"), "{error:?}");
    world.data(members(&[("u-ada", "Ada")]));
    world.refuse("LOCK_ERROR", "");
    let error = assign(&world, Some(&ada), Some(&eve)).unwrap_err();
    assert!(matches!(error, UpstreamError::Later { .. }), "{error:?}");
    assert_eq!(edits(&world), [edit("add", "u-ada")]);
}
