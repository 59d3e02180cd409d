//! As much of GraphQL as a client of OpenCTI can write: a document is read
//! into a tree, so that aliases, fragments and layout make no difference.

mod lexer;
mod parse;

use std::fmt;

use serde_json::Value;

pub(crate) use parse::parse;

/// Where something stands in a document, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// Something that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) message: String,
    pub(crate) at: Position,
}

impl Mistake {
    pub(crate) fn new(at: Position, message: impl Into<String>) -> Mistake {
        Mistake {
            message: message.into(),
            at,
        }
    }
}

/// A whole document.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
}

impl Document {
    pub(crate) fn fragment(&self, name: &str) -> Option<&Fragment> {
        self.fragments.iter().find(|known| known.name == name)
    }
}

/// What an operation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Query,
    Mutation,
    Subscription,
}

impl Kind {
    /// The name of its root type.
    pub(crate) fn root(self) -> &'static str {
        match self {
            Kind::Query => "Query",
            Kind::Mutation => "Mutation",
            Kind::Subscription => "Subscription",
        }
    }
}

/// `mutation Name($input: Type!) { … }`
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) kind: Kind,
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) selection: Vec<Selection>,
    pub(crate) at: Position,
}

/// `$input: Type! = default`
#[derive(Debug)]
pub(crate) struct Variable {
    pub(crate) name: String,
    pub(crate) of: Type,
    pub(crate) default: Option<Literal>,
    pub(crate) at: Position,
}

/// A type as it is referred to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Named(String),
    List(Box<Type>),
    NonNull(Box<Type>),
}

impl Type {
    /// The name inside lists and exclamation marks.
    pub(crate) fn name(&self) -> &str {
        match self {
            Type::Named(name) => name,
            Type::List(inner) | Type::NonNull(inner) => inner.name(),
        }
    }

    /// Whether a variable of this type may stand where `place` is expected.
    pub(crate) fn fits(&self, place: &Type) -> bool {
        match (self, place) {
            (Type::NonNull(own), Type::NonNull(wanted)) => own.fits(wanted),
            (_, Type::NonNull(_)) => false,
            (Type::NonNull(own), _) => own.fits(place),
            (Type::List(own), Type::List(wanted)) => own.fits(wanted),
            (own, wanted) => own == wanted,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Named(name) => out.write_str(name),
            Type::List(inner) => write!(out, "[{inner}]"),
            Type::NonNull(inner) => write!(out, "{inner}!"),
        }
    }
}

/// `fragment Name on Type { … }`
#[derive(Debug)]
pub(crate) struct Fragment {
    pub(crate) name: String,
    pub(crate) on: String,
    pub(crate) selection: Vec<Selection>,
    pub(crate) at: Position,
}

/// One entry between braces.
#[derive(Debug)]
pub(crate) enum Selection {
    Field(Field),
    /// `... on Type { … }`
    Inline {
        on: Option<String>,
        selection: Vec<Selection>,
        at: Position,
    },
    /// `...Name`
    Spread {
        name: String,
        at: Position,
    },
}

/// `alias: name(argument: value) { … }`
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) alias: Option<String>,
    pub(crate) name: String,
    pub(crate) arguments: Vec<(String, Literal)>,
    pub(crate) selection: Vec<Selection>,
    pub(crate) at: Position,
}

impl Field {
    /// The name under which the answer shows it.
    pub(crate) fn key(&self) -> &str {
        self.alias.as_ref().unwrap_or(&self.name)
    }

    pub(crate) fn argument(&self, name: &str) -> Option<&Literal> {
        let mut arguments = self.arguments.iter();
        arguments.find_map(|(known, value)| (known == name).then_some(value))
    }
}

/// A value as a document writes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Variable(String),
    /// A number, a string, a boolean or null.
    Plain(Value),
    Enum(String),
    List(Vec<Literal>),
    Object(Vec<(String, Literal)>),
}

impl Literal {
    /// Its value; a variable without one is left out where that can be.
    pub(crate) fn value(&self, variables: &dyn Fn(&str) -> Option<Value>) -> Option<Value> {
        let value = match self {
            Literal::Variable(name) => return variables(name),
            Literal::Plain(value) => value.clone(),
            Literal::Enum(name) => Value::String(name.clone()),
            Literal::List(items) => {
                let items = items.iter();
                let value = |item: &Literal| item.value(variables).unwrap_or_default();
                items.map(value).collect()
            }
            Literal::Object(members) => {
                let members = members.iter();
                let known = |(name, value): &(String, Literal)| {
                    Some((name.clone(), value.value(variables)?))
                };
                Value::Object(members.filter_map(known).collect())
            }
        };
        Some(value)
    }
}

#[cfg(test)]
mod tests;
