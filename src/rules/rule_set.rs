//! Rule sets: packs laid on one another, the later ones tightening, and the effective thresholds with a hash.

use super::rule_pack::{BUNDLED_PACKS, Limit, PolicyClass, PolicyList, RulePack, in_force};
use crate::model::{Date, Role};
use crate::text::Message;
use std::collections::BTreeMap;

/// The rules to be asked and every threshold, with its unit in its name.
#[derive(Clone, Debug, PartialEq)]
pub struct RuleSet {
    /// Names of its packs, joined by `+`.
    pub name: String,
    pub version: String,
    /// Codes of the rules that are asked; they answer in the order of [`super::RULES`].
    pub rules: Vec<String>,
    pub thresholds: Thresholds,
    pub industry: IndustrySettings,
    /// What is asked of projects everywhere, beside what each cluster asks.
    pub limits: Vec<Limit>,
    pub lists: Vec<PolicyList>,
    /// Roles of the layers that the plan itself is held against.
    pub conformity: Vec<Role>,
    /// What it was made of, in order, with every change a pack made to those before it.
    pub packs: Vec<PackUse>,
}

/// A pack as part of a rule set.
#[derive(Clone, Debug, PartialEq)]
pub struct PackUse {
    pub name: String,
    pub version: String,
    pub level: String,
    pub source: String,
    pub valid_from: Option<Date>,
    pub valid_to: Option<Date>,
    /// BLAKE3 of its text.
    pub hash: [u8; 32],
    pub changes: Vec<PackChange>,
}

/// What a pack changed of the packs before it.
#[derive(Clone, Debug, PartialEq)]
pub struct PackChange {
    pub key: String,
    pub from: String,
    pub to: String,
    /// It asks for less than before: only with `override = true`.
    pub loosens: bool,
}

/// Every threshold, one value each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Inside: at most this much of the site lies outside (and at most `tolerance_share` of it); `inf` switches it off.
    pub tolerance_m2: f64,
    /// Share 0…1 of the site's area.
    pub tolerance_share: f64,
    pub sliver_m2: f64,
    pub sliver_width_m: f64,
    /// Overlaps with clusters larger than this are listed.
    pub listed_overlap_m2: f64,
    /// Overlaps with a prohibitive layer from here on are hits.
    pub prohibitive_m2: f64,
    /// A site outside the plan adjoins a cluster that is at most this far away.
    pub adjacency_m: f64,
    /// Stated and measured area agree within the larger of this …
    pub stated_area_m2: f64,
    /// … and this share of the measured one.
    pub stated_area_share: f64,
    /// Clusters whose industries are this alike (cosine, 0…1) compete …
    pub homogeneity_share: f64,
    /// … when their centres are at most this far apart or they are in one district.
    pub homogeneity_distance_m: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct IndustrySettings {
    /// Edition of GB/T 4754 that the sites' codes are from.
    pub edition: String,
}

/// Why a rule set cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum RuleSetError {
    /// No TOML, an unknown key, or a missing one; the text is the parser's and names the line.
    #[error("{0}")]
    Malformed(String),
    #[error("no rule has the code {0}")]
    UnknownRule(String),
    #[error("no threshold, indicator or role is called {0}")]
    UnknownKey(String),
    #[error("threshold {0} is out of its range")]
    OutOfRange(String),
    #[error("{0} is no date")]
    NoDate(String),
    #[error("{0} is not given")]
    Missing(String),
    /// A later pack asks for less without saying so.
    #[error("{pack} loosens {key} from {from} to {to} without `override = true`")]
    Loosens { pack: String, key: String, from: String, to: String },
}

impl RuleSetError {
    /// What is wrong and what to do, in words.
    pub fn message(&self) -> Message {
        match self {
            Self::Malformed(cause) => Message::new("rule_set.malformed").with("cause", cause.trim()),
            Self::UnknownRule(code) => Message::new("rule_set.unknown_rule").with("code", &**code),
            Self::UnknownKey(key) => Message::new("rule_set.unknown_key").with("key", &**key),
            Self::OutOfRange(key) => Message::new("rule_set.out_of_range").with("key", &**key),
            Self::NoDate(text) => Message::new("rule_set.no_date").with("text", &**text),
            Self::Missing(key) => Message::new("rule_set.missing").with("key", &**key),
            Self::Loosens { pack, key, from, to } => {
                let message = Message::new("rule_set.loosens").with("pack", &**pack).with("key", &**key);
                message.with("from", &**from).with("to", &**to)
            }
        }
    }
}

