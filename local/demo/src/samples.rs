//! The events of OpenCTI's stream that the demo lets happen.

/// A payload with a name for the table.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// What happened.
    pub(crate) title: &'static str,
    /// The body.
    pub(crate) body: &'static str,
}

macro_rules! sample {
    ($title:literal, $file:literal) => {
        Sample {
            title: $title,
            body: include_str!(concat!(
                "../../../tests/samples/opencti-stream-data.",
                $file,
                ".json"
            )),
        }
    };
}

/// One of each type that files an issue.
pub(crate) const SIX_TYPES: [Sample; 6] = [
    sample!("incident created", "incident-create"),
    sample!("report created", "report-create"),
    sample!("case-incident created", "case-incident-create"),
    sample!("case-rfi created", "case-rfi-create"),
    sample!("case-rft created", "case-rft-create"),
    sample!("grouping created", "grouping-create"),
];

/// What a person who tries the demo posts first.
pub(crate) const TO_TRY: &str =
    include_str!("../../../tests/samples/opencti-stream-data.incident-create-minimal.json");
/// A label is added to the case.
pub(crate) const CASE_LABEL: &str =
    include_str!("../../../tests/samples/opencti-stream-data.case-incident-update-label.json");
/// The incident gets another name, and with it another STIX id.
pub(crate) const INCIDENT_RENAME: &str =
    include_str!("../../../tests/samples/opencti-stream-data.incident-update-rename.json");
/// Another report is merged into the report.
pub(crate) const REPORT_MERGE: &str =
    include_str!("../../../tests/samples/opencti-stream-data.report-merge.json");
/// The report is deleted.
pub(crate) const REPORT_DELETE: &str =
    include_str!("../../../tests/samples/opencti-stream-data.report-delete.json");
