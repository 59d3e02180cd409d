//! `cargo up`: the component served without Spin. `cargo backfill`: history filed by a
//! running function.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jira_intake_host::{backfill, up};

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// `up` is as in Spin's own command line.
#[derive(Subcommand)]
enum Command {
    Up(up::UpArgs),
    Backfill(backfill::BackfillArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Up(args) => up::run(args).await.map(|()| ExitCode::SUCCESS),
        Command::Backfill(args) => backfill::run(args).await,
    };
    match done {
        Ok(status) => status,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