impl RuleSet {
    /// A rule set of one pack; `full` is laid beneath a pack that does not stand alone.
    ///
    /// # Errors
    /// When the text is no pack: nothing in it is skipped or guessed.
    pub fn parse(text: &str) -> Result<Self, RuleSetError> {
        Self::stack(&[RulePack::parse(text)?])
    }

    /// A bundled pack as a rule set, e.g. `position` or `full`.
    pub fn bundled(name: &str) -> Option<Result<Self, RuleSetError>> {
        RulePack::bundled(name).map(|pack| Self::stack(&[pack?]))
    }

    /// Packs laid on one another in this order: national, city, district. The first must give every threshold; where it
    /// does not, `full` is laid beneath. A later pack adds rules, limits and lists and may tighten; where it loosens it
    /// must say `override = true`. Every change stays in [`RuleSet::packs`].
    ///
    /// # Errors
    /// When a pack loosens without saying so, or no pack is given a value that is needed.
    pub fn stack(packs: &[RulePack]) -> Result<Self, RuleSetError> {
        let stands_alone = |pack: &RulePack| Thresholds::NAMES.iter().all(|name| pack.thresholds.contains_key(*name));
        let beneath = match packs.first() {
            Some(first) if stands_alone(first) => None,
            _ => Some(RulePack::bundled("full").unwrap_or_else(|| Err(RuleSetError::Missing("full".to_owned())))?),
        };
        let mut stack = Stack::default();
        for pack in beneath.iter().chain(packs) {
            stack.lay(pack)?;
        }
        stack.whole()
    }

    /// Names of the packs that come with the program.
    pub fn bundled_names() -> impl Iterator<Item = &'static str> {
        BUNDLED_PACKS.iter().map(|(name, _)| *name)
    }

    /// The set with other position tolerances; its hash changes with them, and the change is kept as one of a person.
    ///
    /// # Errors
    /// When a tolerance is negative, no number, or a share of a half or more (inside and outside could both hold then).
    pub fn with_tolerance(mut self, tolerance_m2: Option<f64>, tolerance_share: Option<f64>) -> Result<Self, RuleSetError> {
        let mut changes = Vec::new();
        let t = &mut self.thresholds;
        for (name, value, asked) in
            [("tolerance_m2", &mut t.tolerance_m2, tolerance_m2), ("tolerance_share", &mut t.tolerance_share, tolerance_share)]
        {
            let Some(asked) = asked else { continue };
            in_range(name, asked)?;
            if asked != *value {
                changes.push(PackChange { key: name.to_owned(), from: value.to_string(), to: asked.to_string(), loosens: asked > *value });
            }
            *value = asked;
        }
        if !changes.is_empty() {
            let hash = *blake3::hash(format!("{changes:?}").as_bytes()).as_bytes();
            let (name, version, level, source) = ("--tolerance".to_owned(), String::new(), String::new(), String::new());
            self.packs.push(PackUse { name, version, level, source, valid_from: None, valid_to: None, hash, changes });
        }
        Ok(self)
    }

    pub fn asks(&self, code: &str) -> bool {
        self.rules.iter().any(|r| r == code)
    }

    /// Packs that are not in force on `date`: their numbers are used, and it has to be said.
    pub fn not_in_force(&self, date: Date) -> impl Iterator<Item = &PackUse> {
        self.packs.iter().filter(move |pack| !in_force(pack.valid_from, pack.valid_to, date))
    }

    /// Every change by which a pack or a person asked for less than a pack before.
    pub fn loosened(&self) -> impl Iterator<Item = (&PackUse, &PackChange)> {
        self.packs.iter().flat_map(|pack| pack.changes.iter().filter(|c| c.loosens).map(move |c| (pack, c)))
    }

    /// BLAKE3 of the effective set, overrides included.
    pub fn hash(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new();
        let mut line = |key: &str, value: &str| {
            hasher.update(key.as_bytes()).update(b"=").update(value.as_bytes()).update(b"\n");
        };
        line("name", &self.name);
        line("version", &self.version);
        self.rules.iter().for_each(|code| line("rule", code));
        for (name, value) in self.thresholds.listed() {
            line(name, &format!("{value:e}"));
        }
        line("edition", &self.industry.edition);
        for l in &self.limits {
            line("limit", &format!("{}={:e} {:?} {} {}", l.indicator.code(), l.value, l.codes, l.edition, l.source));
        }
        for l in &self.lists {
            line("list", &format!("{} {} {} {:?} {:?} {}", l.id, l.name, l.edition, l.valid_from, l.valid_to, l.complete));
            l.entries.iter().for_each(|e| line("entry", &format!("{:?} {:?} {:?} {}", e.class, e.codes, e.words, e.text)));
        }
        self.conformity.iter().for_each(|role| line("conformity", role.code()));
        *hasher.finalize().as_bytes()
    }
}

