//! Rings from points one after the other, as lists of boundary points have them.

use crate::geom::{Point, Rings};

/// The rings of one parcel, and what was odd about them.
#[derive(Debug, Default)]
pub struct ListedRings {
    pub rings: Rings,
    /// Rings that ended with their first point again.
    pub closed: usize,
    /// The widest gap of a ring that was meant to close and ends a little away from where it began.
    pub gap: Option<f64>,
    /// Rings with such a gap.
    pub open: usize,
}

/// A ring ends where the number changes or its first point comes again; which ring is a hole is found by position later.
///
/// `closing`: a last point nearer than this to the first one is the first one, in the unit of the points.
pub fn listed_rings<'a>(points: impl Iterator<Item = (&'a str, Point)>, closing: f64) -> ListedRings {
    let mut list = ListedRings::default();
    let mut ring: Vec<Point> = Vec::new();
    let mut current = "";
    for (number, at) in points {
        if number != current && !ring.is_empty() {
            list.end_ring(&mut ring, closing);
        }
        current = number;
        // Some write the closing point twice.
        let repeated = ring.is_empty() && {
            let rings = list.rings.as_ref();
            rings.ring_count().checked_sub(1).and_then(|last| rings.ring(last).first().copied()) == Some(at)
        };
        if repeated {
            list.closed += 1;
            continue;
        }
        let closes = ring.len() >= 3 && ring.first().is_some_and(|first| distance(*first, at) <= closing);
        if closes {
            list.closed += 1;
            list.rings.push_ring(&ring);
            ring.clear();
        } else {
            ring.push(at);
        }
    }
    if !ring.is_empty() {
        list.end_ring(&mut ring, closing);
    }
    if list.rings.as_ref().ring_count() > 0 {
        list.rings.end_nested();
    }
    list
}

impl ListedRings {
    fn end_ring(&mut self, ring: &mut Vec<Point>, closing: f64) {
        // A ring whose last point misses the first by centimetres to a metre was meant to close; one without a closing
        // point ends a whole edge away.
        if let (Some(first), Some(last), true) = (ring.first(), ring.last(), ring.len() > 3) {
            let gap = distance(*first, *last);
            if gap <= 100.0 * closing {
                self.open += 1;
                self.gap = Some(self.gap.unwrap_or(0.0).max(gap));
            }
        }
        self.rings.push_ring(ring);
        ring.clear();
    }
}

fn distance(a: Point, b: Point) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
