//! Rings put in parts by how they lie in each other, none of them changed: for writing rings that are no sound area.

use super::shape::signed_area_m2;
use super::{BBox, Point, Rings, RingsRef};

/// Every ring as it stands, in the parts that the depth makes: a ring in none or two others begins a part, a ring in one
/// is a hole of the smallest ring it lies in. Outer rings come out counter-clockwise, holes clockwise.
///
/// Rings that cross are told apart by most of their points. For sound rings [`super::Shape::check`] says it exactly.
pub fn nested(rings: RingsRef<'_>) -> Rings {
    let all: Vec<&[Point]> = rings.rings().filter(|ring| !ring.is_empty()).collect();
    let boxes: Vec<BBox> = all.iter().map(|ring| BBox::of(ring)).collect();
    let area = |i: usize| all[i].first().map_or(0.0, |origin| signed_area_m2(all[i], *origin).abs());
    let areas: Vec<f64> = (0..all.len()).map(area).collect();
    let around = |i: usize| -> Vec<usize> {
        let larger = |j: &usize| *j != i && (areas[*j], i) > (areas[i], *j) && boxes[*j].holds(&boxes[i]);
        (0..all.len()).filter(larger).filter(|j| lies_in(all[i], all[*j])).collect()
    };
    let outside: Vec<Vec<usize>> = (0..all.len()).map(around).collect();
    let even = |i: usize| outside[i].len().is_multiple_of(2);
    let land = |hole: usize| outside[hole].iter().copied().filter(|j| even(*j)).min_by(|a, b| areas[*a].total_cmp(&areas[*b]));
    // The ring that each hole lies in; of what crosses oddly a hole may have none, and is kept as a ring of its own.
    let owners: Vec<Option<usize>> = (0..all.len()).map(|i| if even(i) { None } else { land(i) }).collect();
    let mut out = Rings::new();
    for i in (0..all.len()).filter(|i| owners[*i].is_none()) {
        push_wound(&mut out, all[i], true);
        (0..all.len()).filter(|hole| owners[*hole] == Some(i)).for_each(|hole| push_wound(&mut out, all[hole], false));
        out.end_part();
    }
    out
}

fn push_wound(out: &mut Rings, ring: &[Point], counter_clockwise: bool) {
    let Some((first, rest)) = ring.split_first() else { return };
    if (signed_area_m2(ring, *first) > 0.0) == counter_clockwise {
        out.push_path(ring);
    } else {
        let turned: Vec<Point> = std::iter::once(*first).chain(rest.iter().rev().copied()).collect();
        out.push_path(&turned);
    }
}

/// Whether most of a ring's points that are not corners of the other one lie in it.
fn lies_in(ring: &[Point], other: &[Point]) -> bool {
    let (mut within, mut without) = (0, 0);
    for p in ring.iter().filter(|p| !other.contains(p)) {
        if holds(other, *p) {
            within += 1;
        } else {
            without += 1;
        }
    }
    within > without
}

/// By the number of sides that a line to the east crosses.
fn holds(ring: &[Point], [x, y]: Point) -> bool {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let crossed = sides.filter(|(a, b)| (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0]));
    crossed.count() % 2 == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(at: f64, side: f64) -> Vec<Point> {
        vec![[at, at], [at + side, at], [at + side, at + side], [at, at + side]]
    }

    #[test]
    fn rings_of_one_list_become_parts_with_their_holes() {
        let mut list = Rings::new();
        // A hole before its ring, an island in the hole, a second part; all wound alike.
        for ring in [square(2.0, 6.0), square(0.0, 10.0), square(4.0, 1.0), square(20.0, 5.0)] {
            list.push_ring(&ring);
        }
        list.end_part();
        let parts = nested(list.as_ref());
        let shown = parts.as_ref();
        assert_eq!(shown.part_count(), 3);
        let sizes: Vec<usize> = (0..3).map(|part| shown.part(part).len()).collect();
        assert_eq!(sizes, [2, 1, 1]);
        assert_eq!(shown.ring(0), square(0.0, 10.0));
        let signs: Vec<bool> = shown.rings().map(|ring| signed_area_m2(ring, ring[0]) > 0.0).collect();
        assert_eq!(signs, [true, false, true, true]);
        assert_eq!(shown.coords().len(), 16, "no point is lost");
    }
}
