//! Stream events name the author and the workflow status only by id; one
//! question to the platform gives both names.

use serde_json::{Value, json};

use crate::http::graphql::{GraphqlError, Platform};
use crate::model::Names;

const QUERY: &str = "query IntakeNames($id: String!) { \
    stixDomainObject(id: $id) { \
        createdBy { ... on Identity { id name } } \
        status { id template { name } } \
    } }";

/// Asks for the names of an entity's author and status.
///
/// # Errors
/// When the platform does not tell.
pub async fn names(platform: &Platform<'_>, id: &str) -> Result<Names, GraphqlError> {
    let data = platform.ask(QUERY, json!({ "id": id })).await?;
    let found = &data["stixDomainObject"];
    let name = |name: &Value| name.as_str().map(str::to_owned);
    Ok(Names {
        author: name(&found["createdBy"]["name"]),
        status: name(&found["status"]["template"]["name"]),
    })
}
