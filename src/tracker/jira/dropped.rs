//! Fields that Jira refuses are taken out, so that the rest can be sent.

use crate::model::{Edit, IssueFields};
use crate::tracker::port::Dropped;

/// Takes the named fields out, as far as an issue can do without them; true if
/// something was taken out.
pub(super) fn drop_fields(
    fields: &mut IssueFields,
    named: &[(String, String)],
    dropped: &mut Vec<Dropped>,
) -> bool {
    drop_each(named, dropped, &mut |name| match name {
        "description" => !fields.description.document.is_empty(),
        "labels" => !std::mem::take(&mut fields.labels).is_empty(),
        "priority" => fields.priority.take().is_some(),
        "components" => !std::mem::take(&mut fields.components).is_empty(),
        "assignee" => fields.assignee.take().is_some(),
        custom => fields.custom.remove(custom).is_some(),
    })
}

/// The same for a change of an issue.
pub(super) fn drop_from_edit(
    edit: &mut Edit,
    named: &[(String, String)],
    dropped: &mut Vec<Dropped>,
) -> bool {
    drop_each(named, dropped, &mut |name| match name {
        "summary" => edit.summary.take().is_some(),
        "description" => edit.description.take().is_some(),
        "labels" => {
            let added = std::mem::take(&mut edit.labels_added);
            let removed = std::mem::take(&mut edit.labels_removed);
            !added.is_empty() || !removed.is_empty()
        }
        "priority" => edit.priority.take().is_some(),
        custom => edit.custom.remove(custom).is_some(),
    })
}

/// Notes the named fields of which `take` took something out.
fn drop_each(
    named: &[(String, String)],
    dropped: &mut Vec<Dropped>,
    take: &mut dyn FnMut(&str) -> bool,
) -> bool {
    let before = dropped.len();
    for (name, why) in named {
        if take(name) {
            dropped.push(Dropped {
                field: name.clone(),
                why: why.clone(),
            });
        }
    }
    dropped.len() > before
}
