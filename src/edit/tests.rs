//! Each edit on a small workspace: what it changes, what it says, and that asking for nothing gives nothing.

use super::*;
use crate::crs::Crs;
use crate::geom::Rings;
use crate::model::{
    Contents, Coverage, FeatureId, Field, FieldKind, GeometryKind, Layer, LayerHead, LayerId, PackedBuilder, Provenance, Role, Value, apply,
};
use crate::text::Lang;
use std::sync::Arc;

const PLAN: LayerId = LayerId(1);
const SITES: LayerId = LayerId(2);
const FIRST: FeatureId = FeatureId(100);

fn square(east: f64, north: f64, side: f64) -> Rings {
    Rings::simple(&[[east, north], [east + side, north], [east + side, north + side], [east, north + side]])
}

fn layer(name: &str, role: Role, fields: Vec<Field>, rows: &[(&[Value], Rings)]) -> Layer {
    let mut builder = PackedBuilder::new(GeometryKind::Area, fields);
    for (i, (values, rings)) in rows.iter().enumerate() {
        builder.push(i as u32 + 1, rings.as_ref(), values);
    }
    let head = LayerHead::new(name, role);
    Layer::new(head, Provenance::default(), Arc::new(builder.finish()), FIRST)
}

/// A plan without features under two sites.
fn workspace() -> Contents {
    let fields = vec![Field::new("id", FieldKind::Int), Field::new("name", FieldKind::Text), Field::new("applied", FieldKind::Date)];
    let row = |id, name| [Value::Int(id), Value::text(name), Value::Null];
    let sites = layer("项目", Role::Sites, fields, &[(&row(1, "甲"), square(0.0, 0.0, 10.0)), (&row(2, "乙"), square(20.0, 0.0, 10.0))]);
    let plan = layer("规划", Role::Plan, vec![Field::new("名称", FieldKind::Text)], &[]);
    let empty = Contents::new(Crs::CGCS2000_ZONE_40);
    let one = apply(&empty, &add_layer(PLAN, plan, Some(Default::default()))).0;
    apply(&one, &add_layer(SITES, sites, None)).0
}

fn after(contents: &Contents, change: &Change) -> Contents {
    assert!(!change.entries.is_empty(), "{:?} changes nothing", change.note);
    apply(contents, change).0
}

fn said(change: &Change) -> String {
    change.note.render(Lang::Zh)
}

#[test]
fn a_removed_layer_takes_its_plan_along_and_comes_back_with_it() {
    let before = workspace();
    let change = remove_layers(&before, &[PLAN]);
    let (gone, back) = apply(&before, &change);
    assert!(gone.layer(PLAN).is_none() && gone.cluster_plans.is_empty());
    assert_eq!(&*gone.order, [SITES]);
    assert_eq!(said(&change), "移除图层“规划”");
    let again = apply(&gone, &back).0;
    assert_eq!(&*again.order, [PLAN, SITES]);
    assert!(again.cluster_plans.contains_key(&PLAN));
}

#[test]
fn the_head_changes_and_says_what_it_was() {
    let before = workspace();
    let renamed = rename_layer(&before, SITES, " 拟选址 ");
    assert_eq!(said(&renamed), "将图层“项目”改名为“拟选址”");
    assert_eq!(&*after(&before, &renamed).layer(SITES).unwrap().head.name, "拟选址");
    assert!(rename_layer(&before, SITES, "  ").entries.is_empty());
    assert!(rename_layer(&before, SITES, "项目").entries.is_empty());

    assert!(!after(&before, &set_layers_visible(&before, &[PLAN], false)).layer(PLAN).unwrap().head.visible);
    assert!(set_layers_visible(&before, &[PLAN], true).entries.is_empty());
    assert_eq!(after(&before, &set_layer_opacity(&before, PLAN, -3.0)).layer(PLAN).unwrap().head.opacity, 0.0);
    assert_eq!(after(&before, &set_layer_role(&before, SITES, Role::Pending)).layer(SITES).unwrap().head.role, Role::Pending);
    let whole = after(&before, &set_layer_coverage(&before, PLAN, Coverage::WholeCity));
    assert_eq!(whole.layer(PLAN).unwrap().head.coverage, Coverage::WholeCity);
}

#[test]
fn layers_move_in_the_order_and_never_out_of_it() {
    let before = workspace();
    assert_eq!(&*after(&before, &move_layer(&before, PLAN, 9)).order, [SITES, PLAN]);
    assert_eq!(&*after(&before, &move_layer(&before, SITES, 0)).order, [SITES, PLAN]);
    assert!(move_layer(&before, SITES, 1).entries.is_empty());
    assert!(move_layer(&before, LayerId(77), 0).entries.is_empty());
}

