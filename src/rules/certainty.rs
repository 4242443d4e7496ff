//! How far a verdict holds when no vertex is exactly where it was surveyed.
//!
//! With every vertex of the site within `a` of its place, the moved site holds the site narrowed by `a` and lies in the site
//! widened by `a` (`geom::eroded`, `geom::dilated`). So the land it can have in the plan and outside lies between what these
//! two have there. Where the border of the plan's land is only known within `p`, the plan is narrowed and widened by `p` in the
//! same way; borders that two clusters share lie within that land and move together.
//! The tolerance rule then gives one answer for all of these numbers, or it does not. Nothing here is likely or unlikely: a
//! verdict that is called certain holds for every position, and one that is not may hold as well.

use super::plan::PreparedPlan;
use super::{OVERLAY, Position, Thresholds};
use crate::geom::{BBox, Rings, Shape, ShapeRef, dilated, eroded, overlap_area_m2, perimeter_m};

/// Land that the site can have in the plan and outside, whichever way its vertices lie within their accuracy.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Margin {
    pub accuracy_m: f64,
    pub plan_accuracy_m: f64,
    /// Least and most, in m².
    pub inside_m2: [f64; 2],
    /// Least and most, in m².
    pub outside_m2: [f64; 2],
}

/// The site at its largest and what of it is left in any case.
pub(super) struct Reach {
    pub widened: Shape,
    narrowed: Option<Shape>,
}

impl Reach {
    /// `None` when the engine finds no such shapes: nothing is certain then.
    pub fn of(site: ShapeRef<'_>, accuracy_m: f64) -> Option<Self> {
        Some(Self { widened: dilated(site, accuracy_m, OVERLAY)?, narrowed: eroded(site, accuracy_m, OVERLAY) })
    }

    pub fn margin(&self, plan: &PreparedPlan, accuracy_m: f64, plan_accuracy_m: f64) -> Option<Margin> {
        let land = Land::around(&self.widened, plan, plan_accuracy_m)?;
        let widened_m2 = self.widened.area_m2();
        let nothing = Share { least_m2: 0.0, most_m2: 0.0, crossed: false };
        let (narrowed_m2, of_narrowed) = self.narrowed.as_ref().map_or((0.0, nothing), |n| (n.area_m2(), land.share(n)));
        let of_widened = land.share(&self.widened);
        // An overlay rounds each crossing of borders to its grid. Where none cross nothing is rounded, and nothing is nothing.
        let rounding_m2 = if of_widened.crossed { 1e-9 + OVERLAY.grid_m * perimeter_m(self.widened.as_ref()) } else { 0.0 };
        let least = |m2: f64| (m2 - rounding_m2).max(0.0);
        let most = |m2: f64| (m2 + rounding_m2).max(0.0);
        Some(Margin {
            accuracy_m,
            plan_accuracy_m,
            inside_m2: [least(of_narrowed.least_m2), most(of_widened.most_m2)],
            outside_m2: [least(narrowed_m2 - of_narrowed.most_m2), most(widened_m2 - of_widened.least_m2)],
        })
    }
}

/// Land of a shape in the plan.
struct Share {
    least_m2: f64,
    most_m2: f64,
    /// Borders come near each other; else the shape lies wholly in the plan or wholly outside.
    crossed: bool,
}

/// The plan's land, with its border where it is drawn or anywhere within its accuracy.
enum Land<'a> {
    AsDrawn(&'a PreparedPlan),
    Within { narrowed: Option<Shape>, widened: Option<Shape> },
}

