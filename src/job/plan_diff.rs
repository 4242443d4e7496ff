//! Two versions of a plan compared: land by district, its shapes, and the sites whose verdict changes.

use super::results::hex;
use super::{SiteReader, check_rows, verdict_json};
use crate::crs::CrsError;
use crate::io::{CsvWriter, GeoJsonWriter};
use crate::model::{Contents, Date, GeometryKind, Layer, LayerId, SiteFields};
use crate::rules::{CheckSettings, Checker, Position, RuleSet, Verdict};
use crate::task::Progress;
use crate::text::{Lang, Message, area_km2, cells, percent, word};
use crate::tracking::{Area, ChangedLand, LandChange, PlanDifference};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A site whose verdict differs between the two versions.
#[derive(Clone, Debug, PartialEq)]
pub struct ChangedSite {
    pub id: String,
    pub name: String,
    /// Under the old and under the new version.
    pub verdict: [Position; 2],
    /// Inside share, 0…1.
    pub share: [f64; 2],
}

/// How the sites fare under both versions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SiteChanges {
    pub counts: BTreeMap<[Position; 2], u64>,
    pub changed: Vec<ChangedSite>,
}

/// Everything that is said of two versions.
#[derive(Clone, Debug)]
pub struct Compared {
    /// The files of the old and the new version, with their BLAKE3.
    pub files: [(String, Option<[u8; 32]>); 2],
    pub difference: PlanDifference,
    pub sites: Option<SiteChanges>,
}

impl Compared {
    pub fn new(contents: &Contents, plans: [LayerId; 2], difference: PlanDifference, sites: Option<SiteChanges>) -> Self {
        let file = |id: LayerId| {
            contents.layer(id).map_or((String::new(), None), |layer| (layer.provenance.file.to_string(), layer.provenance.file_hash))
        };
        Self { files: plans.map(file), difference, sites }
    }
}

/// Where a site lies does not hang on the day.
const ANY_DAY: Date = Date { year: 2012, month: 9, day: 12 };

/// Checks the position of every site under both versions; `None` when cancelled.
///
/// # Errors
/// Why one of the versions cannot be checked against.
pub fn site_changes(
    contents: &Contents,
    plans: [LayerId; 2],
    sites: &Layer,
    named: &[(String, usize)],
    progress: &Progress,
) -> Result<Option<SiteChanges>, Message> {
    let rules = || match RuleSet::bundled("position") {
        Some(Ok(rules)) => Ok(rules),
        _ => Err(Message::new("diff.no_rules")),
    };
    let reader = SiteReader::of(SiteFields::of(sites), &sites.fields, named, None);
    let under = |plan: LayerId| -> Result<Option<Vec<ChangedSite>>, Message> {
        let checker = Checker::new(contents, plan, CheckSettings::new(rules()?, ANY_DAY)).map_err(|e| e.message())?;
        let mut all = Vec::with_capacity(sites.len());
        let brief = |v: Verdict| {
            let share = v.inside_share();
            ChangedSite { id: v.site.id, name: v.site.name, verdict: [v.position; 2], share: [share; 2] }
        };
        Ok(check_rows(&checker, sites, 0..sites.len(), &reader, 0, progress, brief, |site| all.push(site)).then_some(all))
    };
    let [old, new] = plans;
    let (Some(old), Some(new)) = (under(old)?, under(new)?) else { return Ok(None) };
    let mut changes = SiteChanges::default();
    for (was, is) in old.into_iter().zip(new) {
        let verdict = [was.verdict[0], is.verdict[0]];
        *changes.counts.entry(verdict).or_default() += 1;
        if verdict[0] != verdict[1] {
            changes.changed.push(ChangedSite { verdict, share: [was.share[0], is.share[0]], ..was });
        }
    }
    Ok(Some(changes))
}

/// Five areas of a change, in the order of the columns.
fn areas(change: &LandChange) -> [Area; 5] {
    [change.old, change.new, change.kept, change.added(), change.withdrawn()]
}

