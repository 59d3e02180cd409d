//! What a person can have done, by a form each.

/// What a form does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Ends the session.
    SignOut,
    /// Works off what is due.
    Retry,
    /// Deals with a dead letter's event again.
    Replay,
    /// Lets a dead letter go.
    Discard,
    /// Lets go of a hold.
    LetGo,
    /// Shows what would become of an event.
    Rehearse,
    /// Checks the settings against the services.
    Doctor,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 7] = [
        Self::SignOut,
        Self::Retry,
        Self::Replay,
        Self::Discard,
        Self::LetGo,
        Self::Rehearse,
        Self::Doctor,
    ];

    /// Where its form is posted to.
    pub fn path(self) -> &'static str {
        match self {
            Self::SignOut => "/sign-out",
            Self::Retry => "/page/retry",
            Self::Replay => "/page/replay",
            Self::Discard => "/page/discard",
            Self::LetGo => "/page/let-go",
            Self::Rehearse => "/page/dry-run",
            Self::Doctor => "/page/doctor",
        }
    }

    /// The action of a path.
    pub fn of(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.path() == path)
    }
}
