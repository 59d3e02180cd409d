//! One way to call others: what goes out, how much of an answer is read, and
//! when it asks to be left alone. What an answer means is its caller's matter.

mod call;
pub mod graphql;
mod retry_after;
pub mod sse;

pub use call::{AGENT, Answer, CHAT_ANSWER, Call, CallError, ENRICHMENT_ANSWER, PLATFORM_ANSWER};
