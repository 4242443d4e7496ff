//! Features by their rows, whether they were read from a file or lie in a layer: what looks at features looks at these.

use crate::geom::{RingsRef, ShapeRef};
use crate::io::Raw;
use crate::model::{FeatureRef, Layer, Packed, Value};

pub(super) trait Rows: Sync {
    fn len(&self) -> usize;

    /// The number that people know a row by: its record in the source, else its place in the layer, from 1.
    fn record(&self, row: usize) -> usize;

    fn rings(&self, row: usize) -> RingsRef<'_>;

    /// The row as a sound area, where it is kept as one.
    fn shape(&self, row: usize) -> Option<ShapeRef<'_>>;

    fn value(&self, row: usize, column: usize) -> Value;
}

impl Rows for Raw {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn record(&self, row: usize) -> usize {
        Self::record(self, row)
    }

    fn rings(&self, row: usize) -> RingsRef<'_> {
        Self::rings(self, row)
    }

    fn shape(&self, _: usize) -> Option<ShapeRef<'_>> {
        None
    }

    fn value(&self, row: usize, column: usize) -> Value {
        Self::value(self, row, column)
    }
}

impl Rows for Packed {
    fn len(&self) -> usize {
        Self::len(self)
    }

    fn record(&self, row: usize) -> usize {
        self.source_record(row) as usize
    }

    fn rings(&self, row: usize) -> RingsRef<'_> {
        Self::rings(self, row)
    }

    fn shape(&self, row: usize) -> Option<ShapeRef<'_>> {
        Self::shape(self, row)
    }

    fn value(&self, row: usize, column: usize) -> Value {
        Self::value(self, row, column)
    }
}

/// The features of a layer, in its order.
pub(super) struct LayerRows<'a> {
    pub features: Vec<FeatureRef<'a>>,
}

impl<'a> LayerRows<'a> {
    pub fn of(layer: &'a Layer) -> Self {
        Self { features: layer.features().collect() }
    }
}

impl Rows for LayerRows<'_> {
    fn len(&self) -> usize {
        self.features.len()
    }

    fn record(&self, row: usize) -> usize {
        let own = self.features.get(row).and_then(FeatureRef::source_record);
        own.map_or(row + 1, |record| record as usize)
    }

    fn rings(&self, row: usize) -> RingsRef<'_> {
        self.features[row].rings()
    }

    fn shape(&self, row: usize) -> Option<ShapeRef<'_>> {
        self.features[row].shape()
    }

    fn value(&self, row: usize, column: usize) -> Value {
        self.features[row].value(column)
    }
}
