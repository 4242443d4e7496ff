//! Codes of land uses and whose they are. The same digits mean other land in another classification, so a code is read only
//! where its classification is known: said by the layer, told by its column, or decided by all its codes together.

use super::{Column, FeatureRef, Field, FieldKind, Layer, Role, field_named};
use crate::text::Lang;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// Whose codes a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum UseSystem {
    /// 三调工作分类.
    Survey,
    /// 国土空间调查、规划、用途管制用地用海分类.
    Plan,
    /// 城市用地分类 GB 50137-2011.
    Urban,
    /// Names, not codes.
    Names,
}

/// The three classes of the land administration law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandClass {
    Agricultural,
    Construction,
    Unused,
}

/// One code of a classification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UseCode {
    pub code: &'static str,
    zh: &'static str,
    en: &'static str,
    /// `None` where the code alone does not tell.
    pub class: Option<LandClass>,
}

impl UseCode {
    pub fn name(&self, lang: Lang) -> &'static str {
        if lang == Lang::Zh { self.zh } else { self.en }
    }
}

type Codes = BTreeMap<&'static str, UseCode>;

static SURVEY: LazyLock<Codes> = LazyLock::new(|| codes(include_str!("../../assets/land-use/survey.tsv")));
static PLAN: LazyLock<Codes> = LazyLock::new(|| codes(include_str!("../../assets/land-use/plan.tsv")));
static URBAN: LazyLock<Codes> = LazyLock::new(|| codes(include_str!("../../assets/land-use/urban.tsv")));

fn codes(table: &'static str) -> Codes {
    let row = |line: &'static str| {
        let mut cells = line.split('\t');
        let (code, zh, en) = (cells.next()?, cells.next()?, cells.next()?);
        let class = match cells.next()? {
            "a" => Some(LandClass::Agricultural),
            "c" => Some(LandClass::Construction),
            "u" => Some(LandClass::Unused),
            _ => None,
        };
        Some((code, UseCode { code, zh, en, class }))
    };
    table.lines().filter_map(row).collect()
}

/// Name of the column that says of each feature whose code it bears; `codes=` adds it.
pub const SYSTEM_COLUMN: &str = "体系";

impl UseSystem {
    /// Those with codes.
    pub const CODED: [Self; 3] = [Self::Survey, Self::Plan, Self::Urban];

