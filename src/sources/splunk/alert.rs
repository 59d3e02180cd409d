//! The webhook alert action: the search, and the first row of what it found.
//! With "for each result" Splunk calls once a row, always with the same `sid`; a
//! script of one's own may post all rows at once.
//!
//! A row that is a notable of Enterprise Security has an identity of its own: it
//! is told again as it changes, and does not fire.

use serde_json::{Map, Value};

use super::event::{entity, event, name};
use super::marks::Marks;
use super::members::is_bookkeeping;
use super::notable;
use super::row::{data, firing, identity, is_news, subject};
use super::search::{Search, rows};
use super::severity::{ranked, severity};
use super::value::{self, cut, description, fact, status, text, time};
use crate::model::{Change, Entity, Event, Fact, Firings};
use crate::settings::{Grouping, Mapping, Repeats, Settings, Splunk};
use crate::sources::received::SourceError;
use crate::text::{digest, to_json};

/// Longer names say nothing more.
const NAME_LIMIT: usize = 300;
/// A name and its subject stay below 500 characters.
const SUBJECT_LIMIT: usize = 190;

/// What only a notable tells in its header.
const NOTABLE_FACTS: [(&str, &str); 4] = [
    ("security_domain", "Domain"),
    ("risk_score", "Risk score"),
    ("disposition_label", "Disposition"),
    ("comment", "Review"),
];

/// Where a row may say what it is about.
const DESCRIPTIONS: [&str; 3] = ["rule_description", "description", "savedsearch_description"];

/// Whether the body is one of the alert action. Any member may be empty: an ad
/// hoc search has no name, one without results has no row.
pub(super) fn is_alert(json: &Value) -> bool {
    text(&json["sid"]).is_some()
        || json["result"].is_object()
        || json["result"].is_array()
        || json["results"].is_array()
        || (json.get("search_name").is_some() && text(&json["results_link"]).is_some())
}

/// The events of one body, one for each row.
pub(super) fn read(json: &Value, settings: &Settings<'_>) -> Result<Vec<Event>, SourceError> {
    let reading = Reading {
        splunk: settings.splunk()?,
        repeats: settings.repeats()?,
        mapping: settings.mapping()?,
    };
    let search = Search::read(json, reading.splunk);
    // Of a run without an id, the body is the run.
    let run = search.sid.clone();
    let run = run.unwrap_or_else(|| digest(&to_json(json)));
    let rows = rows(json)?;
    let read = |row: Map<String, Value>| reading.event(&search, &run, row);
    Ok(rows.into_iter().map(read).collect())
}

/// The settings that say how rows are read.
struct Reading<'a> {
    splunk: &'a Splunk,
    repeats: &'a Repeats,
    mapping: &'a Mapping,
}

impl Reading<'_> {
    fn event(&self, search: &Search, run: &str, row: Map<String, Value>) -> Event {
        let notable = notable::id(search, &row, self.splunk);
        let row = match notable {
            Some(_) => notable::whole(&row),
            None => row,
        };
        let alert = Alert {
            search,
            row: &row,
            is_notable: notable.is_some(),
            reading: self,
        };
        let mut entity = alert.entity();
        let level = self.mapping.markings.level(&entity);
        let repeats = self.repeats.on(self.mapping.routes.pick(&entity, level));
        let named = repeats.dedup_fields.as_slice();
        let envelope = [search.app.as_str(), search.id.as_str()];
        if repeats.group == Grouping::Run {
            return alert.of_run(entity, run);
        }
        if let (Some(id), true) = (notable, named.is_empty()) {
            let id = format!("{}\n{}\n{id}", search.app, search.id);
            entity.id = format!("splunk-notable-{}", digest(id.as_bytes()));
            return match alert.is_closed() {
                true => event(Change::Closed, entity),
                false => event(Change::UPDATED, entity),
            };
        }
        entity.id = format!("splunk-{}", identity(&envelope, &row, named));
        let fired = firing(run, &row, |name| is_news(name, named));
        event(Change::Fired(Firings::of_row(fired)), entity)
    }
}

struct Alert<'a> {
    search: &'a Search,
    row: &'a Map<String, Value>,
    is_notable: bool,
    reading: &'a Reading<'a>,
}

