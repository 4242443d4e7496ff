//! The answer about one site.

use super::{Finding, LandKind, Margin, Outcome};
use crate::geom::{Repair, Shape};
use crate::model::{FeatureId, Grade, Site};
use crate::text::Message;
use std::fmt;
use std::sync::Arc;

/// Plan × site only (PRODUCT §2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    Inside,
    Partial,
    Outside,
    NotChecked,
}

impl Position {
    /// Word of the command line's `verdict` column.
    pub fn code(self) -> &'static str {
        match self {
            Self::Inside => "inside",
            Self::Partial => "partial",
            Self::Outside => "outside",
            Self::NotChecked => "not_checked",
        }
    }

    /// Text key of the verdict phrase.
    pub fn key(self) -> &'static str {
        match self {
            Self::Inside => "verdict.inside",
            Self::Partial => "verdict.partial",
            Self::Outside => "verdict.outside",
            Self::NotChecked => "verdict.not_checked",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CaseLetter {
    A,
    B,
    C,
    D,
    E,
    F,
    H,
    N,
}

/// The case letter, with `+G` for a hit on a prohibitive layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Case {
    pub letter: CaseLetter,
    pub prohibited: bool,
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}{}", self.letter, if self.prohibited { "+G" } else { "" })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// The same position wherever the vertices lie within the stated accuracy; without one, as surveyed.
    Certain,
    /// Within the stated accuracy the position may be another.
    WithinError,
    /// All that lies outside are strips between clusters of the plan.
    PlanGap,
}

impl Certainty {
    pub fn code(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::WithinError => "within_error",
            Self::PlanGap => "plan_gap",
        }
    }
}

/// The part of a site that one cluster takes.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterShare {
    pub feature: FeatureId,
    pub id: String,
    pub name: String,
    /// The highest grade in its chain: a functional area shares the list its cluster is on.
    pub grade: Grade,
    /// Names from the outermost cluster that holds it down to its own.
    pub chain: Vec<String>,
    pub district: String,
    pub district_code: String,
    pub overlap_m2: f64,
}

/// A cluster that a site outside the plan could move to.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub feature: FeatureId,
    pub id: String,
    pub name: String,
    pub district: String,
    /// Between the centres of gravity.
    pub distance_m: f64,
    /// Largest connected piece of its land not known to be taken.
    pub free_block_m2: f64,
    /// Between the borders; `None` where no rule asks.
    pub border_distance_m: Option<f64>,
    /// The kind of land to be used first that has a block as large as the site, and the size of that block in m².
    pub offered: Option<(LandKind, f64)>,
}

/// Who coordinates and who handles (PRODUCT §2.4, "Who").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// The joint conference coordinates, the district handles.
    JointConference {
        district: String,
        district_code: String,
    },
    District {
        district: String,
        district_code: String,
    },
    /// Outside the plan the text names no route.
    Deliberate {
        district: String,
        district_code: String,
    },
    /// 暂不进入供地程序.
    None,
}

impl Route {
    /// Name of the district that handles, its code where it has no name; `None` when neither is known.
    pub fn district(&self) -> Option<&str> {
        match self {
            Self::JointConference { district, district_code }
            | Self::District { district, district_code }
            | Self::Deliberate { district, district_code } => {
                [district, district_code].into_iter().map(String::as_str).find(|word| !word.is_empty())
            }
            Self::None => None,
        }
    }

    /// Code of the district, its name where it has no code, `?` when neither is known.
    fn district_word(&self) -> &str {
        match self {
            Self::JointConference { district, district_code }
            | Self::District { district, district_code }
            | Self::Deliberate { district, district_code } => {
                [district_code, district].into_iter().map(String::as_str).find(|word| !word.is_empty()).unwrap_or("?")
            }
            Self::None => "",
        }
    }

    /// Text key of what a person reads, with the argument `{district}`.
    pub fn key(&self) -> &'static str {
        match self {
            Self::JointConference { .. } => "route.joint_conference",
            Self::District { .. } => "route.district",
            Self::Deliberate { .. } => "route.deliberate",
            Self::None => "route.none",
        }
    }
}

impl fmt::Display for Route {
    /// As in the command line's `route` column.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.district_word();
        match self {
            Self::JointConference { .. } => write!(f, "joint_conference+district:{word}"),
            Self::District { .. } => write!(f, "district:{word}"),
            Self::Deliberate { .. } => write!(f, "deliberate+district:{word}"),
            Self::None => f.write_str("none"),
        }
    }
}

/// The answer about one site, complete enough to be drawn, printed, exported and proven.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub site: Site,
    pub position: Position,
    pub case: Case,
    pub certainty: Certainty,
    /// What a stated accuracy leaves possible; `None` without one.
    pub margin: Option<Margin>,
    /// Planar area in m² of the site as checked.
    pub area_m2: f64,
    /// Area on the ellipsoid in m²; `None` when the workspace plane is no CGCS2000 Gauss–Krüger plane.
    pub ellipsoidal_m2: Option<f64>,
    pub inside_m2: f64,
    pub outside_m2: f64,
    /// Largest first; every overlap over 0.01 m².
    pub clusters: Vec<ClusterShare>,
    /// Several: the user chooses, never the program.
    pub routes: Vec<Route>,
    /// In the order of the rules.
    pub findings: Vec<Finding>,
    /// Clusters with matching industry and room enough, nearest first; only for a site outside the plan.
    pub candidates: Vec<Candidate>,
    pub suggestion: Message,
    /// Why nothing could be measured, for `NotChecked`.
    pub reason: Option<Message>,
    /// The site as checked, its part in the plan and its part outside.
    pub shape: Option<Arc<Shape>>,
    pub inside: Option<Arc<Shape>>,
    pub outside: Option<Arc<Shape>>,
    /// What was mended before checking.
    pub repairs: Vec<Repair>,
}

impl Verdict {
    /// Inside area ÷ site area, 0…1; 0 when nothing was measured.
    pub fn inside_share(&self) -> f64 {
        if self.area_m2 > 0.0 { self.inside_m2 / self.area_m2 } else { 0.0 }
    }

    /// Findings in the order a person reads them: prohibitive hit, fail, unknown, warn, pass.
    pub fn findings_by_weight(&self) -> Vec<&Finding> {
        let weight = |f: &Finding| match f.outcome {
            _ if f.prohibitive => 0,
            Outcome::Fail => 1,
            Outcome::Unknown => 2,
            Outcome::Warn => 3,
            Outcome::Pass => 4,
        };
        let mut sorted: Vec<&Finding> = self.findings.iter().collect();
        sorted.sort_by_key(|f| weight(f));
        sorted
    }
}
