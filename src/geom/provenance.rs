//! Which border a piece of land owes its own border to: how much of it runs along the borders of other areas.

use super::edges::edges_of;
use super::segment::{Edge, edge_box};
use super::{BBox, PackedIndex, Point, RingsRef};

/// Borders that run this near to each other are one border, in m: the coordinate equality of import.
pub const BORDER_M: f64 = 1e-3;

/// The border of an area, ready to be asked what runs along it.
#[derive(Clone, Debug)]
pub struct Border {
    edges: Vec<Edge>,
    index: PackedIndex,
}

impl Border {
    /// Of the rings only what comes near `window` is kept.
    pub fn new(rings: RingsRef<'_>, window: BBox) -> Self {
        let window = window.grown(BORDER_M);
        let edges: Vec<Edge> = rings.rings().flat_map(edges_of).filter(|edge| edge_box(*edge).meets(&window)).collect();
        Self { index: PackedIndex::new(edges.iter().map(|edge| edge_box(*edge)).collect()), edges }
    }

    /// Length in m of what of the borders of `piece` runs along this border, nearer than [`BORDER_M`].
    pub fn along_m(&self, piece: RingsRef<'_>) -> f64 {
        piece.rings().flat_map(edges_of).map(|edge| self.edge_along_m(edge)).sum()
    }

    fn edge_along_m(&self, e: Edge) -> f64 {
        let length_m = (e[1][0] - e[0][0]).hypot(e[1][1] - e[0][1]);
        let near = self.index.meeting(edge_box(e).grown(BORDER_M));
        let mut runs: Vec<[f64; 2]> = near.into_iter().filter_map(|i| run_along(e, self.edges[i as usize])).collect();
        runs.sort_by(|a, b| a[0].total_cmp(&b[0]));
        let (mut reached, mut sum) = (0.0f64, 0.0);
        for [from, to] in runs {
            sum += (to - from.max(reached)).max(0.0);
            reached = reached.max(to);
        }
        sum * length_m
    }
}

/// The part of `e`, from 0 to 1, that lies along `f`; `None` when they only meet in passing.
fn run_along(e: Edge, f: Edge) -> Option<[f64; 2]> {
    let (u, v) = ([e[1][0] - e[0][0], e[1][1] - e[0][1]], [f[1][0] - f[0][0], f[1][1] - f[0][1]]);
    let (e_m, f_m) = (u[0].hypot(u[1]), v[0].hypot(v[1]));
    if e_m == 0.0 || f_m == 0.0 {
        return None;
    }
    let way = [v[0] / f_m, v[1] / f_m];
    let from_f = |p: Point| [p[0] - f[0][0], p[1] - f[0][1]];
    let beside = |p: Point| from_f(p)[0] * way[1] - from_f(p)[1] * way[0];
    let along = |p: Point| from_f(p)[0] * way[0] + from_f(p)[1] * way[1];
    let near = within(beside(e[0]), beside(e[1]), -BORDER_M, BORDER_M)?;
    let between = within(along(e[0]), along(e[1]), -BORDER_M, f_m + BORDER_M)?;
    let run = [near[0].max(between[0]), near[1].min(between[1])];
    // A border that crosses is near for as long as its angle makes it, one that runs along for much longer.
    let least_m = (8.0 * BORDER_M).min(e_m.min(f_m) / 2.0);
    ((run[1] - run[0]) * e_m > least_m).then_some(run)
}

/// Where a value that goes evenly from `a` to `b` lies between `least` and `most`, from 0 to 1.
fn within(a: f64, b: f64, least: f64, most: f64) -> Option<[f64; 2]> {
    let rise = b - a;
    if rise == 0.0 {
        return (least <= a && a <= most).then_some([0.0, 1.0]);
    }
    let [p, q] = [(least - a) / rise, (most - a) / rise];
    let run = [p.min(q).max(0.0), p.max(q).min(1.0)];
    (run[0] < run[1]).then_some(run)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    #[test]
    fn what_runs_along_is_measured_and_what_crosses_is_not() {
        let frame = Rings::simple(&[[0.0, 0.0], [100.0, 0.0], [100.0, 60.0], [0.0, 60.0]]);
        let strip = Rings::simple(&[[10.0, 60.0], [40.0, 60.0], [40.0, 60.02], [10.0, 60.02]]);
        let border = Border::new(frame.as_ref(), strip.as_ref().bbox());
        assert!((border.along_m(strip.as_ref()) - 30.0).abs() < 0.01);
        let across = Rings::simple(&[[10.0, 50.0], [20.0, 50.0], [20.0, 70.0], [10.0, 70.0]]);
        assert_eq!(border.along_m(across.as_ref()), 0.0);
        let away = Rings::simple(&[[10.0, 61.0], [40.0, 61.0], [40.0, 62.0]]);
        assert_eq!(Border::new(frame.as_ref(), away.as_ref().bbox()).along_m(away.as_ref()), 0.0);
    }

    #[test]
    fn a_border_in_many_edges_counts_once() {
        let line: Vec<Point> = (0..=50).map(|i| [f64::from(i) * 2.0, 0.0]).chain([[100.0, -9.0], [0.0, -9.0]]).collect();
        let piece = Rings::simple(&[[5.0, 0.0], [95.0, 0.0], [95.0, 3.0], [5.0, 3.0]]);
        let along_m = Border::new(Rings::simple(&line).as_ref(), piece.as_ref().bbox()).along_m(piece.as_ref());
        assert!((along_m - 90.0).abs() < 0.01, "{along_m}");
    }
}
