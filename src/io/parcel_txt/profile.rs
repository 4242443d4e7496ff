//! How one office wants its boundary-point TXT written, as data: `assets/txt-profiles`, or a file of the user's.

use crate::io::encoding::by_label;
use encoding_rs::{GB18030, UTF_8};
use serde::Deserialize;

/// The bundled profiles with the name of their file; the first one is used where none is asked for.
const BUNDLED: [(&str, &str); 8] = [
    ("standard", include_str!("../../../assets/txt-profiles/standard.toml")),
    ("general", include_str!("../../../assets/txt-profiles/general.toml")),
    ("land-use-approval", include_str!("../../../assets/txt-profiles/land-use-approval.toml")),
    ("land-supply", include_str!("../../../assets/txt-profiles/land-supply.toml")),
    ("one-map", include_str!("../../../assets/txt-profiles/one-map.toml")),
    ("enforcement", include_str!("../../../assets/txt-profiles/enforcement.toml")),
    ("linkage", include_str!("../../../assets/txt-profiles/linkage.toml")),
    ("balance", include_str!("../../../assets/txt-profiles/balance.toml")),
];

/// Why a profile cannot be used: a line of TOML, a key or a word in braces.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct ProfileError(String);

/// A profile, every word of it understood.
#[derive(Clone, Debug, PartialEq)]
pub struct TxtProfile {
    pub name: String,
    /// Label: `GBK`, `UTF-8` or `UTF-8-BOM`.
    pub(super) encoding: String,
    pub(super) line_end: &'static str,
    /// A file a parcel, named by its id.
    pub one_file_each: bool,
    pub(super) prefix: Prefix,
    pub(super) from_north_west: bool,
    pub(super) clockwise: bool,
    pub(super) closing: Closing,
    pub(super) numbers_run_on: bool,
    pub(super) decimals: usize,
    pub(super) area_decimals: usize,
    pub(super) head: Line,
    pub(super) parcel: Line,
    pub(super) point: Line,
    fields: Vec<(String, Vec<String>)>,
}

/// Whether eastings begin with the zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Prefix {
    On,
    Off,
    AsIs,
}

/// How a ring ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Closing {
    /// With its first point under its first number.
    First,
    /// With its first point under the next number.
    Next,
    Open,
}

/// A line to be written: words as they stand and what is put between them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line(pub Vec<Piece>);

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Words(String),
    Slot(Slot),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Producer,
    Date,
    System,
    Width,
    Zone,
    Lines,
    LinesLessOne,
    Points,
    AreaHa,
    AreaM2,
    AreaMu,
    Feature,
    Id,
    Name,
    Sheet,
    Purpose,
    Code,
    Number,
    Ring,
    North,
    East,
}

const IN_HEAD: &[(&str, Slot)] =
    &[("producer", Slot::Producer), ("date", Slot::Date), ("system", Slot::System), ("width", Slot::Width), ("zone", Slot::Zone)];
const IN_PARCEL: &[(&str, Slot)] = &[
    ("lines", Slot::Lines),
    ("lines_less_1", Slot::LinesLessOne),
    ("points", Slot::Points),
    ("area_ha", Slot::AreaHa),
    ("area_m2", Slot::AreaM2),
    ("area_mu", Slot::AreaMu),
    ("feature", Slot::Feature),
    ("id", Slot::Id),
    ("name", Slot::Name),
    ("sheet", Slot::Sheet),
    ("purpose", Slot::Purpose),
    ("code", Slot::Code),
];
const IN_POINT: &[(&str, Slot)] =
    &[("number", Slot::Number), ("ring", Slot::Ring), ("feature", Slot::Feature), ("north", Slot::North), ("east", Slot::East)];

