//! One event, one way: it is accepted, its entity's lease is taken, what it
//! calls for is decided and done, and the record is written.

mod adopt;
mod after;
mod after_response;
mod attempt;
mod batch;
mod count;
mod deliver;
mod dry_run;
mod execute;
mod facts;
mod failure;
mod hear;
mod held;
mod look_first;
mod outcomes;
mod process;
mod retry;
mod retry_pass;
mod settle;
mod turn;
#[cfg(any(test, not(feature = "atomics")))]
mod twins;
mod unread;
mod work_off;

#[cfg(test)]
pub(crate) mod tests;

pub use after_response::after_response;
pub use batch::process_all;
pub use count::JIRA;
pub use dry_run::dry_run;
pub use failure::Failure;
pub use hear::hear;
pub use process::{process, take_message};
pub use retry::GIVE_UP_AFTER;
pub use retry_pass::{PassOptions, retry_pass};
pub use settle::settle_or_report;
pub use unread::{UnreadBytes, keep_unread};
