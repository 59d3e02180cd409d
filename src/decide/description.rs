//! The description that an analyst reads: what it is at a glance, then what
//! was written about it, then where more can be read.

use super::enrichment;
use super::target::Target;
use crate::markup::{Block, Document, Inline, from_html, from_markdown, from_prose};
use crate::model::{Entity, Fact, FiringRow, Named, Reference};
use crate::text::{cut, one_line};

/// Longer lists are cut: an issue is no database.
const LIST_LIMIT: usize = 50;
/// A raw field is a line in a table, not a document; in characters.
const VALUE_LIMIT: usize = 1_000;
/// A table of rows has so many columns.
const COLUMNS: usize = 12;
/// And its cells so many characters.
const CELL_LIMIT: usize = 300;
/// After a longer text, what others know might not fit any more: it comes
/// first then. In bytes.
const LONG: usize = 16 * 1024;

/// Why an entity is not shown.
const MARKED: &str = "Its marking does not allow its content to be shown here.";
const UNMARKED: &str = "It has no marking that would allow its content to be shown here.";

/// Everything that the event tells, as one document.
pub(super) fn full(entity: &Entity, target: &Target<'_>) -> Document {
    let mut document = header(entity, target);
    let text = entity.description.as_deref().unwrap_or_default();
    let enriched_first = text.len() > LONG;
    if enriched_first {
        document = enrichment::append(document, &entity.enrichment);
    }
    document = document.append(from_prose(text, target.profile.prose));
    if !enriched_first {
        document = enrichment::append(document, &entity.enrichment);
    }
    if let Some(html) = &entity.content {
        let content = from_html(html);
        if !content.is_empty() {
            document = document.heading(3, "Content").append(content);
        }
    }
    document = references(data(document, entity, target), entity, target);
    match target.profile.lists_observables {
        true => observables(document, entity),
        false => document,
    }
}

/// For an entity that must not be shown: that it is there, and where.
pub(super) fn stub(entity: &Entity, target: &Target<'_>) -> Document {
    let marking = one_line(&entity.marking_words());
    let (marking, why) = match marking.is_empty() {
        true => ("none".to_owned(), UNMARKED),
        false => (marking, MARKED),
    };
    let mut facts = vec![
        ("Type", vec![Inline::text(entity.kind.title())]),
        ("Marking", vec![Inline::text(marking)]),
        ("Id", vec![Inline::code(one_line(&entity.id))]),
    ];
    facts.extend(link(target));
    Document::new()
        .facts(&facts)
        .paragraph(vec![Inline::em(why)])
}

/// What a template made: its author decides what is shown of the entity; what
/// others know comes after it.
pub(super) fn templated(markdown: &str, entity: &Entity) -> Document {
    enrichment::append(from_markdown(markdown), &entity.enrichment)
}

fn header(entity: &Entity, target: &Target<'_>) -> Document {
    let mut facts: Vec<(&str, Vec<Inline>)> = Vec::new();
    let mut add = |label, value: &str| {
        if !value.is_empty() {
            facts.push((label, vec![Inline::text(one_line(value))]));
        }
    };
    add("Type", &entity.kind.title());
    add("Severity", entity.severity.as_deref().unwrap_or_default());
    add("Priority", entity.priority.as_deref().unwrap_or_default());
    add("Marking", &entity.marking_words());
    if let Some(confidence) = entity.confidence {
        add("Confidence", &format!("{confidence} %"));
    }
    add("Status", name(&entity.status));
    add("Author", name(&entity.author));
    for fact in &entity.facts {
        add(&fact.label, &fact.value);
    }
    facts.extend(link(target));
    Document::new().facts(&facts)
}

fn name(named: &Option<Named>) -> &str {
    let name = named.as_ref().and_then(|named| named.name.as_deref());
    name.unwrap_or_default()
}

fn link(target: &Target<'_>) -> Option<(&'static str, Vec<Inline>)> {
    let url = target.entity_url()?;
    let name = target.profile.name;
    Some((name, vec![Inline::link(format!("Open in {name}"), url)]))
}

/// The raw fields of an alert, the event as it was logged, and what other firings
/// brought.
fn data(document: Document, entity: &Entity, target: &Target<'_>) -> Document {
    let others = &entity.other_firings;
    if entity.data.is_empty() {
        return match others.is_empty() {
            true => document,
            false => table(document, others, entity.left_out),
        };
    }
    let document = document
        .heading(3, "Event data")
        .append(row(&entity.data, target));
    let document = raw(document, &entity.data, target);
    match others.is_empty() {
        true => document,
        false => {
            let document = document.heading(3, "Other firings");
            firings(document, others, entity.left_out, target)
        }
    }
}

