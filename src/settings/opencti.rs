//! The OpenCTI platform: for links, names and write-backs.

use super::base_url::{Base, base_url};
use super::reader::Reader;
use super::secret::Secret;

/// The OpenCTI platform.
#[derive(Debug, Clone)]
pub struct OpenCti {
    /// Origin plus base path without a trailing slash, for links back and for
    /// GraphQL.
    pub url: Option<String>,
    /// What lets us write back; nothing is asked or written without it.
    pub token: Option<Secret>,
}

impl OpenCti {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let base = base_url(read, "opencti_url", "opencti_base_path");
        let token = read.optional("opencti_token");
        if token.is_some() && base == Some(Base::Unset) {
            read.mistake("opencti_token: is set, but opencti_url is not; writing back needs both");
        }
        Self {
            url: base.and_then(Base::url),
            token: token.map(Secret::new),
        }
    }
}
