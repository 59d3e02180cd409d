//! Who an e-mail address belongs to. Jira names people by account id (Cloud) or
//! by user name (Data Center); operators and events know their addresses.

use std::time::Duration;

use serde_json::Value;

use crate::markup::Flavor;
use crate::store::memory;
use crate::text::digest;
use crate::tracker::error::TrackerError;
use crate::tracker::jira::answers::Expected;
use crate::tracker::jira::connection::Connection;
use crate::tracker::jira::request::{JiraRequest, encoded};

/// How long an answer is remembered.
const MAX_AGE: Duration = Duration::from_secs(3600);

/// The account id or user name of somebody who is given by one of these, or by an
/// e-mail address. `None`: nobody has that address.
pub(in crate::tracker::jira) async fn account(
    connection: &Connection<'_>,
    who: &str,
) -> Result<Option<String>, TrackerError> {
    if !who.contains('@') {
        return Ok(Some(who.to_owned()));
    }
    let about = format!("{} {who}", connection.base_url());
    let name = format!("{}{}", memory::PERSON, digest(about.as_bytes()));
    if let Some(known) = memory::recall(connection.ports, &name, MAX_AGE) {
        return Ok(known.as_str().map(str::to_owned));
    }
    let flavor = connection.flavor().await?;
    let by = match flavor {
        Flavor::Adf => "query",
        Flavor::Wiki => "username",
    };
    let rest = format!("user/search?{by}={}", encoded(who));
    let request = JiraRequest::get(flavor, &rest, Expected::List);
    let answer = connection.ask(&request).await?;
    let found = pick(&answer, who, flavor);
    if found.is_none() {
        // To strangers Cloud shows nobody.
        connection.myself().await?;
    }
    memory::remember(connection.ports, &name, Value::from(found.clone()));
    Ok(found)
}

/// The one whose address or name it is. Cloud may hide addresses: there, the only
/// one that was found.
fn pick(found: &Value, who: &str, flavor: Flavor) -> Option<String> {
    let people: Vec<&Value> = found.as_array().into_iter().flatten().collect();
    let is_it = |person: &&&Value| {
        let names = [&person["emailAddress"], &person["name"]];
        let mut names = names.into_iter().filter_map(Value::as_str);
        names.any(|name| name.eq_ignore_ascii_case(who))
    };
    let (id, hides) = match flavor {
        Flavor::Adf => ("accountId", true),
        Flavor::Wiki => ("name", false),
    };
    let is_hidden = |person: &&&Value| person["emailAddress"].as_str().is_none_or(str::is_empty);
    let only = || people.first().filter(|_| hides && people.len() == 1);
    let only = || only().filter(is_hidden);
    let person = people.iter().find(is_it).or_else(only)?;
    person[id].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn somebody_is_found_by_address_and_nobody_by_a_part_of_it() {
        let ada = json!({"name": "ada", "accountId": "7:1", "emailAddress": "Ada@example.com"});
        let other = json!({"name": "bada", "accountId": "7:2", "emailAddress": "bada@example.com"});
        let hidden = json!({"accountId": "7:3"});
        for (found, flavor, expected) in [
            (json!([other, ada]), Flavor::Adf, Some("7:1")),
            (json!([other, ada]), Flavor::Wiki, Some("ada")),
            (json!([hidden]), Flavor::Adf, Some("7:3")),
            (json!([other]), Flavor::Adf, None),
            (json!([other]), Flavor::Wiki, None),
            (json!([hidden, other]), Flavor::Adf, None),
            (json!([]), Flavor::Adf, None),
            (json!("x"), Flavor::Adf, None),
        ] {
            let who = pick(&found, "ada@example.com", flavor);
            assert_eq!(who.as_deref(), expected, "{found}");
        }
    }
}
