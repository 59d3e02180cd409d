//! Filters that make one text from another.

use minijinja::{Error, ErrorKind, Value};

use crate::settings::templates::bounds::{Growing, text_of};
use crate::text::cut;

/// Each word with a capital letter.
pub(super) fn title(text: &str) -> String {
    let mut titled = String::with_capacity(text.len());
    let mut begins = true;
    for c in text.chars() {
        match begins {
            true => titled.extend(c.to_uppercase()),
            false => titled.extend(c.to_lowercase()),
        }
        begins = !c.is_alphanumeric() && c != '\'';
    }
    titled
}

/// At most so many characters, the last one "…" if something was cut off.
pub(super) fn truncate(value: &Value, length: usize) -> Result<String, Error> {
    Ok(cut(&text_of(value)?, length, "…"))
}

pub(super) fn replace(value: &Value, old: &Value, new: &Value) -> Result<String, Error> {
    let (text, old, new) = (text_of(value)?, text_of(old)?, text_of(new)?);
    if old.is_empty() {
        return Ok(text.into_owned());
    }
    let mut replaced = Growing::default();
    for (index, piece) in text.split(old.as_ref()).enumerate() {
        if index > 0 {
            replaced.push(&new)?;
        }
        replaced.push(piece)?;
    }
    Ok(replaced.0)
}

/// A date such as `2026-05-01T10:00:00Z` in another order, in its own time
/// zone; what is no date stays as it is.
pub(super) fn date(value: &Value, format: Option<&Value>) -> Result<String, Error> {
    let text = text_of(value)?;
    let Some(stamp) = Stamp::read(&text) else {
        return Ok(text.into_owned());
    };
    let format = match format {
        Some(format) => text_of(format)?,
        None => "%Y-%m-%d".into(),
    };
    let mut written = String::new();
    let mut letters = format.chars();
    while let Some(c) = letters.next() {
        match c {
            '%' => written.push_str(stamp.part(letters.next())?),
            c => written.push(c),
        }
    }
    Ok(written)
}

/// The digits of a date and, if there is one, of its time.
struct Stamp<'a>(&'a str);

impl<'a> Stamp<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let is_like = |pattern: &str| {
            text.len() >= pattern.len()
                && pattern.bytes().zip(text.bytes()).all(|(p, t)| match p {
                    b'0' => t.is_ascii_digit(),
                    b'T' => matches!(t, b'T' | b't' | b' '),
                    p => t == p,
                })
        };
        let is_date = text.len() == "0000-00-00".len() && is_like("0000-00-00");
        (is_date || is_like("0000-00-00T00:00:00")).then_some(Self(text))
    }

    fn part(&self, code: Option<char>) -> Result<&'a str, Error> {
        let (range, midnight) = match code {
            Some('Y') => (0..4, ""),
            Some('m') => (5..7, ""),
            Some('d') => (8..10, ""),
            Some('H') => (11..13, "00"),
            Some('M') => (14..16, "00"),
            Some('S') => (17..19, "00"),
            Some('%') => return Ok("%"),
            _ => {
                return Err(Error::new(
                    ErrorKind::InvalidOperation,
                    "date knows %Y, %m, %d, %H, %M, %S and %%",
                ));
            }
        };
        Ok(self.0.get(range).unwrap_or(midnight))
    }
}
