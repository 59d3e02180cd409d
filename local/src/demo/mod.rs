//! `cargo demo`: the main job, seen with one's own eyes. Builds the component,
//! starts stand-ins and the function on free ports, posts real payloads over
//! HTTP, prints what became of them, and ends with 0 only if the stand-ins'
//! records show what was expected.

mod alert;
mod checks;
mod filing;
mod life;
mod outage;
mod samples;
mod stage;
mod table;

use anyhow::{Result, bail};
use clap::Args;

use checks::Checks;
use stage::Stage;

/// See the main job done, without Spin and without a Jira.
#[derive(Args, Debug)]
pub struct DemoArgs {
    /// Stay up afterwards, and print curl lines to try
    #[arg(long)]
    serve: bool,
}

/// Runs the demo; an error if anything was not as expected.
pub async fn run(args: DemoArgs) -> Result<()> {
    let stage = Stage::set().await?;
    let mut checks = Checks::default();
    filing::play(&stage, &mut checks).await?;
    life::play(&stage, &mut checks).await?;
    outage::play(&stage, &mut checks).await?;
    let alert = alert::play(&mut checks).await?;
    let good = checks.report();
    if args.serve {
        stage.serve(&alert.lines()).await;
    }
    match good {
        true => Ok(()),
        false => bail!("the demo did not go as expected"),
    }
}