    /// Its word in settings, and the end of the text key of its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Survey => "survey",
            Self::Plan => "plan",
            Self::Urban => "urban",
            Self::Names => "names",
        }
    }

    /// Text key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Survey => "use_system.survey",
            Self::Plan => "use_system.plan",
            Self::Urban => "use_system.urban",
            Self::Names => "use_system.names",
        }
    }

    /// As it stands in [`SYSTEM_COLUMN`].
    pub fn written(self) -> &'static str {
        match self {
            Self::Survey => "三调",
            Self::Plan => "用地用海",
            Self::Urban => "GB 50137",
            Self::Names => "名称",
        }
    }

    /// From a setting or a cell; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = text.trim().to_lowercase();
        let any = |words: &[&str]| words.iter().any(|w| lower.contains(w));
        match () {
            () if any(&["用地用海", "国土空间"]) || lower == "plan" => Some(Self::Plan),
            () if any(&["三调", "国土调查", "变更调查"]) || lower == "survey" => Some(Self::Survey),
            () if any(&["50137", "城市用地"]) || lower == "urban" => Some(Self::Urban),
            () if any(&["名称"]) || lower == "names" => Some(Self::Names),
            () => None,
        }
    }

    /// By the name of a column; `None` for one that says nothing, or not whose codes it holds.
    pub fn of_field(name: &str) -> Option<Self> {
        let upper = name.trim().to_uppercase();
        let any = |words: &[&str]| words.iter().any(|w| upper.contains(w));
        match () {
            () if any(&["DLBM", "地类编码", "地类代码"]) && !any(&["GHDLBM"]) => Some(Self::Survey),
            () if any(&["YDYHFLDM", "用地用海", "GHDLBM"]) => Some(Self::Plan),
            () if any(&["DLMC", "地类名称", "用地名称", "用途", "地类"]) => Some(Self::Names),
            () => None,
        }
    }

    /// Every code of the classification.
    pub fn codes(self) -> impl Iterator<Item = &'static UseCode> {
        self.table().values()
    }

    fn table(self) -> &'static Codes {
        match self {
            Self::Survey | Self::Names => &SURVEY,
            Self::Plan => &PLAN,
            Self::Urban => &URBAN,
        }
    }

    /// What a code means in this classification: the code itself, or the one it is a part of. A name means what bears it.
    pub fn find(self, value: &str) -> Option<&'static UseCode> {
        let code = plain(value);
        let table = self.table();
        match self {
            Self::Names => table.values().find(|u| u.zh == value.trim()),
            // 0201K, 1104A: the letter says how the land is kept.
            Self::Survey => table.get(&*code).or_else(|| table.get(code.strip_suffix(['A', 'K'])?)),
            Self::Plan => table.get(&*code).or_else(|| table.get(code.get(..4).filter(|_| code.len() == 6)?)),
            Self::Urban => {
                let digits = code.strip_prefix(|c: char| c.is_ascii_uppercase())?;
                let whole = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
                whole.then(|| table.get(&*code).or_else(|| table.get(code.get(..2)?)).or_else(|| table.get(code.get(..1)?)))?
            }
        }
    }

    pub fn class(self, value: &str) -> Option<LandClass> {
        self.find(value).and_then(|u| u.class)
    }

    /// Land for industry. Of land for several uses (`M1/W1`) every one must be.
    pub fn is_industrial(self, value: &str) -> bool {
        let one = |code: &str| match self {
            Self::Names => code.contains("工业") && !code.contains("非工业"),
            Self::Survey => plain(code).starts_with("0601"),
            Self::Plan => plain(code).starts_with("1001"),
            Self::Urban => plain(code).starts_with('M'),
        };
        let mut parts = value.split(['/', '+', '、', '，', ',', ';']).map(str::trim).filter(|p| !p.is_empty()).peekable();
        parts.peek().is_some() && parts.all(one)
    }
}

/// A code as the tables have it: capitals, and the nought that numbers lose in front.
pub fn plain(value: &str) -> String {
    let code = value.trim().to_uppercase();
    let lost = code.len() % 2 == 1 && code.len() < 6 && code.bytes().all(|b| b.is_ascii_digit());
    if lost { format!("0{code}") } else { code }
}

/// Columns that hold codes without saying whose.
const NEUTRAL: &[&str] =
    &["用地代码", "YDDM", "GHYDDM", "规划用地代码", "用地性质代码", "用地分类代码", "code", "代码", "DLDM", "用地性质"];
/// So many words of a column, or rows of one without a list of its words, are looked at.
const LOOKED_AT: usize = 4096;

/// Codes shown to a person who must choose.
const EXAMPLES: usize = 5;

/// The column of a layer that says what the land is used for, and whose codes it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UseColumns {
    pub code: usize,
    /// The column that says it of each feature.
    said: Option<usize>,
    /// That of the layer; `None` where it is open.
    pub system: Option<UseSystem>,
    /// Classifications that explain the codes alike, where it is open.
    pub open: Vec<UseSystem>,
}

impl UseColumns {
    /// `None` for a layer that is not asked for land uses, or has no column of them.
    pub fn of(layer: &Layer) -> Option<Self> {
        let role = layer.head.role;
        if !matches!(role, Role::Parcels | Role::LandUse | Role::DetailedPlan) {
            return None;
        }
        // A number of a parcel is no code of its use.
        let (code, hint) = code_column(&layer.fields, role != Role::Parcels)?;
        let said = field_named(&layer.fields, &[SYSTEM_COLUMN, "地类体系", "分类体系", "USE_SYSTEM"]);
        let columns = layer.base().columns();
        let values = |column: usize| columns.get(column).map(distinct).unwrap_or_default();
        if let Some(said) = said {
            let systems: Vec<Option<UseSystem>> = values(said).iter().map(|v| UseSystem::parse(v)).collect();
            let one = systems.first().copied().flatten().filter(|first| systems.iter().all(|s| *s == Some(*first)));
            if systems.iter().any(Option::is_some) {
                return Some(Self { code, said: Some(said), system: one, open: Vec::new() });
            }
        }
        let (system, open) = decide(hint, role, &values(code));
        Some(Self { code, said: None, system, open })
    }

