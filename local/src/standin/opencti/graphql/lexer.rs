//! Characters to tokens.

use serde_json::{Value, json};

use super::{Mistake, Position};

/// A part of a document that means something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Mark(char),
    Spread,
    /// A number or a string.
    Plain(Value),
    End,
}

impl Token {
    /// As messages name it.
    pub(super) fn shown(&self) -> String {
        match self {
            Token::Name(name) => format!("Name \"{name}\""),
            Token::Mark(mark) => format!("\"{mark}\""),
            Token::Spread => "\"...\"".to_owned(),
            Token::Plain(Value::String(text)) => format!("String {text:?}"),
            Token::Plain(number) => format!("Number {number}"),
            Token::End => "<EOF>".to_owned(),
        }
    }
}

/// Every token with its place; the last one is the end.
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, Position)>, Mistake> {
    let mut lexer = Lexer {
        rest: text,
        at: Position { line: 1, column: 1 },
    };
    let mut found = Vec::new();
    loop {
        lexer.skip_ignored();
        let at = lexer.at;
        let token = lexer.token()?;
        let ended = token == Token::End;
        found.push((token, at));
        if ended {
            return Ok(found);
        }
    }
}

struct Lexer<'a> {
    rest: &'a str,
    at: Position,
}

impl<'a> Lexer<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = self.rest.get(next.len_utf8()..).unwrap_or_default();
        if next == '\n' {
            self.at.line += 1;
            self.at.column = 1;
        } else {
            self.at.column += 1;
        }
        Some(next)
    }

    fn eat(&mut self, start: &str) -> bool {
        let found = self.rest.starts_with(start);
        if found {
            start.chars().for_each(|_| {
                self.next();
            });
        }
        found
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        let taken = self.rest.get(..length).unwrap_or_default();
        taken.chars().for_each(|_| {
            self.next();
        });
        taken
    }

    fn skip_ignored(&mut self) {
        loop {
            self.take_while(|c| c.is_ascii_whitespace() || c == ',' || c == '\u{feff}');
            if self.peek() != Some('#') {
                return;
            }
            self.take_while(|c| c != '\n' && c != '\r');
        }
    }

    fn token(&mut self) -> Result<Token, Mistake> {
        let at = self.at;
        let Some(first) = self.peek() else {
            return Ok(Token::End);
        };
        match first {
            'A'..='Z' | 'a'..='z' | '_' => {
                let name = self.take_while(|c| c.is_ascii_alphanumeric() || c == '_');
                Ok(Token::Name(name.to_owned()))
            }
            '0'..='9' | '-' => self.number(),
            '"' => self.string().map(Token::Plain),
            '.' if self.eat("...") => Ok(Token::Spread),
            '{' | '}' | '(' | ')' | '[' | ']' | ':' | '!' | '$' | '=' | '@' | '|' | '&' => {
                self.next();
                Ok(Token::Mark(first))
            }
            other => Err(Mistake::new(
                at,
                format!("Unexpected character: \"{other}\"."),
            )),
        }
    }

    fn number(&mut self) -> Result<Token, Mistake> {
        let at = self.at;
        let text = self.take_while(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
        serde_json::from_str(text)
            .map(Token::Plain)
            .map_err(|_| Mistake::new(at, format!("Invalid number, {text:?}.")))
    }

    fn string(&mut self) -> Result<Value, Mistake> {
        let at = self.at;
        if self.eat("\"\"\"") {
            return self.block(at);
        }
        self.next();
        // Escapes are JSON's.
        let mut quoted = String::from("\"");
        loop {
            match self.next() {
                None | Some('\n' | '\r') => return Err(Mistake::new(at, "Unterminated string.")),
                Some('"') => break,
                Some('\t') => quoted.push_str("\\t"),
                Some('\\') => {
                    quoted.push('\\');
                    quoted.extend(self.next());
                }
                Some(other) => quoted.push(other),
            }
        }
        quoted.push('"');
        serde_json::from_str(&quoted)
            .map_err(|_| Mistake::new(at, "Invalid character escape sequence."))
    }

    /// A block string; its common indent is not part of it.
    fn block(&mut self, at: Position) -> Result<Value, Mistake> {
        let mut text = String::new();
        while !self.eat("\"\"\"") {
            if self.eat("\\\"\"\"") {
                text.push_str("\"\"\"");
            } else {
                let next = self.next();
                text.push(next.ok_or_else(|| Mistake::new(at, "Unterminated string."))?);
            }
        }
        let blank = |line: &str| line.trim().is_empty();
        let indents = text.lines().skip(1).filter(|line| !blank(line));
        let indent = indents
            .map(|line| line.len() - line.trim_start().len())
            .min();
        let lines = text.lines().enumerate().map(|(number, line)| match number {
            0 => line,
            _ => line.get(indent.unwrap_or(0)..).unwrap_or_default(),
        });
        let lines: Vec<&str> = lines.collect();
        let first = lines.iter().position(|line| !blank(line)).unwrap_or(0);
        let last = lines.iter().rposition(|line| !blank(line));
        let kept = lines.get(first..last.map_or(first, |last| last + 1));
        Ok(json!(kept.unwrap_or_default().join("\n")))
    }
}