/// Fields that a parcel line may take, with the names they are looked for under.
const SOURCES: [(&str, &[&str]); 5] = [
    ("id", &["地块编号", "DKBH", "site_id", "编号", "项目编号", "宗地号", "ZDH", "BSM", "id"]),
    ("name", &["地块名称", "DKMC", "名称", "项目名称", "XMMC", "宗地名称", "MC", "name"]),
    ("purpose", &["地块用途", "DKYT", "用途", "土地用途", "规划用途", "purpose"]),
    ("code", &["地类编码", "DLBM", "GHYDDM", "YDYHFLDM", "规划用地代码", "用地代码", "code"]),
    ("sheet", &["图幅号", "TFH", "sheet"]),
];

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    name: String,
    head: String,
    parcel: String,
    point: String,
    #[serde(default = "gbk")]
    encoding: String,
    #[serde(default)]
    line_end: LineEnd,
    #[serde(default)]
    files: Files,
    #[serde(default = "on")]
    zone_prefix: Prefix,
    #[serde(default)]
    start: Start,
    #[serde(default)]
    winding: Winding,
    #[serde(default = "first")]
    closing: Closing,
    #[serde(default)]
    numbering: Numbering,
    #[serde(default = "three")]
    decimals: usize,
    #[serde(default = "four")]
    area_decimals: usize,
    #[serde(default)]
    fields: std::collections::BTreeMap<String, Vec<String>>,
}

