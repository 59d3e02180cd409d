//! What a text holds that others may know: addresses, names, hashes.
//!
//! Senders mask such values so that nobody clicks them; here they are read
//! unmasked and in one spelling, so that each is asked about once.

mod address;
mod hash;
mod name;
mod refang;
mod scan;
#[cfg(test)]
mod tests;
mod url;
mod value;
mod words;

pub use value::Observable;
