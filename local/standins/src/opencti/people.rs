//! The platform's users, as far as those see them who may not administrate.

use serde_json::{Value, json};

use super::filter;
use super::ids::uuid;
use super::platform::{Data, Resolved, texts};

/// A user of the platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub(super) id: String,
    pub(super) name: String,
    /// The address, which `members` does not show.
    pub(super) email: String,
}

impl User {
    pub(super) fn new(name: &str, email: &str) -> User {
        User {
            id: uuid(&format!("user {email}")),
            name: name.to_owned(),
            email: email.to_lowercase(),
        }
    }

    fn member(&self, key: &str) -> Option<&str> {
        match key {
            "user_email" => Some(&self.email),
            "name" => Some(&self.name),
            _ => None,
        }
    }

    fn is_found(&self, search: &str) -> bool {
        let search = search.to_lowercase();
        self.name.to_lowercase().contains(&search) || self.email.contains(&search)
    }
}

impl Data {
    /// `members`: the users that search and filter let through; both are without regard
    /// to case. Groups and organizations there are none.
    pub(super) fn members(
        &self,
        first: &Value,
        search: &Value,
        filters: &Value,
        types: &Value,
    ) -> Resolved {
        filter::check(filters, &["user_email", "name"])?;
        let filters = lower(filters);
        let is_asked = types.is_null() || texts(types).any(|kind| kind == "User");
        let found = self.users.iter().filter(|user| {
            let value = |key: &str| user.member(key).map(str::to_lowercase);
            is_asked
                && user.is_found(search.as_str().unwrap_or_default())
                && filter::passes(&filters, &value)
        });
        let edges = found.take(filter::at_most(first)).map(|user| {
            json!({
                "__typename": "MemberEdge",
                "cursor": user.id,
                "node": {
                    "__typename": "Member",
                    "id": user.id,
                    "name": user.name,
                    "entity_type": "User",
                },
            })
        });
        Ok(json!({"__typename": "MemberConnection", "edges": edges.collect::<Value>()}))
    }
}

/// The same filters with values in lower case.
fn lower(filters: &Value) -> Value {
    let mut filters = filters.clone();
    let list = filters.get_mut("filters").and_then(Value::as_array_mut);
    for filter in list.into_iter().flatten() {
        let values = texts(&filter["values"]).map(str::to_lowercase);
        filter["values"] = values.collect();
    }
    filters
}
