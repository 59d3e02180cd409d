//! For tests: tells of every call that changes something outside, and ends the
//! process at a chosen one.
//!
//! With `JIRA_INTAKE_COUNT=1` each store write and each outbound request is a
//! line on stderr. `JIRA_INTAKE_DIE=before:store:3` ends the process right
//! before its third store write, `after:outbound:1` once its first outbound
//! request was answered, before the component learns of it.

use std::fmt::Display;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, Result, bail};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A write to a key-value store.
    Store,
    /// An outbound HTTP request.
    Outbound,
}

/// Where the process ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Point {
    before: bool,
    call: Call,
    number: usize,
}

/// Counts the calls since the start.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    tells: bool,
    point: Option<Point>,
    store: AtomicUsize,
    outbound: AtomicUsize,
}

/// A call that has begun.
pub(crate) struct Begun<'a> {
    watch: &'a Watch,
    call: Call,
    number: usize,
}

impl Watch {
    /// What the environment asks for, if it asks for anything.
    pub(crate) fn from_environment() -> Result<Option<Arc<Self>>> {
        let tells = std::env::var_os("JIRA_INTAKE_COUNT").is_some();
        let point = std::env::var("JIRA_INTAKE_DIE").ok();
        let point = point.as_deref().map(Point::parse).transpose()?;
        let watch = Self {
            tells,
            point,
            ..Self::default()
        };
        Ok((tells || point.is_some()).then(|| Arc::new(watch)))
    }

    /// Counts a call that is about to be made.
    pub(crate) fn begin(&self, call: Call, what: impl Display) -> Begun<'_> {
        let counter = match call {
            Call::Store => &self.store,
            Call::Outbound => &self.outbound,
        };
        let number = counter.fetch_add(1, Ordering::SeqCst) + 1;
        if self.tells {
            eprintln!("watch: {call:?} {number}: {what}");
        }
        self.die_at(true, call, number);
        Begun {
            watch: self,
            call,
            number,
        }
    }

    fn die_at(&self, before: bool, call: Call, number: usize) {
        let here = Point {
            before,
            call,
            number,
        };
        if self.point == Some(here) {
            eprintln!("watch: dies here: {here:?}");
            std::process::abort();
        }
    }
}

impl Begun<'_> {
    /// The call is done; nobody has been told yet.
    pub(crate) fn end(self) {
        self.watch.die_at(false, self.call, self.number);
    }
}

impl Point {
    /// `before:store:3`
    fn parse(text: &str) -> Result<Self> {
        let mistake = || format!("JIRA_INTAKE_DIE: {text:?} is not like \"before:store:3\"");
        let parts: Vec<&str> = text.split(':').collect();
        let &[side, call, number] = parts.as_slice() else {
            bail!(mistake());
        };
        let before = match side {
            "before" => true,
            "after" => false,
            _ => bail!(mistake()),
        };
        let call = match call {
            "store" => Call::Store,
            "outbound" => Call::Outbound,
            _ => bail!(mistake()),
        };
        let number = number.parse().with_context(mistake)?;
        Ok(Self {
            before,
            call,
            number,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_and_a_mistake_is_told() {
        let point = Point {
            before: false,
            call: Call::Outbound,
            number: 2,
        };
        assert_eq!(Point::parse("after:outbound:2").unwrap(), point);
        for wrong in [
            "",
            "after:outbound",
            "at:store:1",
            "after:disk:1",
            "after:store:x",
        ] {
            assert!(Point::parse(wrong).is_err(), "{wrong}");
        }
    }
}
