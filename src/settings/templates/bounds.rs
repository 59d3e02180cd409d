//! How much text a template may make.

use std::borrow::Cow;
use std::fmt::Write;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

/// What a template renders is cut after this many bytes: more than Jira's
/// longest field (32,767 characters) can hold in any script.
pub(super) const OUTPUT_LIMIT: usize = 256 * 1024;
/// Most bytes of text that a template may make on its way, in one filter or in
/// all that it prints together.
pub(super) const WORK_LIMIT: usize = 4 * 1024 * 1024;
/// A value as it is printed: nothing for what is missing, a list with commas.
pub(super) fn text_of(value: &Value) -> Result<Cow<'_, str>, Error> {
    if value.is_undefined() || value.is_none() {
        return Ok(Cow::Borrowed(""));
    }
    if let Some(text) = value.as_str() {
        return Ok(Cow::Borrowed(text));
    }
    let mut text = Growing::default();
    match value.kind() {
        ValueKind::Seq | ValueKind::Iterable => {
            for (index, item) in value.try_iter()?.enumerate() {
                text.push(if index == 0 { "" } else { ", " })?;
                match item.as_str() {
                    Some(item) => text.push(item)?,
                    None => text.push_display(&item)?,
                }
            }
        }
        _ => text.push_display(value)?,
    }
    Ok(Cow::Owned(text.0))
}

/// A text that refuses to grow beyond [`WORK_LIMIT`].
#[derive(Default)]
pub(super) struct Growing(pub(super) String);

impl Growing {
    pub(super) fn push(&mut self, more: &str) -> Result<(), Error> {
        self.write_str(more).map_err(|_| too_long())
    }

    fn push_display(&mut self, value: &Value) -> Result<(), Error> {
        write!(self, "{value}").map_err(|_| too_long())
    }
}

impl Write for Growing {
    fn write_str(&mut self, more: &str) -> std::fmt::Result {
        if self.0.len() + more.len() > WORK_LIMIT {
            return Err(std::fmt::Error);
        }
        self.0.push_str(more);
        Ok(())
    }
}

/// At most so many bytes of a text, whole characters only.
pub(super) fn head(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or(text)
}

pub(super) fn too_long() -> Error {
    let why = format!("the text grows beyond {WORK_LIMIT} bytes");
    Error::new(ErrorKind::InvalidOperation, why)
}
