//! How the requests to Jira fared that one event called for.

/// What became of a request, by the HTTP status of its answer. Worse ones come later.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It was answered well: 2xx or 3xx.
    #[default]
    Answered,
    /// 4xx but 429.
    Refused,
    /// 429.
    Limited,
    /// 5xx.
    Failing,
    /// No answer came.
    Silent,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Answered,
        Self::Refused,
        Self::Limited,
        Self::Failing,
        Self::Silent,
    ];

    /// The word for it, as it stands in metrics.
    pub fn word(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Refused => "refused",
            Self::Limited => "limited",
            Self::Failing => "failing",
            Self::Silent => "silent",
        }
    }

    /// What an answer with this status is; 0: none came.
    pub fn of(status: u16) -> Self {
        match status {
            0 => Self::Silent,
            429 => Self::Limited,
            400..=499 => Self::Refused,
            500.. => Self::Failing,
            _ => Self::Answered,
        }
    }
}

/// The requests that one event called for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requests {
    /// How many were answered well.
    pub answered: u64,
    /// How many were not.
    pub failed: u64,
    /// The worst that became of one.
    pub worst: Class,
}

impl Requests {
    /// One more.
    pub fn take(&mut self, status: u16) {
        let class = Class::of(status);
        match class {
            Class::Answered => self.answered += 1,
            _ => self.failed += 1,
        }
        self.worst = self.worst.max(class);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_that_became_of_a_request_counts() {
        let mut requests = Requests::default();
        for (status, worst) in [
            (200, Class::Answered),
            (404, Class::Refused),
            (429, Class::Limited),
            (201, Class::Limited),
            (503, Class::Failing),
            (0, Class::Silent),
            (400, Class::Silent),
        ] {
            requests.take(status);
            assert_eq!(requests.worst, worst, "{status}");
        }
        assert_eq!((requests.answered, requests.failed), (2, 5));
    }
}
