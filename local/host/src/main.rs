//! `cargo up`: the component served without Spin.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jira_intake_host::up;

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

// As in Spin's own command line.
#[derive(Subcommand)]
enum Command {
    Up(up::UpArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let Command::Up(args) = Cli::parse().command;
    match up::run(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
