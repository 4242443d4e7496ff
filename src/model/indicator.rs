//! Indicators of a project (投资强度, 容积率 …) by the names their columns bear, in one unit each.

use super::{Field, Value};
use std::collections::BTreeMap;

/// What the admission table of a cluster and the control indicators of industrial land speak of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Indicator {
    /// 投资强度 = 固定资产总投资 ÷ 总用地面积, in 万元/公顷.
    Investment,
    /// 容积率.
    FloorAreaRatio,
    /// 建筑系数, 0…1.
    BuildingCoefficient,
    /// 绿地率, 0…1.
    GreenRatio,
    /// 行政办公及生活服务设施用地所占比重, 0…1.
    AdminShare,
    /// 单位工业增加值能耗, in 吨标准煤/万元.
    Energy,
    /// 亩均税收, in 万元/亩.
    Tax,
}

impl Indicator {
    pub const ALL: [Self; 7] =
        [Self::Investment, Self::FloorAreaRatio, Self::BuildingCoefficient, Self::GreenRatio, Self::AdminShare, Self::Energy, Self::Tax];

    pub fn code(self) -> &'static str {
        match self {
            Self::Investment => "investment_wan_per_ha",
            Self::FloorAreaRatio => "floor_area_ratio",
            Self::BuildingCoefficient => "building_coefficient_share",
            Self::GreenRatio => "green_share",
            Self::AdminShare => "admin_land_share",
            Self::Energy => "energy_tce_per_wan",
            Self::Tax => "tax_wan_per_mu",
        }
    }

    /// Text key of its name, with the unit.
    pub fn key(self) -> &'static str {
        match self {
            Self::Investment => "indicator.investment_wan_per_ha",
            Self::FloorAreaRatio => "indicator.floor_area_ratio",
            Self::BuildingCoefficient => "indicator.building_coefficient_share",
            Self::GreenRatio => "indicator.green_share",
            Self::AdminShare => "indicator.admin_land_share",
            Self::Energy => "indicator.energy_tce_per_wan",
            Self::Tax => "indicator.tax_wan_per_mu",
        }
    }

    /// Its limit is the least that is asked for; else the most that is allowed.
    pub fn wants_more(self) -> bool {
        matches!(self, Self::Investment | Self::FloorAreaRatio | Self::BuildingCoefficient | Self::Tax)
    }

    fn is_share(self) -> bool {
        matches!(self, Self::BuildingCoefficient | Self::GreenRatio | Self::AdminShare)
    }

    fn words(self) -> &'static [&'static str] {
        match self {
            Self::Investment => &["投资强度", "亩均投资", "INV_INT"],
            Self::FloorAreaRatio => &["容积率", "FAR", "RJL"],
            Self::BuildingCoefficient => &["建筑系数", "JZXS"],
            Self::GreenRatio => &["绿地率", "LDL"],
            Self::AdminShare => &["行政办公", "办公占比", "ADM_SHARE"],
            Self::Energy => &["能耗", "ENERGY"],
            Self::Tax => &["亩均税收", "税收强度", "TAX_MU"],
        }
    }

    /// What a column of this name holds, and the factor to the indicator's unit; `None` for any other column. An
    /// intensity of which the name says no unit is in 万元/公顷, the unit of the control indicators.
    fn of_column(name: &str) -> Option<(Self, f64)> {
        const MU_PER_HECTARE: f64 = 15.0;
        let indicator = Self::ALL.into_iter().find(|i| i.words().iter().any(|w| named(name, w)))?;
        let per_mu = name.contains('亩') || name.to_ascii_uppercase().ends_with("_MU");
        let yi = if name.contains("亿") { 10_000.0 } else { 1.0 };
        Some(match indicator {
            Self::Investment if per_mu => (indicator, MU_PER_HECTARE * yi),
            Self::Investment => (indicator, yi),
            Self::Tax if name.contains("公顷") => (indicator, yi / MU_PER_HECTARE),
            Self::Tax => (indicator, yi),
            _ => (indicator, 1.0),
        })
    }

    /// The indicator among figures by the names of their columns. Where no intensity is given, the investment over the
    /// site's area is one.
    pub fn of(self, figures: &BTreeMap<String, f64>, site_m2: f64) -> Option<f64> {
        let own = figures.iter().filter(|(name, _)| !is_limit(name)).find_map(|(name, value)| {
            let (indicator, factor) = Self::of_column(name)?;
            (indicator == self).then(|| self.in_unit(value * factor))
        });
        own.or_else(|| {
            let wanted = self == Self::Investment && site_m2 > 0.0;
            let total = figures.iter().filter(|_| wanted).find(|(name, _)| is_total_investment(name))?;
            let wan = total.1 * if total.0.contains("亿") { 10_000.0 } else { 1.0 };
            Some(wan / (site_m2 / 10_000.0))
        })
    }

    /// The limit among a cluster's figures.
    pub fn limit_of(self, limits: &BTreeMap<String, f64>) -> Option<f64> {
        limits.iter().filter(|(name, _)| is_limit(name)).find_map(|(name, value)| {
            let (indicator, factor) = Self::of_column(name)?;
            (indicator == self).then(|| self.in_unit(value * factor))
        })
    }

    /// A share above 1 was written in percent.
    fn in_unit(self, value: f64) -> f64 {
        if self.is_share() && value > 1.0 { value / 100.0 } else { value }
    }
}

