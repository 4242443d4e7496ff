//! Colours that ship with the program: the official land-use fills and ramps for classes.

use super::{Rgb, Theme};
use crate::model::UseSystem;
use crate::text::Lang;
use serde::Deserialize;
use std::sync::LazyLock;

/// Code of the official land-use palette.
pub const LAND_USE: &str = "land_use";

/// One land use of the official palette.
#[derive(Clone, Debug, Deserialize)]
pub struct LandUse {
    zh: String,
    en: String,
    color: String,
    family: String,
    survey: Vec<String>,
    plan: Vec<String>,
    #[serde(default)]
    urban: Vec<String>,
    words: Vec<String>,
}

/// A bundled range of colours.
#[derive(Clone, Debug, Deserialize)]
pub struct Ramp {
    /// Its word in files and, after `look.ramp.`, in the locales.
    pub code: String,
    kind: RampKind,
    /// Told apart with colour blindness too.
    pub safe: bool,
    colors: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum RampKind {
    Sequence,
    Set,
}

#[derive(Default, Deserialize)]
struct Uses {
    r#use: Vec<LandUse>,
    families: Vec<Family>,
}

#[derive(Default, Deserialize)]
struct Ramps {
    ramp: Vec<Ramp>,
}

static USES: LazyLock<Uses> = LazyLock::new(|| toml::from_str(include_str!("../../assets/styles/land-use.toml")).unwrap_or_default());
static RAMPS: LazyLock<Ramps> = LazyLock::new(|| toml::from_str(include_str!("../../assets/styles/ramps.toml")).unwrap_or_default());

fn hex(text: &str) -> Rgb {
    Rgb::hex(u32::from_str_radix(text, 16).unwrap_or(0x80_80_80))
}

/// The land uses of the palette, in its order.
pub fn land_uses() -> &'static [LandUse] {
    &USES.r#use
}

/// The colour class that a value is in by its system; of several the one by the longest code or word.
pub fn land_use_of(value: &str, system: UseSystem) -> Option<&'static LandUse> {
    let code = if system == UseSystem::Names { value.trim().to_owned() } else { system.find(value)?.code.to_owned() };
    let fits = |list: &'static [String]| {
        let holds = |w: &&String| if system == UseSystem::Names { code.contains(w.as_str()) } else { code.starts_with(w.as_str()) };
        list.iter().filter(holds).map(String::len).max()
    };
    let of = |u: &'static LandUse| match system {
        UseSystem::Survey => fits(&u.survey),
        UseSystem::Plan => fits(&u.plan),
        UseSystem::Urban => fits(&u.urban),
        UseSystem::Names => fits(&u.words),
    };
    land_uses().iter().filter_map(|u| Some((of(u)?, u))).max_by_key(|(length, _)| *length).map(|(_, u)| u)
}

/// What a value means: the use by its exact name in its system, else the name of its colour class.
pub fn use_name(value: &str, system: UseSystem, lang: Lang) -> Option<&'static str> {
    let exact = system.find(value).filter(|_| system != UseSystem::Names).map(|code| code.name(lang));
    exact.or_else(|| land_use_of(value, system).map(|u| u.name(lang)))
}

impl LandUse {
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }

    /// The exact official colour.
    pub fn color(&self) -> Rgb {
        hex(&self.color)
    }

    /// Number of its family among [`families`].
    pub fn family(&self) -> usize {
        families().iter().position(|f| f.code == self.family).unwrap_or(0)
    }
}

/// Land uses that share a tone where a layer is drawn as its role says.
#[derive(Clone, Debug, Deserialize)]
pub struct Family {
    code: String,
    zh: String,
    en: String,
}

impl Family {
    pub fn name(&self, lang: Lang) -> &str {
        if lang == Lang::Zh { &self.zh } else { &self.en }
    }

    /// The official colour of its first use.
    pub fn color(&self) -> Rgb {
        land_uses().iter().find(|u| u.family == self.code).map_or(Rgb(128, 128, 128), LandUse::color)
    }
}

/// The families, in the order of the legend.
pub fn families() -> &'static [Family] {
    &USES.families
}

