//! Notables of Splunk Enterprise Security, by either of its interfaces.

mod findings;
mod notable_update;
mod update;

use std::cell::RefCell;

use ::http::header::AUTHORIZATION;

use self::findings::Finding;
use self::update::{Repeat, Told, Update};
use super::port::{Answered, Assigned, IssueLink, Note, Upstream, UpstreamError};
use super::rest::{Manual, Rest};
use super::words::{announcement, comment, nobody, said, user_of};
use crate::model::{EntityType, IssueStatus, Named, Person, Timestamp};
use crate::platform::Ports;
use crate::platform::concurrent::side_by_side;
use crate::settings::{SplunkApi, SplunkInterface};

static MANUAL: Manual = Manual {
    name: "Splunk",
    url: "splunk_api_url",
    token: "splunk_api_token",
    right: "the capability edit_notable_events",
    // Mission Control answers 500 with it where there is no such finding or note.
    gone: Some("MC_0050"),
};

/// Who owns what nobody owns.
const NOBODY: &str = "unassigned";
/// The disposition of what nobody has judged.
const NO_DISPOSITION: &str = "disposition:0";
/// What Splunk calls its statuses, by number, unless an administrator names them anew.
const STATUSES: [&str; 6] = [
    "Unassigned",
    "New",
    "In Progress",
    "Pending",
    "Resolved",
    "Closed",
];
/// So many findings are told at a time.
const AT_ONCE: usize = 8;

/// The notables that one issue stands for: one, or those that an alert was made of.
pub(super) struct Notables<'a> {
    rest: Rest<'a>,
    api: &'a SplunkApi,
    kind: EntityType,
    /// Their event ids.
    notables: Vec<String>,
    findings: Vec<Finding>,
    /// Those that the settings want to be findings, and are none.
    strays: Vec<String>,
    /// Whether the newest of all is a finding.
    ends_with_finding: bool,
}

/// Splunk's management port.
pub(super) fn rest<'a>(ports: Ports<'a>, api: &'a SplunkApi) -> Rest<'a> {
    Rest {
        ports,
        url: &api.url,
        token: &api.token,
        header: AUTHORIZATION,
        scheme: "Bearer ",
        manual: &MANUAL,
    }
}

impl<'a> Notables<'a> {
    /// The notables with these event ids, the newest last. `kind` is the type of the
    /// entity that they are, for which a status may have an image of its own. Nothing
    /// is sent yet.
    pub(super) fn new(
        ports: Ports<'a>,
        api: &'a SplunkApi,
        handles: Vec<String>,
        kind: EntityType,
    ) -> Self {
        let mut all = Self {
            rest: rest(ports, api),
            api,
            kind,
            notables: Vec::new(),
            findings: Vec::new(),
            strays: Vec::new(),
            ends_with_finding: false,
        };
        for handle in handles {
            let finding = match api.interface {
                SplunkInterface::NotableUpdate => None,
                SplunkInterface::Auto | SplunkInterface::Findings => Finding::read(&handle),
            };
            all.ends_with_finding = finding.is_some();
            match finding {
                Some(finding) => all.findings.push(finding),
                None if api.interface == SplunkInterface::Findings => all.strays.push(handle),
                None => all.notables.push(handle),
            }
        }
        all
    }

    /// Writes the same on all. Stops at the first that another attempt may help; one
    /// that is gone is no mistake while there are others.
    async fn tell(&self, update: &Update<'_>) -> Result<(), UpstreamError> {
        let told = RefCell::new(Told::default());
        for ids in self.notables.chunks(notable_update::AT_ONCE) {
            let result = notable_update::update(&self.rest, ids, update).await;
            told.borrow_mut().take(result);
            if told.borrow().is_over() {
                break;
            }
        }
        let mut findings = self.findings.iter();
        side_by_side(AT_ONCE, &mut || {
            let finding = findings.next().filter(|_| !told.borrow().is_over())?;
            let told = &told;
            Some(Box::pin(async move {
                let result = findings::update(&self.rest, finding, update).await;
                told.borrow_mut().take(result);
            }))
        })
        .await;
        told.into_inner().result(self.stray())
    }

    /// What is wrong with the ids themselves.
    fn stray(&self) -> Option<UpstreamError> {
        let why = match self.strays.first() {
            Some(id) => format!(
                "splunk_api is findings, and {} is not the id of a finding",
                crate::text::short(id, 100)
            ),
            None if self.notables.is_empty() && self.findings.is_empty() => {
                "no event_id of a notable is known: the search that lists notables must \
                 return event_id"
                    .to_owned()
            }
            None => return None,
        };
        Some(UpstreamError::Refused { why })
    }

