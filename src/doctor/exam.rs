//! What is examined.

use crate::platform::Ports;
use crate::settings::Settings;

/// What is examined.
#[derive(Clone, Copy)]
pub(super) struct Exam<'a> {
    pub(super) ports: Ports<'a>,
    pub(super) settings: &'a Settings<'a>,
}
