//! What others know, as an analyst reads it. All of it is strangers' text:
//! words or code, never markup.

use crate::markup::{Block, Cell, Document, Inline, PanelKind};
use crate::model::{Analysis, Enrichment, Missing, Report, Timestamp, Verdict};
use crate::text::{cut, one_line};

/// No table or list is longer.
const LIST_LIMIT: usize = 50;
/// Of an observable, which may be a long URL.
const VALUE_LIMIT: usize = 300;
/// Of names, labels and reasons.
const NAME_LIMIT: usize = 300;
/// Of what a model explains; its own limits are stricter.
const TEXT_LIMIT: usize = 3_000;
/// The length of `2025-10-27`.
const DATE: usize = 10;

/// Adds what others know to a description.
pub(super) fn append(document: Document, enrichment: &Enrichment) -> Document {
    let document = told(document, enrichment);
    match enrichment.not_asked {
        0 => document,
        count => document.paragraph(vec![Inline::em(format!(
            "VirusTotal: {count} not asked (virustotal_max_lookups)."
        ))]),
    }
}

fn told(document: Document, enrichment: &Enrichment) -> Document {
    let mut document = verdicts(document, &enrichment.verdicts);
    if let Some(analysis) = &enrichment.analysis {
        document = document.panel(PanelKind::Note, panel(analysis));
    }
    for missing in enrichment.missing.iter().take(LIST_LIMIT) {
        document = document.paragraph(vec![Inline::em(absence(missing))]);
    }
    document
}

/// The comment that brings what was missing when the issue was filed; empty if
/// there is nothing to bring.
pub fn late(enrichment: &Enrichment) -> Document {
    if enrichment.is_empty() {
        return Document::new();
    }
    let intro = Inline::text("This was missing when the issue was filed:");
    told(Document::new().paragraph(vec![intro]), enrichment)
}

fn verdicts(document: Document, verdicts: &[Verdict]) -> Document {
    if verdicts.is_empty() {
        return document;
    }
    let titles = [
        "Observable",
        "Verdict",
        "Reputation",
        "Known as",
        "Analysed",
    ];
    let mut header = Vec::new();
    for title in titles {
        header.push(vec![Inline::text(title)]);
    }
    let mut rows = Vec::new();
    for verdict in verdicts.iter().take(LIST_LIMIT) {
        rows.push(row(verdict));
    }
    document
        .heading(3, "VirusTotal")
        .block(Block::Table { header, rows })
}

/// What strangers named is code, so that nothing makes a link of it.
fn row(verdict: &Verdict) -> Vec<Cell> {
    let observable = short(&verdict.observable.value, VALUE_LIMIT);
    let mut words = "unknown to VirusTotal".to_owned();
    let (mut reputation, mut names, mut analysed) = (Cell::new(), Cell::new(), Cell::new());
    if let Some(report) = &verdict.report {
        words = opinion(report);
        names = known_as(report);
        if let Some(votes) = report.reputation {
            reputation.push(Inline::text(votes.to_string()));
        }
        if let Some(date) = report.analysed.and_then(date) {
            analysed.push(Inline::text(date));
        }
    }
    vec![
        vec![Inline::code(observable)],
        vec![Inline::link(words, &verdict.url)],
        reputation,
        names,
        analysed,
    ]
}

fn opinion(report: &Report) -> String {
    let Report {
        malicious,
        suspicious,
        total,
        ..
    } = report;
    if *total == 0 {
        return "not analysed yet".to_owned();
    }
    let mut opinion = format!("{malicious} of {total} malicious");
    if *suspicious > 0 {
        opinion.push_str(&format!(", {suspicious} suspicious"));
    }
    opinion
}

fn known_as(report: &Report) -> Cell {
    let mut cell = Cell::new();
    for name in [&report.label, &report.name].into_iter().flatten() {
        if !cell.is_empty() {
            cell.push(Inline::text(", "));
        }
        cell.push(Inline::code(short(name, NAME_LIMIT)));
    }
    cell
}

fn date(at: Timestamp) -> Option<String> {
    at.to_string().get(..DATE).map(str::to_owned)
}

fn panel(analysis: &Analysis) -> Document {
    let model = short(&analysis.model, NAME_LIMIT);
    let title = format!("Written by a model ({model}), not checked by anyone");
    let mut panel = Document::new()
        .paragraph(vec![Inline::strong(title)])
        .paragraph(lines(&analysis.explanation));
    let mut severity = String::new();
    for words in [&analysis.severity, &analysis.reason].into_iter().flatten() {
        severity.push_str(match severity.is_empty() {
            true => "Likely severity: ",
            false => " – ",
        });
        severity.push_str(&short(words, TEXT_LIMIT));
    }
    if !severity.is_empty() {
        panel = panel.paragraph(vec![Inline::text(severity)]);
    }
    let mut steps: Vec<Cell> = Vec::new();
    for step in analysis.next_steps.iter().take(LIST_LIMIT) {
        steps.push(vec![Inline::text(short(step, TEXT_LIMIT))]);
    }
    if !steps.is_empty() {
        panel = panel.paragraph(vec![Inline::text("Next steps:")]);
    }
    panel.bullets(steps)
}

fn short(text: &str, limit: usize) -> String {
    cut(&one_line(text), limit, "…")
}

/// A text with its lines.
fn lines(text: &str) -> Vec<Inline> {
    let mut inlines = Vec::new();
    for line in cut(text, TEXT_LIMIT, "…").lines().take(LIST_LIMIT) {
        if !inlines.is_empty() {
            inlines.push(Inline::Break);
        }
        inlines.push(Inline::text(one_line(line)));
    }
    inlines
}

fn absence(missing: &Missing) -> String {
    let part = one_line(&missing.part);
    let why = short(&missing.why, NAME_LIMIT);
    let about = match missing.about.len() {
        0 => String::new(),
        1 => " for 1 observable".to_owned(),
        count => format!(" for {count} observables"),
    };
    match missing.again_after {
        Some(_) => format!("{part}: no answer{about} ({why}); it will be added in a comment."),
        None => format!("{part}: could not be had{about} ({why})."),
    }
}

#[cfg(test)]
mod tests;
