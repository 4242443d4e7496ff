//! What a check is asked with, and why nothing can be checked.

use super::RuleSet;
use crate::model::Date;
use crate::text::Message;

/// What a check is asked with.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckSettings {
    pub rule_set: RuleSet,
    /// The day the check speaks of; a site's own application date goes before it.
    pub date: Date,
    /// No vertex of a site is further than this from where it was surveyed, in m; `None`: nothing was stated, and the
    /// places are taken as they stand.
    pub accuracy_m: Option<f64>,
    /// The same of the border of the plan's land, in m. Counts only beside a stated `accuracy_m`.
    pub plan_accuracy_m: f64,
}

impl CheckSettings {
    /// Without a stated accuracy.
    pub fn new(rule_set: RuleSet, date: Date) -> Self {
        Self { rule_set, date, accuracy_m: None, plan_accuracy_m: 0.0 }
    }

    /// With a stated accuracy of the sites and of the plan, in m.
    #[must_use]
    pub fn with_accuracy(mut self, accuracy_m: Option<f64>, plan_accuracy_m: f64) -> Self {
        (self.accuracy_m, self.plan_accuracy_m) = (accuracy_m, plan_accuracy_m);
        self
    }

    /// # Errors
    /// When an accuracy is negative, no number, or so large (over 100 m) that no border was meant.
    pub(super) fn checked(self) -> Result<Self, CheckError> {
        const MOST_M: f64 = 100.0;
        match [self.accuracy_m.unwrap_or(0.0), self.plan_accuracy_m].into_iter().find(|m| !(0.0..=MOST_M).contains(m)) {
            Some(accuracy_m) => Err(CheckError::Accuracy { accuracy_m, most_m: MOST_M }),
            None => Ok(self),
        }
    }
}

/// Why nothing can be checked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CheckError {
    #[error("the layer of the plan is not there")]
    NoPlan,
    /// The layer holds no area at all (a layer of points, an empty file).
    #[error("{layer} holds no cluster with an area")]
    EmptyPlan { layer: String },
    #[error("an accuracy of {accuracy_m} m is none")]
    Accuracy { accuracy_m: f64, most_m: f64 },
}

impl CheckError {
    pub fn message(&self) -> Message {
        match self {
            Self::NoPlan => Message::new("check.no_plan"),
            Self::EmptyPlan { layer } => Message::new("check.empty_plan").with("layer", &**layer),
            Self::Accuracy { accuracy_m, most_m } => {
                Message::new("check.accuracy").with("accuracy", accuracy_m.to_string()).with("most", most_m.to_string())
            }
        }
    }
}
