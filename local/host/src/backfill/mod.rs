//! `backfill`: drives a replay of history against a running function. It calls
//! `/tasks/stream?from=…` again and again until all of it is told.
//!
//! | file | what is in it |
//! |---|---|
//! | `report.rs` | what the function reports |
//! | `verdict.rs` | what an answer means, and when to give up: pure |
//! | `replay.rs` | the calls, one after the other |
//! | `show.rs` | a progress bar, or a line for each call |
//! | `words.rs` | what is printed: pure |
//! | `ask.rs` | the question before anything is filed; Ctrl-C |

mod ask;
mod replay;
mod report;
mod show;
mod verdict;
mod words;

use std::io::IsTerminal;
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Args;
use url::Url;

use crate::call::Caller;
use ask::Stop;
use replay::{End, Replay};
use show::Show;

/// The variable that holds the token.
const TOKEN: &str = "JIRA_INTAKE_ADMIN_TOKEN";

/// Have a running function file what OpenCTI holds.
///
/// The function reads OpenCTI's live stream from a date on, in many short calls. It
/// counts first and asks. It can be stopped at any time: the same command goes on where
/// it stopped, and nothing is filed twice.
// No `Debug`: it holds a token.
#[derive(Args)]
pub struct BackfillArgs {
    /// Where history begins: a date such as 2025-01-31 or 2025-01-31T12:00:00Z, or 0 for
    /// everything
    #[arg(long, value_name = "DATE")]
    from: String,

    /// Where it ends [default: now]
    #[arg(long, value_name = "DATE")]
    until: Option<String>,

    /// Only count: nothing is filed
    #[arg(long)]
    dry_run: bool,

    /// Begin at --from again, and not where the last run stopped
    #[arg(long)]
    restart: bool,

    /// Neither count first nor ask
    #[arg(short, long)]
    yes: bool,

    /// Where the function listens
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: Url,

    /// The function's admin_token; better given by the environment, where no list of
    /// processes shows it
    #[arg(long, env = TOKEN, hide_env_values = true)]
    token: Option<String>,

    /// How long a call lasts
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
}

/// Drives the replay; success if all of it is told.
///
/// # Errors
/// What keeps it from going on, in words for whoever typed the command.
pub async fn run(args: BackfillArgs) -> Result<ExitCode> {
    let must_ask = !args.yes && !args.dry_run;
    if must_ask && !std::io::stdin().is_terminal() {
        bail!(
            "there is no terminal to ask at, and nothing was filed; say --yes to have history filed, or --dry-run to have it counted"
        );
    }
    let token = args.token.as_deref().map(str::trim).unwrap_or_default();
    if token.is_empty() {
        bail!("no token: set {TOKEN} to the function's admin_token");
    }
    let caller = Caller::new(&args.url, "/tasks/stream", token)?;
    let mut stop = Stop::default();
    stop.listen();
    if must_ask && let Some(status) = ask_first(&args, &caller, &mut stop).await? {
        return Ok(status);
    }
    let replay = Replay {
        caller: &caller,
        query: query(&args, args.dry_run),
        restarts: args.restart,
    };
    let end = replay.run(&Show::new(), &mut stop).await?;
    Ok(tell(&end, args.dry_run))
}

/// Counts what would be filed, and asks; the exit status if nothing is to be filed.
async fn ask_first(
    args: &BackfillArgs,
    caller: &Caller,
    stop: &mut Stop,
) -> Result<Option<ExitCode>> {
    println!("First it is counted what would be filed (a dry run).");
    let count = Replay {
        caller,
        query: query(args, true),
        // What an older dry run counted may be filed by now.
        restarts: true,
    };
    let End::Finished(report) = count.run(&Show::new(), stop).await? else {
        println!("Stopped while it was counted. Nothing was filed.");
        return Ok(Some(ExitCode::FAILURE));
    };
    print!("{}", words::table(&report.so_far));
    let Some(question) = words::question(&report) else {
        println!("Nothing of it would be filed, so there is nothing to do.");
        return Ok(Some(ExitCode::SUCCESS));
    };
    if ask::is_yes(&question, stop).await {
        return Ok(None);
    }
    println!("Nothing was filed.");
    Ok(Some(ExitCode::FAILURE))
}

fn tell(end: &End, is_dry: bool) -> ExitCode {
    print!("{}", words::end(end.report(), is_dry, end.is_finished()));
    match end.is_finished() {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// What is asked of `/tasks/stream`.
fn query(args: &BackfillArgs, is_dry: bool) -> Vec<(&'static str, String)> {
    let mut query = vec![("from", args.from.clone())];
    if let Some(until) = &args.until {
        query.push(("until", until.clone()));
    }
    query.push(("seconds", args.seconds.to_string()));
    if is_dry {
        query.push(("dry_run", "true".to_owned()));
    }
    query
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        args: BackfillArgs,
    }

    fn read(line: &str) -> BackfillArgs {
        let line = format!("backfill --token t {line}");
        Cli::parse_from(line.split(' ')).args
    }

    #[test]
    fn what_is_asked_for_is_what_was_typed() {
        let args = read("--from 2025-01-01");
        assert_eq!(args.url.as_str(), "http://127.0.0.1:3000/");
        let expected = [("from", "2025-01-01"), ("seconds", "25")];
        let expected = expected.map(|(name, value)| (name, value.to_owned()));
        assert_eq!(query(&args, false), expected);
        let args = read("--from 2025-01-01 --until 2025-02-01 --seconds 5");
        let names: Vec<&str> = query(&args, true).iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["from", "until", "seconds", "dry_run"]);
    }
}
