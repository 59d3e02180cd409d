//! The states that an entity goes through: what it says of itself in each, and
//! whether its issue shows that. Few words are used, so that an entity often goes
//! back to what it said before.

use jira_intake_standins::jira::Issue;

use super::samples;
use super::storm::Dice;

const EXTENSION: &str = "extension-definition--ea279b3e-5c71-4632-ac08-831c66a786ba";
const LABELS: [&str; 3] = ["phishing", "c2", "insider"];
/// Severities, and the priorities that they are mapped to.
const SEVERITIES: [(&str, &str); 4] = [
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
    ("critical", "Highest"),
];

/// What an entity says of itself in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    name: u64,
    description: u64,
    /// Which labels it has, a bit each.
    labels: u64,
    severity: usize,
}

impl Look {
    fn any(dice: &mut Dice) -> Self {
        Self {
            name: dice.roll(3),
            description: dice.roll(3),
            labels: dice.roll(1 << LABELS.len()),
            severity: dice.roll(SEVERITIES.len() as u64) as usize,
        }
    }

    /// One of which every part is another than in its neighbours.
    pub fn numbered(state: u64) -> Self {
        Self {
            name: state,
            description: state,
            labels: state % (1 << LABELS.len()),
            severity: state as usize % SEVERITIES.len(),
        }
    }

    /// As it is, but for one part.
    fn changed(self, dice: &mut Dice) -> Self {
        let other = Self::any(dice);
        match dice.roll(4) {
            0 => Self {
                name: other.name,
                ..self
            },
            1 => Self {
                description: other.description,
                ..self
            },
            2 => Self {
                labels: other.labels,
                ..self
            },
            _ => Self {
                severity: other.severity,
                ..self
            },
        }
    }

    /// So many states, one after the other: a part changes, all of it does, or
    /// it is as it was some time before.
    pub fn series(dice: &mut Dice, count: usize) -> Vec<Self> {
        let mut states = vec![Self::any(dice)];
        while states.len() < count {
            let last = states[states.len() - 1];
            states.push(match dice.roll(4) {
                0 => last.changed(dice),
                1 => Self::any(dice),
                _ => states[dice.roll(states.len() as u64) as usize],
            });
        }
        states
    }

    fn name(self, entity: usize) -> String {
        format!("Incident {entity:04} in state {}", self.name)
    }

    fn description(self, entity: usize) -> String {
        format!("Text {} of incident {entity:04}.", self.description)
    }

    fn labels(self) -> Vec<&'static str> {
        let has = |(bit, _): &(usize, &&str)| self.labels & (1 << bit) != 0;
        let labels = LABELS.iter().enumerate().filter(has);
        labels.map(|(_, label)| *label).collect()
    }

    /// The stream event that tells of an entity in its state of this number.
    pub fn event(self, entity: usize, state: usize) -> String {
        let mut event = samples::incident(&id(entity), &self.name(entity));
        let at = format!("2025-11-01T12:{state:02}:00.000Z");
        event["type"] = if state == 0 { "create" } else { "update" }.into();
        let data = &mut event["data"];
        data["modified"] = at.clone().into();
        data["extensions"][EXTENSION]["updated_at"] = at.into();
        data["description"] = self.description(entity).into();
        data["labels"] = self.labels().into();
        data["severity"] = SEVERITIES[self.severity].0.into();
        event.to_string()
    }

    /// What is wrong with an entity's issue. Nobody edited it, so nothing is to be
    /// told in a comment.
    pub fn faults(self, entity: usize, issue: &Issue) -> Vec<String> {
        let (description, comments) = (issue.description(), issue.comments.iter());
        let has_text = description.contains(&self.description(entity));
        let text = if has_text {
            self.description(entity)
        } else {
            description
        };
        let shown = [
            ("summary", issue.summary().to_owned(), self.name(entity)),
            ("description", text, self.description(entity)),
            (
                "priority",
                issue.priority().to_owned(),
                SEVERITIES[self.severity].1.to_owned(),
            ),
            (
                "labels",
                labels(&issue.labels()),
                labels(&[&self.labels()[..], &["intake"]].concat()),
            ),
            (
                "comments",
                comments.map(|it| it.text()).collect(),
                String::new(),
            ),
        ];
        let wrong = shown
            .into_iter()
            .filter(|(_, shown, expected)| shown != expected);
        let told = wrong.map(|(what, shown, expected)| {
            let (id, key) = (id(entity), &issue.key);
            format!("{id}: the {what} of {key}: {shown:?}, not {expected:?}")
        });
        told.collect()
    }
}

/// Labels in one line; of the idempotency label, that it is there.
fn labels(labels: &[&str]) -> String {
    let name = |label: &&str| {
        if label.starts_with("intake-") {
            "intake"
        } else {
            *label
        }
        .to_owned()
    };
    let mut names: Vec<String> = labels.iter().map(name).collect();
    names.sort();
    names.join(" ")
}

/// The stream event that tells of an entity in a state that is like no other.
pub fn event(entity: usize, state: u64) -> String {
    Look::numbered(state).event(entity, state as usize)
}

/// The entity's id.
pub fn id(entity: usize) -> String {
    format!("chaos-{entity:04}")
}
