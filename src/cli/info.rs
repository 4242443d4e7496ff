//! `luodi info`: what a file is and how that was found.

use super::fault::Fault;
use super::meant::{InfoOrder, Manner};
use super::progress::with_bar;
use crate::geom::BBox;
use crate::job::{CHINA, Inspection, Problem, crs_words, inspect, inspections_json};
use crate::text::{self, Arg, Lang, Message};

/// # Errors
/// The first input that cannot be read.
pub(super) fn run(order: &InfoOrder, manner: Manner) -> Result<String, Fault> {
    let mut seen = Vec::with_capacity(order.inputs.len());
    for input in &order.inputs {
        let one = with_bar("cli.doing.read", !manner.quiet, manner.lang, |progress| inspect(input, CHINA, progress));
        seen.push(one.map_err(Fault::crashed)?.map_err(|e| Fault::work(e.message().clone()))?);
    }
    if order.json {
        return Ok(format!("{:#}\n", inspections_json(&seen)));
    }
    Ok(seen.iter().map(|info| words(info, manner.lang)).collect::<Vec<_>>().join("\n"))
}

fn words(info: &Inspection, lang: Lang) -> String {
    let mut out = format!("{}\n", info.file);
    let mut row = |key: &'static str, value: String| {
        out += &format!("  {}  {value}\n", text::cells::fit(text::word(lang, key), 12));
    };
    row("cli.info.format", info.format.to_owned());
    let features = Message::new("cli.info.count").with("count", info.count).with("kind", Message::new(info.kind.key()));
    row("cli.info.features", features.render(lang));
    let fields: Vec<&str> = info.fields.iter().map(|f| &*f.name).collect();
    row("cli.info.fields", format!("{}: {}", fields.len(), fields.join(", ")));
    let unsettled = || text::word(lang, "cli.info.crs_unsettled").to_owned();
    row("cli.info.crs", info.crs.as_ref().map_or_else(unsettled, |settled| crs_words(&settled.crs)));
    if !info.extent.is_empty() {
        row("cli.info.extent", corners(&info.extent, |v| format!("{v:.4}")));
    }
    if let Some(degrees) = &info.lon_lat {
        row("cli.info.lon_lat", corners(degrees, text::dms));
    }
    if let Some(areas) = &info.areas {
        let of = |m2: f64| {
            Message::new("cli.info.area_is").with("m2", text::area_m2(m2)).with("ha", text::area_ha(m2)).with("mu", text::area_mu(m2))
        };
        row("cli.info.area", of(areas.plane_m2).render(lang));
        row("cli.info.plane", crs_words(&areas.plane));
        if let Some(m2) = areas.ellipsoid_m2 {
            row("cli.info.ellipsoid", of(m2).render(lang));
        }
    }
    row("cli.info.hash", crate::job::results::hex(&info.hash));
    let problems = info.problems.iter().map(told);
    let doctor: Vec<Message> = info.question.iter().cloned().chain(info.notes.iter().cloned()).chain(problems).collect();
    if !doctor.is_empty() {
        out += &format!("  {}\n", text::word(lang, "cli.info.notes"));
    }
    for note in doctor {
        out += &format!("    · {}\n", note.render(lang));
    }
    out
}

/// A problem in one line: how often, of what size, by which records.
fn told(problem: &Problem) -> Message {
    let about = |code: &'static str| Message::new(code).with("what", Message::new(problem.key));
    let listed = |message: Message| message.with("records", crate::io::listed(&problem.records));
    if problem.records.is_empty() {
        let fields: Vec<&str> = problem.cases.iter().filter_map(|case| case.field.as_deref()).collect();
        return about("cli.info.problem_field").with("fields", fields.join(", "));
    }
    if let Some([before, after]) = problem.areas_m2() {
        let code = if problem.key == "problem.stated_area" { "cli.info.problem_stated" } else { "cli.info.problem_change" };
        let message = about(code).with("count", problem.records.len());
        return listed(message.with("before", Arg::AreaM2(before)).with("after", Arg::AreaM2(after)));
    }
    match problem.area_m2() {
        Some(area) => listed(about("cli.info.problem_area").with("count", problem.cases.len()).with("area", Arg::AreaM2(area))),
        None => listed(about("cli.info.problem").with("count", problem.records.len())),
    }
}

/// West to east, south to north.
fn corners(bbox: &BBox, shown: impl Fn(f64) -> String) -> String {
    format!("E {} – {}  N {} – {}", shown(bbox.min[0]), shown(bbox.max[0]), shown(bbox.min[1]), shown(bbox.max[1]))
}
