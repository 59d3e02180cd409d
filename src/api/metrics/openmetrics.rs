//! The text format of OpenMetrics 1.0, as far as counters, gauges and infos need it.
//!
//! <https://github.com/prometheus/OpenMetrics/blob/main/specification/OpenMetrics.md>

/// The format's media type.
pub(super) const CONTENT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// A text that is being written, family by family.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// A family begins; its samples follow. A counter's name has no `_total`.
    pub(super) fn family(&mut self, name: &str, kind: &str, help: &str) {
        let help = escaped(help);
        self.0
            .push_str(&format!("# TYPE {name} {kind}\n# HELP {name} {help}\n"));
    }

    /// One sample.
    pub(super) fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        self.0.push_str(name);
        let mut before = '{';
        for (label, value) in labels {
            let value = escaped(value);
            self.0.push_str(&format!("{before}{label}=\"{value}\""));
            before = ',';
        }
        if !labels.is_empty() {
            self.0.push('}');
        }
        self.0.push_str(&format!(" {value}\n"));
    }

    /// A gauge without labels.
    pub(super) fn gauge(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "gauge", help);
        self.sample(name, &[], value);
    }

    /// A gauge of seconds; its name ends with them.
    pub(super) fn seconds(&mut self, name: &str, help: &str, value: u64) {
        self.family(name, "gauge", help);
        self.0.push_str(&format!("# UNIT {name} seconds\n"));
        self.sample(name, &[], value);
    }

    /// What does not change; its name has no `_info`.
    pub(super) fn info(&mut self, name: &str, help: &str, labels: &[(&str, &str)]) {
        self.family(name, "info", help);
        self.sample(&format!("{name}_info"), labels, 1);
    }

    /// The whole text.
    pub(super) fn finish(mut self) -> String {
        self.0.push_str("# EOF\n");
        self.0
    }
}

/// A text as it stands in a label or a help.
fn escaped(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"");
    text.replace('\n', "\\n")
}
