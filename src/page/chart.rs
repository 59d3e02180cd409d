//! The events of the last day by outcome: bars, and a table for who cannot see them.

use maud::{Markup, html};

use super::view::{Chart, HourView};
use super::words::count;
use crate::model::Timestamp;

/// The bars' height, in units of the drawing.
const HEIGHT: u64 = 100;
/// The room that an hour has.
const STEP: usize = 10;

/// How many events of an hour had one outcome.
type Counted = fn(&HourView) -> u64;

/// The words for outcomes, in the order in which they stand on each other.
const OUTCOMES: [(&str, Counted); 6] = [
    ("failed", |hour| hour.failed),
    ("queued", |hour| hour.queued),
    ("created", |hour| hour.created),
    ("updated", |hour| hour.updated),
    ("duplicate", |hour| hour.duplicate),
    ("ignored", |hour| hour.ignored),
];

/// The events of the last day.
pub(super) fn chart(chart: &Chart) -> Markup {
    let totals = OUTCOMES.iter().map(|(_, of)| sum(chart, *of));
    let total = totals.fold(0, u64::saturating_add);
    let highest = chart.hours.iter().map(height).max().unwrap_or(0).max(1);
    let width = chart.hours.len() * STEP;
    html! {
        section.card {
            h2 { "Last 24 hours" }
            p.quiet { (count(total, "event", "events")) ". The highest bar is " (count(highest, "event", "events")) " an hour." }
            svg.chart viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none"
                role="img" aria-label="Events of each hour by outcome; the table below has the same" {
                @for (place, hour) in chart.hours.iter().enumerate() {
                    (bar(hour, place * STEP, highest))
                }
            }
            @if let (Some(first), Some(last)) = (chart.hours.first(), chart.hours.last()) {
                p.axis.quiet { span { (clock(first.at)) } span { (clock(last.at)) " UTC" } }
            }
            p.legend {
                @for (word, of) in OUTCOMES {
                    span { i.(word) {} " " (word) " " b { (sum(chart, of)) } }
                }
            }
            details {
                summary { "As a table" }
                (table(chart))
            }
        }
    }
}

fn table(chart: &Chart) -> Markup {
    html! {
        table.numbers {
            thead { tr { th { "Hour (UTC)" } @for (word, _) in OUTCOMES { th { (word) } } } }
            tbody { @for hour in &chart.hours { tr {
                th scope="row" data-label="Hour" { (clock(hour.at)) }
                @for (word, of) in OUTCOMES { td data-label=(word) { (of(hour)) } }
            } } }
        }
    }
}

fn bar(hour: &HourView, x: usize, highest: u64) -> Markup {
    html! {
        @for (word, y, height) in parts(hour, highest) {
            rect.(word) x=(x + 1) y=(y) width=(STEP - 2) height=(height) {}
        }
    }
}

/// The parts of an hour's bar: word, upper edge, height. What was counted is seen, be
/// it one of a million.
fn parts(hour: &HourView, highest: u64) -> Vec<(&'static str, u64, u64)> {
    let mut edge = HEIGHT;
    let mut parts = Vec::new();
    for (word, of) in OUTCOMES {
        let counted = of(hour);
        let share = counted.saturating_mul(HEIGHT) / highest;
        let height = share.max(u64::from(counted > 0)).min(edge);
        if height > 0 {
            edge -= height;
            parts.push((word, edge, height));
        }
    }
    parts
}

fn height(hour: &HourView) -> u64 {
    let parts = OUTCOMES.iter().map(|(_, of)| of(hour));
    parts.fold(0, u64::saturating_add)
}

fn sum(chart: &Chart, of: Counted) -> u64 {
    chart.hours.iter().map(of).fold(0, u64::saturating_add)
}

/// `13:00`
fn clock(at: Timestamp) -> String {
    let text = at.to_string();
    text.get(11..16).unwrap_or_default().to_owned()
}