/// What firings brought, the newest first.
pub(super) fn firings(
    mut document: Document,
    rows: &[FiringRow],
    left_out: u64,
    target: &Target<'_>,
) -> Document {
    let mut times = Vec::new();
    for firing in rows.iter().rev() {
        let time = one_line(&firing.time);
        if firing.facts.is_empty() {
            times.push(time);
            continue;
        }
        document = document
            .paragraph(vec![Inline::strong(format!("At {time}:"))])
            .append(row(&firing.facts, target));
        document = raw(document, &firing.facts, target);
    }
    if !times.is_empty() {
        let times = format!("The same as before at {}", times.join(", "));
        document = document.paragraph(vec![Inline::text(times)]);
    }
    not_shown(document, left_out)
}

/// The rows of one run, as they came: their times, and of their fields first those
/// that differ.
fn table(document: Document, rows: &[FiringRow], left_out: u64) -> Document {
    let mut columns: Vec<&str> = Vec::new();
    for fact in rows.iter().flat_map(|row| &row.facts) {
        if !columns.contains(&&*fact.label) {
            columns.push(&fact.label);
        }
    }
    let (mut shown, same): (Vec<&str>, Vec<&str>) =
        columns.into_iter().partition(|name| differs(rows, name));
    shown.extend(same);
    let hidden = shown.len().saturating_sub(COLUMNS);
    shown.truncate(COLUMNS);
    let mut header = vec![vec![Inline::text("Time")]];
    header.extend(shown.iter().map(|name| vec![Inline::text(one_line(name))]));
    let mut lines = Vec::new();
    for row in rows {
        let cell = |text: &str| vec![Inline::text(cut(&one_line(text), CELL_LIMIT, "…"))];
        let mut line = vec![cell(&row.time)];
        line.extend(shown.iter().map(|name| cell(value(row, name))));
        lines.push(line);
    }
    let table = Block::Table {
        header,
        rows: lines,
    };
    let document = not_shown(document.heading(3, "Rows").block(table), left_out);
    match hidden {
        0 => document,
        hidden => {
            let more = format!("{hidden} more fields are not shown.");
            document.paragraph(vec![Inline::em(more)])
        }
    }
}

fn value<'a>(row: &'a FiringRow, name: &str) -> &'a str {
    let fact = row.facts.iter().find(|fact| fact.label == name);
    fact.map_or("", |fact| &fact.value)
}

fn differs(rows: &[FiringRow], name: &str) -> bool {
    let mut values = rows.iter().map(|row| value(row, name));
    let first = values.next();
    values.any(|value| Some(value) != first)
}

fn not_shown(document: Document, left_out: u64) -> Document {
    match left_out {
        0 => document,
        1 => document.paragraph(vec![Inline::em("1 older one is not shown.")]),
        more => document.paragraph(vec![Inline::em(format!(
            "{more} older ones are not shown."
        ))]),
    }
}

/// The event as it was logged.
pub(super) fn raw(mut document: Document, data: &[Fact], target: &Target<'_>) -> Document {
    for fact in data.iter().filter(|fact| target.is_raw(fact)) {
        document = document.code(None, fact.value.as_str());
    }
    document
}

/// Raw fields: also what a comment says of a firing.
pub(super) fn row(data: &[Fact], target: &Target<'_>) -> Document {
    let mut rows = Vec::new();
    for fact in data {
        if !target.is_raw(fact) {
            let value = cut(&one_line(&fact.value), VALUE_LIMIT, "…");
            let label = Inline::strong(one_line(&fact.label));
            rows.push(vec![vec![label], vec![Inline::text(value)]]);
        }
    }
    let header = Vec::new();
    match rows.is_empty() {
        true => Document::new(),
        false => Document::new().block(Block::Table { header, rows }),
    }
}

/// A reference to an issue of ours is left out: it is this issue.
fn references(document: Document, entity: &Entity, target: &Target<'_>) -> Document {
    let mut items = Vec::new();
    for known in &entity.references {
        let url = known.url.as_deref().unwrap_or_default();
        if items.len() < LIST_LIMIT && !target.is_issue_url(url) {
            items.push(reference(known));
        }
    }
    match items.is_empty() {
        true => document,
        false => document.heading(3, "External references").bullets(items),
    }
}

fn reference(reference: &Reference) -> Vec<Inline> {
    let mut title = one_line(&reference.source);
    if let Some(id) = &reference.external_id {
        if !title.is_empty() {
            title.push_str(": ");
        }
        title.push_str(&one_line(id));
    }
    let mut line = Vec::new();
    match &reference.url {
        Some(url) if title.is_empty() => line.push(Inline::link(one_line(url), url)),
        Some(url) => line.push(Inline::link(title, url)),
        None => line.push(Inline::text(title)),
    }
    if let Some(description) = &reference.description {
        line.push(Inline::text(format!(" – {}", one_line(description))));
    }
    line
}

fn observables(document: Document, entity: &Entity) -> Document {
    if entity.observables.is_empty() {
        return document;
    }
    let mut items = Vec::new();
    for observable in entity.observables.iter().take(LIST_LIMIT) {
        items.push(vec![
            Inline::text(format!("{}: ", one_line(&observable.kind))),
            Inline::code(one_line(&observable.value)),
        ]);
    }
    document.heading(3, "Observables").bullets(items)
}
