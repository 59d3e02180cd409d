//! JSON objects in a text that may hold anything else: prose, fences, braces that
//! are none.

use std::ops::Range;

use serde_json::Value;

/// So many bytes are looked at in all: a text of nothing but braces makes each of
/// them begin something long.
const BUDGET: usize = 8 * 1024 * 1024;
/// At most so many objects are found.
const MOST: usize = 50;
/// The longest escape in a string is `\uXXXX`.
const ESCAPE: usize = 6;

/// An object in a text.
#[derive(Debug)]
pub(super) struct Found {
    /// Where it stands.
    pub(super) span: Range<usize>,
    /// What it is; as much as can be read, if it broke off.
    pub(super) object: Value,
    /// The text ended before it did.
    pub(super) is_broken: bool,
}

/// The objects of a text that are wanted, from its beginning. One that broke off
/// counts only where there is no whole one.
pub(super) fn objects(text: &str, is_wanted: fn(&Value) -> bool) -> Vec<Found> {
    let mut found = Vec::new();
    let mut broken = Vec::new();
    let (mut at, mut budget) = (0, BUDGET);
    while found.len() < MOST
        && let Some(start) = next_start(text, at)
    {
        at = start + 1;
        let Some(rest) = text.get(start..) else { break };
        let shape = Shape::of(rest);
        let Some(left) = budget.checked_sub(shape.length) else {
            break;
        };
        budget = left;
        let object = match shape.is_whole() {
            true => read(rest.get(..shape.length)),
            false if broken.is_empty() => shape.mended(rest, is_wanted),
            false => None,
        };
        if let Some(object) = object.filter(is_wanted) {
            let one = Found {
                span: start..start + shape.length,
                object,
                is_broken: !shape.is_whole(),
            };
            match one.is_broken {
                true => broken.push(one),
                false => {
                    at = one.span.end;
                    found.push(one);
                }
            }
        }
    }
    match found.is_empty() {
        true => broken,
        false => found,
    }
}

/// The next brace behind which an object can begin.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let mut from = from;
    loop {
        let start = find(text, from, "{")?;
        let inside = text.get(start + 1..)?.trim_start();
        if inside.starts_with('"') {
            return Some(start);
        }
        from = start + 1;
    }
}

/// From bytes, as all JSON here is read: a second reader is 8 KB of code.
fn read(json: Option<&str>) -> Option<Value> {
    serde_json::from_slice(json?.as_bytes()).ok()
}

/// What of a text belongs to the object at its beginning.
struct Shape {
    /// So many bytes.
    length: usize,
    /// What it lacks at its end, the last first.
    open: Vec<u8>,
    /// It ends within a string.
    in_string: bool,
    /// Where its last entry ended.
    comma: usize,
}

impl Shape {
    fn of(text: &str) -> Self {
        let mut shape = Self {
            length: text.len(),
            open: Vec::new(),
            in_string: false,
            comma: 0,
        };
        let mut is_escaped = false;
        for (at, byte) in text.bytes().enumerate() {
            if shape.in_string {
                match byte {
                    _ if is_escaped => is_escaped = false,
                    b'\\' => is_escaped = true,
                    b'"' => shape.in_string = false,
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => shape.in_string = true,
                b'{' => shape.open.push(b'}'),
                b'[' => shape.open.push(b']'),
                b'}' | b']' => drop(shape.open.pop()),
                b',' if shape.open.len() == 1 => shape.comma = at,
                _ => {}
            }
            if shape.open.is_empty() {
                shape.length = at + 1;
                break;
            }
        }
        shape
    }

    fn is_whole(&self) -> bool {
        self.open.is_empty()
    }

    /// What can be read of one that broke off: all of it, without an escape that
    /// is not whole, or without its last entry.
    fn mended(&self, text: &str, is_wanted: fn(&Value) -> bool) -> Option<Value> {
        let mut closed = String::new();
        if self.in_string {
            closed.push('"');
        }
        for byte in self.open.iter().rev() {
            closed.push(char::from(*byte));
        }
        let escape = text.rfind('\\').filter(|at| at + ESCAPE >= text.len());
        let attempts = [
            (text.len(), closed.as_str()),
            (escape.unwrap_or_default(), closed.as_str()),
            (self.comma, "}"),
        ];
        for (end, closed) in attempts {
            let mut json = text.get(..end)?.to_owned();
            json.push_str(closed);
            if let Some(object) = read(Some(&json)).filter(is_wanted) {
                return Some(object);
            }
        }
        None
    }
}

/// Where a text has a word, from a place on. One for all who look for words: each
/// search that stands where it is used is 2 KB of code.
#[inline(never)]
pub(super) fn find(text: &str, from: usize, word: &str) -> Option<usize> {
    let at = text.get(from..)?.find(word)?;
    Some(from + at)
}
