//! How a layer is to be drawn where it is not drawn as its role says: kept with the layer, read by the scene alone.

use super::Comparison;
use std::sync::Arc;

/// Red, green, blue.
pub type Color = [u8; 3];

/// What a person chose for a layer. It changes the picture only, never a verdict.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Look {
    pub coloring: Coloring,
    pub scales: ScaleRange,
    /// Comparisons that a feature must meet to be drawn, as [`super::Filter::parse`] reads them.
    pub filter: Option<Arc<str>>,
}

/// Denominators between which a layer is drawn; `None` is no bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScaleRange {
    /// Nearer than 1 : this it is not drawn.
    pub nearest: Option<u32>,
    /// Farther than 1 : this it is not drawn.
    pub farthest: Option<u32>,
}

impl ScaleRange {
    pub fn holds(&self, denominator: f64) -> bool {
        self.nearest.is_none_or(|n| denominator >= f64::from(n)) && self.farthest.is_none_or(|f| denominator <= f64::from(f))
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
pub enum Coloring {
    /// The tones and lines of the layer's role.
    #[default]
    AsRole,
    Single(Symbol),
    Classes(Classes),
    Rules(Rules),
}

/// Rules that a look may have: which of them a feature meets fits into the number of its class.
pub const MOST_RULES: usize = 15;

/// Features told apart by rules, in their order: the first that a feature meets at a scale gives its symbol.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// At most [`MOST_RULES`].
    pub list: Arc<[LookRule]>,
    /// What meets none; not drawn without one.
    pub otherwise: Option<Symbol>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct LookRule {
    pub when: Comparison,
    /// Out of these scales the rule is passed over.
    pub scales: ScaleRange,
    /// What the legend says.
    pub label: Arc<str>,
    pub symbol: Symbol,
    /// Features of a rule that is not shown are not drawn, whatever comes after it.
    pub shown: bool,
}

impl Rules {
    /// The rule that counts at a scale for features that meet those of `met` (bit by bit, the first rule the lowest).
    pub fn first(&self, met: u16, denominator: f64) -> Option<(usize, &LookRule)> {
        self.list.iter().enumerate().take(MOST_RULES).find(|(i, rule)| met & (1 << i) != 0 && rule.scales.holds(denominator))
    }
}

/// One look for all features.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Symbol {
    pub fill: Option<Color>,
    pub line: Option<Color>,
    pub line_pt: f32,
}

/// Features told apart by the value of a field.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    /// Name of the field.
    pub field: Arc<str>,
    pub way: Way,
    /// Code of the palette that the colours were taken from.
    pub palette: Arc<str>,
    /// Classes in the order of the legend; the first whose test holds counts, and what meets none is drawn as the role says.
    pub list: Arc<[LookClass]>,
}

/// How the classes were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Category,
    EqualInterval,
    Quantile,
    /// Jenks: least variance within the classes.
    Natural,
}

impl Way {
    pub const ALL: [Self; 4] = [Self::Category, Self::EqualInterval, Self::Quantile, Self::Natural];

    /// Its word in files and, after `look.way.`, in the locales.
    pub fn code(self) -> &'static str {
        match self {
            Self::Category => "category",
            Self::EqualInterval => "equal_interval",
            Self::Quantile => "quantile",
            Self::Natural => "natural",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.code() == code)
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct LookClass {
    pub test: Test,
    /// What the legend says; empty for [`Test::Rest`], which has words of its own.
    pub label: Arc<str>,
    pub color: Color,
    pub shown: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// The value as it is written.
    Is(Arc<str>),
    /// A number from the first on and below the second; the last class holds its upper end too.
    Between { from: f64, to: f64, last: bool },
    /// Everything else.
    Rest,
}

/// A view that is kept under a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Bookmark {
    pub name: Arc<str>,
    /// Middle in plan metres.
    pub center: [f64; 2],
    /// Denominator of the scale.
    pub denominator: f64,
}
