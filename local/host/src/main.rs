//! `cargo up`: the component served without Spin. `cargo backfill`: history filed by a
//! running function. `cargo doctor`: the configuration checked against the live services.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jira_intake_host::{backfill, doctor, up};

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
    Doctor(doctor::DoctorArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Up(args) => up::run(args).await.map(|()| ExitCode::SUCCESS),
        Command::Backfill(args) => backfill::run(args).await,
        Command::Doctor(args) => doctor::run(args).await,
    };
    match done {
        Ok(status) => status,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
