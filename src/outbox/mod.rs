//! What is still to be done around an issue: links, messages, enrichment that
//! came late. None of it holds an event back, and none of it is forgotten.

mod after_filing;
mod back;
mod enrichment;
mod late;
mod policy;
mod run;

pub use after_filing::{after_filing, drop_all, owe, run_due, take_back};
pub use back::can_tell;
pub use run::{About, begin, of_adoption, of_creation, of_dead_letter};
