//! The land of two sets of shapes and what they share, measured without making any shape of it.
//!
//! One arrangement of all borders tells for each stretch which of the two lies left and right of it; signed sums over
//! the stretches are the areas. It is taken strip by strip from south to north, so that strips can be done side by side.

use super::border::in_order;
use super::ellipsoid::EdgeAreas;
use super::engine::{Engine, Grid};
use super::overlay::thin;
use super::{BBox, GaussKruger, PackedIndex, Point, ShapeRef, Tolerance};
use crate::task::Progress;

/// An area both ways.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LandArea {
    pub planar_m2: f64,
    /// `None` without a plane that is a CGCS2000 Gauss–Krüger one.
    pub ellipsoidal_m2: Option<f64>,
}

/// Land that any shape of a first set covers, any of a second, and what the two share; land covered often counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TwoLands {
    pub first: LandArea,
    pub second: LandArea,
    pub both: LandArea,
}

/// A shape of the first or the second set, and the group that it belongs to beside all.
#[derive(Clone, Copy, Debug)]
pub struct LandItem<'a> {
    pub shape: ShapeRef<'a>,
    pub second: bool,
    pub group: Option<usize>,
}

/// The land of all `items` together, then that of each of `groups` groups by itself; `None` when cancelled. The same for
/// any number of threads.
///
/// Shapes whose boxes do not even touch are measured apart, and where all that touch are of one group, once for both.
pub fn measure_lands(
    items: &[LandItem<'_>],
    groups: usize,
    t: Tolerance,
    plane: Option<GaussKruger>,
    threads: usize,
    progress: &Progress,
) -> Option<Vec<TwoLands>> {
    let mut works: Vec<Work<'_>> = Vec::new();
    for block in touching(items) {
        let group = block.first().and_then(|item| item.group);
        if block.iter().all(|item| item.group == group) {
            works.extend(Work::by_strips(&block, true, group));
        } else {
            works.extend(Work::by_strips(&block, true, None));
            let mut rest = block;
            rest.sort_by_key(|item| item.group);
            works.extend(rest.chunk_by(|a, b| a.group == b.group).flat_map(|same| Work::by_strips(same, false, same[0].group)));
        }
    }
    let measured = in_order(works.iter(), threads, progress, |work| work.measured(t, plane))?;
    let mut sums = vec![[[0.0; 2]; 3]; groups + 1];
    for (work, areas) in works.iter().zip(measured) {
        let targets = work.in_all.then_some(0).into_iter().chain(work.group.map(|group| group + 1));
        for target in targets.filter(|&target| target <= groups) {
            for (sum, area) in sums[target].as_flattened_mut().iter_mut().zip(areas.as_flattened()) {
                *sum += area;
            }
        }
    }
    // Never below zero: the rounding of an empty sum is no land.
    let area =
        |[planar, ellipsoidal]: [f64; 2]| LandArea { planar_m2: planar.max(0.0), ellipsoidal_m2: plane.map(|_| ellipsoidal.max(0.0)) };
    Some(sums.into_iter().map(|[first, second, both]| TwoLands { first: area(first), second: area(second), both: area(both) }).collect())
}

/// The items in blocks such that boxes of two blocks do not meet.
fn touching<'a>(items: &[LandItem<'a>]) -> Vec<Vec<LandItem<'a>>> {
    let boxes: Vec<BBox> = items.iter().map(|item| item.shape.bbox()).collect();
    let index = PackedIndex::new(boxes.clone());
    let mut block_of: Vec<Option<usize>> = vec![None; items.len()];
    let mut blocks: Vec<Vec<LandItem<'a>>> = Vec::new();
    for start in 0..items.len() {
        if block_of[start].is_some() {
            continue;
        }
        let (mut waiting, mut members) = (vec![start], Vec::new());
        block_of[start] = Some(blocks.len());
        while let Some(i) = waiting.pop() {
            members.push(i);
            for j in index.meeting(boxes[i]).into_iter().map(|j| j as usize) {
                if block_of[j].is_none() {
                    block_of[j] = Some(blocks.len());
                    waiting.push(j);
                }
            }
        }
        members.sort_unstable();
        blocks.push(members.into_iter().map(|i| items[i]).collect());
    }
    blocks
}

