//! A layer's packed base: flat coordinates, ends, a soundness bit a feature, typed columns, a packed index.

use super::{Column, ColumnBuilder, Field, Value};
use crate::geom::{BBox, Drawn, PackedIndex, Point, RingsRef, Shape, ShapeRef, winding_of_simple};
use std::sync::OnceLock;

/// What a layer's features are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GeometryKind {
    /// A ring is one point.
    Point,
    /// A ring is one line.
    Line,
    #[default]
    Area,
    /// A table without geometry.
    None,
}

impl GeometryKind {
    /// What the rings of a feature of this kind draw.
    pub fn drawn(self, rings: RingsRef<'_>) -> Drawn<'_> {
        match self {
            Self::Area => Drawn { areas: rings, ..Drawn::default() },
            Self::Line => Drawn { lines: rings, ..Drawn::default() },
            Self::Point => Drawn { points: rings.coords(), ..Drawn::default() },
            Self::None => Drawn::default(),
        }
    }

    /// Text key of its name.
    pub fn key(self) -> &'static str {
        match self {
            Self::Point => "io.kind_point",
            Self::Line => "io.kind_line",
            Self::Area => "io.kind_area",
            Self::None => "io.kind_none",
        }
    }
}

/// Immutable features of one layer, in metres of the workspace CRS. Costs what its bytes cost.
///
/// A feature whose bit is set holds sound, oriented rings and is a [`ShapeRef`]; any other holds what the file held.
#[derive(Clone, Debug)]
pub struct Packed {
    kind: GeometryKind,
    coords: Vec<Point>,
    ring_ends: Vec<u32>,
    part_ends: Vec<u32>,
    feature_ends: Vec<u32>,
    sound: Vec<bool>,
    columns: Vec<Column>,
    source_records: Vec<u32>,
    /// Made when first asked for: a block of a streamed file needs neither.
    index: OnceLock<PackedIndex>,
    hash: OnceLock<[u8; 32]>,
}

impl Packed {
    pub fn kind(&self) -> GeometryKind {
        self.kind
    }

    pub fn len(&self) -> usize {
        self.feature_ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.feature_ends.is_empty()
    }

    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub fn value(&self, row: usize, column: usize) -> Value {
        self.columns.get(column).map_or(Value::Null, |c| c.value(row))
    }

    /// BLAKE3 of coordinates, ends and values: equal content, equal hash.
    pub fn hash(&self) -> &[u8; 32] {
        self.hash.get_or_init(|| {
            let mut hasher = blake3::Hasher::new();
            for column in &self.columns {
                hasher.update(column.field.name.as_bytes()).update(&[0]);
            }
            for row in 0..self.len() {
                let rings = self.rings(row);
                hasher.update(&(rings.coords().len() as u64).to_le_bytes());
                for p in rings.coords() {
                    hasher.update(&p[0].to_le_bytes()).update(&p[1].to_le_bytes());
                }
                rings.rings().for_each(|ring| {
                    hasher.update(&(ring.len() as u64).to_le_bytes());
                });
                for column in &self.columns {
                    let value = column.value(row);
                    // A separator that no text holds and a mark for null keep different rows different.
                    hasher.update(if value.is_null() { &[1, 0] } else { &[2, 0] });
                    hasher.update(value.to_string().as_bytes());
                }
            }
            *hasher.finalize().as_bytes()
        })
    }

    /// The record number in the source, from 1; 0 for a feature that was drawn or edited here.
    pub fn source_record(&self, row: usize) -> u32 {
        self.source_records.get(row).copied().unwrap_or(0)
    }

    pub fn rings(&self, row: usize) -> RingsRef<'_> {
        let end = |ends: &[u32], i: usize| if i == 0 { 0 } else { ends[i - 1] };
        let (part_from, part_to) = (end(&self.feature_ends, row), self.feature_ends[row]);
        let (ring_from, ring_to) = (end(&self.part_ends, part_from as usize), end(&self.part_ends, part_to as usize));
        let (from, to) = (end(&self.ring_ends, ring_from as usize), end(&self.ring_ends, ring_to as usize));
        RingsRef::new(
            &self.coords[from as usize..to as usize],
            &self.ring_ends[ring_from as usize..ring_to as usize],
            &self.part_ends[part_from as usize..part_to as usize],
            from,
            ring_from,
        )
    }

    /// The feature as a sound area; `None` when it is none (mend its [`Packed::rings`] then).
    pub fn shape(&self, row: usize) -> Option<ShapeRef<'_>> {
        self.sound[row].then(|| ShapeRef::from_checked(self.rings(row)))
    }

    /// Rows whose box meets `window`, ascending.
    pub fn meeting(&self, window: BBox) -> Vec<u32> {
        self.index.get_or_init(|| PackedIndex::new((0..self.len()).map(|row| self.rings(row).bbox()).collect())).meeting(window)
    }

    pub fn bbox(&self) -> BBox {
        BBox::of(&self.coords)
    }
}

