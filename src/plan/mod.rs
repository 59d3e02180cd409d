//! What should Jira look like now? Pure functions from data to data: no I/O,
//! no async, no clock. The dry run and most tests are these and nothing else.
//!
//! [`accept`] says whether an event is anybody's business, [`Target::pick`]
//! where its entity goes, [`standing`] whether it is news, and [`fields::map`],
//! [`Written::changes`] and [`life`] what to do.

pub(crate) mod description;
pub mod fields;
pub mod findings;
pub mod life;
pub mod repeats;
pub mod routing;
mod standing;
pub mod steps;
mod target;
pub mod templates;
mod text;
mod written;

pub use standing::{Standing, standing};
pub use target::{NoIssue, Target};
pub use text::{LABEL_LIMIT, SUMMARY_LIMIT};
pub use written::Written;

use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::event::{Event, Provenance, Source};

/// Whether the event is to be dealt with at all; else the reason why not.
pub fn accept(event: &Event, config: &Config) -> Result<(), NoIssue> {
    let no_issue = |reason: String| Err(NoIssue(reason));
    let listed = config.mapping.file_types.contains(&event.entity.kind);
    if event.entity.source == Source::OpenCti && !listed {
        return no_issue(format!(
            "entities of type `{}` file no issue",
            event.entity.kind
        ));
    }
    match event.provenance {
        Provenance::Live => {}
        Provenance::Dependency => {
            return no_issue(
                "the entity only came along with another one (init-dependencies)".to_owned(),
            );
        }
        Provenance::Recovery if config.life.file_recovered => {}
        Provenance::Recovery => {
            return no_issue(
                "history is being replayed (init-create); file_recovered = true files it"
                    .to_owned(),
            );
        }
    }
    match is_echo(event, config) {
        true => no_issue("it only tells of our own link back to Jira".to_owned()),
        false => Ok(()),
    }
}

/// Our write-back makes the platform tell of it.
fn is_echo(event: &Event, config: &Config) -> bool {
    let issues = format!("{}/browse/", config.jira.base_url);
    event
        .only_added_references
        .as_ref()
        .is_some_and(|urls| urls.iter().all(|url| url.starts_with(&issues)))
}

/// A short, stable digest: 16 bytes of SHA-256 in hexadecimal.
pub(crate) fn digest(bytes: &[u8]) -> String {
    let mut text = format!("{:x}", Sha256::digest(bytes));
    text.truncate(32);
    text
}
