//! The precheck: facts measured once, rules that judge them, the verdict.
//!
//! No clock, no setting, no file, no hash order: the same site, plan, rule set and date give the same verdict to the byte.

mod all;
mod case;
mod causes;
mod certainty;
mod checker;
mod clause;
mod conformity;
mod facts;
mod finding;
mod industry;
mod industry_names;
mod land;
mod layers;
mod matches;
mod other_sites;
mod plan;
mod routes;
mod rule_pack;
mod rule_set;
mod settings;
mod site;
mod slivers;
mod suggestion;
mod surroundings;
mod verdict;

pub use all::{RULES, Rule};
pub use case::{Admission, Gate, IndustryMatch, case_of};
pub use causes::{Cause, Causes, Shift};
pub use certainty::Margin;
pub use checker::{Checker, Measured};
pub use clause::{CLAUSES, EXPANSION, Sentence, sentences, sentences_document};
pub use conformity::{Conformity, Relation};
pub use facts::{Adjacent, Covers, DistrictShare, Facts, Hit, LayerFacts, OutsidePiece, Overlap, PlanFacts};
pub use finding::{Clause, Conclusion, Evidence, Finding, Number, Outcome, Sliver, Unit};
pub use industry::{in_words, industry_codes};
pub use industry_names::{division_name, divisions, industry_table_source};
pub use land::RoleLand;
pub use layers::{ONLY_ON_SITES, PreparedLayer};
pub use other_sites::{Neighbour, OtherSites};
pub use routes::routes_of;
pub use rule_pack::{Limit, PolicyClass, PolicyEntry, PolicyList, RulePack};
pub use rule_set::{IndustrySettings, PackChange, PackUse, RuleSet, RuleSetError, Thresholds};
pub use settings::{CheckError, CheckSettings};
pub use slivers::{BorderOf, BorderRun};
pub use surroundings::{LandKind, Similar};
pub use verdict::{Candidate, Case, CaseLetter, Certainty, ClusterShare, Position, Route, Verdict};

use crate::geom::Tolerance;
use suggestion::suggestion;

/// Overlays that a verdict rests on are made as fine as f64 resolves a position (7 nm at an easting of 40 500 000): on a
/// grid of a micron the rounding of a site's border is already a few 10⁻⁸ of its area, and a verdict may hang on 10⁻⁶.
const OVERLAY: Tolerance = Tolerance { grid_m: 1e-8, sliver_m2: 1.0, sliver_width_m: 0.1 };