    async fn give(
        &self,
        to: Option<&Person>,
        before: Option<&Person>,
        why: &str,
    ) -> Result<Assigned, UpstreamError> {
        let user = |person| user_of(&self.api.owners, person);
        let owner = match (to, before) {
            (Some(person), _) => match user(person) {
                Some(owner) => owner,
                None => {
                    let why = nobody("splunk_owner_back", MANUAL.name, person);
                    return Ok(Assigned::Unknown(why));
                }
            },
            // Whoever has it has it not by us.
            (None, Some(before)) if user(before).is_none() => return Ok(Assigned::Done),
            (None, _) => NOBODY,
        };
        let update = Update {
            owner: Some(owner),
            ..Update::saying(why)
        };
        self.tell(&update).await.map(|()| Assigned::Done)
    }

    /// The disposition that stands for a resolution.
    fn disposition(&self, resolution: Option<&str>) -> Option<String> {
        let Some(resolution) = resolution else {
            let is_ours = !self.api.dispositions.is_empty();
            return is_ours.then(|| NO_DISPOSITION.to_owned());
        };
        let name = resolution.trim().to_lowercase();
        let mut known = self.api.dispositions.iter();
        let (_, number) = known.find(|(from, _)| *from == name)?;
        Some(format!("disposition:{number}"))
    }
}

impl Upstream for Notables<'_> {
    fn name(&self) -> &'static str {
        MANUAL.name
    }

    fn announce<'a>(&'a self, issue: &'a IssueLink) -> Answered<'a, ()> {
        Box::pin(async move {
            let text = announcement(issue);
            self.tell(&Update::once(&text)).await
        })
    }

    /// The status's number. The name is Splunk's own, where the number is.
    fn image<'a>(&'a self, status: &'a IssueStatus) -> Answered<'a, Option<Named>> {
        let id = self.api.statuses.image(&self.kind, status);
        let named = id.map(|id| {
            let number: Option<usize> = id.parse().ok();
            let name = number.and_then(|number| STATUSES.get(number));
            Named {
                id: id.to_owned(),
                name: Some(name.map_or(id, |name| *name).to_owned()),
            }
        });
        Box::pin(std::future::ready(Ok(named)))
    }

    /// That of the newest finding: a notable's can only be searched for.
    fn status(&self) -> Answered<'_, Option<String>> {
        Box::pin(async move {
            match self.findings.last().filter(|_| self.ends_with_finding) {
                Some(finding) => findings::status(&self.rest, finding).await,
                None => Ok(None),
            }
        })
    }

    fn set_status<'a>(&'a self, to: &'a Named, said: &'a str) -> Answered<'a, Option<Timestamp>> {
        Box::pin(async move {
            let why = comment(said);
            let update = Update {
                status: Some(&to.id),
                ..Update::saying(&why)
            };
            self.tell(&update).await?;
            // Splunk does not say when.
            Ok(None)
        })
    }

    /// With nobody in `to`, the owner becomes `unassigned`, unless `before` is somebody
    /// whom Splunk does not know by us.
    fn assign<'a>(
        &'a self,
        to: Option<&'a Person>,
        before: Option<&'a Person>,
        said: &'a str,
    ) -> Answered<'a, Assigned> {
        Box::pin(async move { self.give(to, before, &comment(said)).await })
    }

    /// A disposition where `splunk_disposition_back` names one, and a comment in any
    /// case. What is not resolved any more has no disposition, if it can have one by
    /// us.
    fn resolve<'a>(
        &'a self,
        resolution: Option<&'a str>,
        _: Timestamp,
        said: &'a str,
    ) -> Answered<'a, ()> {
        Box::pin(async move {
            let disposition = self.disposition(resolution);
            let why = comment(said);
            let update = Update {
                disposition: disposition.as_deref(),
                ..Update::saying(&why)
            };
            self.tell(&update).await
        })
    }

    /// A comment of a notable cannot be changed. A note on a finding can, if it is on
    /// one alone.
    fn say<'a>(&'a self, note: &'a Note) -> Answered<'a, Option<String>> {
        Box::pin(async move {
            let text = said(note, false);
            if let ([], [], [finding]) = (&*self.notables, &*self.strays, &*self.findings) {
                return findings::say(&self.rest, finding, &text, Repeat::Any).await;
            }
            self.tell(&Update::once(&text)).await.map(|()| None)
        })
    }

    /// Where it cannot be changed, the new text is said too.
    fn change_note<'a>(&'a self, id: &'a str, note: &'a Note) -> Answered<'a, ()> {
        Box::pin(async move {
            let text = said(note, true);
            if let Some((id, finding)) = findings::note_of(id) {
                return findings::change_note(&self.rest, &finding, id, &text).await;
            }
            self.tell(&Update::once(&text)).await
        })
    }

    /// Where it cannot be deleted, it stays.
    fn delete_note<'a>(&'a self, id: &'a str) -> Answered<'a, ()> {
        Box::pin(async move {
            match findings::note_of(id) {
                Some((id, finding)) => findings::delete_note(&self.rest, &finding, id).await,
                None => Ok(()),
            }
        })
    }
}

#[cfg(test)]
mod tests;
