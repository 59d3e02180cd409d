//! Running text as a row of runs, each with its marks.
//!
//! Readers and writers think in runs ("these words, bold, in that link"); the
//! tree nests. [`flatten`] goes one way and [`nest`] the other.

use std::{borrow::Cow, mem, rc::Rc};

use super::{clean, tree::Inline};

/// How a run looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Marks {
    pub(super) strong: bool,
    pub(super) em: bool,
    pub(super) strike: bool,
    pub(super) code: bool,
}

/// Words that look the same; a run `"\n"` is a line break, and no other run
/// holds a line end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) marks: Marks,
    pub(super) href: Option<Rc<str>>,
}

impl<'a> Run<'a> {
    /// Words without marks, as they are.
    pub(super) fn plain(text: &'a str) -> Self {
        Self {
            text: Cow::Borrowed(text),
            marks: Marks::default(),
            href: None,
        }
    }

    pub(super) fn is_break(&self) -> bool {
        self.text == "\n"
    }

    fn looks_like(&self, other: &Self) -> bool {
        self.marks == other.marks && self.href == other.href
    }
}

/// The runs of a text: cleaned, none empty, neighbours that look the same
/// joined, without breaks and white space at either end.
pub(super) fn flatten(inlines: &[Inline]) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    walk(inlines, Marks::default(), None, &mut runs);
    trim(runs)
}

fn walk<'a>(inlines: &'a [Inline], marks: Marks, href: Option<&Rc<str>>, runs: &mut Vec<Run<'a>>) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => push(runs, clean::line(text), marks, href),
            Inline::Code(text) => {
                push(
                    runs,
                    clean::line(text),
                    Marks {
                        code: true,
                        ..marks
                    },
                    href,
                );
            }
            Inline::Break => runs.push(Run {
                text: Cow::Borrowed("\n"),
                marks: Marks::default(),
                href: None,
            }),
            Inline::Strong(inner) => {
                walk(
                    inner,
                    Marks {
                        strong: true,
                        ..marks
                    },
                    href,
                    runs,
                );
            }
            Inline::Em(inner) => walk(inner, Marks { em: true, ..marks }, href, runs),
            Inline::Strike(inner) => {
                walk(
                    inner,
                    Marks {
                        strike: true,
                        ..marks
                    },
                    href,
                    runs,
                );
            }
            Inline::Link { href: to, content } => link(to, content, marks, href, runs),
        }
    }
}

fn link<'a>(
    to: &'a str,
    content: &'a [Inline],
    marks: Marks,
    outer: Option<&Rc<str>>,
    runs: &mut Vec<Run<'a>>,
) {
    let checked = clean::href(to).map(Rc::from);
    let href = outer.or(checked.as_ref());
    let before = runs.len();
    let joined_before = runs.last().map(|run| run.text.len());
    walk(content, marks, href, runs);
    let silent = runs.len() == before && runs.last().map(|run| run.text.len()) == joined_before;
    if silent {
        push(runs, clean::line(to), marks, href);
    }
}

fn push<'a>(runs: &mut Vec<Run<'a>>, text: Cow<'a, str>, marks: Marks, href: Option<&Rc<str>>) {
    if text.is_empty() {
        return;
    }
    let run = Run {
        text,
        marks,
        href: href.cloned(),
    };
    match runs.last_mut() {
        Some(last) if last.looks_like(&run) && !last.is_break() => {
            last.text.to_mut().push_str(&run.text);
        }
        _ => runs.push(run),
    }
}

fn trim(mut runs: Vec<Run<'_>>) -> Vec<Run<'_>> {
    while runs.last().is_some_and(|run| run.text.trim().is_empty()) {
        runs.pop();
    }
    let blank = runs.iter().take_while(|run| run.text.trim().is_empty());
    let blank = blank.count();
    runs.drain(..blank);
    if let Some(first) = runs.first_mut() {
        cut_to(&mut first.text, str::trim_start);
    }
    if let Some(last) = runs.last_mut() {
        cut_to(&mut last.text, str::trim_end);
    }
    runs
}

fn cut_to(text: &mut Cow<'_, str>, part: fn(&str) -> &str) {
    if part(text).len() != text.len() {
        *text = Cow::Owned(part(text).to_owned());
    }
}

/// The tree of a row of runs: neighbours share their link, then strong, then
/// emphasis, then strike.
pub(super) fn nest(mut runs: Vec<Run<'_>>) -> Vec<Inline> {
    let mut out = Vec::with_capacity(runs.len());
    for group in runs.chunk_by_mut(|a, b| a.href == b.href) {
        let Some(href) = group.first_mut().and_then(|run| run.href.take()) else {
            nest_marks(group, LAYERS, &mut out);
            continue;
        };
        let mut content = Vec::with_capacity(group.len());
        nest_marks(group, LAYERS, &mut content);
        let href = href.as_ref().to_owned();
        out.push(Inline::Link { href, content });
    }
    out
}

/// One kind of mark: whether a run has it, and the node that carries it.
type Layer = (fn(Marks) -> bool, fn(Vec<Inline>) -> Inline);

const LAYERS: &[Layer] = &[
    (|marks| marks.strong, Inline::Strong),
    (|marks| marks.em, Inline::Em),
    (|marks| marks.strike, Inline::Strike),
];

fn nest_marks(runs: &mut [Run<'_>], layers: &[Layer], out: &mut Vec<Inline>) {
    let Some(((has, wrap), deeper)) = layers.split_first() else {
        out.extend(runs.iter_mut().map(leaf));
        return;
    };
    for group in runs.chunk_by_mut(|a, b| has(a.marks) == has(b.marks)) {
        if group.first().is_some_and(|run| has(run.marks)) {
            let mut inner = Vec::with_capacity(group.len());
            nest_marks(group, deeper, &mut inner);
            out.push(wrap(inner));
        } else {
            nest_marks(group, deeper, out);
        }
    }
}

/// A run's words, which it gives away.
fn leaf(run: &mut Run<'_>) -> Inline {
    if run.is_break() {
        Inline::Break
    } else if run.marks.code {
        Inline::Code(mem::take(&mut run.text).into_owned())
    } else {
        Inline::Text(mem::take(&mut run.text).into_owned())
    }
}
