//! The window by label, headless: open the sample, click a site, read its verdict, draw one, switch language, undo.

use egui_kittest::{Harness, kittest::Queryable};
use luodi::app::{App, Command, Start, ToolKind};
use luodi::model::{Date, Role};
use luodi::rules::Position;
use luodi::text::Lang;

fn window() -> Harness<'static, App> {
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
