//! Finds observables in a running text, in one pass.

use super::refang::refang;
use super::value::{DOMAIN, Observable, URL};
use super::words::{TEXT_LIMIT, has_only, is_any};
use super::{address, name, url};

/// How many are returned: more than people read in an issue.
pub(super) const COUNT_LIMIT: usize = 50;
/// Longest run of a name's characters that is looked at: a name of 253 bytes
/// with a word before it and a port behind it.
const RUN_LIMIT: usize = 512;

/// Hashes as long as those of files, but of something else.
const OTHER_HASHES: &str = "imphash ja3 ja3s hassh vhash pehash richpe rich authentihash \
    thumbprint telfhash dhash";
/// What stands between the name of a hash and its value.
const FILLERS: &str = "hash fingerprint value";
/// What stands before four numbers that are no address.
const VERSIONS: &str = "version v ver build release";

impl Observable {
    /// All observables in a text, each once, in their order.
    ///
    /// Only the first 64 KiB are read, and no more than 50 are returned.
    pub fn all_in(text: &str) -> Vec<Self> {
        all(text)
    }

    /// Whether a hash of this name, such as `ja3`, is of something else than a file.
    pub fn names_other_hash(word: &str) -> bool {
        is_any(word, OTHER_HASHES)
    }
}

fn all(text: &str) -> Vec<Observable> {
    let mut scan = Scan::default();
    for word in head(text).split_whitespace() {
        let word = refang(word);
        scan.word(&word.text, word.dots);
        if scan.found.len() >= COUNT_LIMIT {
            break;
        }
    }
    scan.found
}

