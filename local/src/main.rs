//! `cargo up`: the component served without Spin; `cargo demo`: the main job,
//! seen.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use jira_intake_local::demo;
use jira_intake_local::host::up;

#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Up(up::UpArgs),
    Demo(demo::DemoArgs),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Up(args) => up::run(args).await,
        Command::Demo(args) => demo::run(args).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
