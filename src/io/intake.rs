//! Intake: the raw features of a source, gathered flat, put into the workspace's system, checked and packed.

use super::shapefile::listed;
use super::{Chunk, Notes, ReadError, ReadOptions, Reader, Source};
use crate::crs::Transform;
use crate::geom::{BBox, PackedIndex, Point, RingsRef};
use crate::model::{
    Column, ColumnBuilder, Field, FieldKind, Filter, GeometryKind, Packed, PackedBuilder, SYSTEM_COLUMN, Value, field_named, settle,
};
use crate::task::{Outcome, Progress, blocks_in_order, both};
use crate::text::Message;
use std::ops::Range;
use std::sync::Arc;

/// All features of a source in its own numbers, flat.
#[derive(Debug, Default)]
pub struct Raw {
    pub notes: Notes,
    pub fields: Arc<[Field]>,
    coords: Vec<Point>,
    ring_ends: Vec<u32>,
    part_ends: Vec<u32>,
    feature_ends: Vec<u32>,
    records: Vec<u32>,
    columns: Vec<Column>,
    /// The box of each feature.
    boxes: Vec<BBox>,
    not_finite: Vec<u32>,
    /// Features that were passed over, and their box.
    passed: (usize, BBox),
}

/// Fewer points are packed on the calling thread: a block of a stream, a file of some sites.
const FEW_POINTS: usize = 1 << 16;

/// What packing found, by record number of the source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Soundness {
    pub sound: usize,
    /// Records that are no sound area as they stand.
    pub unsound: Vec<usize>,
    /// Records without geometry.
    pub empty: Vec<usize>,
}

impl Raw {
    /// Reads a source; features whose box `keep` passes over are only counted.
    ///
    /// # Errors
    /// Those of the reader; a kind of shapes that is not there; a filter on a field that is not there; more coordinates than can be numbered.
    pub fn read(
        reader: &dyn Reader,
        source: &Source,
        options: &ReadOptions,
        filter: Option<&Filter>,
        keep: Option<&dyn Fn(BBox) -> bool>,
        progress: &Progress,
    ) -> Result<Self, ReadError> {
        if let Some(layer) = options.layer.as_ref().filter(|_| !reader.has_layers()) {
            let message = Message::new("io.layer_not_taken").with("layer", layer.clone());
            return Err(ReadError(message.with("file", source.name())));
        }
        Self::gather(&source.name(), options, [0, 0], filter, keep, |sink| reader.read(source, options, progress, sink))
    }

    /// What `read` gives to its sink, of a source of that name. `room`: for as many features and points, where it is known.
    pub(super) fn gather(
        name: &str,
        options: &ReadOptions,
        room: [usize; 2],
        filter: Option<&Filter>,
        keep: Option<&dyn Fn(BBox) -> bool>,
        read: impl FnOnce(&mut dyn FnMut(Chunk)) -> Result<Notes, ReadError>,
    ) -> Result<Self, ReadError> {
        let mut gathering = Gathering { room, filter, keep, ..Gathering::default() };
        let notes = read(&mut |chunk| gathering.add(chunk))?;
        let Gathering { mut raw, builders, broken, dropped, too_many, no_field, .. } = gathering;
        let refused = |m: Message| ReadError(m.with("file", name));
        if too_many {
            return Err(refused(Message::new("io.too_many_points")));
        }
        if let Some(field) = no_field {
            return Err(refused(Message::new("io.where_no_field").with("field", field)));
        }
        if let Some(asked) = options.kind.filter(|asked| *asked != notes.kind) {
            let words = [asked, notes.kind].map(|kind| Message::new(kind.key()));
            let [asked, kind] = words;
            return Err(refused(Message::new("io.no_such_kind").with("asked", asked).with("kind", kind)));
        }
        raw.notes = notes;
        raw.columns = builders.into_iter().map(ColumnBuilder::finish).collect();
        if raw.fields.is_empty() {
            raw.fields = raw.notes.fields.clone().into();
        }
        if let Some(system) = options.codes {
            raw.say_of_each(SYSTEM_COLUMN, system.written());
        }
        if !broken.is_empty() {
            let message = Message::new("io.records_not_finite").with("count", broken.len()).with("records", listed(&broken));
            raw.notes.messages.push(message);
        }
        if dropped > 0 {
            raw.notes.messages.push(Message::new("io.where_dropped").with("count", dropped));
        }
        Ok(raw)
    }

    /// Gives every feature the same text in a column, a new one or that of the name.
    fn say_of_each(&mut self, name: &str, text: &str) {
        let mut builder = ColumnBuilder::new(Field::new(name, FieldKind::Text));
        let value = Value::text(text);
        (0..self.records.len()).for_each(|_| builder.push(&value));
        let column = builder.finish();
        match field_named(&self.fields, &[name]).and_then(|at| self.columns.get_mut(at)) {
            Some(known) => *known = column,
            None => self.columns.push(column),
        }
        self.fields = self.columns.iter().map(|c| c.field.clone()).collect();
        self.notes.fields = self.fields.to_vec();
    }

