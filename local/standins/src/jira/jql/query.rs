//! A query that was understood, and what it finds.

use std::cmp::Ordering;
use std::time::SystemTime;

use serde_json::Value;

use super::super::issue::Issue;
use super::text::TextQuery;
use super::values;

/// A query that was understood.
#[derive(Debug)]
pub(crate) struct Query {
    pub(super) condition: Option<Condition>,
    pub(super) order: Vec<(String, bool)>,
}

#[derive(Debug)]
pub(super) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    /// The field has one of the values.
    Has(String, Vec<String>),
    /// The field has a value, and none of these.
    HasNot(String, Vec<String>),
    /// The field's text holds the words.
    Holds(String, TextQuery),
    /// The field has no value.
    Empty(String),
    /// The field's time compares to this one as one of these.
    Time(String, &'static [Ordering], SystemTime),
}

impl Query {
    /// Whether nothing restricts what it finds; Cloud refuses such a query.
    pub(crate) fn is_unbounded(&self) -> bool {
        self.condition.is_none()
    }

    pub(crate) fn matches(&self, issue: &Issue) -> bool {
        self.condition
            .as_ref()
            .is_none_or(|condition| condition.holds(issue))
    }

    /// Sorts as asked for; without an order the newest comes first.
    pub(crate) fn sort(&self, issues: &mut [Issue]) {
        let newest = [("created".to_owned(), true)];
        let order = if self.order.is_empty() {
            &newest[..]
        } else {
            &self.order
        };
        issues.sort_by(|one, two| {
            let by_field = order.iter().map(|(field, descending)| {
                let ordering = compare(one, two, field);
                if *descending {
                    ordering.reverse()
                } else {
                    ordering
                }
            });
            by_field.fold(Ordering::Equal, Ordering::then)
        });
    }
}

fn compare(one: &Issue, two: &Issue, field: &str) -> Ordering {
    match field {
        "created" => (one.created, number(one)).cmp(&(two.created, number(two))),
        "updated" => one.updated.cmp(&two.updated),
        "key" => (one.project(), number(one)).cmp(&(two.project(), number(two))),
        "priority" => rank(two).cmp(&rank(one)),
        _ => values::of(one, field).cmp(&values::of(two, field)),
    }
}

fn number(issue: &Issue) -> u64 {
    issue.id.parse().unwrap_or_default()
}

/// A priority's id: the highest has the lowest.
fn rank(issue: &Issue) -> u64 {
    let id = issue.field("priority").get("id").and_then(Value::as_str);
    id.and_then(|id| id.parse().ok()).unwrap_or(u64::MAX)
}

impl Condition {
    fn holds(&self, issue: &Issue) -> bool {
        match self {
            Condition::All(parts) => parts.iter().all(|part| part.holds(issue)),
            Condition::Any(parts) => parts.iter().any(|part| part.holds(issue)),
            Condition::Not(part) => !part.holds(issue),
            Condition::Has(field, wanted) => has(issue, field, wanted),
            Condition::HasNot(field, wanted) => {
                !values::of(issue, field).is_empty() && !has(issue, field, wanted)
            }
            Condition::Holds(field, words) => words.finds(&values::of(issue, field).join("\n")),
            Condition::Empty(field) => values::of(issue, field).is_empty(),
            Condition::Time(field, wanted, than) => {
                values::time(issue, field).is_some_and(|time| wanted.contains(&time.cmp(than)))
            }
        }
    }
}

fn has(issue: &Issue, field: &str, wanted: &[String]) -> bool {
    values::of(issue, field)
        .iter()
        .any(|value| wanted.contains(value))
}
