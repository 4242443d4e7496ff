//! Areas that are drawn alike: the same corners, wherever a ring starts and however it is wound.

use super::{Point, RingsRef};

/// Groups of two or more that have the same rings, each group ascending, groups by their first member. What has no ring is alike to nothing.
pub fn alike(all: &[RingsRef<'_>]) -> Vec<Vec<usize>> {
    let hint = |i: &usize| {
        let bbox = all[*i].bbox();
        let bits = |p: Point| p.map(|v| (v + 0.0).to_bits());
        (bits(bbox.min), bits(bbox.max), all[*i].coords().len())
    };
    let mut rows: Vec<usize> = (0..all.len()).filter(|i| !all[*i].is_empty()).collect();
    rows.sort_by_cached_key(hint);
    let mut groups = Vec::new();
    for same in rows.chunk_by(|a, b| hint(a) == hint(b)).filter(|same| same.len() > 1) {
        let mut drawn: Vec<(Vec<Vec<[u64; 2]>>, usize)> = same.iter().map(|i| (canonical(all[*i]), *i)).collect();
        drawn.sort_unstable();
        let equal = drawn.chunk_by(|a, b| a.0 == b.0).filter(|equal| equal.len() > 1);
        groups.extend(equal.map(|equal| equal.iter().map(|(_, i)| *i).collect::<Vec<_>>()));
    }
    groups.sort_unstable();
    groups
}

/// The rings as bits, each from its least corner towards the lesser of that one's neighbours.
fn canonical(rings: RingsRef<'_>) -> Vec<Vec<[u64; 2]>> {
    let mut all: Vec<Vec<[u64; 2]>> = rings
        .rings()
        .map(|ring| {
            // Zero has two signs.
            let mut points: Vec<[u64; 2]> = ring.iter().map(|p| p.map(|v| (v + 0.0).to_bits())).collect();
            let least = points.iter().enumerate().min_by_key(|(_, p)| **p).map_or(0, |(i, _)| i);
            points.rotate_left(least);
            if points.len() > 2 && points[points.len() - 1] < points[1] {
                points[1..].reverse();
            }
            points
        })
        .collect();
    all.sort_unstable();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    #[test]
    fn neither_start_nor_winding_matters_and_one_corner_does() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        let turned = [[4.0, 4.0], [4.0, 0.0], [0.0, 0.0], [0.0, 4.0]];
        let other = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 2.0]];
        let far = [[9.0, 0.0], [4.0, 0.0], [4.0, 4.0]];
        let rings = [&square[..], &far, &turned, &other, &[], &[]]
            .map(|points| if points.is_empty() { Rings::new() } else { Rings::simple(points) });
        assert_eq!(alike(&rings.iter().map(Rings::as_ref).collect::<Vec<_>>()), [[0, 2]]);
    }
}
