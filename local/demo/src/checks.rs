//! What was expected, compared with what the stand-ins' records show.

use std::fmt::Debug;

/// Collects every difference.
#[derive(Default)]
pub(crate) struct Checks {
    done: usize,
    differences: Vec<String>,
}

impl Checks {
    /// Notes a difference unless both are equal.
    pub(crate) fn equal<T: PartialEq + Debug>(&mut self, what: &str, found: T, expected: T) {
        self.done += 1;
        if found != expected {
            self.differences
                .push(format!("{what}: expected {expected:?}, found {found:?}"));
        }
    }

    /// Prints the verdict; true if nothing differs.
    pub(crate) fn report(&self) -> bool {
        if self.differences.is_empty() {
            println!(
                "\nAs expected: {} checks of the stand-ins' own records.",
                self.done
            );
            return true;
        }
        println!("\nNot as expected:");
        for difference in &self.differences {
            println!("  {difference}");
        }
        false
    }
}
