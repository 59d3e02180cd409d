//! Dates and times as TOML takes them: a date, a time, or both with or
//! without an offset.

/// A date or a time as RFC 3339 writes it; `None` if there is none such.
pub(super) fn read(text: &str) -> Option<String> {
    let mut stamp = Stamp {
        rest: text,
        read: String::with_capacity(text.len()),
    };
    let has_date = text.get(4..5) == Some("-");
    if has_date {
        stamp.date()?;
        if stamp.rest.is_empty() {
            return Some(stamp.read);
        }
        stamp.sign("Tt ", 'T').then_some(())?;
    }
    stamp.time()?;
    if has_date {
        stamp.offset()?;
    }
    stamp.rest.is_empty().then_some(stamp.read)
}

struct Stamp<'a> {
    rest: &'a str,
    read: String,
}

impl Stamp<'_> {
    fn date(&mut self) -> Option<()> {
        let year = self.number(4, 0, 9999)?;
        self.expect('-')?;
        let month = self.number(2, 1, 12)?;
        self.expect('-')?;
        let is_leap_year = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 if is_leap_year => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        self.number(2, 1, days).map(drop)
    }

    fn time(&mut self) -> Option<()> {
        self.number(2, 0, 23)?;
        self.expect(':')?;
        self.number(2, 0, 59)?;
        if !self.sign(":", ':') {
            return Some(());
        }
        // A leap second is one too many.
        self.number(2, 0, 60)?;
        match self.sign(".", '.') {
            true => self.fraction(),
            false => Some(()),
        }
    }

    /// Down to nanoseconds, without the zeros at the end.
    fn fraction(&mut self) -> Option<()> {
        let after = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = self.rest.strip_suffix(after)?;
        let kept = digits.get(..9).unwrap_or(digits).trim_end_matches('0');
        self.read.push_str(if kept.is_empty() { "0" } else { kept });
        self.rest = after;
        (!digits.is_empty()).then_some(())
    }

    fn offset(&mut self) -> Option<()> {
        if self.rest.is_empty() || self.sign("Zz", 'Z') {
            return Some(());
        }
        if !self.sign("+", '+') {
            self.expect('-')?;
        }
        self.number(2, 0, 23)?;
        self.expect(':')?;
        self.number(2, 0, 59).map(drop)
    }

    /// Exactly so many digits, whose number is in a range.
    fn number(&mut self, digits: usize, least: u16, most: u16) -> Option<u16> {
        let (text, rest) = self.rest.split_at_checked(digits)?;
        let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|_| is_number)?;
        self.read.push_str(text);
        self.rest = rest;
        (least..=most).contains(&number).then_some(number)
    }

    fn expect(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.strip_prefix(sign)?;
        self.read.push(sign);
        Some(())
    }

    /// Whether one of the signs follows; it is kept as `written`.
    fn sign(&mut self, any: &str, written: char) -> bool {
        match self.rest.strip_prefix(|c| any.contains(c)) {
            Some(rest) => {
                self.rest = rest;
                self.read.push(written);
                true
            }
            None => false,
        }
    }
}
