//! Tracking plans against the target, and the table of it: text for people, CSV and JSON for scripts.

use super::yearbook::{Stated, Yearbook};
use crate::model::{Contents, LayerId};
use crate::text::{Arg, Lang, Message, area_km2, percent};
use crate::tracking::{Area, DistrictScale, Gap, Scale, TARGET, Target, TrackError, apportioned, gap, scale, shares_that_add_up};
use serde_json::{Value, json};
use std::fmt::Write;

/// Plans measured in the order given (as it stands first, as planned last) against the target.
#[derive(Clone, Debug, PartialEq)]
pub struct Tracked {
    pub target: Target,
    pub plans: Vec<(Scale, Gap)>,
}

/// Column names of the CSV. `row`: `district`, `unassigned`, `shared`, `total`, `five_cities`, `goal`, `missing`.
pub const HEAD: &str = "\u{feff}plan,version,row,district_code,district,in_five_cities,clusters,planar_m2,ellipsoidal_m2,planar_km2\n";

/// Measures each plan.
///
/// # Errors
/// The first plan that cannot be measured.
pub fn track(contents: &Contents, plans: &[LayerId]) -> Result<Tracked, TrackError> {
    let measured = plans.iter().map(|plan| scale(contents, *plan).map(|s| (gap(&s, TARGET), s)).map(|(g, s)| (s, g)));
    Ok(Tracked { target: TARGET, plans: measured.collect::<Result<_, _>>()? })
}

/// What a person is told when a plan cannot be measured.
pub fn refusal(error: &TrackError) -> Message {
    match error {
        TrackError::NoPlan => Message::new("check.no_plan"),
        TrackError::EmptyPlan { layer } => Message::new("check.empty_plan").with("layer", layer.as_str()),
    }
}

/// One shown row of a plan: its word, its numbers, and its km² with two decimals such that the rows add up.
struct Row<'a> {
    row: &'static str,
    code: &'a str,
    name: &'a str,
    in_five_cities: bool,
    clusters: Option<usize>,
    area: Area,
    hundredths_km2: i64,
}

fn rows(scale: &Scale) -> Vec<Row<'_>> {
    const HUNDREDTH_KM2: f64 = 1e4;
    let blank =
        |row, area: Area, hundredths_km2| Row { row, code: "", name: "", in_five_cities: false, clusters: None, area, hundredths_km2 };
    let taken_off = Area { planar_m2: 0.0 - scale.shared.planar_m2, ellipsoidal_m2: scale.shared.ellipsoidal_m2.map(|m2| 0.0 - m2) };
    // The five cities are one part of the total first, then their districts are parts of that: both sums close.
    let of = |five: bool| scale.districts.iter().filter(move |d| d.in_five_cities == five).map(|d| d.area.planar_m2);
    let (five, mut parts): (Vec<f64>, Vec<f64>) = (of(true).collect(), vec![of(true).sum()]);
    parts.extend(of(false));
    parts.extend([scale.unassigned.planar_m2, taken_off.planar_m2]);
    let shown = shares_that_add_up(&parts, HUNDREDTH_KM2);
    let five_shown = shown.first().copied().unwrap_or(0);
    let (mut in_five, mut others) = (apportioned(&five, HUNDREDTH_KM2, five_shown).into_iter(), shown.iter().skip(1).copied());
    let mut rows: Vec<Row<'_>> = scale
        .districts
        .iter()
        .map(|d| Row {
            hundredths_km2: if d.in_five_cities { in_five.next() } else { others.next() }.unwrap_or(0),
            row: "district",
            code: &d.code,
            name: &d.name,
            in_five_cities: d.in_five_cities,
            clusters: Some(d.clusters),
            area: d.area,
        })
        .collect();
    rows.push(blank("unassigned", scale.unassigned, others.next().unwrap_or(0)));
    rows.push(blank("shared", taken_off, others.next().unwrap_or(0)));
    let mut total = blank("total", scale.total, shown.iter().sum());
    total.clusters = Some(scale.clusters);
    rows.push(total);
    // Where two of the five hold the same land, their subtotal is less than the sum of their rows.
    let apart = five.iter().sum::<f64>() - scale.five_cities.planar_m2 < 1.0;
    let five = if apart { five_shown } else { (scale.five_cities.planar_m2 / HUNDREDTH_KM2).round() as i64 };
    rows.push(Row { in_five_cities: true, ..blank("five_cities", scale.five_cities, five) });
    rows
}

