//! What checks found, for machines and for people.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::model::Timestamp;
use crate::text::{short, without_logins};

/// More of what was found is not shown; in UTF-16 units.
const SHOWN: usize = 600;
/// So wide is the column of a section's names, or wider if one of them is; in characters.
const NAMES: usize = 26;
/// But no wider: what was found after a longer name is moved to the right.
const LONG_NAMES: usize = 60;

/// How a check came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// As it should be.
    Ok,
    /// It could not be looked at, or there is nothing to look at; why is said.
    Skipped,
    /// It works, but not all of it, or not for long.
    Warning,
    /// Something will fail.
    Wrong,
}

impl State {
    /// How it is called in JSON.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Skipped => "skipped",
            Self::Warning => "warning",
            Self::Wrong => "wrong",
        }
    }
}

/// What is to be changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// The variables to change; none if it is not by a setting that it is mended.
    pub settings: Vec<String>,
    /// What to do, in a sentence.
    pub what: String,
}

impl Fix {
    /// A change of these settings.
    pub fn new(settings: &[&str], what: impl AsRef<str>) -> Self {
        Self {
            settings: settings.iter().map(|it| (*it).to_owned()).collect(),
            what: line(what.as_ref()),
        }
    }
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// How it came out.
    pub state: State,
    /// What was found: one line, without passwords in addresses.
    pub found: String,
    /// What to change, if something is to be changed.
    pub fix: Option<Fix>,
}

impl Check {
    /// As it should be.
    pub fn ok(name: impl Into<String>, found: impl AsRef<str>) -> Self {
        Self::new(State::Ok, name, found, None)
    }

    /// Not looked at; `why` says why.
    pub fn skipped(name: impl Into<String>, why: impl AsRef<str>) -> Self {
        Self::new(State::Skipped, name, why, None)
    }

    /// It works, but not all of it, or not for long.
    pub fn warning(name: impl Into<String>, found: impl AsRef<str>, fix: Fix) -> Self {
        Self::new(State::Warning, name, found, Some(fix))
    }

    /// Something will fail.
    pub fn wrong(name: impl Into<String>, found: impl AsRef<str>, fix: Fix) -> Self {
        Self::new(State::Wrong, name, found, Some(fix))
    }

    fn new(
        state: State,
        name: impl Into<String>,
        found: impl AsRef<str>,
        fix: Option<Fix>,
    ) -> Self {
        Self {
            name: line(&name.into()),
            state,
            found: line(found.as_ref()),
            fix,
        }
    }

    fn to_json(&self, area: &str) -> Value {
        let fix = self
            .fix
            .as_ref()
            .map(|fix| json!({ "settings": fix.settings, "what": fix.what }));
        json!({
            "area": area,
            "name": self.name,
            "state": self.state.word(),
            "found": self.found,
            "fix": fix,
        })
    }

    fn write(&self, text: &mut String, width: usize) {
        let state = match self.state {
            State::Wrong => "WRONG",
            other => other.word(),
        };
        let (name, found) = (&self.name, &self.found);
        let _ = writeln!(text, "  {state:<8} {name:<width$} {found}");
        if let Some(fix) = &self.fix {
            let settings = match fix.settings.as_slice() {
                [] => String::new(),
                names => format!("{}: ", names.join(", ")),
            };
            let _ = writeln!(text, "  {:<8} {:<width$} -> {settings}{}", "", "", fix.what);
        }
    }
}

/// Others' words on one line.
fn line(text: &str) -> String {
    short(&without_logins(text), SHOWN)
}

/// The checks of one service, or of one part of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is called: `jira`.
    pub area: &'static str,
    /// Its checks.
    pub checks: Vec<Check>,
}

impl Section {
    /// How wide the column of its names is.
    fn width(&self) -> usize {
        let names = self.checks.iter().map(|check| check.name.chars().count());
        names.max().unwrap_or(0).clamp(NAMES, LONG_NAMES)
    }
}

/// All checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// When it was made.
    pub at: Timestamp,
    /// The checks, by service.
    pub sections: Vec<Section>,
}

impl Report {
    /// Whether nothing is wrong; warnings do not count.
    pub fn is_well(&self) -> bool {
        self.count(State::Wrong) == 0
    }

    /// How many checks came out so.
    pub fn count(&self, state: State) -> usize {
        let checks = self.sections.iter().flat_map(|section| &section.checks);
        checks.filter(|check| check.state == state).count()
    }

