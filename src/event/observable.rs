//! What a text holds that others may know: addresses, names, hashes.

use super::Observable;

impl Observable {
    /// A value that is one observable as a whole.
    pub fn of_value(_text: &str) -> Option<Self> {
        None
    }

    /// All observables in a text, each once, in their order.
    pub fn all_in(_text: &str) -> Vec<Self> {
        Vec::new()
    }

    /// Whether it may be told to others.
    pub fn is_public(&self) -> bool {
        false
    }
}
