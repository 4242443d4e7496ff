//! Areas that a column states against those that are measured: which columns state one, in which unit, and where they are off.

use crate::model::{Field, FieldKind, Value};
use std::sync::Arc;

/// A statement is off beyond this share of the measured area and [`OFF_M2`], and beyond half its last digit.
const OFF_SHARE: f64 = 0.005;
const OFF_M2: f64 = 1.0;

/// m², 亩, hectares, km².
const UNITS_M2: [f64; 4] = [1.0, 2000.0 / 3.0, 10_000.0, 1_000_000.0];

/// The columns that may state the area of their feature, and what they state so far.
pub(super) struct StatedArea {
    columns: Vec<Column>,
}

struct Column {
    column: usize,
    name: Arc<str>,
    said: Vec<Said>,
}

struct Said {
    row: usize,
    number: f64,
    /// Half of the last digit that is written.
    half: f64,
    /// On the plane and on the ellipsoid.
    measured_m2: [f64; 2],
}

impl StatedArea {
    pub fn of(fields: &[Field]) -> Self {
        let columns = fields.iter().enumerate().filter(|(_, field)| states_area(field));
        Self { columns: columns.map(|(column, field)| Column { column, name: field.name.clone(), said: Vec::new() }).collect() }
    }

    /// Takes in what a row states. `measured_m2`: on the plane and on the ellipsoid, 0 where there is none.
    pub fn add(&mut self, row: usize, measured_m2: [f64; 2], value: &dyn Fn(usize) -> Value) {
        for column in &mut self.columns {
            let value = value(column.column);
            let words = value.to_string();
            let number = value.number().or_else(|| words.trim().parse().ok()).filter(|n: &f64| *n > 0.0 && n.is_finite());
            if let Some(number) = number {
                let decimals = words.trim().split_once('.').map_or(0, |(_, digits)| digits.len());
                column.said.push(Said { row, number, half: 0.5 / 10f64.powi(decimals.min(12) as i32), measured_m2 });
            }
        }
    }

    /// Rows whose statement is off, with the column, the stated and the measured area in m²; nothing of a column in no certain unit.
    pub fn off(&self) -> Vec<(usize, Arc<str>, [f64; 2])> {
        let mut off = Vec::new();
        for column in &self.columns {
            let Some(unit_m2) = column.unit_m2() else { continue };
            for said in &column.said {
                let stated_m2 = said.number * unit_m2;
                let away = |measured_m2: f64| (stated_m2 - measured_m2).abs();
                let measured = said.measured_m2.iter().copied().filter(|m2| *m2 > 0.0);
                let Some(nearest_m2) = measured.min_by(|a, b| away(*a).total_cmp(&away(*b))) else { continue };
                if away(nearest_m2) > OFF_M2.max(OFF_SHARE * nearest_m2).max(said.half * unit_m2) {
                    off.push((said.row, column.name.clone(), [stated_m2, nearest_m2]));
                }
            }
        }
        off.sort_by_key(|(row, ..)| *row);
        off
    }
}

impl Column {
    /// The unit in which most statements come near what is measured: units lie so far apart that no two can.
    fn unit_m2(&self) -> Option<f64> {
        let near = |unit_m2: f64| {
            let ratio = |said: &&Said| said.number * unit_m2 / said.measured_m2[0];
            self.said.iter().filter(|said| (0.5..2.0).contains(&ratio(said))).count()
        };
        let best = UNITS_M2.into_iter().max_by_key(|unit| near(*unit))?;
        (near(best) * 2 > self.said.len()).then_some(best)
    }
}

/// By the name of the column: floors and shares are none of the land.
fn states_area(field: &Field) -> bool {
    let name = field.name.trim().to_lowercase();
    let land = name.contains("面积") || name.contains("area") || name == "mj" || name.ends_with("mj");
    let other = ["建筑", "计容", "building", "floor", "净用地"].iter().any(|word| name.contains(word)) || name.starts_with("jz");
    land && !other && field.kind != FieldKind::Date && field.kind != FieldKind::Bool
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(name: &str, rows: &[(&str, f64)]) -> Vec<usize> {
        let mut stated = StatedArea::of(&[Field::new(name, FieldKind::Text)]);
        for (row, (said, m2)) in rows.iter().enumerate() {
            stated.add(row, [*m2, 0.0], &|_| Value::text(said));
        }
        stated.off().into_iter().map(|(row, ..)| row).collect()
    }

    #[test]
    fn the_unit_is_read_off_the_numbers_and_rounding_is_no_fault() {
        assert_eq!(off("面积", &[("4.20", 41_630.0), ("1.66", 16_623.0), ("3.0", 30_000.0)]), [0]);
        assert_eq!(off("YDMJ", &[("41630", 41_630.2), ("15000", 16_623.0)]), [1]);
        assert_eq!(off("面积（亩）", &[("15.0", 10_000.0), ("30.9", 20_000.0)]), [1]);
        // Rounded to a hectare: half of one is no fault.
        assert!(off("AREA_HA", &[("4", 41_630.0), ("2", 16_623.0)]).is_empty());
        assert!(off("建筑面积", &[("4.20", 41_630.0)]).is_empty());
        assert!(off("总面积", &[("7", 41_630.0), ("9999999", 10.0)]).is_empty(), "no unit fits");
    }
}
