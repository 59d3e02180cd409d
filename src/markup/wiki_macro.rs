//! The macros of wiki markup that stand for blocks.

/// A macro's begin, or its end, within a line.
pub(super) struct Macro<'l> {
    pub(super) kind: MacroKind,
    /// What stands between the colon and the brace.
    parameters: &'l str,
    /// Where it begins and ends, in bytes.
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MacroKind {
    Code,
    /// `{noformat}`: kept as it is, and in no language.
    Verbatim,
    Quote,
    /// A coloured box, or one that opens: its content stays.
    Box,
}

/// The macros that Jira has for blocks.
const NAMES: [(&str, MacroKind); 9] = [
    ("code", MacroKind::Code),
    ("noformat", MacroKind::Verbatim),
    ("quote", MacroKind::Quote),
    ("panel", MacroKind::Box),
    ("info", MacroKind::Box),
    ("note", MacroKind::Box),
    ("tip", MacroKind::Box),
    ("warning", MacroKind::Box),
    ("expand", MacroKind::Box),
];

/// Longer parameters are none.
const PARAMETERS_LIMIT: usize = 300;

impl Macro<'_> {
    /// The language of a code macro: `{code:java}`, `{code:java|title=x}`,
    /// `{code:title=x|language=java}`.
    pub(super) fn language(&self) -> Option<String> {
        let named = |part: &str| match part.split_once('=') {
            Some((name, value)) => {
                let is_named = name.trim().eq_ignore_ascii_case("language");
                is_named.then(|| value.trim().to_owned())
            }
            None => Some(part.trim().to_owned()),
        };
        let mut parts = self.parameters.split('|');
        let language = parts.find_map(named)?;
        let is_one = !language.is_empty() && !language.eq_ignore_ascii_case("none");
        is_one.then_some(language)
    }
}

/// The first macro of a line.
pub(super) fn find(line: &str) -> Option<Macro<'_>> {
    let braces = line.match_indices('{').map(|(at, _)| at);
    braces
        .filter(|at| !is_escaped(line, *at))
        .find_map(|start| {
            let inner = line.get(start + 1..)?;
            let (name, kind) = NAMES.into_iter().find(|(name, _)| {
                let head = inner.get(..name.len());
                head.is_some_and(|head| head.eq_ignore_ascii_case(name))
            })?;
            let rest = inner.get(name.len()..)?;
            let parameters = match rest.strip_prefix(':') {
                Some(rest) => {
                    let head = rest.get(..rest.floor_char_boundary(PARAMETERS_LIMIT));
                    head?.split_once('}')?.0
                }
                None if rest.starts_with('}') => "",
                None => return None,
            };
            let colon = usize::from(rest.starts_with(':'));
            let end = start + 1 + name.len() + colon + parameters.len() + 1;
            Some(Macro {
                kind,
                parameters,
                start,
                end,
            })
        })
}

fn is_escaped(line: &str, at: usize) -> bool {
    let before = line.get(..at).unwrap_or_default();
    (before.len() - before.trim_end_matches('\\').len()) % 2 == 1
}

/// The text up to the end of a macro whose text is kept as it is, and what follows.
/// One that does not end goes to the end.
pub(super) fn find_end(kind: MacroKind, rest: &str) -> (&str, &str) {
    let end = match kind {
        MacroKind::Verbatim => "{noformat}",
        _ => "{code}",
    };
    let is_end = |at: &usize| {
        let found = rest.get(*at..at + end.len());
        found.is_some_and(|found| found.eq_ignore_ascii_case(end))
    };
    let mut braces = rest.match_indices('{').map(|(at, _)| at);
    match braces.find(is_end) {
        Some(at) => {
            let after = rest.get(at + end.len()..).unwrap_or_default();
            (rest.get(..at).unwrap_or_default(), after)
        }
        None => (rest, ""),
    }
}
