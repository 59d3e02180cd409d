//! One entity on its platform, and how it is asked about and changed.

use serde_json::{Value, json};

use super::error::{Right, judge};
use crate::http::graphql::{GraphqlError, Platform};
use crate::platform::Ports;
use crate::upstream::port::UpstreamError;

/// With the reason, which the platform keeps in the entity's history.
const PATCH: &str = "mutation IntakePatch($id: ID!, $input: [EditInput]!, $said: String) { \
    stixDomainObjectEdit(id: $id) { fieldPatch(input: $input, commitMessage: $said) { id updated_at } } }";
/// For platforms that keep none.
const PLAIN_PATCH: &str = "mutation IntakePatch($id: ID!, $input: [EditInput]!) { \
    stixDomainObjectEdit(id: $id) { fieldPatch(input: $input) { id updated_at } } }";

/// One entity on its platform.
pub(super) struct Place<'a> {
    pub(super) platform: Platform<'a>,
    /// For what is remembered.
    pub(super) ports: Ports<'a>,
    /// The entity's id, internal or STIX.
    pub(super) entity: String,
}

impl Place<'_> {
    /// Asks the platform for something that needs this right.
    ///
    /// # Errors
    /// What its error calls for.
    pub(super) async fn ask(
        &self,
        query: &str,
        variables: Value,
        right: Right,
    ) -> Result<Value, UpstreamError> {
        let answer = self.platform.ask(query, variables).await;
        answer.map_err(|error| judge(error, right))
    }

    /// Asks about the entity. `query` takes its id as `$id: String!`, and names it
    /// `stixDomainObject`; what it tells of the entity.
    ///
    /// # Errors
    /// [`UpstreamError::Gone`] if there is none, or we may not see it: the platform
    /// makes no difference.
    pub(super) async fn look(&self, query: &str) -> Result<Value, UpstreamError> {
        let variables = json!({ "id": self.entity });
        let mut data = self.ask(query, variables, Right::Read).await?;
        match data["stixDomainObject"].take() {
            Value::Null => Err(UpstreamError::Gone {
                why: "OpenCTI has no such entity, or does not show it to us".to_owned(),
            }),
            entity => Ok(entity),
        }
    }

    /// Changes one field of the entity: `edit` is an `EditInput`, `{key, value,
    /// operation}`, whose values are always a list. `said` goes into the history. What
    /// the platform tells of the entity then: `id` and `updated_at`, if it changed it.
    ///
    /// # Errors
    /// The platform's own, so that the caller can tell what is not there.
    pub(super) async fn patch(&self, edit: Value, said: &str) -> Result<Value, GraphqlError> {
        let variables = json!({ "id": self.entity, "input": [edit], "said": said });
        let answer = match self.platform.ask(PATCH, variables).await {
            Err(error) if keeps_no_reason(&error) => {
                let variables = json!({ "id": self.entity, "input": [edit] });
                self.platform.ask(PLAIN_PATCH, variables).await
            }
            answer => answer,
        };
        let mut answer = answer?;
        Ok(answer["stixDomainObjectEdit"]["fieldPatch"].take())
    }
}

/// Whether the platform's schema has no place for the reason: “Unknown argument
/// "commitMessage" on field …”. Nothing was done then.
fn keeps_no_reason(error: &GraphqlError) -> bool {
    let GraphqlError::Refused(refusal) = error else {
        return false;
    };
    refusal.message.contains("\"commitMessage\"")
}
