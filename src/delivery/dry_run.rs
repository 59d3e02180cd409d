//! What would happen: the route, the outcome, and every request to Jira with
//! its full body. Sends nothing, stores nothing.

use serde_json::{Value, json};

use super::issue::remote_link;
use super::walk::settled;
use super::{Context, Failure};
use crate::answer::{IssueRef, Outcome, OutcomeKind};
use crate::config::OnUpdate;
use crate::event::{Change, Event};
use crate::intake::Received;
use crate::jira::Client;
use crate::jira::request::{self, JiraRequest};
use crate::ledger::{self, Ticket};
use crate::markup::Flavor;
use crate::plan::fields;
use crate::plan::life;
use crate::plan::steps::Step;
use crate::plan::{self, NoIssue, Target, Written, repeats, standing};

/// Stands for the key that a new issue would get.
const NEW_KEY: &str = "NEW-1";

/// What would become of one thing that a request told.
pub fn dry_run(context: Context<'_>, received: &Received) -> Result<Outcome, Failure> {
    let event = match received {
        Received::Nothing { entity, reason } => {
            return Ok(Outcome::ignored(entity.clone(), reason.clone()));
        }
        Received::Event(event) => &**event,
    };
    if let Err(NoIssue(reason)) = plan::accept(event, context.config) {
        return Ok(Outcome::ignored(Some((&event.entity).into()), reason));
    }
    let store = context.ports.store;
    let mut ticket = ledger::look(store, &event.entity.id)?;
    let mut event = event.clone();
    event.entity.round = ledger::round(store, &event.entity.id)?;
    event.firings.came_at(context.ports.clock.now_ms());
    if begins_anew(context, &event, ticket.as_ref()) {
        event.entity.round += 1;
        ticket = None;
    }
    match Target::pick(&event, context.config) {
        Err(NoIssue(reason)) => Ok(Outcome::ignored(Some((&event.entity).into()), reason)),
        Ok(target) => Ok(Rehearsal {
            context,
            event: &event,
            target,
            ticket,
        }
        .play()),
    }
}

/// Whether an alert's issue is too old to count up on.
fn begins_anew(context: Context<'_>, event: &Event, ticket: Option<&Ticket>) -> bool {
    let now = context.ports.clock.now_ms();
    let settings = &context.config.splunk;
    event.change == Change::Firing
        && ticket.is_some_and(|ticket| {
            !ticket.firings.hold(&event.firings) && repeats::is_over(ticket, settings, now)
        })
}

struct Rehearsal<'a> {
    context: Context<'a>,
    event: &'a Event,
    target: Target<'a>,
    ticket: Option<Ticket>,
}

impl Rehearsal<'_> {
    fn play(&self) -> Outcome {
        let wanted = Written::of(&self.event.entity, &self.target);
        let standing = standing(self.event, self.ticket.as_ref(), &wanted);
        let settled = self
            .ticket
            .as_ref()
            .and_then(|ticket| settled(self.context, self.event, ticket, &wanted));
        let (kind, reason, requests) = match (settled, &self.ticket) {
            (Some(""), _) => (OutcomeKind::Duplicate, None, Vec::new()),
            (Some(reason), _) => (OutcomeKind::Ignored, Some(reason), Vec::new()),
            (None, None) if self.event.change.ends() => {
                let reason = "no issue was filed for it";
                (OutcomeKind::Ignored, Some(reason), Vec::new())
            }
            (None, None) => (OutcomeKind::Created, None, self.create()),
            (None, Some(_)) if self.event.change.ends() => (OutcomeKind::Updated, None, self.end()),
            (None, Some(ticket)) if self.event.change == Change::Firing => {
                (OutcomeKind::Updated, None, self.count_up(ticket))
            }
            (None, Some(_)) => (OutcomeKind::Updated, None, self.update(&wanted)),
        };
        let key = self.ticket.as_ref().map(|ticket| ticket.key.clone());
        Outcome {
            kind,
            entity: Some((&self.event.entity).into()),
            issue: key.map(|key| IssueRef {
                url: self.client().browse_url(&key),
                key,
            }),
            reason: reason.map(str::to_owned),
            dry_run: Some(json!({
                "route": self.target.route_name(),
                "find_label": fields::find_label(&self.event.entity.id, self.event.entity.round),
                "standing": format!("{standing:?}").to_lowercase(),
                "requests": requests.iter().map(|one| self.show(one)).collect::<Vec<Value>>(),
            })),
        }
    }

    fn create(&self) -> Vec<JiraRequest> {
        let mapped = fields::map(&self.event.entity, &self.target);
        let create = request::create(&mapped.fields, &[], self.flavor());
        let link = remote_link(&self.event.entity, &self.target);
        let link = link.map(|link| request::remote_link(NEW_KEY, &link, self.flavor()));
        [create].into_iter().chain(link).collect()
    }

    fn update(&self, wanted: &Written) -> Vec<JiraRequest> {
        let Some(ticket) = &self.ticket else {
            return Vec::new();
        };
        let mapped = fields::map(&self.event.entity, &self.target);
        let edit = ticket.written.changes(wanted, &mapped.fields);
        let life = &self.context.config.life;
        let mut requests = Vec::new();
        match life.on_update {
            _ if edit.is_empty() => {}
            OnUpdate::Ignore => {}
            OnUpdate::Comment => {
                requests.push(request::comment(
                    &ticket.key,
                    &life::tell(self.event.entity.source, &edit),
                    self.flavor(),
                ));
            }
            OnUpdate::Fields => {
                if edit.touches_text() && !life.overwrite_edits {
                    requests.push(request::shown(&ticket.key, self.flavor()));
                }
                requests.push(request::edit(&ticket.key, &edit, &[], self.flavor()));
            }
        }
        let before = ticket.written.status.as_deref();
        let step = life::status_change(life, &self.event.entity, before);
        requests.extend(step.and_then(|step| self.request(&ticket.key, step)));
        requests
    }

    /// What is done with an issue that was closed depends on what Jira says:
    /// what is shown is the question.
    fn count_up(&self, ticket: &Ticket) -> Vec<JiraRequest> {
        let mut firings = ticket.firings.clone();
        firings.take_in(&self.event.firings);
        let settings = &self.context.config.splunk;
        let text = repeats::tell(&self.event.entity, &firings, &self.target, settings);
        let told = match &ticket.counting {
            Some(id) => request::edit_comment(&ticket.key, id, &text, self.flavor()),
            None => request::comment(&ticket.key, &text, self.flavor()),
        };
        vec![request::status(&ticket.key, self.flavor()), told]
    }

    fn end(&self) -> Vec<JiraRequest> {
        let Some(ticket) = &self.ticket else {
            return Vec::new();
        };
        let steps = life::deleted(&self.context.config.life).into_iter();
        steps
            .filter_map(|step| self.request(&ticket.key, step))
            .collect()
    }

    /// Which transition is taken depends on what Jira offers then: what is
    /// shown is the question.
    fn request(&self, key: &str, step: Step) -> Option<JiraRequest> {
        match step {
            Step::Comment(document) => Some(request::comment(key, &document, self.flavor())),
            Step::Transition(_) => Some(request::transitions(key, self.flavor())),
            _ => None,
        }
    }

    fn client(&self) -> Client<'_> {
        Client::offline(self.context.ports, &self.context.config.jira)
    }

    fn flavor(&self) -> Flavor {
        self.client().flavor()
    }

    fn show(&self, request: &JiraRequest) -> Value {
        json!({
            "method": request.method.as_str(),
            "url": format!("{}{}", self.context.config.jira.base_url, request.path),
            "body": request.body,
        })
    }
}
