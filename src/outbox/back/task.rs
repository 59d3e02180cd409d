//! What a task works with.

use crate::context::Context;
use crate::upstream::Upstream;

/// What a task works with.
#[derive(Clone, Copy)]
pub(super) struct Back<'a> {
    pub(super) context: Context<'a>,
    /// The entity on its platform.
    pub(super) upstream: &'a dyn Upstream,
}
