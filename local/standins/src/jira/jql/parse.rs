//! From text to a condition. An error is a sentence, as in Jira.

use std::cmp::Ordering;
use std::time::{Duration, SystemTime};

use super::super::site::Site;
use super::super::workflow;
use super::query::{Condition, Query};
use super::text::TextQuery;
use super::values;
use crate::clock::query_time;

type Parsed<T> = Result<T, String>;

/// Fields every site has.
const SYSTEM_FIELDS: [&str; 18] = [
    "key",
    "project",
    "labels",
    "status",
    "statuscategory",
    "issuetype",
    "priority",
    "resolution",
    "assignee",
    "reporter",
    "creator",
    "components",
    "summary",
    "description",
    "text",
    "parent",
    "environment",
    "duedate",
];

/// How deep brackets and `not` may be nested.
const MAX_DEPTH: usize = 100;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    /// A bare word: a keyword, a field or a value.
    Word(String),
    /// Text in quotes: a field or a value, never a keyword.
    Quoted(String),
    /// An operator, a bracket or a comma.
    Sign(&'static str),
}

const SIGNS: [&str; 11] = ["!=", "!~", ">=", "<=", "=", "~", ">", "<", "(", ")", ","];

/// Understands a query against the site's fields, projects and issues.
pub(crate) fn parse(text: &str, site: &Site) -> Parsed<Query> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        depth: 0,
        site,
    };
    let condition = match parser.peek_word("order") || parser.ended() {
        true => None,
        false => Some(parser.any()?),
    };
    let order = parser.order()?;
    match parser.ended() {
        true => Ok(Query { condition, order }),
        false => Err(format!(
            "Expecting either 'OR' or 'AND' but got {:?}.",
            parser.here()
        )),
    }
}

fn tokens(text: &str) -> Parsed<Vec<Token>> {
    let (mut tokens, mut rest) = (Vec::new(), text.trim_start());
    while let Some(first) = rest.chars().next() {
        let after = if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest.get(sign.len()..)
        } else if matches!(first, '"' | '\'') {
            let (value, after) = quoted(rest, first)?;
            tokens.push(Token::Quoted(value));
            Some(after)
        } else {
            let ends = |c: char| c.is_whitespace() || "=!<>~(),\"'".contains(c);
            let end = rest.find(ends).unwrap_or(rest.len());
            if end == 0 {
                return Err(format!(
                    "The character '{first}' is a reserved JQL character."
                ));
            }
            let (word, after) = rest.split_at(end);
            tokens.push(Token::Word(word.to_owned()));
            Some(after)
        };
        rest = after.unwrap_or_default().trim_start();
    }
    Ok(tokens)
}

/// Reads text in quotes; a backslash takes the next character as it is.
fn quoted(text: &str, quote: char) -> Parsed<(String, &str)> {
    let (mut value, mut escaped) = (String::new(), false);
    for (index, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            _ if c == quote => {
                return Ok((value, text.get(index + c.len_utf8()..).unwrap_or_default()));
            }
            _ => value.push(c),
        }
    }
    Err("The quoted string has not been completed.".to_owned())
}

struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    site: &'a Site,
}

