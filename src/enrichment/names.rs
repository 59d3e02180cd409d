//! Stream events name the author and the workflow status only by id; one
//! question to the platform gives both names.

use serde_json::{Value, json};

use crate::http::graphql::{GraphqlError, Platform};
use crate::model::{Entity, Named};

const QUERY: &str = "query IntakeNames($id: String!) { \
    stixDomainObject(id: $id) { \
        createdBy { ... on Identity { id name } } \
        status { id template { name } } \
    } }";

/// Asks for the names that are missing; nothing is asked if none is.
pub async fn complete(platform: &Platform<'_>, entity: &mut Entity) -> Result<(), GraphqlError> {
    if entity.has_all_names() {
        return Ok(());
    }
    let data = platform.ask(QUERY, json!({ "id": entity.id })).await?;
    let found = &data["stixDomainObject"];
    fill(&mut entity.author, &found["createdBy"]["name"]);
    fill(&mut entity.status, &found["status"]["template"]["name"]);
    Ok(())
}

fn fill(named: &mut Option<Named>, name: &Value) {
    if let Some(named) = named {
        named.name = named
            .name
            .take()
            .or_else(|| name.as_str().map(str::to_owned));
    }
}
