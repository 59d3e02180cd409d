//! What a client asks of a stream.

use super::event::EventId;
use crate::server::Request;

/// What a client asks for. Everything can stand in the query or in a header;
/// the query comes first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Asked {
    /// Reads on after this position.
    pub(super) from: Option<EventId>,
    /// Recovers from the database up to this position.
    pub(super) recover: Option<EventId>,
    pub(super) listen_delete: bool,
    pub(super) no_dependencies: bool,
    /// Milliseconds that are waited after each batch and each dependency.
    pub(super) delay: u64,
}

/// What the platform does not take. All of it is answered with 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mistake {
    /// A position that is none.
    NoPosition,
    /// A recovery without a start.
    NoStart,
}

impl Asked {
    /// Reads a request.
    ///
    /// # Errors
    /// What is wrong with the positions.
    pub(super) fn read(request: &Request) -> Result<Asked, Mistake> {
        let from = position(from_text(request))?;
        let recover = position(recover_text(request))?;
        if recover.is_some() && from.is_none() {
            return Err(Mistake::NoStart);
        }
        let option = |name: &str| told(request, name, &[name]);
        let delay = option("delay").and_then(|text| text.parse().ok());
        Ok(Asked {
            from,
            recover,
            listen_delete: option("listen-delete").as_deref() != Some("false"),
            no_dependencies: option("no-dependencies").as_deref() == Some("true"),
            delay: delay.unwrap_or_default(),
        })
    }

    /// From where to where is recovered, if there is something to recover.
    pub(super) fn recovery(&self) -> Option<(EventId, EventId)> {
        let both = self.from.zip(self.recover);
        both.filter(|(from, recover)| recover > from)
    }
}

/// The start, as it was asked for.
pub(super) fn from_text(request: &Request) -> Option<String> {
    told(request, "from", &["from", "last-event-id"])
}

/// The end of the recovery, as it was asked for.
pub(super) fn recover_text(request: &Request) -> Option<String> {
    told(request, "recover", &["recover", "recover-date"])
}

/// The query's value, or that of the first header that is there; an empty one
/// is none.
fn told(request: &Request, query: &str, headers: &[&str]) -> Option<String> {
    let header = |name: &&str| request.header(name).map(str::to_owned);
    let headers = headers.iter().filter_map(header);
    let mut values = request.query_value(query).into_iter().chain(headers);
    values.find(|value| !value.is_empty())
}

fn position(text: Option<String>) -> Result<Option<EventId>, Mistake> {
    text.map(|text| EventId::read(&text).ok_or(Mistake::NoPosition))
        .transpose()
}
