//! OpenCTI's schema, as far as it is played.

use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;

/// The schema. A test says that it is valid; if it were not, documents would
/// be held against what is left of it.
pub(super) static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| match read().validate() {
    Ok(schema) => schema,
    Err(broken) => Valid::assume_valid(broken.partial),
});

/// Reads the file, and gives each object the fields of its interfaces.
fn read() -> Schema {
    let text = include_str!("schema.graphql");
    let mut schema = Schema::parse(text, "schema.graphql").unwrap_or_else(|broken| broken.partial);
    let known = schema.types.clone();
    for object in schema.types.values_mut() {
        let ExtendedType::Object(object) = object else {
            continue;
        };
        let object = object.make_mut();
        for interface in &object.implements_interfaces {
            if let Some(ExtendedType::Interface(interface)) = known.get(&interface.name) {
                for (name, field) in &interface.fields {
                    object
                        .fields
                        .entry(name.clone())
                        .or_insert_with(|| field.clone());
                }
            }
        }
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_valid_and_objects_have_the_fields_of_their_interfaces() {
        let text = include_str!("schema.graphql");
        assert!(Schema::parse(text, "schema.graphql").is_ok());
        let schema = read().validate().unwrap();
        assert!(schema.type_field("Sector", "standard_id").is_ok());
        assert!(schema.type_field("Task", "name").is_ok());
        assert!(schema.type_field("StixDomainObject", "name").is_err());
    }
}
