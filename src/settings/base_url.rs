//! An address of a service: its origin and its path, each in a variable of its
//! own.

use super::host::Host;
use super::reader::Reader;

/// Where a service lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// Nobody said so.
    Unset,
    /// Origin and path, without a trailing slash.
    Url(String),
}

impl Base {
    pub(super) fn url(self) -> Option<String> {
        match self {
            Self::Unset => None,
            Self::Url(url) => Some(url),
        }
    }
}

/// Origin plus path, each from a variable of its own; `None` after a mistake.
pub(super) fn base_url(read: &mut Reader<'_>, name: &str, path_name: &str) -> Option<Base> {
    let path = read.text(path_name);
    let path = path.trim_matches('/');
    if !path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-._~/".contains(&b))
    {
        read.mistake(format!("{path_name}: `{path}` is not a path such as /jira"));
    }
    let origin = match read.host(name, &format!("set {path_name} to the path instead"))? {
        Host::Unset => return Some(Base::Unset),
        Host::Origin(origin) => origin,
    };
    Some(Base::Url(match path.is_empty() {
        true => origin,
        false => format!("{origin}/{path}"),
    }))
}
