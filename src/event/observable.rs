//! What a text holds that others may know: addresses, names, hashes.
//!
//! Senders mask such values so that nobody clicks them; here they are read
//! unmasked and in one spelling, so that each is asked about once.

mod address;
mod hash;
mod name;
mod refang;
mod scan;
#[cfg(test)]
mod tests;
mod url;

use std::net::IpAddr;

use super::Observable;

/// The kinds, as STIX names them.
const IPV4: &str = "ipv4-addr";
const IPV6: &str = "ipv6-addr";
const DOMAIN: &str = "domain-name";
const URL: &str = "url";

impl Observable {
    /// A value that is one observable as a whole, masked or not.
    pub fn of_value(text: &str) -> Option<Self> {
        if text.len() > scan::TEXT_LIMIT {
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

    /// All observables in a text, each once, in their order.
    ///
    /// Only the first 64 KiB are read, and no more than 50 are returned.
    pub fn all_in(text: &str) -> Vec<Self> {
        scan::all(text)
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

    fn new(kind: &str, value: String) -> Self {
        Self {
            kind: kind.to_owned(),
            value,
        }
    }

    fn of_address(address: IpAddr) -> Self {
        let kind = if address.is_ipv4() { IPV4 } else { IPV6 };
        Self::new(kind, address.to_string())
    }

    fn of_hash(text: &str) -> Option<Self> {
        let kind = hash::kind(text).filter(|_| !hash::is_number(text))?;
        Some(Self::new(kind, text.to_ascii_lowercase()))
    }
}

/// What surrounds a value without being a part of it.
fn surrounds(c: char) -> bool {
    c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>' | '(' | ')')
}

/// Whether a text has something in it, and only bytes of one kind.
fn has_only(text: &str, kind: fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(kind)
}

/// Whether a word stands in a list with blanks, in any case.
fn is_any(word: &str, list: &str) -> bool {
    list.split(' ')
        .any(|listed| listed.eq_ignore_ascii_case(word))
}

/// A host without the port behind it.
fn without_port(text: &str) -> &str {
    match text.rsplit_once(':') {
        Some((host, port)) if port.parse::<u16>().is_ok() => host,
        _ => text,
    }
}