fn drawn(id: &'static str) -> NewSite<'static> {
    NewSite { feature: FeatureId(900), layer: LayerId(9), layer_name: "绘制", id, name: "丙", rings: square(40.0, 0.0, 10.0) }
}

#[test]
fn a_drawn_site_joins_the_sites_with_its_id_in_the_kind_of_the_column() {
    let before = workspace();
    let change = add_site(&before, drawn("3"));
    let next = after(&before, &change);
    let sites = next.layer(SITES).unwrap();
    assert_eq!(sites.len(), 3);
    let site = sites.feature(FeatureId(900)).unwrap();
    assert_eq!(site.values(), [Value::Int(3), Value::text("丙"), Value::Null]);
    assert_eq!(site.shape().unwrap().area_m2(), 100.0);
    assert_eq!(said(&change), "绘制用地“丙”");
}

#[test]
fn where_no_layer_can_hold_its_id_a_layer_of_drawn_sites_is_made_in_the_same_step() {
    let before = workspace();
    let change = add_site(&before, drawn("新-3"));
    let (next, back) = apply(&before, &change);
    let made = next.layer(LayerId(9)).unwrap();
    assert_eq!((&*made.head.name, made.head.role, made.len()), ("绘制", Role::Sites, 1));
    assert_eq!(made.feature(FeatureId(900)).unwrap().value(0), Value::text("新-3"));
    assert!(apply(&next, &back).0.layer(LayerId(9)).is_none());

    // The next one goes into the layer made for the first.
    let second = add_site(&next, NewSite { feature: FeatureId(901), layer: LayerId(10), ..drawn("新-4") });
    assert_eq!(after(&next, &second).layer(LayerId(9)).unwrap().len(), 2);
}

#[test]
fn a_vertex_moves_and_the_shape_follows() {
    let before = workspace();
    let change = move_vertex(&before, SITES, FIRST, 2, [20.0, 10.0]);
    assert_eq!(said(&change), "移动“甲”的界址点");
    let next = after(&before, &change);
    let site = next.layer(SITES).unwrap().feature(FIRST).unwrap();
    assert_eq!(site.shape().unwrap().area_m2(), 150.0);
    assert_eq!(site.value(1), Value::text("甲"), "values stay");

    assert!(move_vertex(&before, SITES, FIRST, 0, [0.0, 0.0]).entries.is_empty(), "where it is");
    assert!(move_vertex(&before, SITES, FIRST, 4, [1.0, 1.0]).entries.is_empty(), "no such vertex");
    assert!(move_vertex(&before, SITES, FIRST, 0, [f64::NAN, 0.0]).entries.is_empty());
    assert!(move_vertex(&before, PLAN, FIRST, 0, [1.0, 1.0]).entries.is_empty());
}

#[test]
fn rings_that_are_no_sound_area_are_kept_but_are_no_shape() {
    let before = workspace();
    let bow_tie = Rings::simple(&[[0.0, 0.0], [10.0, 10.0], [10.0, 0.0], [0.0, 10.0]]);
    let next = after(&before, &set_rings(&before, SITES, FIRST, bow_tie.clone()));
    let site = next.layer(SITES).unwrap().feature(FIRST).unwrap();
    assert!(site.shape().is_none());
    assert_eq!(site.rings().to_owned(), bow_tie);
}

#[test]
fn values_are_kept_in_the_kind_of_their_column_or_not_at_all() {
    let before = workspace();
    let set = |column, value: Value| set_value(&before, SITES, FIRST, column, &value);
    let value = |change: &Change, column| after(&before, change).layer(SITES).unwrap().feature(FIRST).unwrap().value(column);
    assert_eq!(value(&set(0, Value::text(" 7 ")), 0), Value::Int(7));
    assert_eq!(value(&set(1, Value::text("")), 1), Value::text(""), "empty is not null");
    assert_eq!(value(&set(1, Value::Null), 1), Value::Null);
    assert_eq!(value(&set(2, Value::text("2012年9月12日")), 2).to_string(), "2012-09-12");
    assert!(set(2, Value::text("明天")).entries.is_empty());
    assert!(set(1, Value::text("甲")).entries.is_empty());
    assert!(set(5, Value::Null).entries.is_empty());
}

#[test]
fn a_removed_feature_is_gone_and_comes_back() {
    let before = workspace();
    let (gone, back) = apply(&before, &remove_feature(&before, SITES, FIRST));
    assert_eq!(gone.layer(SITES).unwrap().len(), 1);
    assert!(gone.layer(SITES).unwrap().feature(FIRST).is_none());
    assert!(remove_feature(&gone, SITES, FIRST).entries.is_empty());
    assert_eq!(apply(&gone, &back).0.layer(SITES).unwrap().len(), 2);
}

#[test]
fn adding_to_an_edited_feature_keeps_the_edit_before() {
    let before = workspace();
    let once = after(&before, &set_value(&before, SITES, FIRST, 1, &Value::text("丁")));
    let twice = after(&once, &move_vertex(&once, SITES, FIRST, 2, [20.0, 10.0]));
    let site = twice.layer(SITES).unwrap().feature(FIRST).unwrap();
    assert_eq!(site.value(1), Value::text("丁"));
    assert_eq!(site.rings().coords()[2], [20.0, 10.0]);
}