impl Alert<'_> {
    fn member(&self, name: &str) -> &Value {
        self.row.get(name).unwrap_or(&Value::Null)
    }

    /// The entity, but for its id.
    fn entity(&self) -> Entity {
        let kind = match self.is_notable {
            true => "splunk-notable",
            false => "splunk-alert",
        };
        let marks = Marks::of_row(self.row, &self.reading.splunk.marking_fields);
        let mut entity = entity(kind, String::new(), marks);
        let mut told = DESCRIPTIONS.into_iter();
        let told = told.find(|name| text(self.member(name)).is_some());
        entity.link.clone_from(&self.search.link);
        entity.name = self.name();
        entity.description = told.and_then(|told| description(self.member(told)));
        if self.is_notable {
            entity.handles = notable::handles(self.row);
            let filled = |text: String| notable::filled(&text, self.row);
            let description = entity.description.map(filled);
            entity.description = description.and_then(|it| value::description(&it.into()));
            entity.status = status(self.member("status_label"));
        }
        entity.severity = self.severity();
        entity.facts = self.facts();
        entity.data = data(self.row, told, self.is_notable);
        entity
    }

    /// The urgency of a notable, which Splunk reckons. Of another row the worse of
    /// both: whoever attacks may have written one of them.
    fn severity(&self) -> Option<String> {
        let priorities = &self.reading.mapping.priorities;
        match self.is_notable {
            true => severity(self.member("urgency"), priorities)
                .or_else(|| severity(self.member("severity"), priorities)),
            false => severity(&self.severities(), priorities),
        }
    }

    fn severities(&self) -> Value {
        let members = ["urgency", "severity"].map(|name| self.member(name).clone());
        members.to_vec().into()
    }

    /// All rows of one run are one entity.
    fn of_run(&self, mut entity: Entity, run: &str) -> Event {
        let search = self.search;
        let id = format!("{}\n{}\n{run}", search.app, search.id);
        entity.id = format!("splunk-run-{}", digest(id.as_bytes()));
        entity.name = self.title();
        let mut row = firing(run, self.row, |name| !is_bookkeeping(name));
        // Each row is a line of the table.
        row.digest.clone_from(&row.key);
        let mut fired = Firings::of_row(row);
        fired.worst = ranked(&self.severities(), &self.reading.mapping.priorities);
        event(Change::Fired(fired), entity)
    }

    /// Whether people have closed the notable.
    fn is_closed(&self) -> bool {
        value::is_closed(self.member("status_label"))
    }

    /// What fired: the search, unless the settings name a field of the row.
    fn title(&self) -> String {
        let mut fields = self.reading.splunk.title_fields.iter();
        let own = fields.find_map(|name| text(self.member(name)));
        let rule = || notable::rule(self.row).filter(|_| self.is_notable);
        let title = own.or_else(rule).or_else(|| self.search.name.clone());
        name(title, NAME_LIMIT)
    }

    /// What fired, and on whom.
    fn name(&self) -> String {
        let title = self.title();
        match subject(self.row, self.is_notable).filter(|subject| !says(&title, subject)) {
            Some(subject) => format!("{title}: {}", cut(&subject, SUBJECT_LIMIT)),
            None => title,
        }
    }

    /// The search's, and those that only a notable has.
    fn facts(&self) -> Vec<Fact> {
        let search = self.search;
        let owner = text(self.member("owner")).filter(|_| self.is_notable);
        let mut facts = Vec::new();
        fact(&mut facts, "search_name", "Search", search.name.clone());
        fact(&mut facts, "app", "App", text(&search.app.as_str().into()));
        fact(
            &mut facts,
            "owner",
            "Owner",
            owner.or_else(|| search.owner.clone()),
        );
        fact(&mut facts, "_time", "Time", time(self.member("_time")));
        if self.is_notable {
            for (key, label) in NOTABLE_FACTS {
                fact(&mut facts, key, label, text(self.member(key)));
            }
        }
        facts
    }
}

/// Whether a title says a subject already, as words of its own.
fn says(title: &str, subject: &str) -> bool {
    let (title, subject) = (title.to_ascii_lowercase(), subject.to_ascii_lowercase());
    let is_edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
    title.match_indices(&subject).any(|(start, found)| {
        let before = title[..start].chars().next_back();
        is_edge(before) && is_edge(title[start + found.len()..].chars().next())
    })
}