/// The official hue pulled to paper: the map stays quiet under clusters and verdicts.
pub fn on_paper(color: Rgb, theme: Theme) -> Rgb {
    let [r, g, b] = [color.0, color.1, color.2].map(|c| f32::from(c) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let depth = (most - least) / most.max(1e-6);
    let (saturation, value) = match theme {
        Theme::Light => (0.15 * depth.min(0.7) / 0.7, 0.945 - 0.03 * (1.0 - most)),
        Theme::Dark => (0.30 * depth.min(0.7) / 0.7, 0.185 + 0.03 * most),
    };
    let channel = |c: f32| {
        let hue = if most > least { (c - least) / (most - least) } else { 1.0 };
        (255.0 * value * (1.0 - saturation * (1.0 - hue))).round() as u8
    };
    Rgb(channel(r), channel(g), channel(b))
}

/// The ramps, in the order of the list.
pub fn ramps() -> &'static [Ramp] {
    &RAMPS.ramp
}

/// `count` colours of the ramp of that code; of the first when there is none of it.
pub fn ramp_colors(code: &str, count: usize) -> Vec<Rgb> {
    let Some(ramp) = ramps().iter().find(|r| r.code == code).or(ramps().first()) else { return vec![Rgb(128, 128, 128); count] };
    let stops: Vec<Rgb> = ramp.colors.iter().map(|c| hex(c)).collect();
    if ramp.kind == RampKind::Set {
        return (0..count).map(|i| stops[i % stops.len()]).collect();
    }
    let at = |i: usize| {
        let place = if count < 2 { 0.5 } else { i as f32 / (count - 1) as f32 } * (stops.len() - 1) as f32;
        let (a, b) = (stops[place.floor() as usize], stops[place.ceil() as usize]);
        let mix = |a: u8, b: u8| (f32::from(a) + (f32::from(b) - f32::from(a)) * place.fract()).round() as u8;
        Rgb(mix(a.0, b.0), mix(a.1, b.1), mix(a.2, b.2))
    };
    (0..count).map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_are_read_and_codes_and_names_meet_their_use() {
        assert_eq!(land_uses().len(), 35);
        assert!(land_uses().iter().all(|u| families().iter().any(|f| f.code == u.family)), "each use has its family");
        let name = |value, system| land_use_of(value, system).map(|u| u.name(Lang::Zh));
        assert_eq!(name("0601", UseSystem::Survey), Some("工业用地"));
        assert_eq!(name("0508", UseSystem::Survey), Some("仓储用地"), "the longer code");
        assert_eq!(name("100101", UseSystem::Plan), Some("工业用地"));
        assert_eq!(name("工业用地", UseSystem::Names), Some("工业用地"));
        assert_eq!(name("农村宅基地", UseSystem::Names), Some("农村宅基地"));
        assert_eq!(name("x", UseSystem::Survey), None);
        assert_eq!((name("M2", UseSystem::Urban), name("G1", UseSystem::Urban)), (Some("工业用地"), Some("公园绿地")));
        assert_eq!(use_name("1001", UseSystem::Survey, Lang::Zh), Some("铁路用地"));
        assert_eq!(use_name("1001", UseSystem::Plan, Lang::Zh), Some("工业用地"));
        for system in UseSystem::CODED {
            let without: Vec<&str> = system.codes().filter(|u| land_use_of(u.code, system).is_none()).map(|u| u.code).collect();
            assert!(without.is_empty(), "{system:?}: no colour for {without:?}");
        }
        // DOMAIN §6.3, as printed.
        assert_eq!(land_use_of("0601", UseSystem::Survey).map(LandUse::color), Some(Rgb(187, 150, 116)));
    }

    #[test]
    fn a_ramp_begins_and_ends_with_its_stops() {
        let colors = ramp_colors("yellow_blue", 7);
        assert_eq!((colors[0], colors[6]), (Rgb::hex(0xFFFFCC), Rgb::hex(0x253494)));
        assert_eq!(ramp_colors("eight", 9)[8], Rgb::hex(0xE69F00));
        assert!(ramps().iter().all(|r| r.colors.len() >= 5));
    }

    #[test]
    fn on_paper_no_use_is_louder_than_a_cluster() {
        for u in land_uses() {
            let Rgb(r, g, b) = on_paper(u.color(), Theme::Light);
            let (most, least) = (r.max(g).max(b), r.min(g).min(b));
            assert!(f32::from(most - least) / f32::from(most) <= 0.155, "{}", u.name(Lang::Zh));
        }
    }
}
