//! The window by label, headless: open the sample, click a site, read its verdict, draw one, switch language, undo.

use egui_kittest::{Harness, kittest::Queryable};
use luodi::app::{App, BackdropEdit, ClassesAsked, Command, Start, ToolKind};
use luodi::model::{Coloring, Comparison, Date, Look, LookRule, Role, Rules, Sign, Symbol, Test, Way};
use luodi::rules::Position;
use luodi::text::Lang;

pub fn window() -> Harness<'static, App> {
    let dir = tempfile::tempdir().unwrap().keep();
    let start =
        Start { today: Date { year: 2013, month: 6, day: 1 }, state_dir: Some(dir), inline: true, ..Start::new(Vec::new(), Lang::Zh) };
    let mut harness =
        Harness::builder().with_size(egui::vec2(1440.0, 900.0)).with_max_steps(40).build_eframe(move |cc| App::new(&cc.egui_ctx, start));
    harness.run_ok();
    harness
}

fn click_at(harness: &mut Harness<'_, App>, p: [f64; 2]) {
    let at = harness.state().state().view.screen_from_plan(p);
    assert!(harness.get_by_label("地图画布").rect().contains(at), "{at:?} is not on the canvas");
    harness.hover_at(at);
    harness.run_ok();
    harness.drag_at(at);
    harness.run_ok();
    harness.drop_at(at);
    harness.run_ok();
}

/// Pin and phrase of the first checked site with that verdict.
fn a_site(harness: &Harness<'_, App>, position: Position) -> ([f64; 2], luodi::geom::BBox) {
    let work = harness.state().state().work.as_ref().expect("the sample is open");
    let one = work.checked.sites.values().find(|one| one.verdict.position == position).expect("such a site");
    (one.pin, one.verdict.shape.as_ref().expect("a shape").bbox())
}

#[test]
fn a_click_on_a_site_shows_its_verdict_in_both_languages() {
    let mut harness = window();
    let (pin, bbox) = a_site(&harness, Position::Partial);
    harness.state_mut().ask(Command::FlyTo(bbox));
    harness.run_ok();
    click_at(&mut harness, pin);
    assert!(harness.query_all_by_label("部分超出规划范围").next().is_some(), "the verdict phrase");
    harness.state_mut().ask(Command::ToggleLang);
    harness.run_ok();
    assert!(harness.query_all_by_label("Partly outside").next().is_some(), "the phrase in English");
}

#[test]
fn a_layer_is_renamed_and_undone() {
    let mut harness = window();
    let contents = |h: &Harness<'_, App>| h.state().state().work.as_ref().unwrap().document.snapshot().contents;
    let id = contents(&harness).layers_of(Role::Parcels).next().unwrap().0;
    let before = contents(&harness).layer(id).unwrap().head.name.clone();
    harness.state_mut().ask(Command::RenameLayer(id, "宗地 2013".into()));
    harness.run_ok();
    assert_eq!(&*contents(&harness).layer(id).unwrap().head.name, "宗地 2013");
    harness.get_by_label("撤销").click();
    harness.run_ok();
    assert_eq!(contents(&harness).layer(id).unwrap().head.name, before);
}

#[test]
fn a_site_is_drawn_by_clicks_and_checked_at_once() {
    let mut harness = window();
    let (pin, bbox) = a_site(&harness, Position::Inside);
    harness.state_mut().ask(Command::FlyTo(bbox));
    harness.state_mut().ask(Command::Tool(ToolKind::POLYGON));
    harness.state_mut().ask(Command::Snapping);
    harness.run_ok();
    let number = |h: &Harness<'_, App>| h.state().state().work.as_ref().unwrap().checked.order.len();
    let before = number(&harness);
    for d in [[0.0, 0.0], [20.0, 0.0], [20.0, 15.0], [0.0, 15.0]] {
        click_at(&mut harness, [pin[0] + d[0], pin[1] + d[1]]);
    }
    let live = harness.state().state().live.as_ref().expect("a live verdict while drawing");
    assert!((live.area_m2 - 300.0).abs() < 30.0, "{}", live.area_m2);
    harness.key_press(egui::Key::Enter);
    harness.run_ok();
    assert_eq!(number(&harness), before + 1);
    assert!(harness.query_all_by_label("位于规划范围内").next().is_some(), "its verdict");
    harness.get_by_label("撤销").click();
    harness.run_ok();
    assert_eq!(number(&harness), before, "one gesture is one undo step");
}

