//! What a document must be before anything of it is done: only fields,
//! arguments and types that exist, variables that fit.

use std::collections::BTreeMap;

use super::graphql::{
    Document, Field, Kind, Literal, Mistake, Operation, Position, Selection, Type,
};
use super::{schema, values};

/// `app:graphql:batching_protection` in the platform's configuration: how
/// often a field may stand in one query, and in one mutation.
const MOST_CALLS: [(Kind, usize); 2] = [(Kind::Query, 2), (Kind::Mutation, 1)];

/// Everything that is wrong with a document.
pub(super) fn check(document: &Document) -> Vec<Mistake> {
    let mut checker = Checker {
        document,
        operation: None,
        used: Vec::new(),
        spreads: Vec::new(),
        mistakes: Vec::new(),
    };
    for operation in &document.operations {
        checker.operation(operation);
    }
    let alone = document.operations.len() == 1;
    for operation in &document.operations {
        if operation.name.is_none() && !alone {
            let text = "This anonymous operation must be the only defined operation.";
            checker.mistake(operation.at, text);
        }
    }
    for fragment in &document.fragments {
        if !checker.spreads.contains(&fragment.name.as_str()) {
            let text = format!("Fragment \"{}\" is never used.", fragment.name);
            checker.mistake(fragment.at, text);
        }
    }
    checker.mistakes
}

struct Checker<'a> {
    document: &'a Document,
    operation: Option<&'a Operation>,
    /// The variables of the operation that were met.
    used: Vec<&'a str>,
    /// The fragments that were met, in all operations.
    spreads: Vec<&'a str>,
    mistakes: Vec<Mistake>,
}

impl<'a> Checker<'a> {
    fn mistake(&mut self, at: Position, message: impl Into<String>) {
        let mistake = Mistake::new(at, message);
        if !self.mistakes.contains(&mistake) {
            self.mistakes.push(mistake);
        }
    }

    fn operation(&mut self, operation: &'a Operation) {
        self.operation = Some(operation);
        self.used.clear();
        for variable in &operation.variables {
            if !schema::is_input(variable.of.name()) {
                let text = format!("Unknown type \"{}\".", variable.of.name());
                self.mistake(variable.at, text);
            }
        }
        let root = operation.kind.root();
        if operation.kind == Kind::Subscription {
            self.mistake(operation.at, "Subscriptions are not played.");
            return;
        }
        self.selection(root, &operation.selection, &mut Vec::new());
        self.calls(operation);
        for variable in &operation.variables {
            if !self.used.contains(&variable.name.as_str()) {
                let text = format!("Variable \"${}\" is never used.", variable.name);
                self.mistake(variable.at, text);
            }
        }
    }

    /// Aliases must not be used to do the same thing many times at once.
    fn calls(&mut self, operation: &'a Operation) {
        let root = operation.kind.root();
        let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
        for field in fields(self.document, root, &operation.selection) {
            *calls.entry(&field.name).or_default() += 1;
        }
        let most = MOST_CALLS.iter().find(|(kind, _)| *kind == operation.kind);
        let most = most.map_or(usize::MAX, |(_, most)| *most);
        for (name, count) in calls {
            if count > most {
                let text = format!(
                    "Allowed number of calls to \"{root}->{name}\" has been exceeded (max: {most})"
                );
                self.mistake(operation.at, text);
            }
        }
    }

    fn selection(&mut self, of: &str, selection: &'a [Selection], inside: &mut Vec<&'a str>) {
        for entry in selection {
            match entry {
                Selection::Field(field) => self.field(of, field, inside),
                Selection::Inline { on, selection, at } => {
                    let on = on.as_deref().unwrap_or(of);
                    if self.condition(of, on, *at) {
                        self.selection(on, selection, inside);
                    }
                }
                Selection::Spread { name, at } => self.spread(of, name, *at, inside),
            }
        }
    }

    fn spread(&mut self, of: &str, name: &'a str, at: Position, inside: &mut Vec<&'a str>) {
        self.spreads.push(name);
        let Some(fragment) = self.document.fragment(name) else {
            return self.mistake(at, format!("Unknown fragment \"{name}\"."));
        };
        if inside.contains(&name) {
            let text = format!("Cannot spread fragment \"{name}\" within itself.");
            return self.mistake(at, text);
        }
        if self.condition(of, &fragment.on, at) {
            inside.push(name);
            self.selection(&fragment.on, &fragment.selection, inside);
            inside.pop();
        }
    }

    fn condition(&mut self, of: &str, on: &str, at: Position) -> bool {
        if !schema::has_type(on) {
            self.mistake(at, format!("Unknown type \"{on}\"."));
        } else if !schema::can_be(of, on) {
            let text = format!(
                "Fragment cannot be spread here as objects of type \"{of}\" can never be of type \"{on}\"."
            );
            self.mistake(at, text);
        } else {
            return true;
        }
        false
    }

