//! What is not TOML, as people read it.

use toml_parser::{Expected, ParseError};

/// One sentence for each error, in the order of their places.
pub(super) fn messages(text: &str, errors: &[ParseError]) -> Vec<String> {
    // Each put in its place: there are few, and a sort is more code.
    let mut ordered: Vec<&ParseError> = Vec::new();
    for error in errors {
        let place = ordered.partition_point(|other| start(other) <= start(error));
        ordered.insert(place, error);
    }
    ordered.iter().map(|error| message(text, error)).collect()
}

fn start(error: &ParseError) -> usize {
    error.unexpected().map_or(0, |span| span.start())
}

fn message(text: &str, error: &ParseError) -> String {
    let before = text.bytes().take(start(error));
    let line = 1 + before.filter(|byte| *byte == b'\n').count();
    let mut message = format!("line {line}: this is not TOML: {}", error.description());
    let Some(expected) = error.expected() else {
        return message;
    };
    message.push_str(", expected ");
    if expected.is_empty() {
        message.push_str("nothing");
    }
    for (index, expected) in expected.iter().enumerate() {
        if index > 0 {
            message.push_str(", ");
        }
        match expected {
            Expected::Literal("\n") => message.push_str("newline"),
            Expected::Literal(literal) => {
                message.push('`');
                message.push_str(literal);
                message.push('`');
            }
            Expected::Description(description) => message.push_str(description),
            _ => message.push_str("etc"),
        }
    }
    message
}