#[test]
fn the_card_draws_the_map_only_when_it_changes() {
    let start = Start { today: Date { year: 2013, month: 6, day: 1 }, state_dir: None, inline: true, ..Start::new(Vec::new(), Lang::Zh) };
    let mut harness = Harness::builder()
        .with_size(egui::vec2(1280.0, 720.0))
        .with_max_steps(40)
        .wgpu()
        .build_eframe(move |cc| App::new(&cc.egui_ctx, start));
    harness.run_ok();
    let drawn = |h: &Harness<'_, App>| h.state().pictures_drawn();
    let first = drawn(&harness);
    assert!(first > 0, "the card drew the sample");
    // The pointer moves over a panel, a word is written: the map is the same.
    for x in [20.0, 60.0, 90.0] {
        harness.hover_at(egui::pos2(x, 300.0));
        harness.run_ok();
    }
    harness.state_mut().ask(Command::Palette(true));
    harness.run_ok();
    assert_eq!(drawn(&harness), first);
    harness.state_mut().ask(Command::Palette(false));
    harness.state_mut().ask(Command::ZoomIn);
    harness.run_ok();
    assert!(drawn(&harness) > first, "another view is another picture");
    // What is on the picture is not one colour: land, sea, clusters and lines.
    let picture = harness.render().expect("a picture");
    let map = harness.get_by_label("地图画布").rect();
    let mut colors = std::collections::BTreeSet::new();
    for y in (map.top() as u32..map.bottom() as u32).step_by(3) {
        for x in (map.left() as u32..map.right() as u32).step_by(3) {
            colors.insert(picture.get_pixel(x, y).0);
        }
    }
    assert!(colors.len() > 20, "{}", colors.len());
}

/// The contents as they stand.
pub fn contents(harness: &Harness<'_, App>) -> std::sync::Arc<luodi::model::Contents> {
    harness.state().state().work.as_ref().expect("the sample is open").document.snapshot().contents
}

#[test]
fn layers_are_marked_hidden_and_removed_together_and_come_back() {
    let mut harness = window();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num1);
    harness.run_ok();
    let before = contents(&harness);
    let parcels = before.layers_of(Role::Parcels).next().unwrap().0;
    let farmland = before.layers_of(Role::Farmland).next().unwrap().0;
    let name = |id| before.layer(id).unwrap().head.name.to_string();
    let verdicts = harness.state().state().work.as_ref().unwrap().checked.sites.clone();
    harness.get_by_label(&name(parcels)).click();
    harness.run_ok();
    harness.get_by_label(&name(farmland)).click_modifiers(egui::Modifiers::COMMAND);
    harness.run_ok();
    assert_eq!(harness.state().state().marked, [parcels, farmland].into());
    harness.get_by_label("隐藏所选图层").click();
    harness.run_ok();
    assert!([parcels, farmland].iter().all(|id| !contents(&harness).layer(*id).unwrap().head.visible));
    let now = &harness.state().state().work.as_ref().unwrap().checked.sites;
    assert!(std::sync::Arc::ptr_eq(now, &verdicts), "what is hidden is checked as before, and nothing is checked anew");
    harness.get_by_label("移除所选图层").click();
    harness.run_ok();
    assert_eq!(contents(&harness).layers.size(), before.layers.size() - 2);
    for _ in 0..2 {
        harness.state_mut().ask(Command::Undo);
        harness.run_ok();
    }
    let after = contents(&harness);
    assert_eq!(after.order, before.order);
    assert!(after.layers_in_order().all(|(id, l)| l.head == before.layer(id).unwrap().head));
}

