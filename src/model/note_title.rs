//! What the notes are called that we make on an entity: by that they are known when
//! the platform tells of them.

/// The title of a comment's note.
pub fn of_comment(key: &str) -> String {
    format!("{COMMENT}{key}")
}

/// The title of what is said of an issue's resolution; `what` is on one line.
pub fn of_resolution(what: &str) -> String {
    format!("{RESOLUTION}{what}")
}

/// The title of what is said of an issue's end.
pub fn of_end(key: &str) -> String {
    format!("{END}{key}")
}

const COMMENT: &str = "Comment on Jira issue ";
const RESOLUTION: &str = "Resolution in Jira: ";
const END: &str = "Deleted Jira issue ";

/// Whether a title is one of these.
pub fn is_ours(title: &str) -> bool {
    [COMMENT, RESOLUTION, END]
        .iter()
        .any(|begin| title.starts_with(begin))
}