    /// Whose code a feature bears.
    pub fn system_of(&self, feature: FeatureRef<'_>) -> Option<UseSystem> {
        match self.said {
            Some(said) => UseSystem::parse(&feature.value(said).to_string()),
            None => self.system,
        }
    }

    /// Some codes of a layer and what they mean by a system: for a person who must choose.
    pub fn examples(&self, layer: &Layer, system: UseSystem, lang: Lang) -> Vec<String> {
        let values = layer.base().columns().get(self.code).map(distinct).unwrap_or_default();
        let meant = |value: &String| system.find(value).map(|u| format!("{value} {}", u.name(lang)));
        values.iter().filter_map(meant).take(EXAMPLES).collect()
    }

    /// A feature's code, and whose it is.
    pub fn read(&self, feature: FeatureRef<'_>) -> (String, Option<UseSystem>) {
        let value = feature.value(self.code).to_string().trim().to_owned();
        // A code among names is nobody's.
        let system = self.system_of(feature).filter(|s| *s != UseSystem::Names || !value.is_ascii());
        (value, system)
    }
}

/// Codes say more surely what they mean than names; a column that says whose they are goes before one that does not.
fn code_column(fields: &[Field], neutral_too: bool) -> Option<(usize, Option<UseSystem>)> {
    let holds = |f: &Field| matches!(f.kind, FieldKind::Text | FieldKind::Decimal | FieldKind::Int | FieldKind::Real);
    let hinted = |wanted: fn(UseSystem) -> bool| {
        let told = |(i, f): (usize, &Field)| UseSystem::of_field(&f.name).filter(|s| holds(f) && wanted(*s)).map(|s| (i, Some(s)));
        fields.iter().enumerate().find_map(told)
    };
    let neutral = || field_named(fields, NEUTRAL).filter(|_| neutral_too).filter(|c| fields.get(*c).is_some_and(holds)).map(|c| (c, None));
    hinted(|s| s != UseSystem::Names).or_else(neutral).or_else(|| hinted(|s| s == UseSystem::Names))
}

/// The different values of a column, blank ones left out.
fn distinct(column: &Column) -> Vec<String> {
    let mut values: Vec<String> = match column.words() {
        Some(words) => words.iter().take(LOOKED_AT).map(|w| w.trim().to_owned()).collect(),
        None => (0..column.len().min(LOOKED_AT)).map(|row| column.value(row).to_string().trim().to_owned()).collect(),
    };
    values.retain(|v| !v.is_empty());
    values.sort_unstable();
    values.dedup();
    values
}

