//! The template engine within its bounds.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value,
};

use super::bounds::{OUTPUT_LIMIT, WORK_LIMIT, head, text_of, too_long};
use super::filters;

/// Most steps of the engine: a loop over 5,000 observables takes about half.
const STEP_LIMIT: u64 = 200_000;
/// Deepest nesting of loops and conditions.
const NESTING_LIMIT: usize = 50;

/// Finds what is wrong with a template in itself, whatever the entity: its
/// syntax, and names of filters that do not exist where this trial comes across
/// them.
pub(super) fn check(name: &str, source: &str, context: &Value) -> Result<(), String> {
    match run(name, source, context, &mut Head::default()) {
        Err(Stop::AtParsing(error)) => Err(sentence(name, &error)),
        Err(Stop::AtWork(error)) if is_unknown_name(&error) => Err(sentence(name, &error)),
        _ => Ok(()),
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
        let left = OUTPUT_LIMIT - self.bytes.len();
        let kept = bytes.get(..left).unwrap_or(bytes);
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
