//! Looking for places: within a cluster, across or along its border, away from all clusters; never on a site that is there.

use super::layout::Placed;
use super::random::{Frame, Random};
use crate::geom::{Located, Point, PreparedShape, Rings, Shape};

/// A rectangle in a turned frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot {
    pub frame: Frame,
    /// Least corner and size in the frame, in m.
    pub low: Point,
    pub size: Point,
}

impl Spot {
    pub fn ring(&self) -> [Point; 4] {
        self.frame.rectangle(self.low, self.size)
    }

    /// The ring with corners on a grid of 1 cm.
    pub fn rounded(&self) -> Rings {
        Rings::simple(&self.ring().map(|p| p.map(|v| (v * 100.0).round() / 100.0)))
    }

    pub fn exact(&self) -> Rings {
        Rings::simple(&self.ring())
    }

    pub fn grown(&self, by_m: f64) -> Self {
        Self { low: self.low.map(|v| v - by_m), size: self.size.map(|v| v + 2.0 * by_m), ..*self }
    }

    fn shape(&self) -> Option<Shape> {
        Shape::check(self.exact().as_ref()).ok()
    }
}

/// The ground on which sites are placed.
pub(super) struct Ground<'a> {
    pub clusters: Vec<(&'a Placed, PreparedShape)>,
    districts: &'a [(&'static str, PreparedShape)],
    taken: Vec<PreparedShape>,
    random: Random,
}

const TRIES: usize = 4000;

impl<'a> Ground<'a> {
    pub fn new(placed: &'a [Placed], districts: &'a [(&'static str, PreparedShape)], seed: u64) -> Self {
        let prepared = |p: &'a Placed| Some((p, PreparedShape::new(Shape::check(p.planned.as_ref()).ok()?)));
        Self { clusters: placed.iter().filter_map(prepared).collect(), districts, taken: Vec::new(), random: Random::new(seed) }
    }

    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    pub fn number(&self, id: &str) -> usize {
        self.clusters.iter().position(|(p, _)| p.id == id).unwrap_or(0)
    }

    pub fn take(&mut self, spot: &Spot) {
        self.taken.extend(spot.shape().map(PreparedShape::new));
    }

    pub fn is_free(&self, spot: &Spot) -> bool {
        let Some(shape) = spot.shape() else { return false };
        self.taken.iter().all(|t| !t.bbox().meets(&shape.bbox()) || t.locate(shape.as_ref()) == Located::Outside)
    }

    /// Whether the spot lies outside of every cluster but those named.
    pub fn is_outside(&self, spot: &Spot, but: &[usize]) -> bool {
        let Some(shape) = spot.shape() else { return false };
        let clear = |(i, (_, c)): (usize, &(&Placed, PreparedShape))| {
            but.contains(&i) || !c.bbox().meets(&shape.bbox()) || c.locate(shape.as_ref()) == Located::Outside
        };
        self.clusters.iter().enumerate().all(clear)
    }

    pub fn is_inside(&self, spot: &Spot, cluster: usize) -> bool {
        spot.shape().is_some_and(|s| self.clusters[cluster].1.locate(s.as_ref()) == Located::Inside)
    }

    pub fn district_of(&self, spot: &Spot) -> Option<&'static str> {
        let shape = spot.shape()?;
        self.districts
            .iter()
            .find(|(_, d)| d.bbox().meets(&shape.bbox()) && d.locate(shape.as_ref()) == Located::Inside)
            .map(|(code, _)| *code)
    }

    fn size(&mut self) -> Point {
        [self.random.between(120.0, 260.0), self.random.between(90.0, 190.0)]
    }

    /// Well within a cluster, in no functional area of it.
    pub fn within(&mut self, cluster: usize) -> Option<Spot> {
        let (placed, shape) = &self.clusters[cluster];
        let (frame, bbox) = (placed.frame, shape.bbox());
        for _ in 0..TRIES {
            let origin = [self.random.between(bbox.min[0], bbox.max[0]), self.random.between(bbox.min[1], bbox.max[1])];
            let spot = Spot { frame: frame.moved(origin), low: [0.0; 2], size: self.size() };
            let near = spot.grown(40.0);
            let parent = self.clusters[cluster].0.parent.as_deref().map(|id| self.number(id));
            let but = [cluster, parent.unwrap_or(cluster)];
            if self.is_inside(&near, cluster) && self.is_outside(&near, &but) && self.is_free(&near) {
                return Some(spot);
            }
        }
        None
    }

    /// Away from all clusters, in a district.
    pub fn away(&mut self, district: &str) -> Option<Spot> {
        let size = self.size();
        self.away_of_size(district, size, 300.0)
    }

    pub fn away_of_size(&mut self, district: &str, size: Point, margin_m: f64) -> Option<Spot> {
        let bbox = self.districts.iter().find(|(code, _)| *code == district)?.1.bbox();
        for _ in 0..TRIES {
            let origin = [self.random.between(bbox.min[0], bbox.max[0]), self.random.between(bbox.min[1], bbox.max[1])];
            let turn = self.random.between(0.0, 0.3);
            let spot = Spot { frame: Frame::new(origin, turn), low: [0.0; 2], size };
            let near = spot.grown(margin_m);
            if self.is_free(&spot.grown(40.0)) && self.is_outside(&near, &[]) && self.district_of(&near) == Some(district) {
                return Some(spot);
            }
        }
        None
    }

    /// A spot of this size with this much of its depth outside the cluster, along one of its straight edges. With
    /// negative depth outside, the spot lies wholly within, with a depth beyond its own it lies apart.
    pub fn at_border(&mut self, cluster: usize, size: Point, outside_m: f64) -> Option<Spot> {
        let (placed, shape) = &self.clusters[cluster];
        let parent = placed.parent.as_deref().map(|id| self.number(id)).unwrap_or(cluster);
        let outer = shape.shape().rings().ring(0).to_vec();
        let mut edges: Vec<usize> = (0..outer.len()).collect();
        for _ in 0..edges.len() {
            let (a, b) = (self.random.below(outer.len()), self.random.below(outer.len()));
            edges.swap(a, b);
        }
        for start in edges {
            let (a, b) = (outer[start], outer[(start + 1) % outer.len()]);
            let length = ((b[0] - a[0]).powi(2) + (b[1] - a[1]).powi(2)).sqrt();
            if length < size[0] + 120.0 {
                continue;
            }
            let along = self.random.between(60.0, length - size[0] - 60.0);
            // Outer rings run counter-clockwise: the land is on the left.
            let spot = Spot { frame: Frame::along(a, b), low: [along, -outside_m], size };
            let inner = Spot { low: [along, (-outside_m).max(0.5)], size: [size[0], size[1] - outside_m.max(0.0) - 1.0], ..spot };
            let outer = Spot { low: [along, -outside_m], size: [size[0], outside_m.min(size[1]) - 0.5], ..spot };
            let lies =
                (inner.size[1] <= 0.0 || self.is_inside(&inner, cluster)) && (outer.size[1] <= 0.0 || self.is_outside(&outer, &[parent]));
            let near = spot.grown(70.0);
            if lies && self.is_outside(&near, &[cluster, parent]) && self.is_free(&spot.grown(30.0)) && self.district_of(&near).is_some() {
                return Some(spot);
            }
        }
        None
    }
}
