//! The order of the attribute table's rows, made beside the window: as in the file, or sorted by a column.

use super::App;
use super::jobs::{Kind, Result as Done};
use super::state::Table;
use crate::model::{FeatureId, Layer, LayerId, Value};
use crate::scene::Classing;
use crate::text::Message;
use std::cmp::Ordering;
use std::sync::Arc;

/// The features that the layer shows, sorted by a column; `true`: the greatest first. What is equal stays in the order of the file.
fn ordered(layer: &Layer, sort: Option<(usize, bool)>) -> Vec<FeatureId> {
    let classing = Classing::of(layer);
    let shown = layer.features().filter(|f| !classing.is_filtered() || classing.part(*f).is_some());
    let Some((column, down)) = sort else { return shown.map(|f| f.id).collect() };
    let mut rows: Vec<(Value, FeatureId)> = shown.map(|f| (f.value(column), f.id)).collect();
    rows.sort_by(|(a, _), (b, _)| {
        // What is missing stands last, whichever way it is sorted.
        match (a.is_null(), b.is_null()) {
            (false, false) if down => compared(b, a),
            (false, false) => compared(a, b),
            (a, b) => a.cmp(&b),
        }
    });
    rows.into_iter().map(|(_, id)| id).collect()
}

/// Numbers by size, everything else as it is written; numbers first.
fn compared(a: &Value, b: &Value) -> Ordering {
    match (a.number(), b.number()) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.to_string().cmp(&b.to_string()),
    }
}

impl App {
    /// Opens the table of the marked layer, else of the sites, or puts it away.
    pub(super) fn toggle_table(&mut self) {
        if self.state.table.take().is_some() {
            return;
        }
        if let Some(layer) = self.layer_in_hand() {
            self.state.table = Some(Table { layer, sort: None, order: None, of: None });
            self.order_table();
        }
    }

    /// Sorts by that column; asked again, the other way round.
    pub(super) fn sort_table(&mut self, column: usize) {
        if let Some(table) = &mut self.state.table {
            let down = matches!(table.sort, Some((by, false)) if by == column);
            (table.sort, table.of) = (Some((column, down)), None);
        }
        self.order_table();
    }

    /// Makes the order anew where the layer is another one than it was made of.
    pub(super) fn order_table(&mut self) {
        let (Some(table), Some(work)) = (&mut self.state.table, &self.state.work) else { return };
        let contents = work.document.snapshot().contents;
        let Some(layer) = contents.layer(table.layer).cloned() else {
            self.state.table = None;
            return;
        };
        let same = |was: &Arc<Layer>| was.same_features(&layer) && was.head.look.filter == layer.head.look.filter;
        if table.of.as_ref().is_some_and(same) {
            return;
        }
        table.of = Some(layer.clone());
        let (id, sort): (LayerId, _) = (table.layer, table.sort);
        self.jobs.start(&self.ctx, Kind::Table, Some(Message::new("app.job.table")), move |_| Done::Ordered {
            layer: id,
            sort,
            order: Arc::new(ordered(&layer, sort)),
        });
    }

    pub(super) fn take_order(&mut self, layer: LayerId, sort: Option<(usize, bool)>, order: Arc<Vec<FeatureId>>) {
        if let Some(table) = self.state.table.as_mut().filter(|t| t.layer == layer && t.sort == sort) {
            table.order = Some(order);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;
    use crate::model::{Field, FieldKind, GeometryKind, LayerHead, Look, PackedBuilder, Provenance, Role};

    #[test]
    fn rows_are_sorted_by_number_with_what_is_missing_last() {
        let mut builder = PackedBuilder::new(GeometryKind::None, vec![Field::new("面积", FieldKind::Text)]);
        for (i, value) in ["10", "9", "", "甲", "9.5"].into_iter().enumerate() {
            let value = if value.is_empty() { Value::Null } else { Value::text(value) };
            builder.push(i as u32 + 1, Rings::new().as_ref(), &[value]);
        }
        let mut layer = Layer::new(LayerHead::new("宗地", Role::Parcels), Provenance::default(), Arc::new(builder.finish()), FeatureId(1));
        let records = |layer: &Layer, sort| ordered(layer, sort).into_iter().map(|id| id.0).collect::<Vec<_>>();
        assert_eq!(records(&layer, None), [1, 2, 3, 4, 5]);
        assert_eq!(records(&layer, Some((0, false))), [2, 5, 1, 4, 3]);
        assert_eq!(records(&layer, Some((0, true))), [4, 1, 5, 2, 3]);
        layer.head.look = Look { filter: Some("面积>9".into()), ..Look::default() };
        assert_eq!(records(&layer, Some((0, false))), [5, 1, 4]);
    }
}
