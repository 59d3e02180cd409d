//! Files an issue, and gives way where Jira refuses what the issue can do
//! without.

use std::fmt::Write;

use super::answers::{self, Doubt};
use super::connection::{Connection, Missing};
use super::fields::{self, Resolved, people, screen};
use super::refusals::Refusals;
use super::request::{self, JiraRequest};
use super::text_size::{TextSize, length};
use super::{fingerprint, lookup, place};
use crate::markup::Flavor;
use crate::model::{FieldValue, IssueFields, Shown};
use crate::tracker::error::{Refusal, TrackerError};
use crate::tracker::port::{Created, Dropped};

pub(super) async fn create(
    connection: &Connection<'_>,
    fields: &IssueFields,
) -> Result<Created, TrackerError> {
    let mut draft = Draft::of(connection, fields).await?;
    // Each turn takes something out, or makes the text shorter.
    loop {
        let (named, why) = match draft.send().await {
            Err(TrackerError::Refused { fields, why }) => (fields, why),
            other => return other,
        };
        if !draft.give_way(&named).await? {
            let why = draft.all_said(why);
            return Err(place::refused(connection, &fields.place, named, why).await);
        }
    }
}

/// An issue that is to be filed.
struct Draft<'a> {
    connection: &'a Connection<'a>,
    flavor: Flavor,
    fields: IssueFields,
    /// What its custom fields are called.
    resolved: Resolved,
    refusals: Refusals,
    size: TextSize,
    dropped: Vec<Dropped>,
    /// Whether the description is left out.
    lacks_text: bool,
}

impl<'a> Draft<'a> {
    async fn of(
        connection: &'a Connection<'a>,
        fields: &IssueFields,
    ) -> Result<Self, TrackerError> {
        let flavor = connection.flavor().await?;
        let mut resolved = fields::resolve(connection, &fields.custom, &fields.place).await?;
        let refusals = Refusals::recall(connection, &fields.place);
        let limit = connection.text_limit();
        let limit = refusals.text_limit().map_or(limit, |it| it.min(limit));
        let mut draft = Self {
            connection,
            flavor,
            fields: IssueFields {
                custom: std::mem::take(&mut resolved.fields),
                ..fields.clone()
            },
            dropped: std::mem::take(&mut resolved.dropped),
            resolved,
            refusals,
            size: TextSize::new(limit),
            lacks_text: false,
        };
        draft.name_people().await?;
        let ids = draft.resolved.unset.iter();
        let names = draft.dropped.iter().map(|dropped| &dropped.field);
        for name in ids.chain(names) {
            if connection.is_kept(name)? {
                return Err(TrackerError::Refused {
                    fields: Vec::new(),
                    why: draft.all_said(format!("an issue cannot do without {name}")),
                });
            }
        }
        draft.drop_known()?;
        Ok(draft)
    }

    /// Puts accounts where e-mail addresses stand.
    async fn name_people(&mut self) -> Result<(), TrackerError> {
        for index in (0..self.fields.values.len()).rev() {
            let Some((field, FieldValue::User(who))) = self.fields.values.get_mut(index) else {
                continue;
            };
            let why = match people::account(self.connection, who).await {
                Ok(Some(account)) => {
                    *who = account;
                    continue;
                }
                Ok(None) => format!("Jira knows nobody with the e-mail address {who}"),
                Err(error) if fields::is_forbidden(&error) => error.why().to_owned(),
                Err(error) => return Err(error),
            };
            let field = field.id.to_owned();
            self.dropped.push(Dropped { field, why });
            self.fields.values.remove(index);
        }
        Ok(())
    }

    /// Takes out what was refused here before, without a word: an issue that said
    /// so was filed then.
    fn drop_known(&mut self) -> Result<(), TrackerError> {
        for id in self.refusals.fields() {
            if self.is_kept(&id)? {
                continue;
            }
            self.lacks_text |= id == "description" && self.fields.text(&id).is_some();
            self.fields
                .values
                .retain(|(field, _)| !field.is_optional || field.id != id);
            self.fields.custom.remove(&id);
        }
        Ok(())
    }

    /// Whether the issue cannot do without the field with this id.
    fn is_kept(&self, id: &str) -> Result<bool, TrackerError> {
        let name = self.resolved.name(id);
        Ok(self.connection.is_kept(id)? || self.connection.is_kept(name)?)
    }

    fn request(&self) -> JiraRequest {
        request::create(&self.fields, &self.dropped, self.size.limit, self.flavor)
    }

    async fn send(&self) -> Result<Created, TrackerError> {
        let request = self.request();
        let (key, id) = send(self.connection, &self.fields, &request).await?;
        let description = request.description;
        if let Some(limit) = self.size.found() {
            let mut refusals = self.refusals.clone();
            refusals.set_text_limit(limit);
            refusals.remember(self.connection, &self.fields.place);
        }
        Ok(Created {
            key,
            id,
            shown: Shown {
                summary: self.fields.line("summary").to_owned(),
                description: description.unwrap_or_else(fingerprint::of_none),
            },
            dropped: self.dropped.clone(),
            lacks_text: self.lacks_text,
        })
    }

