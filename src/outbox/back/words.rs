//! What the platform's people read.

use crate::context::Context;
use crate::model::{BackTask, IssueRecord, Person};
use crate::text::short;
use crate::upstream::IssueLink;

/// Longer names say nothing more.
const NAME_LIMIT: usize = 80;

/// The issue, with the key that it has now.
pub(super) fn link(context: Context<'_>, issue: &IssueRecord) -> IssueLink {
    IssueLink {
        key: issue.key.clone(),
        url: context.tracker.browse_url(&issue.key),
    }
}

/// Who did something, as a name without marks.
pub(super) fn who(person: Option<&Person>) -> String {
    let name = person.map_or("", |person| &person.name);
    match plain(name).as_str() {
        "" => "Somebody".to_owned(),
        name => name.to_owned(),
    }
}

/// A stranger's word on one line, without what a reader of Markdown or HTML would take
/// for marks.
pub(super) fn plain(text: &str) -> String {
    let harmless = |c: &char| !"*_[]()<>`#|~\\!&".contains(*c);
    short(
        &text.chars().filter(harmless).collect::<String>(),
        NAME_LIMIT,
    )
}

/// One line: who did what to the issue, and where it is.
pub(super) fn said(
    context: Context<'_>,
    issue: &IssueRecord,
    task: &BackTask,
    what: &str,
) -> String {
    let IssueLink { key, url } = link(context, issue);
    let who = who(task.actor.as_ref());
    format!("{who} {what} in Jira issue {key}: {url}")
}
