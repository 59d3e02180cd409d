//! Spin variables become [`Settings`]: each group of them is read when a request
//! first needs it, with every mistake in it at once. Secrets are typed so that
//! they never print.

mod access;
mod all;
mod base_url;
pub mod catalog;
mod enrichment;
mod filing;
mod grouping;
mod host;
mod jira;
mod lifecycle;
mod mapping;
mod markings;
mod metrics;
mod mistakes;
mod notify;
mod opencti;
mod pattern;
mod reader;
mod repeats;
mod requests;
mod retention;
pub mod routing;
mod secret;
mod secrets;
mod splunk;
mod status_map;
mod stream;
mod sync_back;
pub mod templates;

pub use access::{WebhookAuth, WebhookSecret};
pub use all::Settings;
pub use enrichment::{Ai, AiAuth, EnrichmentSettings, VirusTotal};
pub use filing::{Adopt, FileUpdates, Filing};
pub use grouping::Grouping;
pub use jira::{Api, Jira, Login};
pub use lifecycle::{Lifecycle, OnDelete, OnUpdate};
pub use mapping::{AboveMaxTlp, Mapping};
pub use markings::Markings;
pub use mistakes::SettingsError;
pub use notify::Notify;
pub use opencti::OpenCti;
pub use pattern::Pattern;
pub use repeats::{AfterDone, Repeats};
pub use requests::Requests;
pub use retention::Retention;
pub use secret::Secret;
pub use secrets::Secrets;
pub use splunk::Splunk;
pub use status_map::StatusMap;
pub use stream::{Stream, StreamFrom};
pub use sync_back::{BackWords, CommentsBack, SoarApi, SplunkApi, SplunkInterface, SyncBack};

#[cfg(test)]
pub(crate) mod tests;
