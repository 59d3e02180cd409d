//! What the files beside this one share.

use crate::platform::first_line;

/// The only store label that every Spin platform has.
#[cfg(not(feature = "outbound-redis"))]
pub(super) const STORE_LABEL: &str = "default";

/// What the host says of an error, without what it says below that.
pub(super) fn told(text: String) -> String {
    first_line(&text).to_owned()
}
