//! Stream events name the author, the workflow status and the markings only by id;
//! one question to the platform gives all names.

use serde_json::{Value, json};

use crate::http::graphql::{GraphqlError, Platform};
use crate::model::{Named, Names};
use crate::text::cut;

const QUERY: &str = "query IntakeNames($id: String!) { \
    stixDomainObject(id: $id) { \
        createdBy { ... on Identity { id name } } \
        status { id template { name } } \
        objectMarking { id standard_id definition_type definition } \
    } }";

/// As much of a marking is shown; in UTF-16 units.
const MARKING_LIMIT: usize = 200;

/// Asks for the names of an entity's author, status and markings.
///
/// # Errors
/// When the platform does not tell.
pub async fn names(platform: &Platform<'_>, id: &str) -> Result<Names, GraphqlError> {
    let data = platform.ask(QUERY, json!({ "id": id })).await?;
    let found = &data["stixDomainObject"];
    let name = |name: &Value| name.as_str().map(str::to_owned);
    let mut markings = Vec::new();
    for marking in found["objectMarking"].as_array().into_iter().flatten() {
        let name = name(&marking["definition"]).map(|name| cut(&name, MARKING_LIMIT, "…"));
        // Events have the STIX id; an internal one may stand in its place.
        for id in [&marking["standard_id"], &marking["id"]] {
            let id = id.as_str().map(str::to_owned);
            markings.extend(id.map(|id| Named {
                id,
                name: name.clone(),
            }));
        }
    }
    Ok(Names {
        markings,
        author: name(&found["createdBy"]["name"]),
        status: found["status"]["id"].as_str().map(|id| Named {
            id: id.to_owned(),
            name: name(&found["status"]["template"]["name"]),
        }),
    })
}
