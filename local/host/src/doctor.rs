//! `doctor`: the configuration checked against the live services, by a running function
//! or by one that is started for it.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use http::Method;
use url::Url;

use crate::call::{Answer, Caller, Unanswered};
use crate::up::default_manifest;
use crate::{Given, Host, Manifest, Options, Release, Show, build_component};

/// The variable that holds the token.
const TOKEN: &str = "JIRA_INTAKE_ADMIN_TOKEN";
/// The function looks for no longer.
const TIME: Duration = Duration::from_secs(30);

/// Check the configuration against the live services.
///
/// With --url, a running function is asked. Without, the component is built and started
/// with the variables of the environment and of .env, asked, and stopped again. Nothing is
/// filed, changed or told to anybody.
// No `Debug`: it holds a token.
#[derive(Args)]
pub struct DoctorArgs {
    /// Where a function listens that is to be asked
    #[arg(long)]
    url: Option<Url>,

    /// The function's admin_token; better given by the environment, where no list of
    /// processes shows it
    #[arg(long, env = TOKEN, hide_env_values = true)]
    token: Option<String>,

    /// Print the report for machines
    #[arg(long)]
    json: bool,

    /// The application: its spin.toml, or the folder it lies in
    #[arg(
        short = 'f',
        long = "from",
        value_name = "PATH",
        conflicts_with = "url"
    )]
    from: Option<PathBuf>,

    /// A variable's value; may be repeated
    #[arg(
        long,
        value_name = "KEY=VALUE | KEY=@FILE | @FILE.json | @FILE.toml",
        conflicts_with = "url"
    )]
    variable: Vec<Given>,

    /// The runtime configuration: stores, certificate authorities
    // No conflict with `url`: the environment may name it.
    #[arg(long, env = "RUNTIME_CONFIG_FILE", value_name = "FILE")]
    runtime_config_file: Option<PathBuf>,

    /// Where state is kept [default: .spin beside spin.toml; an empty value keeps state in
    /// memory]
    #[arg(long, value_name = "FOLDER", conflicts_with = "url")]
    state_dir: Option<String>,

    /// The release of Spin whose rules are followed where releases differ
    #[arg(long, value_enum, default_value_t = Release::default(), value_name = "RELEASE")]
    spin: Release,

    /// Ask what was built before
    #[arg(long, conflicts_with = "url")]
    no_build: bool,
}

/// Prints the report; success if nothing is wrong.
///
/// # Errors
/// When there is no report, in words for whoever typed the command.
pub async fn run(args: DoctorArgs) -> Result<ExitCode> {
    let given = args.token.as_deref().map(str::trim).unwrap_or_default();
    if let Some(url) = &args.url {
        if given.is_empty() {
            bail!("no token: set {TOKEN} to the function's admin_token");
        }
        return ask(url, given, args.json).await;
    }
    let path = args.from.clone().unwrap_or_else(default_manifest);
    let manifest = Manifest::read(&path)?;
    if !args.no_build {
        tokio::task::spawn_blocking(move || build_component(&manifest, Show::Progress)).await??;
    }
    let token = one_time_token();
    let host = Host::start(
        Options {
            listen: ([127, 0, 0, 1], 0).into(),
            spin: args.spin,
            variables: args.variable,
            runtime_config_file: args.runtime_config_file,
            state_dir: args.state_dir.map(PathBuf::from),
            quiet: true,
            ..Options::new(path)
        }
        .variable("admin_token", &token),
    )
    .await?;
    let url = Url::parse(&host.url()).context("the function's own address")?;
    ask(&url, &token, args.json).await
}

/// Known to nobody else, for a function that nobody else reaches for as long as it lives.
fn one_time_token() -> String {
    let number = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", number(), number())
}

async fn ask(url: &Url, token: &str, json: bool) -> Result<ExitCode> {
    let caller = Caller::new(url, "/doctor", token)?;
    let form = if json { "json" } else { "text" };
    let query = [("format", form.to_owned())];
    match caller.call(Method::GET, &query, TIME).await {
        Ok(answer) => tell(&answer, &caller.origin()),
        Err(Unanswered::Refused) => bail!("nobody listens at {}", caller.origin()),
        Err(Unanswered::Unreachable(why) | Unanswered::Broken(why)) => {
            bail!("no answer from {}: {why}", caller.origin())
        }
    }
}

/// 503 may be something else's, too: a report says that it is one.
fn tell(answer: &Answer, origin: &str) -> Result<ExitCode> {
    let body = String::from_utf8_lossy(&answer.body);
    let is_report = body.starts_with("jira-intake ") || body.contains("\"checks\":");
    match answer.status {
        status @ (200 | 503) if is_report => {
            println!("{}", body.trim_end());
            Ok(match status {
                200 => ExitCode::SUCCESS,
                _ => ExitCode::FAILURE,
            })
        }
        401 => bail!("{origin} refused the token: set {TOKEN} to the function's admin_token"),
        404 => bail!(
            "there is no doctor at {origin}: the function has no admin_token, or is older than this program"
        ),
        status => bail!("{origin} answered {status}, and not with a report"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer {
            status,
            body: body.as_bytes().to_vec(),
            ..Answer::default()
        }
    }

    #[test]
    fn only_a_report_counts() {
        let told = |status, body| tell(&answer(status, body), "http://h");
        assert_eq!(told(200, "jira-intake 0.1").unwrap(), ExitCode::SUCCESS);
        let wrong = told(503, "{\"checks\":[]}").unwrap();
        assert_eq!(wrong, ExitCode::FAILURE);
        assert!(told(503, "<html>").is_err());
        assert!(told(200, "ok").is_err());
        assert!(told(401, "").unwrap_err().to_string().contains(TOKEN));
        assert!(
            told(404, "")
                .unwrap_err()
                .to_string()
                .contains("admin_token")
        );
    }

    #[test]
    fn a_one_time_token_is_another_each_time() {
        assert_ne!(one_time_token(), one_time_token());
        assert_eq!(one_time_token().len(), 32);
    }
}
