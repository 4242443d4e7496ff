//! Files in the window: the data doctor's page and what it mends, the questions of opening, a layer that is written.

use crate::archives::zipped;
use crate::window::{contents, window};
use egui_kittest::{Harness, kittest::Queryable};
use luodi::app::{App, Command};
use luodi::geom::BBox;
use luodi::job::{Input, encoding_samples, inspect};
use luodi::model::{Contents, LayerId, Role};
use luodi::task::Progress;
use std::fs;
use std::path::{Path, PathBuf};

/// A corner of the sample's land.
fn corner(harness: &Harness<'_, App>) -> [f64; 2] {
    let contents = contents(harness);
    let all = contents.layers_of(Role::Districts).fold(BBox::EMPTY, |all, (_, layer)| all.join(layer.bbox()));
    all.center().map(f64::round)
}

/// Closed rings, each an area, in the workspace's own metres or those of `code`.
fn areas(folder: &Path, name: &str, code: u32, rings: &[&[[f64; 2]]]) -> PathBuf {
    let features: Vec<_> = rings
        .iter()
        .enumerate()
        .map(|(i, ring)| serde_json::json!({"type": "Feature", "properties": {"编号": format!("A{i}")}, "geometry": {"type": "Polygon", "coordinates": [ring]}}))
        .collect();
    let crs = serde_json::json!({"type": "name", "properties": {"name": format!("urn:ogc:def:crs:EPSG::{code}")}});
    let path = folder.join(name);
    fs::write(&path, serde_json::json!({"type": "FeatureCollection", "crs": crs, "features": features}).to_string()).unwrap();
    path
}

fn square([e, n]: [f64; 2], side: f64) -> Vec<[f64; 2]> {
    vec![[e, n], [e + side, n], [e + side, n + side], [e, n + side], [e, n]]
}

fn open(harness: &mut Harness<'_, App>, input: Input) {
    harness.state_mut().ask(Command::OpenInput(Box::new(input), Role::Farmland));
    harness.run_ok();
}

fn newest(contents: &Contents) -> LayerId {
    *contents.order.last().unwrap()
}

fn unsound(harness: &Harness<'_, App>, id: LayerId) -> usize {
    contents(harness).layer(id).unwrap().features().filter(|f| f.shape().is_none()).count()
}

#[test]
fn the_doctor_shows_what_is_wrong_and_mends_it_in_one_step() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let [e, n] = corner(&harness);
    let bow_tie = [[e, n], [e + 100.0, n + 100.0], [e + 100.0, n], [e, n + 100.0], [e, n]];
    let path = areas(folder.path(), "待检.geojson", 4528, &[&bow_tie, &square([e + 300.0, n], 50.0)]);
    open(&mut harness, Input::file(path));
    let id = newest(&contents(&harness));
    assert_eq!(unsound(&harness, id), 1);
    harness.state_mut().ask(Command::Doctor(Some(id)));
    harness.run_ok();
    harness.get_by_label("自相交 1").click();
    harness.run_ok();
    harness.get_by_label("定位 记录 1").click();
    harness.run_ok();
    let state = harness.state().state();
    assert!(state.selected.is_some_and(|address| address.layer == id), "the record is selected");
    let at = state.view.plan_from_screen(state.view.rect.center());
    assert!((at[0] - e - 50.0).abs() < 60.0 && (at[1] - n - 50.0).abs() < 60.0, "{at:?} is not the crossing");
    harness.get_by_label("采用修复后的图形").click();
    harness.run_ok();
    assert_eq!(unsound(&harness, id), 0);
    let found = harness.state().state().doctor.as_ref().unwrap().found.clone().unwrap();
    assert!(found.problems.is_empty(), "it looks again: {:?}", found.problems);
    let m2 = found.areas.as_ref().unwrap().plane_m2;
    assert!((m2 - 7500.0).abs() < 0.01, "{m2}");
    harness.state_mut().ask(Command::Undo);
    harness.run_ok();
    assert_eq!(unsound(&harness, id), 1);
    assert_eq!(harness.state().state().doctor.as_ref().unwrap().found.as_ref().unwrap().problems.len(), 1);
}

