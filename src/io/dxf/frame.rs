//! Where the coordinates of an entity stand in the drawing: the way of a block's insert, and of an extruded plane.

/// A point of the drawing.
pub type Point3 = [f64; 3];

/// An affine way from an entity's own coordinates to those of the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Frame([[f64; 4]; 3]);

impl Frame {
    pub const DRAWING: Self = Self([[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]]);

    /// The plane that stands on `normal`, its axes by the arbitrary axis algorithm of the DXF reference.
    pub fn of_normal(normal: Point3) -> Self {
        let length = norm(normal);
        if normal == [0.0, 0.0, 1.0] || !(length > 0.0 && length.is_finite()) {
            return Self::DRAWING;
        }
        let z = normal.map(|v| v / length);
        let near_z = z[0].abs() < 1.0 / 64.0 && z[1].abs() < 1.0 / 64.0;
        let x = unit(cross(if near_z { [0.0, 1.0, 0.0] } else { [0.0, 0.0, 1.0] }, z));
        let y = unit(cross(z, x));
        let row = |i: usize| [x[i], y[i], z[i], 0.0];
        Self([row(0), row(1), row(2)])
    }

    pub fn moved(by: Point3) -> Self {
        let mut frame = Self::DRAWING;
        (0..3).for_each(|i| frame.0[i][3] = by[i]);
        frame
    }

    pub fn scaled(by: Point3) -> Self {
        let mut frame = Self::DRAWING;
        (0..3).for_each(|i| frame.0[i][i] = by[i]);
        frame
    }

    pub fn turned(degrees: f64) -> Self {
        // Quarter turns exactly: a turned parcel keeps its right angles.
        let (sin, cos) = match degrees.rem_euclid(360.0) {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            other => other.to_radians().sin_cos(),
        };
        Self([[cos, -sin, 0.0, 0.0], [sin, cos, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]])
    }

    /// First `inner`, then this.
    pub fn after(&self, inner: &Self) -> Self {
        let mut out = [[0.0; 4]; 3];
        for (row, mine) in out.iter_mut().zip(&self.0) {
            for (column, cell) in row.iter_mut().enumerate() {
                *cell = (0..3).map(|k| mine[k] * inner.0[k][column]).sum::<f64>() + if column == 3 { mine[3] } else { 0.0 };
            }
        }
        Self(out)
    }

    pub fn place(&self, p: Point3) -> Point3 {
        if *self == Self::DRAWING {
            return p;
        }
        self.0.map(|row| row[0] * p[0] + row[1] * p[1] + row[2] * p[2] + row[3])
    }

    /// How many times longer a length can become.
    pub fn stretch(&self) -> f64 {
        let column = |i: usize| norm([self.0[0][i], self.0[1][i], self.0[2][i]]);
        // Of axes that are not at right angles (a turned insert within a stretched one) the bound is their joint length.
        if *self == Self::DRAWING { 1.0 } else { column(0).hypot(column(1)).max(column(2)) }
    }

    /// Whether its plane does not lie flat in the drawing, so that the plan shows it foreshortened.
    pub fn is_tilted(&self) -> bool {
        let slope = |i: usize| self.0[2][i].abs() > 1e-6 * norm([self.0[0][i], self.0[1][i], self.0[2][i]]);
        slope(0) || slope(1)
    }
}

pub fn cross(a: Point3, b: Point3) -> Point3 {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

pub fn norm(v: Point3) -> f64 {
    v[0].hypot(v[1]).hypot(v[2])
}

fn unit(v: Point3) -> Point3 {
    let length = norm(v);
    v.map(|x| x / length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plane_seen_from_below_is_mirrored() {
        assert_eq!(Frame::of_normal([0.0, 0.0, -1.0]).place([3.0, 4.0, 5.0]), [-3.0, 4.0, -5.0]);
        assert!(!Frame::of_normal([0.0, 0.0, -1.0]).is_tilted());
        assert!(Frame::of_normal([0.0, 1.0, 1.0]).is_tilted());
        assert_eq!(Frame::of_normal([0.0, 0.0, 0.0]), Frame::DRAWING);
    }

    #[test]
    fn ways_follow_each_other_from_the_inside() {
        let way = Frame::moved([10.0, 0.0, 0.0]).after(&Frame::turned(90.0)).after(&Frame::scaled([2.0, 2.0, 1.0]));
        assert_eq!(way.place([1.0, 0.0, 0.0]), [10.0, 2.0, 0.0]);
        assert!(way.stretch() >= 2.0);
    }
}
