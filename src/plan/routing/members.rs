//! Reads the members of one TOML table and keeps every mistake, so that a user
//! sees all of them at once and not one per attempt.

use serde_json::{Map, Number, Value};

use super::document::{Table, Value as Toml};

/// Deepest nesting of a custom field's value; Jira's own go 3 deep.
const NESTING_LIMIT: usize = 32;

/// The members that a table may have, each with what is expected of it.
pub(super) type Known = [(&'static str, &'static str)];

/// A table while it is read.
pub(super) struct Members<'a> {
    table: &'a Table,
    known: &'a Known,
    /// What mistakes name first, such as `route 2`.
    pub(super) place: String,
    /// What is wrong with it.
    pub(super) mistakes: Vec<String>,
}

impl<'a> Members<'a> {
    pub(super) fn new(table: &'a Table, known: &'a Known, place: String) -> Self {
        Self {
            table,
            known,
            place,
            mistakes: Vec::new(),
        }
    }

    pub(super) fn mistake(&mut self, text: impl AsRef<str>) {
        let text = format!("{}: {}", self.place, text.as_ref());
        self.mistakes.push(text);
    }

    /// A mistake for each member that is not known.
    pub(super) fn refuse_unknown(&mut self) {
        let names: Vec<String> = self
            .known
            .iter()
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        for key in self.table.iter().map(|(key, _)| key) {
            if !self.known.iter().any(|(name, _)| name == key) {
                self.mistake(format!(
                    "`{key}` is not known; known are {}",
                    names.join(", ")
                ));
            }
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.get(key).is_some()
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a Toml> {
        self.table.get(key)
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        self.words(key, value)
    }

    /// A text as it stands, white space and all.
    pub(super) fn raw_text(&mut self, key: &str) -> Option<&'a str> {
        let value = self.value(key)?;
        if value.as_text().is_none() {
            self.unfit(key, value);
        }
        value.as_text()
    }

    /// Texts that are not empty; one alone counts as a list.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        match self.value(key)? {
            Toml::List(list) => Some(
                list.items
                    .iter()
                    .filter_map(|item| self.words(key, item))
                    .collect(),
            ),
            value => self.words(key, value).map(|word| vec![word]),
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        let value = self.value(key)?;
        if value.as_flag().is_none() {
            self.unfit(key, value);
        }
        value.as_flag()
    }

    pub(super) fn table(&mut self, key: &str) -> Option<&'a Table> {
        let value = self.value(key)?;
        if value.as_table().is_none() {
            self.unfit(key, value);
        }
        value.as_table()
    }

    /// A table as JSON.
    pub(super) fn json(&mut self, key: &str) -> Map<String, Value> {
        let mut map = Map::new();
        for (name, value) in self.table(key).into_iter().flat_map(Table::iter) {
            match to_json(value, 0) {
                Ok(value) => {
                    map.insert(name.clone(), value);
                }
                Err(why) => self.mistake(format!("`{key}.{name}` {why}")),
            }
        }
        map
    }

    fn words(&mut self, key: &str, value: &Toml) -> Option<String> {
        let text = value.as_text().map(str::trim);
        if text.is_none_or(str::is_empty) {
            self.unfit(key, value);
            return None;
        }
        text.map(str::to_owned)
    }

    fn unfit(&mut self, key: &str, value: &Toml) {
        let found = match value {
            Toml::Text(text) if text.trim().is_empty() => "empty",
            Toml::Text(_) => "text",
            Toml::Integer(..) | Toml::Float(_) => "a number",
            Toml::Flag(_) => "true or false",
            Toml::Date(_) => "a date",
            Toml::List(_) => "a list",
            Toml::Table(_) => "a table",
        };
        let known = self.known.iter().find(|(name, _)| *name == key);
        let expected = known.map(|(_, expected)| *expected).unwrap_or_default();
        self.mistake(format!("`{key}` is {found}; expected {expected}"));
    }
}

/// The JSON that means the same; a date becomes its text.
fn to_json(value: &Toml, depth: usize) -> Result<Value, String> {
    if depth > NESTING_LIMIT {
        return Err(format!("is nested deeper than {NESTING_LIMIT} levels"));
    }
    match value {
        Toml::Text(text) => Ok(Value::from(text.as_str())),
        Toml::Flag(flag) => Ok(Value::from(*flag)),
        Toml::Date(date) => Ok(Value::from(date.as_str())),
        Toml::Integer(digits, radix) => {
            integer(digits, *radix).map(Value::Number).ok_or_else(|| {
                let base = base(*radix);
                format!("holds the number {base}{digits}, which is too large")
            })
        }
        Toml::Float(digits) => digits
            .parse()
            .ok()
            .and_then(Number::from_f64)
            .map(Value::Number)
            .ok_or_else(|| format!("holds the number {digits}, which JSON does not have")),
        Toml::List(list) => {
            let mut items = Vec::new();
            for item in &list.items {
                items.push(to_json(item, depth + 1)?);
            }
            Ok(Value::Array(items))
        }
        Toml::Table(table) => {
            let mut members = Map::new();
            for (key, value) in table.iter() {
                members.insert(key.clone(), to_json(value, depth + 1)?);
            }
            Ok(Value::Object(members))
        }
    }
}

fn integer(digits: &str, radix: u32) -> Option<Number> {
    i64::from_str_radix(digits, radix)
        .map(Number::from)
        .or_else(|_| u64::from_str_radix(digits, radix).map(Number::from))
        .ok()
}

/// What stands before digits of a base.
fn base(radix: u32) -> &'static str {
    match radix {
        2 => "0b",
        8 => "0o",
        16 => "0x",
        _ => "",
    }
}
