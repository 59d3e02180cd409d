//! A TOML document as a tree. `toml_parser` finds the pieces, mends what is not
//! TOML and says so; this puts the pieces in their places. The `toml` crate
//! does the same for any use, and the component would be 30 KB larger with it;
//! the tests hold that both read the same.

mod date;
mod errors;
mod reader;

/// A value as it stands in the document.
#[derive(Debug)]
pub(super) enum Value {
    Text(String),
    /// The digits of a whole number with their sign, and their base.
    Integer(String, u32),
    /// What stands there for a number with a part, `inf` or `nan`.
    Float(String),
    Flag(bool),
    Date(String),
    List(List),
    Table(Table),
}

#[derive(Debug, Default)]
pub(super) struct List {
    pub(super) items: Vec<Value>,
    /// Whether headers `[[…]]` made it.
    of_tables: bool,
}

/// How a table came to be; it decides what may still add to it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
enum Origin {
    /// The document itself, `[…]` or `[[…]]`.
    #[default]
    Header,
    /// On the way to a header: `a` of `[a.b]`.
    Implied,
    /// On the way to a value: `a` of `a.b = 1`.
    Dotted,
    /// `{…}`.
    Inline,
}

/// A table, its members in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Table {
    members: Vec<(String, Value)>,
    origin: Origin,
}

/// All tables of the text, or all its mistakes in their order.
pub(super) fn read(text: &str) -> Result<Table, Vec<String>> {
    reader::read(text).map_err(|errors| errors::messages(text, &errors))
}

impl Value {
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn as_flag(&self) -> Option<bool> {
        match self {
            Self::Flag(flag) => Some(*flag),
            _ => None,
        }
    }

    pub(super) fn as_table(&self) -> Option<&Table> {
        match self {
            Self::Table(table) => Some(table),
            _ => None,
        }
    }

    /// TOML's word for its kind.
    fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "string",
            Self::Integer(..) => "integer",
            Self::Float(_) => "float",
            Self::Flag(_) => "boolean",
            Self::Date(_) => "datetime",
            Self::List(_) => "array",
            Self::Table(_) => "table",
        }
    }
}

impl Table {
    fn new(origin: Origin) -> Self {
        Self {
            members: Vec::new(),
            origin,
        }
    }

    pub(super) fn iter(&self) -> std::slice::Iter<'_, (String, Value)> {
        self.members.iter()
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        let at = self.find(name).ok()?;
        self.members.get(at).map(|(_, value)| value)
    }

    /// Where a member is, or where it belongs.
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.members
            .binary_search_by(|(other, _)| other.as_str().cmp(name))
    }

    /// A member; if there is none, it becomes `new`.
    fn member_or(&mut self, name: &str, new: Value) -> &mut Value {
        let at = self.find(name).unwrap_or_else(|at| {
            self.members.insert(at, (name.to_owned(), new));
            at
        });
        // Both arms leave a member there.
        &mut self.members[at].1
    }

    /// Adds a member; `false` if there is one of this name.
    fn insert(&mut self, name: &str, value: Value) -> bool {
        match self.find(name) {
            Ok(_) => false,
            Err(at) => {
                self.members.insert(at, (name.to_owned(), value));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests;
