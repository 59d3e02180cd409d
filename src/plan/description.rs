//! The description that an analyst reads: what it is at a glance, then what
//! was written about it, then where more can be read.

use super::findings;
use super::target::Target;
use super::text::{cut, one_line};
use crate::event::{Entity, Fact, Observable, Reference, Source};
use crate::markup::{Document, Inline, from_html, from_markdown};

/// Longer lists are cut: an issue is no database.
const LIST_LIMIT: usize = 50;
/// A raw field is a line in a table, not a document; in characters.
const VALUE_LIMIT: usize = 1_000;
/// The field that holds an event as it was logged.
const RAW: &str = "_raw";
/// After a longer text, what others know might not fit any more: it comes
/// first then. In bytes.
const LONG: usize = 16 * 1024;

/// Everything that the event tells, as one document.
pub(super) fn full(entity: &Entity, target: &Target<'_>) -> Document {
    let mut document = header(entity, target);
    let markdown = entity.description.as_deref().unwrap_or_default();
    let findings_first = markdown.len() > LONG;
    if findings_first {
        document = findings::append(document, &entity.findings);
    }
    document = document.append(from_markdown(markdown));
    if !findings_first {
        document = findings::append(document, &entity.findings);
    }
    if let Some(html) = &entity.content {
        let content = from_html(html);
        if !content.is_empty() {
            document = document.heading(3, "Content").append(content);
        }
    }
    document = references(data(document, entity), entity, target);
    match entity.source {
        Source::OpenCti => observables(document, entity),
        // They stand in its raw fields.
        Source::Splunk => document,
    }
}

/// For an entity that must not be shown: that it is there, and where.
pub(super) fn stub(entity: &Entity, target: &Target<'_>) -> Document {
    let marking = entity.tlp.map_or("", |tlp| tlp.as_str());
    let mut facts = vec![
        ("Type", vec![Inline::text(entity.kind.title())]),
        ("Marking", vec![Inline::text(format!("TLP:{marking}"))]),
        ("Id", vec![Inline::code(one_line(&entity.id))]),
    ];
    facts.extend(link(entity, target));
    Document::new().facts(&facts).paragraph(vec![Inline::em(
        "Its marking does not allow its content to be shown here.",
    )])
}

/// What a template made: its author decides what is shown of the entity; what
/// others know comes after it.
pub(super) fn templated(markdown: &str, entity: &Entity) -> Document {
    findings::append(from_markdown(markdown), &entity.findings)
}

fn header(entity: &Entity, target: &Target<'_>) -> Document {
    let text = |value: String| match value.is_empty() {
        true => Vec::new(),
        false => vec![Inline::text(one_line(&value))],
    };
    let name = |named: &Option<crate::event::Named>| {
        let name = named.as_ref().and_then(|named| named.name.clone());
        text(name.unwrap_or_default())
    };
    let mut facts: Vec<(&str, Vec<Inline>)> = vec![
        ("Type", text(entity.kind.title())),
        (
            "Severity",
            text(entity.severity.clone().unwrap_or_default()),
        ),
        (
            "Priority",
            text(entity.priority.clone().unwrap_or_default()),
        ),
        (
            "Marking",
            text(
                entity
                    .tlp
                    .map(|tlp| format!("TLP:{}", tlp.as_str()))
                    .unwrap_or_default(),
            ),
        ),
        (
            "Confidence",
            text(
                entity
                    .confidence
                    .map(|n| format!("{n} %"))
                    .unwrap_or_default(),
            ),
        ),
        ("Status", name(&entity.status)),
        ("Author", name(&entity.author)),
    ];
    for fact in &entity.facts {
        facts.push((&fact.label, text(fact.value.clone())));
    }
    facts.extend(link(entity, target));
    Document::new().facts(&facts)
}

fn link(entity: &Entity, target: &Target<'_>) -> Option<(&'static str, Vec<Inline>)> {
    let url = target.entity_url()?;
    let name = entity.source.name();
    Some((name, vec![Inline::link(format!("Open in {name}"), url)]))
}

/// The raw fields of an alert, and the event as it was logged.
fn data(document: Document, entity: &Entity) -> Document {
    let (raw, fields): (Vec<&Fact>, Vec<&Fact>) =
        entity.data.iter().partition(|fact| fact.key == RAW);
    if entity.data.is_empty() {
        return document;
    }
    let mut document = document.heading(3, "Event data").append(table(&fields));
    for fact in raw {
        document = document.code(None, fact.value.as_str());
    }
    document
}

fn table(fields: &[&Fact]) -> Document {
    let row = |fact: &&Fact| {
        let value = cut(&one_line(&fact.value), VALUE_LIMIT, "…");
        (one_line(&fact.label), vec![Inline::text(value)])
    };
    let rows: Vec<(String, Vec<Inline>)> = fields.iter().map(row).collect();
    let rows: Vec<(&str, Vec<Inline>)> = rows
        .iter()
        .map(|(label, value)| (label.as_str(), value.clone()))
        .collect();
    Document::new().facts(&rows)
}

/// What a comment says of an alert's newest row.
pub(super) fn row(entity: &Entity) -> Document {
    let shown = |fact: &&Fact| fact.key != RAW;
    let fields: Vec<&Fact> = entity.data.iter().filter(shown).collect();
    table(&fields)
}

/// A reference to an issue of ours is left out: it is this issue.
fn references(document: Document, entity: &Entity, target: &Target<'_>) -> Document {
    let ours = |reference: &&Reference| {
        let url = reference.url.as_deref().unwrap_or_default();
        !target.is_issue_url(url)
    };
    let items: Vec<Vec<Inline>> = entity
        .references
        .iter()
        .filter(ours)
        .take(LIST_LIMIT)
        .map(reference)
        .collect();
    match items.is_empty() {
        true => document,
        false => document.heading(3, "External references").bullets(items),
    }
}

fn reference(reference: &Reference) -> Vec<Inline> {
    let source = one_line(&reference.source);
    let title = match (&reference.external_id, source.is_empty()) {
        (Some(id), true) => one_line(id),
        (Some(id), false) => format!("{source}: {}", one_line(id)),
        (None, _) => source,
    };
    let mut line = match &reference.url {
        Some(url) if title.is_empty() => vec![Inline::link(one_line(url), url)],
        Some(url) => vec![Inline::link(title, url)],
        None => vec![Inline::text(title)],
    };
    if let Some(description) = &reference.description {
        line.push(Inline::text(format!(" – {}", one_line(description))));
    }
    line
}

fn observables(document: Document, entity: &Entity) -> Document {
    if entity.observables.is_empty() {
        return document;
    }
    let item = |observable: &Observable| {
        vec![
            Inline::text(format!("{}: ", one_line(&observable.kind))),
            Inline::code(one_line(&observable.value)),
        ]
    };
    let items = entity.observables.iter().take(LIST_LIMIT).map(item);
    document.heading(3, "Observables").bullets(items)
}
