//! `luodi info`: what a file is and how that was found.

use super::fault::Fault;
use super::meant::{InfoOrder, Manner};
use super::progress::with_bar;
use crate::crs::Kind;
use crate::geom::BBox;
use crate::io::listed;
use crate::job::{Inspection, Problem, crs_words, inspect, inspections_json, kind_key};
use crate::text::{self, Lang, Message};

/// # Errors
/// The first input that cannot be used.
pub(super) fn run(order: &InfoOrder, manner: Manner) -> Result<String, Fault> {
    let mut infos = Vec::with_capacity(order.inputs.len());
    for input in &order.inputs {
        let seen = with_bar("cli.doing.read", !manner.quiet, manner.lang, |progress| inspect(input, BBox::EMPTY, progress))
            .map_err(Fault::crashed)?;
        infos.push(seen.map_err(|e| Fault::work(e.message().clone()))?);
    }
    if order.json {
        return Ok(format!("{:#}\n", inspections_json(&infos)));
    }
    Ok(infos.iter().map(|info| words(info, manner.lang)).collect::<Vec<_>>().join("\n"))
}

fn words(info: &Inspection, lang: Lang) -> String {
    let mut out = format!("{}\n", info.file);
    let mut row = |key: &'static str, value: String| {
        out += &format!("  {}  {value}\n", text::cells::fit(text::word(lang, key), 12));
    };
    row("cli.info.format", info.format.to_owned());
    let features = Message::new("cli.info.count").with("count", info.count).with("kind", Message::new(kind_key(info.kind)));
    row("cli.info.features", features.render(lang));
    row("cli.info.crs", info.crs.as_ref().map_or("–".to_owned(), |settled| crs_words(&settled.crs)));
    let in_degrees = info.crs.as_ref().is_some_and(|settled| settled.crs.kind() == Ok(Kind::Geographic));
    if !info.extent.is_empty() && !in_degrees {
        row("cli.info.extent", corners(&info.extent, text::coordinate));
    }
    if let Some(degrees) = &info.lon_lat {
        row("cli.info.lon_lat", corners(degrees, text::dms));
    }
    if let Some(areas) = &info.areas {
        row("cli.info.plane", crs_words(&areas.plane));
        let area = Message::new("cli.info.area_is").with("m2", text::area_m2(areas.plane_m2)).with("ha", text::area_ha(areas.plane_m2));
        row("cli.info.area", area.with("mu", text::area_mu(areas.plane_m2)).render(lang));
        if let Some(m2) = areas.ellipsoid_m2 {
            let area = Message::new("cli.info.area_is").with("m2", text::area_m2(m2)).with("ha", text::area_ha(m2));
            row("io.info_ellipsoid", area.with("mu", text::area_mu(m2)).render(lang));
        }
    }
    row("cli.info.hash", info.hash_hex());
    let problem = |p: &Problem| {
        let message = Message::new("io.info_problem").with("what", Message::new(p.key)).with("count", p.records.len());
        message.with("records", listed(&p.records))
    };
    let notes: Vec<Message> = info.question.iter().chain(&info.notes).cloned().chain(info.problems.iter().map(problem)).collect();
    if !notes.is_empty() {
        out += &format!("  {}\n", text::word(lang, "cli.info.notes"));
    }
    for note in notes {
        out += &format!("    · {}\n", note.render(lang));
    }
    out
}

/// West to east, south to north.
fn corners(bbox: &BBox, shown: impl Fn(f64) -> String) -> String {
    format!("E {} – {}  N {} – {}", shown(bbox.min[0]), shown(bbox.max[0]), shown(bbox.min[1]), shown(bbox.max[1]))
}
