//! What the schema's fields answer, and the answer to a checked operation.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::Operation;
use apollo_compiler::resolvers::{Execution, FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::platform::Platform;
use super::rights::Asker;
use super::schema::SCHEMA;
use super::stream::Hub;

type Resolved<'a> = Result<ResolvedValue<'a>, FieldError>;

/// `Query` or `Mutation`.
pub(super) struct Root<'a> {
    pub(super) operation: &'a Operation,
    /// The user, if the token is right.
    pub(super) asker: Option<&'a Asker>,
    pub(super) platform: &'a Platform,
    /// Where the rows of the database are.
    pub(super) hub: &'a Hub,
}

impl Root<'_> {
    /// The body of the answer: `{"data", "errors"}`.
    pub(super) fn run(
        &self,
        document: &Valid<ExecutableDocument>,
        variables: &Valid<JsonMap>,
    ) -> Value {
        let execution = Execution::new(&SCHEMA, document)
            .operation(self.operation)
            .coerced_variable_values(variables);
        let mut answer = match execution.execute_sync(self) {
            Ok(response) => json!(response),
            Err(error) => json!({"errors": [error.to_graphql_error(&document.sources)]}),
        };
        let errors = answer.get_mut("errors").and_then(Value::as_array_mut);
        errors.into_iter().flatten().for_each(unfold);
        answer
    }
}

impl ObjectValue for Root<'_> {
    fn type_name(&self) -> &str {
        self.operation.object_type()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        let asker = self.asker.ok_or_else(Failure::auth_required)?;
        asker.check(self.operation.object_type(), info.field_name())?;
        let (id, input) = (argument(info, "id"), argument(info, "input"));
        let id = id.as_str().unwrap_or_default();
        let mut data = self.platform.data();
        match info.field_name() {
            "me" => Ok(shown(me(asker))),
            "stixDomainObject" => Ok(shown(data.show(id))),
            "stixDomainObjects" => Ok(shown(self.count(info)?)),
            "stixDomainObjectEdit" => Ok(ResolvedValue::object(Edit {
                root: self,
                asker,
                id: id.to_owned(),
            })),
            "noteEdit" => Ok(ResolvedValue::object(NoteEdit {
                root: self,
                asker,
                id: id.to_owned(),
            })),
            "note" => Ok(shown(data.show_note(id))),
            "statuses" => Ok(shown(
                data.list_statuses(&argument(info, "first"), &argument(info, "filters"))?,
            )),
            "members" => Ok(shown(data.members(
                &argument(info, "first"),
                &argument(info, "search"),
                &argument(info, "filters"),
                &argument(info, "entityTypes"),
            )?)),
            "externalReferenceAdd" => Ok(shown(data.add_reference(&input)?)),
            "noteAdd" | "userNoteAdd" => Ok(shown(data.add_note(&input)?)),
            _ => Err(self.unknown_field_error(info)),
        }
    }
}

impl Root<'_> {
    /// How many rows there are: the only thing that is told of them.
    fn count(&self, info: &ResolveInfo<'_>) -> Result<Value, Failure> {
        let (types, filters) = (argument(info, "types"), argument(info, "filters"));
        let count = self.hub.count(&types, &filters);
        let count = count.map_err(|refused| Failure::functional(refused.to_string()))?;
        Ok(json!({
            "__typename": "StixDomainObjectConnection",
            "pageInfo": {"__typename": "PageInfo", "globalCount": count},
        }))
    }
}

/// What may be done to one entity.
struct Edit<'a> {
    root: &'a Root<'a>,
    asker: &'a Asker,
    id: String,
}

impl ObjectValue for Edit<'_> {
    fn type_name(&self) -> &str {
        "StixDomainObjectEditMutations"
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.asker.check(self.type_name(), info.field_name())?;
        let (hub, user) = (self.root.hub, &self.asker.id);
        let input = argument(info, "input");
        let message = argument(info, "commitMessage");
        let mut data = self.root.platform.data();
        match info.field_name() {
            "relationAdd" => Ok(shown(data.relate(&self.id, &input)?)),
            "fieldPatch" => Ok(shown(data.patch(hub, &self.id, &input, &message, user)?)),
            _ => Err(self.unknown_field_error(info)),
        }
    }
}

/// What may be done to one note.
struct NoteEdit<'a> {
    root: &'a Root<'a>,
    asker: &'a Asker,
    id: String,
}

impl ObjectValue for NoteEdit<'_> {
    fn type_name(&self) -> &str {
        "NoteEditMutations"
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        self.asker.check(self.type_name(), info.field_name())?;
        let mut data = self.root.platform.data();
        match info.field_name() {
            "delete" => Ok(shown(data.delete_note(&self.id)?)),
            "fieldPatch" => Ok(shown(data.patch_note(&self.id, &argument(info, "input"))?)),
            _ => Err(self.unknown_field_error(info)),
        }
    }
}

/// Something of the platform; `__typename` says what.
struct Shown(Map<String, Value>);

impl ObjectValue for Shown {
    fn type_name(&self) -> &str {
        let name = self.0.get("__typename").and_then(Value::as_str);
        name.unwrap_or_default()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Resolved<'a> {
        let value = self.0.get(info.field_name());
        Ok(shown(value.cloned().unwrap_or_default()))
    }
}

fn shown<'a>(value: Value) -> ResolvedValue<'a> {
    match value {
        Value::Object(members) => ResolvedValue::object(Shown(members)),
        Value::Array(items) => ResolvedValue::list(items.into_iter().map(shown)),
        leaf => ResolvedValue::leaf(leaf),
    }
}

fn argument(info: &ResolveInfo<'_>, name: &str) -> Value {
    json!(info.arguments().get(name))
}

/// A resolver can fail with a text only, so the failure travels in it.
impl From<Failure> for FieldError {
    fn from(failure: Failure) -> FieldError {
        let error = json!({
            "message": failure.message,
            "extensions": {
                "code": failure.code,
                "data": {"http_status": failure.status, "genre": failure.genre},
            },
            "name": failure.code,
        });
        FieldError {
            message: error.to_string(),
        }
    }
}

/// Takes a failure out of the text in which it travelled.
fn unfold(error: &mut Value) {
    let text = error["message"].as_str().unwrap_or_default();
    let failure = text.strip_prefix("resolver error: ").unwrap_or_default();
    if let Ok(Value::Object(failure)) = serde_json::from_str(failure) {
        failure
            .into_iter()
            .for_each(|(name, value)| error[name] = value);
    }
}

/// Whoever may do everything has one capability for all.
fn capabilities(asker: &Asker) -> Value {
    let everything = || vec!["BYPASS".to_owned()];
    let held = asker.capabilities.clone().unwrap_or_else(everything);
    let held = held.into_iter();
    held.map(|name| json!({"__typename": "Capability", "id": name, "name": name}))
        .collect()
}

fn me(asker: &Asker) -> Value {
    json!({
        "__typename": "MeUser",
        "id": asker.id,
        "standard_id": format!("user--{}", asker.id),
        "entity_type": "User",
        "name": asker.name,
        "user_email": "intake@example.com",
        "capabilities": capabilities(asker),
    })
}
