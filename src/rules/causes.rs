//! Why, by cause: the failures of a batch grouped by rule and by whose border it is, and whether they all lean one way.

use super::all::RULES;
use super::{Finding, Outcome, Position, Unit, Verdict};
use crate::geom::{Point, Shape, centroid};
use crate::text::{Arg, Message};
use std::collections::BTreeMap;

/// Takes the verdicts of a batch in order; what it keeps does not grow with their number.
#[derive(Clone, Debug, Default)]
pub struct Causes {
    groups: BTreeMap<Key, Group>,
    shift: Lean,
}

/// One cause and the sites that fail by it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Code of the rule.
    pub rule: &'static str,
    /// Text key of the finding's title: a rule may fail in several ways.
    pub finding: &'static str,
    /// The cluster whose border is crossed, or the layer that is met; empty where there is none.
    pub against: String,
    pub sites: u64,
    /// The land that is the trouble: of all these sites, and of the one with the least and the most.
    pub area_m2: f64,
    pub least_m2: f64,
    pub most_m2: f64,
    /// Width in m of the strips beyond a cluster's border: least, mean, most.
    pub width_m: Option<[f64; 3]>,
    /// What the strips come to if all the sites were moved by one and the same vector.
    pub shift: Option<Shift>,
    /// Ids of the first sites.
    pub examples: Vec<String>,
}

/// The one vector that explains strips beyond borders best (least squares along each border's normal).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shift {
    pub east_m: f64,
    pub north_m: f64,
    /// Strips it is made from.
    pub strips: u64,
    /// Root mean square of what it leaves unexplained, in m.
    pub rms_m: f64,
    /// All borders run one way: only the part across them is known.
    pub one_way: bool,
    /// Enough strips, and one vector explains them: the data of one side is probably offset.
    pub suspected: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    rule: usize,
    finding: &'static str,
    against: String,
}

#[derive(Clone, Debug, Default)]
struct Group {
    sites: u64,
    area_m2: f64,
    least_m2: f64,
    most_m2: f64,
    lean: Lean,
    examples: Vec<String>,
}

/// Sums over strips with width `w` and outward normal `n`.
#[derive(Clone, Copy, Debug, Default)]
struct Lean {
    strips: u64,
    /// Σ n·nᵀ as [xx, xy, yy].
    normals: [f64; 3],
    /// Σ w·n.
    pull: Point,
    width_m: f64,
    width2: f64,
    least_m: f64,
    most_m: f64,
}

struct Strip {
    width_m: f64,
    normal: Point,
}

impl Causes {
    /// Examples kept of each cause.
    const EXAMPLES: usize = 5;

    pub fn add(&mut self, verdict: &Verdict) {
        for finding in verdict.findings.iter().filter(|f| f.outcome == Outcome::Fail) {
            let Some(rule) = RULES.iter().position(|r| r.code() == finding.rule) else { continue };
            let strips = if finding.rule == "position" { strips(verdict, finding) } else { Vec::new() };
            for (against, area_m2) in met(verdict, finding) {
                let group = self.groups.entry(Key { rule, finding: finding.title.code, against }).or_default();
                group.least_m2 = if group.sites == 0 { area_m2 } else { group.least_m2.min(area_m2) };
                group.most_m2 = group.most_m2.max(area_m2);
                group.sites += 1;
                group.area_m2 += area_m2;
                strips.iter().for_each(|strip| group.lean.add(strip));
                if group.examples.len() < Self::EXAMPLES {
                    group.examples.push(verdict.site.id.clone());
                }
            }
            strips.iter().for_each(|strip| self.shift.add(strip));
        }
    }

    /// The causes, those of most sites first.
    pub fn found(&self) -> Vec<Cause> {
        let cause = |(key, group): (&Key, &Group)| {
            let lean = &group.lean;
            Cause {
                rule: RULES.get(key.rule).map_or("", |r| r.code()),
                finding: key.finding,
                against: key.against.clone(),
                sites: group.sites,
                area_m2: group.area_m2,
                least_m2: group.least_m2,
                most_m2: group.most_m2,
                width_m: (lean.strips > 0).then(|| [lean.least_m, lean.width_m / lean.strips as f64, lean.most_m]),
                shift: lean.shift(),
                examples: group.examples.clone(),
            }
        };
        let mut found: Vec<Cause> = self.groups.iter().map(cause).collect();
        found.sort_by_key(|cause| std::cmp::Reverse(cause.sites));
        found
    }

