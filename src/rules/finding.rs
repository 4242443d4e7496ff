//! One finding: a rule's outcome with its numbers, its clause and the pieces of land it is about.

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
    /// The layer the rule needs was given but could not answer here (as opposed to not given at all).
    pub layer_given: bool,
    /// A hit on a prohibitive layer: +G.
    pub prohibitive: bool,
}
