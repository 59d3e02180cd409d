//! The work grows with the source, and hostility does not buy more of it.

use std::time::Duration;

use super::hostile::{ATTACKS, composed};
use crate::markup::{DESCRIPTION_LIMIT, Document, from_html, from_markdown};
use crate::platform::fake::cpu_time;

const FRIENDLY: &str = "# Title\n\nSome **bold** and *slanted* text with `code`, a [link](https://a.example/x) \
and 10.0.0[.]1.\n\n- one\n- two\n  - three\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```json\n{\"a\": 1}\n```\n\n";

/// How much dearer than a friendly source of the same size a hostile one may
/// be. Measured: at most 7 (a table of a hundred thousand
/// cells), mostly below 2; the rest is for busy machines.
const RATIO: u32 = 12;

fn repeated(piece: &str, size: usize) -> String {
    piece.repeat(size.div_ceil(piece.len()))
}

/// Reading, and rendering in both flavors.
fn once(read: fn(&str) -> Document, source: &str) -> Duration {
    let start = cpu_time();
    let document = read(source);
    super::adf(&document, DESCRIPTION_LIMIT);
    super::wiki(&document, DESCRIPTION_LIMIT);
    cpu_time() - start
}

/// The best of a few runs.
fn cost(read: fn(&str) -> Document, source: &str) -> Duration {
    let runs = (0..3).map(|_| once(read, source));
    runs.min().unwrap_or_default()
}

#[test]
fn a_hostile_megabyte_costs_little_more_than_a_friendly_one() {
    const SIZE: usize = 1_000_000;
    let bound = cost(from_markdown, &repeated(FRIENDLY, SIZE)) * RATIO;
    // One run within the bound is proof; only a busy machine needs a second.
    let is_cheap = |read, source: &str| (0..3).any(|_| once(read, source) < bound);
    for (read, piece) in ATTACKS {
        assert!(
            is_cheap(*read, &repeated(piece, SIZE)),
            "{piece:?} takes {bound:?}"
        );
    }
    for (name, source) in composed(SIZE) {
        assert!(is_cheap(from_markdown, &source), "{name} takes {bound:?}");
    }
}

/// `cargo test --release -- --ignored --nocapture cost_table`
#[test]
#[ignore = "prints a table"]
fn cost_table() {
    const SIZES: [usize; 4] = [1_000, 32_000, 256_000, 1_000_000];
    let line = |name: &str, costs: Vec<Duration>| {
        let costs = costs
            .iter()
            .map(|cost| format!("{:>9.2}", cost.as_secs_f64() * 1e3));
        println!("{name:<34}{}", costs.collect::<String>());
    };
    println!(
        "{:<34}{:>9}{:>9}{:>9}{:>9}  (ms)",
        "", "1 KB", "32 KB", "256 KB", "1 MB"
    );
    let costs = |read, piece: &str| {
        SIZES
            .map(|size| cost(read, &repeated(piece, size)))
            .to_vec()
    };
    line("friendly Markdown", costs(from_markdown, FRIENDLY));
    line(
        "friendly HTML",
        costs(
            from_html,
            "<h2>T</h2><p>Some <b>bold</b> text &amp; <a href=\"https://a.example\">link</a></p><ul><li>a</li></ul>",
        ),
    );
    for (read, piece) in ATTACKS {
        line(&format!("{piece:?}"), costs(*read, piece));
    }
    for index in 0..composed(0).len() {
        let source = |size| composed(size).swap_remove(index);
        let costs = SIZES.map(|size| cost(from_markdown, &source(size).1));
        line(source(0).0, costs.to_vec());
    }
}
