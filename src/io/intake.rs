//! Intake: the raw features of a source, gathered flat, put into the workspace's system, checked and packed.

use super::shapefile::listed;
use super::{Chunk, Notes, ReadError, ReadOptions, Reader, Source};
use crate::crs::Transform;
use crate::geom::{BBox, PackedIndex, Point, Rings, RingsRef, Shape};
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
        self.push_ends(self.coords.len(), rings);
        self.coords.extend_from_slice(rings.coords());
        self.records.push(record);
        self.boxes.push(bbox);
    }

    /// Adds the ends of a feature whose points begin at `at`.
    fn push_ends(&mut self, at: usize, rings: RingsRef<'_>) {
        let first_ring = self.ring_ends.len() as u32;
        let ends = rings.rings().scan(at as u32, |at, ring| {
            *at += ring.len() as u32;
            Some(*at)
        });
        self.ring_ends.extend(ends);
        self.part_ends.extend((0..rings.part_count()).map(|part| first_ring + rings.part(part).end as u32));
        self.feature_ends.push(self.part_ends.len() as u32);
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
        let others: Vec<(usize, Rings)> =
            (0..self.len()).filter_map(|row| Some((row, self.other_rings(row, is_out(row), settled[row])?))).collect();
        self.replace(&others);
        let sound = settled.iter().enumerate().map(|(row, sound)| *sound != Some(false) && !is_out(row)).collect();
        let ends = [self.ring_ends, self.part_ends, self.feature_ends];
        let builder = PackedBuilder::with_settled(kind, self.coords, ends, sound, self.records);
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

    /// The rings that a row gets instead of its own: none where it is left out, those of the sound area that it is.
    fn other_rings(&self, row: usize, is_out: bool, settled: Option<bool>) -> Option<Rings> {
        match settled {
            _ if is_out => Some(Rings::new()),
            None => Shape::check(self.rings(row)).ok().map(|shape| shape.rings().to_owned()),
            Some(_) => None,
        }
    }

    /// Puts other rings in the place of those of some rows, which ascend. Where they lie, for the points of a layer fill
    /// most of its memory.
    fn replace(&mut self, others: &[(usize, Rings)]) {
        if others.is_empty() {
            return;
        }
        let [ring_ends, part_ends, feature_ends] = [&mut self.ring_ends, &mut self.part_ends, &mut self.feature_ends]
            .map(|ends| std::mem::replace(ends, Vec::with_capacity(ends.len())));
        let flat = Flat { ring_ends: &ring_ends, part_ends: &part_ends, feature_ends: &feature_ends };
        let (rows, points) = (feature_ends.len(), self.coords.len());
        // How far writing would run ahead of reading at the most: by so much all points make way first.
        let (mut written, mut read, mut ahead) = (0, 0, 0);
        for (row, rings) in others {
            written += rings.as_ref().coords().len();
            read += flat.first_coord(row + 1) - flat.first_coord(*row);
            ahead = ahead.max(written.saturating_sub(read));
        }
        if ahead > 0 {
            self.coords.resize(points + ahead, [0.0; 2]);
            self.coords.copy_within(..points, ahead);
        }
        let (mut at, mut row) = (0, 0);
        for (other, rings) in others.iter().map(|(row, rings)| (*row, Some(rings))).chain([(rows, None)]) {
            // Those before it stay as they are.
            let (from, to) = (flat.first_coord(row), flat.first_coord(other));
            self.coords.copy_within(from + ahead..to + ahead, at);
            self.add_ends(at, flat.of_rows(row..other), [from, flat.first_ring(row), flat.first_part(row)]);
            at += to - from;
            if let Some(rings) = rings.map(Rings::as_ref) {
                self.coords[at..at + rings.coords().len()].copy_from_slice(rings.coords());
                self.push_ends(at, rings);
                at += rings.coords().len();
            }
            row = other + 1;
        }
        self.coords.truncate(at);
    }

    /// Adds ends of rings, parts and features whose points begin at `at`, and that were counted from `before`.
    fn add_ends(&mut self, at: usize, ends: [&[u32]; 3], before: [usize; 3]) {
        let starts = [at, self.ring_ends.len(), self.part_ends.len()];
        let all = [&mut self.ring_ends, &mut self.part_ends, &mut self.feature_ends];
        for (((all, ends), start), before) in all.into_iter().zip(ends).zip(starts).zip(before) {
            all.extend(ends.iter().map(|end| end - before as u32 + start as u32));
        }
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

    fn first_part(self, row: usize) -> usize {
        Self::end(self.feature_ends, row)
    }

    fn first_ring(self, row: usize) -> usize {
        Self::end(self.part_ends, self.first_part(row))
    }

    fn first_coord(self, row: usize) -> usize {
        Self::end(self.ring_ends, self.first_ring(row))
    }

    fn parts(self, row: usize) -> &'a [u32] {
        &self.part_ends[self.first_part(row)..self.first_part(row + 1)]
    }

    /// The ends of their rings, parts and features.
    fn of_rows(self, rows: Range<usize>) -> [&'a [u32]; 3] {
        let rings = self.first_ring(rows.start)..self.first_ring(rows.end);
        let parts = self.first_part(rows.start)..self.first_part(rows.end);
        [&self.ring_ends[rings], &self.part_ends[parts], &self.feature_ends[rows]]
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

#[cfg(test)]
mod tests;