    /// The features of one chunk.
    pub(super) fn of_chunk(notes: Notes, chunk: Chunk) -> Self {
        Self {
            notes,
            fields: chunk.fields,
            coords: chunk.coords,
            ring_ends: chunk.ring_ends,
            part_ends: chunk.part_ends,
            feature_ends: chunk.feature_ends,
            records: chunk.records,
            columns: chunk.columns.into_iter().map(ColumnBuilder::finish).collect(),
            boxes: chunk.boxes,
            passed: Default::default(),
            not_finite: chunk.not_finite,
        }
    }

    fn reserve(&mut self, features: usize, points: usize) {
        self.coords.reserve(points);
        for ends in [&mut self.ring_ends, &mut self.part_ends, &mut self.feature_ends, &mut self.records] {
            ends.reserve(features);
        }
        self.boxes.reserve(features);
    }

    fn append(&mut self, chunk: &Chunk) {
        let (coords, rings, parts) = (self.coords.len() as u32, self.ring_ends.len() as u32, self.part_ends.len() as u32);
        self.coords.extend_from_slice(&chunk.coords);
        self.ring_ends.extend(chunk.ring_ends.iter().map(|end| end + coords));
        self.part_ends.extend(chunk.part_ends.iter().map(|end| end + rings));
        self.feature_ends.extend(chunk.feature_ends.iter().map(|end| end + parts));
        self.records.extend_from_slice(&chunk.records);
        self.boxes.extend_from_slice(&chunk.boxes);
    }

    fn push(&mut self, record: u32, bbox: BBox, rings: RingsRef<'_>) {
        let first_ring = self.ring_ends.len() as u32;
        let mut at = self.coords.len() as u32;
        self.coords.extend_from_slice(rings.coords());
        for ring in rings.rings() {
            at += ring.len() as u32;
            self.ring_ends.push(at);
        }
        for part in 0..rings.part_count() {
            self.part_ends.push(first_ring + rings.part(part).end as u32);
        }
        self.feature_ends.push(self.part_ends.len() as u32);
        self.records.push(record);
        self.boxes.push(bbox);
    }

    pub fn len(&self) -> usize {
        self.records.len()
    }

    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub fn value(&self, row: usize, column: usize) -> Value {
        self.columns.get(column).map_or(Value::Null, |c| c.value(row))
    }

    /// Record number in the source, from 1.
    pub fn record(&self, row: usize) -> usize {
        self.records.get(row).map_or(0, |r| *r as usize)
    }

    /// Features that `keep` passed over.
    pub fn passed_over(&self) -> usize {
        self.passed.0
    }

    /// Box of all numbers, those that were passed over included.
    pub fn extent(&self) -> BBox {
        self.boxes.iter().fold(self.passed.1, |all, b| all.join(*b))
    }

    /// Box of one feature.
    pub fn bbox(&self, row: usize) -> BBox {
        self.boxes.get(row).copied().unwrap_or(BBox::EMPTY)
    }

    /// Puts the second number first.
    pub fn swap_axes(&mut self) {
        self.coords.iter_mut().for_each(|p| p.swap(0, 1));
        self.boxes.iter_mut().for_each(|b| *b = b.swapped());
        self.passed.1 = self.passed.1.swapped();
    }

