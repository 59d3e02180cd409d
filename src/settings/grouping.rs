//! What an issue of an alert stands for, and for how long.

/// The longest window, in hours: a year.
pub(super) const LONGEST_WINDOW: u64 = 8760;

/// What an issue of an alert stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    /// A row, and the same row in later runs.
    Row,
    /// All rows of one run of the search.
    Run,
}

/// The words for them.
pub(super) const GROUPINGS: [(&str, Grouping); 2] =
    [("row", Grouping::Row), ("run", Grouping::Run)];