/// Planar km² of a plan as shown everywhere, with two decimals that add up.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownKm2 {
    /// In the order of the plan's districts.
    pub districts: Vec<String>,
    pub five_cities: String,
    pub total: String,
}

/// The figures of [`csv`] and of the printed table, for the window.
pub fn shown_km2(scale: &Scale) -> ShownKm2 {
    let rows = rows(scale);
    let of = |row: &str| rows.iter().find(|r| r.row == row).map_or(String::new(), |r| km2(r.hundredths_km2));
    let districts = rows.iter().filter(|r| r.row == "district").map(|r| km2(r.hundredths_km2)).collect();
    ShownKm2 { districts, five_cities: of("five_cities"), total: of("total") }
}

fn km2(hundredths: i64) -> String {
    format!("{}{}.{:02}", if hundredths < 0 { "-" } else { "" }, hundredths.abs() / 100, hundredths.abs() % 100)
}

/// The CSV: raw m² with four decimals, km² with two that add up. With a yearbook, what it states stands behind each district.
pub fn csv(tracked: &Tracked, yearbook: Option<&Yearbook>) -> String {
    let mut out = String::from(HEAD.trim_end());
    out.push_str(if yearbook.is_some() { ",stated_m2,stated_year,stated_minus_planar_m2\n" } else { "\n" });
    let cell =
        |text: &str| if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() };
    for (scale, gap) in &tracked.plans {
        let plan = format!("{},{}", cell(&scale.layer), cell(&scale.version));
        for r in rows(scale) {
            let ellipsoidal = r.area.ellipsoidal_m2.map_or(String::new(), |m2| format!("{m2:.4}"));
            let clusters = r.clusters.map_or(String::new(), |n| n.to_string());
            let (code, name, five) = (cell(r.code), cell(r.name), u8::from(r.in_five_cities));
            let stated =
                yearbook.map(|book| match scale.districts.iter().find(|d| r.row == "district" && d.code == r.code && d.name == r.name) {
                    Some(district) => book.of(district).map_or_else(|| ",,,".to_owned(), |s| stated_cells(s, r.area.planar_m2)),
                    None => ",,,".to_owned(),
                });
            let stated = stated.unwrap_or_default();
            // Writing into a text cannot fail.
            let _ = writeln!(
                out,
                "{plan},{},{code},{name},{five},{clusters},{:.4},{ellipsoidal},{}{stated}",
                r.row,
                r.area.planar_m2,
                km2(r.hundredths_km2)
            );
        }
        for (row, m2) in [("goal", tracked.target.goal_m2), ("missing", gap.missing_m2)] {
            let behind = if yearbook.is_some() { ",,," } else { "" };
            let _ = writeln!(out, "{plan},{row},,,1,,{m2:.4},,{}{behind}", km2((m2 / 1e4).round() as i64));
        }
    }
    out
}

fn stated_cells(stated: &Stated, planar_m2: f64) -> String {
    let year = stated.year.map_or(String::new(), |year| year.to_string());
    format!(",{:.4},{year},{:.4}", stated.area_m2, stated.area_m2 - planar_m2)
}

/// What a yearbook states beside what was measured, for people.
pub fn stated_lines(tracked: &Tracked, book: &Yearbook) -> Vec<Message> {
    let mut lines = vec![Message::new("stats.stated").with("file", book.file.clone())];
    for district in tracked.plans.iter().flat_map(|(scale, _)| &scale.districts) {
        let Some(stated) = book.of(district) else { continue };
        let year = stated.year.map(|year| Message::new("stats.year").with("year", year.to_string()));
        let message = Message::new("stats.row").with("district", if district.name.is_empty() { &*district.code } else { &*district.name });
        let message = message.with("stated", area_km2(stated.area_m2)).with("measured", area_km2(district.area.planar_m2));
        let message = message.with("difference", area_km2(stated.area_m2 - district.area.planar_m2));
        lines.push(match year {
            Some(year) => message.with("year", year),
            None => message.with("year", ""),
        });
    }
    lines.extend(book.lines(&districts(tracked)));
    lines
}

fn districts(tracked: &Tracked) -> Vec<&DistrictScale> {
    tracked.plans.iter().flat_map(|(scale, _)| &scale.districts).collect()
}

