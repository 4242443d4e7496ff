//! Drawings of the same ground, however each is drawn.

use super::edges::edges_of;
use super::segment::Edge;
use super::{BBox, Drawn, Point, Relation};

/// Groups of two or more that are the same ground: wherever a ring starts and however it is wound, whichever way a line
/// runs, with or without corners on straight edges. Each group ascending, groups by their first member. What has no
/// coordinate is alike to nothing. `drawn`: the drawing of each number below `count`.
pub fn alike<'a>(count: usize, drawn: impl Fn(usize) -> Drawn<'a>) -> Vec<Vec<usize>> {
    let boxes = (0..count).map(|i| (i, bbox(&drawn(i)))).filter(|(_, bbox)| !bbox.is_empty());
    let mut rows: Vec<([[u64; 2]; 2], usize)> = boxes.map(|(i, bbox)| ([bits(bbox.min), bits(bbox.max)], i)).collect();
    rows.sort_unstable();
    let mut groups = Vec::new();
    for same_box in rows.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() > 1) {
        let mut alike: Vec<_> = same_box.iter().map(|(_, i)| (canonical(&drawn(*i)), *i)).collect();
        alike.sort_unstable();
        let mut grounds: Vec<Vec<usize>> = Vec::new();
        for same in alike.chunk_by(|a, b| a.0 == b.0) {
            let rows = same.iter().map(|(_, i)| *i);
            let first = drawn(same[0].1);
            let is_same = |ground: &&mut Vec<usize>| {
                let other = drawn(ground[0]);
                first.is_finite() && other.is_finite() && Relation::of(first, other).is_equal()
            };
            match grounds.iter_mut().find(is_same) {
                Some(ground) => ground.extend(rows),
                None => grounds.push(rows.collect()),
            }
        }
        groups.extend(grounds.into_iter().filter(|ground| ground.len() > 1));
    }
    groups.iter_mut().for_each(|group| group.sort_unstable());
    groups.sort_unstable();
    groups
}

fn bbox(drawn: &Drawn<'_>) -> BBox {
    drawn.areas.bbox().join(drawn.lines.bbox()).join(BBox::of(drawn.points))
}

/// Edges and points as bits, in an order that tells nothing of how they were drawn: of each area, then of all lines and
/// points. It settles most without a look at the ground.
fn canonical(drawn: &Drawn<'_>) -> Vec<Vec<[[u64; 2]; 2]>> {
    let areas = drawn.areas;
    let lines = drawn.lines.rings().flat_map(|line| line.windows(2).map(|step| [step[0], step[1]]));
    let others = lines.chain(drawn.points.iter().map(|p| [*p; 2]));
    let mut all: Vec<Vec<[[u64; 2]; 2]>> =
        (0..areas.part_count()).map(|part| in_order(areas.part(part).flat_map(|ring| edges_of(areas.ring(ring))))).collect();
    all.sort_unstable();
    all.push(in_order(others));
    all
}

fn in_order(edges: impl Iterator<Item = Edge>) -> Vec<[[u64; 2]; 2]> {
    let mut edges: Vec<[[u64; 2]; 2]> = edges.map(|ends| ends.map(bits)).collect();
    edges.iter_mut().for_each(|ends| ends.sort_unstable());
    edges.sort_unstable();
    edges
}

/// The same for 0 and −0.
pub(super) fn bits(p: Point) -> [u64; 2] {
    p.map(|c| (c + 0.0).to_bits())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    fn areas(rings: &Rings) -> Drawn<'_> {
        Drawn { areas: rings.as_ref(), ..Drawn::default() }
    }

    fn lines(rings: &Rings) -> Drawn<'_> {
        Drawn { lines: rings.as_ref(), ..Drawn::default() }
    }

    #[test]
    fn areas_of_the_same_ground_are_alike_and_one_corner_off_is_not() {
        let square = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]];
        let turned = [[4.0, 4.0], [4.0, 0.0], [0.0, 0.0], [0.0, 4.0]];
        let more_corners = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.0, 2.0], [0.0, 2.0]];
        let dented = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0], [0.1, 2.0]];
        let far = [[9.0, 0.0], [4.0, 0.0], [4.0, 4.0]];
        let mut halves = Rings::simple(&[[0.0, 0.0], [2.0, 0.0], [2.0, 4.0], [0.0, 4.0]]);
        halves.push_ring(&[[2.0, 0.0], [4.0, 0.0], [4.0, 4.0], [2.0, 4.0]]);
        halves.end_part();
        let mut rings = vec![Rings::new(), Rings::new()];
        rings.extend([&square[..], &far, &turned, &dented, &more_corners].map(Rings::simple));
        rings.push(halves);
        assert_eq!(alike(rings.len(), |i| areas(&rings[i])), [[2, 4, 6, 7]]);
    }

    #[test]
    fn a_hole_is_no_part_on_another_part() {
        let (around, inner) = ([[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]], [[2.0, 2.0], [4.0, 2.0], [4.0, 4.0]]);
        let mut two = Rings::simple(&around);
        let mut holed = Rings::new();
        holed.push_ring(&around);
        [&mut two, &mut holed].into_iter().for_each(|rings| {
            rings.push_ring(&inner);
            rings.end_part();
        });
        let one = Rings::simple(&around);
        assert_eq!(alike(3, |i| areas([&two, &holed, &one][i])), [[0, 2]], "what lies on land twice is land");
    }

    #[test]
    fn lines_run_either_way_but_have_a_beginning() {
        let corner = [[0.0, 0.0], [4.0, 0.0], [4.0, 4.0]];
        let back = [corner[2], corner[1], corner[0]];
        let begun_elsewhere = [corner[1], corner[2], corner[0]];
        let divided = [corner[0], [3.0, 0.0], corner[1], corner[2]];
        let rings = [&corner[..], &begun_elsewhere, &back, &divided].map(|points| {
            let mut rings = Rings::new();
            rings.push_path(points);
            rings.end_part();
            rings
        });
        assert_eq!(alike(rings.len(), |i| lines(&rings[i])), [[0, 2, 3]]);
    }

    #[test]
    fn what_is_not_finite_is_alike_as_it_stands_only() {
        let odd = [[0.0, 0.0], [f64::NAN, 0.0], [4.0, 4.0]];
        let more = [[0.0, 0.0], [f64::NAN, 0.0], [4.0, 4.0], [2.0, 2.0]];
        let rings = [&odd[..], &odd, &more].map(Rings::simple);
        assert_eq!(alike(rings.len(), |i| areas(&rings[i])), [[0, 1]]);
    }
}
