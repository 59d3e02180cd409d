//! A body that is nearly JSON, made JSON. Senders cut texts in the middle of a
//! character, write numbers that JSON does not have, or nest deeper than is read;
//! none posts an event again that was refused.
//!
//! Runs only after a body could not be read as it is. Goes through it once, from
//! left to right, and does not call itself, however deep the body nests.

mod decode;

use serde_json::Value;

pub(super) use decode::begins_as_json;
use decode::{begins, decoded, is_blank};

/// As deep as the reader of JSON goes.
const DEPTH: usize = 127;

/// What stands for a character that cannot be read.
const UNREADABLE: &str = "\u{fffd}";

/// How much of a body is at hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// Its beginning: what is open at the end is closed, and a member that is not
    /// finished is left out.
    Beginning,
}

/// What became of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Repaired {
    /// Valid JSON, within the depth that is read.
    pub(super) json: String,
    /// What was repaired, in plain words; each once.
    pub(super) repairs: Vec<&'static str>,
}

/// Makes a body JSON; `None` where that would be guessing.
pub(super) fn repair(body: &[u8], extent: Extent) -> Option<Repaired> {
    let mut repairs = Vec::new();
    let body = match (extent, std::str::from_utf8(body)) {
        // The cut went through a character.
        (Extent::Beginning, Err(error)) if error.error_len().is_none() => {
            body.get(..error.valid_up_to()).unwrap_or_default()
        }
        _ => body,
    };
    let text = decoded(body, &mut repairs);
    if !begins(&text) {
        return None;
    }
    let mut repair = Repair {
        text: &text,
        at: 0,
        out: String::with_capacity(text.len()),
        open: Vec::new(),
        expects: Expects::Value,
        complete: 0,
        has_comma: false,
        repairs,
    };
    repair.run(extent)?;
    Some(Repaired {
        json: repair.out,
        repairs: repair.repairs,
    })
}

/// What comes next in a valid document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expects {
    Value,
    /// An entry of a list, or its end.
    Entry,
    /// A member of an object, or its end.
    Member,
    Colon,
    /// A comma, or the end of what is open.
    More,
}

struct Repair<'a> {
    text: &'a str,
    at: usize,
    out: String,
    /// The brackets that will close what is open.
    open: Vec<u8>,
    expects: Expects,
    /// Up to here, all that is open could be closed.
    complete: usize,
    /// A comma came, and is written with what follows it.
    has_comma: bool,
    repairs: Vec<&'static str>,
}

impl<'a> Repair<'a> {
    fn run(&mut self, extent: Extent) -> Option<()> {
        loop {
            self.skip_blanks();
            let Some(byte) = self.peek() else {
                break;
            };
            let is_done = match (self.expects, byte) {
                (Expects::More, b',') if !self.open.is_empty() => {
                    self.at += 1;
                    self.has_comma = true;
                    self.expects = match self.open.last() {
                        Some(b'}') => Expects::Member,
                        _ => Expects::Entry,
                    };
                    true
                }
                (Expects::More | Expects::Entry | Expects::Member, b'}' | b']') => {
                    self.close(byte)?
                }
                (Expects::Member, b'"') => self.key(),
                (Expects::Colon, b':') => {
                    self.at += 1;
                    self.put(":");
                    self.expects = Expects::Value;
                    true
                }
                (Expects::Value | Expects::Entry, byte) => self.value(byte)?,
                _ => return None,
            };
            if !is_done {
                break;
            }
        }
        let is_whole = self.open.is_empty() && self.expects == Expects::More;
        match (is_whole, extent) {
            (true, _) => Some(()),
            (false, Extent::Whole) => None,
            (false, Extent::Beginning) => self.close_all(),
        }
    }

    /// Ends a body of which the rest is missing.
    fn close_all(&mut self) -> Option<()> {
        self.out.truncate(self.complete);
        let written = self.open.iter().take(DEPTH).rev();
        self.out.extend(written.map(|bracket| char::from(*bracket)));
        (!self.out.is_empty()).then_some(())
    }

