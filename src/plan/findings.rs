//! What others know, as an analyst reads it.

use crate::event::Findings;
use crate::markup::Document;

/// Adds what others know to a description.
pub(super) fn append(document: Document, _findings: &Findings) -> Document {
    document
}

/// The comment that brings what was missing when the issue was filed.
pub fn late(_findings: &Findings) -> Document {
    Document::new()
}
