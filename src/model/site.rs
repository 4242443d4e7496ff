//! A proposed site (拟选址项目用地) as its fields describe it.

use super::indicator::number as figure;
use super::{Date, FeatureId, FeatureRef, SiteFields, Value};
use crate::geom::GaussKruger;
use std::collections::BTreeMap;

/// What kind of undertaking wants the land. The siting clause binds new industrial projects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ProjectKind {
    /// Not given: treated as new and industrial, and said.
    #[default]
    NotGiven,
    NewIndustrial,
    /// Expansion or technical renovation on land already lawfully held.
    OnOwnLand,
    /// Bound to its place: mining, port, public utilities.
    SiteBound,
    NotIndustrial,
}

impl ProjectKind {
    /// From the word in a project table.
    pub fn parse(text: &str) -> Self {
        let text = text.trim();
        let any = |words: &[&str]| words.iter().any(|w| text.contains(w));
        if text.is_empty() {
            Self::NotGiven
        } else if any(&["非工业", "住宅", "商业", "公共服务"]) {
            Self::NotIndustrial
        } else if any(&["原址", "技改", "技术改造", "扩建", "改建"]) {
            Self::OnOwnLand
        } else if any(&["采矿", "矿山", "港口", "码头", "市政", "公用", "选址受限"]) {
            Self::SiteBound
        } else {
            Self::NewIndustrial
        }
    }
}

/// A proposed site, read from its feature's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Site {
    pub id: String,
    /// The feature it was read from, so that a site is not compared with itself.
    pub feature: Option<FeatureId>,
    /// Code of the project (项目代码): stages of one project bear the same.
    pub project: Option<String>,
    pub name: String,
    pub applicant: String,
    pub kind: ProjectKind,
    /// GB/T 4754 code without its section letter, or the industry in words; `None` when not given.
    pub industry: Option<String>,
    pub applied: Option<Date>,
    /// Area the applicant states, in m².
    pub stated_area_m2: Option<f64>,
    /// The plane its file was in, where that was a Gauss–Krüger plane: the stated area was measured there.
    pub source_plane: Option<GaussKruger>,
    /// Further numbers of the project by the name of their column (投资强度, 容积率 …), as the applicants' table has them.
    pub figures: BTreeMap<String, f64>,
}

impl Site {
    /// The site a feature describes; its 1-based record number stands in for a missing id.
    pub fn read(feature: FeatureRef<'_>, fields: &SiteFields, record: usize) -> Self {
        let value = |column: Option<usize>| column.map_or(Value::Null, |c| feature.value(c));
        let text = |column: Option<usize>| value(column).to_string().trim().to_owned();
        let id = text(fields.id);
        Self {
            id: if id.is_empty() { record.to_string() } else { id },
            feature: Some(feature.id),
            project: Some(text(fields.project)).filter(|code| !code.is_empty()),
            name: text(fields.name),
            applicant: text(fields.applicant),
            kind: ProjectKind::parse(&text(fields.kind)),
            industry: industry_of(&text(fields.industry)),
            applied: match value(fields.applied) {
                Value::Date(d) => Some(d),
                other => Date::parse(&other.to_string()),
            },
            stated_area_m2: value(fields.stated_area).number().map(|v| v * fields.stated_area_unit_m2),
            source_plane: fields.source_plane,
            figures: fields.figures.iter().filter_map(|(name, column)| Some((name.clone(), figure(&feature.value(*column))?))).collect(),
        }
    }
}

/// The industry as people write it: `C3851`, `3851 家用制冷电器具` and `3851` are the code, anything else is words.
pub fn industry_of(text: &str) -> Option<String> {
    let text = text.trim();
    let digits: String = text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).chars().take_while(char::is_ascii_digit).collect();
    match digits.len() {
        2..=4 => Some(digits),
        _ => Some(text.to_owned()).filter(|t| !t.is_empty()),
    }
}
