//! What a document must be before anything of it is done: it follows the
//! grammar, holds to the schema, and asks for nothing too often.

use std::collections::BTreeMap;

use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::parser::Parser;
use apollo_compiler::response::GraphQLError;
use apollo_compiler::validation::{DiagnosticList, Valid};
use apollo_compiler::{ExecutableDocument, Node};

use super::schema::SCHEMA;

/// Nothing that makes sense is nested deeper; a hostile document would end the
/// stack.
const MAX_DEPTH: usize = 64;

/// Why a document is refused as a whole.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) code: &'static str,
    pub(super) errors: Vec<GraphQLError>,
}

/// Reads a document.
///
/// # Errors
/// Everything that is wrong with it.
pub(super) fn read(text: &str) -> Result<Valid<ExecutableDocument>, Refused> {
    let parsed = Parser::new()
        .recursion_limit(MAX_DEPTH)
        .parse_ast(text, "query");
    let document = parsed.map_err(|broken| Refused {
        code: "GRAPHQL_PARSE_FAILED",
        // A parser ends at the first mistake.
        errors: said(&broken.errors).take(1).collect(),
    })?;
    let invalid = |errors| Refused {
        code: "GRAPHQL_VALIDATION_FAILED",
        errors,
    };
    // What does not exist comes first: without it, the rest makes no sense.
    let document = document
        .to_executable(&SCHEMA)
        .map_err(|broken| broken.errors)
        .and_then(|document| document.validate(&SCHEMA).map_err(|broken| broken.errors))
        .map_err(|errors| invalid(said(&errors).collect()))?;
    let mistakes = document.operations.iter();
    let mistakes: Vec<_> = mistakes.flat_map(|it| calls(it, &document)).collect();
    match mistakes.is_empty() {
        true => Ok(document),
        false => Err(invalid(mistakes)),
    }
}

/// In the words of GraphQL's own implementation, which the platform runs.
fn said(errors: &DiagnosticList) -> impl Iterator<Item = GraphQLError> {
    errors.iter().map(|error| error.unstable_to_json_compat())
}

/// `app:graphql:batching_protection` in the platform's configuration: how
/// often a field may stand in one query, and in one mutation. Aliases must not
/// be used to do the same thing many times at once. Nor does the platform tell
/// what its schema is.
fn calls(operation: &Node<Operation>, document: &ExecutableDocument) -> Vec<GraphQLError> {
    let most = match operation.operation_type {
        OperationType::Query => 2,
        OperationType::Mutation | OperationType::Subscription => 1,
    };
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for field in operation.root_fields(document) {
        *calls.entry(&field.name).or_default() += 1;
    }
    let root = operation.object_type();
    let mistakes = calls.into_iter().filter_map(|(name, count)| match name {
        "__schema" | "__type" => Some(format!("Cannot query field \"{name}\" on type \"{root}\".")),
        _ if count > most => Some(format!(
            "Allowed number of calls to \"{root}->{name}\" has been exceeded (max: {most})"
        )),
        _ => None,
    });
    let error = |text| GraphQLError::new(text, operation.location(), &document.sources);
    mistakes.map(error).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code and the messages.
    #[track_caller]
    fn refused(text: &str) -> (&'static str, String) {
        let refused = read(text).unwrap_err();
        let errors = refused.errors.iter();
        assert!(errors.clone().all(|it| it.locations.len() == 1), "{text}");
        let messages: Vec<&str> = errors.map(|it| it.message.as_str()).collect();
        (refused.code, messages.join(" "))
    }

    #[test]
    fn a_broken_document_is_refused_with_its_place() {
        for text in [
            "",
            "{ me { } }",
            "{ stixDomainObject(id: ) { id } }",
            "{ me",
            "{ stixDomainObject(id: \"x) { id } }",
            "{ me { id ; } }",
            "mutate { me { id } }",
        ] {
            assert_eq!(refused(text).0, "GRAPHQL_PARSE_FAILED", "{text}");
        }
        let place = read("{\n  me ; }").unwrap_err().errors[0].locations[0];
        assert_eq!((place.line, place.column), (2, 6));
        let deep = refused(&"{a".repeat(100_000));
        assert!(deep.1.contains("limit"), "{deep:?}");
    }

    #[test]
    fn a_document_that_breaks_a_rule_is_refused_in_graphqls_words() {
        for (text, says) in [
            (
                "subscription { me { id } }",
                "no \"subscription\" root type",
            ),
            ("{ me { id } } query B { me { id } }", "must be the only"),
            (
                "query A { me { id } } query A { me { id } }",
                "only one operation",
            ),
            ("{ me { id { x } } }", "must not have a selection"),
            (
                "{ me { id } } fragment F on MeUser { id }",
                "\"F\" is never used",
            ),
            (
                "{ me { ...F } } fragment F on MeUser { ...F }",
                "within itself",
            ),
            ("{ me { ... on Nobody { id } } }", "Unknown type \"Nobody\""),
            ("{ me { ... on Label { id } } }", "can never be of type"),
            ("{ me @live { id } }", "Unknown directive"),
            ("{ me { a: id a: name } }", "conflict"),
            ("{ __schema { types { name } } }", "field \"__schema\""),
            ("{ __type(name: \"Label\") { name } }", "field \"__type\""),
            (
                "{ stixDomainObject(id: $id) { id } }",
                "\"$id\" is not defined",
            ),
            (
                "{ stixDomainObject(id: 1) { id } }",
                "String cannot represent",
            ),
            ("mutation { noteAdd { id } }", "\"input\" of type"),
            (
                "mutation { noteAdd(input: null) { id } }",
                "cannot represent",
            ),
            (
                "mutation { noteAdd(input: {content: \"x\", x: 1}) { id } }",
                "\"x\" is not defined",
            ),
            (
                "{ a: me { id } b: me { id } ...F } fragment F on Query { c: me { id } }",
                "\"Query->me\" has been exceeded (max: 2)",
            ),
            (
                "mutation { stixDomainObjectEdit(id: \"x\") { fieldPatch(input: \
                 {key: \"name\", value: \"x\", operation: swap}) { id } } }",
                "\"swap\" does not exist",
            ),
        ] {
            let (code, messages) = refused(text);
            assert_eq!(code, "GRAPHQL_VALIDATION_FAILED", "{text}");
            assert!(messages.contains(says), "{text}: {messages}");
        }
    }

    #[test]
    fn a_stricter_variable_fits_a_looser_place_and_not_the_other_way_round() {
        let patch = |of: &str| {
            read(&format!(
                "mutation ($x: {of}) {{ stixDomainObjectEdit(id: \"x\") \
                 {{ fieldPatch(input: $x) {{ id }} }} }}"
            ))
        };
        assert!(patch("[EditInput!]!").is_ok());
        assert!(patch("[EditInput]! = []").is_ok());
        assert!(patch("[EditInput]").is_err());
        assert!(patch("EditInput!").is_err());
        assert!(patch("[NoteAddInput]!").is_err());
        let look_up = |of: &str| {
            read(&format!(
                "query ($x: {of}) {{ stixDomainObject(id: $x) {{ id }} }}"
            ))
        };
        assert!(look_up("String!").is_ok());
        assert!(look_up("ID!").is_err());
    }
}
