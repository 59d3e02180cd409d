//! People, as Jira names them.

use serde_json::Value;

use super::words::name;
use crate::model::Person;

/// An address is no longer (RFC 5321, 4.5.3.1).
const EMAIL_LIMIT: usize = 254;

/// The person that a user object tells of: Cloud has `accountId`, Data Center `key`
/// and `name`. Whom nothing tells from others is nobody.
pub(super) fn person(user: &Value) -> Option<Person> {
    let ids = ["accountId", "key", "name"].map(|member| name(&user[member]));
    of(ids, name(&user["displayName"])).map(|person| Person {
        email: email(user),
        ..person
    })
}

/// The person that the ends of an item name.
pub(super) fn named(ids: [&Value; 2], shown: &Value) -> Option<Person> {
    of(ids.map(name), name(shown))
}

fn of<const N: usize>(all: [String; N], name: String) -> Option<Person> {
    let mut ids: Vec<String> = Vec::new();
    for id in all {
        if !id.is_empty() && !ids.contains(&id) {
            ids.push(id);
        }
    }
    (!ids.is_empty()).then_some(Person {
        ids,
        name,
        email: None,
    })
}

/// Cloud shows no address of those who do not want it; some show a `?`.
fn email(user: &Value) -> Option<String> {
    let email = user["emailAddress"].as_str()?.trim();
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    let is_email = email.len() <= EMAIL_LIMIT && email.contains('@') && email.chars().all(is_plain);
    is_email.then(|| email.to_owned())
}
