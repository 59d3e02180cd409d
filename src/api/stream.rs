//! `/tasks/stream`: reads OpenCTI's live stream, or has its history told again.

use std::ops::RangeInclusive;
use std::time::Duration;

use http::request::Parts;
use http::{Method, Response, StatusCode};

use super::access::{admit_operator, only, problem, wrong_settings};
use super::answer::{Problem, report};
use super::query::{flag, is_dry_run, seconds};
use super::session::Session;
use crate::context::Context;
use crate::model::Position;
use crate::model::trace::How;
use crate::sources::opencti;
use crate::stream::{self, History, Options};

/// How long the stream is read if nothing is said: called each minute, it is read
/// nearly all the time.
const TIME: Duration = Duration::from_secs(50);
/// How long it may be read at all.
const SECONDS: RangeInclusive<u64> = 1..=600;

/// `GET` and `POST /tasks/stream`: crons of some platforms can only get.
pub(super) async fn read(
    session: &Session<'_>,
    head: &Parts,
) -> Result<Response<Vec<u8>>, Problem> {
    only(head, &[Method::GET, Method::POST], "GET, POST")?;
    admit_operator(session, head)?;
    let options = options(head)?;
    let now = session.ports.clock.now();
    if options.history.is_some_and(|it| it.from.at > now) {
        let detail = "`from` is yet to come";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    let context = session.quiet_context();
    let context = context.map_err(|error| wrong_settings(session, &error))?;
    let context = Context {
        how: How::Stream,
        source: opencti::PROFILE.key,
        ..context
    };
    let read = stream::run(context, options).await;
    let read = read.map_err(|failure| problem(session, failure))?;
    Ok(report(&read.body, read.retry_after))
}

/// `?seconds=25`: how long it is read; `?from=2025-01-01`, `&until=…`, `&restart=true`
/// and `&dry_run=true` have its history told again.
fn options(head: &Parts) -> Result<Options, Problem> {
    let (mut time, mut from, mut until, mut restarts) = (TIME, None, None, false);
    let query = head.uri.query().unwrap_or_default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "seconds" => time = seconds(&value, SECONDS)?,
            "from" => from = Some(position(&name, &value)?),
            "until" => until = Some(position(&name, &value)?),
            "restart" => restarts = flag(&name, &value)?,
            _ => {}
        }
    }
    let is_dry = is_dry_run(head)?;
    let history = from.map(|from| History {
        from,
        until,
        is_dry,
        restarts,
    });
    if history.is_none() && (until.is_some() || is_dry || restarts) {
        let detail = "`until`, `dry_run` and `restart` belong to a replay of history, which `from` begins, such as `from=2025-01-01`";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let detail = "`until` is not later than `from`";
        return Err(Problem::new(StatusCode::BAD_REQUEST, detail));
    }
    Ok(Options { time, history })
}

fn position(name: &str, text: &str) -> Result<Position, Problem> {
    Position::of(text).ok_or_else(|| {
        let shown: String = text.chars().take(40).collect();
        let detail = format!(
            "`{name}` is `{shown}`, which is no date such as 2025-01-31 or 2025-01-31T12:00:00Z"
        );
        Problem::new(StatusCode::BAD_REQUEST, detail)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Options, String> {
        let uri = format!("/tasks/stream{query}");
        let head = http::Request::post(uri).body(()).unwrap().into_parts().0;
        options(&head).map_err(|problem| problem.detail().to_owned())
    }

    #[test]
    fn what_is_asked_for_is_read() {
        let day = Position::of("2025-01-01").unwrap();
        let history = History {
            from: day,
            until: None,
            is_dry: false,
            restarts: false,
        };
        for (query, time, expected) in [
            ("", 50, None),
            ("?seconds=25&token=x", 25, None),
            ("?from=2025-01-01", 50, Some(history)),
            (
                "?from=2025-01-01&until=1735776000000-0&dry-run&restart=1",
                50,
                Some(History {
                    until: Position::of("2025-01-02"),
                    is_dry: true,
                    restarts: true,
                    ..history
                }),
            ),
        ] {
            let options = read(query).unwrap();
            assert_eq!(options.time.as_secs(), time, "{query}");
            assert_eq!(options.history, expected, "{query}");
        }
    }

    #[test]
    fn what_means_nothing_is_refused_and_named() {
        for (query, expected) in [
            ("?seconds=0", "seconds"),
            ("?seconds=601", "seconds"),
            ("?from=yesterday", "from"),
            ("?until=2025-01-01", "from"),
            ("?dry_run=true", "from"),
            ("?from=2025-01-01&until=", "until"),
            ("?from=2025-01-01&restart=maybe", "restart"),
            ("?from=2025-01-02&until=2025-01-01", "until"),
            ("?from=2025-01-02&until=2025-01-02", "until"),
        ] {
            let detail = read(query).unwrap_err();
            assert!(detail.contains(expected), "{query}: {detail}");
        }
    }
}
