//! The part of OpenCTI's GraphQL schema that a bridge to an issue tracker has
//! to do with. What is not in it is refused, as the platform refuses what it
//! does not have.

use super::graphql::Type;

/// A field: name, type of its answer, arguments with their types.
type FieldRow = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

/// An input object: name, members with their types.
type InputRow = (&'static str, &'static [(&'static str, &'static str)]);

/// What is no object in an answer.
const SCALARS: [&str; 6] = ["String", "ID", "Int", "Boolean", "DateTime", "Any"];

const QUERY: &[FieldRow] = &[
    ("me", "MeUser", &[]),
    ("stixDomainObject", "StixDomainObject", &[("id", "String")]),
];

const MUTATION: &[FieldRow] = &[
    (
        "externalReferenceAdd",
        "ExternalReference",
        &[("input", "ExternalReferenceAddInput!")],
    ),
    (
        "stixDomainObjectEdit",
        "StixDomainObjectEditMutations",
        &[("id", "ID!")],
    ),
    ("noteAdd", "Note", &[("input", "NoteAddInput!")]),
];

const EDIT: &[FieldRow] = &[
    (
        "relationAdd",
        "StixRefRelationship",
        &[("input", "StixRefRelationshipAddInput!")],
    ),
    (
        "fieldPatch",
        "StixDomainObject",
        &[
            ("input", "[EditInput]!"),
            ("commitMessage", "String"),
            ("references", "[String]"),
        ],
    ),
];

const ME: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("name", "String!", &[]),
    ("user_email", "String!", &[]),
];

const REFERENCE: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("source_name", "String!", &[]),
    ("description", "String", &[]),
    ("url", "String", &[]),
    ("external_id", "String", &[]),
    ("hash", "String", &[]),
];

const RELATION: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("relationship_type", "String!", &[]),
    ("from", "StixDomainObject", &[]),
    ("to", "ExternalReference", &[]),
];

/// What every kind of entity has.
const ENTITY: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("createdBy", "Identity", &[]),
    ("objectMarking", "[MarkingDefinition!]", &[]),
    ("objectLabel", "[Label!]", &[]),
    ("externalReferences", "ExternalReferenceConnection", &[]),
    ("status", "Status", &[]),
];

/// What an entity has under its own type only; the interface does not show it.
const OWN: &[FieldRow] = &[("name", "String!", &[]), ("description", "String", &[])];

const NOTE: &[FieldRow] = &[
    ("attribute_abstract", "String", &[]),
    ("content", "String!", &[]),
];

const IDENTITY: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("name", "String!", &[]),
];

const MARKING: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("definition_type", "String", &[]),
    ("definition", "String", &[]),
];

const LABEL: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("standard_id", "String!", &[]),
    ("entity_type", "String!", &[]),
    ("value", "String", &[]),
];

const STATUS: &[FieldRow] = &[
    ("id", "ID!", &[]),
    ("template_id", "String!", &[]),
    ("template", "StatusTemplate", &[]),
];

const TEMPLATE: &[FieldRow] = &[("id", "ID!", &[]), ("name", "String!", &[])];

const REFERENCES: &[FieldRow] = &[("edges", "[ExternalReferenceEdge!]!", &[])];

const EDGE: &[FieldRow] = &[("node", "ExternalReference!", &[])];

const INPUTS: &[InputRow] = &[
    (
        "ExternalReferenceAddInput",
        &[
            ("source_name", "String!"),
            ("description", "String"),
            ("url", "String"),
            ("hash", "String"),
            ("external_id", "String"),
            ("stix_id", "String"),
            ("created", "DateTime"),
            ("modified", "DateTime"),
            ("update", "Boolean"),
        ],
    ),
    (
        "StixRefRelationshipAddInput",
        &[
            ("toId", "String"),
            ("fromId", "String"),
            ("relationship_type", "String!"),
        ],
    ),
    (
        "EditInput",
        &[
            ("key", "String!"),
            ("object_path", "String"),
            ("value", "[Any]!"),
            ("operation", "EditOperation"),
        ],
    ),
    (
        "NoteAddInput",
        &[
            ("attribute_abstract", "String"),
            ("content", "String!"),
            ("authors", "[String]"),
            ("note_types", "[String!]"),
            ("likelihood", "Int"),
            ("confidence", "Int"),
            ("lang", "String"),
            ("createdBy", "String"),
            ("objectMarking", "[String]"),
            ("objectLabel", "[String]"),
            ("externalReferences", "[String]"),
            ("objects", "[String]"),
            ("created", "DateTime"),
            ("modified", "DateTime"),
            ("stix_id", "String"),
            ("update", "Boolean"),
        ],
    ),
];