    pub fn rings(&self, row: usize) -> RingsRef<'_> {
        let end = |ends: &[u32], i: u32| if i == 0 { 0 } else { ends.get(i as usize - 1).copied().unwrap_or(0) };
        let (parts_from, parts_to) = (end(&self.feature_ends, row as u32), end(&self.feature_ends, row as u32 + 1));
        let (rings_from, rings_to) = (end(&self.part_ends, parts_from), end(&self.part_ends, parts_to));
        let (from, to) = (end(&self.ring_ends, rings_from), end(&self.ring_ends, rings_to));
        RingsRef::new(
            &self.coords[from as usize..to as usize],
            &self.ring_ends[rings_from as usize..rings_to as usize],
            &self.part_ends[parts_from as usize..parts_to as usize],
            from,
            rings_from,
        )
    }

    /// Puts every feature into another system, on all cores. Gives the rows that have no place in it; their geometry must not
    /// be used.
    pub fn transform(&mut self, way: &Transform) -> Vec<usize> {
        if way.is_identity() {
            return Vec::new();
        }
        let of_block = |rows: Range<usize>, coords: &mut [Point], flat: Flat<'_>| {
            let (before, first) = (coords.to_vec(), flat.first_coord(rows.start));
            let span = |row: usize| flat.first_coord(row) - first..flat.first_coord(row + 1) - first;
            let mut lost = Vec::new();
            if way.apply(coords).is_err() {
                coords.copy_from_slice(&before);
                lost.extend(rows.clone().filter(|row| way.apply(&mut coords[span(*row)]).is_err()));
            }
            (lost, rows.map(|row| BBox::of(&coords[span(row)])).collect::<Vec<_>>())
        };
        let (lost, boxes): (Vec<_>, Vec<_>) = self.for_blocks(&Progress::new(), of_block).into_iter().unzip();
        self.boxes = boxes.into_iter().flatten().collect();
        lost.into_iter().flatten().collect()
    }

    /// Checks every area and packs the layer. `without`: rows (ascending) whose geometry is left out.
    pub fn pack(mut self, kind: GeometryKind, without: &[usize], progress: &Progress) -> (Packed, Soundness) {
        progress.set_total(self.len() as u64);
        let nothing = RingsRef::new(&[], &[], &[], 0, 0);
        let is_out = |row: usize| without.binary_search(&row).is_ok();
        let empty = (0..self.len()).filter(|row| is_out(*row) || self.rings(*row).is_empty()).map(|row| self.record(row));
        let mut soundness = Soundness { empty: empty.collect(), ..Soundness::default() };
        let is_large = self.coords.len() > FEW_POINTS;
        let is_area = kind == GeometryKind::Area;
        let columns = std::mem::take(&mut self.columns);
        // A block of a stream is never searched; a whole layer is. What settling changes, it changes within the boxes.
        let boxes = std::mem::take(&mut self.boxes);
        let boxes = Some(boxes).filter(|_| is_area && is_large && without.is_empty());
        let mut settle = || if is_area { self.settle(progress) } else { vec![Some(false); self.len()] };
        let (settled, index) = match boxes {
            Some(boxes) => both(&mut settle, || Some(PackedIndex::new(boxes))),
            None => (settle(), None),
        };
        let builder = if without.is_empty() && settled.iter().all(Option::is_some) {
            let sound = settled.into_iter().map(|sound| sound == Some(true)).collect();
            PackedBuilder::with_settled(kind, self.coords, [self.ring_ends, self.part_ends, self.feature_ends], sound, self.records)
        } else {
            let mut builder = PackedBuilder::new(kind, Vec::new());
            builder.reserve(self.len(), self.coords.len());
            for (row, sound) in settled.into_iter().enumerate() {
                match sound {
                    _ if is_out(row) => builder.push_geometry(self.records[row], nothing),
                    Some(sound) => builder.push_settled(self.records[row], self.rings(row), sound),
                    None => builder.push_geometry(self.records[row], self.rings(row)),
                }
            }
            builder
        };
        let packed = builder.finish_with(columns, index);
        for row in 0..packed.len() {
            if kind != GeometryKind::Area || packed.rings(row).is_empty() {
                continue;
            }
            match packed.shape(row) {
                Some(_) => soundness.sound += 1,
                None => soundness.unsound.push(packed.source_record(row) as usize),
            }
        }
        (packed, soundness)
    }

    /// Checks every area in its place. What [`settle`] says of each row; of those left over when cancelled, not sound.
    fn settle(&mut self, progress: &Progress) -> Vec<Option<bool>> {
        let of_block = |rows: Range<usize>, coords: &mut [Point], flat: Flat<'_>| -> Vec<_> {
            let first = flat.first_coord(rows.start);
            let of_row = |row: usize| {
                let (ring, at) = (flat.first_ring(row), flat.first_coord(row));
                let coords = &mut coords[at - first..flat.first_coord(row + 1) - first];
                let rings = &flat.ring_ends[ring..flat.first_ring(row + 1)];
                settle(coords, rings, flat.parts(row), at as u32, ring as u32)
            };
            rows.map(of_row).collect()
        };
        let count = self.len();
        let mut settled = Vec::with_capacity(count);
        self.for_blocks(progress, of_block).into_iter().for_each(|some| settled.extend(some));
        settled.resize(count, Some(false));
        settled
    }

    /// `work` on all rows, many with their points at a time, on all cores; few on this thread. Its answers in the order of the
    /// rows, as far as they came before `progress` was cancelled.
    fn for_blocks<R: Send>(&mut self, progress: &Progress, work: impl Fn(Range<usize>, &mut [Point], Flat<'_>) -> R + Sync) -> Vec<R> {
        let flat = Flat { ring_ends: &self.ring_ends, part_ends: &self.part_ends, feature_ends: &self.feature_ends };
        let (count, points) = (self.feature_ends.len(), self.coords.len());
        if points <= FEW_POINTS {
            progress.add(count as u64);
            return vec![work(0..count, &mut self.coords, flat)];
        }
        let step = (count * (FEW_POINTS / 4) / points).clamp(1, Chunk::SIZE);
        let mut starts = (0..count).step_by(step);
        let mut left = &mut self.coords[..];
        let next = || {
            let from = starts.next()?;
            let to = count.min(from + step);
            let (coords, rest) = std::mem::take(&mut left).split_at_mut(flat.first_coord(to) - flat.first_coord(from));
            left = rest;
            Some((from..to, coords))
        };
        let mut answers = Vec::new();
        let of_block = |(rows, coords): (Range<usize>, &mut [Point])| (rows.len(), work(rows, coords, flat));
        let add = |answer: Outcome<(usize, R)>| match answer {
            Outcome::Done((rows, answer)) => {
                progress.add(rows as u64);
                answers.push(answer);
            }
            // The work is the same for every area, and none may panic; a program that errs here must not go on.
            Outcome::Crashed(why) => std::panic::resume_unwind(Box::new(why)),
        };
        blocks_in_order(next, 0, progress, of_block, add);
        answers
    }
}

