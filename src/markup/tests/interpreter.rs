//! A small reader of wiki markup, independent of the writer: tells what Jira's
//! renderer would take a text for. Where the renderer's habits are not known
//! for sure, it sees a construct rather than none.

/// What a text makes the renderer do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Construct {
    Heading,
    BlockQuote,
    Item(String),
    Row,
    Rule,
    Macro(String),
    Phrase(char),
    Monospace,
    Link(String),
    Image(String),
    AutoLink(String),
    Citation,
    Dash,
    Emoticon(String),
}

/// What a text is taken for.
#[derive(Debug, Default)]
pub(super) struct Reading {
    pub(super) constructs: Vec<Construct>,
    /// The words shown.
    pub(super) text: String,
}

impl Reading {
    pub(super) fn links(&self) -> Vec<&str> {
        let mut links = Vec::new();
        for construct in &self.constructs {
            if let Construct::Link(to) = construct {
                links.push(to.as_str());
            }
        }
        links
    }
}

const EMOTICONS: [&str; 29] = [
    ":)",
    ":(",
    ":P",
    ":p",
    ":D",
    ";)",
    ":-)",
    ":-(",
    ":-P",
    ":-D",
    ";-)",
    "(y)",
    "(n)",
    "(i)",
    "(/)",
    "(x)",
    "(!)",
    "(+)",
    "(-)",
    "(?)",
    "(on)",
    "(off)",
    "(*)",
    "(*r)",
    "(*g)",
    "(*b)",
    "(*y)",
    "(flag)",
    "(flagoff)",
];

/// Reads a whole text.
pub(super) fn read(markup: &str) -> Reading {
    let mut reading = Reading::default();
    let chars: Vec<char> = markup.chars().collect();
    macros(&chars, &mut reading);
    reading
}

/// Macros come first: they are found wherever a brace is not escaped.
fn macros(chars: &[char], reading: &mut Reading) {
    let mut plain = 0;
    let mut at = 0;
    while at < chars.len() {
        if chars[at] == '\\' {
            at += 2;
            continue;
        }
        let Some((name, end)) = macro_at(chars, at) else {
            at += 1;
            continue;
        };
        blocks(&chars[plain..at], reading);
        reading.constructs.push(Construct::Macro(name.clone()));
        at = end;
        if name == "code" || name == "noformat" {
            let close: Vec<char> = format!("{{{name}}}").chars().collect();
            let body = (at..chars.len()).find(|from| chars[*from..].starts_with(&close));
            let body_end = body.unwrap_or(chars.len());
            reading.text.extend(&chars[at..body_end]);
            at = (body_end + close.len()).min(chars.len());
        }
        plain = at;
    }
    blocks(&chars[plain.min(chars.len())..], reading);
}

/// The macro that begins here: a name, perhaps parameters, a closing brace.
fn macro_at(chars: &[char], at: usize) -> Option<(String, usize)> {
    if chars[at] != '{' {
        return None;
    }
    let end = at + chars[at..].iter().position(|c| *c == '}' || *c == '\n')?;
    let inner: String = chars[at + 1..end].iter().collect();
    let name = inner.split(':').next()?.to_ascii_lowercase();
    let known = [
        "code", "noformat", "quote", "panel", "color", "anchor", "html", "info", "note", "tip",
        "warning", "include", "expand",
    ];
    (chars[end] == '}' && known.contains(&name.as_str())).then_some((name, end + 1))
}

fn blocks(chars: &[char], reading: &mut Reading) {
    for line in chars.split(|c| *c == '\n') {
        let start = line.iter().take_while(|c| c.is_whitespace()).count();
        block_line(&line[start..], reading);
        reading.text.push('\n');
    }
}

