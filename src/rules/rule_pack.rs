//! One TOML file of rules as it was written: national, city or district; nothing in it is skipped or guessed.

use super::RuleSetError;
use super::all::RULES;
use super::rule_set::Thresholds;
use crate::model::{Date, Indicator, Role};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The bundled packs by name. `position` and `full` stand alone; the others are laid on one of them.
pub const BUNDLED_PACKS: &[(&str, &str)] = &[
    ("position", include_str!("../../assets/rules/position.toml")),
    ("full", include_str!("../../assets/rules/full.toml")),
    ("control-2008", include_str!("../../assets/rules/control-2008.toml")),
    ("control-2023", include_str!("../../assets/rules/control-2023.toml")),
    ("shandong-2012", include_str!("../../assets/rules/shandong-2012.toml")),
    ("industry-lists", include_str!("../../assets/rules/industry-lists.toml")),
    ("conformity", include_str!("../../assets/rules/conformity.toml")),
];

/// A pack, parsed and checked; it has effect only in a [`super::RuleSet`].
#[derive(Clone, Debug, PartialEq)]
pub struct RulePack {
    pub name: String,
    pub version: String,
    /// Whose it is; empty for a set of the program.
    pub level: String,
    /// Where its numbers are from.
    pub source: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// It may loosen what packs before it ask for.
    pub overrides: bool,
    pub rules: Vec<String>,
    /// Rules that are asked no more.
    pub without: Vec<String>,
    pub thresholds: BTreeMap<String, f64>,
    /// Edition of GB/T 4754 that the sites' codes are from.
    pub edition: Option<String>,
    pub limits: Vec<Limit>,
    pub lists: Vec<PolicyList>,
    /// Roles of the layers that the plan itself is held against.
    pub conformity: Vec<Role>,
    /// BLAKE3 of its text.
    pub hash: [u8; 32],
}

/// What is asked of a project: an indicator and its least or most, for some industries or for all.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    pub indicator: Indicator,
    pub value: f64,
    /// GB/T 4754 codes; empty for every industry.
    pub codes: Vec<String>,
    pub edition: String,
    pub source: String,
}

