//! The precheck: facts measured once, rules that judge them, the verdict.
//!
//! No clock, no setting, no file, no hash order: the same site, plan, rule set and date give the same verdict to the byte.

mod all;
mod case;
mod checker;
mod clause;
mod facts;
mod finding;
mod industry;
mod layers;
mod plan;
mod routes;
mod rule_set;
mod site;
mod suggestion;
mod verdict;

pub use all::{RULES, Rule};
pub use case::{Admission, Gate, IndustryMatch, case_of};
pub use checker::{CheckError, CheckSettings, Checker, Measured};
pub use clause::EXPANSION;
pub use facts::{Adjacent, Covers, DistrictShare, Facts, Hit, LayerFacts, OutsidePiece, Overlap, PlanFacts};
pub use finding::{Clause, Conclusion, Evidence, Finding, Number, Outcome, Unit};
pub use industry::match_industry;
pub use layers::PreparedLayer;
pub use routes::routes_of;
pub use rule_set::{IndustrySettings, RuleSet, RuleSetError, Thresholds};
pub use verdict::{Candidate, Case, CaseLetter, Certainty, ClusterShare, Position, Route, Verdict};

use crate::geom::Tolerance;
use suggestion::suggestion;

/// Overlays that a verdict rests on are made as fine as f64 resolves a position (7 nm at an easting of 40 500 000): on a
/// grid of a micron the rounding of a site's border is already a few 10⁻⁸ of its area, and a verdict may hang on 10⁻⁶.
const OVERLAY: Tolerance = Tolerance { grid_m: 1e-8, sliver_m2: 1.0, sliver_width_m: 0.1 };