/// Packs being laid on one another.
#[derive(Default)]
struct Stack {
    rules: Vec<String>,
    thresholds: BTreeMap<String, f64>,
    edition: Option<String>,
    limits: Vec<Limit>,
    lists: Vec<PolicyList>,
    conformity: Vec<Role>,
    packs: Vec<PackUse>,
}

impl Stack {
    fn lay(&mut self, pack: &RulePack) -> Result<(), RuleSetError> {
        let mut changes = Vec::new();
        let mut change = |key: String, from: String, to: String, loosens: bool| {
            if loosens && !pack.overrides {
                return Err(RuleSetError::Loosens { pack: pack.name.clone(), key, from, to });
            }
            changes.push(PackChange { key, from, to, loosens });
            Ok(())
        };
        for code in pack.rules.iter().filter(|code| !self.rules.contains(code)) {
            if !self.packs.is_empty() {
                change(code.clone(), "–".to_owned(), "asked".to_owned(), false)?;
            }
        }
        self.rules.extend(pack.rules.iter().filter(|code| !self.rules.contains(code)).cloned().collect::<Vec<_>>());
        for code in pack.without.iter().filter(|code| self.rules.contains(code)) {
            change(code.clone(), "asked".to_owned(), "–".to_owned(), true)?;
        }
        self.rules.retain(|code| !pack.without.contains(code));
        for (name, value) in &pack.thresholds {
            if let Some(before) = self.thresholds.insert(name.clone(), *value).filter(|before| before != value) {
                let loosens = if name == "homogeneity_distance_m" { *value < before } else { *value > before };
                change(name.clone(), before.to_string(), value.to_string(), loosens)?;
            }
        }
        if let Some(edition) = &pack.edition
            && let Some(before) = self.edition.replace(edition.clone()).filter(|before| before != edition)
        {
            // What a code means changes with it: that may loosen anything.
            change("edition".to_owned(), before, edition.clone(), true)?;
        }
        for limit in &pack.limits {
            match self.limits.iter_mut().find(|l| l.indicator == limit.indicator && l.codes == limit.codes && l.edition == limit.edition) {
                Some(before) if before.value != limit.value => {
                    let loosens = (limit.value < before.value) == limit.indicator.wants_more();
                    change(limit.indicator.code().to_owned(), before.value.to_string(), limit.value.to_string(), loosens)?;
                    *before = limit.clone();
                }
                Some(_) => {}
                None => self.limits.push(limit.clone()),
            }
        }
        for list in &pack.lists {
            match self.lists.iter_mut().find(|l| l.id == list.id) {
                Some(before) => {
                    let version = |l: &PolicyList| l.valid_from.map_or_else(|| l.name.clone(), |d| format!("{} {d}", l.name));
                    change(list.id.clone(), version(before), version(list), says_less(before, list))?;
                    *before = list.clone();
                }
                None => self.lists.push(list.clone()),
            }
        }
        for role in &pack.conformity {
            if !self.conformity.contains(role) {
                self.conformity.push(*role);
            }
        }
        self.packs.push(PackUse {
            name: pack.name.clone(),
            version: pack.version.clone(),
            level: pack.level.clone(),
            source: pack.source.clone(),
            valid_from: pack.valid_from,
            valid_to: pack.valid_to,
            hash: pack.hash,
            changes,
        });
        Ok(())
    }

    fn whole(self) -> Result<RuleSet, RuleSetError> {
        let joined = |of: fn(&PackUse) -> &str| self.packs.iter().map(of).collect::<Vec<_>>().join("+");
        Ok(RuleSet {
            name: joined(|p| &p.name),
            version: joined(|p| &p.version),
            thresholds: Thresholds::of(&self.thresholds)?,
            industry: IndustrySettings { edition: self.edition.ok_or_else(|| RuleSetError::Missing("edition".to_owned()))? },
            rules: self.rules,
            limits: self.limits,
            lists: self.lists,
            conformity: self.conformity,
            packs: self.packs,
        })
    }
}

/// Whether `after` leaves out, or holds milder, what `before` had.
fn says_less(before: &PolicyList, after: &PolicyList) -> bool {
    let class = |list: &PolicyList, code: &String| -> Option<PolicyClass> {
        list.entries.iter().filter(|e| e.codes.contains(code)).map(|e| e.class).max()
    };
    let codes = before.entries.iter().flat_map(|e| &e.codes);
    before.edition != after.edition || codes.into_iter().any(|code| class(after, code) < class(before, code))
}

