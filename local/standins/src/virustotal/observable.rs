//! What can be looked up, and which ids VirusTotal takes for it.

use std::net::IpAddr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::address::is_special;

/// The lengths of MD5, SHA-1 and SHA-256 in hexadecimal.
const HASH_LENGTHS: [usize; 3] = [32, 40, 64];

/// RFC 1035: the longest name.
const MAX_DOMAIN: usize = 253;

/// A kind of thing that VirusTotal has reports on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Observable {
    /// `files/{md5 | sha1 | sha256}`
    File,
    /// `ip_addresses/{ip}`
    Ip,
    /// `domains/{domain}`
    Domain,
    /// `urls/{unpadded base64url of the url}`
    Url,
}

/// Why an id is not looked up.
pub(super) enum Unusable {
    /// It has not the form of its kind.
    Malformed,
    /// It is an address, or leads to one, that nobody outside may hear of.
    Leak(String),
}

impl Observable {
    /// The kind whose reports are in this collection.
    pub(super) fn of_collection(collection: &str) -> Option<Observable> {
        match collection {
            "files" => Some(Observable::File),
            "ip_addresses" => Some(Observable::Ip),
            "domains" => Some(Observable::Domain),
            "urls" => Some(Observable::Url),
            _ => None,
        }
    }

    /// Its collection.
    pub(super) fn collection(self) -> &'static str {
        match self {
            Observable::File => "files",
            Observable::Ip => "ip_addresses",
            Observable::Domain => "domains",
            Observable::Url => "urls",
        }
    }

    /// Its type in a report.
    pub(super) fn type_name(self) -> &'static str {
        match self {
            Observable::File => "file",
            Observable::Ip => "ip_address",
            Observable::Domain => "domain",
            Observable::Url => "url",
        }
    }

    /// As `… not found` begins.
    pub(super) fn title(self) -> &'static str {
        match self {
            Observable::File => "File",
            Observable::Ip => "IP address",
            Observable::Domain => "Domain",
            Observable::Url => "URL",
        }
    }

    /// As `… is not a valid` ends.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Observable::File => "file hash",
            Observable::Ip => "IP address",
            Observable::Domain => "domain pattern",
            Observable::Url => "url identifier",
        }
    }

    /// One spelling for each value, so that a test may write another.
    pub(super) fn normal(self, value: &str) -> String {
        match self {
            Observable::File | Observable::Domain => value.to_ascii_lowercase(),
            Observable::Ip => match value.parse::<IpAddr>() {
                Ok(address) => address.to_string(),
                Err(_) => value.to_owned(),
            },
            Observable::Url => value.to_owned(),
        }
    }

    /// The value that an id in a path stands for.
    pub(super) fn read(self, id: &str) -> Result<String, Unusable> {
        match self {
            Observable::File if is_hash(id) => Ok(self.normal(id)),
            Observable::Ip => {
                let address = id.parse().map_err(|_| Unusable::Malformed)?;
                outside(address, id)?;
                Ok(self.normal(id))
            }
            Observable::Domain if is_domain(id) => Ok(self.normal(id)),
            Observable::Url => read_url(id),
            _ => Err(Unusable::Malformed),
        }
    }
}

fn outside(address: IpAddr, value: &str) -> Result<(), Unusable> {
    match is_special(address) {
        true => Err(Unusable::Leak(value.to_owned())),
        false => Ok(()),
    }
}

fn is_hash(id: &str) -> bool {
    HASH_LENGTHS.contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Names with a dot, in letters of DNS, that do not end like an address.
fn is_domain(id: &str) -> bool {
    let labels: Vec<&str> = id.split('.').collect();
    let is_label = |label: &&str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    };
    let last = labels.last().copied().unwrap_or_default();
    id.len() <= MAX_DOMAIN
        && labels.len() > 1
        && labels.iter().all(is_label)
        && !last.bytes().all(|byte| byte.is_ascii_digit())
}

/// The URL that an id stands for.
fn read_url(id: &str) -> Result<String, Unusable> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(id);
    let url = bytes.ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let url = url.ok_or(Unusable::Malformed)?;
    let scheme_and_rest = url.split_once("://");
    let Some(("http" | "https", rest)) = scheme_and_rest else {
        return Err(Unusable::Malformed);
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host_and_port = authority.rsplit('@').next().unwrap_or_default();
    let host = match host_and_port.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host_and_port.split(':').next().unwrap_or_default(),
    };
    if let Ok(address) = host.parse() {
        outside(address, &url)?;
    } else if host == "localhost" {
        return Err(Unusable::Leak(url));
    } else if !is_domain(host) {
        return Err(Unusable::Malformed);
    }
    Ok(url)
}