fn block_line(line: &[char], reading: &mut Reading) {
    let text: String = line.iter().collect();
    let is_heading = matches!(line, ['h', '1'..='6', '.', ..]);
    if is_heading || text.starts_with("bq.") {
        reading.constructs.push(if is_heading {
            Construct::Heading
        } else {
            Construct::BlockQuote
        });
        return item(&line[3..], reading);
    }
    if text.trim_end().len() >= 4 && text.trim_end().chars().all(|c| c == '-') {
        return reading.constructs.push(Construct::Rule);
    }
    if line.first() == Some(&'|') {
        reading.constructs.push(Construct::Row);
        return cells(line, reading);
    }
    item(line, reading);
}

/// Text that may begin with the sign of a list.
fn item(line: &[char], reading: &mut Reading) {
    let start = line.iter().take_while(|c| c.is_whitespace()).count();
    let line = &line[start..];
    let signs = line.iter().take_while(|c| "*#-".contains(**c)).count();
    if signs > 0 && line.get(signs).is_none_or(|c| c.is_whitespace()) {
        let signs_text = line[..signs].iter().collect();
        reading.constructs.push(Construct::Item(signs_text));
        return item(&line[signs..], reading);
    }
    let text: String = line.iter().collect();
    if matches!(line, ['h', '1'..='6', '.', ..]) || text.starts_with("bq.") {
        reading.constructs.push(Construct::Heading);
    }
    inline(line, reading);
}

fn cells(line: &[char], reading: &mut Reading) {
    let mut cell = 0;
    let mut at = 0;
    while at < line.len() {
        match line[at] {
            '\\' => at += 1,
            '[' => at = find(line, at, ']').unwrap_or(at),
            '|' => {
                item(&line[cell..at], reading);
                cell = at + 1;
            }
            _ => {}
        }
        at += 1;
    }
    item(&line[cell.min(line.len())..], reading);
}

/// The next sign of a kind that no backslash precedes and no link holds: links
/// are read before other signs.
fn find(line: &[char], from: usize, sign: char) -> Option<usize> {
    let mut at = from + 1;
    while at < line.len() {
        match line[at] {
            '\\' => at += 1,
            c if c == sign => return Some(at),
            '[' => at = find(line, at, ']').unwrap_or(at),
            _ => {}
        }
        at += 1;
    }
    None
}

fn inline(line: &[char], reading: &mut Reading) {
    let mut at = 0;
    while at < line.len() {
        at = match construct(line, at, reading) {
            Some(end) => end,
            None => literal(line, at, reading),
        };
    }
}

/// A sign that is shown: as it is, after a backslash, or as an entity.
fn literal(line: &[char], at: usize, reading: &mut Reading) -> usize {
    match (line[at], line.get(at + 1)) {
        ('\\', Some('\\')) => {
            reading.text.push('\n');
            item(&line[at + 2..], reading);
            line.len()
        }
        // Braces are lost, also after a backslash.
        ('\\', Some('{' | '}')) => at + 2,
        // A backslash before these is shown.
        ('\\', Some('.' | '(' | ')')) => {
            reading.text.push('\\');
            at + 1
        }
        ('\\', Some(c)) if c.is_ascii_punctuation() => {
            reading.text.push(*c);
            at + 2
        }
        ('&', _) => match entity(&line[at..]) {
            Some((c, length)) => {
                reading.text.push(c);
                at + length
            }
            None => {
                reading.text.push('&');
                at + 1
            }
        },
        (c, _) => {
            reading.text.push(c);
            at + 1
        }
    }
}

fn entity(rest: &[char]) -> Option<(char, usize)> {
    let end = rest.iter().take(40).position(|c| *c == ';')?;
    let name: String = rest[1..end].iter().collect();
    let c = match name.strip_prefix('#') {
        Some(digits) => char::from_u32(digits.parse().ok()?)?,
        None if name == "amp" => '&',
        // A name that the writer never uses: show that it was taken for one.
        None if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric()) => '�',
        None => return None,
    };
    Some((c, end + 1))
}

