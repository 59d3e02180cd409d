//! Puts the pieces of a document, as they come, in their places.

use toml_parser::decoder::{Encoding, ScalarKind};
use toml_parser::parser::{EventReceiver, parse_document};
use toml_parser::{ErrorSink, ParseError, Raw, Source, Span};

use super::{List, Origin, Table, Value, date};

/// Deepest nesting of values, and most parts of a key; as in the `toml` crate.
const LIMIT: usize = 80;

pub(super) fn read(text: &str) -> Result<Table, Vec<ParseError>> {
    let source = Source::new(text);
    let mut errors = Vec::new();
    let mut reader = Reader {
        text,
        root: Table::default(),
        header: Some(Vec::new()),
        open: Vec::new(),
        path: Vec::new(),
        goes_on: false,
        is_array: false,
        errors: Vec::new(),
    };
    parse_document(&source.lex().into_vec(), &mut reader, &mut errors);
    errors.append(&mut reader.errors);
    match errors.is_empty() {
        true => Ok(reader.root),
        false => Err(errors),
    }
}

struct Reader<'a> {
    text: &'a str,
    root: Table,
    /// The header above; `None` if there is no place for its table.
    header: Option<Vec<Key>>,
    /// The lists and inline tables that are not closed, each with its key.
    open: Vec<(Vec<Key>, Value)>,
    /// The parts of the key before the next value.
    path: Vec<Key>,
    /// Whether the next part belongs to them.
    goes_on: bool,
    /// Whether the header has two brackets.
    is_array: bool,
    /// What is wrong within pieces and between them.
    errors: Vec<ParseError>,
}

struct Key {
    name: String,
    span: Span,
}

impl<'a> Reader<'a> {
    /// A list or an inline table begins. Returns whether to read it.
    fn begin(&mut self, value: Value, span: Span) -> bool {
        self.open.push((std::mem::take(&mut self.path), value));
        let is_read = self.open.len() <= LIMIT;
        if !is_read {
            let why = "cannot recurse further; max recursion depth met";
            report(&mut self.errors, why, span);
        }
        is_read
    }

    /// A list or an inline table ends.
    fn end(&mut self) {
        if let Some((path, value)) = self.open.pop() {
            self.path = path;
            self.place(value);
        }
    }

    /// A value is complete: it goes to the list or the table around it.
    fn place(&mut self, value: Value) {
        let path = std::mem::take(&mut self.path);
        let table = match (self.open.last_mut(), &self.header) {
            (Some((_, Value::List(list))), _) => return list.items.push(value),
            (Some((_, Value::Table(table))), _) => Some(table),
            (_, Some(header)) => descend(&mut self.root, header, Origin::Implied, &mut Vec::new()),
            (_, None) => None,
        };
        if let Some(table) = table {
            set(table, &path, value, &mut self.errors);
        }
    }

    fn begin_header(&mut self, is_array: bool) {
        self.header = None;
        self.open.clear();
        self.is_array = is_array;
    }

    /// A header is complete: makes its table.
    fn end_header(&mut self) {
        let path = std::mem::take(&mut self.path);
        let Some((last, parents)) = path.split_last() else {
            return;
        };
        let root = &mut self.root;
        let Some(parent) = descend(root, parents, Origin::Implied, &mut self.errors) else {
            return;
        };
        let new = match self.is_array {
            true => Value::List(List {
                of_tables: true,
                ..List::default()
            }),
            false => Value::Table(Table::new(Origin::Implied)),
        };
        match parent.member_or(&last.name, new) {
            Value::List(list) if self.is_array && list.of_tables => {
                list.items.push(Value::Table(Table::default()));
            }
            Value::Table(table) if !self.is_array && table.origin == Origin::Implied => {
                table.origin = Origin::Header;
            }
            _ => return report(&mut self.errors, "duplicate key", last.span),
        }
        self.header = Some(path);
    }

