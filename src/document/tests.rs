//! The laws of undo, on random changes: every change is taken back whole, and the history is a walk on a line of states.

use super::Document;
use crate::crs::Crs;
use crate::geom::Rings;
use crate::model::{
    Change, ClusterPlan, Contents, Coverage, Entry, Feature, FeatureId, FeatureState, Field, FieldKind, GeometryKind, IdSource, Layer,
    LayerHead, LayerId, PackedBuilder, Provenance, Role, Value, apply,
};
use crate::text::Message;
use proptest::prelude::*;
use std::sync::Arc;

/// Layers have the ids 1 to 3, features 10 to 15 of which a layer's base holds the first three.
const FIRST: FeatureId = FeatureId(10);

fn head(tag: u8) -> LayerHead {
    let coverage = if tag.is_multiple_of(2) { Coverage::Undeclared } else { Coverage::WholeCity };
    LayerHead { visible: tag.is_multiple_of(3), coverage, ..LayerHead::new(&format!("layer {tag}"), Role::Sites) }
}

fn square(tag: u8) -> Rings {
    let side = f64::from(tag) + 1.0;
    Rings::simple(&[[0.0, 0.0], [side, 0.0], [side, side], [0.0, side]])
}

fn layer(tag: u8) -> Layer {
    let mut builder = PackedBuilder::new(GeometryKind::Area, vec![Field::new("name", FieldKind::Text)]);
    for record in 1..=3 {
        builder.push(record, square(tag).as_ref(), &[Value::text("a")]);
    }
    Layer::new(head(tag), Provenance::default(), Arc::new(builder.finish()), FIRST)
}

fn layer_id() -> impl Strategy<Value = LayerId> {
    (1u128..=3).prop_map(LayerId)
}

fn entry() -> impl Strategy<Value = Entry> {
    let state = prop_oneof![
        Just(FeatureState::AsInBase),
        Just(FeatureState::Gone),
        (0u8..4).prop_map(|tag| FeatureState::Is(Arc::new(Feature::new(square(tag), vec![Value::text("b")])))),
    ];
    prop_oneof![
        2 => (layer_id(), 0u8..4).prop_map(|(id, tag)| Entry::Layer { id, becomes: Some(Arc::new(layer(tag))) }),
        1 => layer_id().prop_map(|id| Entry::Layer { id, becomes: None }),
        2 => (layer_id(), 0u8..6).prop_map(|(id, tag)| Entry::Head { id, becomes: head(tag) }),
        4 => (layer_id(), 0u64..6, state).prop_map(|(layer, n, becomes)| Entry::Feature { layer, id: FIRST.plus(n), becomes }),
        1 => (layer_id(), any::<bool>()).prop_map(|(id, there)| Entry::Plan {
            id,
            becomes: there.then(|| Arc::new(ClusterPlan { version: "2015 规划".into(), ..ClusterPlan::default() })),
        }),
        1 => Just(vec![LayerId(1), LayerId(2), LayerId(3)]).prop_shuffle().prop_map(|ids| Entry::Order { becomes: ids.into() }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    prop::collection::vec(entry(), 1..6).prop_map(|entries| Change { note: Message::new("edit.set_rings"), entries })
}

/// Everything a snapshot holds, written out: equal texts, equal contents. (The trees' own `Debug` shows how they are balanced.)
fn written(contents: &Contents) -> String {
    let mut out = format!("{:?} {:?} {}\n", contents.crs, contents.order, contents.sample);
    for (id, layer) in &contents.layers {
        out += &format!("{id:?} {:?} {:?} {:?} {:?}\n", layer.head, layer.provenance, layer.fields, layer.base().hash());
        for feature in layer.features() {
            out += &format!("  {:?} {:?} {:?} {:?}\n", feature.id, feature.source_record(), feature.rings().to_owned(), feature.values());
        }
    }
    for (id, plan) in &contents.cluster_plans {
        out += &format!("{id:?} {plan:?}\n");
    }
    out
}

fn empty() -> Contents {
    Contents::new(Crs::CGCS2000_ZONE_40)
}

#[derive(Clone, Debug)]
enum Step {
    Commit(Change),
    Undo,
    Redo,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => change().prop_map(Step::Commit), 2 => Just(Step::Undo), 1 => Just(Step::Redo)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_takes_a_change_back_takes_all_of_it_back(before in prop::collection::vec(change(), 0..4), change in change()) {
        let start = before.iter().fold(empty(), |contents, change| apply(&contents, change).0);
        let (next, back) = apply(&start, &change);
        let (again, forth) = apply(&next, &back);
        prop_assert_eq!(written(&again), written(&start));
        prop_assert_eq!(written(&apply(&again, &forth).0), written(&next));
    }

    #[test]
    fn history_is_a_walk_on_a_line_of_states(steps in prop::collection::vec(step(), 0..24)) {
        let mut document = Document::new(empty(), IdSource::new(7));
        // The states ever undone to, and where on that line the document stands.
        let mut states = vec![written(&empty())];
        let mut at = 0;
        let mut revision = 0;
        for step in steps {
            let moved = match step {
                Step::Commit(change) => {
                    document.commit(change);
                    states.truncate(at + 1);
                    states.push(written(&document.snapshot().contents));
                    at += 1;
                    true
                }
                Step::Undo => {
                    let moved = document.undo().is_some();
                    prop_assert_eq!(moved, at > 0);
                    at -= usize::from(moved);
                    moved
                }
                Step::Redo => {
                    let moved = document.redo().is_some();
                    prop_assert_eq!(moved, at + 1 < states.len());
                    at += usize::from(moved);
                    moved
                }
            };
            let snapshot = document.snapshot();
            prop_assert_eq!(&written(&snapshot.contents), &states[at]);
            prop_assert_eq!(snapshot.revision > revision, moved);
            revision = snapshot.revision;
            prop_assert_eq!(document.next_undo().is_some(), at > 0);
            prop_assert_eq!(document.next_redo().is_some(), at + 1 < states.len());
        }
    }
}

#[test]
fn a_snapshot_stays_what_it_was() {
    let mut document = Document::new(empty(), IdSource::new(7));
    let before = document.snapshot();
    document.commit(Change {
        note: Message::new("edit.add_layer"),
        entries: vec![Entry::Layer { id: LayerId(1), becomes: Some(Arc::new(layer(1))) }],
    });
    assert!(before.contents.layers.is_empty());
    assert_eq!(document.snapshot().contents.layers.size(), 1);
}

#[test]
fn ids_are_never_given_out_twice_whatever_is_undone() {
    let mut document = Document::new(empty(), IdSource::new(7));
    let first = document.take_ids(3);
    document.commit(Change {
        note: Message::new("edit.add_layer"),
        entries: vec![Entry::Layer { id: LayerId(first), becomes: Some(Arc::new(layer(1))) }],
    });
    document.undo();
    assert_eq!(document.take_ids(1), first + 3);
    assert_eq!(first >> 64, 7, "the workspace's part");
}

#[test]
fn modified_is_told_by_the_revision_that_was_saved() {
    let mut document = Document::new(empty(), IdSource::new(7));
    document.mark_saved(document.snapshot().revision);
    assert!(!document.is_modified());
    let change = Change { note: Message::new("edit.rename_layer"), entries: vec![Entry::Order { becomes: Arc::new([]) }] };
    document.commit(change.clone());
    assert!(document.is_modified());
    document.commit(Change { entries: Vec::new(), ..change });
    let saved = document.snapshot().revision;
    document.mark_saved(saved);
    assert!(!document.is_modified());
}
