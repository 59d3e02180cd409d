//! A line of wiki markup to the tree. A mark that does not end in its line is the
//! sign it is.

use super::{
    build::Builder,
    wiki_lexer::{Lexer, Role, SIGNS, Token},
};

/// Adds a line's words.
pub(super) fn phrases(line: &str, builder: &mut Builder) {
    let mut tokens = Lexer::new(line).tokens();
    pair(&mut tokens);
    for token in &tokens {
        match token {
            Token::Text(text) => builder.text(text),
            Token::Code(text) => builder.inline_code(text),
            Token::Break => builder.line_break(),
            Token::Link { href, text } => {
                builder.link(href);
                builder.text(text);
                builder.unlink();
            }
            Token::Sign(sign) => {
                let mark = SIGNS.iter().find(|(it, ..)| *it == sign.sign);
                let mark = mark.and_then(|(.., mark)| *mark);
                match (sign.role, mark) {
                    (Role::Text, _) => builder.text(sign.written),
                    (Role::Open, Some(mark)) => builder.mark(mark),
                    (Role::Close, Some(mark)) => builder.unmark(mark),
                    (_, None) => {}
                }
            }
        }
    }
}

/// Finds which signs are marks: each with the nearest of its kind, and none across
/// another.
fn pair(tokens: &mut [Token]) {
    let mut open: [Option<usize>; SIGNS.len()] = [None; SIGNS.len()];
    for at in 0..tokens.len() {
        let Some(Token::Sign(sign)) = tokens.get(at) else {
            continue;
        };
        let Some(kind) = SIGNS.iter().position(|(it, ..)| *it == sign.sign) else {
            continue;
        };
        let opener = open.get(kind).copied().flatten();
        match opener.filter(|_| sign.closes) {
            Some(opener) => {
                set(tokens, opener, Role::Open);
                set(tokens, at, Role::Close);
                for other in &mut open {
                    *other = other.filter(|it| *it < opener);
                }
            }
            None if sign.opens => {
                if let Some(open) = open.get_mut(kind) {
                    *open = Some(at);
                }
            }
            None => {}
        }
    }
}

fn set(tokens: &mut [Token], at: usize, role: Role) {
    if let Some(Token::Sign(sign)) = tokens.get_mut(at) {
        sign.role = role;
    }
}
