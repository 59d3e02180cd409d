//! The released Spins that are supported, where they differ.

use clap::ValueEnum;

/// A release of Spin whose rules this host follows.
///
/// Sources: Spin 3.6.3 and 4.0.2, `factor-outbound-networking`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Release {
    /// Spin 3.6, also in SpinKube's shim 0.24. The stricter one: it does not
    /// know `ca_use_platform_roots`, and trusts its built-in authorities only.
    #[default]
    #[value(name = "3.6")]
    V3_6,
    /// Spin 4.0, also in SpinKube's shim 0.25. It trusts what the platform
    /// trusts as well.
    #[value(name = "4.0")]
    V4_0,
}

impl Release {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::V3_6, Self::V4_0];

    /// Whether it knows what the platform trusts.
    #[must_use]
    pub(crate) fn has_platform_roots(self) -> bool {
        self == Self::V4_0
    }
}
