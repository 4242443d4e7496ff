//! Finding classes: the values a field has, or bounds that part its numbers, with colours for each.

use super::palette::{LAND_USE, land_use_of, ramp_colors, use_name};
use super::{LandUse, Rgb, land_uses};
use crate::model::{Classes, Layer, LookClass, Test, UseColumns, UseSystem, Way, field_named};
use crate::text::{Lang, number};
use std::collections::BTreeMap;
use std::sync::Arc;

/// More values than this are not told apart: the rarest are the rest.
pub const MOST_VALUES: usize = 24;
/// Of more numbers an even sample is parted by Jenks' rule, which looks at every pair.
const JENKS_SAMPLE: usize = 800;

/// Classes of a layer by a field. `count`: of numbers, 2…9. `None` when the layer has no such field, or it has no values
/// (no numbers, where numbers are to be parted).
pub fn find_classes(layer: &Layer, field: &str, way: Way, count: usize, palette: &str, lang: Lang) -> Option<Classes> {
    let column = field_named(&layer.fields, &[field])?;
    let list = if way == Way::Category {
        by_value(layer, column, field, palette, lang)
    } else {
        let mut numbers: Vec<f64> = layer.features().filter_map(|f| f.value(column).number()).filter(|x| x.is_finite()).collect();
        numbers.sort_by(f64::total_cmp);
        by_number(&breaks(&numbers, way, count.clamp(2, 9)), palette)
    };
    let list = if list.is_empty() { return None } else { list.into() };
    Some(Classes { field: field.into(), way, palette: palette.into(), list })
}

/// The same classes in the colours of another palette. Colours of land uses are taken where a value names one.
pub fn recolored(classes: &Classes, palette: &str, layer: &Layer) -> Classes {
    let system = use_system(layer, &classes.field);
    let told = classes.list.iter().filter(|c| c.test != Test::Rest).count();
    let colors = ramp_colors(palette, told);
    let recolor = |(i, class): (usize, &LookClass)| {
        let color = match &class.test {
            Test::Rest => REST,
            Test::Is(value) if palette == LAND_USE => use_of(value, system).map_or(REST, |u| triple(u.color())),
            _ => colors.get(i).map_or(REST, |c| triple(*c)),
        };
        LookClass { color, ..class.clone() }
    };
    Classes { palette: palette.into(), list: classes.list.iter().enumerate().map(recolor).collect(), ..classes.clone() }
}

/// What is in no class.
const REST: [u8; 3] = [0xE6, 0xE2, 0xDA];

fn triple(color: Rgb) -> [u8; 3] {
    [color.0, color.1, color.2]
}

/// Whose codes a field of a layer holds; `None` where it holds none, or nobody says whose.
pub fn use_system(layer: &Layer, field: &str) -> Option<UseSystem> {
    let of_codes = UseColumns::of(layer).filter(|uses| layer.fields.get(uses.code).is_some_and(|f| &*f.name == field));
    match of_codes {
        Some(uses) => uses.system,
        None => UseSystem::of_field(field).filter(|system| *system == UseSystem::Names),
    }
}

fn use_of(value: &str, system: Option<UseSystem>) -> Option<&'static LandUse> {
    land_use_of(value, system?)
}

fn by_value(layer: &Layer, column: usize, field: &str, palette: &str, lang: Lang) -> Vec<LookClass> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for feature in layer.features() {
        let value = feature.value(column).to_string();
        let value = value.trim();
        match counts.get_mut(value) {
            Some(n) => *n += 1,
            None => _ = counts.insert(value.to_owned(), 1),
        }
    }
    counts.remove("");
    let mut common: Vec<(String, usize)> = counts.into_iter().collect();
    common.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    common.truncate(MOST_VALUES);
    if common.is_empty() {
        return Vec::new();
    }
    let system = use_system(layer, field);
    let place = |value: &str| use_of(value, system).and_then(|u| land_uses().iter().position(|o| std::ptr::eq(o, u)));
    let official = palette == LAND_USE;
    if official {
        common.sort_by_key(|(value, _)| (place(value).unwrap_or(usize::MAX), value.clone()));
    }
    let class = |(value, _): (String, usize)| {
        let named = system.and_then(|system| use_name(&value, system, lang)).filter(|name| official && *name != value);
        let label = named.map_or(value.clone(), |name| format!("{value} {name}"));
        LookClass { test: Test::Is(value.into()), label: label.into(), color: REST, shown: true }
    };
    let rest = LookClass { test: Test::Rest, label: "".into(), color: REST, shown: true };
    let list: Arc<[LookClass]> = common.into_iter().map(class).chain([rest]).collect();
    let bare = Classes { field: field.into(), way: Way::Category, palette: palette.into(), list };
    recolored(&bare, palette, layer).list.to_vec()
}

