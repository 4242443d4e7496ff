//! A layer: a packed base shared by all snapshots, plus the few features that were edited.

use super::{Date, FeatureId, Field, Look, Packed, Role, Value};
use crate::crs::Crs;
use crate::geom::{BBox, LiveIndex, Rings, RingsRef, Shape, ShapeRef};
use crate::text::Message;
use rpds::RedBlackTreeMapSync;
use std::sync::Arc;

/// What a layer says about itself; changed by renaming, hiding, restyling.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerHead {
    pub name: Arc<str>,
    pub role: Role,
    pub visible: bool,
    /// 0…1.
    pub opacity: f32,
    pub coverage: Coverage,
    /// How it is drawn where that is not as its role says.
    pub look: Look,
}

impl LayerHead {
    /// A visible layer that speaks for no land in particular, drawn as its role says.
    pub fn new(name: &str, role: Role) -> Self {
        Self { name: name.into(), role, visible: true, opacity: 1.0, coverage: Coverage::Undeclared, look: Look::default() }
    }
}

/// Which land a layer speaks for. Outside it an empty answer is *unknown*, never "none".
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Coverage {
    #[default]
    Undeclared,
    WholeCity,
    Districts(Vec<Arc<str>>),
    Area(Arc<Shape>),
}

/// Where a layer came from and how it was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Provenance {
    /// File name without its folder; empty for a layer drawn here.
    pub file: Arc<str>,
    /// BLAKE3 of the source's bytes.
    pub file_hash: Option<[u8; 32]>,
    /// The date the data says it has.
    pub date: Option<Date>,
    pub format: &'static str,
    /// The system the source was in.
    pub source_crs: Option<Crs>,
    /// What the reader and the intake found and did, in order: encoding, CRS, repairs, skipped records.
    pub notes: Vec<Message>,
}

/// One feature outside the packed base: drawn here, or edited.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    rings: Rings,
    /// Whether `rings` are a sound shape.
    sound: bool,
    pub values: Vec<Value>,
}

impl Feature {
    pub fn new(rings: Rings, values: Vec<Value>) -> Self {
        match Shape::check(rings.as_ref()) {
            Ok(shape) => Self { rings: shape.rings().to_owned(), sound: true, values },
            Err(_) => Self { rings, sound: false, values },
        }
    }

    pub fn rings(&self) -> RingsRef<'_> {
        self.rings.as_ref()
    }

    pub fn shape(&self) -> Option<ShapeRef<'_>> {
        self.sound.then(|| ShapeRef::from_checked(self.rings.as_ref()))
    }
}

/// A layer of the workspace. Cloning shares the base and the edits.
#[derive(Clone, Debug)]
pub struct Layer {
    pub head: LayerHead,
    pub provenance: Arc<Provenance>,
    pub fields: Arc<[Field]>,
    base: Arc<Packed>,
    ids: BaseIds,
    /// Edited (`Some`) and removed (`None`) features of the base, and features added here.
    edits: RedBlackTreeMapSync<FeatureId, Option<Arc<Feature>>>,
    /// Boxes of the edited features, by id.
    edits_index: Arc<LiveIndex>,
}

impl Layer {
    /// `first_id`: the first of `base.len()` ids reserved for the base.
    pub fn new(head: LayerHead, provenance: Provenance, base: Arc<Packed>, first_id: FeatureId) -> Self {
        Self::with_base_ids(head, provenance, base, BaseIds::Run(first_id))
    }

    /// A layer whose features bear the given ids, one a row; `None` unless there are as many as rows, ascending.
    pub fn with_ids(head: LayerHead, provenance: Provenance, base: Arc<Packed>, ids: Vec<FeatureId>) -> Option<Self> {
        if ids.len() != base.len() || !ids.windows(2).all(|pair| pair[0] < pair[1]) {
            return None;
        }
        let first = ids.first().copied().unwrap_or(FeatureId(0));
        let is_run = ids.last().is_none_or(|last| last.after(first) == Some(ids.len() as u64 - 1));
        let ids = if is_run { BaseIds::Run(first) } else { BaseIds::Sorted(ids.into()) };
        Some(Self::with_base_ids(head, provenance, base, ids))
    }

    fn with_base_ids(head: LayerHead, provenance: Provenance, base: Arc<Packed>, ids: BaseIds) -> Self {
        let fields = base.columns().iter().map(|c| c.field.clone()).collect();
        Self {
            head,
            provenance: Arc::new(provenance),
            fields,
            base,
            ids,
            edits: RedBlackTreeMapSync::new_sync(),
            edits_index: Arc::default(),
        }
    }

    pub fn base(&self) -> &Arc<Packed> {
        &self.base
    }