impl Parser<'_> {
    fn here(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn ended(&self) -> bool {
        self.here().is_none()
    }

    fn peek_word(&self, word: &str) -> bool {
        matches!(self.here(), Some(Token::Word(here)) if here.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.peek_word(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.here(), Some(Token::Sign(here)) if *here == sign);
        self.at += usize::from(found);
        found
    }

    /// A word or a quoted text.
    fn operand(&mut self, what: &str) -> Parsed<String> {
        match self.here().cloned() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                self.at += 1;
                Ok(text)
            }
            other => Err(format!("Expecting {what} but got {other:?}.")),
        }
    }

    fn any(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(Condition::Any(parts))
    }

    fn all(&mut self) -> Parsed<Condition> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") {
            parts.push(self.one()?);
        }
        Ok(Condition::All(parts))
    }

    fn one(&mut self) -> Parsed<Condition> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("The query is nested too deeply.".to_owned());
        }
        let condition = if self.take_word("not") {
            Condition::Not(Box::new(self.one()?))
        } else if self.take_sign("(") {
            let inner = self.any()?;
            if !self.take_sign(")") {
                return Err("Expecting ')'.".to_owned());
            }
            inner
        } else {
            self.clause()?
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn field(&mut self) -> Parsed<String> {
        let named = self.operand("a field")?;
        let field = values::canonical(&named);
        let projects = self.site.options.projects.iter();
        let mut customs = projects.flat_map(|project| &project.custom_fields);
        if let Some(custom) = customs.find(|custom| custom.name == named || custom.id == field) {
            return Ok(custom.id.clone());
        }
        let known =
            SYSTEM_FIELDS.contains(&field.as_str()) || values::TIMES.contains(&field.as_str());
        known.then_some(field).ok_or_else(|| {
            format!("Field '{named}' does not exist or you do not have permission to view it.")
        })
    }

    fn clause(&mut self) -> Parsed<Condition> {
        let field = self.field()?;
        if self.take_word("is") {
            let not = self.take_word("not");
            if !self.empty_word() {
                return Err("Expecting EMPTY.".to_owned());
            }
            let empty = Condition::Empty(field);
            return Ok(if not {
                Condition::Not(Box::new(empty))
            } else {
                empty
            });
        }
        if self.take_word("not") {
            let wanted = self.list(&field)?;
            return Ok(Condition::HasNot(field, wanted));
        }
        if self.peek_word("in") {
            let wanted = self.list(&field)?;
            return Ok(Condition::Has(field, wanted));
        }
        let Some(Token::Sign(sign)) = self.here().cloned() else {
            return Err(format!("Expecting an operator but got {:?}.", self.here()));
        };
        self.at += 1;
        self.comparison(field, sign)
    }

    fn comparison(&mut self, field: String, sign: &str) -> Parsed<Condition> {
        if matches!(sign, "=" | "!=") && self.empty_word() {
            let empty = Condition::Empty(field);
            return Ok(if sign == "=" {
                empty
            } else {
                Condition::Not(Box::new(empty))
            });
        }
        let value = self.operand("a value")?;
        if matches!(sign, "~" | "!~") {
            let holds = Condition::Holds(field.clone(), TextQuery::read(&value, &field)?);
            return Ok(if sign == "~" {
                holds
            } else {
                Condition::Not(Box::new(holds))
            });
        }
        if values::TIMES.contains(&field.as_str()) {
            let time = moment(&value)
                .ok_or_else(|| format!("Date value '{value}' for field '{field}' is invalid."))?;
            return Ok(Condition::Time(field, orderings(sign)?, time));
        }
        let wanted = vec![self.known(&field, &value)?];
        match sign {
            "=" => Ok(Condition::Has(field, wanted)),
            "!=" => Ok(Condition::HasNot(field, wanted)),
            _ => Err(format!(
                "The operator '{sign}' is not supported by the '{field}' field."
            )),
        }
    }

    fn empty_word(&mut self) -> bool {
        self.take_word("empty") || self.take_word("null")
    }

    fn list(&mut self, field: &str) -> Parsed<Vec<String>> {
        if !self.take_word("in") || !self.take_sign("(") {
            return Err("Expecting IN and a list of values.".to_owned());
        }
        let mut wanted = Vec::new();
        loop {
            let value = self.operand("a value")?;
            wanted.push(self.known(field, &value)?);
            if self.take_sign(")") {
                return Ok(wanted);
            }
            if !self.take_sign(",") {
                return Err("Expecting ',' or ')'.".to_owned());
            }
        }
    }

    /// Jira refuses values it has never heard of, for fields it can list.
    fn known(&self, field: &str, value: &str) -> Parsed<String> {
        let options = &self.site.options;
        let same = |name: &String| name.eq_ignore_ascii_case(value);
        let exists = match field {
            "project" => options
                .projects
                .iter()
                .any(|it| same(&it.key) || same(&it.name)),
            "issuetype" => options
                .projects
                .iter()
                .any(|it| it.issue_types.iter().any(same)),
            "priority" => options.priorities.iter().any(same),
            "status" => self.site.status_named(value).is_some(),
            "statuscategory" => workflow::is_category(value),
            "key" | "parent" => self.site.store().get(value).is_some(),
            _ => true,
        };
        // One thing, several names: the issue's key of today, a status's name.
        let today = match field {
            "key" => self.site.store().get(value).map(|it| it.key.clone()),
            "status" => self.site.status_named(value).map(|it| it.name.clone()),
            _ => None,
        };
        let value = today.unwrap_or_else(|| value.to_owned()).to_lowercase();
        let missing = format!("The value '{value}' does not exist for the field '{field}'.");
        exists.then_some(value).ok_or(missing)
    }

    fn order(&mut self) -> Parsed<Vec<(String, bool)>> {
        let mut order = Vec::new();
        if !self.take_word("order") {
            return Ok(order);
        }
        if !self.take_word("by") {
            return Err("Expecting 'BY' after 'ORDER'.".to_owned());
        }
        loop {
            let field = self.field()?;
            let descending = self.take_word("desc") || {
                self.take_word("asc");
                false
            };
            order.push((field, descending));
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }
}

fn orderings(sign: &str) -> Parsed<&'static [Ordering]> {
    use Ordering::{Equal, Greater, Less};
    match sign {
        "=" => Ok(&[Equal]),
        "!=" => Ok(&[Less, Greater]),
        ">" => Ok(&[Greater]),
        ">=" => Ok(&[Greater, Equal]),
        "<" => Ok(&[Less]),
        "<=" => Ok(&[Less, Equal]),
        _ => Err(format!(
            "The operator '{sign}' is not supported by date fields."
        )),
    }
}

/// A date, a date with a clock, or a distance from now such as `-30m` or `-1d`.
fn moment(text: &str) -> Option<SystemTime> {
    if let Some(time) = query_time(text) {
        return Some(time);
    }
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let unit = rest.chars().last()?;
    let amount: u64 = rest.strip_suffix(unit)?.parse().ok()?;
    let seconds = match unit {
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        'w' => 604_800,
        _ => return None,
    };
    let distance = Duration::from_secs(amount.checked_mul(seconds)?);
    let now = SystemTime::now();
    if sign < 0 {
        now.checked_sub(distance)
    } else {
        now.checked_add(distance)
    }
}
