//! Reads OpenCTI's live stream, so that nothing stands between the platform's stored
//! stream and the pipeline: at least once from there, once in the tracker.
//!
//! One call reads for a bounded time, deals with what it reads as a webhook does, eight
//! events at a time and those of one entity in order, and remembers how far everything is
//! done or kept. The next call goes on there.
//!
//! | file | what is in it |
//! |---|---|
//! | `options.rs` | what a call is to do |
//! | `connection.rs`, `refusal.rs` | opens the stream; why it cannot be read, and for how long the platform is left alone |
//! | `reading.rs` | the loop: frames, finished events, the time |
//! | `frames.rs` | what a frame means for it |
//! | `progress.rs` | how far everything is done: pure |
//! | `pulled.rs` | what would never be told again: pure |
//! | `work.rs` | what is being dealt with |
//! | `probe.rs` | would it be told? |
//! | `total.rs` | how much history there is |
//! | `report.rs`, `tally.rs` | the answer |

mod connection;
mod frames;
mod options;
mod probe;
mod progress;
mod pulled;
mod reading;
mod refusal;
mod report;
mod tally;
mod total;
mod work;

#[cfg(test)]
mod tests;

use crate::context::Context;
use crate::model::{Position, Timestamp};
use crate::pipeline::Failure;
use crate::settings::{SettingsError, StreamFrom};
use crate::store::stream::{Cursor, Reader, Recovery, Taken, take};
use crate::text::digest;
use connection::Address;
use options::begin;
pub use options::{History, Options};
pub use probe::{Probe, Untold};
use progress::Progress;
use pulled::Pulled;
use reading::{Ended, Mode, Reading};
use report::Reached;
pub use report::Report;
use tally::Tally;

/// Reads the stream.
///
/// # Errors
/// When the settings do not say which, or the store fails.
pub async fn run(context: Context<'_>, options: Options) -> Result<Report, Failure> {
    let settings = context.settings;
    let address = Address {
        ports: context.ports,
        opencti: settings.opencti()?,
        stream: settings.stream()?,
        limit: settings.requests()?.max_body_bytes,
    };
    if address.stream.id.is_none() || address.opencti.url.is_none() {
        let mistake = "opencti_stream_id: is not set, or opencti_url is not; they are the live stream to be read";
        return Err(Failure::Settings(SettingsError {
            mistakes: vec![mistake.to_owned()],
        }));
    }
    let now = context.ports.clock.now();
    let mut reader = match take(context.ports, &name(&address, options.history.as_ref()))? {
        Taken::Mine(reader) => reader,
        Taken::Elsewhere(until) => return Ok(Report::elsewhere(until)),
    };
    let cursor = &mut reader.cursor;
    match &options.history {
        Some(history) => begin(cursor, history, now),
        None => {
            if let Some(mistake) = not_yet(&address, cursor, now) {
                reader.give_up()?;
                return Err(mistake);
            }
        }
    }
    let cursor = &reader.cursor;
    if let Some(failing) = cursor.failing.clone()
        && failing.lasts(now)
        && failing.login == address.login()
    {
        let report = Report::left_alone(&reader.cursor, &failing, now);
        reader.give_up()?;
        return Ok(report);
    }
    if options.history.is_some() && reader.cursor.total.is_none() {
        let of = reader.cursor.recovery;
        reader.cursor.total = total::ask(context, of).await;
    }
    read(context, address, options, reader).await
}

/// A first reading that would begin in the future: it would wait there without a word,
/// and the place would stay when the setting is mended.
fn not_yet(address: &Address<'_>, cursor: &Cursor, now: Timestamp) -> Option<Failure> {
    let StreamFrom::Position(from) = address.stream.from else {
        return None;
    };
    if cursor.position.is_some() || !from.at.is_too_far_ahead(now) {
        return None;
    }
    let mistake = format!("opencti_stream_from: {} is yet to come", from.at);
    Some(Failure::Settings(SettingsError {
        mistakes: vec![mistake],
    }))
}

async fn read(
    context: Context<'_>,
    address: Address<'_>,
    options: Options,
    reader: Box<Reader<'_>>,
) -> Result<Report, Failure> {
    let now = context.ports.clock.now();
    let is_over = |recovery: Recovery| recovery.is_over;
    let is_done = options.history.is_some() && reader.cursor.recovery.is_some_and(is_over);
    let mut reading = Reading {
        context,
        address,
        mode: mode(options.history.as_ref()),
        reader,
        ends: now.after(options.time),
        progress: Progress::from(Position::BEGINNING),
        pulled: Pulled::default(),
        tally: Tally::default(),
        last: Position::BEGINNING,
        is_tentative: false,
        is_alive: false,
        has_read: false,
        asked: Position::BEGINNING,
        is_alone: false,
    };
    if options.history.is_some() && !context.settings.filing()?.recovered {
        let why = "file_recovered = false: what is told again files nothing; set it to true to have it filed";
        reading.tally.note(why.to_owned());
    }
    reading.tally.repeated = reading.reader.cursor.repeated;
    reading.tally.hides_repeated = options.history.is_some();
    let ended = match is_done {
        true => Ended::Done,
        false => reading.run().await,
    };
    finish(reading, options, ended)
}

fn mode(history: Option<&History>) -> Mode {
    match history {
        Some(history) => Mode::History {
            is_dry: history.is_dry,
        },
        None => Mode::Follow,
    }
}

/// What is remembered of a stream, and of each replay of its history, for itself.
fn name(address: &Address<'_>, history: Option<&History>) -> String {
    let stream = address.name();
    let Some(History {
        from,
        until,
        is_dry,
        ..
    }) = history
    else {
        return stream;
    };
    digest(format!("{stream}\n{from}\n{until:?}\n{is_dry}").as_bytes())
}

fn finish(mut reading: Reading<'_>, options: Options, ended: Ended) -> Result<Report, Failure> {
    let position = reading.reader.cursor.position.unwrap_or_default();
    let told = reading.progress.newest();
    let newest = told.max(reading.last);
    let cursor = &mut reading.reader.cursor;
    if options.history.is_some() {
        for (word, more) in &reading.tally.handled {
            tally::count(&mut cursor.handled, word, more.as_u64().unwrap_or_default());
        }
        if matches!(ended, Ended::Done)
            && let Some(recovery) = &mut cursor.recovery
        {
            recovery.is_over = true;
            cursor.position = Some(recovery.until.max(position));
        }
    }
    // Else each call would be told the same, and none would come further.
    cursor.is_slow |= reading.tally.repeated > 0;
    cursor.repeated = match cursor.recovery {
        Some(recovery) if !recovery.is_over => {
            reading.tally.repeated + reading.progress.unsettled()
        }
        _ => 0,
    };
    let now = reading.context.ports.clock.now();
    let report = report::of(
        &reading.tally,
        cursor,
        options.history.as_ref(),
        &ended,
        Reached { told, newest },
        now,
    );
    report.log(reading.context);
    match ended {
        Ended::Failed(failure @ Failure::Record(_)) => Err(failure),
        Ended::Failed(failure @ Failure::Settings(_)) => {
            reading.reader.give_up()?;
            Err(failure)
        }
        _ => {
            reading.reader.give_up()?;
            Ok(report)
        }
    }
}
