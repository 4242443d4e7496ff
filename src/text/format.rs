//! Numbers as people read them: one table of decimals, half away from zero, groups of three, true minus.
//!
//! m² 2 digits, 公顷 4, 亩 2, km² 2, percent 2, coordinates 3 (the design language, rule 4).

use super::MU_PER_M2;

/// `value` with `decimals` digits, comma groups and a true minus sign.
fn grouped(value: f64, decimals: usize) -> String {
    if !value.is_finite() {
        return "—".to_owned();
    }
    let scaled = rounded(value.abs(), decimals);
    let text = format!("{scaled:.decimals$}");
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = String::new();
    if value < 0.0 && scaled != 0.0 {
        out.push('−');
    }
    for (i, digit) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if decimals > 0 {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

/// Half away from zero on the decimal value: the small nudge undoes the binary error of a written .005.
fn rounded(value: f64, decimals: usize) -> f64 {
    let factor = 10f64.powi(decimals as i32);
    ((value.abs() * factor + 1e-9 * value.abs().max(1.0)).round() / factor).copysign(value)
}

/// m² with 2 decimals, no unit.
pub fn area_m2(m2: f64) -> String {
    grouped(m2, 2)
}

/// m² as 公顷 (hectares) with 4 decimals, no unit.
pub fn area_ha(m2: f64) -> String {
    grouped(m2 / 10_000.0, 4)
}

/// m² as 亩 with 2 decimals, no unit.
pub fn area_mu(m2: f64) -> String {
    grouped(m2 * MU_PER_M2, 2)
}

/// What is left of the whole beside a part of it, both in m²; as m², 公顷 and 亩, no units. Each is the difference of the
/// rounded values shown, so that part and rest add up to the whole in every unit.
pub fn areas_left(whole_m2: f64, part_m2: f64) -> [String; 3] {
    [(1.0, 2), (1e-4, 4), (MU_PER_M2, 2)].map(|(unit, decimals)| {
        let shown = |m2: f64| rounded(m2 * unit, decimals);
        grouped(shown(whole_m2) - shown(part_m2), decimals)
    })
}

/// m² as km² with 2 decimals, no unit.
pub fn area_km2(m2: f64) -> String {
    grouped(m2 / 1e6, 2)
}

/// A share 0…1 as percent with 2 decimals and the sign. A share that is not whole never rounds up to 100.00 % nor down to 0.00 %.
pub fn percent(share: f64) -> String {
    let shown = if share > 0.999_949_99 && share < 1.0 {
        0.9999
    } else if share > 0.0 && share < 0.000_05 {
        0.0001
    } else {
        share
    };
    format!("{} %", grouped(shown * 100.0, 2))
}

/// A plain number with as many decimals as it has, at most 4.
pub fn number(value: f64) -> String {
    let text = grouped(value, 4);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A coordinate or length in m with 3 decimals.
pub fn coordinate(m: f64) -> String {
    grouped(m, 3)
}

pub fn count(n: u64) -> String {
    grouped(n as f64, 0)
}

/// A map scale as `1:50 000`.
pub fn scale(denominator: f64) -> String {
    format!("1:{}", grouped(denominator, 0).replace(',', " "))
}

/// Degrees as `120°05′25.031″`.
pub fn dms(degrees: f64) -> String {
    let total = (degrees.abs() * 3_600_000.0).round() as u64;
    let (d, rest) = (total / 3_600_000, total % 3_600_000);
    let (m, ms) = (rest / 60_000, rest % 60_000);
    format!("{d}°{m:02}′{:02}.{:03}″", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_on_the_mockups() {
        assert_eq!(area_m2(172_685.194), "172,685.19");
        assert_eq!(area_ha(172_685.19), "17.2685");
        assert_eq!(area_mu(172_685.19), "259.03");
        assert_eq!(percent(0.637), "63.70 %");
        assert_eq!(coordinate(40_508_117.603_7), "40,508,117.604");
        assert_eq!(scale(500_000.0), "1:500 000");
        assert_eq!(dms(120.09028639), "120°05′25.031″");
        assert_eq!(area_m2(-1.005), "−1.01");
        assert_eq!(area_m2(-0.001), "0.00");
    }

    #[test]
    fn part_and_rest_add_up_to_the_whole_shown() {
        let (inside, outside) = (5199.9453, 6500.0973);
        let whole = inside + outside;
        assert_eq!([area_m2(whole), area_m2(outside)], ["11,700.04", "6,500.10"]);
        assert_eq!(area_m2(inside), "5,199.95", "rounded by itself it would not add up");
        assert_eq!(areas_left(whole, outside), ["5,199.94", "0.5200", "7.80"]);
        assert_eq!([area_ha(whole), area_ha(outside)], ["1.1700", "0.6500"]);
        assert_eq!([area_mu(whole), area_mu(outside)], ["17.55", "9.75"]);
        assert_eq!(areas_left(whole, inside), ["6,500.09", "0.6500", "9.75"]);
        assert_eq!(areas_left(whole, whole), ["0.00", "0.0000", "0.00"]);
    }

    #[test]
    fn a_share_that_is_not_whole_never_reads_as_whole() {
        assert_eq!(percent(0.999_999), "99.99 %");
        assert_eq!(percent(1e-7), "0.01 %");
        assert_eq!(percent(1.0), "100.00 %");
        assert_eq!(percent(0.0), "0.00 %");
    }
}