    /// The vector for the strips of all sites at all borders: a suspected offset of the whole file.
    pub fn shift(&self) -> Option<Shift> {
        self.shift.shift()
    }
}

/// Whose border or which layer a failed finding is about, and the land in m².
fn met(verdict: &Verdict, finding: &Finding) -> Vec<(String, f64)> {
    if finding.rule == "position" {
        // The border that is crossed is that of the cluster which holds most of the site.
        let cluster = verdict.clusters.first().map_or(String::new(), |c| c.name.clone());
        return vec![if verdict.position == Position::Partial { (cluster, verdict.outside_m2) } else { (String::new(), verdict.area_m2) }];
    }
    let mut by_layer: BTreeMap<String, f64> = BTreeMap::new();
    for evidence in &finding.evidence {
        let layer = evidence.against.as_ref().map_or(String::new(), |(layer, _)| layer.to_string());
        *by_layer.entry(layer).or_default() += evidence.area_m2;
    }
    if by_layer.is_empty() {
        let cluster = verdict.clusters.first().map_or(String::new(), |c| c.name.clone());
        let area_m2 = finding.numbers.iter().find(|n| n.unit == Unit::SquareMetres).map_or(0.0, |n| n.value);
        by_layer.insert(if verdict.position == Position::NotChecked { String::new() } else { cluster }, area_m2);
    }
    by_layer.into_iter().collect()
}

/// The pieces beyond the border that are strips along it.
fn strips(verdict: &Verdict, finding: &Finding) -> Vec<Strip> {
    let (Position::Partial, Some(inside)) = (verdict.position, &verdict.inside) else { return Vec::new() };
    let within = centroid((**inside).as_ref());
    finding.evidence.iter().filter_map(|e| strip(&e.piece, e.area_m2, within)).collect()
}

/// A piece at least five times as long as wide, as its width and its normal away from `within`. Its longest edge runs
/// along the border.
fn strip(piece: &Shape, area_m2: f64, within: Point) -> Option<Strip> {
    const LEAST_LENGTH_TO_WIDTH: f64 = 5.0;
    let ring = piece.rings().rings().next()?;
    let next = |i: usize| ring[if i + 1 == ring.len() { 0 } else { i + 1 }];
    let edges = ring.iter().enumerate().map(|(i, a)| [next(i)[0] - a[0], next(i)[1] - a[1]]);
    let along = edges.max_by(|a, b| a[0].hypot(a[1]).total_cmp(&b[0].hypot(b[1])))?;
    let length_m = along[0].hypot(along[1]);
    let width_m = area_m2 / length_m;
    if !(width_m > 0.0 && length_m >= LEAST_LENGTH_TO_WIDTH * width_m) {
        return None;
    }
    let normal = [along[1] / length_m, -along[0] / length_m];
    let at = centroid(piece.as_ref());
    let outward = (at[0] - within[0]) * normal[0] + (at[1] - within[1]) * normal[1];
    Some(Strip { width_m, normal: if outward < 0.0 { [-normal[0], -normal[1]] } else { normal } })
}

impl Lean {
    fn add(&mut self, strip: &Strip) {
        let (w, [x, y]) = (strip.width_m, strip.normal);
        self.least_m = if self.strips == 0 { w } else { self.least_m.min(w) };
        self.most_m = self.most_m.max(w);
        self.strips += 1;
        self.width_m += w;
        self.width2 += w * w;
        self.normals = [self.normals[0] + x * x, self.normals[1] + x * y, self.normals[2] + y * y];
        self.pull = [self.pull[0] + w * x, self.pull[1] + w * y];
    }

