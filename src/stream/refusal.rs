//! Why a stream cannot be read, what is to be done about it, and how long the platform
//! is left alone. Pure.

use std::time::Duration;

use http::StatusCode;
use http::header::{CONTENT_TYPE, LOCATION};

use crate::http::Answer;
use crate::model::Timestamp;
use crate::platform::SendError;
use crate::store::stream::LONGEST_PAUSE;
use crate::text::{short, without_logins};

/// More of somebody's header is not shown.
const SHOWN: usize = 200;
/// The first pause where a person must do something.
const PERSON: Duration = Duration::from_secs(60);
/// The first pause where it may pass by itself.
const PASSING: Duration = Duration::from_secs(10);

/// Why a stream cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Refusal {
    /// 401 or 403.
    Login(u16),
    /// 410: it was stopped.
    Stopped,
    /// 429; how long the platform wants to be left alone.
    TooMany(Option<Duration>),
    /// The platform, or a gateway before it, is not well.
    Unwell(u16),
    /// Something else answered; what it said.
    NotAStream(String),
    /// The platform cannot be reached.
    Unreachable(SendError),
    /// The token holds a character that no header can carry.
    Token,
}

impl Refusal {
    /// What an answer means; `None` if it is a stream.
    pub(super) fn of(answer: &Answer, now: Timestamp) -> Option<Self> {
        let header = |name| answer.headers.get(name).and_then(|it| it.to_str().ok());
        let kind = header(CONTENT_TYPE).unwrap_or_default();
        let status = answer.status;
        Some(match status.as_u16() {
            200 if is_event_stream(kind) => return None,
            401 | 403 => Self::Login(status.as_u16()),
            410 => Self::Stopped,
            429 => Self::TooMany(answer.retry_after(now)),
            500.. => Self::Unwell(status.as_u16()),
            _ => {
                let location = header(LOCATION).map(|to| format!(" that leads to `{to}`"));
                let what = match kind {
                    "" => String::new(),
                    kind => format!(" of type `{kind}`"),
                };
                let said = format!("{}{what}{}", words(status), location.unwrap_or_default());
                Self::NotAStream(short(&without_logins(&said), SHOWN))
            }
        })
    }

    /// What is wrong with the stream of this id, and what to do.
    pub(super) fn words(&self, id: &str) -> String {
        match self {
            Self::Login(status) => format!(
                "OpenCTI refuses the stream `{id}` ({status}): opencti_token is wrong or has run out, or its user lacks the capability “Access data sharing”, or is not among those whom the stream is shared with, or may see none of the markings of its filter, or opencti_stream_id is not the id of a live stream. Look at the user under Settings → Security, and at the stream under Data → Data sharing → Live streams"
            ),
            Self::Stopped => format!(
                "the live stream `{id}` is stopped; start it in OpenCTI under Data → Data sharing → Live streams"
            ),
            Self::TooMany(_) => "OpenCTI has had too many requests (429)".to_owned(),
            Self::Unwell(status) => {
                format!("OpenCTI, or a gateway before it, answered {status}")
            }
            Self::NotAStream(said) => format!(
                "something answered that is no live stream: {said}. Look at opencti_url and opencti_base_path, and at what stands between here and OpenCTI, such as a login page"
            ),
            Self::Unreachable(error) => format!("OpenCTI: {error}"),
            Self::Token => {
                "opencti_token holds a character that no HTTP header can carry".to_owned()
            }
        }
    }

    /// How long the platform is left alone after so many refusals in a row.
    pub(super) fn pause(&self, times: u32) -> Duration {
        let first = match self {
            Self::TooMany(Some(after)) => return (*after).min(LONGEST_PAUSE),
            Self::Login(_) | Self::Stopped | Self::NotAStream(_) | Self::Token => PERSON,
            Self::TooMany(None) | Self::Unwell(_) | Self::Unreachable(_) => PASSING,
        };
        let doubled = 1_u32.checked_shl(times.saturating_sub(1));
        let pause = doubled.map_or(LONGEST_PAUSE, |times| first.saturating_mul(times));
        pause.min(LONGEST_PAUSE)
    }
}

fn is_event_stream(kind: &str) -> bool {
    let kind = kind.split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case("text/event-stream")
}

fn words(status: StatusCode) -> String {
    format!(
        "{} {}",
        status.as_u16(),
        status.canonical_reason().unwrap_or_default()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, headers: &[(&str, &str)]) -> Option<Refusal> {
        let mut response = http::Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        let answer = Answer::from(response.body(Vec::new()).unwrap());
        Refusal::of(&answer, Timestamp::UNKNOWN)
    }

    #[test]
    fn only_an_event_stream_is_one() {
        for kind in ["text/event-stream", "Text/Event-Stream; charset=utf-8"] {
            assert_eq!(of(200, &[("content-type", kind)]), None, "{kind}");
        }
        let page = of(200, &[("content-type", "text/html")]).unwrap();
        let words = page.words("live");
        assert!(words.contains("200 OK of type `text/html`"), "{words}");
        assert!(words.contains("login page"), "{words}");
        let moved = of(
            302,
            &[("location", "https://u:secret@sso.example.com/login")],
        );
        let words = moved.unwrap().words("live");
        assert!(
            words.contains("sso.example.com") && !words.contains("secret"),
            "{words}"
        );
    }

    #[test]
    fn each_refusal_says_what_to_do() {
        for (status, expected) in [
            (401, "opencti_token"),
            (403, "Access data sharing"),
            (410, "is stopped"),
            (404, "opencti_base_path"),
            (502, "502"),
            (429, "too many"),
        ] {
            let words = of(status, &[]).unwrap().words("live");
            assert!(words.contains(expected), "{status}: {words}");
        }
    }

    #[test]
    fn the_platform_is_left_alone_longer_each_time() {
        let seconds = |refusal: &Refusal, times| refusal.pause(times).as_secs();
        let pauses: Vec<u64> = (1..7).map(|it| seconds(&Refusal::Stopped, it)).collect();
        assert_eq!(pauses, [60, 120, 240, 480, 900, 900]);
        let pauses: Vec<u64> = (1..4)
            .map(|it| seconds(&Refusal::Unwell(502), it))
            .collect();
        assert_eq!(pauses, [10, 20, 40]);
        assert_eq!(seconds(&Refusal::Stopped, u32::MAX), 900);
        let told = of(429, &[("retry-after", "7")]).unwrap();
        assert_eq!(seconds(&told, 5), 7);
    }
}
