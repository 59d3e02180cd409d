//! What a person is told after something was done: one of a fixed list, so that an
//! address cannot make the page say anything else.

use super::view::Tone;

/// A sentence about what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// A retry pass ended.
    Retried,
    /// A replay filed an issue.
    Created,
    /// A replay changed an issue.
    Updated,
    /// A replay changed nothing.
    Unchanged,
    /// A replay failed again, or was put off.
    Queued,
    /// A replay could not even be begun.
    Failed,
    /// A dead letter is gone.
    Discarded,
    /// A hold is over.
    LetGo,
    /// What it was about was not there any more.
    Gone,
}

impl Notice {
    const ALL: [Self; 9] = [
        Self::Retried,
        Self::Created,
        Self::Updated,
        Self::Unchanged,
        Self::Queued,
        Self::Failed,
        Self::Discarded,
        Self::LetGo,
        Self::Gone,
    ];

    /// The word that stands for it in an address.
    pub fn word(self) -> &'static str {
        match self {
            Self::Retried => "retried",
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Queued => "queued",
            Self::Failed => "failed",
            Self::Discarded => "discarded",
            Self::LetGo => "let-go",
            Self::Gone => "gone",
        }
    }

    /// The notice of a word.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|notice| notice.word() == word)
    }

    pub(super) fn sentence(self) -> &'static str {
        match self {
            Self::Retried => "The retry pass has ended. What still waits is shown below.",
            Self::Created => "The event was replayed: an issue was created.",
            Self::Updated => "The event was replayed: its issue was updated.",
            Self::Unchanged => "The event was replayed: there was nothing to change.",
            Self::Queued => {
                "The event was replayed, and was not finished: it failed again, or it waits."
            }
            Self::Failed => "The event could not be replayed. The log says why.",
            Self::Discarded => "The dead letter was discarded.",
            Self::LetGo => "The hold was let go. The next retry pass sends what waited for it.",
            Self::Gone => "There was nothing to do: somebody else may have been here first.",
        }
    }

    pub(super) fn tone(self) -> Tone {
        match self {
            Self::Queued | Self::Gone => Tone::Look,
            Self::Failed => Tone::Bad,
            _ => Tone::Well,
        }
    }
}
