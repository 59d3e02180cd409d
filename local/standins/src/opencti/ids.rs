//! Ids that are the same in every run.

use crate::chance::Chance;

/// The same text gives the same id, in the shape of a UUID.
pub(super) fn uuid(text: &str) -> String {
    // FNV-1a: good enough to tell the ids of a test apart.
    let seed = text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut chance = Chance::new(seed);
    let (high, low) = (chance.next(), chance.next());
    format!(
        "{:08x}-{:04x}-5{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | (low >> 50),
        low & 0xffff_ffff_ffff
    )
}