fn gbk() -> String {
    "GBK".to_owned()
}
fn on() -> Prefix {
    Prefix::On
}
fn first() -> Closing {
    Closing::First
}
fn three() -> usize {
    3
}
fn four() -> usize {
    4
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum LineEnd {
    #[default]
    Crlf,
    Lf,
    Cr,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Files {
    #[default]
    One,
    Each,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Start {
    #[default]
    NorthWest,
    AsIs,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Winding {
    #[default]
    Clockwise,
    AsIs,
}

#[derive(Default, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Numbering {
    #[default]
    Through,
    Ring,
}

impl TxtProfile {
    /// The bundled profile of this name, of its file or its own.
    pub fn bundled(name: &str) -> Option<Result<Self, ProfileError>> {
        let all = || BUNDLED.iter().map(|(file, text)| (*file, Self::parse(text)));
        all().find(|(file, profile)| *file == name || profile.as_ref().is_ok_and(|p| p.name == name)).map(|(_, profile)| profile)
    }

    /// The one that is used where none is asked for.
    ///
    /// # Errors
    /// Never for the text that is bundled.
    pub fn standard() -> Result<Self, ProfileError> {
        Self::parse(BUNDLED[0].1)
    }

    /// Names of the files of the bundled profiles.
    pub fn bundled_names() -> impl Iterator<Item = &'static str> {
        BUNDLED.iter().map(|(name, _)| *name)
    }

    /// # Errors
    /// What is wrong with the text, and where.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let stored: Stored = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| ProfileError(e.to_string()))?;
        let wrong = |key: &str, value: &str| ProfileError(format!("{key} = \"{value}\""));
        if !is_usable(&stored.encoding) {
            return Err(wrong("encoding", &stored.encoding));
        }
        for (key, value, allowed) in [("decimals", stored.decimals, 1..=6), ("area_decimals", stored.area_decimals, 0..=6)] {
            if !allowed.contains(&value) {
                return Err(wrong(key, &value.to_string()));
            }
        }
        if let Some(key) = stored.fields.keys().find(|key| SOURCES.iter().all(|(known, _)| known != key)) {
            return Err(wrong("fields", key));
        }
        let own = |key: &str| stored.fields.get(key).cloned().unwrap_or_default();
        let fields = SOURCES.iter().map(|(key, usual)| {
            let names = own(key).into_iter().chain(usual.iter().map(|name| (*name).to_owned()));
            ((*key).to_owned(), names.collect())
        });
        let point = Line::parse(&stored.point, IN_POINT)?;
        for (slot, word) in [(Slot::North, "{north}"), (Slot::East, "{east}")] {
            if !point.0.contains(&Piece::Slot(slot)) {
                return Err(wrong("point", word));
            }
        }
        // What tells a parcel's line from the points is the `@`.
        if !stored.parcel.contains('@') {
            return Err(wrong("parcel", "@"));
        }
        Ok(Self {
            name: stored.name,
            encoding: stored.encoding,
            line_end: match stored.line_end {
                LineEnd::Crlf => "\r\n",
                LineEnd::Lf => "\n",
                LineEnd::Cr => "\r",
            },
            one_file_each: stored.files == Files::Each,
            prefix: stored.zone_prefix,
            from_north_west: stored.start == Start::NorthWest,
            clockwise: stored.winding == Winding::Clockwise,
            closing: stored.closing,
            numbers_run_on: stored.numbering == Numbering::Through,
            decimals: stored.decimals,
            area_decimals: stored.area_decimals,
            head: Line::parse(&stored.head, IN_HEAD)?,
            parcel: Line::parse(&stored.parcel, IN_PARCEL)?,
            point,
            fields: fields.collect(),
        })
    }

    /// The same in another encoding, by its name; `None` for one that no profile may have.
    pub fn in_encoding(mut self, label: &str) -> Option<Self> {
        self.encoding = label.to_owned();
        is_usable(label).then_some(self)
    }

    /// Names of the fields that `key` (`id`, `name`, `purpose`, `code`, `sheet`) is taken from, in the order they are looked
    /// for; none where no line shows it.
    pub fn sources(&self, key: &str) -> &[String] {
        let shown = IN_PARCEL.iter().any(|(word, slot)| *word == key && self.parcel.0.contains(&Piece::Slot(*slot)));
        let needed = shown || (key == "id" && self.one_file_each);
        self.fields.iter().find(|(known, _)| known == key && needed).map_or(&[], |(_, names)| names)
    }
}

fn is_usable(label: &str) -> bool {
    label.eq_ignore_ascii_case("UTF-8-BOM") || by_label(label).is_some_and(|e| e == GB18030 || e == UTF_8)
}

impl Line {
    fn parse(text: &str, known: &[(&str, Slot)]) -> Result<Self, ProfileError> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((words, after)) = rest.split_once('{') {
            let (word, after) = after.split_once('}').ok_or_else(|| ProfileError(format!("{{{after}")))?;
            let slot = known.iter().find(|(name, _)| *name == word).map(|(_, slot)| *slot);
            pieces.push(Piece::Words(words.to_owned()));
            pieces.push(Piece::Slot(slot.ok_or_else(|| ProfileError(format!("{{{word}}}")))?));
            rest = after;
        }
        pieces.push(Piece::Words(rest.to_owned()));
        Ok(Self(pieces))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bundled_profile_is_understood_and_has_a_name_of_its_own() {
        let mut names: Vec<String> =
            BUNDLED.iter().map(|(file, text)| TxtProfile::parse(text).unwrap_or_else(|e| panic!("{file}: {e}")).name).collect();
        names.sort();
        names.dedup();
        assert_eq!(names.len(), 8);
        assert_eq!(TxtProfile::bundled("一张图"), TxtProfile::bundled("one-map"));
        assert!(TxtProfile::bundled("no such").is_none());
    }

    #[test]
    fn a_wrong_word_is_named() {
        let base = "name = \"x\"\nhead = \"\"\nparcel = \"{id},@\"\npoint = \"{north},{east}\"\n";
        assert!(TxtProfile::parse(base).is_ok());
        for (change, named) in [
            ("decimals = 9\n", "decimals"),
            ("encoding = \"KOI8-R\"\n", "KOI8-R"),
            ("colour = 1\n", "colour"),
            ("line_end = \"\"\n", "line_end"),
            ("[fields]\nheight = [\"H\"]\n", "height"),
        ] {
            let error = TxtProfile::parse(&format!("{base}{change}")).unwrap_err().to_string();
            assert!(error.contains(named), "{error}");
        }
        assert!(TxtProfile::parse(&base.replace("{id}", "{idd}")).unwrap_err().to_string().contains("{idd}"));
        assert!(TxtProfile::parse(&base.replace("{north},", "")).unwrap_err().to_string().contains("{north}"));
    }
}