/// The JSON: codes and raw numbers; fields are only ever added.
pub fn json(tracked: &Tracked, yearbook: Option<&Yearbook>) -> Value {
    let area = |a: &Area| json!({ "planar_m2": a.planar_m2, "ellipsoidal_m2": a.ellipsoidal_m2 });
    let plans: Vec<Value> = tracked
        .plans
        .iter()
        .map(|(s, g)| {
            json!({
                "layer": &*s.layer, "version": s.version, "clusters": s.clusters, "broken": s.broken, "by_layer": s.by_layer,
                "districts": s.districts.iter().map(|d| json!({
                    "code": d.code, "name": d.name, "in_five_cities": d.in_five_cities, "clusters": d.clusters, "area": area(&d.area),
                    "stated": yearbook.and_then(|book| book.of(d)).map(|s| json!({ "area_m2": s.area_m2, "year": s.year })),
                })).collect::<Vec<_>>(),
                "unassigned": area(&s.unassigned), "shared": area(&s.shared), "total": area(&s.total), "five_cities": area(&s.five_cities),
                "reached_m2": g.reached_m2, "missing_m2": g.missing_m2, "share": g.share,
            })
        })
        .collect();
    json!({
        "schema": 1,
        "program": env!("CARGO_PKG_VERSION"),
        "target": {
            "base_m2": tracked.target.base_m2, "goal_m2": tracked.target.goal_m2,
            "article": tracked.target.clause.article, "quote": tracked.target.clause.quote,
        },
        "plans": plans,
        "stats": yearbook.map(|book| book.json(&districts(tracked))),
    })
}

/// The table a person reads, in km².
pub fn table(tracked: &Tracked, lang: Lang) -> String {
    let say = |message: Message| message.render(lang);
    let mut out = String::new();
    for (scale, gap) in &tracked.plans {
        let _ = writeln!(out, "{}", say(Message::new("track.plan").with("plan", &*scale.layer).with("clusters", scale.clusters)));
        for r in rows(scale).into_iter().filter(|r| r.row != "shared" || r.hundredths_km2 != 0) {
            let name = match r.row {
                "district" if r.name.is_empty() => r.code.to_owned(),
                "district" => r.name.to_owned(),
                "unassigned" => say(Message::new("track.unassigned")),
                "shared" => say(Message::new("track.shared")),
                "five_cities" => say(Message::new("track.five_cities")),
                _ => say(Message::new("track.total")),
            };
            let ellipsoidal = r.area.ellipsoidal_m2.map_or(String::from("—"), area_km2);
            let _ = writeln!(out, "  {}  {:>9}  {ellipsoidal:>9}", padded(&name, 28), km2(r.hundredths_km2));
        }
        let line = Message::new("track.gap")
            .with("goal", area_km2(tracked.target.goal_m2))
            .with("missing", area_km2(gap.missing_m2))
            .with("share", Arg::Text(percent(gap.share)));
        let _ = writeln!(out, "  {}", say(line));
        if scale.broken > 0 {
            let _ = writeln!(out, "  {}", say(Message::new("track.broken").with("count", scale.broken)));
        }
    }
    out
}

/// `text` filled up to `width` columns; a Chinese character takes two.
fn padded(text: &str, width: usize) -> String {
    let taken: usize = text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
    format!("{text}{}", " ".repeat(width.saturating_sub(taken)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::sample::{SampleOptions, sample_contents};
    use crate::model::Role;
    use crate::task::Progress;

    #[test]
    fn the_shown_figures_of_the_five_cities_add_up() {
        let folder = tempfile::tempdir().unwrap();
        let (contents, _) = sample_contents(folder.path(), SampleOptions { parcels: 50 }, &Progress::new()).unwrap();
        let hundredths = |text: &String| (text.parse::<f64>().unwrap() * 100.0).round() as i64;
        let mut sums = Vec::new();
        for (plan, _) in contents.layers_of(Role::Plan) {
            let scale = scale(&contents, plan).unwrap();
            let shown = shown_km2(&scale);
            let five = scale.districts.iter().zip(&shown.districts).filter(|(d, _)| d.in_five_cities).map(|(_, km2)| hundredths(km2));
            assert_eq!(five.sum::<i64>(), hundredths(&shown.five_cities));
            assert_eq!(shown.districts.iter().map(hundredths).sum::<i64>(), hundredths(&shown.total));
            sums.push(shown.five_cities);
        }
        sums.sort();
        assert_eq!(sums, ["224.00", "700.00"]);
    }
}
