//! A GeoPackage of verdicts: the sites with the columns of the table, the pieces of land behind them, what it rests on.

use super::{Ending, Head, Sink, text::summary};
use crate::crs::Crs;
use crate::geom::Shape;
use crate::io::{Cell, GpkgTable, GpkgWriter, PartFile, WriteError};
use crate::job::verdict_csv;
use crate::model::{FieldKind, GeometryKind};
use crate::rules::{Outcome, Verdict};
use serde_json::json;
use std::path::Path;

pub struct Gpkg {
    writer: GpkgWriter,
    sites: GpkgTable,
    pieces: GpkgTable,
    about: GpkgTable,
}

/// Columns of the layer of pieces. `piece`: `inside`, `outside`, or `hit` on the land of another layer.
const PIECES: [(&str, FieldKind); 6] = [
    ("site_id", FieldKind::Text),
    ("piece", FieldKind::Text),
    ("rule", FieldKind::Text),
    ("outcome", FieldKind::Text),
    ("layer", FieldKind::Text),
    ("area_m2", FieldKind::Real),
];

impl Gpkg {
    pub fn begin(path: &Path, crs: &Crs, head: &Head) -> Result<Self, WriteError> {
        let mut writer = GpkgWriter::create(path, crs)?;
        let kind = |name| if verdict_csv::is_number(name) { FieldKind::Real } else { FieldKind::Text };
        let columns: Vec<(&str, FieldKind)> = verdict_csv::HEADER.iter().map(|name| (*name, kind(name))).collect();
        let sites = writer.add_table("sites", "luodi check: verdicts", GeometryKind::Area, &columns)?;
        let pieces = writer.add_table("pieces", "luodi check: inside, outside, hits", GeometryKind::Area, &PIECES)?;
        let rows = [("key", FieldKind::Text), ("value", FieldKind::Text)];
        let about = writer.add_table("provenance", "luodi check: what the verdicts rest on", GeometryKind::None, &rows)?;
        for (key, value) in &head.members {
            writer.push(about, None, &[Cell::Text(key), Cell::Text(&value.to_string())])?;
        }
        Ok(Self { writer, sites, pieces, about })
    }

    fn piece(&mut self, id: &str, cells: [Cell<'_>; 4], shape: &Shape, area_m2: f64) -> Result<(), WriteError> {
        let [piece, rule, outcome, layer] = cells;
        self.writer.push(self.pieces, Some(shape.rings()), &[Cell::Text(id), piece, rule, outcome, layer, Cell::Real(area_m2)])
    }
}

impl Sink for Gpkg {
    fn add(&mut self, verdict: &Verdict, _: &str) -> Result<(), WriteError> {
        let row = verdict_csv::row(verdict);
        let cell = |(name, text): (&&str, &'_ String)| match text.parse::<f64>() {
            Ok(number) if verdict_csv::is_number(name) => Some(number),
            _ => None,
        };
        let numbers: Vec<Option<f64>> = verdict_csv::HEADER.iter().zip(&row).map(cell).collect();
        let cells: Vec<Cell<'_>> = verdict_csv::HEADER
            .iter()
            .zip(&row)
            .zip(&numbers)
            .map(|((name, text), number)| match number {
                Some(number) => Cell::Real(*number),
                None if verdict_csv::is_number(name) => Cell::Null,
                None => Cell::Text(text),
            })
            .collect();
        self.writer.push(self.sites, verdict.shape.as_ref().map(|s| s.rings()), &cells)?;
        let id = &verdict.site.id;
        for (word, shape) in [("inside", &verdict.inside), ("outside", &verdict.outside)] {
            if let Some(shape) = shape {
                self.piece(id, [Cell::Text(word), Cell::Null, Cell::Null, Cell::Null], shape, shape.area_m2())?;
            }
        }
        for finding in verdict.findings.iter().filter(|f| matches!(f.outcome, Outcome::Warn | Outcome::Fail)) {
            for evidence in &finding.evidence {
                let Some((layer, _)) = &evidence.against else { continue };
                let cells = [Cell::Text("hit"), Cell::Text(finding.rule), Cell::Text(finding.outcome.code()), Cell::Text(layer)];
                self.piece(id, cells, &evidence.piece, evidence.area_m2)?;
            }
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>, ending: &Ending) -> Result<Option<PartFile>, WriteError> {
        let summary = json!(summary(ending)).to_string();
        self.writer.push(self.about, None, &[Cell::Text("summary"), Cell::Text(&summary)])?;
        self.writer.finish().map(Some)
    }
}
