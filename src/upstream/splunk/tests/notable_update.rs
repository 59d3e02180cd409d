//! By `notable_update`.

use proptest::prelude::*;

use super::*;

const DONE: (u16, &str) = (
    200,
    r#"{"success": true, "message": "1 event updated", "success_count": 1}"#,
);

/// The fields of a form.
fn fields(body: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(body.as_bytes())
        .into_owned()
        .collect()
}

/// The form of the one request that was sent.
fn form(world: &World) -> Vec<(String, String)> {
    let sent = world.sent();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].0, "POST /services/notable_update");
    let kind = world.fake.requests.borrow()[0].headers()["content-type"].clone();
    assert_eq!(kind, "application/x-www-form-urlencoded");
    fields(&sent[0].1)
}

fn pairs(given: &[(&str, &str)]) -> Vec<(String, String)> {
    let given = given.iter();
    given
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[test]
fn a_status_is_set_on_all_with_the_reason() {
    let world = World::new(&[]).answers(&[DONE]);
    let notables = world.notables(&[NOTABLE, "B@@notable@@2"]);
    block_on(notables.set_status(&status("5"), SAID)).unwrap();
    let expected = [
        ("ruleUIDs", NOTABLE),
        ("ruleUIDs", "B@@notable@@2"),
        ("status", "5"),
        ("comment", SAID),
    ];
    assert_eq!(form(&world), pairs(&expected));
}

#[test]
fn the_owner_is_who_the_settings_name_and_else_nobody_is_asked() {
    let ada = person("x", Some("Ada@Example.com"));
    let bob = person("557058:BOB", None);
    let eve = person("y", None);
    for (to, before, owner) in [
        (Some(&ada), None, Some("ada.l")),
        (Some(&bob), Some(&ada), Some("bob")),
        (None, Some(&ada), Some("unassigned")),
        (None, None, Some("unassigned")),
        // Whoever has it now has it not by us.
        (None, Some(&eve), None),
    ] {
        let world = World::new(&[]).answers(&[DONE]);
        let assigned = block_on(world.notables(&[NOTABLE]).assign(to, before, SAID));
        assert_eq!(assigned, Ok(Assigned::Done));
        match owner {
            Some(owner) => {
                let expected = [
                    ("ruleUIDs", NOTABLE),
                    ("newOwner", owner),
                    ("comment", SAID),
                ];
                assert_eq!(form(&world), pairs(&expected));
            }
            None => assert!(world.sent().is_empty()),
        }
    }
    let world = World::new(&[]);
    let assigned = block_on(world.notables(&[NOTABLE]).assign(Some(&eve), None, SAID));
    let why = "splunk_owner_back names no user of Splunk for Ada Lovelace".to_owned();
    assert_eq!(assigned, Ok(Assigned::Unknown(why)));
    assert!(world.sent().is_empty());
}

#[test]
fn a_resolution_is_a_disposition_if_there_is_one_and_a_comment_in_any_case() {
    for (resolution, disposition) in [
        (Some("Fixed"), Some("disposition:1")),
        (Some("won't do"), Some("disposition:3")),
        (Some("Other"), None),
        (None, Some("disposition:0")),
    ] {
        let world = World::new(&[]).answers(&[DONE]);
        let notables = world.notables(&[NOTABLE]);
        block_on(notables.resolve(resolution, Timestamp::UNKNOWN, SAID)).unwrap();
        let mut expected = vec![("ruleUIDs", NOTABLE)];
        expected.extend(disposition.map(|it| ("disposition", it)));
        expected.push(("comment", SAID));
        assert_eq!(form(&world), pairs(&expected));
    }
    let world = World::new(&[("splunk_disposition_back", "")]).answers(&[DONE]);
    block_on(
        world
            .notables(&[NOTABLE])
            .resolve(None, Timestamp::UNKNOWN, SAID),
    )
    .unwrap();
    assert_eq!(form(&world).len(), 2, "no disposition is ours");
}

#[test]
fn notes_are_comments_that_cannot_be_changed_but_said_again() {
    let world = World::new(&[]).answers(&[DONE; 3]);
    let notables = world.notables(&[NOTABLE]);
    assert_eq!(block_on(notables.say(&note())), Ok(None));
    block_on(notables.change_note("", &note())).unwrap();
    block_on(notables.delete_note("")).unwrap();
    block_on(notables.announce(&link())).unwrap();
    let sent = world.sent();
    let comments: Vec<_> = sent
        .iter()
        .map(|(_, body)| fields(body)[1].1.clone())
        .collect();
    let key = "Jira issue SOC-1: https://jira.example.com/browse/SOC-1";
    assert_eq!(comments, [NOTE, EDITED, key]);
}

#[test]
fn many_are_changed_in_several_requests() {
    let ids: Vec<String> = (0..250)
        .map(|number| format!("{number}@@notable@@x"))
        .collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let world = World::new(&[]).answers(&[DONE; 3]);
    block_on(world.notables(&ids).set_status(&status("2"), SAID)).unwrap();
    let sent = world.sent();
    let counts: Vec<_> = sent
        .iter()
        .map(|(_, body)| fields(body).len() - 2)
        .collect();
    assert_eq!(counts, [100, 100, 50]);
}

#[test]
fn only_success_is_one() {
    for (status_code, body, says) in [
        (
            200,
            r#"{"success": false, "message": "The status\n'9' is not valid"}"#,
            "Splunk refused: The status '9' is not valid",
        ),
        (200, r#"{"success": false}"#, "no reason was given"),
        (200, r#"{"success": "false"}"#, "something else answered"),
        (200, "<html>", "something else answered"),
        (401, "", "Check splunk_api_token"),
        (403, "", "the capability edit_notable_events"),
        (
            404,
            "",
            "splunk_api_url is the management port (8089), and that Enterprise Security",
        ),
        (500, "", "500"),
    ] {
        let world = World::new(&[]).answers(&[(status_code, body)]);
        let result = block_on(world.notables(&[NOTABLE]).set_status(&status("9"), SAID));
        let error = result.unwrap_err();
        assert!(
            error.why().contains(says),
            "{status_code} {body}: {error:?}"
        );
        assert!(!format!("{error:?}").contains(TOKEN), "{error:?}");
        let is_final = matches!(error, UpstreamError::Refused { .. });
        let is_refusal = body.contains("false,") || body.ends_with("false}") || status_code == 404;
        assert_eq!(is_final, is_refusal, "{status_code} {body}: {error:?}");
    }
}

#[test]
fn a_notables_status_cannot_be_asked_for() {
    let world = World::new(&[]);
    assert_eq!(
        block_on(world.notables(&[FINDING, NOTABLE]).status()),
        Ok(None)
    );
    assert!(world.sent().is_empty());
}

#[test]
fn who_asks_to_be_left_alone_is() {
    let world = World::new(&[]);
    world.fake.reply(429, &[("retry-after", "30")], "");
    let result = block_on(world.notables(&[NOTABLE]).set_status(&status("5"), SAID));
    let after = Some(Duration::from_secs(30));
    assert!(matches!(result, Err(UpstreamError::Later { after: told, .. }) if told == after));
}

proptest! {
    #[test]
    fn no_words_begin_another_field(said: String, title: String, text: String, id: String) {
        let world = World::new(&[("splunk_api", "notable_update")]).answers(&[DONE; 2]);
        let id = format!("{id}@@&status=0");
        let notables = world.notables(&[&id]);
        let said = format!("{said}&newOwner=eve\r\nstatus=5");
        block_on(notables.set_status(&status("2"), &said)).unwrap();
        let note = Note { title, text, created: Timestamp::UNKNOWN };
        block_on(notables.say(&note)).unwrap();
        for ((_, body), expected) in world.sent().iter().zip([&["ruleUIDs", "status", "comment"][..], &["ruleUIDs", "comment"]]) {
            let fields = fields(body);
            let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            prop_assert_eq!(names, expected);
            prop_assert_eq!(&fields[0].1, &id);
        }
    }
}
