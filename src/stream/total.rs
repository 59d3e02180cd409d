//! How many entities a replay of history can tell of, at most: the platform counts those
//! of the types that file an issue; the stream's filter may let fewer through.

use serde_json::{Value, json};

use crate::context::Context;
use crate::http::graphql::Platform;
use crate::model::{EntityType, Position};
use crate::store::stream::Recovery;

const QUERY: &str = "query Count($types: [String], $filters: FilterGroup) { stixDomainObjects(types: $types, filters: $filters, first: 1) { pageInfo { globalCount } } }";

/// Asks for it; without an answer nobody knows.
pub(super) async fn ask(context: Context<'_>, recovery: Option<Recovery>) -> Option<u64> {
    let recovery = recovery.filter(|recovery| !recovery.is_over)?;
    let opencti = context.settings.opencti().ok()?;
    let (url, token) = (opencti.url.as_deref()?, opencti.token.as_ref()?);
    let platform = Platform::new(context.ports, url, token.expose());
    let types = context.settings.file_types().ok()?;
    let types: Vec<String> = types.iter().map(EntityType::capitalized).collect();
    let bound = |operator: &str, position: Position| json!({ "key": ["updated_at"], "operator": operator, "values": [position.at.to_string()], "mode": "or" });
    let variables = json!({
        "types": types,
        "filters": {
            "mode": "and",
            "filters": [bound("gte", recovery.from), bound("lte", recovery.until)],
            "filterGroups": [],
        },
    });
    let answer: Value = platform.ask(QUERY, variables).await.ok()?;
    answer["stixDomainObjects"]["pageInfo"]["globalCount"].as_u64()
}
