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
    drop_each(named, dropped, &mut |name| {
        let values = fields.values.iter();
        let place = values.enumerate().find(|(_, (field, _))| field.id == name);
        match place {
            Some((_, (field, _))) if !field.is_optional => false,
            Some((place, _)) => !fields.values.remove(place).1.is_empty(),
            None => fields.custom.remove(name).is_some(),
        }
    })
}

/// The same for a change of an issue, which can do without any.
pub(super) fn drop_from_edit(
    edit: &mut Edit,
    named: &[(String, String)],
    dropped: &mut Vec<Dropped>,
) -> bool {
    drop_each(named, dropped, &mut |name| {
        let before = edit.changes.len();
        edit.changes.retain(|(field, _)| field.id != name);
        edit.changes.len() < before || edit.custom.remove(name).is_some()
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
