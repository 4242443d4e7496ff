//! Round map scales and round lengths for the scale bar.

/// The scales of printed maps, from the planners' list and the sheets it suggests; beyond 1:1 000 000 the usual steps.
pub const ROUND_SCALES: &[f64] = &[
    500.0, 1e3, 2e3, 5e3, 1e4, 1.5e4, 2e4, 2.5e4, 5e4, 1e5, 2e5, 2.5e5, 3e5, 5e5, 6e5, 8e5, 1e6, 1.5e6, 2e6, 2.5e6, 5e6, 1e7, 2e7, 5e7, 1e8,
];

/// The smallest round denominator that is at least `denominator`.
pub fn round_scale(denominator: f64) -> f64 {
    ROUND_SCALES.iter().copied().find(|s| *s >= denominator * (1.0 - 1e-9)).unwrap_or(1e8)
}

/// The longest of 1, 2, 3, 5 × 10ⁿ metres that is no longer than `at_most_m`.
pub fn bar_length_m(at_most_m: f64) -> f64 {
    let decade = 10f64.powf(at_most_m.max(1e-3).log10().floor());
    let step = [5.0, 3.0, 2.0].into_iter().find(|s| s * decade <= at_most_m * (1.0 + 1e-9)).unwrap_or(1.0);
    step * decade
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_and_bars_are_round() {
        assert_eq!(round_scale(500_001.0), 600_000.0);
        assert_eq!(round_scale(500_000.0), 500_000.0);
        assert_eq!(round_scale(1.0), 500.0);
        assert_eq!(bar_length_m(34_000.0), 30_000.0);
        assert_eq!(bar_length_m(29_999.0), 20_000.0);
        assert_eq!(bar_length_m(100.0), 100.0);
    }
}