/// The table a person reads, in km².
pub fn table(compared: &Compared, lang: Lang) -> String {
    const NAME: usize = 26;
    let [(old, _), (new, _)] = &compared.files;
    let mut out = Message::new("diff.title").with("old", old.clone()).with("new", new.clone()).render(lang) + "\n";
    let titles = ["diff.old", "diff.new", "diff.kept", "diff.added", "diff.withdrawn"].map(|key| word(lang, key));
    let right = |text: &str| format!("{}{text}", " ".repeat(12_usize.saturating_sub(cells::width(text))));
    let line = |name: &str, columns: [String; 5]| format!("  {}{}\n", cells::fit(name, NAME), columns.map(|c| right(&c)).concat());
    out += &line("", titles.map(str::to_owned));
    for district in &compared.difference.districts {
        let name = if district.name.is_empty() { &district.code } else { &district.name };
        out += &line(name, areas(&district.change).map(|area| area_km2(area.planar_m2)));
    }
    out += &line(word(lang, "diff.total"), areas(&compared.difference.total).map(|area| area_km2(area.planar_m2)));
    if compared.difference.broken != [0, 0] {
        let [old, new] = compared.difference.broken;
        out += &format!("  {}\n", Message::new("diff.broken").with("old", old).with("new", new).render(lang));
    }
    let Some(sites) = &compared.sites else { return out };
    let total: u64 = sites.counts.values().sum();
    let message = Message::new("diff.sites").with("count", total).with("changed", sites.changed.len());
    out += &format!("{}\n", message.render(lang));
    for site in &sites.changed {
        let [was, is] = site.verdict.map(|p| word(lang, p.key()));
        let [before, after] = site.share.map(percent);
        out += &format!("  {} {}  {was} {before} → {is} {after}\n", cells::fit(&site.id, 16), cells::fit(&site.name, 30));
    }
    out
}

/// Columns of the CSV. `row`: `district`, `total` or `site`.
const HEADER: [&str; 12] = [
    "row",
    "id",
    "name",
    "old_m2",
    "new_m2",
    "kept_m2",
    "added_m2",
    "withdrawn_m2",
    "old_verdict",
    "new_verdict",
    "old_share",
    "new_share",
];

pub fn csv(compared: &Compared) -> Vec<u8> {
    let mut table = CsvWriter::new(&HEADER);
    let mut land = |row: &str, id: &str, name: &str, change: &LandChange| {
        let mut cells = vec![row.to_owned(), id.to_owned(), name.to_owned()];
        cells.extend(areas(change).map(|area| format!("{:.4}", area.planar_m2)));
        cells.resize(HEADER.len(), String::new());
        table.row(&cells);
    };
    compared.difference.districts.iter().for_each(|d| land("district", &d.code, &d.name, &d.change));
    land("total", "", "", &compared.difference.total);
    for site in compared.sites.iter().flat_map(|sites| &sites.changed) {
        let mut cells = vec!["site".to_owned(), site.id.clone(), site.name.clone()];
        cells.resize(8, String::new());
        cells.extend(site.verdict.map(|p| p.code().to_owned()));
        cells.extend(site.share.map(|share| format!("{share:.9}")));
        table.row(&cells);
    }
    table.finish()
}

/// Codes and raw numbers; fields are only ever added.
pub fn json(compared: &Compared) -> Value {
    let area = |a: Area| json!({ "planar_m2": a.planar_m2, "ellipsoidal_m2": a.ellipsoidal_m2 });
    let change = |c: &LandChange| {
        json!({
            "old": area(c.old), "new": area(c.new), "kept": area(c.kept), "added": area(c.added()), "withdrawn": area(c.withdrawn()),
        })
    };
    let sites = compared.sites.as_ref().map(|sites| {
        let counts = sites.counts.iter().map(|([was, is], n)| json!({ "old": was.code(), "new": is.code(), "sites": n }));
        let changed = sites.changed.iter().map(|s| {
            json!({
                "site_id": s.id, "name": s.name, "old_verdict": s.verdict[0].code(), "new_verdict": s.verdict[1].code(),
                "old_share": s.share[0], "new_share": s.share[1],
            })
        });
        json!({ "counts": counts.collect::<Vec<_>>(), "changed": changed.collect::<Vec<_>>() })
    });
    json!({
        "schema": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "plans": compared.files.iter().map(|(file, hash)| json!({ "file": file, "blake3": hash.as_ref().map(hex) })).collect::<Vec<_>>(),
        "total": change(&compared.difference.total),
        "districts": compared.difference.districts.iter().map(|d| json!({
            "code": d.code, "name": d.name, "change": change(&d.change),
        })).collect::<Vec<_>>(),
        "broken_clusters": compared.difference.broken,
        "sites": sites,
    })
}

/// The land added, withdrawn and kept as features in longitude and latitude.
///
/// # Errors
/// When the plane does not go into degrees.
pub fn geojson(contents: &Contents, land: &ChangedLand) -> Result<Vec<u8>, CrsError> {
    let mut out = GeoJsonWriter::default();
    for (change, shape) in [("added", &land.added), ("withdrawn", &land.withdrawn), ("kept", &land.kept)] {
        let Some(shape) = shape else { continue };
        let rings = verdict_json::lon_lat_rings(shape, &contents.crs)?;
        out.push(GeometryKind::Area, rings.as_ref(), [("change", json!(change)), ("area_m2", json!(shape.area_m2()))]);
    }
    Ok(out.finish())
}
