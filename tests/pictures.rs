//! The window as pictures: three small ones are kept and compared roughly, so that no rasteriser's rounding is a failure and a missing
//! layer, a wrong theme or a page turned over is. `UPDATE_EXPECTED=1` keeps what is drawn now.

use egui_kittest::Harness;
use luodi::app::{App, Command, Start};
use luodi::model::Date;
use luodi::rules::Position;
use luodi::text::Lang;
use std::path::Path;
use tiny_skia::{IntSize, Pixmap};

/// A kept picture is that many times smaller: a block of pixels became one of their mean colour.
const BLOCK: usize = 8;
/// Mean difference of all colours, of 255.
const MEAN_UP_TO: f64 = 5.0;
/// A block is another one from this difference on; so great a share may be.
const OTHER_FROM: u8 = 48;
const OTHER_UP_TO: f64 = 0.01;

struct Picture {
    width: usize,
    rgb: Vec<[u8; 3]>,
}

fn window(size: [f32; 2], lang: Lang) -> Harness<'static, App> {
    let start = Start { today: Date { year: 2013, month: 6, day: 1 }, state_dir: None, inline: true, ..Start::new(Vec::new(), lang) };
    let mut harness = Harness::builder()
        .with_size(egui::Vec2::from(size))
        .with_max_steps(40)
        .with_theme(egui::Theme::Light)
        .wgpu()
        .build_eframe(move |cc| App::new(&cc.egui_ctx, start));
    harness.run_ok();
    harness
}

fn drawn(harness: &mut Harness<'_, App>) -> Picture {
    let image = harness.render().expect("a picture");
    Picture { width: image.width() as usize, rgb: image.pixels().map(|p| [p.0[0], p.0[1], p.0[2]]).collect() }
}

/// The mean colour of each block.
fn reduced(picture: &Picture) -> Picture {
    let (width, height) = (picture.width / BLOCK, picture.rgb.len() / picture.width / BLOCK);
    let mean = |column: usize, row: usize, channel: usize| {
        let pixel = |i: usize| picture.rgb[(row * BLOCK + i / BLOCK) * picture.width + column * BLOCK + i % BLOCK][channel];
        ((0..BLOCK * BLOCK).map(|i| u32::from(pixel(i))).sum::<u32>() / (BLOCK * BLOCK) as u32) as u8
    };
    let rgb = (0..width * height).map(|i| [0, 1, 2].map(|channel| mean(i % width, i / width, channel))).collect();
    Picture { width, rgb }
}

/// What is wrong with the picture; the whole of it lies in the folder of what tests write.
fn differs(name: &str, picture: &Picture) -> Option<String> {
    let save = |picture: &Picture, path: &Path| {
        let rgba: Vec<u8> = picture.rgb.iter().flat_map(|c| [c[0], c[1], c[2], 255]).collect();
        let size = IntSize::from_wh(picture.width as u32, (picture.rgb.len() / picture.width) as u32).unwrap();
        Pixmap::from_vec(rgba, size).unwrap().save_png(path).unwrap();
    };
    save(picture, &Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.png")));
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pictures").join(format!("{name}.png"));
    let small = reduced(picture);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::create_dir_all(kept.parent().unwrap()).unwrap();
        save(&small, &kept);
        return None;
    }
    let expected = Pixmap::load_png(&kept).unwrap_or_else(|e| panic!("{}: {e}", kept.display()));
    if (expected.width() as usize, expected.pixels().len()) != (small.width, small.rgb.len()) {
        return Some(format!("{name}: another size"));
    }
    let apart = |(a, b): (&[u8; 3], &tiny_skia::PremultipliedColorU8)| {
        let d = [a[0].abs_diff(b.red()), a[1].abs_diff(b.green()), a[2].abs_diff(b.blue())];
        (d.iter().map(|d| f64::from(*d)).sum::<f64>() / 3.0, d.into_iter().max() >= Some(OTHER_FROM))
    };
    let all: Vec<(f64, bool)> = small.rgb.iter().zip(expected.pixels()).map(apart).collect();
    let mean = all.iter().map(|(d, _)| d).sum::<f64>() / all.len() as f64;
    let others = all.iter().filter(|(_, other)| *other).count() as f64 / all.len() as f64;
    (mean > MEAN_UP_TO || others > OTHER_UP_TO).then(|| format!("{name}: mean difference {mean:.2}, other blocks {others:.4}"))
}

#[test]
fn the_window_looks_as_it_was_kept() {
    let mut wrong = Vec::new();
    for (lang, of, size) in [(Lang::Zh, "zh", [1280.0, 720.0]), (Lang::En, "en", [1920.0, 1080.0])] {
        let mut harness = window(size, lang);
        let mut dark = false;
        for step in ["city", "site"] {
            if step == "site" {
                let sites = harness.state().state().work.as_ref().unwrap().checked.sites.clone();
                let one = sites.values().find(|one| one.verdict.position == Position::Partial).unwrap();
                let bbox = one.verdict.shape.as_ref().unwrap().bbox();
                harness.state_mut().ask(Command::FlyTo(bbox));
                harness.run_ok();
            }
            for theme in ["light", "dark"] {
                if dark != (theme == "dark") {
                    harness.state_mut().ask(Command::ToggleDark);
                    dark = !dark;
                    harness.run_ok();
                }
                let picture = drawn(&mut harness);
                // All of them are drawn; three are kept.
                let name = format!("{step}_{of}_{theme}");
                if ["site_zh_light", "city_en_dark", "site_en_dark"].contains(&&*name) {
                    wrong.extend(differs(&name, &picture));
                } else {
                    assert!(reduced(&picture).rgb.iter().any(|c| *c != picture.rgb[0]), "{name} is empty");
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_picture_that_was_panned_is_the_one_that_is_drawn_whole() {
    let mut harness = window([1280.0, 720.0], Lang::Zh);
    harness.state_mut().ask(Command::ZoomIn);
    harness.run_ok();
    for by in [[37.0f32, 21.0], [-60.0, 5.0], [8.0, -33.0]] {
        let mut view = harness.state().state().view;
        view.pan(egui::Vec2::from(by));
        harness.state_mut().ask(Command::View(view));
        harness.run_ok();
    }
    let panned = drawn(&mut harness);
    // Another theme and back: nothing of the picture before is kept.
    for _ in 0..2 {
        harness.state_mut().ask(Command::ToggleDark);
        harness.run_ok();
    }
    let whole = drawn(&mut harness);
    let apart = |(a, b): &(&[u8; 3], &[u8; 3])| (0..3).any(|i| a[i].abs_diff(b[i]) > 6);
    let others = panned.rgb.iter().zip(&whole.rgb).filter(apart).count();
    assert!(others * 10_000 < whole.rgb.len(), "{others} of {} pixels are others", whole.rgb.len());
}
