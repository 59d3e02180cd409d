//! Why the platform refuses something, in its own words.

/// Why a resolver fails: what stands in `extensions`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) code: &'static str,
    pub(super) status: u16,
    pub(super) genre: &'static str,
    pub(super) message: String,
}

impl Failure {
    pub(super) fn auth_required() -> Failure {
        Failure {
            code: "AUTH_REQUIRED",
            status: 401,
            genre: "TECHNICAL",
            message: "You must be logged in to do this.".to_owned(),
        }
    }

    pub(super) fn forbidden() -> Failure {
        Failure {
            code: "FORBIDDEN_ACCESS",
            status: 403,
            genre: "TECHNICAL",
            message: "You are not allowed to do this.".to_owned(),
        }
    }

    /// A filter that the platform, or the stand-in, does not have.
    pub(super) fn filter_key(key: &str) -> Failure {
        Failure {
            code: "UNSUPPORTED_ERROR",
            status: 500,
            genre: "BUSINESS",
            message: format!("incorrect filter keys not existing in any schema definition: {key}"),
        }
    }

    pub(super) fn functional(message: impl Into<String>) -> Failure {
        Failure {
            code: "FUNCTIONAL_ERROR",
            status: 400,
            genre: "BUSINESS",
            message: message.into(),
        }
    }

    pub(super) fn missing(id: &str) -> Failure {
        Failure {
            code: "MISSING_REFERENCE_ERROR",
            status: 404,
            genre: "BUSINESS",
            message: format!("Element(s) not found: {id}"),
        }
    }

    /// The schema leaves a `DateTime` to the platform.
    pub(super) fn no_time(field: &str) -> Failure {
        Failure {
            code: "BAD_USER_INPUT",
            status: 400,
            genre: "BUSINESS",
            message: format!("DateTime cannot represent the value of {field}"),
        }
    }

    pub(super) fn blank(field: &str) -> Failure {
        Failure {
            code: "VALIDATION_ERROR",
            status: 500,
            genre: "BUSINESS",
            message: format!("Validation error: {field} cannot have only whitespace(s)"),
        }
    }
}