/// Whose the values are by what they are; else those that explain them alike.
fn decide(hint: Option<UseSystem>, role: Role, values: &[String]) -> (Option<UseSystem>, Vec<UseSystem>) {
    let names = values.iter().filter(|v| !v.is_ascii()).count();
    if hint == Some(UseSystem::Names) || 2 * names > values.len() {
        return (Some(UseSystem::Names), Vec::new());
    }
    // A plan is not drawn in the classes of the survey, land as it is not in those of towns.
    let plan = role == Role::DetailedPlan;
    let usual = if plan { [UseSystem::Plan, UseSystem::Urban] } else { [UseSystem::Survey, UseSystem::Plan] };
    let mut candidates: Vec<UseSystem> = usual.into_iter().chain(hint).collect();
    candidates.sort_unstable();
    candidates.dedup();
    let known = |system: &UseSystem| values.iter().filter(|v| v.split(['/', '+']).all(|part| system.find(part).is_some())).count();
    let most = candidates.iter().map(known).max().unwrap_or(0);
    if most == 0 {
        return (None, Vec::new());
    }
    let best: Vec<UseSystem> = candidates.into_iter().filter(|s| known(s) == most).collect();
    match (best.as_slice(), hint) {
        // The column's name is a custom; codes that it cannot mean go before it where others mean them all.
        ([one], None) => (Some(*one), Vec::new()),
        ([one], Some(hint)) if *one == hint || most == values.len() => (Some(*one), Vec::new()),
        ([one], Some(hint)) => (None, vec![*one, hint]),
        // The role says plan, the column says survey, and the codes fit both.
        (_, Some(hint)) if best.contains(&hint) && !(plan && hint == UseSystem::Survey) => (Some(hint), Vec::new()),
        _ => (None, best),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decided(hint: Option<UseSystem>, role: Role, values: &[&str]) -> (Option<UseSystem>, Vec<UseSystem>) {
        decide(hint, role, &values.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn every_table_is_whole() {
        for (system, least) in [(UseSystem::Survey, 60), (UseSystem::Plan, 100), (UseSystem::Urban, 40)] {
            let table = system.table();
            assert!(table.len() >= least, "{system:?}: {}", table.len());
            assert!(table.values().all(|u| !u.zh.is_ascii() && !u.en.is_empty()), "{system:?}");
            assert_eq!(UseSystem::parse(system.word()), Some(system));
            assert_eq!(UseSystem::parse(system.written()), Some(system));
        }
    }

    #[test]
    fn the_same_code_is_other_land_in_another_system() {
        let zh = |system: UseSystem, code| system.find(code).map(|u| u.name(Lang::Zh));
        assert_eq!(zh(UseSystem::Survey, "1001"), Some("铁路用地"));
        assert_eq!(zh(UseSystem::Plan, "1001"), Some("工业用地"));
        assert_eq!(zh(UseSystem::Survey, "0601"), Some("工业用地"));
        assert_eq!(zh(UseSystem::Plan, "0601"), Some("农村道路"));
        assert_eq!(zh(UseSystem::Survey, "601"), Some("工业用地"), "a number loses its nought");
        assert_eq!(zh(UseSystem::Survey, "0201K"), Some("果园"));
        assert_eq!(zh(UseSystem::Plan, "070102"), Some("城镇住宅用地"), "the part of a use");
        assert_eq!(zh(UseSystem::Urban, "m12"), Some("一类工业用地"));
        assert_eq!((zh(UseSystem::Survey, "100101"), zh(UseSystem::Plan, "1311"), zh(UseSystem::Urban, "Main")), (None, None, None));
        assert!(UseSystem::Urban.is_industrial("M1/M2") && !UseSystem::Urban.is_industrial("M1/B1"));
        assert!(!UseSystem::Survey.is_industrial("1001") && UseSystem::Plan.is_industrial("100102"));
        assert_eq!(UseSystem::Names.class("旱地"), Some(LandClass::Agricultural));
    }

    #[test]
    fn the_system_is_decided_by_column_and_codes_or_left_open() {
        use UseSystem::{Names, Plan, Survey, Urban};
        let one = |system| (Some(system), Vec::new());
        assert_eq!(decided(Some(Survey), Role::LandUse, &["1001"]), one(Survey));
        assert_eq!(decided(Some(Plan), Role::LandUse, &["1001"]), one(Plan));
        assert_eq!(decided(None, Role::LandUse, &["1001"]), (None, vec![Survey, Plan]), "nobody says whose");
        assert_eq!(decided(None, Role::LandUse, &["1001", "1006"]), one(Survey), "1006 is of the survey alone");
        assert_eq!(decided(None, Role::DetailedPlan, &["1001"]), one(Plan), "a plan is not drawn in classes of the survey");
        assert_eq!(decided(Some(Survey), Role::DetailedPlan, &["1001"]), (None, vec![Survey, Plan]), "role and column differ");
        assert_eq!(decided(Some(Survey), Role::LandUse, &["1001", "100101", "0802"]), one(Plan), "codes that the survey has not");
        assert_eq!(decided(Some(Survey), Role::LandUse, &["0802", "0902", "x"]), (None, vec![Plan, Survey]));
        assert_eq!(decided(None, Role::DetailedPlan, &["M1", "S1/G1"]), one(Urban));
        assert_eq!(decided(None, Role::DetailedPlan, &["工业用地", "M1", "绿地"]), one(Names));
        assert_eq!(decided(None, Role::LandUse, &["x", "y"]), (None, Vec::new()));
    }
}