fn construct(line: &[char], at: usize, reading: &mut Reading) -> Option<usize> {
    let rest: String = line[at..].iter().take(12).collect();
    let before = at.checked_sub(1).map(|before| line[before]);
    if let Some(found) = EMOTICONS.iter().find(|sign| rest.starts_with(**sign)) {
        reading
            .constructs
            .push(Construct::Emoticon((*found).to_owned()));
        return Some(at + found.chars().count());
    }
    if let Some(end) = address(line, at) {
        let address = line[at..end].iter().collect();
        reading.constructs.push(Construct::AutoLink(address));
        return Some(end);
    }
    match line[at] {
        '[' => {
            let end = find(line, at, ']')?;
            let inner = &line[at + 1..end];
            let bar = inner.iter().position(|c| *c == '|');
            let target = &inner[bar.map_or(0, |bar| bar + 1)..];
            reading
                .constructs
                .push(Construct::Link(target.iter().collect()));
            match bar {
                Some(bar) => inline(&inner[..bar], reading),
                None => reading.text.extend(target),
            }
            Some(end + 1)
        }
        '!' if line.get(at + 1).is_some_and(|c| !c.is_whitespace()) => {
            let end = find(line, at, '!')?;
            let image = line[at..=end].iter().collect();
            reading.constructs.push(Construct::Image(image));
            Some(end + 1)
        }
        '{' if rest.starts_with("{{") => {
            let end = (at + 2..line.len()).find(|end| line[*end..].starts_with(&['}', '}']))?;
            reading.constructs.push(Construct::Monospace);
            inline(&line[at + 2..end], reading);
            Some(end + 2)
        }
        '{' => braced(line, at, reading),
        '?' if rest.starts_with("??") => {
            reading.constructs.push(Construct::Citation);
            Some(at + 2)
        }
        '-' if rest.starts_with("--") => {
            reading.constructs.push(Construct::Dash);
            Some(at + 2)
        }
        sign if "*_-+^~".contains(sign) && !before.is_some_and(char::is_alphanumeric) => {
            let next = line.get(at + 1)?;
            let end = closing(line, at, sign).filter(|_| !next.is_whitespace())?;
            reading.constructs.push(Construct::Phrase(sign));
            inline(&line[at + 1..end], reading);
            Some(end + 1)
        }
        _ => None,
    }
}

/// `{*}bold{*}`
fn braced(line: &[char], at: usize, reading: &mut Reading) -> Option<usize> {
    let mark = line.get(at..at + 3)?;
    if !("*_-+^~".contains(mark[1]) && mark[2] == '}') {
        return None;
    }
    let end = (at + 3..line.len()).find(|end| line[*end..].starts_with(mark))?;
    reading.constructs.push(Construct::Phrase(mark[1]));
    inline(&line[at + 3..end], reading);
    Some(end + 3)
}

fn closing(line: &[char], at: usize, sign: char) -> Option<usize> {
    let mut end = find(line, at, sign)?;
    while line[end - 1].is_whitespace()
        || line.get(end + 1).is_some_and(|c| c.is_alphanumeric())
        || end == at + 1
    {
        end = find(line, end, sign)?;
    }
    Some(end)
}

/// The end of an address that would be made a link.
fn address(line: &[char], at: usize) -> Option<usize> {
    let rest: String = line[at..].iter().collect();
    let lower = rest.to_ascii_lowercase();
    let schemes = [
        "http://",
        "https://",
        "ftp://",
        "ftps://",
        "file:/",
        "mailto:",
        "news:",
        "nntp:",
        "irc://",
        "skype:",
        "callto:",
        "javascript:",
        "file:\\",
        "ssh://",
        "smb://",
    ];
    let scheme = schemes.iter().find(|scheme| lower.starts_with(**scheme))?;
    let after_word = at > 0 && line[at - 1].is_alphanumeric();
    let rest = rest.get(scheme.len()..)?;
    let goes_on = rest.starts_with(|c: char| !c.is_whitespace());
    let length = rest.chars().take_while(|c| !c.is_whitespace()).count();
    (goes_on && !after_word).then_some(at + scheme.len() + length)
}
