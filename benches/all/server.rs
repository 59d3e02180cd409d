//! What a process has used, with all that it started.

use std::path::Path;
use std::time::Duration;

/// The kernel counts processor time in hundredths of a second for user space.
const TICK: Duration = Duration::from_millis(10);

/// Processor time of all processes of a group.
pub(crate) fn cpu(group: u32) -> Duration {
    let used = members(group).into_iter().map(|stat| {
        let number = |index: usize| stat[index].parse::<u32>().unwrap_or_default();
        // proc(5): utime and stime are the fields 14 and 15, the state is the third.
        TICK * (number(11) + number(12))
    });
    used.sum()
}

/// The most memory that each of them ever had, added up, in MB.
pub(crate) fn peak_megabytes(group: u32) -> f64 {
    let peaks = pids(group)
        .into_iter()
        .map(|pid| peak_of(Path::new(&format!("/proc/{pid}"))));
    peaks.sum()
}

fn peak_of(folder: &Path) -> f64 {
    let status = std::fs::read_to_string(folder.join("status")).unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = peak.and_then(|it| it.split_whitespace().next()?.parse::<f64>().ok());
    kilobytes.unwrap_or_default() / 1000.0
}

fn pids(group: u32) -> Vec<u32> {
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let pids = all.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| stat(*pid).is_some_and(|stat| stat[2] == group.to_string()))
        .collect()
}

fn members(group: u32) -> Vec<Vec<String>> {
    pids(group).into_iter().filter_map(stat).collect()
}

/// What follows the program's name: the state first, then parent and group.
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, rest) = text.rsplit_once(") ")?;
    let fields: Vec<_> = rest.split_whitespace().map(str::to_owned).collect();
    (fields.len() > 13).then_some(fields)
}
