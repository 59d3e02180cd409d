//! Writes the issue back to the entity as an external reference, so that an
//! analyst gets from one to the other. The reference's id is derived from its
//! address, so repeating is safe.

use serde_json::json;

use crate::http::graphql::{GraphqlError, Platform, Refusal};

const ADD: &str = "mutation IntakeReference($input: ExternalReferenceAddInput!) { \
    externalReferenceAdd(input: $input) { id } }";
const RELATE: &str = "mutation IntakeRelate($id: ID!, $input: StixRefRelationshipAddInput!) { \
    stixDomainObjectEdit(id: $id) { relationAdd(input: $input) { id } } }";

/// Links the entity to its issue.
///
/// # Errors
/// When the platform takes the reference or the relation not, or does not answer.
pub(super) async fn link_issue(
    platform: &Platform<'_>,
    entity_id: &str,
    key: &str,
    url: &str,
) -> Result<(), GraphqlError> {
    let reference = json!({
        "source_name": "Jira",
        "description": format!("Jira issue {key}"),
        "url": url,
        "external_id": key,
    });
    let added = platform.ask(ADD, json!({ "input": reference })).await?;
    let Some(id) = added["externalReferenceAdd"]["id"].as_str() else {
        let code = "no id for the reference".to_owned();
        return Err(GraphqlError::Refused(Refusal {
            code,
            ..Refusal::default()
        }));
    };
    let relation = json!({ "toId": id, "relationship_type": "external-reference" });
    let variables = json!({ "id": entity_id, "input": relation });
    platform.ask(RELATE, variables).await.map(drop)
}