    /// All features, those of the base in file order, then the added ones by id.
    pub fn features(&self) -> impl Iterator<Item = FeatureRef<'_>> {
        let of_base = (0..self.base.len()).filter_map(|row| self.feature(self.ids.of(row)?));
        let added = self.edits.iter().filter(|(id, f)| f.is_some() && self.row_of(**id).is_none());
        of_base.chain(added.filter_map(|(id, _)| self.feature(*id)))
    }

    /// Number of features that [`Layer::features`] gives.
    pub fn len(&self) -> usize {
        let mut count = self.base.len();
        for (id, state) in self.edits.iter() {
            match (self.row_of(*id), state) {
                (Some(_), None) => count -= 1,
                (None, Some(_)) => count += 1,
                _ => {}
            }
        }
        count
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn feature(&self, id: FeatureId) -> Option<FeatureRef<'_>> {
        match self.edits.get(&id) {
            Some(Some(feature)) => Some(FeatureRef { id, layer: self, source: Source::Edited(feature) }),
            Some(None) => None,
            None => self.row_of(id).map(|row| FeatureRef { id, layer: self, source: Source::Base(row) }),
        }
    }

    /// Ids of features whose box meets `window`, ascending.
    pub fn meeting(&self, window: BBox) -> Vec<FeatureId> {
        let mut ids: Vec<FeatureId> = self
            .base
            .meeting(window)
            .into_iter()
            .filter_map(|row| self.ids.of(row as usize))
            .filter(|id| !self.edits.contains_key(id))
            .collect();
        ids.extend(self.edits_index.meeting(window).into_iter().map(FeatureId));
        ids.sort_unstable();
        ids
    }

    /// Whether two layers hold the same features, whatever they say about themselves: known at once, never by comparing.
    pub fn same_features(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.base, &other.base) && Arc::ptr_eq(&self.edits_index, &other.edits_index)
    }

    pub fn bbox(&self) -> BBox {
        self.edits.values().flatten().fold(self.base.bbox(), |b, f| b.join(f.rings().bbox()))
    }

    pub(super) fn state(&self, id: FeatureId) -> Option<Option<Arc<Feature>>> {
        self.edits.get(&id).cloned()
    }

    /// On a clone: the first change copies the index of the edits, the others of the same clone are in place.
    pub(super) fn set_state(&mut self, id: FeatureId, state: Option<Option<Arc<Feature>>>) {
        let index = Arc::make_mut(&mut self.edits_index);
        if let Some(Some(before)) = self.edits.get(&id) {
            index.remove(id.0, before.rings().bbox());
        }
        if let Some(Some(after)) = &state {
            index.insert(id.0, after.rings().bbox());
        }
        match state {
            Some(state) => self.edits.insert_mut(id, state),
            None => _ = self.edits.remove_mut(&id),
        }
    }

    fn row_of(&self, id: FeatureId) -> Option<usize> {
        self.ids.row(id).filter(|row| *row < self.base.len())
    }
}

/// Ids of the base's features, ascending with the rows.
#[derive(Clone, Debug)]
enum BaseIds {
    /// The first one; the others follow.
    Run(FeatureId),
    /// With gaps: a layer that was saved after features were removed or added.
    Sorted(Arc<[FeatureId]>),
}

impl BaseIds {
    fn of(&self, row: usize) -> Option<FeatureId> {
        match self {
            Self::Run(first) => Some(first.plus(row as u64)),
            Self::Sorted(ids) => ids.get(row).copied(),
        }
    }

    fn row(&self, id: FeatureId) -> Option<usize> {
        match self {
            Self::Run(first) => id.after(*first).and_then(|row| usize::try_from(row).ok()),
            Self::Sorted(ids) => ids.binary_search(&id).ok(),
        }
    }
}

/// One feature of a layer, wherever it is kept.
#[derive(Clone, Copy, Debug)]
pub struct FeatureRef<'a> {
    pub id: FeatureId,
    layer: &'a Layer,
    source: Source<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Base(usize),
    Edited(&'a Feature),
}

impl<'a> FeatureRef<'a> {
    pub fn rings(&self) -> RingsRef<'a> {
        match self.source {
            Source::Base(row) => self.layer.base.rings(row),
            Source::Edited(feature) => feature.rings(),
        }
    }

    /// The feature as a sound area; `None` when it is none.
    pub fn shape(&self) -> Option<ShapeRef<'a>> {
        match self.source {
            Source::Base(row) => self.layer.base.shape(row),
            Source::Edited(feature) => feature.shape(),
        }
    }

    /// The row of the layer's base that holds the feature; `None` for what was drawn or edited here.
    pub fn base_row(&self) -> Option<usize> {
        match self.source {
            Source::Base(row) => Some(row),
            Source::Edited(_) => None,
        }
    }

    pub fn value(&self, column: usize) -> Value {
        match self.source {
            Source::Base(row) => self.layer.base.value(row, column),
            Source::Edited(feature) => feature.values.get(column).cloned().unwrap_or(Value::Null),
        }
    }

    /// The record number in the source file, from 1; `None` for what was drawn or edited here.
    pub fn source_record(&self) -> Option<u32> {
        match self.source {
            Source::Base(row) => Some(self.layer.base.source_record(row)).filter(|record| *record > 0),
            Source::Edited(_) => None,
        }
    }

    pub fn values(&self) -> Vec<Value> {
        (0..self.layer.fields.len()).map(|i| self.value(i)).collect()
    }
}
