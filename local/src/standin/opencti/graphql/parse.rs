//! Tokens to a tree.

use serde_json::Value;

use super::lexer::{Token, tokens};
use super::{
    Document, Field, Fragment, Kind, Literal, Mistake, Operation, Position, Selection, Type,
    Variable,
};

/// Nothing that makes sense is nested deeper; a hostile document would end the
/// stack.
const MAX_DEPTH: usize = 64;

/// Reads a document.
pub(crate) fn parse(text: &str) -> Result<Document, Mistake> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        depth: 0,
    };
    let mut document = Document::default();
    while document.operations.is_empty() || *parser.peek() != Token::End {
        parser.definition(&mut document)?;
    }
    Ok(document)
}

struct Parser {
    tokens: Vec<(Token, Position)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens
            .get(self.next)
            .map_or(&Token::End, |(token, _)| token)
    }

    fn at(&self) -> Position {
        let last = self.tokens.last().map(|(_, at)| *at);
        let here = self.tokens.get(self.next).map(|(_, at)| *at);
        here.or(last).unwrap_or(Position { line: 1, column: 1 })
    }

    fn advance(&mut self) {
        self.next += 1;
    }

    fn unexpected<T>(&self) -> Result<T, Mistake> {
        let text = format!("Syntax Error: Unexpected {}.", self.peek().shown());
        Err(Mistake::new(self.at(), text))
    }

    fn eat(&mut self, mark: char) -> bool {
        let found = *self.peek() == Token::Mark(mark);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, mark: char) -> Result<(), Mistake> {
        if self.eat(mark) {
            return Ok(());
        }
        let found = self.peek().shown();
        let text = format!("Syntax Error: Expected \"{mark}\", found {found}.");
        Err(Mistake::new(self.at(), text))
    }

    fn name(&mut self) -> Result<String, Mistake> {
        if let Token::Name(name) = self.peek() {
            let name = name.clone();
            self.advance();
            return Ok(name);
        }
        let found = self.peek().shown();
        let text = format!("Syntax Error: Expected Name, found {found}.");
        Err(Mistake::new(self.at(), text))
    }

    /// One level down and up again.
    fn nested<T>(
        &mut self,
        read: impl FnOnce(&mut Parser) -> Result<T, Mistake>,
    ) -> Result<T, Mistake> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Mistake::new(self.at(), "Syntax Error: nested too deep."));
        }
        let read = read(self);
        self.depth -= 1;
        read
    }

    /// What stands between two marks, at least one.
    fn between<T>(
        &mut self,
        marks: (char, char),
        read: impl Fn(&mut Parser) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        self.expect(marks.0)?;
        let mut found = vec![self.nested(&read)?];
        while !self.eat(marks.1) {
            found.push(self.nested(&read)?);
        }
        Ok(found)
    }

    fn definition(&mut self, document: &mut Document) -> Result<(), Mistake> {
        let at = self.at();
        if *self.peek() == Token::Mark('{') {
            let selection = self.selection()?;
            let (kind, name, variables) = (Kind::Query, None, Vec::new());
            document.operations.push(Operation {
                kind,
                name,
                variables,
                selection,
                at,
            });
            return Ok(());
        }
        let word = match self.peek() {
            Token::Name(word) => word.clone(),
            _ => return self.unexpected(),
        };
        let kind = match word.as_str() {
            "query" => Kind::Query,
            "mutation" => Kind::Mutation,
            "subscription" => Kind::Subscription,
            "fragment" => {
                let fragment = self.fragment(at)?;
                document.fragments.push(fragment);
                return Ok(());
            }
            _ => return self.unexpected(),
        };
        let operation = self.operation(kind, at)?;
        document.operations.push(operation);
        Ok(())
    }

    fn operation(&mut self, kind: Kind, at: Position) -> Result<Operation, Mistake> {
        self.advance();
        let name = match self.peek() {
            Token::Name(_) => Some(self.name()?),
            _ => None,
        };
        let variables = match self.peek() {
            Token::Mark('(') => self.between(('(', ')'), Parser::variable)?,
            _ => Vec::new(),
        };
        self.directives()?;
        let selection = self.selection()?;
        Ok(Operation {
            kind,
            name,
            variables,
            selection,
            at,
        })
    }

    fn fragment(&mut self, at: Position) -> Result<Fragment, Mistake> {
        self.advance();
        let name = self.name()?;
        if *self.peek() != Token::Name("on".to_owned()) {
            return self.unexpected();
        }
        self.advance();
        let on = self.name()?;
        self.directives()?;
        let selection = self.selection()?;
        Ok(Fragment {
            name,
            on,
            selection,
            at,
        })
    }

    fn variable(&mut self) -> Result<Variable, Mistake> {
        let at = self.at();
        self.expect('$')?;
        let name = self.name()?;
        self.expect(':')?;
        let of = self.type_reference()?;
        let default = match self.eat('=') {
            true => Some(self.literal()?),
            false => None,
        };
        self.directives()?;
        Ok(Variable {
            name,
            of,
            default,
            at,
        })
    }

    fn type_reference(&mut self) -> Result<Type, Mistake> {
        let inner = if self.eat('[') {
            let inner = self.nested(Parser::type_reference)?;
            self.expect(']')?;
            Type::List(Box::new(inner))
        } else {
            Type::Named(self.name()?)
        };
        Ok(match self.eat('!') {
            true => Type::NonNull(Box::new(inner)),
            false => inner,
        })
    }

    /// Directives are read and left aside.
    fn directives(&mut self) -> Result<(), Mistake> {
        while self.eat('@') {
            self.name()?;
            self.arguments()?;
        }
        Ok(())
    }

    fn selection(&mut self) -> Result<Vec<Selection>, Mistake> {
        self.between(('{', '}'), Parser::entry)
    }

    fn entry(&mut self) -> Result<Selection, Mistake> {
        let at = self.at();
        if *self.peek() != Token::Spread {
            return self.field(at).map(Selection::Field);
        }
        self.advance();
        let on = match self.peek() {
            Token::Name(word) if word == "on" => {
                self.advance();
                Some(self.name()?)
            }
            Token::Name(_) => {
                let name = self.name()?;
                self.directives()?;
                return Ok(Selection::Spread { name, at });
            }
            _ => None,
        };
        self.directives()?;
        let selection = self.selection()?;
        Ok(Selection::Inline { on, selection, at })
    }

    fn field(&mut self, at: Position) -> Result<Field, Mistake> {
        let first = self.name()?;
        let (alias, name) = match self.eat(':') {
            true => (Some(first), self.name()?),
            false => (None, first),
        };
        let arguments = self.arguments()?;
        self.directives()?;
        let selection = match self.peek() {
            Token::Mark('{') => self.selection()?,
            _ => Vec::new(),
        };
        Ok(Field {
            alias,
            name,
            arguments,
            selection,
            at,
        })
    }

    fn arguments(&mut self) -> Result<Vec<(String, Literal)>, Mistake> {
        match self.peek() {
            Token::Mark('(') => self.between(('(', ')'), Parser::member),
            _ => Ok(Vec::new()),
        }
    }

    /// `name: value`
    fn member(&mut self) -> Result<(String, Literal), Mistake> {
        let name = self.name()?;
        self.expect(':')?;
        Ok((name, self.literal()?))
    }

    fn literal(&mut self) -> Result<Literal, Mistake> {
        let literal = match self.peek().clone() {
            Token::Plain(value) => Literal::Plain(value),
            Token::Name(word) => match word.as_str() {
                "true" => Literal::Plain(Value::Bool(true)),
                "false" => Literal::Plain(Value::Bool(false)),
                "null" => Literal::Plain(Value::Null),
                _ => Literal::Enum(word),
            },
            Token::Mark('$') => {
                self.advance();
                return self.name().map(Literal::Variable);
            }
            Token::Mark('[') => return self.many(']', Parser::literal).map(Literal::List),
            Token::Mark('{') => return self.many('}', Parser::member).map(Literal::Object),
            _ => return self.unexpected(),
        };
        self.advance();
        Ok(literal)
    }

    /// What follows the mark at hand until the closing one, maybe nothing.
    fn many<T>(
        &mut self,
        end: char,
        read: impl Fn(&mut Parser) -> Result<T, Mistake>,
    ) -> Result<Vec<T>, Mistake> {
        self.advance();
        let mut found = Vec::new();
        while !self.eat(end) {
            found.push(self.nested(&read)?);
        }
        Ok(found)
    }
}
