//! Whether the site's own data can be relied on: what was mended, stated against measured area, parts.

use super::{Rule, meeting::area};
use crate::rules::{Conclusion, Facts, Finding, Outcome, Position, RuleSet, Unit};
use crate::text::Message;

/// Repairs and a stated area that differs by more than max(1 m², 0.01 %) are warnings; a site that cannot be measured fails.
///
/// Why: a verdict is worth no more than the shape it is about.
///
/// Example: 12 345 m² stated, 12 360 m² measured → warn.
pub struct DataQuality;

impl Rule for DataQuality {
    fn code(&self) -> &'static str {
        "data_quality"
    }

    fn conclusion(&self) -> Conclusion {
        Conclusion::Position
    }

    fn needs_land(&self) -> bool {
        false
    }

    fn judge(&self, facts: &Facts, rules: &RuleSet) -> Finding {
        if facts.position == Position::NotChecked {
            let finding = Finding::new(self, Outcome::Fail, Message::new("finding.data_quality.not_measured"));
            return match &facts.reason {
                Some(reason) => finding.detail(reason.clone()),
                None => finding,
            };
        }
        let parts = facts.shape.as_ref().map_or(0, |s| s.rings().part_count());
        // The applicant measured in the plane of the file, which may lie off another meridian than the workspace's.
        let measured_m2 = facts.source_m2.unwrap_or(facts.site_m2);
        let allowed_m2 = rules.thresholds.stated_area_m2.max(rules.thresholds.stated_area_share * measured_m2);
        let stated = facts.site.stated_area_m2.filter(|stated| (stated - measured_m2).abs() > allowed_m2);
        let finding = match (stated, facts.repairs.len()) {
            (Some(stated_m2), _) => {
                let title = Message::new("finding.data_quality.stated");
                Finding::new(self, Outcome::Warn, title.with("stated", area(stated_m2)).with("measured", area(measured_m2)))
            }
            (None, 0) if parts > 1 => Finding::new(self, Outcome::Warn, Message::new("finding.data_quality.parts").with("count", parts)),
            (None, 0) => Finding::new(self, Outcome::Pass, Message::new("finding.data_quality.sound")),
            (None, n) => Finding::new(self, Outcome::Warn, Message::new("finding.data_quality.repaired").with("count", n)),
        };
        let finding = finding.number("measured_m2", facts.site_m2, Unit::SquareMetres).number("parts", parts as f64, Unit::Count).number(
            "repairs",
            facts.repairs.len() as f64,
            Unit::Count,
        );
        let finding = match facts.source_m2 {
            Some(source_m2) => finding.number("source_plane_m2", source_m2, Unit::SquareMetres),
            None => finding,
        };
        match facts.site.stated_area_m2 {
            Some(stated_m2) => finding.number("stated_m2", stated_m2, Unit::SquareMetres),
            None => finding,
        }
    }
}
