//! What is converted: the features of a source in the system they are written in, rings ordered in parts and holes.

use super::{Conversion, ConvertError, ConvertFormat, no_way};
use crate::crs::{Crs, Transform};
use crate::geom::{BBox, Rings, RingsRef, Shape, nested};
use crate::io::{Raw, read_source, reader_for};
use crate::job::open::{Settled, geometry_columns_apply, lost_note};
use crate::job::rows::{LayerRows, Rows};
use crate::job::{CHINA, OpenError};
use crate::model::{Field, GeometryKind, Layer, SiteFields, Value};
use crate::task::{Outcome, Progress, map_in_order};
use crate::text::Message;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) struct Features<'a> {
    pub file: String,
    /// Name of the source without its extension.
    pub stem: String,
    pub kind: GeometryKind,
    pub crs: Crs,
    pub fields: Arc<[Field]>,
    /// How the source was read.
    pub notes: Vec<Message>,
    rows: Box<dyn Rows + 'a>,
    /// Outer rings counter-clockwise, first in their part, holes clockwise; none for a row without geometry.
    rings: Vec<Rings>,
}

impl<'a> Features<'a> {
    pub fn read(order: &Conversion, place: BBox, progress: &Progress) -> Result<Self, ConvertError> {
        let input = &order.input;
        let source = read_source(&input.path).map_err(OpenError::from)?;
        let file = source.name();
        let reader = reader_for(&source).map_err(OpenError::from)?;
        let mut raw =
            Raw::read(reader, &source, &input.settings.options, input.settings.filter.as_ref(), None, progress).map_err(OpenError::from)?;
        drop(source);
        let refused = |m: Message| OpenError::Read(m.with("file", file.clone()));
        if raw.is_empty() {
            return Err(refused(Message::new("io.no_features")).into());
        }
        let place = if place.is_empty() { CHINA } else { place };
        let settled = Settled::of(input, &file, &raw, place)?;
        if settled.crs.swapped {
            raw.swap_axes();
        }
        let usual =
            if matches!(order.format, ConvertFormat::GeoJson | ConvertFormat::Kml) { Crs::CGCS2000_LON_LAT } else { settled.plane() };
        let crs = order.to.clone().unwrap_or(usual);
        let way = settled.way(&crs).map_err(|e| no_way(&file, &e))?;
        let notes = settled.notes(&raw, place);
        geometry_columns_apply(input, raw.notes.format).map_err(refused)?;
        // Positions that were offset must not leave as if they were true ones.
        if let Some(why) = raw.notes.shown_only.clone().filter(|_| input.settings.options.crs.is_none()) {
            return Err(refused(Message::new("convert.shown_only").with("why", why)).into());
        }
        let stem = input.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        let (kind, fields) = (raw.notes.kind, raw.fields.clone());
        let mut features = Self { file, stem, kind, crs, fields, notes, rows: Box::new(raw), rings: Vec::new() };
        features.settle(&way, progress)?;
        Ok(features)
    }

    /// Those of a layer that lies in a workspace on `from`.
    pub fn of_layer(order: &Conversion, layer: &'a Layer, from: &Crs, progress: &Progress) -> Result<Self, ConvertError> {
        let stem = layer.head.name.to_string();
        if layer.is_empty() {
            return Err(OpenError::Read(Message::new("io.no_features").with("file", stem)).into());
        }
        let usual = if matches!(order.format, ConvertFormat::GeoJson | ConvertFormat::Kml) { Crs::CGCS2000_LON_LAT } else { from.clone() };
        let crs = order.to.clone().unwrap_or(usual);
        let way = Transform::new(from, &crs).map_err(|e| no_way(&stem, &e))?;
        let rows = Box::new(LayerRows::of(layer));
        let (kind, fields) = (layer.base().kind(), layer.fields.clone());
        let mut features = Self { file: stem.clone(), stem, kind, crs, fields, notes: Vec::new(), rows, rings: Vec::new() };
        features.settle(&way, progress)?;
        Ok(features)
    }

    /// Orders the rings and puts them into the system that is written.
    fn settle(&mut self, way: &Transform, progress: &Progress) -> Result<(), ConvertError> {
        let refused = |m: Message| OpenError::Read(m.with("file", self.file.clone()));
        let (kind, rows) = (self.kind, self.rows.as_ref());
        let (mut unsound, mut lost, mut rings) = (0, Vec::new(), Vec::with_capacity(rows.len()));
        progress.set_total(rows.len() as u64);
        let settle = |row: usize| {
            let (mut own, sound) = settled_rings(kind, rows.rings(row));
            let there = way.apply(own.coords_mut()).is_ok();
            (if there { own } else { Rings::new() }, sound, there)
        };
        let mut crashed = None;
        map_in_order(0..rows.len(), 0, progress, settle, |done| match done {
            Outcome::Done((own, sound, there)) => {
                if !there {
                    lost.push(rows.record(rings.len()));
                }
                unsound += usize::from(!sound);
                rings.push(own);
            }
            Outcome::Crashed(why) => crashed = Some(why),
        });
        if let Some(why) = crashed {
            return Err(refused(Message::new("io.read_failed").with("cause", why)).into());
        }
        if progress.is_cancelled() {
            return Err(refused(Message::new("io.cancelled")).into());
        }
        if lost.len() == rows.len() {
            return Err(refused(Message::new("io.all_out_of_range").with("crs", crate::job::crs_words(&self.crs))).into());
        }
        if !lost.is_empty() {
            self.notes.push(lost_note(&lost));
        }
        if unsound > 0 {
            self.notes.push(Message::new("convert.unsound").with("count", unsound));
        }
        self.rings = rings;
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.rings.len()
    }

    pub fn rings(&self, row: usize) -> RingsRef<'_> {
        self.rings[row].as_ref()
    }

    pub fn value(&self, row: usize, column: usize) -> Value {
        self.rows.value(row, column)
    }

    pub fn values(&self, row: usize) -> Vec<Value> {
        (0..self.fields.len()).map(|column| self.value(row, column)).collect()
    }

    /// The column that names a feature for people.
    pub fn name_column(&self) -> Option<usize> {
        let site = SiteFields::guess(&self.fields);
        site.name.or(site.id)
    }

    /// Names of the fields after `shaped`, each once whatever its case.
    pub fn names_once(&self, shaped: impl Fn(&str) -> String) -> Vec<String> {
        let mut taken = HashSet::new();
        let once = |field: &Field| {
            let name = shaped(&field.name);
            let mut unique = name.clone();
            let mut number = 1;
            while !taken.insert(unique.to_lowercase()) {
                unique = format!("{name}_{number}");
                number += 1;
            }
            unique
        };
        self.fields.iter().map(once).collect()
    }
}

/// The rings in their parts, and whether they are sound; unsound ones keep every ring and point.
fn settled_rings(kind: GeometryKind, rings: RingsRef<'_>) -> (Rings, bool) {
    if kind != GeometryKind::Area || rings.is_empty() {
        return (rings.to_owned(), true);
    }
    match Shape::check(rings) {
        Ok(shape) => (shape.rings().to_owned(), true),
        Err(_) => (nested(rings), false),
    }
}