/// The part that is read; it ends between two words, as half a name would be
/// another name.
fn head(text: &str) -> &str {
    if text.len() <= TEXT_LIMIT {
        return text;
    }
    let head = text
        .get(..text.floor_char_boundary(TEXT_LIMIT))
        .unwrap_or_default();
    let end = head.rfind(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>'));
    head.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// What was found so far, and what the word before said about the next.
#[derive(Default)]
struct Scan {
    found: Vec<Observable>,
    is_other_hash: bool,
    is_version: bool,
    in_tag: bool,
}

impl Scan {
    fn add(&mut self, found: Option<Observable>) -> bool {
        let Some(found) = found else {
            return false;
        };
        if self.found.len() < COUNT_LIMIT && !self.found.contains(&found) {
            self.found.push(found);
        }
        true
    }

    /// Reads what has no blank in it. Each step goes on behind what it read.
    fn word(&mut self, text: &str, masked: bool) {
        let mut at = 0;
        while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
            let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            let (run, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            at += if run.is_empty() {
                self.sign(after)
            } else if let Some(scheme) = scheme(run, after) {
                scheme + self.url(rest.get(scheme..).unwrap_or_default())
            } else {
                let before = text.get(..at).unwrap_or_default();
                self.run(run, is_in_path(before), after, masked);
                length
            };
        }
    }

    /// Passes a character that is in no name, and minds where tags are.
    fn sign(&mut self, text: &str) -> usize {
        let mut chars = text.chars();
        let sign = chars.next();
        match sign {
            Some('<') => {
                let next = chars.next();
                self.in_tag = next.is_some_and(|c| c == '/' || c.is_ascii_alphabetic());
            }
            Some('>') => self.in_tag = false,
            _ => {}
        }
        sign.map_or(1, char::len_utf8)
    }

    /// Reads an address of the web; sound or not, its parts are no others.
    fn url(&mut self, text: &str) -> usize {
        let (url, _) = url::take(text);
        self.add(url.map(|url| Observable::new(URL, url)));
        // It begins with a scheme, which ends none.
        url::extent(text).max(1)
    }

    /// Reads a run of a name's characters.
    fn run(&mut self, run: &str, in_path: bool, after: &str, masked: bool) {
        // Who has an e-mail address there is not the domain's doing.
        if run.len() > RUN_LIMIT || run.contains('@') {
            self.heed("");
            return;
        }
        let text = trim(run);
        if let Some(v6) = v6(text) {
            if !is_range(after, "128") {
                self.add(Some(Observable::of_address(v6)));
            }
            self.heed("");
            return;
        }
        let is_host = !in_path && !is_range(after, "32");
        for part in text.split(':') {
            self.part(part, is_host, masked);
        }
    }

    fn part(&mut self, text: &str, is_host: bool, masked: bool) {
        let hash = Observable::of_hash(text);
        if hash.is_some() {
            if !self.is_other_hash {
                self.add(hash);
            }
            self.is_other_hash = false;
            return;
        }
        if is_host {
            let v4 = address::parse(text).filter(|_| masked || !self.is_version);
            let is_v4 = self.add(v4.map(Observable::of_address));
            let trust = if masked {
                name::Trust::Wide
            } else {
                name::Trust::Narrow
            };
            let domain = if is_v4 {
                None
            } else {
                name::domain(text, trust)
            };
            self.add(domain.map(|name| Observable::new(DOMAIN, name)));
        }
        // A sign between two words says nothing.
        if !text.is_empty() {
            self.heed(text);
        }
    }

    /// Keeps in mind what a word says of the next.
    fn heed(&mut self, word: &str) {
        let last = word.rsplit(['.', '_']).next().unwrap_or(word);
        if self.in_tag || is_any(last, FILLERS) {
            return;
        }
        self.is_other_hash = Observable::names_other_hash(last);
        self.is_version = is_any(last, VERSIONS);
    }
}

/// What names, addresses and e-mail addresses are made of.
fn is_name(c: char) -> bool {
    matches!(c, '.' | '-' | '_' | ':' | '@') || c.is_alphanumeric()
}

/// Where in a run the scheme of an address of the web begins.
fn scheme(run: &str, after: &str) -> Option<usize> {
    let front = run.strip_suffix(':').filter(|_| after.starts_with("//"))?;
    let start = front
        .trim_end_matches(|c: char| c.is_ascii_alphabetic())
        .len();
    let scheme = front.get(start..)?;
    url::is_scheme(scheme).then_some(start)
}

/// Without the marks of sentences and of Markdown. Only a pair of underscores
/// is one: the name of a service begins with its own.
fn trim(run: &str) -> &str {
    let end = run.trim_end_matches(['.', '-', '_']);
    let end = match end.strip_suffix(':') {
        Some(front) if !front.ends_with(':') => front,
        _ => end,
    };
    let start = end.trim_start_matches(['.', '-']);
    if run.ends_with('_') {
        return start.trim_start_matches('_');
    }
    start
}

/// An IPv6 address, perhaps with a word before it.
fn v6(text: &str) -> Option<std::net::IpAddr> {
    let (first, rest) = text.split_once(':')?;
    address::parse(text).or_else(|| {
        let is_word = u16::from_str_radix(first, 16).is_err() && !first.is_empty();
        address::parse(rest).filter(|_| is_word && rest.contains(':'))
    })
}

/// Whether what follows is a part of a file's path, or of a product and its
/// version such as `Chrome/120.0.0.0`.
fn is_in_path(before: &str) -> bool {
    let front = before.strip_suffix(['/', '\\']).unwrap_or_default();
    front.ends_with(|c| is_name(c) || matches!(c, '%' | '~' | '$' | '}'))
}

/// Whether the length of a prefix follows: a network is not an address, but
/// for one with all its bits set.
fn is_range(after: &str, all_bits: &str) -> bool {
    let Some(after) = after.strip_prefix('/') else {
        return false;
    };
    let end = after.find(|c| !is_name(c)).unwrap_or(after.len());
    let bits = after.get(..end).unwrap_or_default();
    let bits = bits.trim_end_matches(['.', ':']);
    bits.len() < 4 && has_only(bits, |b| b.is_ascii_digit()) && bits != all_bits
}
