//! Which status of a platform stands for one of Jira's.

use super::reader::Reader;
use crate::model::{EntityType, IssueStatus};

/// Statuses of a platform for those of Jira; the most exact entry counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StatusMap(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    /// Only for entities of this type.
    kind: Option<EntityType>,
    /// A name, an id or a category of Jira's, lower case.
    from: String,
    /// What the platform calls it.
    to: String,
}

impl StatusMap {
    /// `from=to` between commas; `case-rfi/from=to` holds for one type.
    pub(super) fn read(read: &mut Reader<'_>, name: &str) -> Self {
        let entries = read.pairs(name).into_iter().map(|(from, to)| {
            let (kind, from) = match from.split_once('/') {
                Some((kind, from)) => (Some(EntityType::new(kind)), from),
                None => (None, from.as_str()),
            };
            let from = from.trim().to_lowercase();
            Entry { kind, from, to }
        });
        Self(entries.collect())
    }

    /// What stands for a status of an issue whose entity has this type.
    pub fn image(&self, kind: &EntityType, status: &IssueStatus) -> Option<&str> {
        let names = [&status.name, &status.id, &status.category];
        let names = names.map(|name| name.to_lowercase());
        let of_type = |own: bool| {
            self.0
                .iter()
                .filter(move |entry| entry.kind.is_some() == own)
        };
        [true, false]
            .into_iter()
            .find_map(|own| {
                let entries =
                    || of_type(own).filter(|entry| entry.kind.as_ref().is_none_or(|it| it == kind));
                let mut names = names.iter().filter(|name| !name.is_empty());
                names.find_map(|name| entries().find(|entry| entry.from == *name))
            })
            .map(|entry| entry.to.as_str())
    }

    /// What the platform's statuses are called here, each as often as it stands for one
    /// of Jira's.
    pub fn images(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|entry| entry.to.as_str())
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::load;

    fn status(name: &str, category: &str) -> IssueStatus {
        IssueStatus {
            id: "10".to_owned(),
            name: name.to_owned(),
            category: category.to_owned(),
        }
    }

    #[test]
    fn the_most_exact_entry_counts() {
        let settings = load(&[(
            "status_back",
            "done=Closed, indeterminate=In progress, Won't do=Rejected, case-rfi/done=Answered",
        )]);
        let settings = settings.unwrap();
        let map = &settings.back_words().unwrap().statuses;
        for (kind, name, category, expected) in [
            ("incident", "Done", "done", Some("Closed")),
            ("incident", "WON'T DO", "done", Some("Rejected")),
            ("case-rfi", "Done", "done", Some("Answered")),
            ("case-rfi", "Won't do", "done", Some("Answered")),
            ("incident", "To Do", "new", None),
            ("incident", "Doing", "indeterminate", Some("In progress")),
        ] {
            let found = map.image(&EntityType::new(kind), &status(name, category));
            assert_eq!(found, expected, "{kind} {name}");
        }
        assert_eq!(
            map.image(&EntityType::new("incident"), &IssueStatus::default()),
            None
        );
    }
}