    fn field(&mut self, of: &str, field: &'a Field, inside: &mut Vec<&'a str>) {
        if field.name == "__typename" {
            return;
        }
        let name = &field.name;
        let Some(spec) = schema::field(of, name) else {
            let text = format!("Cannot query field \"{name}\" on type \"{of}\".");
            return self.mistake(field.at, text);
        };
        self.arguments(of, field, &spec.arguments);
        let is_scalar = schema::is_scalar(spec.of.name());
        if is_scalar && !field.selection.is_empty() {
            let text = format!(
                "Field \"{name}\" must not have a selection since type \"{}\" has no subfields.",
                spec.of
            );
            self.mistake(field.at, text);
        } else if !is_scalar && field.selection.is_empty() {
            let text = format!(
                "Field \"{name}\" of type \"{}\" must have a selection of subfields.",
                spec.of
            );
            self.mistake(field.at, text);
        } else if !is_scalar {
            self.selection(spec.of.name(), &field.selection, inside);
        }
    }

    fn arguments(&mut self, of: &str, field: &'a Field, known: &[(&str, Type)]) {
        let place = format!("{of}.{}", field.name);
        for (name, value) in &field.arguments {
            match known.iter().find(|(known, _)| known == name) {
                Some((_, wanted)) => self.argument(field.at, value, wanted),
                None => {
                    let text = format!("Unknown argument \"{name}\" on field \"{place}\".");
                    self.mistake(field.at, text);
                }
            }
        }
        for (name, wanted) in known {
            let required = matches!(wanted, Type::NonNull(_));
            if required && field.argument(name).is_none() {
                let text = format!(
                    "Field \"{}\" argument \"{name}\" of type \"{wanted}\" is required, but it was not provided.",
                    field.name
                );
                self.mistake(field.at, text);
            }
        }
    }

    fn argument(&mut self, at: Position, value: &'a Literal, wanted: &Type) {
        match value {
            Literal::Variable(name) => self.variable(at, name, wanted),
            Literal::List(items) => {
                let inner = match wanted {
                    Type::NonNull(inner) => inner,
                    other => other,
                };
                if let Type::List(of) = inner {
                    items.iter().for_each(|item| self.argument(at, item, of));
                    return;
                }
                self.mistake(at, format!("Expected value of type \"{wanted}\"."));
            }
            Literal::Object(members) => self.object(at, members, wanted),
            Literal::Plain(_) | Literal::Enum(_) => {
                let plain = value.value(&|_| None).unwrap_or_default();
                if let Err(text) = values::check(&plain, wanted) {
                    self.mistake(at, text);
                }
            }
        }
    }

    fn object(&mut self, at: Position, members: &'a [(String, Literal)], wanted: &Type) {
        let Some(known) = schema::input(wanted.name()) else {
            return self.mistake(at, format!("Expected value of type \"{wanted}\"."));
        };
        for (name, value) in members {
            match known.iter().find(|(known, _)| known == name) {
                Some((_, wanted)) => self.argument(at, value, wanted),
                None => {
                    let of = wanted.name();
                    let text = format!("Field \"{name}\" is not defined by type \"{of}\".");
                    self.mistake(at, text);
                }
            }
        }
        for (name, of) in &known {
            let given = members.iter().any(|(given, _)| given == name);
            if matches!(of, Type::NonNull(_)) && !given {
                let place = format!("{}.{name}", wanted.name());
                let text = format!("Field \"{place}\" of required type \"{of}\" was not provided.");
                self.mistake(at, text);
            }
        }
    }

    fn variable(&mut self, at: Position, name: &'a str, wanted: &Type) {
        self.used.push(name);
        let mut known = self.operation.iter().flat_map(|it| &it.variables);
        let Some(variable) = known.find(|variable| variable.name == name) else {
            return self.mistake(at, format!("Variable \"${name}\" is not defined."));
        };
        let never_null = variable.default.is_some();
        let fits = match wanted {
            Type::NonNull(inner) if never_null => variable.of.fits(inner),
            _ => variable.of.fits(wanted),
        };
        if !fits {
            let text = format!(
                "Variable \"${name}\" of type \"{}\" used in position expecting type \"{wanted}\".",
                variable.of
            );
            self.mistake(at, text);
        }
    }
}

/// The fields that a selection asks of an object of this type, fragments
/// resolved.
pub(super) fn fields<'a>(
    document: &'a Document,
    object: &str,
    selection: &'a [Selection],
) -> Vec<&'a Field> {
    let mut found = Vec::new();
    collect(document, object, selection, &mut Vec::new(), &mut found);
    found
}

fn collect<'a>(
    document: &'a Document,
    object: &str,
    selection: &'a [Selection],
    inside: &mut Vec<&'a str>,
    found: &mut Vec<&'a Field>,
) {
    for entry in selection {
        match entry {
            Selection::Field(field) => found.push(field),
            Selection::Inline { on, selection, .. } => {
                if on.as_deref().is_none_or(|on| schema::is_a(object, on)) {
                    collect(document, object, selection, inside, found);
                }
            }
            Selection::Spread { name, .. } => {
                let fragment = document.fragment(name);
                let met = fragment.filter(|it| schema::is_a(object, &it.on));
                if let Some(fragment) = met
                    && !inside.contains(&name.as_str())
                {
                    inside.push(name);
                    collect(document, object, &fragment.selection, inside, found);
                    inside.pop();
                }
            }
        }
    }
}
