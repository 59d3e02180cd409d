//! What is taken of a request, and how much is logged.

use super::reader::Reader;
use crate::platform::log::Level;

/// Default of `max_body_bytes`: 8 MiB.
const DEFAULT_MAX_BODY_BYTES: u64 = 8 * 1024 * 1024;
/// The largest `max_body_bytes`: managed clouds take bodies to 10 MiB.
const LARGEST_MAX_BODY_BYTES: u64 = 10 * 1024 * 1024;

/// The settings of every request.
#[derive(Debug, Clone, Copy)]
pub struct Requests {
    /// Of inbound bodies above this many bytes, only the beginning is read, or they
    /// are refused with 413.
    pub max_body_bytes: usize,
    /// Log lines below this level are not written.
    pub log_level: Level,
}

impl Requests {
    pub(super) fn read(read: &mut Reader<'_>) -> Self {
        let max_body_bytes = read.number(
            "max_body_bytes",
            1..=LARGEST_MAX_BODY_BYTES,
            DEFAULT_MAX_BODY_BYTES,
        );
        Self {
            max_body_bytes: max_body_bytes as usize,
            log_level: log_level(read),
        }
    }
}

fn log_level(read: &mut Reader<'_>) -> Level {
    let levels = [
        ("debug", Level::Debug),
        ("info", Level::Info),
        ("warn", Level::Warn),
        ("error", Level::Error),
    ];
    read.choice("log_level", &levels, Level::Info)
}
