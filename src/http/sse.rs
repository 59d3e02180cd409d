//! Server-sent events, read from the bytes of a stream as they arrive. Source: WHATWG
//! HTML, 9.2.6 "Interpreting an event stream".
//!
//! Of a frame that is longer than a limit the beginning is kept: an event that is too
//! large must not be lost. Crates for this format either have no limit or, as `sse-core`,
//! give up an event that is longer.

use std::collections::VecDeque;

/// A byte order mark, which may stand at the beginning of a stream.
const BOM: &[u8] = b"\xef\xbb\xbf";
/// More of a field's name is no name that is known; the mark may stand before it.
const NAME_LIMIT: usize = BOM.len() + 5;
/// More characters of an id or of an event's name are cut off.
const WORD_LIMIT: usize = 200;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// What it is called; empty if it has no name.
    pub name: String,
    /// The id that stands in it; empty if none does.
    pub id: String,
    /// Its data, up to the limit.
    pub data: Vec<u8>,
    /// How many bytes of data it had.
    pub length: usize,
}

impl Frame {
    /// Whether all of its data was kept.
    pub fn is_whole(&self) -> bool {
        self.data.len() == self.length
    }
}

/// Reads frames.
#[derive(Debug)]
pub struct Frames {
    /// How much data of one frame is kept.
    limit: usize,
    frame: Frame,
    has_data: bool,
    line: Line,
    is_first_line: bool,
    /// A carriage return ended the line before: a line feed belongs to it.
    after_return: bool,
    ready: VecDeque<Frame>,
}

/// Where in a line.
#[derive(Debug)]
enum Line {
    /// Before its colon.
    Name(Vec<u8>),
    /// Behind it, where one blank is left out.
    Begin(Field),
    /// In its value.
    Value(Field),
    /// Nobody needs it.
    Skipped,
}

/// A field that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Data,
    Event,
    Id,
}

impl Frames {
    /// Of the data of one frame, `limit` bytes are kept.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            frame: Frame::default(),
            has_data: false,
            line: Line::Name(Vec::new()),
            is_first_line: true,
            after_return: false,
            ready: VecDeque::new(),
        }
    }

    /// The next frame that is there as a whole.
    pub fn ready(&mut self) -> Option<Frame> {
        self.ready.pop_front()
    }

    /// Takes what has arrived, wherever it was cut.
    pub fn take(&mut self, mut bytes: &[u8]) {
        while let Some(first) = bytes.first() {
            if std::mem::take(&mut self.after_return) && *first == b'\n' {
                bytes = bytes.get(1..).unwrap_or_default();
                continue;
            }
            let end = bytes.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
            let (part, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
            self.part(part);
            bytes = rest;
            if let Some((end, rest)) = rest.split_first() {
                self.after_return = *end == b'\r';
                self.end_line();
                bytes = rest;
            }
        }
    }

    /// A part of a line.
    fn part(&mut self, mut part: &[u8]) {
        if let Line::Name(name) = &mut self.line {
            let colon = part.iter().position(|byte| *byte == b':');
            let end = colon.unwrap_or(part.len());
            let (more, rest) = part.split_at(end);
            let room = (NAME_LIMIT + 1).saturating_sub(name.len());
            name.extend_from_slice(more.get(..room).unwrap_or(more));
            if colon.is_none() {
                return;
            }
            part = rest.get(1..).unwrap_or_default();
            self.line = match self.field() {
                Some(field) => {
                    self.begin(field);
                    Line::Begin(field)
                }
                None => Line::Skipped,
            };
        }
        if let Line::Begin(field) = self.line
            && let Some(first) = part.first()
        {
            self.line = Line::Value(field);
            if *first == b' ' {
                part = part.get(1..).unwrap_or_default();
            }
        }
        if let Line::Value(field) = self.line {
            self.value(field, part);
        }
    }

    /// Which field the line's name is.
    fn field(&self) -> Option<Field> {
        let Line::Name(name) = &self.line else {
            return None;
        };
        let name = match name.strip_prefix(BOM) {
            Some(name) if self.is_first_line => name,
            _ => name,
        };
        match name {
            b"data" => Some(Field::Data),
            b"event" => Some(Field::Event),
            b"id" => Some(Field::Id),
            _ => None,
        }
    }

    /// A line of a field begins: another line of data is added, another name or id
    /// takes the place of the one before.
    fn begin(&mut self, field: Field) {
        match field {
            Field::Data if self.has_data => self.value(Field::Data, b"\n"),
            Field::Data => self.has_data = true,
            Field::Event => self.frame.name.clear(),
            Field::Id => self.frame.id.clear(),
        }
    }

    fn value(&mut self, field: Field, part: &[u8]) {
        let word = match field {
            Field::Data => {
                let room = self.limit - self.frame.data.len();
                let kept = part.get(..room).unwrap_or(part);
                self.frame.data.extend_from_slice(kept);
                self.frame.length += part.len();
                return;
            }
            Field::Event => &mut self.frame.name,
            Field::Id => &mut self.frame.id,
        };
        // Both are plain words; whatever else is in them is no name and no id.
        let room = WORD_LIMIT.saturating_sub(word.chars().count());
        word.extend(part.iter().take(room).map(|byte| char::from(*byte)));
    }

    fn end_line(&mut self) {
        let field = self.field();
        match std::mem::replace(&mut self.line, Line::Name(Vec::new())) {
            Line::Name(name) => match field {
                // A field without a colon has no value.
                Some(field) => self.begin(field),
                None if name.is_empty() || (self.is_first_line && name == BOM) => self.end_frame(),
                None => {}
            },
            Line::Value(Field::Id) | Line::Begin(Field::Id) if self.frame.id.contains('\0') => {
                self.frame.id.clear();
            }
            _ => {}
        }
        self.is_first_line = false;
    }

    /// A frame without data is none.
    fn end_frame(&mut self) {
        let frame = std::mem::take(&mut self.frame);
        if std::mem::take(&mut self.has_data) {
            self.ready.push_back(frame);
        }
    }
}

#[cfg(test)]
mod tests;
