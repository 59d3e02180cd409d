//! By the interface of findings.

use serde_json::{Value, json};

use super::*;

const UPDATED: (u16, &str) = (200, "");
const NO_NOTES: (u16, &str) = (200, r#"{"items": []}"#);
const NOTED: (u16, &str) = (200, r#"{"id": "note-1", "content": "x"}"#);

fn update() -> String {
    format!(
        "POST /servicesNS/nobody/missioncontrol/v1/investigations/{IN_PATH}?notable_time=1768225865"
    )
}

fn notes(method: &str, note: &str, more: &str) -> String {
    format!(
        "{method} /servicesNS/nobody/missioncontrol/public/v2/investigations/{IN_PATH}/notes{note}{more}"
    )
}

fn look() -> String {
    notes(
        "GET",
        "",
        "?notable_time=1768225865&limit=20&sort=create_time%3A-1",
    )
}

fn write() -> String {
    notes("POST", "", "?notable_time=1768225865")
}

/// The requests, and the JSON of those that have a body.
fn told(world: &World) -> Vec<(String, Value)> {
    let kinds = world.fake.requests.borrow();
    let kinds = kinds
        .iter()
        .filter_map(|it| it.headers().get("content-type"));
    assert!(kinds.into_iter().all(|kind| kind == "application/json"));
    let sent = world.sent().into_iter();
    sent.map(|(request, body)| (request, serde_json::from_str(&body).unwrap_or_default()))
        .collect()
}

#[test]
fn a_status_is_set_and_a_note_says_why() {
    let world = World::new(&[]).answers(&[UPDATED, NO_NOTES, NOTED]);
    block_on(world.notables(&[FINDING]).set_status(&status("5"), SAID)).unwrap();
    let expected = [
        (update(), json!({"status": "5"})),
        (look(), Value::Null),
        (write(), json!({"content": SAID})),
    ];
    assert_eq!(told(&world), expected);
}

#[test]
fn owner_and_disposition_have_names_of_their_own() {
    let world = World::new(&[]).answers(&[UPDATED, NO_NOTES, NOTED, UPDATED, NO_NOTES, NOTED]);
    let notables = world.notables(&[FINDING]);
    let ada = person("x", Some("ada@example.com"));
    block_on(notables.assign(Some(&ada), None, SAID)).unwrap();
    block_on(notables.resolve(Some("Fixed"), Timestamp::UNKNOWN, SAID)).unwrap();
    let told = told(&world);
    assert_eq!(told[0], (update(), json!({"assignee": "ada.l"})));
    assert_eq!(told[3], (update(), json!({"disposition": "disposition:1"})));
}

#[test]
fn what_was_said_before_its_answer_was_lost_is_not_said_again() {
    let known = |content: &str| {
        json!({"items": [{"id": "n2", "content": "Bob's own"}, {"id": "n1", "content": content}]})
            .to_string()
    };
    let world = World::new(&[]).answers(&[(200, &known(NOTE))]);
    let id = block_on(world.notables(&[FINDING]).say(&note())).unwrap();
    assert_eq!(id, Some(format!("n1 {FINDING}")));
    assert_eq!(told(&world), [(look(), Value::Null)]);
    // What happened can happen again: only the newest note counts.
    let world = World::new(&[]).answers(&[UPDATED, (200, &known(SAID)), NOTED]);
    block_on(world.notables(&[FINDING]).set_status(&status("5"), SAID)).unwrap();
    assert_eq!(told(&world)[2].0, write());
    let newest = json!({"items": [{"content": SAID}]}).to_string();
    let world = World::new(&[]).answers(&[UPDATED, (200, &newest)]);
    block_on(world.notables(&[FINDING]).set_status(&status("5"), SAID)).unwrap();
    assert_eq!(told(&world).len(), 2);
}

#[test]
fn where_notes_are_not_shown_they_are_written_all_the_same() {
    let world = World::new(&[]).answers(&[(405, ""), NOTED]);
    let id = block_on(world.notables(&[FINDING]).say(&note())).unwrap();
    assert_eq!(id, Some(format!("note-1 {FINDING}")));
    assert_eq!(told(&world)[1], (write(), json!({"content": NOTE})));
    let world = World::new(&[]).answers(&[(503, "")]);
    let error = block_on(world.notables(&[FINDING]).say(&note())).unwrap_err();
    assert!(matches!(error, UpstreamError::Later { .. }));
    // A page for people to log in says nothing about notes.
    let world = World::new(&[]).answers(&[(200, "<html>")]);
    let error = block_on(world.notables(&[FINDING]).say(&note())).unwrap_err();
    assert!(matches!(error, UpstreamError::Later { .. }));
}

#[test]
fn a_note_on_one_finding_can_be_changed_and_deleted() {
    let world = World::new(&[]).answers(&[NO_NOTES, NOTED, UPDATED, UPDATED, (404, "")]);
    let notables = world.notables(&[FINDING]);
    let id = block_on(notables.say(&note())).unwrap().unwrap();
    // Others may have become the same alert meanwhile.
    let notables = world.notables(&[FINDING, "b@@notable@@time17"]);
    block_on(notables.change_note(&id, &note())).unwrap();
    block_on(notables.delete_note(&id)).unwrap();
    assert_eq!(block_on(notables.delete_note(&id)), Ok(()), "it is gone");
    let told = told(&world);
    let changed = notes("POST", "/note-1", "?notable_time=1768225865");
    assert_eq!(told[2], (changed, json!({"content": EDITED})));
    assert_eq!(told[3].0, notes("DELETE", "/note-1", ""));
}

#[test]
fn an_id_that_leads_elsewhere_is_none() {
    let world = World::new(&[]).answers(&[NO_NOTES, (200, r#"{"id": "../x"}"#)]);
    let notables = world.notables(&[FINDING]);
    assert_eq!(block_on(notables.say(&note())), Ok(None));
    block_on(notables.delete_note(&format!(".. {FINDING}"))).unwrap();
    assert_eq!(world.sent().len(), 2);
}

#[test]
fn notes_on_several_findings_have_no_one_id() {
    let world = World::new(&[]).answers(&[NO_NOTES, NOTED, NO_NOTES, NOTED]);
    let notables = world.notables(&[FINDING, "b@@notable@@time17"]);
    assert_eq!(block_on(notables.say(&note())), Ok(None));
    assert_eq!(world.sent().len(), 4);
}

#[test]
fn the_status_is_that_of_the_newest_finding() {
    for (body, expected) in [
        (r#"{"status": "5"}"#, Some("5")),
        (r#"{"status": 2}"#, Some("2")),
        (r#"{"status": null}"#, None),
        ("{}", None),
    ] {
        let world = World::new(&[]).answers(&[(200, body)]);
        let found = block_on(world.notables(&["b@@notable@@time17", FINDING]).status());
        assert_eq!(found, Ok(expected.map(str::to_owned)), "{body}");
        let path = format!(
            "GET /servicesNS/nobody/SplunkEnterpriseSecuritySuite/public/v2/findings/{IN_PATH}?earliest=1768225864"
        );
        assert_eq!(told(&world), [(path, Value::Null)]);
    }
    let world = World::new(&[]).answers(&[(500, r#"{"code": "MC_0050"}"#)]);
    let error = block_on(world.notables(&[FINDING]).status()).unwrap_err();
    assert!(matches!(error, UpstreamError::Gone { .. }));
}

#[test]
fn a_login_page_is_no_success() {
    let world = World::new(&[]).answers(&[(200, "<html>")]);
    let error = block_on(world.notables(&[FINDING]).set_status(&status("5"), SAID)).unwrap_err();
    assert!(matches!(&error, UpstreamError::Later { why, .. } if why.contains("something else")));
}
