//! Industrial clusters (产业集聚区) and the versions of their plan.

use super::indicator::number as figure;
use super::{ClusterFields, Date, FeatureRef, Value};
use crate::text::Message;
use std::collections::BTreeMap;

/// How a cluster is drawn and listed. Being on a list is a dated fact of its own; this is what the lists come to on a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// On the list of 市重点发展: the joint conference coordinates its supply.
    KeyDevelopment,
    /// On the list of 重点创建: to become a demonstration base. Does not change the route.
    KeyCreation,
    General,
    Emerging,
}

impl Grade {
    /// Text key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::KeyDevelopment => "grade.key_development",
            Self::KeyCreation => "grade.key_creation",
            Self::General => "grade.general",
            Self::Emerging => "grade.emerging",
        }
    }
}

/// Level of a demonstration base (新型工业化产业示范基地).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BaseLevel {
    #[default]
    None,
    Municipal,
    Provincial,
    National,
}

/// A cluster of one plan version, read from its feature's fields.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cluster {
    pub id: String,
    pub name: String,
    /// Name of the district or county-level city.
    pub district: String,
    /// Six-digit administrative code, e.g. `370281`; empty when not given.
    pub district_code: String,
    /// On the list of 市重点发展 since.
    pub key_development: Option<Date>,
    /// On the list of 重点创建 since.
    pub key_creation: Option<Date>,
    pub emerging: bool,
    pub base_level: BaseLevel,
    /// GB/T 4754 codes; a division such as `38` covers its classes `385`, `3851`.
    pub leading: Vec<String>,
    pub supporting: Vec<String>,
    pub allowed: Vec<String>,
    pub forbidden: Vec<String>,
    /// Edition of GB/T 4754 the codes are from, e.g. `2017`; empty when not given.
    pub edition: String,
    /// Id of the cluster this functional area (功能区) belongs to.
    pub parent: Option<String>,
    /// What it asks of projects (投资强度下限, 容积率下限 …), by the names of the columns; read with [`super::Indicator::limit_of`].
    pub limits: BTreeMap<String, f64>,
}

/// Before every date.
const ALWAYS: Date = Date { year: 1000, month: 1, day: 1 };

impl Cluster {
    /// The cluster a feature of a plan layer describes; its record number stands in for a missing id.
    pub fn read(feature: FeatureRef<'_>, fields: &ClusterFields, record: usize) -> Self {
        let value = |column: Option<usize>| column.map_or(Value::Null, |c| feature.value(c));
        let text = |column: Option<usize>| value(column).to_string().trim().to_owned();
        let date = |column: Option<usize>| match value(column) {
            Value::Date(d) => Some(d),
            other => Date::parse(&other.to_string()),
        };
        let (id, grade) = (text(fields.id), text(fields.grade));
        Self {
            id: if id.is_empty() { record.to_string() } else { id },
            name: text(fields.name),
            district: text(fields.district),
            district_code: text(fields.district_code),
            // A grade in words says that a cluster is on a list, not since when: it counts for every date.
            key_development: date(fields.key_development).or_else(|| grade.contains("重点发展").then_some(ALWAYS)),
            key_creation: date(fields.key_creation).or_else(|| grade.contains("创建").then_some(ALWAYS)),
            emerging: text(fields.kind).contains("新兴") || grade.contains("新兴"),
            base_level: match text(fields.base_level).as_str() {
                "国家级" => BaseLevel::National,
                "省级" => BaseLevel::Provincial,
                "市级" => BaseLevel::Municipal,
                _ => BaseLevel::None,
            },
            leading: codes(&text(fields.leading)),
            supporting: codes(&text(fields.supporting)),
            allowed: codes(&text(fields.allowed)),
            forbidden: codes(&text(fields.forbidden)),
            edition: text(fields.edition),
            parent: Some(text(fields.parent)).filter(|p| !p.is_empty()),
            limits: fields.limits.iter().filter_map(|(name, column)| Some((name.clone(), figure(&feature.value(*column))?))).collect(),
        }
    }

    /// What the two dated lists and the type come to on `date`.
    pub fn grade(&self, date: Date) -> Grade {
        if self.key_development.is_some_and(|since| since <= date) {
            Grade::KeyDevelopment
        } else if self.key_creation.is_some_and(|since| since <= date) {
            Grade::KeyCreation
        } else if self.emerging {
            Grade::Emerging
        } else {
            Grade::General
        }
    }
}

/// Codes of a list field such as `38,39` or `C38、39`: letters of the section and blanks are taken off.
fn codes(list: &str) -> Vec<String> {
    list.split([',', ',', '、', ';', ';', '|', ' '])
        .map(|code| code.trim().trim_start_matches(|c: char| c.is_ascii_alphabetic()).to_owned())
        .filter(|code| !code.is_empty())
        .collect()
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlanStatus {
    Draft,
    #[default]
    InForce,
    Superseded,
}

/// A version of the cluster plan (布局规划): what is known of the layer that holds it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterPlan {
    /// E.g. `2010 现状`, `2015 规划`.
    pub version: String,
    pub status: PlanStatus,
    /// In force from and until; open ends are `None`.
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// Anything a person should know of this version.
    pub notes: Vec<Message>,
}

impl ClusterPlan {
    /// Whether this version binds on `date`.
    pub fn in_force(&self, date: Date) -> bool {
        self.status == PlanStatus::InForce && self.valid_from.is_none_or(|d| d <= date) && self.valid_to.is_none_or(|d| date <= d)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_codes_as_people_write_them() {
        assert_eq!(codes("C38、39, 385;C3851"), ["38", "39", "385", "3851"]);
        assert!(codes(" ").is_empty());
    }

    #[test]
    fn the_development_list_outranks_the_creation_list_from_its_day_on() {
        let day = |text| Date::parse(text);
        let cluster = Cluster { key_development: day("2012-09-12"), key_creation: day("2011-01-01"), ..Cluster::default() };
        assert_eq!(cluster.grade(day("2012-09-11").unwrap()), Grade::KeyCreation);
        assert_eq!(cluster.grade(day("2012-09-12").unwrap()), Grade::KeyDevelopment);
    }
}
