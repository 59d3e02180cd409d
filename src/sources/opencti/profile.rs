//! What is different about OpenCTI.

use crate::markup::Prose;
use crate::model::{Files, Page, Platform, SourceProfile};

/// OpenCTI: its users write Markdown, its entities have a page, and it takes a
/// link to an issue.
pub static PROFILE: SourceProfile = SourceProfile {
    key: "opencti",
    name: "OpenCTI",
    prose: Prose::Markdown,
    files: Files::ListedTypes,
    page: Page::OnPlatform("/dashboard/id/"),
    lists_observables: true,
    raw_event: None,
    has_several_senders: true,
    adopts: true,
    ended: "deleted",
    platform: Some(Platform::OpenCti),
};
