//! One observable: what it is, and whether others may be told.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::words::{TEXT_LIMIT, surrounds};
use super::{address, hash, name, refang, url};

/// The kinds, as STIX names them.
const IPV4: &str = "ipv4-addr";
const IPV6: &str = "ipv6-addr";
pub(super) const DOMAIN: &str = "domain-name";
pub(super) const URL: &str = "url";

/// Something observed: an address, a name, a hash.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Observable {
    /// The STIX type, such as `ipv4-addr`; of hashes the algorithm.
    pub kind: String,
    /// Its value.
    pub value: String,
}

impl Observable {
    /// A value that is one observable as a whole, masked or not.
    pub fn of_value(text: &str) -> Option<Self> {
        if text.len() > TEXT_LIMIT {
            return None;
        }
        let text = refang::refang(text).text;
        let text = text.trim_start_matches(surrounds);
        if url::has_scheme(text) {
            // A bracket at its end may be its own.
            let (url, rest) = url::take(text);
            let url = url.filter(|_| rest.is_empty())?;
            return Some(Self::new(URL, url));
        }
        let text = text.trim_end_matches(surrounds);
        let address = address::with_port(text).map(Self::of_address);
        address.or_else(|| Self::of_hash(text)).or_else(|| {
            let name = name::domain(without_port(text), name::Trust::Wide)?;
            Some(Self::new(DOMAIN, name))
        })
    }

    /// Whether it has the form of a file's hash.
    pub fn is_hash(&self) -> bool {
        hash::kind(&self.value).is_some()
    }

    /// Whether it may be told to others: what names nothing of the sender's
    /// own networks.
    pub fn is_public(&self) -> bool {
        match self.kind.as_str() {
            IPV4 | IPV6 => address::parse(&self.value).is_some_and(address::is_public),
            DOMAIN => name::host(&self.value).is_some_and(|name| name::is_public(&name)),
            URL => url::is_public(&self.value),
            _ => hash::kind(&self.value).is_some_and(|kind| kind == self.kind),
        }
    }

    pub(super) fn new(kind: &str, value: String) -> Self {
        Self {
            kind: kind.to_owned(),
            value,
        }
    }

    pub(super) fn of_address(address: IpAddr) -> Self {
        let kind = if address.is_ipv4() { IPV4 } else { IPV6 };
        Self::new(kind, address.to_string())
    }

    pub(super) fn of_hash(text: &str) -> Option<Self> {
        let kind = hash::kind(text).filter(|_| !hash::is_number(text))?;
        Some(Self::new(kind, text.to_ascii_lowercase()))
    }
}

/// A host without the port behind it.
fn without_port(text: &str) -> &str {
    match text.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => text,
    }
}