#[test]
fn parcels_are_coloured_by_the_official_palette_and_the_style_is_undone() {
    let mut harness = window();
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::Num1);
    harness.run_ok();
    let id = contents(&harness).layers_of(Role::Parcels).next().unwrap().0;
    let asked = ClassesAsked { field: "DLBM".into(), way: Way::Category, count: 5, palette: "land_use".to_owned() };
    harness.state_mut().ask(Command::FindClasses(id, asked));
    harness.run_ok();
    let Coloring::Classes(classes) = contents(&harness).layer(id).unwrap().head.look.coloring.clone() else { panic!("classes") };
    let industry = classes.list.iter().find(|c| c.test == Test::Is("0601".into())).expect("industry");
    assert_eq!((industry.color, &*industry.label), ([187, 150, 116], "0601 工业用地"));
    assert_eq!(classes.list.last().map(|c| c.test.clone()), Some(Test::Rest), "nothing is dropped");
    harness.state_mut().ask(Command::Undo);
    harness.run_ok();
    assert_eq!(contents(&harness).layer(id).unwrap().head.look, Look::default());
}

#[test]
fn identify_lists_site_cluster_and_district_under_a_place() {
    let mut harness = window();
    let (pin, bbox) = a_site(&harness, Position::Inside);
    harness.state_mut().ask(Command::FlyTo(bbox));
    harness.state_mut().ask(Command::Identify(Some(pin)));
    harness.run_ok();
    let found = harness.state().state().identified.clone().expect("a card");
    let contents = contents(&harness);
    let roles: Vec<Role> = found.features.iter().map(|a| contents.layer(a.layer).unwrap().head.role).collect();
    assert!([Role::Sites, Role::Plan, Role::Districts].iter().all(|r| roles.contains(r)), "{roles:?}");
    assert_eq!(roles.first(), Some(&Role::Sites), "what is drawn on top comes first");
    harness.key_press(egui::Key::Escape);
    harness.run_ok();
    assert!(harness.state().state().identified.is_none());
}

#[test]
fn coordinates_are_gone_to_and_views_are_kept() {
    let mut harness = window();
    let (pin, _) = a_site(&harness, Position::Outside);
    harness.key_press_modifiers(egui::Modifiers::COMMAND, egui::Key::G);
    harness.run_ok();
    // North first and without the prefix of the zone.
    harness.get_by_label("转到坐标").type_text(&format!("{:.3}, {:.3}", pin[1], pin[0] - 40_000_000.0));
    harness.run_ok();
    harness.key_press(egui::Key::Enter);
    harness.run_ok();
    let view = harness.state().state().view;
    assert!((view.center[0] - pin[0]).abs() < 1e-3 && (view.center[1] - pin[1]).abs() < 1e-3, "{:?}", view.center);
    assert_eq!(harness.state().state().flag.map(|f| f.map(|v| v.round())), Some(pin.map(|v| v.round())));
    harness.state_mut().ask(Command::KeepView("港区".to_owned()));
    harness.state_mut().ask(Command::ZoomAll);
    harness.run_ok();
    let kept = contents(&harness).bookmarks[0].clone();
    assert_eq!(&*kept.name, "港区");
    harness.state_mut().ask(Command::ShowView(kept));
    harness.run_ok();
    assert!((harness.state().state().view.scale_denominator() / view.scale_denominator() - 1.0).abs() < 1e-9);
}

#[test]
fn the_other_plan_version_is_shown_and_put_away() {
    let mut harness = window();
    let in_force = harness.state().state().plan_shown();
    harness.state_mut().ask(Command::Blink);
    harness.run_ok();
    assert_ne!(harness.state().state().plan_shown(), in_force);
    harness.state_mut().ask(Command::Swipe);
    harness.run_ok();
    assert_eq!(harness.state().state().plan_shown(), in_force, "left of the line");
    assert!(harness.query_by_label("卷帘比较规划版本").is_some(), "the line has a name");
    harness.state_mut().ask(Command::Swipe);
    harness.run_ok();
    assert!(harness.state().state().other_plan.is_none());
}

