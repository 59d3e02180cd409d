//! Seeded randomness: a chaos run that failed must fail again the same way.

/// A small generator (SplitMix64): the same seed gives the same sequence.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// Starts the sequence that belongs to `seed`.
    pub(crate) fn new(seed: u64) -> Chance {
        Chance(seed)
    }

    /// The next number, evenly spread over all 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// The next number in `0.0..1.0`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_same_seed_gives_the_same_sequence() {
        let (mut one, mut two) = (Chance::new(7), Chance::new(7));
        for _ in 0..100 {
            assert_eq!(one.next(), two.next());
        }
    }

    #[test]
    fn a_unit_stays_below_one_and_spreads() {
        let mut chance = Chance::new(1);
        let values: Vec<f64> = (0..1000).map(|_| chance.unit()).collect();
        assert!(values.iter().all(|value| (0.0..1.0).contains(value)));
        let mean = values.iter().sum::<f64>() / 1000.0;
        assert!((0.45..0.55).contains(&mean), "{mean}");
    }
}
