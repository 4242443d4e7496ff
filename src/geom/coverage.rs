//! How the areas of a layer cover the ground: land that two of them hold, and holes between them that none does.

use super::border::{in_order, lone_rings};
use super::engine::{Engine, Fill, Grid, Keep};
use super::provenance::{BORDER_M, Border};
use super::survey::wound;
use super::{
    BBox, Located, PackedIndex, Point, PreparedShape, Rings, Shape, ShapeRef, Tolerance, overlap, perimeter_m, pieces, subtract, union,
};
use crate::task::Progress;

/// Which faults of a coverage are named.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoverageLimits {
    /// Overlaps and gaps up to this area are passed over, in m².
    pub least_m2: f64,
    /// Holes above this area are taken for land that is meant to be free, in m².
    pub largest_gap_m2: f64,
    pub tolerance: Tolerance,
}

impl Default for CoverageLimits {
    fn default() -> Self {
        Self { least_m2: 0.01, largest_gap_m2: f64::INFINITY, tolerance: Tolerance::default() }
    }
}

/// Land that two areas both hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageOverlap {
    /// Numbers of the two, the smaller first.
    pub pair: [usize; 2],
    pub area_m2: f64,
    pub shape: Shape,
}

/// Land that areas close in and none of them holds.
#[derive(Clone, Debug, PartialEq)]
pub struct CoverageGap {
    pub area_m2: f64,
    pub shape: Shape,
    /// Numbers of the areas that border it, ascending.
    pub neighbours: Vec<usize>,
}

/// What is wrong with a coverage.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CoverageFaults {
    /// By pair.
    pub overlaps: Vec<CoverageOverlap>,
    /// From west to east.
    pub gaps: Vec<CoverageGap>,
}

/// Overlaps and gaps among `shapes`, which are numbered by their place in the slice; `None` when cancelled. The same for
/// any number of threads.
///
/// Borders that two shapes share point by point drop out first. Of what is left one overlay gives all land that is
/// covered, its holes being the gaps, and a second one all land that is covered more than once; only shapes that lie on
/// that are overlaid with each other. A neighbour that lacks a vertex of the shared border is no fault as long as the
/// sliver it makes is not above the limit.
pub fn coverage_faults(shapes: &[ShapeRef<'_>], limits: CoverageLimits, threads: usize, progress: &Progress) -> Option<CoverageFaults> {
    let rings = lone_rings(shapes, threads, progress)?;
    let bbox = rings.iter().fold(BBox::EMPTY, |all, ring| all.join(BBox::of(ring)));
    let grid = Grid::new(limits.tolerance.grid_m, bbox);
    let mut engine = Engine::new(grid, rings.iter().map(Vec::len).sum());
    rings.iter().for_each(|ring| engine.first(ring));
    let Some(covered) = engine.run(Keep::First, Fill::Positive) else { return Some(CoverageFaults::default()) };
    let index = PackedIndex::new(shapes.iter().map(ShapeRef::bbox).collect());
    let gaps = gaps(&covered, limits);
    let gaps = in_order(gaps.into_iter(), threads, progress, |shape| {
        let neighbours = neighbours(&shape, shapes, &index);
        CoverageGap { area_m2: shape.area_m2(), shape, neighbours }
    })?;
    let twice = twice(&rings, &covered, grid);
    let pairs = pairs(&twice, shapes, &index, threads, progress)?;
    let overlaps = in_order(pairs.into_iter(), threads, progress, |pair| {
        let shape = overlap(shapes[pair[0]], shapes[pair[1]], limits.tolerance)?;
        let area_m2 = shape.area_m2();
        (area_m2 > limits.least_m2).then_some(CoverageOverlap { pair, area_m2, shape })
    })?;
    Some(CoverageFaults { overlaps: overlaps.into_iter().flatten().collect(), gaps })
}

/// The holes of the land that is covered, without the islands in them.
fn gaps(covered: &Shape, limits: CoverageLimits) -> Vec<Shape> {
    let rings = covered.rings();
    let parts = pieces(covered.as_ref());
    let islands = PackedIndex::new(parts.iter().map(Shape::bbox).collect());
    let holes = (0..rings.part_count()).flat_map(|part| rings.part(part).skip(1).map(move |hole| (part, hole)));
    let mut gaps: Vec<Shape> = holes
        .filter_map(|(part, hole)| {
            let hole = Shape::from_sound(Rings::simple(&wound(rings.ring(hole), true)));
            let inner = islands.meeting(hole.bbox()).into_iter().map(|i| i as usize).filter(|&i| i != part);
            let inner: Vec<ShapeRef<'_>> = inner.filter(|&i| hole.bbox().holds(&parts[i].bbox())).map(|i| parts[i].as_ref()).collect();
            match union(&inner, limits.tolerance) {
                Some(islands) => subtract(hole.as_ref(), islands.as_ref(), limits.tolerance),
                None => Some(hole),
            }
        })
        .filter(|gap| gap.area_m2() > limits.least_m2 && gap.area_m2() <= limits.largest_gap_m2)
        .collect();
    gaps.sort_by(|a, b| {
        let [a, b] = [a.bbox().min, b.bbox().min];
        a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1]))
    });
    gaps
}

fn neighbours(gap: &Shape, shapes: &[ShapeRef<'_>], index: &PackedIndex) -> Vec<usize> {
    let near = index.meeting(gap.bbox().grown(BORDER_M)).into_iter().map(|i| i as usize);
    near.filter(|&i| Border::new(shapes[i].rings(), gap.bbox()).along_m(gap.rings()) > 0.0).collect()
}

/// The land that is covered more than once, each piece by itself: the borders that are left, less once around all of it.
fn twice(rings: &[Vec<Point>], covered: &Shape, grid: Grid) -> Vec<Shape> {
    let mut engine = Engine::new(grid, 2 * rings.iter().map(Vec::len).sum::<usize>());
    rings.iter().for_each(|ring| engine.first(ring));
    for ring in covered.rings().rings() {
        engine.first(&ring.iter().rev().copied().collect::<Vec<_>>());
    }
    let twice = engine.run(Keep::First, Fill::Positive);
    let noise_m2 = |piece: &Shape| 2.0 * grid.cell_m() * perimeter_m(piece.as_ref());
    twice.map_or(Vec::new(), |twice| pieces(twice.as_ref())).into_iter().filter(|piece| piece.area_m2() > noise_m2(piece)).collect()
}

/// The pairs of shapes that both lie on land covered more than once and whose boxes meet, ascending.
fn pairs(twice: &[Shape], shapes: &[ShapeRef<'_>], index: &PackedIndex, threads: usize, progress: &Progress) -> Option<Vec<[usize; 2]>> {
    let of_piece = in_order(twice.iter(), threads, progress, |piece| {
        let prepared = PreparedShape::new(piece.clone());
        let on_it = |i: &u32| prepared.locate(shapes[*i as usize]) != Located::Outside;
        let here: Vec<u32> = index.meeting(piece.bbox()).into_iter().filter(on_it).collect();
        let mut pairs = Vec::new();
        for &a in &here {
            let a_box = shapes[a as usize].bbox();
            let others = index.meeting(a_box).into_iter().filter(|b| *b > a && here.binary_search(b).is_ok());
            pairs.extend(others.map(|b| [a as usize, b as usize]));
        }
        pairs
    })?;
    let mut pairs: Vec<[usize; 2]> = of_piece.into_iter().flatten().collect();
    pairs.sort_unstable();
    pairs.dedup();
    Some(pairs)
}

#[cfg(test)]
mod tests;
