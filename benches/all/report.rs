//! The report: tables between marks in `docs/benchmarks.md`.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::harness::process::on_spin;

/// Several values of one measurement.
#[derive(Clone, Debug, Default)]
pub(crate) struct Series(Vec<f64>);

impl Series {
    pub(crate) fn add(&mut self, value: f64) {
        self.0.push(value);
        self.0.sort_by(f64::total_cmp);
    }

    pub(crate) fn median(&self) -> f64 {
        self.0[self.0.len() / 2]
    }

    /// The smallest, the median, the largest.
    pub(crate) fn told(&self) -> String {
        let [least, most] = [self.0[0], self.0[self.0.len() - 1]].map(number);
        format!("{} ({least} to {most})", number(self.median()))
    }
}

/// With three digits that say something.
pub(crate) fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        it if it >= 100.0 => format!("{value:.0}"),
        it if it >= 10.0 => format!("{value:.1}"),
        it if it >= 0.1 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// A table of Markdown.
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn new(columns: &[&str]) -> Self {
        let rule = "---|".repeat(columns.len());
        Self(format!("| {} |\n|{rule}\n", columns.join(" | ")))
    }

    pub(crate) fn row(&mut self, cells: &[String]) {
        println!("{}", cells.join(" | "));
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// Where and when it was measured.
fn circumstances() -> String {
    let said = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        let text = output.map(|it| String::from_utf8_lossy(&it.stdout).trim().to_owned());
        text.unwrap_or_else(|_| format!("no {program}"))
    };
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name"));
    let cpu = cpu.unwrap_or("?").trim_start_matches([' ', '\t', ':']);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let host = match on_spin() {
        true => said("spin", &["--version"]),
        false => "the local host, which is not compiled for speed".to_owned(),
    };
    let date = said("date", &["+%F"]);
    let compiler = said("rustc", &["--version"]);
    format!("{date}, on {host}; {cores} cores of {cpu}; {compiler}.")
}

/// Puts a part of the report in the place of the one before.
pub(crate) fn write(part: &str, text: &str) {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../docs/benchmarks.md"
    ));
    let page = std::fs::read_to_string(&path).unwrap();
    let (begin, end) = (format!("<!-- measured: {part} -->\n"), "<!-- end -->");
    let (before, rest) = page.split_once(&begin).expect("the page has the mark");
    let (_, after) = rest.split_once(end).expect("the page has the end mark");
    let text = format!("{}\n\n{}\n", circumstances(), text.trim_end());
    std::fs::write(&path, format!("{before}{begin}{text}{end}{after}")).unwrap();
}
