//! What an error of OpenCTI means for what we asked.
//!
//! The codes are those of OpenCTI 5 to 7: today `FORBIDDEN_ACCESS`, once
//! `ForbiddenAccess`. The status that stands beside them decides nothing where the code
//! is known: what is invalid comes with 500, as does a lock that another attempt finds
//! open.

use crate::http::graphql::{GraphqlError, Refusal};
use crate::platform::SendError;
use crate::upstream::port::UpstreamError;

/// A right that a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Right {
    /// To see entities.
    Read,
    /// To change entities and add references and notes, and to see the platform's users.
    Update,
    /// To add and change notes: there are two that allow it.
    Notes,
    /// To delete notes: there are two that allow it.
    DeleteNotes,
}

impl Right {
    /// As OpenCTI's settings call its capabilities, with their ids.
    fn words(self) -> &'static str {
        match self {
            Self::Read => "“Access knowledge” (KNOWLEDGE)",
            Self::Update => "“Create / Update knowledge” (KNOWLEDGE_KNUPDATE)",
            Self::Notes => {
                "“Create / Update knowledge” (KNOWLEDGE_KNUPDATE), or for its own notes “Access to collaborative creation” (KNOWLEDGE_KNPARTICIPATE)"
            }
            Self::DeleteNotes => {
                "“Delete knowledge” (KNOWLEDGE_KNUPDATE_KNDELETE), or for its own notes “Access to collaborative creation” (KNOWLEDGE_KNPARTICIPATE)"
            }
        }
    }
}

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sense {
    /// The token is not known, or its user may not log in.
    Login,
    /// The token's user may not do this.
    Forbidden,
    /// It may pass by itself.
    Passing,
    /// The entity is not there.
    Gone,
    /// Something that the request names beside it is not there.
    MissingReference,
    /// Anything else: the same request is refused again.
    Refused,
}

impl Sense {
    /// What an error is about.
    pub(super) fn of(error: &GraphqlError) -> Self {
        match error {
            GraphqlError::Unanswered(SendError::Denied) | GraphqlError::Token => Self::Refused,
            GraphqlError::Unanswered(_) => Self::Passing,
            GraphqlError::Status(401, _) => Self::Login,
            GraphqlError::Status(403, _) => Self::Forbidden,
            GraphqlError::Status(408 | 429 | 500.., _) => Self::Passing,
            GraphqlError::Status(..) => Self::Refused,
            GraphqlError::Refused(refusal) => Self::of_refusal(refusal),
        }
    }

    fn of_refusal(refusal: &Refusal) -> Self {
        let letters = refusal.code.chars().filter(char::is_ascii_alphanumeric);
        let code: String = letters.map(|it| it.to_ascii_lowercase()).collect();
        match code.as_str() {
            "authrequired"
            | "authfailure"
            | "otprequired"
            | "otprequiredactivation"
            | "passwordchangerequired"
            | "ltsrequiredactivation" => Self::Login,
            "forbiddenaccess" => Self::Forbidden,
            "lockerror"
            | "executionerror"
            | "databaseerror"
            | "filesystemerror"
            | "complexsearcherror"
            | "clientaborterror"
            | "unknownerror"
            | "internalservererror" => Self::Passing,
            "resourcenotfound" | "alreadydeletederror" => Self::Gone,
            "missingreferenceerror" => Self::MissingReference,
            // “Cannot edit the field, Stix-Domain-Object cannot be found.”
            "functionalerror" if refusal.message.contains("cannot be found") => Self::Gone,
            "functionalerror"
            | "validationerror"
            | "unsupportederror"
            | "duplicateentryerror"
            | "configurationerror"
            | "graphqlvalidationfailed"
            | "baduserinput" => Self::Refused,
            _ => Self::of_status(refusal.status),
        }
    }

    /// Of a code that nobody knows.
    fn of_status(status: Option<u16>) -> Self {
        match status {
            Some(401) => Self::Login,
            Some(403) => Self::Forbidden,
            Some(404) => Self::Gone,
            Some(408 | 429 | 500..) => Self::Passing,
            _ => Self::Refused,
        }
    }
}

