//! A notable, and what can be changed about it.

use super::options::SplunkOptions;

/// The urgencies, lowest first.
const URGENCIES: [&str; 5] = ["informational", "low", "medium", "high", "critical"];

/// The dispositions are numbered from 0 to this.
pub(super) const LAST_DISPOSITION: u8 = 6;

/// Who owns what nobody owns.
pub(super) const NOBODY: &str = "unassigned";

/// A notable or finding as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notable {
    /// The id of its status, `0` to `5` or one of the options' own.
    pub status: String,
    /// Its owner; `unassigned` is nobody.
    pub owner: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub urgency: String,
    /// `disposition:0` to `disposition:6`.
    pub disposition: String,
    /// The comments of `notable_update`, oldest first.
    pub comments: Vec<String>,
    /// The notes of version 8, oldest first.
    pub notes: Vec<Note>,
    /// How many updates it has had, notes aside.
    pub updates: usize,
}

/// A note of a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its id.
    pub id: String,
    /// What was written.
    pub content: String,
}

/// What an update sets.
#[derive(Default)]
pub(super) struct Update {
    pub(super) status: Option<String>,
    pub(super) owner: Option<String>,
    pub(super) urgency: Option<String>,
    pub(super) disposition: Option<String>,
    pub(super) comment: Option<String>,
}

impl Notable {
    pub(super) fn new() -> Notable {
        Notable {
            status: "1".to_owned(),
            owner: NOBODY.to_owned(),
            urgency: "medium".to_owned(),
            disposition: "disposition:0".to_owned(),
            comments: Vec::new(),
            notes: Vec::new(),
            updates: 0,
        }
    }

    pub(super) fn take(&mut self, update: &Update) {
        for (kept, given) in [
            (&mut self.status, &update.status),
            (&mut self.owner, &update.owner),
            (&mut self.urgency, &update.urgency),
            (&mut self.disposition, &update.disposition),
        ] {
            if let Some(given) = given {
                kept.clone_from(given);
            }
        }
        self.comments.extend(update.comment.clone());
        self.updates += 1;
    }
}

impl Update {
    /// Whether it sets nothing at all.
    pub(super) fn is_empty(&self) -> bool {
        let given = [
            &self.status,
            &self.owner,
            &self.urgency,
            &self.disposition,
            &self.comment,
        ];
        given.iter().all(|given| given.is_none())
    }

    /// What is wrong with it. The facts do not say how Splunk words these.
    pub(super) fn flaw(&self, options: &SplunkOptions) -> Option<String> {
        let wrong = |given: &Option<String>, known: &dyn Fn(&str) -> bool| {
            given.clone().filter(|value| !known(value))
        };
        let status = |id: &str| options.statuses.iter().any(|(known, _)| known == id);
        let owner = |name: &str| name == NOBODY || options.users.iter().any(|it| it == name);
        let disposition = |text: &str| {
            let number = text.strip_prefix("disposition:");
            let number = number.filter(|number| number.len() == 1);
            number.is_some_and(|it| it.parse::<u8>().is_ok_and(|it| it <= LAST_DISPOSITION))
        };
        let urgency = |name: &str| URGENCIES.contains(&name);
        let flaws = [
            ("status", wrong(&self.status, &status)),
            ("owner", wrong(&self.owner, &owner)),
            ("urgency", wrong(&self.urgency, &urgency)),
            ("disposition", wrong(&self.disposition, &disposition)),
        ];
        let found = flaws
            .into_iter()
            .find_map(|(what, value)| Some((what, value?)));
        found.map(|(what, value)| format!("The {what} '{value}' is not valid"))
    }
}
