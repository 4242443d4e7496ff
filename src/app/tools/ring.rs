//! Rings with one vertex more or less: the few edits that tools make.

use crate::geom::{Point, Rings, RingsRef};

/// A vertex: number of its ring and of the point in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vertex {
    pub ring: usize,
    pub point: usize,
}

/// Every ring as points of its own, and how many rings each part has.
fn apart(rings: RingsRef<'_>) -> (Vec<Vec<Point>>, Vec<usize>) {
    let parts = (0..rings.part_count()).map(|p| rings.part(p).len()).collect();
    (rings.rings().map(<[Point]>::to_vec).collect(), parts)
}

fn together(rings: &[Vec<Point>], parts: &[usize]) -> Rings {
    let mut joined = Rings::new();
    let mut at = 0;
    for count in parts {
        for ring in rings.iter().skip(at).take(*count) {
            joined.push_ring(ring);
        }
        joined.end_part();
        at += count;
    }
    joined
}

pub fn moved(rings: RingsRef<'_>, vertex: Vertex, to: Point) -> Rings {
    let (mut all, parts) = apart(rings);
    if let Some(point) = all.get_mut(vertex.ring).and_then(|r| r.get_mut(vertex.point)) {
        *point = to;
    }
    together(&all, &parts)
}

/// A new vertex before `vertex`.
pub fn inserted(rings: RingsRef<'_>, vertex: Vertex, at: Point) -> Rings {
    let (mut all, parts) = apart(rings);
    if let Some(ring) = all.get_mut(vertex.ring) {
        ring.insert(vertex.point.min(ring.len()), at);
    }
    together(&all, &parts)
}

/// Without a vertex; `None` when its ring would be no ring any more.
pub fn removed(rings: RingsRef<'_>, vertex: Vertex) -> Option<Rings> {
    let (mut all, parts) = apart(rings);
    let ring = all.get_mut(vertex.ring)?;
    if ring.len() <= 3 || vertex.point >= ring.len() {
        return None;
    }
    ring.remove(vertex.point);
    Some(together(&all, &parts))
}

/// The vertices in order, with their numbers.
pub fn vertices(rings: RingsRef<'_>) -> impl Iterator<Item = (Vertex, Point)> {
    rings.rings().enumerate().flat_map(|(ring, points)| points.iter().enumerate().map(move |(point, p)| (Vertex { ring, point }, *p)))
}

/// The middle of each edge, with the vertex before which a new one would go.
pub fn midpoints(rings: RingsRef<'_>) -> impl Iterator<Item = (Vertex, Point)> {
    rings.rings().enumerate().flat_map(|(ring, points)| {
        (0..points.len()).map(move |i| {
            let (a, b) = (points[i], points[(i + 1) % points.len()]);
            (Vertex { ring, point: i + 1 }, [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0])
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_holes_stay_what_they_are() {
        let mut rings = Rings::new();
        rings.push_ring(&[[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]]);
        rings.push_ring(&[[1.0, 1.0], [1.0, 2.0], [2.0, 1.0]]);
        rings.end_part();
        rings.push_ring(&[[20.0, 0.0], [29.0, 0.0], [29.0, 9.0]]);
        rings.end_part();
        let vertex = Vertex { ring: 2, point: 3 };
        let more = inserted(rings.as_ref(), vertex, [20.0, 9.0]);
        assert_eq!((more.as_ref().ring_count(), more.as_ref().part_count()), (3, 2));
        assert_eq!(more.as_ref().ring(2).len(), 4);
        assert_eq!(removed(more.as_ref(), vertex), Some(rings.clone()));
        assert_eq!(removed(rings.as_ref(), vertex), None, "a triangle keeps its corners");
        let there = moved(rings.as_ref(), Vertex { ring: 1, point: 0 }, [1.5, 1.5]);
        assert_eq!(there.as_ref().ring(1)[0], [1.5, 1.5]);
    }
}