/// A dated list of industry policy (产业政策目录): what is restricted and what is forbidden.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyList {
    pub id: String,
    pub name: String,
    pub level: String,
    pub source: String,
    pub edition: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// Whether the list is whole: only then does finding nothing in it say anything.
    pub complete: bool,
    pub entries: Vec<PolicyEntry>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PolicyEntry {
    pub class: PolicyClass,
    pub codes: Vec<String>,
    /// Where given, the entry is about these products of the industry only.
    pub words: Vec<String>,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyClass {
    Restricted,
    Forbidden,
}

impl PolicyList {
    pub fn in_force(&self, date: Date) -> bool {
        in_force(self.valid_from, self.valid_to, date)
    }
}

pub(super) fn in_force(from: Option<Date>, to: Option<Date>, date: Date) -> bool {
    from.is_none_or(|d| d <= date) && to.is_none_or(|d| date <= d)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    version: String,
    #[serde(default)]
    level: Level,
    #[serde(default)]
    source: String,
    valid_from: Option<String>,
    valid_to: Option<String>,
    #[serde(default, rename = "override")]
    overrides: bool,
    #[serde(default)]
    rules: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    thresholds: BTreeMap<String, f64>,
    #[serde(default)]
    industry: WrittenIndustry,
    #[serde(default)]
    admission: BTreeMap<String, f64>,
    #[serde(default)]
    limit: Vec<WrittenLimit>,
    #[serde(default)]
    industry_list: Vec<WrittenList>,
    #[serde(default)]
    conformity: WrittenConformity,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Level {
    #[default]
    Program,
    National,
    Province,
    City,
    District,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Program => "",
            Self::National => "national",
            Self::Province => "province",
            Self::City => "city",
            Self::District => "district",
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenIndustry {
    edition: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenConformity {
    #[serde(default)]
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLimit {
    /// A key of `[admission]`.
    indicator: String,
    value: f64,
    codes: Vec<String>,
    edition: String,
    source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenList {
    id: String,
    name: String,
    #[serde(default)]
    level: Level,
    source: String,
    edition: String,
    valid_from: Option<String>,
    valid_to: Option<String>,
    complete: bool,
    #[serde(default)]
    entries: Vec<WrittenEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenEntry {
    class: PolicyClass,
    codes: Vec<String>,
    #[serde(default)]
    words: Vec<String>,
    text: String,
}

/// Keys of `[admission]` with their units.
const ADMISSION: [(&str, Indicator); 7] = [
    ("investment_min_wan_per_ha", Indicator::Investment),
    ("floor_area_min_ratio", Indicator::FloorAreaRatio),
    ("building_coefficient_min_share", Indicator::BuildingCoefficient),
    ("green_max_share", Indicator::GreenRatio),
    ("admin_land_max_share", Indicator::AdminShare),
    ("energy_max_tce_per_wan", Indicator::Energy),
    ("tax_min_wan_per_mu", Indicator::Tax),
];

impl RulePack {
    /// # Errors
    /// When the text is no pack: an unknown key, rule, threshold, indicator or role, a date that is none, a number that
    /// cannot be.
    pub fn parse(text: &str) -> Result<Self, RuleSetError> {
        let w: Written = toml::from_str(text).map_err(|e| RuleSetError::Malformed(e.to_string()))?;
        for code in w.rules.iter().chain(&w.without) {
            if !RULES.iter().any(|r| r.code() == code.as_str()) {
                return Err(RuleSetError::UnknownRule(code.clone()));
            }
        }
        for (name, value) in &w.thresholds {
            let Some(known) = Thresholds::NAMES.iter().find(|n| *n == name) else { return Err(RuleSetError::UnknownKey(name.clone())) };
            super::rule_set::in_range(known, *value)?;
        }
        let general = w.admission.iter().map(|(key, value)| limit(key, *value, &[], "", &w.source));
        let of_industries = w.limit.iter().map(|l| limit(&l.indicator, l.value, &l.codes, &l.edition, &l.source));
        let limits = general.chain(of_industries).collect::<Result<_, _>>()?;
        let role = |code: &String| Role::from_code(code).ok_or_else(|| RuleSetError::UnknownKey(code.clone()));
        Ok(Self {
            name: w.name,
            version: w.version,
            level: w.level.word().to_owned(),
            source: w.source,
            valid_from: day(w.valid_from.as_deref())?,
            valid_to: day(w.valid_to.as_deref())?,
            overrides: w.overrides,
            rules: w.rules,
            without: w.without,
            thresholds: w.thresholds,
            edition: w.industry.edition,
            limits,
            lists: w.industry_list.into_iter().map(list).collect::<Result<_, _>>()?,
            conformity: w.conformity.roles.iter().map(role).collect::<Result<_, _>>()?,
            hash: *blake3::hash(text.as_bytes()).as_bytes(),
        })
    }

    /// A pack that comes with the program.
    pub fn bundled(name: &str) -> Option<Result<Self, RuleSetError>> {
        BUNDLED_PACKS.iter().find(|(known, _)| *known == name).map(|(_, text)| Self::parse(text))
    }
}

fn limit(key: &str, value: f64, codes: &[String], edition: &str, source: &str) -> Result<Limit, RuleSetError> {
    let Some((_, indicator)) = ADMISSION.iter().find(|(known, _)| *known == key) else {
        return Err(RuleSetError::UnknownKey(key.to_owned()));
    };
    let most = if key.ends_with("_share") { 1.0 } else { f64::MAX };
    if !(0.0..=most).contains(&value) {
        return Err(RuleSetError::OutOfRange(key.to_owned()));
    }
    Ok(Limit { indicator: *indicator, value, codes: codes.to_vec(), edition: edition.to_owned(), source: source.to_owned() })
}

fn list(w: WrittenList) -> Result<PolicyList, RuleSetError> {
    let entry = |e: WrittenEntry| PolicyEntry { class: e.class, codes: e.codes, words: e.words, text: e.text };
    Ok(PolicyList {
        id: w.id,
        name: w.name,
        level: w.level.word().to_owned(),
        source: w.source,
        edition: w.edition,
        valid_from: day(w.valid_from.as_deref())?,
        valid_to: day(w.valid_to.as_deref())?,
        complete: w.complete,
        entries: w.entries.into_iter().map(entry).collect(),
    })
}

fn day(text: Option<&str>) -> Result<Option<Date>, RuleSetError> {
    text.map(|t| Date::parse(t).ok_or_else(|| RuleSetError::NoDate(t.to_owned()))).transpose()
}
