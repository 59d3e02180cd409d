//! The calls of a replay, one after the other.

use std::time::Duration;

use anyhow::{Result, bail};

use super::ask::Stop;
use http::Method;

use super::report::Report;
use super::show::Show;
use super::verdict::{Next, Patience, judge};
use super::words;
use crate::call::{Answer, Caller, Unanswered};

/// A replay that is to be driven to its end.
pub(super) struct Replay<'a> {
    pub(super) caller: &'a Caller,
    /// What each call asks for.
    pub(super) query: Vec<(&'static str, String)>,
    /// It begins anew.
    pub(super) restarts: bool,
}

/// How it ended, and the last report.
#[derive(Debug)]
pub(super) enum End {
    /// All is told.
    Finished(Report),
    /// Somebody stopped it.
    Stopped(Option<Report>),
}

impl End {
    pub(super) fn is_finished(&self) -> bool {
        matches!(self, Self::Finished(_))
    }

    pub(super) fn report(&self) -> Option<&Report> {
        match self {
            Self::Finished(report) => Some(report),
            Self::Stopped(report) => report.as_ref(),
        }
    }
}

impl Replay<'_> {
    /// Calls until all is told, somebody stops it, or it makes no sense to go on.
    ///
    /// # Errors
    /// Why it makes no sense.
    pub(super) async fn run(mut self, show: &Show, stop: &mut Stop) -> Result<End> {
        let end = self.calls(show, stop).await;
        show.end();
        end
    }

    async fn calls(&mut self, show: &Show, stop: &mut Stop) -> Result<End> {
        let mut patience = Patience::default();
        let mut last: Option<Report> = None;
        loop {
            let answer = self.call(show, stop).await;
            let (report, next) = judge(&answer, &self.caller.origin());
            let next = patience.after(&answer, report.as_ref(), next);
            if let Some(report) = report {
                show.report(&report);
                if last.is_none() && report.was_over() {
                    show.once(words::was_over(self.is_dry()));
                }
                if report.is_of_replay() {
                    // From here on it goes on.
                    self.restarts = false;
                    last = Some(report);
                }
            }
            match (next, last.take()) {
                (Next::Finish, Some(report)) => return Ok(End::Finished(report)),
                (Next::GiveUp(why), _) => bail!("{why}"),
                (_, report) if stop.is_told() => return Ok(End::Stopped(report)),
                (Next::Wait { why, pause }, report) => {
                    last = report;
                    show.once(&why);
                    show.say(&words::pause(pause, patience.failures()));
                    if stop.comes_within(pause).await {
                        return Ok(End::Stopped(last));
                    }
                }
                (Next::Again | Next::Finish, report) => last = report,
            }
        }
    }

    /// One call, which is not cut short.
    async fn call(&self, show: &Show, stop: &mut Stop) -> Result<Answer, Unanswered> {
        let mut query = self.query.clone();
        if self.restarts {
            query.push(("restart", "true".to_owned()));
        }
        let call = self.caller.call(Method::POST, &query, self.time());
        tokio::pin!(call);
        tokio::select! {
            answer = &mut call => answer,
            () = stop.comes() => {
                show.say("Stopping after the call under way; once more stops at once.");
                call.await
            }
        }
    }

    fn value(&self, name: &str) -> Option<&str> {
        let mut query = self.query.iter();
        let found = query.find(|(known, _)| *known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn is_dry(&self) -> bool {
        self.value("dry_run").is_some()
    }

    fn time(&self) -> Duration {
        let seconds = self.value("seconds").and_then(|it| it.parse().ok());
        Duration::from_secs(seconds.unwrap_or_default())
    }
}