    fn raw(&self, span: Span, encoding: Option<Encoding>) -> Raw<'a> {
        let text = self.text.get(span.start()..span.end());
        Raw::new_unchecked(text.unwrap_or_default(), encoding, span)
    }
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.begin_header(false);
    }

    fn std_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.end_header();
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.begin_header(true);
    }

    fn array_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.end_header();
    }

    fn inline_table_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.begin(Value::Table(Table::new(Origin::Inline)), span)
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.end();
    }

    fn array_open(&mut self, span: Span, _: &mut dyn ErrorSink) -> bool {
        self.begin(Value::List(List::default()), span)
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.end();
    }

    fn simple_key(&mut self, span: Span, kind: Option<Encoding>, _: &mut dyn ErrorSink) {
        if !std::mem::take(&mut self.goes_on) {
            self.path.clear();
        }
        let mut name = String::new();
        self.raw(span, kind).decode_key(&mut name, &mut self.errors);
        if self.path.len() == LIMIT {
            report(&mut self.errors, "recursion limit", span);
        }
        if self.path.len() <= LIMIT {
            self.path.push(Key { name, span });
        }
    }

    fn key_sep(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.goes_on = true;
    }

    fn scalar(&mut self, span: Span, kind: Option<Encoding>, _: &mut dyn ErrorSink) {
        let mut text = String::new();
        let raw = self.raw(span, kind);
        let value = match raw.decode_scalar(&mut text, &mut self.errors) {
            ScalarKind::String => Value::Text(text),
            ScalarKind::Boolean(flag) => Value::Flag(flag),
            ScalarKind::DateTime => Value::Date(date::read(&text).unwrap_or_else(|| {
                let why = "invalid date or time, expected one such as 2026-05-01T10:00:00Z";
                report(&mut self.errors, why, span);
                text
            })),
            ScalarKind::Float => Value::Float(text),
            ScalarKind::Integer(radix) => Value::Integer(text, radix.value()),
        };
        self.place(value);
    }

    fn comment(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.raw(span, None).decode_comment(errors);
    }

    fn newline(&mut self, span: Span, errors: &mut dyn ErrorSink) {
        self.raw(span, None).decode_newline(errors);
    }
}

/// The table at the end of a path. Tables that are not there are made.
fn descend<'t>(
    mut table: &'t mut Table,
    path: &[Key],
    new: Origin,
    errors: &mut Vec<ParseError>,
) -> Option<&'t mut Table> {
    let is_dotted = new == Origin::Dotted;
    for key in path {
        let value = table.member_or(&key.name, Value::Table(Table::new(new)));
        let kind = value.kind();
        table = match value {
            Value::Table(next) if next.origin == Origin::Inline => {
                let why = "cannot extend value of type inline table with a dotted key";
                report(errors, why, key.span);
                return None;
            }
            Value::Table(next) if is_dotted && next.origin == Origin::Header => {
                report(errors, "duplicate key", key.span);
                return None;
            }
            Value::Table(next) => {
                if is_dotted {
                    next.origin = Origin::Dotted;
                }
                next
            }
            Value::List(list) if list.of_tables => match list.items.last_mut() {
                Some(Value::Table(last)) => last,
                _ => return None,
            },
            _ => {
                let why = format!("cannot extend value of type {kind} with a dotted key");
                report(errors, &why, key.span);
                return None;
            }
        };
    }
    Some(table)
}

/// Sets the member at the end of a path; none may be there.
fn set(table: &mut Table, path: &[Key], value: Value, errors: &mut Vec<ParseError>) {
    let Some((last, parents)) = path.split_last() else {
        return;
    };
    let Some(table) = descend(table, parents, Origin::Dotted, errors) else {
        return;
    };
    let is_closed = !parents.is_empty() && table.origin == Origin::Header;
    if is_closed || !table.insert(&last.name, value) {
        report(errors, "duplicate key", last.span);
    }
}

fn report(errors: &mut Vec<ParseError>, why: &str, span: Span) {
    errors.push(ParseError::new(why.to_owned()).with_unexpected(span));
}
