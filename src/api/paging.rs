//! Which part of a long list: `?before=120&limit=50`.

use http::StatusCode;
use http::request::Parts;

use super::answer::Problem;

/// So many entries are shown if nothing else is said.
const DEFAULT_LIMIT: usize = 50;
/// More are not shown at once.
const LARGEST_LIMIT: usize = 200;

/// A part of a list that is numbered, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Paging {
    /// Only entries with smaller numbers.
    pub(super) before: Option<u64>,
    /// At most so many.
    pub(super) limit: usize,
}

impl Paging {
    /// From a request's query.
    pub(super) fn read(head: &Parts) -> Result<Self, Problem> {
        let mut paging = Self {
            before: None,
            limit: DEFAULT_LIMIT,
        };
        let query = head.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "before" => paging.before = Some(number(&name, &value)?),
                "limit" => {
                    let limit = usize::try_from(number(&name, &value)?).unwrap_or(usize::MAX);
                    paging.limit = limit.clamp(1, LARGEST_LIMIT);
                }
                _ => {}
            }
        }
        Ok(paging)
    }
}

fn number(name: &str, value: &str) -> Result<u64, Problem> {
    value.parse().map_err(|_| {
        let detail = format!("`{name}` is not a whole number");
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })
}