    /// Minimises Σ (w − n·d)² over d; along a direction that no border faces d is 0.
    fn shift(&self) -> Option<Shift> {
        /// Fewer strips than this show no direction.
        const LEAST_STRIPS: u64 = 3;
        /// A direction that borders face by less than this share of all is not known.
        const LEAST_FACING: f64 = 0.05;
        /// What is left unexplained is at most this share of the shift.
        const LEFT: f64 = 0.35;
        if self.strips < LEAST_STRIPS {
            return None;
        }
        let [xx, xy, yy] = self.normals;
        let count = self.strips as f64;
        let (middle, half) = ((xx + yy) / 2.0, ((xx - yy) / 2.0).hypot(xy));
        // The direction of the larger eigenvalue, and the one across it.
        let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
        let mut d = [0.0; 2];
        let mut known = 0;
        for (value, [x, y]) in [(middle + half, [angle.cos(), angle.sin()]), (middle - half, [-angle.sin(), angle.cos()])] {
            if value > LEAST_FACING * count {
                let by = (self.pull[0] * x + self.pull[1] * y) / value;
                d = [d[0] + by * x, d[1] + by * y];
                known += 1;
            }
        }
        let explained = 2.0 * (d[0] * self.pull[0] + d[1] * self.pull[1]) - (d[0] * d[0] * xx + 2.0 * d[0] * d[1] * xy + d[1] * d[1] * yy);
        let rms_m = ((self.width2 - explained).max(0.0) / count).sqrt();
        let length_m = d[0].hypot(d[1]);
        Some(Shift {
            east_m: d[0],
            north_m: d[1],
            strips: self.strips,
            rms_m,
            one_way: known < 2,
            suspected: length_m > 0.0 && rms_m <= LEFT * length_m,
        })
    }
}

impl Cause {
    /// One line: which rule, whose border or which layer, how many sites, by how much.
    pub fn message(&self) -> Message {
        let rule = RULES.iter().find(|r| r.code() == self.rule).map_or_else(|| Message::new(self.rule), |r| r.name());
        let key = match (self.against.is_empty(), self.area_m2 > 0.0) {
            (true, false) => "cause.sites",
            (true, true) => "cause.sites_by",
            (false, false) => "cause.against",
            (false, true) => "cause.against_by",
        };
        let message = Message::new(key)
            .with("rule", rule)
            .with("against", &*self.against)
            .with("count", self.sites)
            .with("area", Arg::AreaM2(self.area_m2))
            .with("most", Arg::AreaM2(self.most_m2));
        let Some([least_m, mean_m, most_m]) = self.width_m else { return message };
        let strips = Message::new("cause.strips").with("cause", message);
        let strips = strips.with("least", Arg::Metres(least_m)).with("mean", Arg::Metres(mean_m)).with("most", Arg::Metres(most_m));
        match self.shift.filter(|shift| shift.suspected) {
            Some(shift) => Message::new("cause.with_shift").with("cause", strips).with("shift", shift.message()),
            None => strips,
        }
    }
}

impl Shift {
    /// The offset in words: how far the sites would have to be moved back.
    pub fn message(&self) -> Message {
        let key = match (self.suspected, self.one_way) {
            (true, true) => "cause.shift.one_way",
            (true, false) => "cause.shift",
            (false, _) => "cause.shift.none",
        };
        Message::new(key)
            .with("east", Arg::Metres(self.east_m))
            .with("north", Arg::Metres(self.north_m))
            .with("strips", self.strips)
            .with("rms", Arg::Metres(self.rms_m))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lean(strips: &[(f64, Point)]) -> Option<Shift> {
        let mut lean = Lean::default();
        strips.iter().for_each(|(width_m, normal)| lean.add(&Strip { width_m: *width_m, normal: *normal }));
        lean.shift()
    }

    #[test]
    fn one_vector_behind_the_strips_of_many_borders_is_found() {
        // Moved 0.5 m east and 0.3 m north: east borders are crossed by 0.5 m, north borders by 0.3 m.
        let shift = lean(&[(0.5, [1.0, 0.0]), (0.3, [0.0, 1.0]), (0.5, [1.0, 0.0]), (0.8 / 2f64.sqrt(), [0.5f64.sqrt(); 2])]).unwrap();
        assert!((shift.east_m - 0.5).abs() < 1e-9 && (shift.north_m - 0.3).abs() < 1e-9, "{shift:?}");
        assert!(shift.suspected && !shift.one_way && shift.rms_m < 1e-6);
    }

    #[test]
    fn borders_that_run_one_way_show_one_direction_and_strips_all_around_show_none() {
        let shift = lean(&[(0.5, [1.0, 0.0]), (0.52, [1.0, 0.0]), (0.48, [1.0, 0.0])]).unwrap();
        assert!(shift.suspected && shift.one_way && shift.north_m.abs() < 1e-9 && (shift.east_m - 0.5).abs() < 1e-9);
        let around = lean(&[(0.5, [1.0, 0.0]), (0.5, [-1.0, 0.0]), (0.5, [0.0, 1.0]), (0.5, [0.0, -1.0])]).unwrap();
        assert!(!around.suspected);
        assert_eq!(lean(&[(0.5, [1.0, 0.0]), (0.5, [1.0, 0.0])]), None);
    }
}
