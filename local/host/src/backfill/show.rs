//! A progress bar where there is a terminal, else a line for each call.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::report::Report;
use super::words;

/// With a number of all there is, and without.
const BAR: &str = "{spinner} [{bar:25}] {pos} of {len}  {wide_msg}";
const SPINNER: &str = "{spinner} {pos} done  {wide_msg}";

/// Shows how far a replay is.
pub(super) struct Show {
    bar: Option<ProgressBar>,
    started: Instant,
    /// How many were done before.
    before: RefCell<Option<u64>>,
    /// What was said already.
    said: RefCell<BTreeSet<String>>,
}

impl Show {
    pub(super) fn new() -> Self {
        // The bar is drawn on stderr; whoever reads stdout gets lines.
        let is_seen = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
        Self {
            bar: is_seen.then(bar),
            started: Instant::now(),
            before: RefCell::default(),
            said: RefCell::default(),
        }
    }

    /// How far it is after a call.
    pub(super) fn report(&self, report: &Report) {
        for note in &report.notes {
            self.once(&format!("Note: {note}"));
        }
        if !report.is_of_replay() {
            return;
        }
        // What was done before this start says nothing of how fast it is now, except
        // for the first call.
        let handled: u64 = report.handled.values().sum();
        let mut before = self.before.borrow_mut();
        let before = before.get_or_insert(report.done.saturating_sub(handled));
        let gained = report.done.saturating_sub(*before);
        let left = words::left(report, gained, self.started.elapsed());
        match &self.bar {
            None => println!("{}", words::line(report, left)),
            Some(bar) => {
                if let Some(total) = report.total {
                    bar.set_length(total);
                    set_style(bar, BAR);
                }
                bar.set_position(report.done);
                bar.set_message(words::progress(report, left));
            }
        }
    }

    /// Says something, but not twice.
    pub(super) fn once(&self, text: &str) {
        if self.said.borrow_mut().insert(text.to_owned()) {
            self.say(text);
        }
    }

    /// Says something.
    pub(super) fn say(&self, text: &str) {
        match &self.bar {
            None => println!("{text}"),
            Some(bar) => bar.suspend(|| println!("{text}")),
        }
    }

    /// Takes the bar away.
    pub(super) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_message("the first call is under way");
    set_style(&bar, SPINNER);
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}

fn set_style(bar: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
}
