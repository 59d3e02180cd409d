//! Hashes of one file that stand together: `MD5=…,SHA256=…,IMPHASH=…`.

use serde_json::{Map, Value};

use crate::model::Observable;

/// The names of digests that identify a file, the best first.
const DIGESTS: [&str; 3] = ["sha256", "sha1", "md5"];
/// Names of digests of a part of a file, which many files share.
const PARTS: [&str; 7] = [
    "imphash",
    "authentihash",
    "ssdeep",
    "tlsh",
    "vhash",
    "pehash",
    "telfhash",
];

/// Endings of the names of fields that hold an id: it can be as long as a hash.
const IDS: [&str; 3] = ["_id", "guid", "uuid"];

/// Whether a field's hash is none of a file: a digest of a part of one, or an id.
pub(super) fn is_of_something_else(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let is_id = matches!(lower.as_str(), "id" | "aid" | "cid")
        || name.ends_with("Id")
        || name.ends_with("ID")
        || IDS.iter().any(|end| lower.ends_with(end));
    let is_part = PARTS.iter().any(|part| lower.contains(part));
    let mut words = lower.split(['_', '-', '.']);
    let is_other = words.any(|word| {
        let bare = word.strip_suffix("hash").unwrap_or(word);
        Observable::names_other_hash(word) || Observable::names_other_hash(bare)
    });
    is_id || is_part || is_other
}

/// The fields beside which another one holds a better digest of the same file, such as
/// `file_md5` beside `file_sha256`.
pub(super) fn weaker(row: &Map<String, Value>) -> Vec<&str> {
    let digests = row.iter().filter_map(|(name, value)| {
        let (file, place) = digest_of_field(name)?;
        let is_hash = Observable::of_value(value.as_str()?.trim())?.is_hash();
        is_hash.then_some((name.as_str(), file, place))
    });
    let digests: Vec<_> = digests.collect();
    let has_better = |file: &str, place: usize| {
        let mut others = digests.iter();
        others.any(|(_, other, better)| other == file && *better < place)
    };
    let weaker = digests
        .iter()
        .filter(|(_, file, place)| has_better(file, *place));
    weaker.map(|(name, ..)| *name).collect()
}

/// What a field's name says beside the digest's, and which digest it is.
fn digest_of_field(name: &str) -> Option<(String, usize)> {
    let name = name.to_ascii_lowercase().replace(['-', '_', '.'], "");
    let place = DIGESTS.iter().position(|digest| name.contains(digest))?;
    Some((name.replace(DIGESTS.get(place)?, ""), place))
}

/// Takes the hashes of files out of a text. Of those that stand together, which are
/// of one file, only the best is told; the rest of the text goes on.
pub(super) fn take(text: &str) -> (Vec<Observable>, String) {
    let mut files: Vec<Observable> = Vec::new();
    let mut rest = String::new();
    let mut best: Option<(usize, Observable)> = None;
    for piece in text.split_inclusive([',', ';', ' ', '\n', '\t', '|']) {
        let Some((name, value)) = digest(piece) else {
            files.extend(best.take().map(|(_, file)| file));
            rest.push_str(piece);
            continue;
        };
        // The same name again is another file's.
        let place = DIGESTS.iter().position(|known| *known == name);
        let found = place.zip(Observable::of_value(value));
        let found = found.filter(|(_, found)| !PARTS.contains(&found.kind.as_str()));
        match (&best, found) {
            (Some((known, _)), Some((place, file))) if place == *known => {
                files.extend(best.replace((place, file)).map(|(_, file)| file));
            }
            (Some((known, _)), Some((place, file))) if place < *known => best = Some((place, file)),
            (None, found) => best = found,
            _ => {}
        }
    }
    files.extend(best.map(|(_, file)| file));
    (files, rest)
}

/// The name and value of `SHA1=…`; whatever stands before the last `=` but one, as in
/// `Hashes=MD5=…`, is no part of it.
fn digest(piece: &str) -> Option<(String, &str)> {
    let piece = piece.trim_end_matches([',', ';', ' ', '\n', '\t', '|']);
    let (before, value) = piece.rsplit_once(['=', ':'])?;
    let name = before.rsplit(['=', ':']).next()?;
    let name = name.to_ascii_lowercase().replace('-', "");
    let is_known = DIGESTS.contains(&name.as_str()) || PARTS.contains(&name.as_str());
    is_known.then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MD5: &str = "6a255bebf3dbcd13585538ed47dbafd7";
    const SHA1: &str = "b0bf5ac2e81bbf597fad5f349feeb32cac449fa2";
    const SHA256: &str = "4668bb2223ffb983a5f1273b9e3d9fa2c5ce4a0f1fb18ca5c1b285762020073c";

    fn taken(text: &str) -> (Vec<String>, String) {
        let (files, rest) = take(text);
        (files.into_iter().map(|file| file.value).collect(), rest)
    }

    #[test]
    fn hashes_that_stand_together_are_one_file() {
        for text in [
            format!("SHA1={SHA1},MD5={MD5},SHA256={SHA256},IMPHASH={MD5}"),
            format!("Hashes=MD5={MD5},SHA256={SHA256}"),
            format!("md5:{MD5} sha-256:{SHA256}"),
        ] {
            assert_eq!(taken(&text).0, [SHA256], "{text}");
        }
        assert_eq!(taken(&format!("IMPHASH={MD5}")).0, Vec::<String>::new());
        assert_eq!(taken(&format!("MD5={MD5}")).0, [MD5]);
    }

    #[test]
    fn of_the_digests_in_fields_of_their_own_the_best_is_told() {
        let row = serde_json::json!({
            "MD5": MD5, "SHA1": SHA1, "SHA256": SHA256,
            "parent_md5": MD5, "file_hash": SHA1, "size_md5": "none", "size_sha1": SHA1,
        });
        assert_eq!(weaker(row.as_object().unwrap()), ["MD5", "SHA1"]);
        for name in [
            "IMPHASH",
            "ja3",
            "tls.client.ja3_hash",
            "ja3hash",
            "aid",
            "cid",
            "sessionId",
            "event_id",
            "device_guid",
        ] {
            assert!(is_of_something_else(name), "{name}");
        }
        for name in ["MD5", "file_hash", "sha-256", "indicator", "android"] {
            assert!(!is_of_something_else(name), "{name}");
        }
    }

    #[test]
    fn several_files_are_several_and_other_text_stays() {
        let text = format!("MD5={MD5}, then x.example SHA1={SHA1}");
        let (files, rest) = taken(&text);
        assert_eq!(files, [MD5, SHA1]);
        assert!(rest.contains("x.example"), "{rest}");
        let other = MD5.replace('6', "7");
        assert_eq!(taken(&format!("MD5={MD5},MD5={other}")).0, [MD5, &other]);
        assert_eq!(taken("a=b, c"), (vec![], "a=b, c".to_owned()));
    }
}