    /// Makes the text shorter, and takes out what Jira names; false if the issue
    /// cannot do without any of it.
    async fn give_way(&mut self, named: &[Refusal]) -> Result<bool, TrackerError> {
        let (text, others): (Vec<_>, Vec<_>) =
            named.iter().partition(|(name, _)| name == "description");
        for (name, _) in &others {
            if self.is_kept(name)? {
                return Ok(false);
            }
        }
        if !named.iter().any(|(name, _)| self.has(name)) {
            return Ok(false);
        }
        let off_screen = self.off_screen(named).await;
        let mut changed = false;
        if let Some((name, why)) = text.first() {
            let is_off = off_screen.contains(name);
            changed = match self.is_kept(name)? {
                true => !is_off && self.shorten(why),
                false => self.shorten_or_drop_text(name, why, is_off),
            };
            if !changed {
                return Ok(false);
            }
        }
        for (name, why) in others {
            changed |= self.take(name, why);
        }
        // Another value of a field that is there may be taken.
        off_screen.iter().for_each(|name| self.refusals.add(name));
        if !off_screen.is_empty() {
            self.refusals.remember(self.connection, &self.fields.place);
        }
        Ok(changed)
    }

    /// Whether there is such a field, and the issue can do without it.
    fn has(&self, id: &str) -> bool {
        let mut values = self.fields.values.iter();
        let is_optional = values.any(|(field, _)| field.id == id && field.is_optional);
        is_optional || self.fields.custom.contains_key(id)
    }

    /// Those of the refused fields that no new issue has here, as far as Jira says.
    async fn off_screen(&self, named: &[Refusal]) -> Vec<String> {
        let shown = screen::fields(self.connection, &self.fields.place).await;
        let shown = shown.unwrap_or_default();
        let names = named.iter().map(|(name, _)| name);
        let off = names.filter(|name| !shown.is_empty() && !shown.contains(name));
        off.cloned().collect()
    }

    /// A text that is on no screen goes; one that is too long becomes shorter, in
    /// the end it goes as well.
    fn shorten_or_drop_text(&mut self, name: &str, why: &str, is_off: bool) -> bool {
        if !is_off && self.shorten(why) {
            return true;
        }
        let before = self.fields.values.len();
        self.fields.values.retain(|(field, _)| field.id != name);
        self.lacks_text = self.fields.values.len() < before;
        self.lacks_text
    }

    fn shorten(&mut self, why: &str) -> bool {
        let Some(text) = self.fields.text("description") else {
            return false;
        };
        let length = length(&request::render(text, self.size.limit, self.flavor));
        self.size.shrink(length, why)
    }

    /// Takes a field out, if the issue has it and can do without.
    fn take(&mut self, name: &str, why: &str) -> bool {
        let values = &mut self.fields.values;
        let place = values.iter().position(|(field, _)| field.id == name);
        let taken = match place {
            Some(place)
                if values
                    .get(place)
                    .is_some_and(|(field, _)| field.is_optional) =>
            {
                !values.remove(place).1.is_empty()
            }
            Some(_) => false,
            None => self.fields.custom.remove(name).is_some(),
        };
        if taken {
            self.dropped.push(Dropped {
                field: self.resolved.name(name).to_owned(),
                why: why.to_owned(),
            });
        }
        taken
    }

    /// A refusal, with those that came before it: a field that is required now may
    /// have been refused for what it held.
    fn all_said(&self, why: String) -> String {
        let mut said = why;
        for (index, Dropped { field, why }) in self.dropped.iter().enumerate() {
            let begin = if index == 0 {
                ". Refused before: "
            } else {
                "; "
            };
            let _ = write!(said, "{begin}{field}: {why}");
        }
        said
    }
}

/// One create: the issue's key and id.
async fn send(
    connection: &Connection<'_>,
    fields: &IssueFields,
    request: &JiraRequest,
) -> Result<(String, String), TrackerError> {
    let response = connection.send(request).await?;
    let is_success = response.status.is_success();
    let now = connection.ports.clock.now();
    let doubt = match answers::read(&response, request.expected, now) {
        Ok(answer) if response.status.as_u16() == 201 => {
            return lookup::name_of(&answer).ok_or_else(|| TrackerError::Ambiguous {
                why: "Jira answered 201, but not which issue it created".to_owned(),
            });
        }
        // A page from something in between: what is behind it may have done its
        // work.
        Ok(_) | Err(Doubt::NotJira(_)) if is_success => {
            return Err(TrackerError::Ambiguous {
                why: format!("Jira answered {} to a create", response.status),
            });
        }
        Ok(_) => return Err(TrackerError::later("Jira answered something else")),
        Err(doubt) => doubt,
    };
    Err(match connection.settle(doubt).await {
        Ok(TrackerError::Denied { why }) => {
            match place::refused(connection, &fields.place, Vec::new(), why).await {
                TrackerError::Refused { why, .. } => TrackerError::Denied { why },
                other => other,
            }
        }
        Ok(error) => error,
        Err(Missing(why)) => {
            let named = vec![("project".to_owned(), why.clone())];
            place::refused(connection, &fields.place, named, why).await
        }
    })
}
