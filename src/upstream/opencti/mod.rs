//! OpenCTI: its GraphQL, for one entity.

mod error;
mod link;
mod notes;
mod people;
mod place;
mod statuses;

use self::error::{Right, judge};
use self::link::link_issue;
use self::place::Place;
use super::port::{Answered, Assigned, IssueLink, Note, Upstream};
use crate::http::graphql::Platform;
use crate::model::{EntityType, IssueStatus, Named, Person, Timestamp};
use crate::platform::Ports;
use crate::settings::BackWords;

/// An entity of OpenCTI.
pub(super) struct OpenCtiEntity<'a> {
    place: Place<'a>,
    words: &'a BackWords,
    kind: EntityType,
}

impl<'a> OpenCtiEntity<'a> {
    /// The entity of this type with this id, internal or STIX. Statuses and people are
    /// remembered in the store for an hour.
    pub(super) fn new(
        platform: Platform<'a>,
        ports: Ports<'a>,
        words: &'a BackWords,
        entity_id: &str,
        kind: &EntityType,
    ) -> Self {
        let entity = entity_id.to_owned();
        Self {
            place: Place {
                platform,
                ports,
                entity,
            },
            words,
            kind: kind.clone(),
        }
    }
}

impl Upstream for OpenCtiEntity<'_> {
    fn name(&self) -> &'static str {
        "OpenCTI"
    }

    fn announce<'a>(&'a self, issue: &'a IssueLink) -> Answered<'a, ()> {
        let Place {
            platform, entity, ..
        } = &self.place;
        Box::pin(async move {
            let linked = link_issue(platform, entity, &issue.key, &issue.url).await;
            linked.map_err(|error| judge(error, Right::Update))
        })
    }

    fn image<'a>(&'a self, status: &'a IssueStatus) -> Answered<'a, Option<Named>> {
        Box::pin(async move {
            let kind = match self.kind.is_empty() {
                true => statuses::kind(&self.place).await?,
                false => self.kind.clone(),
            };
            match self.words.statuses.image(&kind, status) {
                Some(wanted) => {
                    let found = statuses::find(&self.place, &kind, wanted).await;
                    found.map(Some)
                }
                None => Ok(None),
            }
        })
    }

    fn status(&self) -> Answered<'_, Option<String>> {
        Box::pin(statuses::current(&self.place))
    }

    fn set_status<'a>(&'a self, to: &'a Named, said: &'a str) -> Answered<'a, Option<Timestamp>> {
        Box::pin(statuses::set(&self.place, &self.kind, to, said))
    }

    fn assign<'a>(
        &'a self,
        to: Option<&'a Person>,
        before: Option<&'a Person>,
        said: &'a str,
    ) -> Answered<'a, Assigned> {
        let words = &self.words.people;
        Box::pin(people::assign(&self.place, words, to, before, said))
    }

    fn resolve<'a>(
        &'a self,
        resolution: Option<&'a str>,
        at: Timestamp,
        said: &'a str,
    ) -> Answered<'a, ()> {
        Box::pin(async move {
            let note = notes::of_resolution(resolution, at, said);
            notes::add(&self.place, &note).await.map(drop)
        })
    }

    fn say<'a>(&'a self, note: &'a Note) -> Answered<'a, Option<String>> {
        Box::pin(notes::add(&self.place, note))
    }

    fn change_note<'a>(&'a self, id: &'a str, note: &'a Note) -> Answered<'a, ()> {
        Box::pin(notes::change(&self.place, id, note))
    }

    fn delete_note<'a>(&'a self, id: &'a str) -> Answered<'a, ()> {
        Box::pin(notes::delete(&self.place, id))
    }
}

#[cfg(test)]
mod tests;
