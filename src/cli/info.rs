//! `luodi info`: what a file is and how that was found.

use super::fault::Fault;
use super::meant::{InfoOrder, Manner};
use super::progress::with_bar;
use crate::geom::BBox;
use crate::job::info::{Info, crs_name, hex, info, json};
use crate::text::{self, Lang, Message};

/// # Errors
/// The first input that cannot be used.
pub(super) fn run(order: &InfoOrder, manner: Manner) -> Result<String, Fault> {
    let mut infos = Vec::with_capacity(order.inputs.len());
    for input in &order.inputs {
        let seen = with_bar("cli.doing.read", !manner.quiet, manner.lang, |progress| info(input, progress)).map_err(Fault::crashed)?;
        infos.extend(seen.map_err(|e| Fault::work(e.message().clone()))?);
    }
    if order.json {
        return Ok(format!("{:#}\n", json(&infos)));
    }
    Ok(infos.iter().map(|info| words(info, manner.lang)).collect::<Vec<_>>().join("\n"))
}

fn words(info: &Info, lang: Lang) -> String {
    let mut out = format!("{}\n", info.file);
    let mut row = |key: &'static str, value: String| {
        out += &format!("  {}  {value}\n", text::cells::fit(text::word(lang, key), 12));
    };
    row("cli.info.format", info.format.to_owned());
    let features = Message::new("cli.info.count").with("count", info.features).with("kind", Message::new(info.kind_key));
    row("cli.info.features", features.render(lang));
    row("cli.info.crs", info.source_crs.as_ref().map_or("–".to_owned(), crs_name));
    if !info.extent.is_empty() {
        row("cli.info.extent", corners(&info.extent, text::coordinate));
        row("cli.info.plane", crs_name(&info.plane));
    }
    if let Some(degrees) = &info.lon_lat {
        row("cli.info.lon_lat", corners(degrees, text::dms));
    }
    if info.soundness.sound > 0 {
        let area = Message::new("cli.info.area_is").with("m2", text::area_m2(info.area_m2)).with("ha", text::area_ha(info.area_m2));
        row("cli.info.area", area.with("mu", text::area_mu(info.area_m2)).render(lang));
    }
    if let Some(hash) = &info.hash {
        row("cli.info.hash", hex(hash));
    }
    if !info.notes.is_empty() {
        out += &format!("  {}\n", text::word(lang, "cli.info.notes"));
    }
    for note in &info.notes {
        out += &format!("    · {}\n", note.render(lang));
    }
    out
}

/// West to east, south to north.
fn corners(bbox: &BBox, shown: impl Fn(f64) -> String) -> String {
    format!("E {} – {}  N {} – {}", shown(bbox.min[0]), shown(bbox.max[0]), shown(bbox.min[1]), shown(bbox.max[1]))
}