/// What becomes of a request that needs this right and came to this.
pub(super) fn judge(error: GraphqlError, right: Right) -> UpstreamError {
    let why = error.to_string();
    let after = match error {
        GraphqlError::Status(_, after) => after,
        _ => None,
    };
    match Sense::of(&error) {
        // A person may mend it before it is given up.
        Sense::Login => UpstreamError::Later {
            after,
            why: format!(
                "{why}: opencti_token is wrong or has run out, or its user may not log in"
            ),
        },
        Sense::Forbidden => UpstreamError::Later {
            after,
            why: format!("{why}: the user of opencti_token needs {}", right.words()),
        },
        Sense::Passing => UpstreamError::Later { after, why },
        Sense::Gone | Sense::MissingReference => UpstreamError::Gone { why },
        Sense::Refused => UpstreamError::Refused { why },
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn refused(code: &str, status: Option<u16>, message: &str) -> GraphqlError {
        GraphqlError::Refused(Refusal {
            code: code.to_owned(),
            status,
            message: message.to_owned(),
        })
    }

    #[test]
    fn each_error_has_a_sense_in_both_spellings() {
        let edit = "Cannot edit the field, Stix-Domain-Object cannot be found.";
        for (code, status, message, expected) in [
            ("AUTH_REQUIRED", 401, "", Sense::Login),
            ("AuthRequired", 401, "", Sense::Login),
            ("PASSWORD_CHANGE_REQUIRED", 403, "", Sense::Login),
            ("FORBIDDEN_ACCESS", 403, "", Sense::Forbidden),
            ("ForbiddenAccess", 403, "", Sense::Forbidden),
            ("LOCK_ERROR", 500, "", Sense::Passing),
            ("LockError", 500, "", Sense::Passing),
            ("DATABASE_ERROR", 500, "", Sense::Passing),
            ("INTERNAL_SERVER_ERROR", 500, "", Sense::Passing),
            ("RESOURCE_NOT_FOUND", 404, "", Sense::Gone),
            ("ResourceNotFound", 404, "", Sense::Gone),
            ("ALREADY_DELETED_ERROR", 400, "", Sense::Gone),
            ("FUNCTIONAL_ERROR", 400, edit, Sense::Gone),
            ("MISSING_REFERENCE_ERROR", 404, "", Sense::MissingReference),
            (
                "FUNCTIONAL_ERROR",
                400,
                "Business validation",
                Sense::Refused,
            ),
            ("VALIDATION_ERROR", 500, "", Sense::Refused),
            ("UnsupportedError", 500, "", Sense::Refused),
            ("GRAPHQL_VALIDATION_FAILED", 400, "", Sense::Refused),
            ("DRAFT_LOCKED", 400, "", Sense::Refused),
            ("SOMETHING_NEW", 503, "", Sense::Passing),
            ("SOMETHING_NEW", 404, "", Sense::Gone),
            ("SOMETHING_NEW", 403, "", Sense::Forbidden),
        ] {
            let error = refused(code, Some(status), message);
            assert_eq!(Sense::of(&error), expected, "{code} {status} {message}");
        }
        assert_eq!(Sense::of(&refused("NEW", None, "")), Sense::Refused);
    }

    #[test]
    fn answers_that_are_no_graphql_and_silence_have_one_too() {
        let unclear = SendError::Unclear("late".to_owned());
        for (error, expected) in [
            (GraphqlError::Unanswered(unclear), Sense::Passing),
            (GraphqlError::Unanswered(SendError::Denied), Sense::Refused),
            (GraphqlError::Token, Sense::Refused),
            (GraphqlError::Status(401, None), Sense::Login),
            (GraphqlError::Status(403, None), Sense::Forbidden),
            (GraphqlError::Status(429, None), Sense::Passing),
            (GraphqlError::Status(502, None), Sense::Passing),
            (GraphqlError::Status(200, None), Sense::Refused),
            (GraphqlError::Status(404, None), Sense::Refused),
        ] {
            assert_eq!(Sense::of(&error), expected, "{error:?}");
        }
    }

    #[test]
    fn what_a_person_can_mend_says_what_is_missing_and_is_tried_again() {
        let forbidden = refused(
            "FORBIDDEN_ACCESS",
            Some(403),
            "You are not allowed to do this.",
        );
        for (right, expected) in [
            (Right::Read, "(KNOWLEDGE)"),
            (Right::Update, "KNOWLEDGE_KNUPDATE)"),
            (Right::Notes, "KNOWLEDGE_KNPARTICIPATE"),
            (Right::DeleteNotes, "KNOWLEDGE_KNUPDATE_KNDELETE"),
        ] {
            let error = judge(forbidden.clone(), right);
            let why = error.why();
            assert!(matches!(error, UpstreamError::Later { after: None, .. }));
            assert!(
                why.contains("opencti_token") && why.contains(expected),
                "{why}"
            );
        }
        let login = judge(refused("AUTH_REQUIRED", Some(401), ""), Right::Update);
        assert!(
            matches!(&login, UpstreamError::Later { why, .. } if why.contains("opencti_token"))
        );
    }

    #[test]
    fn a_platform_is_left_alone_as_long_as_it_wants() {
        let after = Some(Duration::from_secs(9));
        let error = judge(GraphqlError::Status(429, after), Right::Update);
        assert!(matches!(error, UpstreamError::Later { after: told, .. } if told == after));
    }
}
