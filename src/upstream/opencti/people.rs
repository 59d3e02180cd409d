//! Whose an entity is. Jira knows people by account ids, OpenCTI by ids of its own:
//! the settings, or the e-mail address, say who is who.

use std::time::Duration;

use serde_json::{Value, json};

use super::error::{Right, Sense, judge};
use super::place::Place;
use crate::model::Person;
use crate::store::memory;
use crate::text::{digest, short};
use crate::upstream::port::{Assigned, UpstreamError};

/// How long it is remembered who somebody is.
const MAX_AGE: Duration = Duration::from_secs(3600);
/// More of a name is not shown; in UTF-16 units.
const SHOWN: usize = 100;

/// Of the platform's users, `members` shows ids and names to those who may update
/// knowledge; `users`, which shows addresses as well, is for administrators. But both
/// are filtered by the address, too. A filter compares whole values, in any case.
const MEMBERS: &str = "query IntakeMembers($filters: FilterGroup) { \
    members(first: 10, entityTypes: [User], filters: $filters) { \
        edges { node { id name } } } }";

/// The settings' words for people: Jira's in lower case, and OpenCTI's.
type Words<'a> = &'a [(String, String)];

/// Gives the entity to somebody, and takes it from whoever had it. Other assignees
/// stay.
///
/// # Errors
/// What the platform's error calls for.
pub(super) async fn assign(
    place: &Place<'_>,
    words: Words<'_>,
    to: Option<&Person>,
    before: Option<&Person>,
    said: &str,
) -> Result<Assigned, UpstreamError> {
    let new = match to {
        Some(person) => give(place, words, person, said).await?,
        None => None,
    };
    if let Some(before) = before {
        take(place, words, before, new.as_deref(), said).await?;
    }
    match (to, new) {
        (Some(person), None) => Ok(Assigned::Unknown(unknown(words, person))),
        _ => Ok(Assigned::Done),
    }
}

/// Adds somebody; the id of their user, if they have one. Repeating it changes nothing.
async fn give(
    place: &Place<'_>,
    words: Words<'_>,
    person: &Person,
    said: &str,
) -> Result<Option<String>, UpstreamError> {
    let Some(id) = user(place, words, person).await? else {
        return Ok(None);
    };
    match place.patch(edit("add", &id), said).await {
        Ok(_) => Ok(Some(id)),
        // The user was deleted since.
        Err(error) if Sense::of(&error) == Sense::MissingReference => {
            if let Some(who) = called(words, person) {
                memory::remember(place.ports, &memory_name(place, who), Value::Null);
            }
            Ok(None)
        }
        Err(error) => Err(judge(error, Right::Update)),
    }
}

/// Removes somebody, unless they are who has it now.
async fn take(
    place: &Place<'_>,
    words: Words<'_>,
    person: &Person,
    new: Option<&str>,
    said: &str,
) -> Result<(), UpstreamError> {
    let id = user(place, words, person).await?;
    let Some(id) = id.filter(|id| Some(id.as_str()) != new) else {
        return Ok(());
    };
    match place.patch(edit("remove", &id), said).await {
        Err(error) if Sense::of(&error) != Sense::MissingReference => {
            Err(judge(error, Right::Update))
        }
        _ => Ok(()),
    }
}

fn edit(operation: &str, user: &str) -> Value {
    json!({ "key": "objectAssignee", "operation": operation, "value": [user] })
}

/// What OpenCTI calls a person: as the settings say, else by their address.
fn called<'a>(words: Words<'a>, person: &'a Person) -> Option<&'a str> {
    mapped(words, person).or(person.email.as_deref())
}

fn mapped<'a>(words: Words<'a>, person: &Person) -> Option<&'a str> {
    let ids = person.ids.iter().map(String::as_str);
    let mut names = ids.chain(person.email.as_deref()).chain([&*person.name]);
    names.find_map(|name| {
        let name = name.to_lowercase();
        let entry = words.iter().find(|(jira, _)| *jira == name)?;
        Some(entry.1.as_str())
    })
}

/// The id of a person's user, if there is exactly one. A UUID is taken as it is.
async fn user(
    place: &Place<'_>,
    words: Words<'_>,
    person: &Person,
) -> Result<Option<String>, UpstreamError> {
    let Some(who) = called(words, person) else {
        return Ok(None);
    };
    if is_uuid(who) {
        return Ok(Some(who.to_owned()));
    }
    let name = memory_name(place, who);
    if let Some(known) = memory::recall(place.ports, &name, MAX_AGE) {
        return Ok(known.as_str().map(str::to_owned));
    }
    let key = match who.contains('@') {
        true => "user_email",
        false => "name",
    };
    let filters = json!({
        "mode": "and",
        "filters": [{ "key": [key], "values": [who] }],
        "filterGroups": [],
    });
    let variables = json!({ "filters": filters });
    let found = place.ask(MEMBERS, variables, Right::Update).await?;
    let id = pick(&found["members"]["edges"], who);
    memory::remember(place.ports, &name, Value::from(id.clone()));
    Ok(id)
}

