//! The template engine within its bounds.

use std::borrow::Cow;
use std::fmt::Write;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::value::ValueKind;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};

use super::{Extras, context, filters};
use crate::event::{Change, Entity, Fact, Observable, Reference};

/// What a template renders is cut after this many bytes: more than Jira's
/// longest field (32,767 characters) can hold in any script.
pub(super) const OUTPUT_LIMIT: usize = 256 * 1024;
/// Most bytes of text that a template may make on its way, in one filter or in
/// all that it prints together.
pub(super) const WORK_LIMIT: usize = 4 * 1024 * 1024;
/// Most steps of the engine: a loop over 5,000 observables takes about half.
const STEP_LIMIT: u64 = 200_000;
/// Deepest nesting of loops and conditions.
const NESTING_LIMIT: usize = 50;

/// Finds what is wrong with a template before an event needs it: its syntax,
/// and names of filters that do not exist where a trial comes across them.
pub(super) fn check(name: &str, source: &str) -> Result<(), String> {
    let extras = Extras {
        event: Change::Create,
        platform_url: None,
        entity_url: None,
    };
    let context = context::build(&sample(), &extras);
    match run(name, source, &context, &mut Head::default()) {
        Err(Stop::AtParsing(error)) => Err(sentence(name, &error)),
        Err(Stop::AtWork(error)) if is_unknown_name(&error) => Err(sentence(name, &error)),
        _ => Ok(()),
    }
}

/// An entity that has one of everything to loop over.
fn sample() -> Entity {
    let text = || "x".to_owned();
    Entity {
        labels: vec![text()],
        facts: vec![Fact {
            key: text(),
            label: text(),
            value: text(),
        }],
        references: vec![Reference::default()],
        observables: vec![Observable {
            kind: text(),
            value: text(),
        }],
        data: vec![Fact {
            key: text(),
            label: text(),
            value: text(),
        }],
        ..Entity::default()
    }
}

/// Only these do not depend on the entity.
fn is_unknown_name(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest | ErrorKind::UnknownFunction
    )
}

/// Renders a template; an error is a sentence with the name and the line.
pub(super) fn render(name: &str, source: &str, context: &Value) -> Result<String, String> {
    let mut output = Head::default();
    match run(name, source, context, &mut output) {
        Err(Stop::AtParsing(error) | Stop::AtWork(error)) if !output.is_full => {
            Err(sentence(name, &error))
        }
        _ => Ok(output.into_text()),
    }
}

/// What stopped a template.
enum Stop {
    AtParsing(Error),
    AtWork(Error),
}

fn run(name: &str, source: &str, context: &Value, output: &mut Head) -> Result<(), Stop> {
    let engine = environment();
    let template = engine
        .template_from_named_str(name, source)
        .map_err(Stop::AtParsing)?;
    template
        .render_captured_to(context.clone(), output)
        .map_err(Stop::AtWork)?;
    Ok(())
}

fn environment<'source>() -> Environment<'source> {
    let mut engine = Environment::new();
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    engine.set_undefined_behavior(UndefinedBehavior::Chainable);
    engine.set_fuel(Some(STEP_LIMIT));
    engine.set_recursion_limit(NESTING_LIMIT);
    let printed = AtomicUsize::new(0);
    engine.set_formatter(move |output: &mut Output, _: &mut State, value: &Value| {
        let text = text_of(value)?;
        let text = head(&text, OUTPUT_LIMIT);
        if printed.fetch_add(text.len(), Ordering::Relaxed) > WORK_LIMIT {
            return Err(too_long());
        }
        output.write_str(text).map_err(Error::from)
    });
    filters::add_to(&mut engine);
    engine
}

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

fn too_long() -> Error {
    let why = format!("the text grows beyond {WORK_LIMIT} bytes");
    Error::new(ErrorKind::InvalidOperation, why)
}

fn sentence(name: &str, error: &Error) -> String {
    let what = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => format!("it takes more than {STEP_LIMIT} steps"),
        (_, Some(detail)) => detail.to_owned(),
        (kind, None) => kind.to_string(),
    };
    match error.line() {
        Some(line) if line > 0 => format!("template `{name}`, line {line}: {what}"),
        _ => format!("template `{name}`: {what}"),
    }
}

/// Keeps the head of what is written, and fails once it is full.
#[derive(Default)]
struct Head {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Head {
    fn into_text(self) -> String {
        match String::from_utf8(self.bytes) {
            Ok(text) => text,
            // The cut went through a character.
            Err(cut) => {
                let whole = cut.utf8_error().valid_up_to();
                let mut bytes = cut.into_bytes();
                bytes.truncate(whole);
                String::from_utf8(bytes).unwrap_or_default()
            }
        }
    }
}

impl io::Write for Head {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = OUTPUT_LIMIT - self.bytes.len();
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.bytes.extend_from_slice(kept);
        if kept.len() < bytes.len() {
            self.is_full = true;
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