#[test]
fn a_distance_is_measured_by_clicks() {
    let mut harness = window();
    let (pin, bbox) = a_site(&harness, Position::Inside);
    harness.state_mut().ask(Command::FlyTo(bbox));
    harness.state_mut().ask(Command::Tool(ToolKind::MEASURE));
    harness.state_mut().ask(Command::Snapping);
    harness.run_ok();
    let before = contents(&harness);
    for d in [[0.0, 0.0], [30.0, 0.0], [30.0, 40.0]] {
        click_at(&mut harness, [pin[0] + d[0], pin[1] + d[1]]);
    }
    assert!(std::sync::Arc::ptr_eq(&before, &contents(&harness)), "measuring changes nothing");
    assert_eq!(harness.state().state().tool.kind(), ToolKind::MEASURE);
}

#[test]
fn a_picture_lies_under_the_map_fades_goes_and_comes_back_with_the_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = window();
    let middle = harness.state().state().view.center;
    // A red picture of 4 km around the middle of the view.
    let path = folder.path().join("影像.png");
    image::RgbImage::from_pixel(200, 200, image::Rgb([250, 10, 10])).save(&path).unwrap();
    std::fs::write(folder.path().join("影像.pgw"), format!("20\n0\n0\n-20\n{}\n{}\n", middle[0] - 1990.0, middle[1] + 1990.0)).unwrap();
    let before = contents(&harness);
    harness.state_mut().ask(Command::OpenPaths(vec![path.clone()]));
    harness.run_ok();
    let now = contents(&harness);
    let [picture] = &*now.backdrops else { panic!("{:?}", now.backdrops) };
    assert_eq!((&*picture.name, &*picture.path, picture.opacity), ("影像", path.as_path(), 1.0));
    assert!(now.differs_in_looks_only(&before), "no verdict is touched");
    assert_eq!(picture.crs, Some(luodi::crs::Crs::CGCS2000_ZONE_40), "guessed, and kept");
    let id = picture.id;
    let saved = folder.path().join("工程.gpkg");
    for edit in [BackdropEdit::Opacity(0.4), BackdropEdit::Show(false)] {
        harness.state_mut().ask(Command::Backdrop(id, edit));
        harness.run_ok();
    }
    assert_eq!(contents(&harness).backdrops.iter().map(|b| (b.visible, b.opacity)).collect::<Vec<_>>(), [(false, 0.4)]);
    harness.state_mut().ask(Command::SaveTo(saved.clone()));
    harness.run_ok();
    for _ in 0..3 {
        harness.state_mut().ask(Command::Undo);
        harness.run_ok();
    }
    assert!(contents(&harness).backdrops.is_empty(), "three steps back it was not there");
    // The workspace knows it again, and where its file is gone says so.
    std::fs::remove_file(&path).unwrap();
    harness.state_mut().ask(Command::OpenPaths(vec![saved]));
    harness.run_ok();
    assert_eq!(contents(&harness).backdrops[0].opacity, 0.4);
    let said = |h: &Harness<'_, App>| h.state().state().notices.iter().any(|n| n.words.code == "io.not_found");
    assert!(said(&harness));
}