/// The values of an enum, if that is what the name means.
pub(super) fn enum_values(name: &str) -> Option<&'static [&'static str]> {
    (name == "EditOperation").then_some(&["add", "replace", "remove"])
}

/// The types of entities. OpenCTI writes `Case-Incident` where the schema
/// says `CaseIncident`.
pub(super) const ENTITIES: [&str; 11] = [
    "Incident",
    "Report",
    "Grouping",
    "CaseIncident",
    "CaseRfi",
    "CaseRft",
    "Task",
    "Feedback",
    "Note",
    "Vulnerability",
    "Indicator",
];

/// The kinds of identities.
const IDENTITIES: [&str; 4] = ["Organization", "Individual", "Sector", "System"];

/// Types that others belong to.
const INTERFACES: [(&str, &[&str]); 3] = [
    ("StixDomainObject", &ENTITIES),
    ("StixCoreObject", &ENTITIES),
    ("Identity", &IDENTITIES),
];

/// A field as the schema knows it.
pub(super) struct FieldSpec {
    pub(super) of: Type,
    pub(super) arguments: Vec<(&'static str, Type)>,
}

/// Whether there is such a type of answers at all.
pub(super) fn has_type(name: &str) -> bool {
    rows(name).next().is_some()
}

/// A field of a type.
pub(super) fn field(of: &str, name: &str) -> Option<FieldSpec> {
    let (_, answer, arguments) = rows(of).find(|(known, ..)| *known == name)?;
    let arguments = arguments.iter().map(|(name, of)| (*name, read(of)));
    Some(FieldSpec {
        of: read(answer),
        arguments: arguments.collect(),
    })
}

fn rows(of: &str) -> impl Iterator<Item = &'static FieldRow> {
    let (first, second): (&[FieldRow], &[FieldRow]) = match of {
        "Query" => (QUERY, &[]),
        "Mutation" => (MUTATION, &[]),
        "MeUser" => (ME, &[]),
        "ExternalReference" => (REFERENCE, &[]),
        "ExternalReferenceConnection" => (REFERENCES, &[]),
        "ExternalReferenceEdge" => (EDGE, &[]),
        "StixDomainObjectEditMutations" => (EDIT, &[]),
        "StixRefRelationship" => (RELATION, &[]),
        "StixDomainObject" | "StixCoreObject" => (ENTITY, &[]),
        "MarkingDefinition" => (MARKING, &[]),
        "Label" => (LABEL, &[]),
        "Status" => (STATUS, &[]),
        "StatusTemplate" => (TEMPLATE, &[]),
        "Note" => (ENTITY, NOTE),
        "Identity" => (IDENTITY, &[]),
        entity if ENTITIES.contains(&entity) => (ENTITY, OWN),
        identity if IDENTITIES.contains(&identity) => (IDENTITY, &[]),
        _ => (&[], &[]),
    };
    first.iter().chain(second)
}

/// The members of an input object.
pub(super) fn input(name: &str) -> Option<Vec<(&'static str, Type)>> {
    let (_, members) = INPUTS.iter().find(|(known, _)| *known == name)?;
    Some(members.iter().map(|(name, of)| (*name, read(of))).collect())
}

/// Whether a variable may have this type.
pub(super) fn is_input(name: &str) -> bool {
    is_scalar(name) || enum_values(name).is_some() || INPUTS.iter().any(|(known, _)| *known == name)
}

pub(super) fn is_scalar(name: &str) -> bool {
    SCALARS.contains(&name)
}

/// Whether an object of a type is met by `... on condition`.
pub(super) fn is_a(object: &str, condition: &str) -> bool {
    object == condition || members_of(condition).any(|member| member == object)
}

/// Whether something of the one type can be something of the other at all.
pub(super) fn can_be(one: &str, other: &str) -> bool {
    is_a(one, other) || members_of(one).any(|member| is_a(member, other))
}

fn members_of(interface: &str) -> impl Iterator<Item = &'static str> {
    let found = INTERFACES
        .iter()
        .filter(move |(name, _)| *name == interface);
    found.flat_map(|(_, members)| members.iter().copied())
}

/// Reads a type as the tables above write it.
fn read(text: &str) -> Type {
    if let Some(inner) = text.strip_suffix('!') {
        return Type::NonNull(Box::new(read(inner)));
    }
    let list = text
        .strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'));
    match list {
        Some(inner) => Type::List(Box::new(read(inner))),
        None => Type::Named(text.to_owned()),
    }
}