    /// For machines.
    pub fn to_json(&self) -> Value {
        let checks = self.sections.iter().flat_map(|section| {
            let area = section.area;
            section.checks.iter().map(|check| check.to_json(area))
        });
        json!({
            "well": self.is_well(),
            "at": self.at.to_string(),
            "version": env!("CARGO_PKG_VERSION"),
            "wrong": self.count(State::Wrong),
            "warnings": self.count(State::Warning),
            "ok": self.count(State::Ok),
            "skipped": self.count(State::Skipped),
            "checks": checks.collect::<Value>(),
        })
    }

    /// For people: what is wrong stands at the end once more, where the eye is.
    pub fn to_text(&self) -> String {
        let mut text = format!("jira-intake {} at {}\n", env!("CARGO_PKG_VERSION"), self.at);
        for section in self.sections.iter().filter(|it| !it.checks.is_empty()) {
            let _ = writeln!(text, "\n{}", section.area.to_uppercase());
            let width = section.width();
            for check in &section.checks {
                check.write(&mut text, width);
            }
        }
        let warnings = self.count(State::Warning);
        let _ = writeln!(
            text,
            "\n{} wrong, {warnings} {}, {} ok, {} skipped",
            self.count(State::Wrong),
            if warnings == 1 { "warning" } else { "warnings" },
            self.count(State::Ok),
            self.count(State::Skipped),
        );
        for section in &self.sections {
            let wrong = section.checks.iter().filter(|it| it.state == State::Wrong);
            for check in wrong {
                let settings = check.fix.iter().flat_map(|fix| &fix.settings);
                let settings: Vec<&str> = settings.map(String::as_str).collect();
                let _ = writeln!(
                    text,
                    "  {} {}: {}",
                    section.area,
                    check.name,
                    settings.join(", ")
                );
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn report(checks: Vec<Check>) -> Report {
        Report {
            at: Timestamp::from_secs(1_761_569_303),
            sections: vec![Section {
                area: "jira",
                checks,
            }],
        }
    }

    #[test]
    fn machines_read_each_check_and_whether_all_is_well() {
        let fix = Fix::new(&["jira_api_token"], "make a new token");
        let report = report(vec![
            Check::ok("reachable", "it answers"),
            Check::wrong("login", "401", fix),
        ]);
        let json = report.to_json();
        assert_eq!((&json["well"], &json["wrong"]), (&json!(false), &json!(1)));
        assert_eq!(
            json["checks"][1],
            json!({
                "area": "jira", "name": "login", "state": "wrong", "found": "401",
                "fix": {"settings": ["jira_api_token"], "what": "make a new token"},
            })
        );
    }

    #[test]
    fn people_read_a_line_for_each_and_what_is_wrong_once_more() {
        let fix = Fix::new(&["a", "b"], "do it");
        let text = report(vec![Check::wrong("login", "401", fix)]).to_text();
        assert!(text.contains("JIRA\n  WRONG    login"), "{text}");
        assert!(text.contains("-> a, b: do it\n"), "{text}");
        assert!(text.ends_with("\n  jira login: a, b\n"), "{text}");
    }

    #[test]
    fn the_column_of_names_is_as_wide_as_the_longest() {
        let long = "transition Waiting for customer (SUPPORT/Incident)";
        let checks = [("login", "yes"), (long, "found")].map(|(name, it)| Check::ok(name, it));
        let text = report(checks.to_vec()).to_text();
        let column = |word: &str| text.lines().find_map(|line| line.find(word));
        assert_eq!(column(" yes"), column(" found"), "{text}");
        let longer = [("login", "yes"), (&*"x".repeat(100), "found")];
        let text = report(longer.map(|(name, it)| Check::ok(name, it)).to_vec()).to_text();
        let column = |word: &str| text.lines().find_map(|line| line.find(word));
        assert_eq!(
            column(" yes"),
            Some("  ok       ".len() + LONG_NAMES),
            "{text}"
        );
        assert!(text.contains("x found"), "{text}");
    }

    #[test]
    fn a_warning_is_no_mistake() {
        let warning = Check::warning("x", "y", Fix::new(&[], "z"));
        assert!(report(vec![warning, Check::skipped("a", "b")]).is_well());
    }

    proptest! {
        #[test]
        fn whatever_others_say_stays_on_its_line(said in any::<String>()) {
            let fix = Fix::new(&[], &said);
            let text = report(vec![Check::wrong(&said, &said, fix)]).to_text();
            prop_assert_eq!(text.lines().count(), 8, "{}", text);
            prop_assert!(text.len() < 8 * 3 * SHOWN);
        }
    }
}
