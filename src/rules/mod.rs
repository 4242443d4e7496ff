//! The precheck: facts measured once, rules that judge them, the verdict.
//!
//! No clock, no setting, no file, no hash order: the same site, plan, rule set and date give the same verdict to the byte.

mod finding;
mod verdict;

pub use finding::{Clause, Conclusion, Evidence, Finding, Number, Outcome, Unit};
pub use verdict::{Case, CaseLetter, Certainty, ClusterShare, Position, Route, Verdict};
