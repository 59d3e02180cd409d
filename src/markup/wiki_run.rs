//! Runs of text in wiki markup: their marks, links and breaks.
//!
//! Jira takes `*` for bold only at the border of a word, and not next to a
//! space; within a word it wants `{*}`. So white space at a run's ends is
//! written outside of its marks, and each run carries marks of its own.

use super::{
    inline::{Run, flatten},
    tree::Inline,
    wiki_text::{Escape, Pen},
};

/// Writes running text, its breaks as `line_break`.
pub(super) fn write_text(content: &[Inline], line_break: &str, out: &mut String) {
    let mut pen = Pen::new(out);
    let runs = flatten(content);
    for (index, run) in runs.iter().enumerate() {
        if run.is_break() {
            pen.line_break(line_break);
            continue;
        }
        let body = run.text.trim_start();
        let before = run.text.len() - body.len();
        let body = body.trim_end();
        let after = before + body.len();
        space(run.text.get(..before), &mut pen);
        if !body.is_empty() {
            let after = run.text.get(after..).unwrap_or_default();
            write_run(run, body, next(after, runs.get(index + 1)), &mut pen);
            space(Some(after), &mut pen);
        }
    }
}

fn space(text: Option<&str>, pen: &mut Pen<'_>) {
    pen.text(text.unwrap_or_default(), ' ', Escape::Backslash);
}

/// What a run's words are followed by.
fn next(space: &str, following: Option<&Run<'_>>) -> char {
    let following = || following.and_then(|run| run.text.chars().next());
    let own = space.chars().next();
    own.or_else(following).unwrap_or('\n')
}

fn write_run(run: &Run<'_>, body: &str, next: char, pen: &mut Pen<'_>) {
    let marks = [
        (run.marks.strong, '*'),
        (run.marks.em, '_'),
        (run.marks.strike, '-'),
    ];
    let marks = marks.iter().filter(|(is_set, _)| *is_set);
    let marks = marks.map(|(_, sign)| *sign);
    let at_word = starts_word(pen.before()) && ends_word(next);
    let sign = |sign: char, pen: &mut Pen<'_>| {
        if at_word {
            pen.out.push(sign);
        } else {
            pen.out.extend(['{', sign, '}']);
        }
    };
    marks.clone().for_each(|mark| sign(mark, pen));
    let is_marked = marks.clone().next().is_some();
    match &run.href {
        Some(href) => pen.link(body, href),
        None if run.marks.code => pen.monospace(body),
        None if !is_marked && next.is_whitespace() => pen.text(body, next, Escape::Backslash),
        None => pen.text(body, '*', Escape::Backslash),
    }
    marks.rev().for_each(|mark| sign(mark, pen));
}

fn starts_word(before: char) -> bool {
    before.is_whitespace() || matches!(before, '(' | '"' | '\'')
}

fn ends_word(next: char) -> bool {
    next.is_whitespace() || matches!(next, '.' | ',' | ';' | ':' | ')' | '"' | '\'')
}