/// The only user that was found. Names are shown, so they are compared once more.
fn pick(edges: &Value, who: &str) -> Option<String> {
    let nodes = edges.as_array().into_iter().flatten();
    let mut nodes = nodes.map(|edge| &edge["node"]).filter(|node| {
        let name = node["name"].as_str().unwrap_or_default();
        who.contains('@') || name.to_lowercase() == who.to_lowercase()
    });
    let first = nodes.next()?;
    match nodes.next() {
        None => first["id"].as_str().map(str::to_owned),
        Some(_) => None,
    }
}

/// Why nobody got the entity. Addresses stay out of it: it goes into the log.
fn unknown(words: Words<'_>, person: &Person) -> String {
    let ids = person.ids.first().map(String::as_str);
    let name = [Some(person.name.as_str()), ids];
    let name = name.into_iter().flatten().find(|name| !name.is_empty());
    let name = short(name.unwrap_or("somebody"), SHOWN);
    match (mapped(words, person), &person.email) {
        (Some(_), _) => {
            format!("OpenCTI has not exactly one user of whom assignee_back says that it is {name}")
        }
        (None, Some(_)) => format!(
            "OpenCTI has no user with the e-mail address of {name}; assignee_back can say who it is"
        ),
        (None, None) => format!(
            "Jira does not show the e-mail address of {name}; assignee_back can say who it is in OpenCTI"
        ),
    }
}

/// The form of OpenCTI's internal ids.
fn is_uuid(text: &str) -> bool {
    let is_at = |index: usize, c: char| match index {
        8 | 13 | 18 | 23 => c == '-',
        _ => c.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.char_indices().all(|(index, c)| is_at(index, c))
}

fn memory_name(place: &Place<'_>, who: &str) -> String {
    let about = format!("{} {}", place.platform.url(), who.to_lowercase());
    format!("{}{}", memory::PERSON, digest(about.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(ids: &[&str], name: &str, email: Option<&str>) -> Person {
        Person {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            name: name.to_owned(),
            email: email.map(str::to_owned),
        }
    }

    #[test]
    fn the_settings_say_who_somebody_is_and_else_the_address_does() {
        let words = [
            ("712020:1".to_owned(), "by id".to_owned()),
            ("ada".to_owned(), "by name".to_owned()),
            ("eve@example.com".to_owned(), "by address".to_owned()),
        ];
        let address = Some("bob@example.com");
        for (ids, name, email, expected) in [
            (&["712020:1"][..], "Ada", None, Some("by id")),
            (&["x", "712020:1"], "Ada", address, Some("by id")),
            (&["x"], "ADA", address, Some("by name")),
            (&["x"], "Ada", Some("Eve@example.com"), Some("by address")),
            (&["x"], "Bob", address, address),
            (&["x"], "Bob", None, None),
            (&[], "", None, None),
        ] {
            let person = person(ids, name, email);
            assert_eq!(called(&words, &person), expected, "{person:?}");
        }
    }

    #[test]
    fn exactly_one_user_is_somebody() {
        let user = |id: &str, name: &str| json!({ "node": { "id": id, "name": name } });
        let (ada, bob) = (user("1", "Ada"), user("2", "Bob"));
        for (edges, who, expected) in [
            (json!([ada]), "ada@example.com", Some("1")),
            (json!([ada, bob]), "ada@example.com", None),
            (json!([bob, ada]), "ADA", Some("1")),
            (json!([bob]), "ada", None),
            (json!([ada, ada]), "ada", None),
            (json!([]), "ada", None),
            (json!(null), "ada", None),
        ] {
            assert_eq!(pick(&edges, who).as_deref(), expected, "{edges} {who}");
        }
    }

    #[test]
    fn only_a_uuid_is_one() {
        assert!(is_uuid("88ec0c6a-13ce-5e39-b486-354fe4a7084f"));
        for other in [
            "",
            "88ec0c6a13ce5e39b486354fe4a7084f",
            "ada",
            "88ec0c6a-13ce-5e39-b486-354fe4a7084ü",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }

    #[test]
    fn why_nobody_got_it_names_the_setting_and_no_address() {
        let words = [("ada".to_owned(), "ada@example.com".to_owned())];
        let address = Some("bob@example.com");
        for (name, email) in [("Ada", None), ("Bob", address), ("Bob", None), ("", None)] {
            let text = unknown(&words, &person(&["7:1"], name, email));
            assert!(
                text.contains("assignee_back") && !text.contains('@'),
                "{text}"
            );
            assert!(text.contains(name) && !text.contains("  "), "{text}");
        }
    }
}
