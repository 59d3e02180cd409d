//! Reads the members of one TOML table and keeps every mistake, so that a user
//! sees all of them at once and not one per attempt.

use serde_json::{Map, Number, Value};
use toml::de::{DeTable, DeValue};

/// Deepest nesting of a custom field's value; Jira's own go 3 deep.
const NESTING_LIMIT: usize = 32;

/// The members that a table may have, each with what is expected of it.
pub(super) type Known = [(&'static str, &'static str)];

/// A table while it is read.
pub(super) struct Members<'a> {
    table: &'a DeTable<'a>,
    known: &'a Known,
    /// What mistakes name first, such as `route 2`.
    pub(super) place: String,
    /// What is wrong with it.
    pub(super) mistakes: Vec<String>,
}

impl<'a> Members<'a> {
    pub(super) fn new(table: &'a DeTable<'a>, known: &'a Known, place: String) -> Self {
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
        for key in self.table.keys().map(|key| key.get_ref()) {
            if !self.known.iter().any(|(name, _)| name == key) {
                self.mistake(format!(
                    "`{key}` is not known; known are {}",
                    names.join(", ")
                ));
            }
        }
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.value(key).is_some()
    }

    pub(super) fn value(&self, key: &str) -> Option<&'a DeValue<'a>> {
        self.table.get(key).map(|value| value.get_ref())
    }

    /// A text that is not empty.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        self.words(key, value)
    }

    /// A text as it stands, white space and all.
    pub(super) fn raw_text(&mut self, key: &str) -> Option<&'a str> {
        self.read(key, DeValue::as_str)
    }

    /// Texts that are not empty; one alone counts as a list.
    pub(super) fn texts(&mut self, key: &str) -> Option<Vec<String>> {
        match self.value(key)? {
            DeValue::Array(items) => Some(
                items
                    .iter()
                    .filter_map(|item| self.words(key, item.get_ref()))
                    .collect(),
            ),
            value => self.words(key, value).map(|word| vec![word]),
        }
    }

    pub(super) fn flag(&mut self, key: &str) -> Option<bool> {
        self.read(key, DeValue::as_bool)
    }

    /// A whole number up to a largest one.
    pub(super) fn number(&mut self, key: &str, largest: u64) -> Option<u64> {
        let value = self.value(key)?;
        let number = value.as_integer().and_then(|number| {
            let number = u64::from_str_radix(number.as_str(), number.radix()).ok()?;
            (number <= largest).then_some(number)
        });
        if number.is_none() {
            self.unfit(key, value);
        }
        number
    }

    pub(super) fn table(&mut self, key: &str) -> Option<&'a DeTable<'a>> {
        self.read(key, DeValue::as_table)
    }

    /// A table as JSON.
    pub(super) fn json(&mut self, key: &str) -> Map<String, Value> {
        let mut map = Map::new();
        for (name, value) in self.table(key).into_iter().flatten() {
            let name = name.get_ref();
            match to_json(value.get_ref(), 0) {
                Ok(value) => drop(map.insert(name.to_string(), value)),
                Err(why) => self.mistake(format!("`{key}.{name}` {why}")),
            }
        }
        map
    }

    fn read<T>(&mut self, key: &str, read: fn(&'a DeValue<'a>) -> Option<T>) -> Option<T> {
        let value = self.value(key)?;
        let read = read(value);
        if read.is_none() {
            self.unfit(key, value);
        }
        read
    }

    fn words(&mut self, key: &str, value: &DeValue<'_>) -> Option<String> {
        let text = value.as_str().map(str::trim);
        if text.is_none_or(str::is_empty) {
            self.unfit(key, value);
            return None;
        }
        text.map(str::to_owned)
    }

    fn unfit(&mut self, key: &str, value: &DeValue<'_>) {
        let found = match value {
            DeValue::String(text) if text.trim().is_empty() => "empty",
            DeValue::String(_) => "text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let known = self.known.iter().find(|(name, _)| *name == key);
        let expected = known.map(|(_, expected)| *expected).unwrap_or_default();
        self.mistake(format!("`{key}` is {found}; expected {expected}"));
    }
}

/// The JSON that means the same; a date becomes its text.
fn to_json(value: &DeValue<'_>, depth: usize) -> Result<Value, String> {
    if depth > NESTING_LIMIT {
        return Err(format!("is nested deeper than {NESTING_LIMIT} levels"));
    }
    match value {
        DeValue::String(text) => Ok(Value::from(text.as_ref())),
        DeValue::Boolean(flag) => Ok(Value::from(*flag)),
        DeValue::Datetime(date) => Ok(Value::from(date.to_string())),
        DeValue::Integer(number) => i128::from_str_radix(number.as_str(), number.radix())
            .ok()
            .and_then(Number::from_i128)
            .map(Value::Number)
            .ok_or_else(|| format!("holds the number {number}, which is too large")),
        DeValue::Float(number) => (number.as_str().parse().ok())
            .and_then(Number::from_f64)
            .map(Value::Number)
            .ok_or_else(|| format!("holds the number {number}, which JSON does not have")),
        DeValue::Array(items) => items
            .iter()
            .map(|item| to_json(item.get_ref(), depth + 1))
            .collect(),
        DeValue::Table(table) => {
            let mut members = Map::new();
            for (key, value) in table {
                let value = to_json(value.get_ref(), depth + 1)?;
                members.insert(key.get_ref().to_string(), value);
            }
            Ok(Value::Object(members))
        }
    }
}
