//! Numbers kept whole: a sum of `f64`s of which none rounds another away (J. Shewchuk, Adaptive Precision Predicates, 1997).

use super::Point;
use super::segment::Edge;
use std::cmp::Ordering;

/// The exact sum of its parts, ascending by size; each lies below the last digit of the next. None for 0.
#[derive(Clone, Debug, Default)]
struct Expansion(Vec<f64>);

impl Expansion {
    fn add(&mut self, part: f64) {
        let mut carried = part;
        self.0.retain_mut(|own| {
            let [sum, rest] = sum_of(*own, carried);
            (*own, carried) = (rest, sum);
            rest != 0.0
        });
        if carried != 0.0 {
            self.0.push(carried);
        }
    }

    fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(a.mul_add(b, -product));
        self.add(product);
    }

    /// Twice the area of the triangle, positive for one that turns left.
    fn turn([a, b]: Edge, c: Point) -> Self {
        let [east, north] = [0, 1].map(|axis| [a, b].map(|p| sum_of(p[axis], -c[axis])));
        let mut turn = Self::default();
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            turn.add_product(east[0][i], north[1][j]);
            turn.add_product(-east[1][i], north[0][j]);
        }
        turn
    }

    fn add_products(&mut self, a: &Self, b: &Self, sign: f64) {
        a.0.iter().for_each(|a| b.0.iter().for_each(|b| self.add_product(sign * a, *b)));
    }

    fn sign(&self) -> f64 {
        self.0.last().map_or(0.0, |greatest| greatest.signum())
    }
}

/// The sum and what its rounding left out.
fn sum_of(a: f64, b: f64) -> [f64; 2] {
    let sum = a + b;
    let of_b = sum - a;
    [sum, (a - (sum - of_b)) + (b - of_b)]
}

/// Which of `f` and `g`, which both pass through the edge `e`, does so first on the way along it. Exact, unless products of
/// four lengths leave the range of `f64`.
pub(super) fn first_along(e: Edge, f: Edge, g: Edge) -> Ordering {
    roughly_first_along(e, f, g).unwrap_or_else(|| {
        let [of_f, of_g] = [f, g].map(|through| e.map(|end| Expansion::turn(through, end)));
        // Where `f` divides `e` as n : m, with n and m of opposite signs: n₁ : m₁ against n₂ : m₂.
        let mut difference = Expansion::default();
        difference.add_products(&of_f[0], &of_g[1], 1.0);
        difference.add_products(&of_g[0], &of_f[1], -1.0);
        let signed = -of_f[0].sign() * of_g[0].sign() * difference.sign();
        signed.partial_cmp(&0.0).unwrap_or(Ordering::Equal)
    })
}

/// The same in plain `f64`; `None` where its rounding could decide.
fn roughly_first_along(e: Edge, f: Edge, g: Edge) -> Option<Ordering> {
    // No less than what a determinant of differences and a product of two of them are off, in shares of their terms.
    const ROUNDING: f64 = 8.0 * f64::EPSILON;
    let turn = |[a, b]: Edge, c: Point| {
        let (left, right) = ((a[0] - c[0]) * (b[1] - c[1]), (a[1] - c[1]) * (b[0] - c[0]));
        let (size, off) = ((left - right).abs(), ROUNDING * (left.abs() + right.abs()));
        [(size - off).max(0.0), size + off]
    };
    let [n1, m1, n2, m2] = [turn(f, e[0]), turn(f, e[1]), turn(g, e[0]), turn(g, e[1])];
    let least = |a: [f64; 2], b: [f64; 2]| a[0] * b[0] * (1.0 - ROUNDING);
    let most = |a: [f64; 2], b: [f64; 2]| a[1] * b[1] * (1.0 + ROUNDING);
    if most(n1, m2) < least(n2, m1) {
        Some(Ordering::Less)
    } else if least(n1, m2) > most(n2, m1) {
        Some(Ordering::Greater)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_keeps_what_a_float_rounds_away() {
        let mut sum = Expansion::default();
        [1e200, 1.0, 1e-200, -1e200].into_iter().for_each(|part| sum.add(part));
        assert_eq!(sum.0, [1e-200, 1.0]);
        sum.add_product(-1.0, 1.0);
        assert_eq!((sum.0.as_slice(), sum.sign()), ([1e-200].as_slice(), 1.0));
    }

    #[test]
    fn the_order_of_crossings_is_exact() {
        let e = [[0.0, 0.0], [3.0, 0.0]];
        let up = |x: f64| [[x, -1.0], [x, 1.0]];
        assert_eq!(first_along(e, up(1.0), up(2.0)), Ordering::Less);
        assert_eq!(first_along([e[1], e[0]], up(1.0), up(2.0)), Ordering::Greater);
        // Three edges through one place that no float can name.
        let third = 1.0 / 3.0;
        let rising = [[0.0, -1.0], [third * 2.0, 1.0]];
        let falling = [[third * 2.0, -1.0], [0.0, 1.0]];
        assert_eq!(first_along(e, rising, falling), Ordering::Equal);
        assert_eq!(first_along(e, rising, [[third * 2.0, -1.0], [f64::from_bits(1), 1.0]]), Ordering::Less);
        let shifted = [[third * 2.0, -1.0], [1e-30, 1.0]];
        assert_eq!(first_along(e, rising, shifted), Ordering::Less);
        assert_eq!(first_along(e, shifted, rising), Ordering::Greater);
    }
}