/// A picture opened in one go with a workspace waits for it, and the map shows where it lies.
#[test]
fn a_picture_that_comes_with_a_workspace_lies_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let (saved, path) = (folder.path().join("工程.gpkg"), folder.path().join("影像.png"));
    let mut harness = window();
    let ([east, north], layers) = (harness.state().state().view.center, contents(&harness).order.len());
    harness.state_mut().ask(Command::SaveTo(saved.clone()));
    harness.run_ok();
    // Away from all layers.
    image::RgbImage::from_pixel(200, 200, image::Rgb([250, 10, 10])).save(&path).unwrap();
    std::fs::write(folder.path().join("影像.pgw"), format!("20\n0\n0\n-20\n{}\n{}\n", east + 150_000.0, north)).unwrap();
    std::fs::write(folder.path().join("影像.prj"), luodi::crs::Crs::CGCS2000_ZONE_40.esri_wkt().unwrap()).unwrap();
    harness.state_mut().ask(Command::OpenPaths(vec![saved, path]));
    harness.run_ok();
    let now = contents(&harness);
    assert_eq!((now.order.len(), now.backdrops.len()), (layers, 1));
    let state = harness.state().state();
    assert_eq!(state.fit, None);
    assert!(state.view.window().holds_point([east + 152_000.0, north - 2_000.0]), "{:?}", state.view);
}

#[test]
fn the_legend_lists_what_is_in_view_and_folds() {
    let mut harness = window();
    assert!(harness.query_all_by_label("图例 市重点发展").next().is_some(), "the grades of the plan in view");
    let rows = harness.query_all_by_label("图例 区（市）界").count();
    assert_eq!(rows, 1);
    // Out at sea there is no cluster.
    let mut view = harness.state().state().view;
    view.center = [view.center[0] + 90_000.0, view.center[1] - 60_000.0];
    view.set_scale(20_000.0);
    harness.state_mut().ask(Command::View(view));
    harness.run_ok();
    assert!(harness.query_all_by_label("图例 市重点发展").next().is_none());
    harness.state_mut().ask(Command::ZoomAll);
    harness.state_mut().ask(Command::Legend);
    harness.run_ok();
    assert!(!harness.state().state().legend && harness.query_all_by_label("图例 市重点发展").next().is_none());
    harness.get_by_label("图例").click();
    harness.run_ok();
    assert!(harness.query_all_by_label("图例 市重点发展").next().is_some());
    harness.state_mut().ask(Command::NewWorkspace);
    harness.run_ok();
    assert!(harness.query_all_by_label("图例").next().is_none(), "an empty workspace has none");
}

#[test]
fn rules_are_made_in_the_card_and_say_what_they_cannot_find() {
    let mut harness = window();
    let id = contents(&harness).layers_of(Role::Parcels).next().unwrap().0;
    harness.state_mut().ask(Command::LayerCard(Some(id)));
    let symbol = Symbol { fill: Some([200, 10, 10]), line: None, line_pt: 1.0 };
    let rule = |field: &str| LookRule {
        when: Comparison { field: field.into(), sign: Sign::Other, value: "没有这个值".into() },
        scales: Default::default(),
        label: "全部宗地".into(),
        symbol,
        shown: true,
    };
    let field = contents(&harness).layer(id).unwrap().fields[0].name.to_string();
    let look = |list: Vec<LookRule>| Look { coloring: Coloring::Rules(Rules { list: list.into(), otherwise: None }), ..Look::default() };
    harness.state_mut().ask(Command::LayerLook(id, Box::new(look(vec![rule("无此字段"), rule(&field)]))));
    harness.run_ok();
    assert!(harness.query_all_by_label_contains("没有字段“无此字段”").next().is_some(), "unknown fields are said");
    assert!(harness.query_all_by_label("图例 全部宗地").next().is_some(), "the legend names the rule that counts");
    harness.get_by_label("删除规则 1").click();
    harness.run_ok();
    let rules = |h: &Harness<'_, App>| match &contents(h).layer(id).unwrap().head.look.coloring {
        Coloring::Rules(rules) => rules.list.len(),
        other => panic!("{other:?}"),
    };
    assert_eq!(rules(&harness), 1);
    harness.get_by_label("添加规则").click();
    harness.run_ok();
    assert_eq!(rules(&harness), 2);
    harness.state_mut().ask(Command::Undo);
    harness.run_ok();
    assert_eq!(rules(&harness), 1);
}
