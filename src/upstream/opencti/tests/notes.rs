use serde_json::json;

use super::*;

fn note() -> Note {
    Note {
        title: "Comment in Jira".to_owned(),
        text: "Ada wrote in SOC-1: done.".to_owned(),
        created: Timestamp::from_millis(1_761_569_303_246),
    }
}

fn marked(world: &World) {
    let marking = json!({ "id": "amber" });
    world.data(json!({ "stixDomainObject": { "id": "i-1", "objectMarking": [marking] } }));
}

fn say(world: &World, note: &Note) -> Result<Option<String>, UpstreamError> {
    block_on(world.entity().say(note))
}

#[test]
fn a_note_has_the_entitys_markings_and_the_comments_time() {
    let world = World::new();
    marked(&world);
    world.data(json!({ "noteAdd": { "id": "n-1" } }));
    assert_eq!(say(&world, &note()), Ok(Some("n-1".to_owned())));
    assert_eq!(world.sent()[0].1, json!({ "id": "e-1" }));
    let input = json!({
        "attribute_abstract": "Comment in Jira",
        "content": "Ada wrote in SOC-1: done.",
        "created": "2025-10-27T12:48:23.246Z",
        "objects": ["i-1"],
        "objectMarking": ["amber"],
    });
    assert_eq!(world.last("noteAdd(input:"), json!({ "input": input }));
}

#[test]
fn without_the_markings_nothing_is_said() {
    let world = World::new();
    world.data(json!({ "stixDomainObject": null }));
    let error = say(&world, &note()).unwrap_err();
    assert!(matches!(error, UpstreamError::Gone { .. }), "{error:?}");
    world.refuse("DATABASE_ERROR", "");
    let error = say(&world, &note()).unwrap_err();
    assert!(matches!(error, UpstreamError::Later { .. }), "{error:?}");
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn markings_that_cannot_be_read_are_not_taken_for_none() {
    for markings in [json!(null), json!({ "edges": [] }), json!([{ "id": null }])] {
        let world = World::new();
        world.data(json!({ "stixDomainObject": { "id": "i-1", "objectMarking": markings } }));
        let error = say(&world, &note()).unwrap_err();
        assert!(matches!(error, UpstreamError::Refused { .. }), "{error:?}");
        assert_eq!(world.sent().len(), 1);
    }
}

#[test]
fn who_may_not_change_knowledge_may_take_part() {
    let world = World::new();
    marked(&world);
    world.refuse("FORBIDDEN_ACCESS", "You are not allowed to do this.");
    world.data(json!({ "noteAdd": { "id": "n-1" } }));
    assert_eq!(say(&world, &note()), Ok(Some("n-1".to_owned())));
    let sent = world.sent();
    assert!(sent[2].0.contains("userNoteAdd(input:"), "{}", sent[2].0);
    assert_eq!(sent[2].1, sent[1].1);
    marked(&world);
    world.refuse("FORBIDDEN_ACCESS", "");
    world.refuse("FORBIDDEN_ACCESS", "");
    let error = say(&world, &note()).unwrap_err();
    assert!(error.why().contains("KNOWLEDGE_KNPARTICIPATE"), "{error:?}");
    assert!(matches!(error, UpstreamError::Later { .. }), "{error:?}");
    assert_eq!(world.sent().len(), 6);
}

#[test]
fn a_time_that_nobody_has_said_is_left_out() {
    for unknown in [Timestamp::UNKNOWN, Timestamp::UNREADABLE] {
        let world = World::new();
        marked(&world);
        world.data(json!({ "noteAdd": { "id": "n-1" } }));
        let note = Note {
            created: unknown,
            ..note()
        };
        say(&world, &note).unwrap();
        assert_eq!(world.last("noteAdd")["input"].get("created"), None);
    }
}

#[test]
fn a_resolution_is_a_note() {
    for (resolution, expected) in [
        (Some("Won't\ndo"), "Resolution in Jira: Won't do"),
        (None, "Resolution in Jira: none any more"),
    ] {
        let world = World::new();
        marked(&world);
        world.data(json!({ "noteAdd": { "id": "n-1" } }));
        let at = Timestamp::from_secs(1_761_569_303);
        block_on(world.entity().resolve(resolution, at, SAID)).unwrap();
        let input = &world.last("noteAdd")["input"];
        assert_eq!(input["attribute_abstract"], expected);
        assert_eq!(input["content"], format!("{expected}\n\n{SAID}"));
        assert_eq!(input["created"], "2025-10-27T12:48:23Z");
    }
}

#[test]
fn a_note_is_changed_and_deleted() {
    let world = World::new();
    world.data(json!({ "noteEdit": { "fieldPatch": { "id": "n-1" } } }));
    block_on(world.entity().change_note("n-1", &note())).unwrap();
    let variables = world.last("noteEdit(id: $id) { fieldPatch");
    assert_eq!(variables["id"], "n-1");
    let title = json!({ "key": "attribute_abstract", "value": ["Comment in Jira"] });
    let text = json!({ "key": "content", "value": ["Ada wrote in SOC-1: done."] });
    assert_eq!(variables["input"], json!([title, text]));
    world.data(json!({ "noteEdit": { "delete": "n-1" } }));
    block_on(world.entity().delete_note("n-1")).unwrap();
    assert_eq!(
        world.last("noteEdit(id: $id) { delete }"),
        json!({ "id": "n-1" })
    );
}

#[test]
fn a_note_that_is_gone_stays_so_and_one_that_is_not_ours_is_an_error() {
    type Act = fn(&World) -> Result<(), UpstreamError>;
    let change: Act = |world| block_on(world.entity().change_note("n-1", &note()));
    let delete: Act = |world| block_on(world.entity().delete_note("n-1"));
    for act in [change, delete] {
        let world = World::new();
        // That is what the platform says of a note that is not there.
        world.refuse("FORBIDDEN_ACCESS", "You are not allowed to do this.");
        world.data(json!({ "note": null }));
        assert_eq!(act(&world), Ok(()));
        assert_eq!(world.last("note(id: $id)"), json!({ "id": "n-1" }));
        let gone = "Cannot delete the object, Stix-Domain-Object cannot be found.";
        world.refuse("FUNCTIONAL_ERROR", gone);
        assert_eq!(act(&world), Ok(()));
        world.refuse("ALREADY_DELETED_ERROR", "");
        assert_eq!(act(&world), Ok(()));
        world.refuse("FORBIDDEN_ACCESS", "You are not allowed to do this.");
        world.data(json!({ "note": { "id": "n-1" } }));
        let error = act(&world).unwrap_err();
        assert!(error.why().contains("KNOWLEDGE_KNPARTICIPATE"), "{error:?}");
        world.refuse("LOCK_ERROR", "");
        let error = act(&world).unwrap_err();
        assert!(matches!(error, UpstreamError::Later { .. }), "{error:?}");
    }
}
