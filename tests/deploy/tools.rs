//! Runs the programs that know a kind of file better than we do.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use super::files::{here, job_commands, with_ending};
use super::pages::{blocks, page};

/// Runs a program, which must be content; what it printed, and what it warns of.
pub(crate) fn run(command: &mut Command) -> (String, String) {
    let output = command.output().unwrap();
    let [text, errors] =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(output.status.success(), "{command:?}\n{text}\n{errors}");
    (text, errors)
}

/// A folder with the units, whose programs are ones that every machine has:
/// `systemd-analyze verify` wants them to be there.
pub(crate) fn units() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for ending in [".service", ".timer"] {
        for name in with_ending("deploy/systemd", ending) {
            let text = page(&name)
                .replace("/usr/local/bin/spin", "/bin/true")
                .replace("/usr/local/lib/jira-intake/task.sh", "/bin/true");
            let file = folder.path().join(Path::new(&name).file_name().unwrap());
            std::fs::write(&file, text).unwrap();
            files.push(file.to_str().unwrap().to_owned());
        }
    }
    (folder, files)
}

/// All shell that is ours, as files: scripts, and copies of what stands in jobs and on
/// the pages, with where it stands as its name.
pub(crate) fn shell() -> (TempDir, Vec<String>) {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    let mut keep = |name: String, head: &str, text: &str| {
        let file = folder.path().join(name.replace(['/', ' ', ','], "_"));
        std::fs::write(&file, format!("{head}{text}")).unwrap();
        files.push(file.to_str().unwrap().to_owned());
    };
    for (job, command) in job_commands() {
        assert_eq!(command[..2], ["sh", "-c"], "{job}");
        keep(job, "#!/bin/sh\n", &command[2]);
    }
    for name in with_ending("deploy", ".md") {
        for block in blocks(&name).iter().filter(|it| it.info == ["sh"]) {
            keep(block.place.clone(), COMMANDS, &block.text);
        }
    }
    for name in with_ending("deploy", ".sh") {
        files.push(here(&name).to_str().unwrap().to_owned());
    }
    for name in [".ci/run", ".ci/package"] {
        files.push(here(name).to_str().unwrap().to_owned());
    }
    (folder, files)
}

/// What a page's commands are read with: a user has set these, and looks at each
/// command's success.
const COMMANDS: &str = "#!/bin/sh
# shellcheck disable=SC2154,SC2164
";