/// # Errors
/// A threshold that is negative or no number, or a share of the wrong size.
pub(super) fn in_range(name: &str, value: f64) -> Result<(), RuleSetError> {
    let most = match name {
        "tolerance_m2" => f64::INFINITY,
        // From a half on a site could be inside and outside at once.
        "tolerance_share" => 0.5 - f64::EPSILON,
        _ if name.ends_with("_share") => 1.0,
        _ => f64::MAX,
    };
    if (0.0..=most).contains(&value) { Ok(()) } else { Err(RuleSetError::OutOfRange(name.to_owned())) }
}

impl Thresholds {
    pub const NAMES: [&'static str; 11] = [
        "tolerance_m2",
        "tolerance_share",
        "sliver_m2",
        "sliver_width_m",
        "listed_overlap_m2",
        "prohibitive_m2",
        "adjacency_m",
        "stated_area_m2",
        "stated_area_share",
        "homogeneity_share",
        "homogeneity_distance_m",
    ];

    fn of(values: &BTreeMap<String, f64>) -> Result<Self, RuleSetError> {
        let of = |name: &str| values.get(name).copied().ok_or_else(|| RuleSetError::Missing(name.to_owned()));
        Ok(Self {
            tolerance_m2: of("tolerance_m2")?,
            tolerance_share: of("tolerance_share")?,
            sliver_m2: of("sliver_m2")?,
            sliver_width_m: of("sliver_width_m")?,
            listed_overlap_m2: of("listed_overlap_m2")?,
            prohibitive_m2: of("prohibitive_m2")?,
            adjacency_m: of("adjacency_m")?,
            stated_area_m2: of("stated_area_m2")?,
            stated_area_share: of("stated_area_share")?,
            homogeneity_share: of("homogeneity_share")?,
            homogeneity_distance_m: of("homogeneity_distance_m")?,
        })
    }

    /// Every threshold by its name, in the order of [`Thresholds::NAMES`].
    pub fn listed(&self) -> [(&'static str, f64); 11] {
        let values = [
            self.tolerance_m2,
            self.tolerance_share,
            self.sliver_m2,
            self.sliver_width_m,
            self.listed_overlap_m2,
            self.prohibitive_m2,
            self.adjacency_m,
            self.stated_area_m2,
            self.stated_area_share,
            self.homogeneity_share,
            self.homogeneity_distance_m,
        ];
        std::array::from_fn(|i| (Self::NAMES[i], values[i]))
    }

    /// Whether `part_m2` of a site of `site_m2` is too little to count.
    pub fn negligible(&self, part_m2: f64, site_m2: f64) -> bool {
        part_m2 <= self.tolerance_m2 && part_m2 <= self.tolerance_share * site_m2
    }
}

#[cfg(test)]
mod tests {
    use super::super::RULES;
    use super::*;

    const FULL: &str = include_str!("../../assets/rules/full.toml");

    #[test]
    fn the_bundled_sets_parse_and_full_asks_every_rule_there_is() {
        let full = RuleSet::bundled("full").unwrap().unwrap();
        let position = RuleSet::bundled("position").unwrap().unwrap();
        assert_eq!(full.rules.iter().map(String::as_str).collect::<Vec<_>>(), RULES.iter().map(|r| r.code()).collect::<Vec<_>>());
        assert!(position.rules.iter().all(|code| full.asks(code)));
        assert_eq!(position.thresholds, full.thresholds);
    }

    #[test]
    fn an_unknown_key_rule_or_a_senseless_threshold_is_refused() {
        let key = format!("{FULL}\ncolour = 1\n");
        assert!(matches!(RuleSet::parse(&key), Err(RuleSetError::Malformed(_))));
        let rule = FULL.replace("\"gate\"", "\"gait\"");
        assert_eq!(RuleSet::parse(&rule), Err(RuleSetError::UnknownRule("gait".into())));
        let negative = FULL.replace("adjacency_m = 50.0", "adjacency_m = -1.0");
        assert_eq!(RuleSet::parse(&negative), Err(RuleSetError::OutOfRange("adjacency_m".into())));
        let half = RuleSet::parse(FULL).unwrap().with_tolerance(None, Some(0.5));
        assert_eq!(half, Err(RuleSetError::OutOfRange("tolerance_share".into())));
    }

