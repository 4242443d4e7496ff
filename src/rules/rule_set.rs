//! Rule sets: which rules are asked and the thresholds they hold to, as TOML with a hash.

use super::all::RULES;
use serde::Deserialize;

/// The rules to be asked and every threshold, with its unit in its name.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleSet {
    pub name: String,
    pub version: String,
    /// Codes of the rules that are asked; they answer in the order of [`RULES`].
    pub rules: Vec<String>,
    pub thresholds: Thresholds,
    pub industry: IndustrySettings,
}

#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
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
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[error("threshold {0} is out of its range")]
    OutOfRange(&'static str),
}

impl RuleSet {
    /// # Errors
    /// When the text is no rule set: nothing in it is skipped or guessed.
    pub fn parse(text: &str) -> Result<Self, RuleSetError> {
        let set: Self = toml::from_str(text).map_err(|e| RuleSetError::Malformed(e.to_string()))?;
        if let Some(unknown) = set.rules.iter().find(|code| !RULES.iter().any(|r| r.code() == code.as_str())) {
            return Err(RuleSetError::UnknownRule(unknown.clone()));
        }
        set.checked()
    }

    /// One of the bundled sets: `position` or `full`.
    pub fn bundled(name: &str) -> Option<Result<Self, RuleSetError>> {
        match name {
            "position" => Some(Self::parse(include_str!("../../assets/rules/position.toml"))),
            "full" => Some(Self::parse(include_str!("../../assets/rules/full.toml"))),
            _ => None,
        }
    }

    /// The set with other position tolerances; its hash changes with them.
    ///
    /// # Errors
    /// When a tolerance is negative, no number, or a share of a half or more (inside and outside could both hold then).
    pub fn with_tolerance(mut self, tolerance_m2: Option<f64>, tolerance_share: Option<f64>) -> Result<Self, RuleSetError> {
        self.thresholds.tolerance_m2 = tolerance_m2.unwrap_or(self.thresholds.tolerance_m2);
        self.thresholds.tolerance_share = tolerance_share.unwrap_or(self.thresholds.tolerance_share);
        self.checked()
    }

    fn checked(self) -> Result<Self, RuleSetError> {
        for (name, value) in self.thresholds.listed() {
            let may_be_infinite = name == "tolerance_m2";
            if value.is_nan() || value < 0.0 || (value.is_infinite() && !may_be_infinite) {
                return Err(RuleSetError::OutOfRange(name));
            }
        }
        if self.thresholds.tolerance_share >= 0.5 {
            return Err(RuleSetError::OutOfRange("tolerance_share"));
        }
        Ok(self)
    }

    pub fn asks(&self, code: &str) -> bool {
        self.rules.iter().any(|r| r == code)
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
        *hasher.finalize().as_bytes()
    }
}

impl Thresholds {
    /// Every threshold by its name.
    pub fn listed(&self) -> [(&'static str, f64); 9] {
        [
            ("tolerance_m2", self.tolerance_m2),
            ("tolerance_share", self.tolerance_share),
            ("sliver_m2", self.sliver_m2),
            ("sliver_width_m", self.sliver_width_m),
            ("listed_overlap_m2", self.listed_overlap_m2),
            ("prohibitive_m2", self.prohibitive_m2),
            ("adjacency_m", self.adjacency_m),
            ("stated_area_m2", self.stated_area_m2),
            ("stated_area_share", self.stated_area_share),
        ]
    }

    /// Whether `part_m2` of a site of `site_m2` is too little to count.
    pub fn negligible(&self, part_m2: f64, site_m2: f64) -> bool {
        part_m2 <= self.tolerance_m2 && part_m2 <= self.tolerance_share * site_m2
    }
}

#[cfg(test)]
mod tests {
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
        assert_eq!(RuleSet::parse(&negative), Err(RuleSetError::OutOfRange("adjacency_m")));
        let half = RuleSet::parse(FULL).unwrap().with_tolerance(None, Some(0.5));
        assert_eq!(half, Err(RuleSetError::OutOfRange("tolerance_share")));
    }

    #[test]
    fn the_hash_follows_the_effective_thresholds() {
        let full = RuleSet::parse(FULL).unwrap();
        let same = full.clone().with_tolerance(Some(1.0), None).unwrap();
        let off = full.clone().with_tolerance(Some(f64::INFINITY), Some(1e-6)).unwrap();
        assert_eq!(full.hash(), same.hash());
        assert_ne!(full.hash(), off.hash());
    }
}
