//! Rounded numbers that add up to their rounded total.

/// Each value in whole units of `unit`, such that they add up to the total of the values in units, rounded.
pub fn shares_that_add_up(values: &[f64], unit: f64) -> Vec<i64> {
    apportioned(values, unit, (values.iter().sum::<f64>() / unit).round() as i64)
}

/// Each value in whole units of `unit`, such that they add up to `total` units, which is the values' own total rounded up
/// or down: the units that plain rounding would lose or invent go to the largest remainders (Hare–Niemeyer), earlier
/// values first among equals. No value moves by a unit or more.
pub fn apportioned(values: &[f64], unit: f64, total: i64) -> Vec<i64> {
    let mut units: Vec<i64> = values.iter().map(|v| (v / unit).floor() as i64).collect();
    let missing = usize::try_from(total - units.iter().sum::<i64>()).unwrap_or(0);
    let remainder = |i: &usize| values[*i] / unit - (values[*i] / unit).floor();
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| remainder(b).total_cmp(&remainder(a)).then(a.cmp(b)));
    order.into_iter().take(missing).for_each(|i| units[i] += 1);
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn thirds_add_up_to_the_whole() {
        assert_eq!(shares_that_add_up(&[1.0 / 3.0; 3], 0.01), [34, 33, 33]);
        assert_eq!(shares_that_add_up(&[0.004, 0.004, 0.004], 0.01), [1, 0, 0]);
        assert_eq!(shares_that_add_up(&[2.5, -0.5], 1.0), [2, 0]);
        assert!(shares_that_add_up(&[], 1.0).is_empty());
    }

    proptest! {
        #[test]
        fn they_add_up_and_none_moves_by_a_unit(values in prop::collection::vec(0.0..1e9f64, 1..40)) {
            let units = shares_that_add_up(&values, 1e4);
            prop_assert_eq!(units.iter().sum::<i64>(), (values.iter().sum::<f64>() / 1e4).round() as i64);
            for (v, u) in values.iter().zip(units) {
                prop_assert!((v / 1e4 - u as f64).abs() < 1.0 + 1e-6);
            }
        }
    }
}
