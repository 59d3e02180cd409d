//! What the user of a token may do.

use super::failure::Failure;

/// The platform's user.
pub(super) struct Asker {
    pub(super) id: String,
    pub(super) name: String,
    /// The ids of the user's capabilities; all if none are named.
    pub(super) capabilities: Option<Vec<String>>,
}

impl Asker {
    /// Whether the user may have a field of a type: with any of the capabilities that
    /// it is for. A capability that lies below another one includes it.
    ///
    /// # Errors
    /// As the platform refuses it.
    pub(super) fn check(&self, of_type: &str, field: &str) -> Result<(), Failure> {
        let needed = needed(of_type, field);
        let Some(held) = &self.capabilities else {
            return Ok(());
        };
        let is_held = |needed: &&str| held.iter().any(|it| it.starts_with(*needed));
        match needed.is_empty() || needed.iter().any(is_held) {
            true => Ok(()),
            false => Err(Failure::forbidden()),
        }
    }
}

/// The capabilities that a field is for; any will do. Those of the schema's `@auth`.
fn needed(of_type: &str, field: &str) -> &'static [&'static str] {
    const READ: &str = "KNOWLEDGE";
    const UPDATE: &str = "KNOWLEDGE_KNUPDATE";
    const DELETE: &str = "KNOWLEDGE_KNUPDATE_KNDELETE";
    const PARTICIPATE: &str = "KNOWLEDGE_KNPARTICIPATE";
    match (of_type, field) {
        ("Query", "me" | "statuses") | ("Mutation", "stixDomainObjectEdit") => &[],
        ("Query", "members") => &[UPDATE, "CONNECTORAPI", "SETTINGS_SETACCESSES"],
        ("Query", _) => &[READ],
        ("Mutation", "userNoteAdd" | "noteEdit") | ("NoteEditMutations", "fieldPatch") => {
            &[UPDATE, PARTICIPATE]
        }
        ("NoteEditMutations", "delete") => &[DELETE, PARTICIPATE],
        _ => &[UPDATE],
    }
}