    /// Writes, unless it is too deep.
    fn put(&mut self, text: &str) {
        if self.open.len() <= DEPTH {
            self.out.push_str(text);
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        let blanks = rest.len() - rest.trim_start_matches(is_blank).len();
        let is_plain = |byte: &u8| b" \t\r\n".contains(byte);
        let skipped = rest.get(..blanks).unwrap_or_default();
        if !skipped.as_bytes().iter().all(is_plain) {
            self.note("characters between values that JSON does not allow");
        }
        self.at += blanks;
    }

    fn note(&mut self, what: &'static str) {
        if !self.repairs.contains(&what) {
            self.repairs.push(what);
        }
    }

    /// Writes the comma before an entry or a member.
    fn comma(&mut self) {
        if std::mem::take(&mut self.has_comma) {
            self.put(",");
        }
    }

    fn completed(&mut self) {
        self.complete = self.out.len();
        self.expects = Expects::More;
    }

    fn close(&mut self, bracket: u8) -> Option<bool> {
        if self.open.pop()? != bracket {
            return None;
        }
        self.at += 1;
        if std::mem::take(&mut self.has_comma) {
            self.note("a comma before the end of a list or an object");
        }
        // What is too deep was written as null when it began.
        if self.open.len() < DEPTH {
            self.out.push(char::from(bracket));
        }
        self.completed();
        Some(true)
    }

    fn begin(&mut self, bracket: u8) {
        self.at += 1;
        let (opening, closing, expects) = match bracket {
            b'{' => ("{", b'}', Expects::Member),
            _ => ("[", b']', Expects::Entry),
        };
        if self.open.len() == DEPTH {
            self.note("values nested deeper than 127 levels (left out)");
            self.put("null");
        } else {
            self.put(opening);
        }
        self.open.push(closing);
        self.complete = self.out.len();
        self.expects = expects;
    }

    /// A member's name. False: the text ends in it.
    fn key(&mut self) -> bool {
        self.comma();
        let is_closed = self.string();
        self.expects = Expects::Colon;
        is_closed
    }

    /// A value. False: the text ends in it.
    fn value(&mut self, byte: u8) -> Option<bool> {
        self.comma();
        match byte {
            b'{' | b'[' => {
                self.begin(byte);
                return Some(true);
            }
            b'"' => {
                if !self.string() {
                    // A text that was cut is still a text.
                    self.put("\"");
                    self.completed();
                    return Some(false);
                }
            }
            _ => {
                if !self.word()? {
                    return Some(false);
                }
            }
        }
        self.completed();
        Some(true)
    }

    /// A number, true, false or null. False: the text ends in it.
    fn word(&mut self) -> Option<bool> {
        let rest = self.rest();
        let is_part = |c: char| c.is_ascii_alphanumeric() || "+-._".contains(c);
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        let word = rest.get(..end).unwrap_or_default();
        self.at += end;
        if self.at == self.text.len() && !self.open.is_empty() {
            return Some(false);
        }
        if serde_json::from_slice::<Value>(word.as_bytes()).is_ok() {
            self.put(word);
            return Some(true);
        }
        let is = |known: &&str| known.eq_ignore_ascii_case(word.trim_start_matches(['+', '-']));
        if ["nan", "infinity", "inf", "none", "undefined"]
            .iter()
            .any(&is)
        {
            self.note("NaN, Infinity or the like (read as null)");
            self.put("null");
        } else if let Some(known) = ["true", "false", "null"].iter().find(|it| is(it)) {
            self.note("true, false or null in capital letters");
            self.put(known);
        } else if is_like_a_number(word) {
            self.note("numbers that JSON does not have (read as text)");
            self.put("\"");
            self.put(word);
            self.put("\"");
        } else {
            return None;
        }
        Some(true)
    }

    /// A string from its first quote. False: the text ends in it, and it is not
    /// closed.
    fn string(&mut self) -> bool {
        self.put("\"");
        self.at += 1;
        loop {
            let rest = self.rest();
            let ends = |byte: u8| byte == b'"' || byte == b'\\' || byte < 0x20;
            let end = rest.bytes().position(ends).unwrap_or(rest.len());
            self.put(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                None => return false,
                Some(b'"') => {
                    self.at += 1;
                    self.put("\"");
                    return true;
                }
                Some(b'\\') => {
                    if !self.escape() {
                        return false;
                    }
                }
                Some(control) => {
                    self.at += 1;
                    self.note("control characters in a text");
                    self.put(&format!("\\u{control:04x}"));
                }
            }
        }
    }

    /// What stands behind a backslash. False: the text ends in it.
    fn escape(&mut self) -> bool {
        let rest = self.rest();
        let length = match rest.as_bytes().get(1) {
            None => 0,
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') if rest.len() < 6 && !rest.contains('"') => 0,
            Some(b'u') => match unit(rest, 0) {
                Some(0xd800..=0xdbff) if matches!(unit(rest, 6), Some(0xdc00..=0xdfff)) => 12,
                Some(0xd800..=0xdfff) => {
                    self.note("half a character (a lone surrogate)");
                    self.put(UNREADABLE);
                    self.at += 6;
                    return true;
                }
                Some(_) => 6,
                None => 1,
            },
            Some(_) => 1,
        };
        match length {
            0 => {
                self.at = self.text.len();
                return false;
            }
            1 => {
                self.note("a backslash that escapes nothing");
                self.put("\\\\");
            }
            length => self.put(rest.get(..length).unwrap_or_default()),
        }
        self.at += length;
        true
    }
}

/// The UTF-16 unit of `\uXXXX` at a place.
fn unit(text: &str, at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| is_hex)
}

fn is_like_a_number(word: &str) -> bool {
    let begins = word.trim_start_matches(['+', '-', '.']);
    begins.starts_with(|c: char| c.is_ascii_digit())
        && begins
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"+-.eE_".contains(&byte))
}

#[cfg(test)]
mod tests;
