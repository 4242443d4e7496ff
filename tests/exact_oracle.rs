//! Areas in whole numbers, by another way than the engine's: a second opinion that rounds below a billionth of a m².
//!
//! Coordinates are exact multiples of 2⁻³¹ m (every `f64` at a northing of 4 000 000 is one). The land is cut into level
//! slabs at every vertex and every crossing of two edges; within a slab no edges cross, so the land between two of them is a
//! trapezoid: its height times its width half-way up. Crossings are fractions, rounded down to 2⁻⁴⁷ m; all else is exact.

use luodi::geom::Point;

pub type Ring = Vec<Point>;

/// Units a metre, as a power of two.
const UNIT: u32 = 31;
/// Further binary digits of a crossing.
const FINER: u32 = 16;
/// Where whole numbers count from, in m. Nothing may lie further from it than 1024 m: products then fit 128 bits.
pub const ORIGIN: Point = [40_500_000.0, 4_000_000.0];

#[derive(Clone, Copy)]
struct Edge {
    low: [i128; 2],
    high: [i128; 2],
    /// 0 the site, from 1 on the polygons of the plan.
    owner: usize,
}

/// Land of a site in m²: all of it, in any polygon of the plan, in none.
#[derive(Clone, Copy, Debug)]
pub struct Areas {
    pub site_m2: f64,
    pub inside_m2: f64,
    pub outside_m2: f64,
}

fn whole(c: f64, origin: f64) -> i128 {
    let units = (c - origin) * f64::from(1u32 << UNIT);
    assert!(units.fract() == 0.0 && units.abs() < (1u64 << (UNIT + 10)) as f64, "{c} is no multiple of 2^-31 m near {origin}");
    units as i128
}

fn edges(polygon: &[Ring], owner: usize, into: &mut Vec<Edge>) {
    for ring in polygon {
        let at = |i: usize| {
            let p = ring[i % ring.len()];
            [whole(p[0], ORIGIN[0]), whole(p[1], ORIGIN[1])]
        };
        for i in 0..ring.len() {
            let (a, b) = (at(i), at(i + 1));
            // A level edge bounds no slab from the side.
            if a[1] != b[1] {
                let (low, high) = if a[1] < b[1] { (a, b) } else { (b, a) };
                into.push(Edge { low, high, owner });
            }
        }
    }
}

/// The height where two edges pass through each other, in 2⁻⁴⁷ m.
fn crossing(e: &Edge, f: &Edge) -> Option<i128> {
    let (u, v) = ([e.high[0] - e.low[0], e.high[1] - e.low[1]], [f.high[0] - f.low[0], f.high[1] - f.low[1]]);
    let w = [f.low[0] - e.low[0], f.low[1] - e.low[1]];
    let det = u[0] * v[1] - u[1] * v[0];
    if det == 0 {
        return None;
    }
    let (along_e, along_f) = (w[0] * v[1] - w[1] * v[0], w[0] * u[1] - w[1] * u[0]);
    let within = |n: i128| if det > 0 { 0 < n && n < det } else { det < n && n < 0 };
    if !within(along_e) || !within(along_f) {
        return None;
    }
    let (n, d) = (along_e.abs() * u[1], det.abs());
    Some((e.low[1] << FINER) + ((n / d) << FINER) + ((n % d) << FINER) / d)
}

/// The exact areas. Holes and parts of one polygon are read by the even-odd rule.
pub fn areas(site: &[Ring], plan: &[Vec<Ring>]) -> Areas {
    let mut all = Vec::new();
    edges(site, 0, &mut all);
    let (south, north) = all.iter().fold((i128::MAX, i128::MIN), |(s, n), e| (s.min(e.low[1]), n.max(e.high[1])));
    plan.iter().enumerate().for_each(|(i, polygon)| edges(polygon, i + 1, &mut all));
    all.retain(|e| e.low[1] < north && e.high[1] > south);
    let mut heights: Vec<i128> = all.iter().flat_map(|e| [e.low[1] << FINER, e.high[1] << FINER]).collect();
    for (i, e) in all.iter().enumerate() {
        for f in all[i + 1..].iter().filter(|f| f.owner != e.owner && f.low[1] < e.high[1] && e.low[1] < f.high[1]) {
            heights.extend(crossing(e, f));
        }
    }
    heights.retain(|y| (south << FINER..=north << FINER).contains(y));
    heights.sort_unstable();
    heights.dedup();
    let (mut site_sum, mut inside_sum) = (0i128, 0i128);
    let mut across: Vec<(i128, usize)> = Vec::new();
    let mut within = vec![false; plan.len() + 1];
    for slab in heights.windows(2) {
        let (bottom, top) = (slab[0], slab[1]);
        across.clear();
        for e in all.iter().filter(|e| e.low[1] << FINER <= bottom && top <= e.high[1] << FINER) {
            // Half-way up the slab, both sides doubled.
            let up = bottom + top - (e.low[1] << (FINER + 1));
            across.push(((e.low[0] << FINER) + (up * (e.high[0] - e.low[0])).div_euclid(2 * (e.high[1] - e.low[1])), e.owner));
        }
        across.sort_unstable();
        within.fill(false);
        for pair in across.windows(2) {
            within[pair[0].1] = !within[pair[0].1];
            if within[0] {
                let land = (pair[1].0 - pair[0].0) * (top - bottom);
                site_sum += land;
                if within[1..].iter().any(|w| *w) {
                    inside_sum += land;
                }
            }
        }
    }
    let m2 = |units: i128| units as f64 * 0.5f64.powi(2 * (UNIT + FINER) as i32);
    Areas { site_m2: m2(site_sum), inside_m2: m2(inside_sum), outside_m2: m2(site_sum - inside_sum) }
}

fn square(east: f64, north: f64, side: f64) -> Ring {
    let (x, y) = (ORIGIN[0] + east, ORIGIN[1] + north);
    vec![[x, y], [x + side, y], [x + side, y + side], [x, y + side]]
}

#[test]
fn the_oracle_knows_what_can_be_reckoned_by_hand() {
    let site = [square(0.0, 0.0, 10.0)];
    // Two clusters that overlap, one with a yard, and one that only touches a corner.
    let plan = [vec![square(5.0, 5.0, 10.0), square(6.0, 6.0, 1.0)], vec![square(8.0, 2.0, 4.0)], vec![square(-3.0, -3.0, 3.0)]];
    let found = areas(&site, &plan);
    assert_eq!((found.site_m2, found.inside_m2, found.outside_m2), (100.0, 25.0 - 1.0 + 8.0 - 2.0, 70.0));
    // A triangle whose long side crosses the square at thirds.
    let triangle = vec![[ORIGIN[0], ORIGIN[1]], [ORIGIN[0] + 10.0, ORIGIN[1]], [ORIGIN[0], ORIGIN[1] + 30.0]];
    // Left of x = 10 − y/3 below y = 10: 100 − ½ · 10 · 10/3.
    assert!((areas(&site, &[vec![triangle]]).inside_m2 - (100.0 - 50.0 / 3.0)).abs() < 1e-12);
}