/// Names and columns of the fields that are `wanted`.
pub(super) fn columns(fields: &[Field], wanted: impl Fn(&str) -> bool) -> Vec<(String, usize)> {
    let named = fields.iter().enumerate().map(|(i, f)| (f.name.trim(), i));
    named.filter(|(name, _)| wanted(name)).map(|(name, i)| (name.to_owned(), i)).collect()
}

/// Whether a column holds a figure of a project.
pub(super) fn is_figure(name: &str) -> bool {
    !is_limit(name) && (Indicator::of_column(name).is_some() || is_total_investment(name))
}

/// Whether a column holds what a cluster asks of projects; a figure without such a word may be what the cluster has reached.
pub(super) fn is_limit(name: &str) -> bool {
    let upper = name.to_ascii_uppercase();
    let says =
        ["准入", "下限", "上限", "要求", "控制"].iter().any(|w| name.contains(w)) || upper.contains("MIN_") || upper.contains("MAX_");
    says && Indicator::of_column(name).is_some()
}

fn is_total_investment(name: &str) -> bool {
    ["固定资产投资", "固定资产总投资", "总投资", "投资总额", "TOT_INV"].iter().any(|word| named(name, word))
}

fn named(name: &str, word: &str) -> bool {
    if word.is_ascii() {
        name.to_ascii_uppercase().split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|w| w == word)
    } else {
        name.contains(word)
    }
}

/// A number, or a percentage as written: `35%` is 0.35.
pub(super) fn number(value: &Value) -> Option<f64> {
    value.number().or_else(|| {
        let text = value.to_string();
        let percent: f64 = text.trim().trim_end_matches(['%', '\u{ff05}']).trim().parse().ok()?;
        text.contains(['%', '\u{ff05}']).then_some(percent / 100.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(indicator: Indicator, name: &str, value: f64) -> Option<f64> {
        indicator.of(&BTreeMap::from([(name.to_owned(), value)]), 20_000.0)
    }

    #[test]
    fn units_are_read_from_the_names_of_columns() {
        assert_eq!(of(Indicator::Investment, "投资强度", 3000.0), Some(3000.0));
        assert_eq!(of(Indicator::Investment, "投资强度(万元/亩)", 200.0), Some(3000.0));
        assert_eq!(of(Indicator::Investment, "总投资(亿元)", 1.2), Some(6000.0));
        assert_eq!(of(Indicator::GreenRatio, "绿地率", 15.0), Some(0.15));
        assert_eq!(of(Indicator::GreenRatio, "绿地率", 0.15), Some(0.15));
        assert_eq!(of(Indicator::Tax, "亩均税收", 15.0), Some(15.0));
        assert_eq!(of(Indicator::Tax, "投资强度", 15.0), None);
        assert_eq!(of(Indicator::Energy, "单位能耗", 0.3), Some(0.3));
    }

    #[test]
    fn what_a_cluster_has_reached_is_no_limit_and_a_limit_is_no_figure() {
        let reached = BTreeMap::from([("投资强度".to_owned(), 2400.0), ("容积率下限".to_owned(), 0.8)]);
        assert_eq!(Indicator::Investment.limit_of(&reached), None);
        assert_eq!(Indicator::FloorAreaRatio.limit_of(&reached), Some(0.8));
        assert_eq!(Indicator::FloorAreaRatio.of(&reached, 1.0), None);
    }
}