/// One strip of shapes, and what its areas count for.
struct Work<'a> {
    items: Vec<LandItem<'a>>,
    strip: [f64; 2],
    in_all: bool,
    group: Option<usize>,
}

impl<'a> Work<'a> {
    fn by_strips(items: &[LandItem<'a>], in_all: bool, group: Option<usize>) -> Vec<Self> {
        let work = |strip| Self { items: items.to_vec(), strip, in_all, group };
        if in_all || group.is_some() { strips(items).into_iter().map(work).collect() } else { Vec::new() }
    }

    /// First, second and both, each planar and ellipsoidal, of what lies in the strip.
    fn measured(&self, t: Tolerance, plane: Option<GaussKruger>) -> [[f64; 2]; 3] {
        let mut sums = [[0.0; 2]; 3];
        let bbox = self.items.iter().fold(BBox::EMPTY, |b, item| b.join(item.shape.bbox()));
        let window = BBox { min: [bbox.min[0], self.strip[0].max(bbox.min[1])], max: [bbox.max[0], self.strip[1].min(bbox.max[1])] };
        if window.is_empty() {
            return sums;
        }
        let grid = Grid::new(t.grid_m, bbox);
        let mut engine = Engine::new(grid, 0);
        let (mut room, near) = (Vec::new(), window.grown(4.0 * grid.cell_m()));
        for item in &self.items {
            for ring in item.shape.rings().rings() {
                let ring = thin(ring, near, &mut room);
                if item.second { engine.second(ring) } else { engine.first(ring) }
            }
        }
        let origin = bbox.center();
        // One meridian for all strips: the ends of what a strip cuts off an edge are not on one parallel, so only the sum
        // over all strips closes the rings.
        let ellipsoid = plane.map(|plane| EdgeAreas::new(plane, origin));
        for stretch in engine.stretches() {
            let signs = [stretch.first, stretch.second, stretch.both].map(f64::from);
            let Some([a, b]) = within(stretch.edge, window).filter(|_| signs != [0.0; 3]) else { continue };
            let planar = (a[0] + b[0] - 2.0 * origin[0]) / 2.0 * (b[1] - a[1]);
            let ellipsoidal = ellipsoid.as_ref().map_or(0.0, |e| e.area_m2(a, b));
            for (sum, sign) in sums.iter_mut().zip(signs) {
                *sum = [sum[0] + sign * planar, sum[1] + sign * ellipsoidal];
            }
        }
        sums
    }
}

/// Strips of about as many edges each, from south to north: `[from, to]` northings, the first and the last without an end.
fn strips(items: &[LandItem<'_>]) -> Vec<[f64; 2]> {
    const EDGES: usize = 40_000;
    let count: usize = items.iter().map(|item| item.shape.rings().coords().len()).sum();
    /// Of so many vertices one is asked where it lies.
    const EVERY: usize = 16;
    let mut north: Vec<f64> = items.iter().flat_map(|item| item.shape.rings().coords().iter().step_by(EVERY)).map(|p| p[1]).collect();
    north.sort_by(f64::total_cmp);
    let parts = count.div_ceil(EDGES).max(1);
    let mut cuts: Vec<f64> = (1..parts).filter_map(|i| north.get(i * north.len() / parts)).copied().collect();
    cuts.dedup();
    let from = std::iter::once(f64::NEG_INFINITY).chain(cuts.iter().copied());
    let to = cuts.iter().copied().chain(std::iter::once(f64::INFINITY));
    from.zip(to).map(|(from, to)| [from, to]).collect()
}

/// The part of an edge from the window's southern to its northern border.
fn within([a, b]: [Point; 2], window: BBox) -> Option<[Point; 2]> {
    let (south, north) = (window.min[1], window.max[1]);
    if (a[1] <= south && b[1] <= south) || (a[1] >= north && b[1] >= north) {
        return None;
    }
    let cut = |p: Point| {
        let level = p[1].clamp(south, north);
        if level == p[1] { p } else { [a[0] + (level - a[1]) / (b[1] - a[1]) * (b[0] - a[0]), level] }
    };
    Some([cut(a), cut(b)])
}

#[cfg(test)]
mod tests {
    use super::super::{Rings, Shape, ellipsoidal_area_m2, overlap, union};
    use super::*;

    const ZONE_40: GaussKruger = GaussKruger { central_meridian_deg: 120.0, false_easting_m: 40_500_000.0 };

    fn blob(seed: u32, east: f64, north: f64, radius_m: f64) -> Shape {
        let ring: Vec<Point> = (0..400u32)
            .map(|i| (f64::from(i) / 400.0 * std::f64::consts::TAU, f64::from((i * 37 + seed * 101) % 89) / 89.0))
            .map(|(turn, r)| [east + radius_m * (0.8 + 0.2 * r) * turn.cos(), north + radius_m * (0.8 + 0.2 * r) * turn.sin()])
            .collect();
        Shape::check(Rings::simple(&ring).as_ref()).unwrap()
    }

    fn blobs(seed: u32) -> Vec<Shape> {
        (0..120u32)
            .map(|i| i + seed)
            .map(|i| blob(i, 40_530_000.0 + f64::from(i * 7919 % 9000), 3_990_000.0 + f64::from(i * 104_729 % 8000), 500.0))
            .collect()
    }

    fn items<'a>(first: &'a [Shape], second: &'a [Shape]) -> Vec<LandItem<'a>> {
        let item =
            |second| move |(i, shape): (usize, &'a Shape)| LandItem { shape: shape.as_ref(), second, group: (i % 3 < 2).then_some(i % 3) };
        first.iter().enumerate().map(item(false)).chain(second.iter().enumerate().map(item(true))).collect()
    }

    fn land(shapes: &[Shape], group: Option<usize>) -> Shape {
        let chosen = shapes.iter().enumerate().filter(|(i, _)| group.is_none_or(|group| i % 3 == group));
        union(&chosen.map(|(_, shape)| shape.as_ref()).collect::<Vec<_>>(), Tolerance::default()).unwrap()
    }

    #[test]
    fn sums_over_strips_are_the_areas_of_the_shapes_together_and_by_group() {
        let (first, second) = (blobs(0), blobs(60));
        let items = items(&first, &second);
        assert!(strips(&items).len() > 2 && touching(&items).len() < 5);
        let of = |threads| measure_lands(&items, 2, Tolerance::default(), Some(ZONE_40), threads, &Progress::new()).unwrap();
        let found = of(1);
        assert_eq!(found, of(3));
        for (found, group) in found.iter().zip([None, Some(0), Some(1)]) {
            let lands = [land(&first, group), land(&second, group)];
            let both = overlap(lands[0].as_ref(), lands[1].as_ref(), Tolerance::default()).unwrap();
            for (found, shape) in [(found.first, &lands[0]), (found.second, &lands[1]), (found.both, &both)] {
                assert!((found.planar_m2 - shape.area_m2()).abs() < 0.05, "{found:?} {}", shape.area_m2());
                let ellipsoidal = ellipsoidal_area_m2(shape.as_ref(), ZONE_40);
                // Two ways of dividing edges into pieces of 70 m; these edges are up to 150 m long.
                assert!((found.ellipsoidal_m2.unwrap() / ellipsoidal - 1.0).abs() < 2e-8, "{found:?} {ellipsoidal}");
            }
        }
    }

    #[test]
    fn shapes_apart_are_measured_apart_and_nothing_has_no_area() {
        let far: Vec<Shape> = (0..4).map(|i| blob(i, 40_500_000.0 + f64::from(i) * 5000.0, 4e6, 500.0)).collect();
        let items = items(&far, &far[..1]);
        assert_eq!(touching(&items).len(), 4);
        let found = measure_lands(&items, 2, Tolerance::default(), None, 2, &Progress::new()).unwrap();
        assert!((found[0].first.planar_m2 - far.iter().map(Shape::area_m2).sum::<f64>()).abs() < 1e-2);
        assert!((found[0].both.planar_m2 - far[0].area_m2()).abs() < 1e-2);
        assert_eq!((found[0].first.ellipsoidal_m2, found[2].both.planar_m2), (None, 0.0));
        assert_eq!(measure_lands(&[], 0, Tolerance::default(), None, 1, &Progress::new()).unwrap(), [TwoLands::default()]);
    }
}