impl<'a> Land<'a> {
    /// The land that counts for `site`: what is far from it is left out.
    fn around(site: &Shape, plan: &'a PreparedPlan, accuracy_m: f64) -> Option<Self> {
        if accuracy_m == 0.0 {
            return Some(Self::AsDrawn(plan));
        }
        // The frame of the window is no border of the plan; its own band must not reach the site.
        let BBox { min, max } = site.bbox().grown(4.0 * accuracy_m + 1.0);
        let window = Shape::check(Rings::simple(&[min, [max[0], min[1]], max, [min[0], max[1]]]).as_ref()).ok()?;
        let placed = plan.place(window.as_ref(), window.area_m2(), 0.0);
        let Some(land) = (if placed.whole { Some(window) } else { placed.inside }) else {
            return Some(Self::Within { narrowed: None, widened: None });
        };
        let widened = Some(dilated(land.as_ref(), accuracy_m, OVERLAY)?);
        Some(Self::Within { narrowed: eroded(land.as_ref(), accuracy_m, OVERLAY), widened })
    }

    fn share(&self, shape: &Shape) -> Share {
        match self {
            Self::AsDrawn(plan) => {
                let placed = plan.place(shape.as_ref(), shape.area_m2(), 0.0);
                let crossed = !placed.whole && !placed.parts.is_empty();
                Share { least_m2: placed.inside_m2, most_m2: placed.inside_m2, crossed }
            }
            Self::Within { narrowed, widened } => {
                let [least_m2, most_m2] =
                    [narrowed, widened].map(|land| land.as_ref().map_or(0.0, |l| overlap_area_m2(shape.as_ref(), l.as_ref(), OVERLAY)));
                Share { least_m2, most_m2, crossed: most_m2 > 0.0 }
            }
        }
    }
}

impl Thresholds {
    /// Inside when what lies outside is negligible, outside when what lies inside is, else partial.
    pub(super) fn position(&self, inside_m2: f64, outside_m2: f64, site_m2: f64) -> Position {
        if self.negligible(outside_m2, site_m2) {
            Position::Inside
        } else if self.negligible(inside_m2, site_m2) {
            Position::Outside
        } else {
            Position::Partial
        }
    }

    /// The one position that all numbers of the margin have; `None` where there are several.
    ///
    /// A part is negligible the sooner the less of it there is and the more of the other, so the corners of the margin decide.
    pub(super) fn position_throughout(&self, margin: &Margin) -> Option<Position> {
        let ([in_least, in_most], [out_least, out_most]) = (margin.inside_m2, margin.outside_m2);
        let negligible = |part: f64, rest: f64| self.negligible(part, part + rest);
        if negligible(out_most, in_least) {
            return Some(Position::Inside);
        }
        if negligible(in_most, out_least) && !negligible(out_least, in_most) {
            return Some(Position::Outside);
        }
        (!negligible(out_least, in_most) && !negligible(in_least, out_most)).then_some(Position::Partial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::RuleSet;

    #[test]
    fn a_position_throughout_is_the_position_of_every_pair_of_numbers() {
        let thresholds = RuleSet::bundled("position").unwrap().unwrap().thresholds;
        let steps = [0.0, 0.4, 0.9, 1.0, 1.1, 3.0, 500.0, 8_000.0, 9_999.0, 10_001.0, 50_000.0];
        let mut certain = 0;
        for (i, inside) in steps.iter().enumerate() {
            for inside_most in &steps[i..] {
                for (j, outside) in steps.iter().enumerate() {
                    for outside_most in &steps[j..] {
                        let margin = Margin {
                            accuracy_m: 0.0,
                            plan_accuracy_m: 0.0,
                            inside_m2: [*inside, *inside_most],
                            outside_m2: [*outside, *outside_most],
                        };
                        let Some(position) = thresholds.position_throughout(&margin) else { continue };
                        certain += 1;
                        for a in steps.iter().filter(|a| (inside..=inside_most).contains(a)) {
                            for b in steps.iter().filter(|b| (outside..=outside_most).contains(b)) {
                                assert_eq!(thresholds.position(*a, *b, a + b), position, "{margin:?} {a} {b}");
                            }
                        }
                    }
                }
            }
        }
        assert!(certain > 500, "{certain}");
    }
}