/// Checks an area where it lies: a sound one is oriented in its own place. Whether it is sound; `None` for one that is
/// sound with other rings than these, of which nothing is changed.
///
/// `coords`, `ring_ends`, `part_ends`, `first_coord`, `first_ring`: as in [`RingsRef::new`].
pub fn settle(coords: &mut [Point], ring_ends: &[u32], part_ends: &[u32], first_coord: u32, first_ring: u32) -> Option<bool> {
    if ring_ends.len() == 1
        && part_ends.len() == 1
        && let Some(counter_clockwise) = winding_of_simple(coords)
    {
        if !counter_clockwise {
            coords[1..].reverse();
        }
        return Some(true);
    }
    let rings = RingsRef::new(coords, ring_ends, part_ends, first_coord, first_ring);
    let Ok(shape) = Shape::check(rings) else { return Some(false) };
    let sound = shape.rings();
    let as_they_were = sound.ring_count() == rings.ring_count()
        && sound.part_count() == rings.part_count()
        && (0..rings.ring_count()).all(|i| sound.ring(i).len() == rings.ring(i).len())
        && (0..rings.part_count()).all(|i| sound.part(i) == rings.part(i));
    as_they_were.then(|| {
        coords.copy_from_slice(sound.coords());
        true
    })
}

/// Builds a [`Packed`] feature by feature.
#[derive(Debug)]
pub struct PackedBuilder {
    kind: GeometryKind,
    coords: Vec<Point>,
    ring_ends: Vec<u32>,
    part_ends: Vec<u32>,
    feature_ends: Vec<u32>,
    sound: Vec<bool>,
    columns: Vec<ColumnBuilder>,
    source_records: Vec<u32>,
}

impl PackedBuilder {
    pub fn new(kind: GeometryKind, fields: Vec<Field>) -> Self {
        Self {
            kind,
            coords: Vec::new(),
            ring_ends: Vec::new(),
            part_ends: Vec::new(),
            feature_ends: Vec::new(),
            sound: Vec::new(),
            columns: fields.into_iter().map(ColumnBuilder::new).collect(),
            source_records: Vec::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.feature_ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.feature_ends.is_empty()
    }

    /// Adds a feature: areas are checked here, once, and stored oriented when they are sound.
    ///
    /// `values` in the order of the fields; missing ones are null.
    pub fn push(&mut self, source_record: u32, rings: RingsRef<'_>, values: &[Value]) {
        self.push_geometry(source_record, rings);
        for (i, column) in self.columns.iter_mut().enumerate() {
            column.push(values.get(i).unwrap_or(&Value::Null));
        }
    }

    /// Adds a feature whose values come apart, by [`PackedBuilder::finish_with`].
    pub fn push_geometry(&mut self, source_record: u32, rings: RingsRef<'_>) {
        self.source_records.push(source_record);
        if self.kind != GeometryKind::Area {
            self.sound.push(false);
            return self.push_rings(rings);
        }
        if rings.ring_count() == 1
            && rings.part_count() == 1
            && let Some(counter_clockwise) = winding_of_simple(rings.coords())
        {
            let from = self.coords.len();
            self.push_rings(rings);
            if !counter_clockwise {
                self.coords[from + 1..].reverse();
            }
            return self.sound.push(true);
        }
        let checked = Shape::check(rings).ok();
        self.sound.push(checked.is_some());
        match &checked {
            Some(shape) => self.push_rings(shape.rings()),
            None => self.push_rings(rings),
        }
    }

    fn push_rings(&mut self, rings: RingsRef<'_>) {
        let (first_coord, first_ring) = (self.coords.len() as u32, self.ring_ends.len() as u32);
        self.coords.extend_from_slice(rings.coords());
        let mut at = first_coord;
        for ring in rings.rings() {
            at += ring.len() as u32;
            self.ring_ends.push(at);
        }
        for part in 0..rings.part_count() {
            self.part_ends.push(first_ring + rings.part(part).end as u32);
        }
        self.feature_ends.push(self.part_ends.len() as u32);
    }

    /// Flat features that [`settle`] has an answer for, taken over without copying them. `ends`: of rings, parts, features.
    pub fn with_settled(kind: GeometryKind, coords: Vec<Point>, ends: [Vec<u32>; 3], sound: Vec<bool>, source_records: Vec<u32>) -> Self {
        let [ring_ends, part_ends, feature_ends] = ends;
        Self { kind, coords, ring_ends, part_ends, feature_ends, sound, columns: Vec::new(), source_records }
    }

    /// The layer with these columns, of one value a feature, instead of those pushed. `index`: over the boxes of all
    /// features, where it is made already.
    pub fn finish_with(mut self, columns: Vec<Column>, index: Option<PackedIndex>) -> Packed {
        self.columns.clear();
        let mut packed = self.finish();
        packed.columns = columns;
        packed.index = index.map_or_else(OnceLock::new, OnceLock::from);
        packed
    }

    pub fn finish(self) -> Packed {
        Packed {
            kind: self.kind,
            coords: self.coords,
            ring_ends: self.ring_ends,
            part_ends: self.part_ends,
            feature_ends: self.feature_ends,
            sound: self.sound,
            columns: self.columns.into_iter().map(ColumnBuilder::finish).collect(),
            source_records: self.source_records,
            index: OnceLock::new(),
            hash: OnceLock::new(),
        }
    }
}
