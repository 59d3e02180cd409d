//! Changes an issue's fields, and gives way where Jira refuses one: what is left
//! out is returned, so that it can be told otherwise.

use std::mem;

use super::connection::Connection;
use super::fields::{self, Resolved};
use super::request::{self, JiraRequest};
use super::text_size::{TextSize, length};
use crate::markup::Flavor;
use crate::model::{Edit, IssueName};
use crate::tracker::error::{Refusal, TrackerError};
use crate::tracker::port::{Dropped, Edited};

pub(super) async fn edit(
    connection: &Connection<'_>,
    issue: &IssueName,
    edit: &Edit,
) -> Result<Edited, TrackerError> {
    let mut draft = Draft::of(connection, issue, edit).await?;
    // Each turn takes something out, or makes the text shorter.
    loop {
        let request = draft.request();
        let done = connection.do_to_issue(&request).await;
        let (named, why) = match done {
            Ok(_) => return Ok(draft.edited(Some(&request))),
            Err(TrackerError::Refused { fields, why }) => (fields, why),
            Err(error) => return Err(error),
        };
        if !draft.give_way(&named).await? {
            return Err(TrackerError::Refused { fields: named, why });
        }
        if draft.size != connection.edit_size() {
            // What it will show then is noted before it is sent.
            connection.set_edit_size(draft.size);
            return Err(TrackerError::TooLong { why });
        }
        if draft.edit.is_empty() {
            return Ok(draft.edited(None));
        }
    }
}

/// An edit that is to be made.
struct Draft<'a> {
    connection: &'a Connection<'a>,
    issue: &'a IssueName,
    /// The edit as it was wanted.
    wanted: &'a Edit,
    flavor: Flavor,
    edit: Edit,
    resolved: Resolved,
    dropped: Vec<Dropped>,
    left_out: Edit,
    size: TextSize,
    /// What Jira lets be edited now, once it was asked.
    editable: Option<Vec<String>>,
}

impl<'a> Draft<'a> {
    async fn of(
        connection: &'a Connection<'a>,
        issue: &'a IssueName,
        wanted: &'a Edit,
    ) -> Result<Self, TrackerError> {
        let mut resolved = fields::resolve(connection, &wanted.custom, &wanted.place).await?;
        Ok(Self {
            connection,
            issue,
            wanted,
            flavor: connection.flavor().await?,
            edit: Edit {
                custom: mem::take(&mut resolved.fields),
                ..wanted.clone()
            },
            dropped: mem::take(&mut resolved.dropped),
            resolved,
            left_out: Edit::default(),
            size: connection.edit_size(),
            editable: None,
        })
    }

    fn request(&self) -> JiraRequest {
        request::edit(self.issue, &self.edit, self.size.limit, self.flavor)
    }

    fn edited(self, request: Option<&JiraRequest>) -> Edited {
        Edited {
            description: request.and_then(|request| request.description.clone()),
            dropped: self.dropped,
            left_out: self.left_out,
        }
    }

    /// Makes the text shorter, or leaves out what Jira names or does not let be
    /// edited; false if there is nothing of that.
    async fn give_way(&mut self, named: &[Refusal]) -> Result<bool, TrackerError> {
        for (id, _) in named {
            let name = self.resolved.name(id);
            if self.connection.is_kept(id)? || self.connection.is_kept(name)? {
                return Ok(false);
            }
        }
        let text = named.iter().find(|(name, _)| name == "description");
        if named.is_empty() || text.is_some() {
            self.ask_editable().await?;
        }
        let mut names: Vec<String> = named.iter().map(|(name, _)| name.clone()).collect();
        let mut changed = false;
        if let Some((name, why)) = text
            && !self.is_locked(name)
            && self.shorten(why)
        {
            names.retain(|other| other != name);
            changed = true;
        }
        let ids = self.edit.changes.iter().map(|(field, _)| field.id);
        let ids = ids.chain(self.edit.custom.keys().map(String::as_str));
        let locked = ids.clone().filter(|id| self.is_locked(id));
        names.extend(locked.map(str::to_owned));
        if names.is_empty() && !changed {
            // The issue itself is refused: nothing of it can be edited.
            names.extend(ids.map(str::to_owned));
        }
        for name in names {
            changed |= self.leave_out(&name);
        }
        Ok(changed)
    }

    /// Whether Jira says that a field cannot be edited now.
    fn is_locked(&self, id: &str) -> bool {
        let editable = self.editable.as_ref();
        editable.is_some_and(|editable| !editable.iter().any(|known| known == id))
    }

    /// Which fields can be edited, as Jira says; if it does not, all may be.
    async fn ask_editable(&mut self) -> Result<(), TrackerError> {
        if self.editable.is_some() {
            return Ok(());
        }
        let request = request::editable(self.issue, self.flavor);
        match self.connection.ask(&request).await {
            Ok(answer) => {
                let fields = answer["fields"].as_object();
                self.editable = fields.map(|fields| fields.keys().cloned().collect());
                Ok(())
            }
            Err(error) if fields::is_forbidden(&error) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn shorten(&mut self, why: &str) -> bool {
        let Some(text) = self.edit.text("description") else {
            return false;
        };
        let length = length(&request::render(text, self.size.limit, self.flavor));
        self.size.shrink(length, why)
    }

    /// True if the edit had this field.
    fn leave_out(&mut self, id: &str) -> bool {
        let changes = mem::take(&mut self.edit.changes);
        let (out, rest): (Vec<_>, Vec<_>) =
            changes.into_iter().partition(|(field, _)| field.id == id);
        self.edit.changes = rest;
        let mut had_it = !out.is_empty();
        self.left_out.changes.extend(out);
        if self.edit.custom.remove(id).is_some() {
            had_it = true;
            let name = self.resolved.name(id);
            let value = self.wanted.custom.get(name).cloned().unwrap_or_default();
            self.left_out.custom.insert(name.to_owned(), value);
        }
        had_it
    }
}
