//! From a checked operation to `{"data", "errors"}`.

use serde_json::{Map, Value, json};

use super::check::fields;
use super::graphql::{Document, Field, Operation, Position};
use super::platform::{Data, Failure};
use super::values::Values;

/// Who asks: the platform's user, or nobody it knows.
pub(super) struct Asker {
    pub(super) id: String,
    pub(super) name: String,
}

/// One operation at work.
pub(super) struct Run<'a> {
    pub(super) document: &'a Document,
    pub(super) variables: Values,
    /// The user, if the token is right.
    pub(super) asker: Option<&'a Asker>,
    pub(super) data: &'a mut Data,
    pub(super) errors: Vec<Value>,
}

impl Run<'_> {
    /// The answer's body.
    pub(super) fn operation(mut self, operation: &Operation) -> Value {
        let root = operation.kind.root();
        let mut data = Map::new();
        for field in fields(self.document, root, &operation.selection) {
            let value = match field.name.as_str() {
                "__typename" => json!(root),
                _ => self.root_field(field),
            };
            put(&mut data, field.key(), value);
        }
        if self.errors.is_empty() {
            return json!({"data": data});
        }
        json!({"errors": self.errors, "data": data})
    }

    fn root_field(&mut self, field: &Field) -> Value {
        let Some(asker) = self.asker else {
            return self.failed(Failure::auth_required(), field.at, &[field.key()]);
        };
        let id = self.argument(field, "id");
        let id = id.as_str().unwrap_or_default();
        let resolved = match field.name.as_str() {
            "me" => Ok(me(asker)),
            "stixDomainObject" => Ok(self.data.show(id)),
            "stixDomainObjectEdit" => return self.edit(field, id),
            "externalReferenceAdd" => {
                let input = self.argument(field, "input");
                self.data.add_reference(&input)
            }
            _ => {
                let input = self.argument(field, "input");
                self.data.add_note(&input)
            }
        };
        match resolved {
            Ok(value) => self.project(field, &value),
            Err(failure) => self.failed(failure, field.at, &[field.key()]),
        }
    }

    /// The mutations below `stixDomainObjectEdit(id)`.
    fn edit(&mut self, outer: &Field, id: &str) -> Value {
        let of = "StixDomainObjectEditMutations";
        let mut data = Map::new();
        for field in fields(self.document, of, &outer.selection) {
            let input = self.argument(field, "input");
            let resolved = match field.name.as_str() {
                "__typename" => {
                    put(&mut data, field.key(), json!(of));
                    continue;
                }
                "relationAdd" => self.data.relate(id, &input),
                _ => self.data.patch(id, &input),
            };
            let value = match resolved {
                Ok(value) => self.project(field, &value),
                Err(failure) => self.failed(failure, field.at, &[outer.key(), field.key()]),
            };
            put(&mut data, field.key(), value);
        }
        Value::Object(data)
    }

    /// Keeps of a value what a field asks of it.
    fn project(&self, field: &Field, value: &Value) -> Value {
        match value {
            Value::Array(items) => items.iter().map(|item| self.project(field, item)).collect(),
            Value::Object(object) if !field.selection.is_empty() => {
                let of = object.get("__typename").and_then(Value::as_str);
                let mut kept = Map::new();
                for inner in fields(self.document, of.unwrap_or_default(), &field.selection) {
                    let value = object.get(&inner.name).unwrap_or(&Value::Null);
                    put(&mut kept, inner.key(), self.project(inner, value));
                }
                Value::Object(kept)
            }
            other => other.clone(),
        }
    }

    fn argument(&self, field: &Field, name: &str) -> Value {
        let known = |name: &str| self.variables.get(name).cloned();
        let literal = field.argument(name);
        literal.and_then(|it| it.value(&known)).unwrap_or_default()
    }

    /// Notes a failure; the field is null.
    fn failed(&mut self, failure: Failure, at: Position, path: &[&str]) -> Value {
        self.errors.push(json!({
            "message": failure.message,
            "locations": [{"line": at.line, "column": at.column}],
            "path": path,
            "extensions": {
                "code": failure.code,
                "data": {"http_status": failure.status, "genre": failure.genre},
            },
            "name": failure.code,
        }));
        Value::Null
    }
}

/// Two fields under one key are one.
fn put(data: &mut Map<String, Value>, key: &str, value: Value) {
    match (data.get_mut(key), value) {
        (Some(Value::Object(known)), Value::Object(more)) => {
            for (key, value) in more {
                put(known, &key, value);
            }
        }
        (_, value) => {
            data.insert(key.to_owned(), value);
        }
    }
}

fn me(asker: &Asker) -> Value {
    json!({
        "__typename": "MeUser",
        "id": asker.id,
        "standard_id": format!("user--{}", asker.id),
        "entity_type": "User",
        "name": asker.name,
        "user_email": "intake@example.com",
    })
}
