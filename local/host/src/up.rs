//! `up`: builds and serves the application, with flags that `spin up` has, too.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::told::told_to_stop;
use crate::{
    Given, Host, Manifest, Options, Release, RunningHost, Show, build_component, own_manifest,
};

/// Build the component and serve it.
#[derive(Args, Debug)]
pub struct UpArgs {
    /// The application: its spin.toml, or the folder it lies in
    #[arg(
        short = 'f',
        long = "from",
        visible_alias = "file",
        value_name = "PATH"
    )]
    from: Option<PathBuf>,

    /// The address to listen on; port 0 takes a free one
    #[arg(long, env = "SPIN_HTTP_LISTEN_ADDR", default_value = "127.0.0.1:3000")]
    listen: SocketAddr,

    /// A variable's value; may be repeated
    #[arg(long, value_name = "KEY=VALUE | KEY=@FILE | @FILE.json | @FILE.toml")]
    variable: Vec<Given>,

    /// The runtime configuration: stores, certificate authorities
    #[arg(long, env = "RUNTIME_CONFIG_FILE", value_name = "FILE")]
    runtime_config_file: Option<PathBuf>,

    /// Where state and logs are kept [default: .spin beside spin.toml; an
    /// empty value keeps state in memory]
    #[arg(long, value_name = "FOLDER")]
    state_dir: Option<String>,

    /// The release of Spin whose rules are followed where releases differ
    #[arg(long, value_enum, default_value_t = Release::default(), value_name = "RELEASE")]
    spin: Release,

    /// Serve what was built before
    #[arg(long)]
    no_build: bool,

    /// Accepted because `spin up` has it; building is the default here
    #[arg(long, hide = true, conflicts_with = "no_build")]
    build: bool,

    /// Keep what the component prints off the console
    #[arg(short, long)]
    quiet: bool,
}

/// Serves until the program is told to stop.
pub async fn run(args: UpArgs) -> Result<()> {
    let path = args.from.clone().unwrap_or_else(default_manifest);
    let manifest = Manifest::read(&path)?;
    if !args.no_build {
        tokio::task::spawn_blocking(move || build_component(&manifest, Show::Everything)).await??;
    }
    let host = Host::start(Options {
        listen: args.listen,
        spin: args.spin,
        variables: args.variable,
        runtime_config_file: args.runtime_config_file,
        state_dir: args.state_dir.map(PathBuf::from),
        quiet: args.quiet,
        ..Options::new(path)
    })
    .await?;
    announce(&host);
    tokio::select! {
        () = host.wait() => {}
        () = told_to_stop() => {}
    }
    Ok(())
}

/// `spin.toml` here, else the workspace's own.
pub(crate) fn default_manifest() -> PathBuf {
    let here = PathBuf::from("spin.toml");
    if here.is_file() { here } else { own_manifest() }
}

/// Says what `spin up` says, in the same words: scripts wait for "Serving".
fn announce(host: &RunningHost) {
    if let Some(folder) = host.logs() {
        eprintln!(
            "Logging component stdio to \"{}\"",
            folder.join("").display()
        );
    }
    if let Some(place) = host.key_value() {
        eprintln!("Storing default key-value data to {place}.");
    }
    let url = host.url();
    println!("\nServing {url}");
    println!("Available Routes:");
    for route in &host.manifest().routes {
        let wildcard = if route.wildcard { " (wildcard)" } else { "" };
        println!(
            "  {}: {url}{}{wildcard}",
            host.manifest().component,
            route.prefix
        );
    }
}
