//! A file of shift parameters: what a person has been given for one area, or control points to fit them to.
//!
//! TOML, UTF-8: `from` and `to` (systems; no `from` for a local one), and one of `[four]`, `[seven]`, `points` (a table file
//! beside it with the columns of [`COLUMNS`]).

use crate::crs::{Convention, Crs, DatumShift, Fit, SevenParameters, ShiftWay, Similarity};
use crate::geom::Point;
use crate::io::{Table, read_bytes, read_grids};
use crate::text::{Arg, Message};
use serde::Deserialize;
use std::path::Path;

/// Control points that fit worse than this are refused unless the file sets another limit, in m.
const MAX_RMS_M: f64 = 0.2;

/// Columns of a table of control points, in Chinese and in English: name, then east and north before and after.
const COLUMNS: [[&str; 2]; 5] =
    [["点号", "name"], ["原东坐标", "from_east"], ["原北坐标", "from_north"], ["新东坐标", "to_east"], ["新北坐标", "to_north"]];

/// A file of parameters, read and ready.
#[derive(Clone, Debug)]
pub struct ReadShift {
    pub shift: DatumShift,
    /// What is used and how well it fits, for the notes of the layer.
    pub notes: Vec<Message>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    from: Option<String>,
    to: String,
    max_rms_m: Option<f64>,
    four: Option<WrittenFour>,
    seven: Option<WrittenSeven>,
    points: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenFour {
    east_m: f64,
    north_m: f64,
    rotation_arcsec: f64,
    scale: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSeven {
    convention: WrittenConvention,
    shift_m: [f64; 3],
    rotation_arcsec: [f64; 3],
    scale_ppm: f64,
}

/// There is no usual one: the wrong one moves land by hundreds of metres, so the file must say it.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum WrittenConvention {
    PositionVector,
    CoordinateFrame,
}

/// # Errors
/// What is wrong with the file, its systems or its points.
pub fn read_shift(path: &Path) -> Result<ReadShift, Message> {
    let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let wrong = |cause: Arg| Message::new("shift.wrong").with("shift", file.clone()).with("cause", cause);
    let bytes = read_bytes(path).map_err(|e| e.0)?;
    let text = std::str::from_utf8(&bytes).map_err(|e| wrong(e.to_string().into()))?;
    let written: Written = toml::from_str(text.trim_start_matches('\u{feff}')).map_err(|e| wrong(e.to_string().into()))?;
    let system = |text: &str| Crs::parse(text).map_err(|_| wrong(Message::new("shift.system").with("crs", text).into()));
    let (from, to) = (written.from.as_deref().map(system).transpose()?, system(&written.to)?);
    let mut notes = vec![Message::new("shift.used").with("shift", file.clone()).with("to", to.label())];
    let is_plane = |crs: &Crs| crs.metres_per_unit().is_ok_and(|unit| unit.is_some());
    let plane = || match from.iter().chain([&to]).find(|crs| !is_plane(crs)) {
        Some(crs) => Err(wrong(Message::new("shift.no_plane").with("crs", crs.label()).into())),
        None => Ok(()),
    };
    let way = match (written.four, written.seven, written.points) {
        (Some(four), None, None) => {
            plane()?;
            notes.push(Message::new("shift.four"));
            ShiftWay::Plane(Similarity::of_parameters(four.east_m, four.north_m, four.rotation_arcsec, four.scale))
        }
        (None, Some(seven), None) => {
            if from.is_none() {
                return Err(wrong(Message::new("shift.seven_from").into()));
            }
            notes.push(Message::new("shift.seven"));
            let convention = match seven.convention {
                WrittenConvention::PositionVector => Convention::PositionVector,
                WrittenConvention::CoordinateFrame => Convention::CoordinateFrame,
            };
            let WrittenSeven { shift_m, rotation_arcsec, scale_ppm, .. } = seven;
            ShiftWay::Space(SevenParameters { convention, shift_m, rotation_arcsec, scale_ppm })
        }
        (None, None, Some(points)) => {
            plane()?;
            let points = path.with_file_name(points);
            let (names, pairs) = read_points(&points)?;
            let fit = Similarity::fit(&pairs).ok_or_else(|| wrong(Message::new("shift.few_points").with("count", pairs.len()).into()))?;
            let fitted = fitted(&fit, &names);
            if fit.rms_m > written.max_rms_m.unwrap_or(MAX_RMS_M) {
                return Err(wrong(fitted.into()));
            }
            notes.push(fitted);
            ShiftWay::Plane(fit.similarity)
        }
        _ => return Err(wrong(Message::new("shift.one_way").into())),
    };
    Ok(ReadShift { shift: DatumShift { from, to, way }, notes })
}

/// How well a similarity fits, with the point that fits worst.
fn fitted(fit: &Fit, names: &[String]) -> Message {
    let length = |v: &Point| v[0].hypot(v[1]);
    let worst = fit.residuals_m.iter().zip(names).max_by(|a, b| length(a.0).total_cmp(&length(b.0)));
    let message = Message::new(if names.len() > 2 { "shift.fitted" } else { "shift.fitted_two" }).with("count", names.len());
    let message = message.with("rms", Arg::Metres(fit.rms_m)).with("scale", format!("{:.9}", fit.similarity.scale()));
    let message = message.with("rotation", format!("{:.4}", fit.similarity.rotation_arcsec()));
    match worst {
        Some((v, name)) => message.with("worst", name.as_str()).with("off", Arg::Metres(length(v))),
        None => message,
    }
}

/// Names and positions, before and after, of a table of control points.
fn read_points(path: &Path) -> Result<(Vec<String>, Vec<[Point; 2]>), Message> {
    let grids = read_grids(path, None).map_err(|e| e.0)?;
    let wrong = |cause: Message| Message::new("shift.wrong").with("shift", grids.file.clone()).with("cause", cause);
    let table = COLUMNS[1].iter().find_map(|name| grids.table_with(name));
    let table: Table = table.ok_or_else(|| wrong(Message::new("shift.no_column").with("field", COLUMNS[1].join(" / "))))?;
    let column = |names: [&str; 2]| {
        let found = table.header.iter().position(|title| names.iter().any(|name| title.trim().eq_ignore_ascii_case(name)));
        found.ok_or_else(|| wrong(Message::new("shift.no_column").with("field", names.join(" / "))))
    };
    let [name, east, north, to_east, to_north] = COLUMNS.map(column);
    let (name, columns) = (name?, [east?, north?, to_east?, to_north?]);
    let mut points = (Vec::new(), Vec::new());
    for (row, cells) in &table.rows {
        let number = |column: usize| {
            let cell = cells.get(column).map_or("", String::as_str);
            cell.trim().parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(|| {
                wrong(Message::new("shift.no_number").with("row", *row).with("field", table.header[column].clone()).with("text", cell))
            })
        };
        let [east, north, to_east, to_north] = columns.map(number);
        points.0.push(cells.get(name).cloned().unwrap_or_default());
        points.1.push([[east?, north?], [to_east?, to_north?]]);
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(folder: &Path, toml: &str) -> Result<ReadShift, Message> {
        let path = folder.join("参数.toml");
        std::fs::write(&path, toml).unwrap();
        read_shift(&path)
    }

    #[test]
    fn parameters_and_points_are_read_and_wrong_ones_named() {
        let folder = tempfile::tempdir().unwrap();
        let four =
            "from = \"EPSG:2385\"\nto = \"EPSG:4549\"\n[four]\neast_m = 100.0\nnorth_m = -20.0\nrotation_arcsec = 0.0\nscale = 1.0\n";
        let mut points = [[500_000.0, 4e6]];
        read(folder.path(), four).unwrap().shift.apply(&mut points).unwrap();
        assert_eq!(points, [[500_100.0, 3_999_980.0]]);

        let table = "点号,原北坐标,原东坐标,新北坐标,新东坐标\nA,1000,2000,3991000,40502000\nB,1000,5000,3991000,40505000\nC,4000,2000,3994000,40502000.1\n";
        std::fs::write(folder.path().join("控制点.csv"), table).unwrap();
        let fitted = read(folder.path(), "to = \"EPSG:4528\"\npoints = \"控制点.csv\"\n").unwrap();
        let mut points = [[2000.0, 1000.0]];
        fitted.shift.apply(&mut points).unwrap();
        assert!((points[0][0] - 40_502_000.0).abs() < 0.1 && (points[0][1] - 3_991_000.0).abs() < 0.1, "{points:?}");
        assert_eq!(fitted.notes.last().unwrap().code, "shift.fitted");

        for (toml, cause) in [
            ("to = \"EPSG:4528\"\npoints = \"控制点.csv\"\nmax_rms_m = 0.01\n", "shift.fitted"),
            ("to = \"EPSG:4528\"\n", "shift.one_way"),
            ("to = \"EPSG:4490\"\npoints = \"控制点.csv\"\n", "shift.no_plane"),
            ("to = \"没有\"\npoints = \"控制点.csv\"\n", "shift.system"),
        ] {
            let refused = read(folder.path(), toml).unwrap_err();
            assert_eq!(refused.code, "shift.wrong");
            let found = refused.args.iter().any(|(_, arg)| matches!(arg, Arg::Nested(m) if m.code == cause));
            assert!(found, "{toml}: {refused:?}");
        }
        assert!(read(folder.path(), &four.replace("scale", "scael")).is_err());
        std::fs::write(folder.path().join("控制点.csv"), table.replace("5000", "五千")).unwrap();
        let refused = read(folder.path(), "to = \"EPSG:4528\"\npoints = \"控制点.csv\"\n").unwrap_err();
        assert!(refused.args.iter().any(|(_, arg)| matches!(arg, Arg::Nested(m) if m.code == "shift.no_number")), "{refused:?}");
    }
}