    #[test]
    fn the_hash_follows_the_effective_thresholds() {
        let full = RuleSet::parse(FULL).unwrap();
        let same = full.clone().with_tolerance(Some(1.0), None).unwrap();
        let off = full.clone().with_tolerance(Some(f64::INFINITY), Some(1e-6)).unwrap();
        assert_eq!(full.hash(), same.hash());
        assert_ne!(full.hash(), off.hash());
    }

    const CITY: &str = r#"
name = "city"
version = "1"
level = "city"
valid_from = "2024-01-01"
[thresholds]
tolerance_m2 = 0.5
[admission]
investment_min_wan_per_ha = 3000
green_max_share = 0.2
"#;

    fn laid(texts: &[&str]) -> Result<RuleSet, RuleSetError> {
        RuleSet::stack(&texts.iter().map(|t| RulePack::parse(t)).collect::<Result<Vec<_>, _>>()?)
    }

    #[test]
    fn a_later_pack_tightens_and_every_change_is_kept() {
        let set = laid(&[FULL, CITY]).unwrap();
        assert_eq!((set.thresholds.tolerance_m2, set.thresholds.tolerance_share), (0.5, 1e-4));
        assert_eq!(set.name, "full+city");
        assert_eq!(set.packs[1].changes.len(), 1);
        assert_eq!(set.loosened().count(), 0);
        // A pack that does not stand alone is laid on `full`, and that shows.
        assert_eq!(laid(&[CITY]).unwrap(), set);
        let day = |text| Date::parse(text).unwrap();
        assert_eq!(set.not_in_force(day("2023-12-31")).map(|p| p.name.as_str()).collect::<Vec<_>>(), ["city"]);
        assert_eq!(set.not_in_force(day("2024-01-01")).count(), 0);
    }

    #[test]
    fn loosening_must_say_so_and_shows() {
        let looser = "name = \"district\"\nversion = \"1\"\n[admission]\ninvestment_min_wan_per_ha = 2000\n";
        let refused = laid(&[FULL, CITY, looser]).unwrap_err();
        assert!(
            matches!(&refused, RuleSetError::Loosens { pack, key, .. } if pack == "district" && key == "investment_wan_per_ha"),
            "{refused}"
        );
        let said = looser.replace("version", "override = true\nversion");
        let set = laid(&[FULL, CITY, &said]).unwrap();
        assert_eq!(
            set.loosened().map(|(pack, c)| (pack.name.as_str(), c.from.as_str(), c.to.as_str())).collect::<Vec<_>>(),
            [("district", "3000", "2000")]
        );
        for (text, key) in [
            ("without = [\"farmland\"]", "farmland"),
            ("[thresholds]\nprohibitive_m2 = 1.0", "prohibitive_m2"),
            ("[admission]\ngreen_max_share = 0.3", "green_share"),
            ("[industry]\nedition = \"2002\"", "edition"),
        ] {
            let pack = format!("name = \"x\"\nversion = \"1\"\n{text}\n");
            assert!(matches!(laid(&[FULL, CITY, &pack]), Err(RuleSetError::Loosens { key: k, .. }) if k == key), "{text}");
        }
        let tighter = "name = \"x\"\nversion = \"1\"\n[admission]\ngreen_max_share = 0.15\ninvestment_min_wan_per_ha = 3600\n";
        assert_eq!(laid(&[FULL, CITY, tighter]).unwrap().loosened().count(), 0);
    }

    #[test]
    fn what_a_pack_cannot_mean_is_refused() {
        let of = |text: &str| RulePack::parse(&format!("name = \"x\"\nversion = \"1\"\n{text}\n")).unwrap_err();
        assert_eq!(of("[thresholds]\ntolerance = 1"), RuleSetError::UnknownKey("tolerance".into()));
        assert_eq!(of("[admission]\ngreen_max_share = 20"), RuleSetError::OutOfRange("green_max_share".into()));
        assert_eq!(of("valid_from = \"soon\""), RuleSetError::NoDate("soon".into()));
        assert_eq!(of("[conformity]\nroles = [\"farm\"]"), RuleSetError::UnknownKey("farm".into()));
        assert!(matches!(of("level = \"street\""), RuleSetError::Malformed(_)));
    }

    #[test]
    fn every_bundled_pack_can_be_laid_and_every_threshold_names_its_unit() {
        for name in RuleSet::bundled_names() {
            let set = RuleSet::bundled(name).unwrap();
            assert!(set.is_ok(), "{name}: {set:?}");
        }
        assert!(Thresholds::NAMES.iter().all(|n| ["_m", "_m2", "_share"].iter().any(|unit| n.ends_with(unit))));
    }
}