/// Where the rings, parts and points of each row lie.
#[derive(Clone, Copy)]
struct Flat<'a> {
    ring_ends: &'a [u32],
    part_ends: &'a [u32],
    feature_ends: &'a [u32],
}

impl<'a> Flat<'a> {
    fn end(ends: &[u32], i: usize) -> usize {
        if i == 0 { 0 } else { ends[i - 1] as usize }
    }

    fn first_ring(self, row: usize) -> usize {
        Self::end(self.part_ends, Self::end(self.feature_ends, row))
    }

    fn first_coord(self, row: usize) -> usize {
        Self::end(self.ring_ends, self.first_ring(row))
    }

    fn parts(self, row: usize) -> &'a [u32] {
        &self.part_ends[Self::end(self.feature_ends, row)..Self::end(self.feature_ends, row + 1)]
    }
}

#[derive(Default)]
struct Gathering<'a> {
    raw: Raw,
    /// Features and points that room is made for: room that is not filled costs nothing, growing step by step does.
    room: [usize; 2],
    builders: Vec<ColumnBuilder>,
    filter: Option<&'a Filter>,
    keep: Option<&'a dyn Fn(BBox) -> bool>,
    /// Columns that the filter looks at.
    filter_columns: Vec<usize>,
    /// One that is not there.
    no_field: Option<String>,
    broken: Vec<usize>,
    dropped: usize,
    too_many: bool,
}

impl Gathering<'_> {
    fn add(&mut self, mut chunk: Chunk) {
        if self.builders.is_empty() && self.raw.records.is_empty() {
            self.raw.fields = chunk.fields.clone();
            self.builders = chunk.fields.iter().cloned().map(ColumnBuilder::new).collect();
            let [features, points] = self.room;
            self.builders.iter_mut().for_each(|builder| builder.reserve(features));
            self.raw.reserve(features, points);
            match self.filter.map(|filter| filter.columns(&chunk.fields)) {
                Some(Ok(columns)) => self.filter_columns = columns,
                Some(Err(field)) => self.no_field = Some(field),
                None => {}
            }
        }
        let finished: Vec<Column> = std::mem::take(&mut chunk.columns).into_iter().map(ColumnBuilder::finish).collect();
        let value = |row: usize, column: &usize| finished.get(*column).map_or(Value::Null, |c: &Column| c.value(row));
        let columns = &self.filter_columns;
        let dropped = |row: usize| self.filter.is_some_and(|f| !f.keeps(columns.iter().map(|column| value(row, column))));
        self.too_many |= self.raw.coords.len() + chunk.coords.len() > u32::MAX as usize;
        if self.too_many {
            return;
        }
        let is_passed = |bbox: &BBox| !bbox.is_empty() && self.keep.is_some_and(|keep| !keep(*bbox));
        let passes_over = chunk.boxes.iter().any(is_passed);
        if (self.filter.is_none() && !passes_over) || self.no_field.is_some() {
            self.broken.extend(chunk.not_finite.iter().map(|r| *r as usize));
            self.builders.iter_mut().zip(&finished).for_each(|(builder, column)| builder.append(column));
            return self.raw.append(&chunk);
        }
        let part = Raw::of_chunk(Notes::default(), chunk);
        for row in 0..part.len() {
            if dropped(row) {
                self.dropped += 1;
                continue;
            }
            let bbox = part.boxes[row];
            if is_passed(&bbox) {
                self.raw.passed = (self.raw.passed.0 + 1, self.raw.passed.1.join(bbox));
                continue;
            }
            let record = part.records[row];
            if part.not_finite.contains(&record) {
                self.broken.push(record as usize);
            }
            self.builders.iter_mut().zip(&finished).for_each(|(builder, column)| builder.push(&column.value(row)));
            self.raw.push(record, bbox, part.rings(row));
        }
    }
}