#[test]
fn of_several_layers_one_is_chosen() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let at = corner(&harness);
    let [a, b] = ["甲.geojson", "乙.geojson"].map(|name| fs::read(areas(folder.path(), name, 4528, &[&square(at, 50.0)])).unwrap());
    let path = folder.path().join("两个.zip");
    fs::write(&path, zipped(&[("甲.geojson", &a), ("乙.geojson", &b)])).unwrap();
    let before = contents(&harness).order.len();
    open(&mut harness, Input::file(path));
    assert_eq!(contents(&harness).order.len(), before);
    harness.get_by_label("乙.geojson").click();
    harness.run_ok();
    assert_eq!(contents(&harness).order.len(), before + 1);
}

#[test]
fn between_two_datums_parameters_are_asked_for() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let at = corner(&harness);
    let path = areas(folder.path(), "西安80.geojson", 2364, &[&square(at, 50.0)]);
    let toml = folder.path().join("参数.toml");
    let four = "[four]\neast_m = 100.0\nnorth_m = 0.0\nrotation_arcsec = 0.0\nscale = 1.0\n";
    fs::write(&toml, format!("from = \"EPSG:2364\"\nto = \"EPSG:4528\"\n{four}")).unwrap();
    let before = contents(&harness).order.len();
    open(&mut harness, Input::file(path));
    harness.get_by_label("选择参数文件…").click();
    harness.run_ok();
    harness.get_by_label("文件路径").type_text(toml.to_str().unwrap());
    harness.run_ok();
    harness.key_press(egui::Key::Enter);
    harness.run_ok();
    let after = contents(&harness);
    assert_eq!(after.order.len(), before + 1);
    assert!((after.layer(newest(&after)).unwrap().bbox().min[0] - at[0] - 100.0).abs() < 1e-3);
}

#[test]
fn a_layer_is_written_as_it_stands() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let (id, count) = contents(&harness).layers_of(Role::Sites).map(|(id, layer)| (id, layer.len())).next().unwrap();
    harness.state_mut().ask(Command::ExportLayer(Some(id)));
    harness.run_ok();
    harness.get_by_label("GeoPackage").click();
    harness.run_ok();
    harness.get_by_label("选择位置…").click();
    harness.run_ok();
    let path = folder.path().join("用地.gpkg");
    harness.state_mut().ask(Command::ExportLayerTo(path.clone()));
    harness.run_ok();
    let read = inspect(&Input::file(&path), BBox::EMPTY, &Progress::new()).unwrap();
    assert_eq!(read.count, count);
    assert_eq!(read.crs.unwrap().crs, contents(&harness).crs);
}

#[test]
fn a_table_of_clusters_is_looked_at_before_it_is_taken() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let (id, first, column, name) = {
        let contents = contents(&harness);
        let (id, layer) = contents.layers_of(Role::Plan).next().unwrap();
        let fields = luodi::model::ClusterFields::guess(&layer.fields);
        (id, layer.features().next().unwrap().value(fields.id.unwrap()).to_string(), fields.leading.unwrap(), layer.head.name.to_string())
    };
    let leading = |harness: &Harness<'_, App>| contents(harness).layer(id).unwrap().features().next().unwrap().value(column).to_string();
    let before = leading(&harness);
    let path = folder.path().join("属性.csv");
    fs::write(&path, format!("编号,主导产业,创建日期\n{first},\"家电、C26\",不详\n没有,38,\n")).unwrap();
    harness.state_mut().ask(Command::OpenPaths(vec![path.clone()]));
    harness.run_ok();
    assert!(harness.query_by_label(&format!("按编号更新“{name}”的集聚区属性")).is_some(), "offered beside the roles");
    harness.state_mut().ask(Command::ReadClusterTable(id, path));
    harness.run_ok();
    assert_eq!(leading(&harness), before, "nothing is taken before it was looked at");
    // A dialog that follows another takes clicks once it has been on top for a frame.
    harness.run_steps(2);
    harness.get_by_label("采用 1 处改动").click();
    harness.run_ok();
    assert_eq!(leading(&harness), "家电、C26");
    harness.state_mut().ask(Command::Undo);
    harness.run_ok();
    assert_eq!(leading(&harness), before, "one step back");

    harness.state_mut().ask(Command::ClusterTemplate(id));
    harness.run_ok();
    harness.state_mut().ask(Command::ClusterTemplateTo(folder.path().join("模板")));
    harness.run_ok();
    harness.state_mut().ask(Command::ReadClusterTable(id, folder.path().join("模板.xlsx")));
    harness.run_ok();
    assert!(harness.query_by_label("采用 0 处改动").is_some(), "the template says what the plan says");
}

