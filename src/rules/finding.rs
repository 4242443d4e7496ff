//! One finding: a rule's outcome with its numbers, its clause and the pieces of land it is about.

use super::BorderRun;
use crate::geom::Shape;
use crate::model::FeatureId;
use crate::text::Message;
use std::sync::Arc;

/// What a rule came to. An absent layer, or one that does not cover the site, is `Unknown`, never `Pass`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    Pass,
    Warn,
    Unknown,
    Fail,
}

/// Which of the three conclusions a finding belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Conclusion {
    /// 位置
    Position,
    /// 产业与准入
    Industry,
    /// 管控与用地手续
    Constraints,
}

/// A clause, quoted. The quotation stays Chinese in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause {
    /// Text key of the document's title.
    pub document_key: &'static str,
    /// E.g. `三(二)`.
    pub article: &'static str,
    /// Verbatim.
    pub quote: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    SquareMetres,
    Metres,
    Share,
    Count,
    /// 容积率.
    Ratio,
    /// 万元/公顷.
    WanPerHectare,
    /// 万元/亩.
    WanPerMu,
    /// 吨标准煤/万元.
    TcePerWan,
}

/// A number of a finding; `key` names it in text and in JSON.
#[derive(Clone, Debug, PartialEq)]
pub struct Number {
    pub key: &'static str,
    pub value: f64,
    pub unit: Unit,
}

/// A measured piece of land a finding is about, and the feature it was measured against.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    pub piece: Arc<Shape>,
    pub area_m2: f64,
    /// Name of the layer and id of the feature met; `None` for land that nothing covers.
    pub against: Option<(Arc<str>, FeatureId)>,
}

/// A piece so small or so narrow that it is likely no land but two drawings of one border.
#[derive(Clone, Debug, PartialEq)]
pub struct Sliver {
    pub area_m2: f64,
    /// 2·area ÷ perimeter.
    pub width_m: f64,
    /// The longest run first.
    pub made_by: Vec<BorderRun>,
}

/// What one rule says about one site. Codes and numbers; the words come from `text`.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Stable code, e.g. `position`.
    pub rule: &'static str,
    pub conclusion: Conclusion,
    pub outcome: Outcome,
    /// The finding as a title, e.g. 部分超出规划范围.
    pub title: Message,
    /// One sentence of detail; for an unknown finding, what is missing and what to do.
    pub detail: Option<Message>,
    pub clause: Option<Clause>,
    pub numbers: Vec<Number>,
    pub evidence: Vec<Evidence>,
    /// Pieces that say more about how borders were drawn than about land, and the borders they run along.
    pub slivers: Vec<Sliver>,
    /// The layer the rule needs was given but could not answer here (as opposed to not given at all).
    pub layer_given: bool,
    /// A hit on a prohibitive layer: +G.
    pub prohibitive: bool,
}

impl Finding {
    /// A finding of `rule` with nothing but its title; the layer counts as given until [`Finding::layer_absent`] says otherwise.
    pub(super) fn new(rule: &dyn super::Rule, outcome: Outcome, title: Message) -> Self {
        Self {
            rule: rule.code(),
            conclusion: rule.conclusion(),
            outcome,
            title,
            detail: None,
            // Every constraint is one of the 用地规定 that the clause on supply names.
            clause: (rule.conclusion() == Conclusion::Constraints).then_some(super::clause::DISTRICT),
            numbers: Vec::new(),
            evidence: Vec::new(),
            slivers: Vec::new(),
            layer_given: true,
            prohibitive: false,
        }
    }

    pub(super) fn detail(mut self, detail: Message) -> Self {
        self.detail = Some(detail);
        self
    }

    pub(super) fn clause(mut self, clause: Clause) -> Self {
        self.clause = Some(clause);
        self
    }

    pub(super) fn number(mut self, key: &'static str, value: f64, unit: Unit) -> Self {
        // A sum of nothing is −0.
        self.numbers.push(Number { key, value: value + 0.0, unit });
        self
    }

    pub(super) fn evidence(mut self, evidence: impl IntoIterator<Item = Evidence>) -> Self {
        self.evidence.extend(evidence);
        self
    }

    pub(super) fn slivers(mut self, slivers: impl IntoIterator<Item = Sliver>) -> Self {
        self.slivers.extend(slivers);
        self
    }

    /// What the rule needs was not supplied at all.
    pub(super) fn layer_absent(mut self) -> Self {
        self.layer_given = false;
        self
    }

    /// Where the siting clause does not bind, what it would have refused is only a measurement.
    pub(super) fn without_refusal(mut self) -> Self {
        if self.conclusion != Conclusion::Constraints && self.rule != "gate" {
            self.clause = None;
            if self.outcome == Outcome::Fail && self.rule != "data_quality" {
                self.outcome = Outcome::Warn;
            }
        }
        self
    }

    pub(super) fn prohibitive(mut self) -> Self {
        self.prohibitive = true;
        self
    }
}

impl Outcome {
    pub fn code(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warn => "warn",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

impl Conclusion {
    pub fn code(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Industry => "industry",
            Self::Constraints => "constraints",
        }
    }

    /// Text key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Position => "conclusion.position",
            Self::Industry => "conclusion.industry",
            Self::Constraints => "conclusion.constraints",
        }
    }
}

impl Unit {
    pub fn code(self) -> &'static str {
        match self {
            Self::SquareMetres => "m2",
            Self::Metres => "m",
            Self::Share => "share",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::WanPerHectare => "wan_per_ha",
            Self::WanPerMu => "wan_per_mu",
            Self::TcePerWan => "tce_per_wan",
        }
    }

    /// Text key of the unit as people read it; `None` for units that numbers are rendered with elsewhere.
    pub fn key(self) -> Option<&'static str> {
        match self {
            Self::SquareMetres | Self::Metres | Self::Share | Self::Count => None,
            Self::Ratio => Some("unit.ratio"),
            Self::WanPerHectare => Some("unit.wan_per_ha"),
            Self::WanPerMu => Some("unit.wan_per_mu"),
            Self::TcePerWan => Some("unit.tce_per_wan"),
        }
    }
}