fn by_number(bounds: &[f64], palette: &str) -> Vec<LookClass> {
    let count = bounds.len().saturating_sub(1);
    let colors = ramp_colors(palette, count);
    let class = |(i, pair): (usize, &[f64])| {
        let label = format!("{} – {}", number(pair[0]), number(pair[1]));
        let test = Test::Between { from: pair[0], to: pair[1], last: i + 1 == count };
        LookClass { test, label: label.into(), color: colors.get(i).map_or(REST, |c| triple(*c)), shown: true }
    };
    let mut list: Vec<LookClass> = bounds.windows(2).enumerate().map(class).collect();
    if !list.is_empty() {
        list.push(LookClass { test: Test::Rest, label: "".into(), color: REST, shown: true });
    }
    list
}

/// Bounds of at most `count` classes over ascending numbers: least, upper ends, greatest. Empty without numbers.
fn breaks(numbers: &[f64], way: Way, count: usize) -> Vec<f64> {
    let (Some(&least), Some(&most)) = (numbers.first(), numbers.last()) else { return Vec::new() };
    let at = |share: f64| numbers[((numbers.len() as f64 * share) as usize).min(numbers.len() - 1)];
    let inner: Vec<f64> = match way {
        Way::Category | Way::EqualInterval => (1..count).map(|i| least + (most - least) * i as f64 / count as f64).collect(),
        Way::Quantile => (1..count).map(|i| at(i as f64 / count as f64)).collect(),
        Way::Natural => natural(numbers, count),
    };
    let mut bounds = vec![least];
    bounds.extend(inner.into_iter().filter(|b| *b > least && *b <= most));
    bounds.push(most);
    bounds.dedup();
    // One value alone is a class of its own.
    if bounds.len() == 1 { vec![least, most] } else { bounds }
}

/// First values of all classes but the lowest, of least variance within the classes (Jenks 1967, by dynamic programming).
fn natural(numbers: &[f64], count: usize) -> Vec<f64> {
    let step = numbers.len().div_ceil(JENKS_SAMPLE).max(1);
    let sample: Vec<f64> = numbers.iter().copied().step_by(step).collect();
    let n = sample.len();
    let mut sums = vec![(0.0, 0.0)];
    for x in &sample {
        let (s, q) = sums[sums.len() - 1];
        // Relative to the least: large numbers close to each other keep their digits.
        let x = x - sample[0];
        sums.push((s + x, q + x * x));
    }
    // Squared deviation of sample[i..j].
    let cost = |i: usize, j: usize| {
        let (s, q) = (sums[j].0 - sums[i].0, sums[j].1 - sums[i].1);
        q - s * s / (j - i) as f64
    };
    let mut best: Vec<f64> = (0..=n).map(|j| if j == 0 { 0.0 } else { cost(0, j) }).collect();
    let mut cuts: Vec<Vec<usize>> = Vec::new();
    for k in 1..count.min(n) {
        let mut next = vec![f64::INFINITY; n + 1];
        let mut from = vec![0; n + 1];
        for j in k + 1..=n {
            for (i, before) in best.iter().enumerate().take(j).skip(k) {
                let sum = before + cost(i, j);
                if sum < next[j] {
                    (next[j], from[j]) = (sum, i);
                }
            }
        }
        best = next;
        cuts.push(from);
    }
    let mut found = Vec::new();
    let mut end = n;
    for from in cuts.iter().rev() {
        end = from[end];
        found.push(sample[end]);
    }
    found.reverse();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_in_one_class_whatever_the_way() {
        let mut numbers: Vec<f64> = (0..997).map(|i| f64::from(i * i % 641) / 7.0).collect();
        numbers.sort_by(f64::total_cmp);
        for way in [Way::EqualInterval, Way::Quantile, Way::Natural] {
            for count in 2..=9 {
                let list = by_number(&breaks(&numbers, way, count), "yellow_blue");
                assert_eq!(list.len(), count + 1, "{way:?}");
                for x in &numbers {
                    let holds =
                        |c: &&LookClass| matches!(c.test, Test::Between { from, to, last } if *x >= from && (*x < to || last && *x == to));
                    assert_eq!(list.iter().filter(holds).count(), 1, "{x} {way:?}");
                }
            }
        }
    }

    #[test]
    fn jenks_parts_where_the_gaps_are() {
        let numbers = [1.0, 2.0, 2.5, 10.0, 11.0, 30.0, 31.0, 32.0];
        assert_eq!(natural(&numbers, 3), [10.0, 30.0]);
        assert_eq!(breaks(&numbers, Way::Natural, 3), [1.0, 10.0, 30.0, 32.0]);
    }

    #[test]
    fn quantiles_hold_as_many_each() {
        let numbers: Vec<f64> = (0..100).map(f64::from).collect();
        assert_eq!(breaks(&numbers, Way::Quantile, 4), [0.0, 25.0, 50.0, 75.0, 99.0]);
        assert_eq!(breaks(&[], Way::Quantile, 4), [] as [f64; 0]);
        assert_eq!(breaks(&[3.0, 3.0], Way::EqualInterval, 4), [3.0, 3.0]);
    }
}
