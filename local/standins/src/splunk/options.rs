//! How a stand-in Splunk is set up.

use std::fmt;

/// The statuses of Enterprise Security (facts/two-way.md, section 3).
const STATUSES: [(&str, &str); 6] = [
    ("0", "Unassigned"),
    ("1", "New"),
    ("2", "In Progress"),
    ("3", "Pending"),
    ("4", "Resolved"),
    ("5", "Closed"),
];

/// Which Enterprise Security it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generation {
    /// 7: `notable_update` only.
    Seven,
    /// 8: findings as well; `notable_update` goes on in 8.0.
    Eight,
}

/// The form of errors. A request with `output_mode=json` gets JSON anyway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errors {
    /// splunkd's own.
    Xml,
    /// A page, as from Splunk's web server.
    Html,
    /// `{"messages": [{"type", "text"}]}`
    Json,
}

/// The setup. `Debug` shows neither token nor password.
#[derive(Clone)]
pub struct SplunkOptions {
    /// Which Enterprise Security it is.
    pub generation: Generation,
    /// The token that is let in, as `Bearer`.
    pub token: String,
    /// A user and a password that are let in too.
    pub basic: Option<(String, String)>,
    /// The users that can own a notable, besides `unassigned`.
    pub users: Vec<String>,
    /// Whether the token has `edit_notable_events`.
    pub may_edit: bool,
    /// The form of errors.
    pub errors: Errors,
    /// The statuses: id and label.
    pub statuses: Vec<(String, String)>,
}

impl SplunkOptions {
    /// One that lets this token in and has the users `admin` and `unassigned`.
    pub fn new(generation: Generation, token: &str) -> SplunkOptions {
        let statuses = STATUSES.iter();
        SplunkOptions {
            generation,
            token: token.to_owned(),
            basic: None,
            users: vec!["admin".to_owned()],
            may_edit: true,
            errors: Errors::Xml,
            statuses: statuses
                .map(|(id, label)| ((*id).to_owned(), (*label).to_owned()))
                .collect(),
        }
    }

    /// Lets this user in with a password.
    #[must_use]
    pub fn basic(mut self, user: &str, password: &str) -> SplunkOptions {
        self.basic = Some((user.to_owned(), password.to_owned()));
        self
    }

    /// Adds a user.
    #[must_use]
    pub fn user(mut self, name: &str) -> SplunkOptions {
        self.users.push(name.to_owned());
        self
    }

    /// Takes `edit_notable_events`: updates are 403.
    #[must_use]
    pub fn may_not_edit(mut self) -> SplunkOptions {
        self.may_edit = false;
        self
    }

    /// Words errors this way.
    #[must_use]
    pub fn errors(mut self, form: Errors) -> SplunkOptions {
        self.errors = form;
        self
    }

    /// Adds a status of one's own.
    #[must_use]
    pub fn status(mut self, id: &str, label: &str) -> SplunkOptions {
        self.statuses.push((id.to_owned(), label.to_owned()));
        self
    }
}

impl fmt::Debug for SplunkOptions {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SplunkOptions")
            .field("generation", &self.generation)
            .field("users", &self.users)
            .field("may_edit", &self.may_edit)
            .field("errors", &self.errors)
            .finish_non_exhaustive()
    }
}
