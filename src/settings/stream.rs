//! OpenCTI's live stream: which one, and from where on.

use super::reader::Reader;
use crate::model::Position;

/// Longer ids of a stream there are not.
const ID_LIMIT: usize = 200;

/// The live stream that `/tasks/stream` reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Its id; nothing is read without one.
    pub id: Option<String>,
    /// Where the first call begins.
    pub from: StreamFrom,
    /// Whether the platform tells of deletions.
    pub listen_delete: bool,
    /// Whether relationships that belong to an entity are left out.
    pub no_dependencies: bool,
    /// Whether inferred entities are told of.
    pub with_inferences: bool,
}

/// Where the first reading of a stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamFrom {
    /// With what happens from then on.
    Now,
    /// Here.
    Position(Position),
}

impl Stream {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let id = read.optional("opencti_stream_id");
        if let Some(id) = &id
            && !is_id(id)
        {
            read.mistake(format!(
                "opencti_stream_id: `{id}` is not the id of a live stream; in OpenCTI it stands under Data → Data sharing → Live streams, at the end of the stream's address"
            ));
        }
        Self {
            id,
            from: from(read),
            listen_delete: read.flag("opencti_stream_listen_delete", true),
            no_dependencies: read.flag("opencti_stream_no_dependencies", true),
            with_inferences: read.flag("opencti_stream_with_inferences", false),
        }
    }
}

/// It becomes a part of an address.
fn is_id(id: &str) -> bool {
    id.len() <= ID_LIMIT
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

fn from(read: &mut Reader<'_>) -> StreamFrom {
    let name = "opencti_stream_from";
    let text = read.text(name);
    if text.is_empty() || text.eq_ignore_ascii_case("now") {
        return StreamFrom::Now;
    }
    match Position::of(&text) {
        Some(position) => StreamFrom::Position(position),
        None => {
            read.mistake(format!(
                "{name}: `{text}` is neither `now`, nor `0`, nor a date such as 2025-01-31 or 2025-01-31T12:00:00Z"
            ));
            StreamFrom::Now
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::tests::load;

    fn from_of(text: &str) -> Result<StreamFrom, Vec<String>> {
        let settings = load(&[("opencti_stream_from", text)]).map_err(|error| error.mistakes)?;
        Ok(settings.stream().unwrap().from)
    }

    #[test]
    fn the_beginning_is_now_a_date_or_everything() {
        let day = Position::parse("1735689600000-0").unwrap();
        for (text, expected) in [
            ("", StreamFrom::Now),
            (" NOW ", StreamFrom::Now),
            ("0", StreamFrom::Position(Position::BEGINNING)),
            ("2025-01-01", StreamFrom::Position(day)),
            ("2025-01-01T00:00:00.000Z", StreamFrom::Position(day)),
            ("1735689600000", StreamFrom::Position(day)),
            ("1735689600000-0", StreamFrom::Position(day)),
        ] {
            assert_eq!(from_of(text), Ok(expected), "{text}");
        }
        for text in ["yesterday", "01.02.2025", "-1", "2025-1"] {
            let mistakes = from_of(text).unwrap_err();
            assert!(mistakes[0].contains("2025-01-31"), "{text}: {mistakes:?}");
        }
    }

    #[test]
    fn what_cannot_stand_in_an_address_is_no_id() {
        for id in ["../graphql", "a b", "a?from=0", "ü"] {
            let error = load(&[("opencti_stream_id", id)]).err().unwrap();
            assert!(error.mistakes[0].contains("opencti_stream_id"), "{id}");
        }
        for id in ["live", "5f0d5a3a-0a0f-4d0e-9d1a-2f4f0f6a7c11"] {
            let settings = load(&[
                ("opencti_stream_id", id),
                ("opencti_url", "https://opencti.example.com"),
                ("opencti_token", "t"),
            ]);
            assert_eq!(settings.unwrap().stream().unwrap().id.as_deref(), Some(id));
        }
    }
}
