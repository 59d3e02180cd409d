//! The system fields as Jira names them.

use super::project::Project;

/// Id, name, schema type, items of an array.
pub(crate) const SYSTEM: [(&str, &str, &str, Option<&str>); 15] = [
    ("summary", "Summary", "string", None),
    ("issuetype", "Issue Type", "issuetype", None),
    ("project", "Project", "project", None),
    ("description", "Description", "string", None),
    ("labels", "Labels", "array", Some("string")),
    ("priority", "Priority", "priority", None),
    ("components", "Components", "array", Some("component")),
    ("assignee", "Assignee", "user", None),
    ("reporter", "Reporter", "user", None),
    ("duedate", "Due date", "date", None),
    ("environment", "Environment", "string", None),
    ("parent", "Parent", "issuelink", None),
    ("security", "Security Level", "securitylevel", None),
    ("resolution", "Resolution", "resolution", None),
    ("comment", "Comment", "comments-page", None),
];

/// What people call a field of a project.
pub(crate) fn name_of<'a>(project: &'a Project, id: &'a str) -> &'a str {
    if let Some(custom) = project.custom_field(id) {
        return &custom.name;
    }
    let system = SYSTEM.iter().find(|(known, ..)| *known == id);
    system.map_or(id, |(_, name, ..)| name)
}
