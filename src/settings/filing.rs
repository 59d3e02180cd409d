//! What files issues besides what comes into being.

use std::time::Duration;

use super::reader::Reader;

/// Of which entities an update files an issue, if they have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileUpdates {
    /// Of all.
    All,
    /// Of none.
    Known,
    /// Of those that came into being within this time.
    Young(Duration),
}

/// What files issues besides what comes into being.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Filing {
    /// Whether replayed history does.
    pub recovered: bool,
    /// Of which entities an update does, if they have no issue.
    pub updates_of: FileUpdates,
}

/// Which issues of another program become an entity's before one is filed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopt {
    /// None.
    Nothing,
    /// Open ones with the same summary.
    SameSummary,
}

impl Adopt {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        read.choice("adopt", &[("summary", Self::SameSummary)], Self::Nothing)
    }
}

impl Filing {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        Self {
            recovered: read.flag("file_recovered", false),
            updates_of: FileUpdates::read(read),
        }
    }
}

impl FileUpdates {
    fn read(read: &mut Reader<'_>) -> Self {
        let text = read.text("file_updates_of").to_ascii_lowercase();
        match text.as_str() {
            "" | "all" => return Self::All,
            "known" => return Self::Known,
            _ => {}
        }
        let days = text.strip_prefix("days:").map(str::trim);
        match days.and_then(|days| days.parse::<u32>().ok()) {
            Some(days) if days > 0 => Self::Young(Duration::from_secs(u64::from(days) * 24 * 3600)),
            _ => {
                read.mistake(format!(
                    "file_updates_of: `{text}` is none of all, known, days:N, where N is a whole number of days, such as days:30"
                ));
                Self::All
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::{load, mistakes};

    #[test]
    fn issues_of_another_program_are_taken_over_only_if_that_is_said() {
        for (text, expected) in [
            ("", Adopt::Nothing),
            ("summary", Adopt::SameSummary),
            (" Summary ", Adopt::SameSummary),
        ] {
            let settings = load(&[("adopt", text)]).unwrap();
            assert_eq!(settings.adopt(), Ok(expected), "{text}");
        }
        let told = mistakes(&[("adopt", "true")]);
        assert_eq!(told, ["adopt: `true` is none of summary"]);
    }

    #[test]
    fn each_word_is_read_and_others_are_mistakes() {
        let month = FileUpdates::Young(Duration::from_secs(30 * 24 * 3600));
        for (text, expected) in [
            ("", FileUpdates::All),
            ("ALL", FileUpdates::All),
            ("known", FileUpdates::Known),
            ("days:30", month),
            ("Days: 30", month),
        ] {
            let settings = load(&[("file_updates_of", text)]).unwrap();
            assert_eq!(settings.filing().unwrap().updates_of, expected, "{text}");
        }
        for text in ["days", "days:0", "days:-1", "days:x", "30"] {
            let told = mistakes(&[("file_updates_of", text)]);
            assert_eq!(told.len(), 1, "{text}: {told:?}");
        }
    }
}
