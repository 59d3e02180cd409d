//! As much of JQL as a bridge needs: comparisons, `in`, `is empty`, `and`,
//! `or`, `not`, `order by`; with Jira's trap that `!=` never finds a field
//! that is empty.

mod parse;
mod query;
mod text;
mod values;

pub(crate) use parse::parse;
pub(crate) use query::Query;
