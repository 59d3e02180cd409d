//! `cargo demo`: the main job, seen with one's own eyes. Builds the component,
//! starts stand-ins and the function on free ports, streams and posts real payloads over
//! HTTP, prints what became of them, and ends with 0 only if the stand-ins'
//! records show what was expected.

mod alert;
mod back;
mod checks;
mod filing;
mod life;
mod outage;
mod samples;
mod stage;
mod table;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::Parser;

use checks::Checks;
use stage::Stage;

/// See the main job done, without Spin and without a Jira.
#[derive(Parser)]
#[command(version)]
struct Cli {
    /// Stay up afterwards, and print curl lines to try
    #[arg(long)]
    serve: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the demo; an error if anything was not as expected.
async fn run(args: Cli) -> Result<()> {
    let stage = Stage::set().await?;
    let mut checks = Checks::default();
    filing::play(&stage, &mut checks).await?;
    life::play(&stage, &mut checks).await?;
    outage::play(&stage, &mut checks).await?;
    let alert = alert::play(&mut checks).await?;
    back::play(&stage, &mut checks).await?;
    let good = checks.report();
    if args.serve {
        stage.serve(&alert.lines()).await;
    }
    match good {
        true => Ok(()),
        false => bail!("the demo did not go as expected"),
    }
}