#[test]
fn of_a_drawing_with_several_layers_one_or_all_are_chosen() {
    let folder = tempfile::tempdir().unwrap();
    for (choice, count) in [("整幅图形（全部图层）", 3), ("宗地", 2), ("房屋", 1)] {
        let mut harness = window();
        let [e, n] = corner(&harness).map(|v| v - 40_000_000.0 * f64::from(u8::from(v > 3e7)));
        let outline = |layer: &str, i: f64| {
            let points: String = square([e + 100.0 * i, n], 50.0)[..4].iter().map(|p| format!("10\n{}\n20\n{}\n", p[0], p[1])).collect();
            format!("0\nLWPOLYLINE\n8\n{layer}\n70\n1\n{points}")
        };
        let entities = [outline("宗地", 0.0), outline("宗地", 1.0), outline("房屋", 2.0)].concat();
        let path = folder.path().join("图.dxf");
        let head = "0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1021\n0\nENDSEC\n";
        fs::write(&path, format!("{head}0\nSECTION\n2\nENTITIES\n{entities}0\nENDSEC\n0\nEOF\n")).unwrap();
        let mut input = Input::file(path);
        input.settings.options.crs = Some(luodi::crs::Crs::Epsg(4549));
        let before = contents(&harness).order.len();
        open(&mut harness, input);
        assert_eq!(contents(&harness).order.len(), before, "asked first");
        harness.get_by_label(choice).click();
        harness.run_ok();
        let after = contents(&harness);
        assert_eq!(
            after.layer(newest(&after)).map(|layer| layer.len()).filter(|_| after.order.len() == before + 1),
            Some(count),
            "{choice}"
        );
    }
}

#[test]
fn of_codes_that_two_systems_have_one_is_chosen() {
    let mut harness = window();
    let folder = tempfile::tempdir().unwrap();
    let path = areas(folder.path(), "地类.geojson", 4528, &[&square(corner(&harness), 50.0)]);
    let text = fs::read_to_string(&path).unwrap().replace("\"编号\":\"A0\"", "\"用地代码\":\"0601\"");
    fs::write(&path, text).unwrap();
    let before = contents(&harness).order.len();
    harness.state_mut().ask(Command::OpenInput(Box::new(Input::file(path)), Role::LandUse));
    harness.run_ok();
    assert_eq!(contents(&harness).order.len(), before, "asked first");
    harness.get_by_label("用地用海分类").click();
    harness.run_ok();
    let after = contents(&harness);
    let layer = after.layer(newest(&after)).unwrap();
    let (_, system) = luodi::model::UseColumns::of(layer).unwrap().read(layer.features().next().unwrap());
    assert_eq!(system, Some(luodi::model::UseSystem::Plan));
}

#[test]
fn the_encodings_are_told_apart_by_what_they_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.shp");
    fs::write(&path, crate::reading::shp(&[Some(vec![square([40_508_000.0, 4_015_000.0], 9.0)])])).unwrap();
    fs::write(folder.path().join("a.dbf"), crate::reading::names(0, &[crate::reading::gbk("集装箱智能制造扩建")])).unwrap();
    let samples = encoding_samples(&Input::file(path), &Progress::new());
    let of = |label: &str| samples.iter().find(|sample| sample.label == label).unwrap();
    assert_eq!((of("GB18030").unreadable, of("GB18030").rows[0][0].as_str()), (0, "集装箱智能制造扩建"));
    assert!(of("UTF-8").unreadable > 0);
}
