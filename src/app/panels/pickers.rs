//! Questions about a file that is being opened: which layer of it, which encoding, which system, which parameters; and how a layer is written.

use super::dialogs::{cancel, choice, title};
use crate::app::command::Command;
use crate::app::export_layer::{FORMATS, systems};
use crate::app::icons;
use crate::app::landing::Landing;
use crate::app::state::{LayerChoice, LayerExport, State};
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{Button, Weight, paragraph, section, text};
use crate::geom::BBox;
use crate::job::{ConvertFormat, EncodingSample, Input, crs_words};
use crate::model::{Contents, Role, UseSystem};
use crate::text::{Message, dms, word};
use egui::accesskit::Role as Node;
use egui::{Align, Frame, Grid, Layout, Margin, Painter, Rect, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// The layers of a file that holds several.
pub fn layers(ui: &mut Ui, state: &State, input: &Input, role: Role, layers: &[LayerChoice], ask: &mut Vec<Command>) {
    let lang = state.lang;
    let file = file_of(input);
    title(ui, word(lang, "app.pick.title"), &Message::new("app.pick.file").with("file", file).with("count", layers.len()).render(lang));
    ScrollArea::vertical().max_height(420.0).show(ui, |ui| {
        for one in layers {
            let width = ui.available_width();
            if choice(ui, &one.name, &one.holds, width) {
                let mut input = input.clone();
                input.settings.options.layer = Some(one.layer.clone());
                ask.push(Command::OpenInput(Box::new(input), role));
            }
        }
    });
    cancel(ui, state, ask);
}

/// Some rows in each encoding; nothing is chosen beforehand.
pub fn encoding(ui: &mut Ui, state: &State, input: &Input, role: Role, samples: &[EncodingSample], ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    title(ui, word(lang, "app.encoding.title"), &Message::new("app.encoding.file").with("file", file_of(input)).render(lang));
    ScrollArea::vertical().max_height(460.0).show(ui, |ui| {
        for sample in samples {
            let words = if sample.unreadable == 0 {
                word(lang, "app.encoding.reads").to_owned()
            } else {
                Message::new("app.encoding.unreadable").with("count", sample.unreadable).render(lang)
            };
            let width = ui.available_width();
            if choice(ui, sample.label, &words, width) {
                let mut input = input.clone();
                input.settings.options.encoding = Some(sample.label.to_owned());
                ask.push(Command::OpenInput(Box::new(input), role));
            }
            Frame::new().inner_margin(Margin { left: 12, ..Margin::ZERO }).show(ui, |ui| {
                Grid::new(sample.label).num_columns(sample.fields.len()).spacing(vec2(16.0, 2.0)).show(ui, |ui| {
                    for field in &sample.fields {
                        text(ui, readable(field), size::CAPTION, t.ink3);
                    }
                    ui.end_row();
                    for row in &sample.rows {
                        for cell in row {
                            let cut: String = cell.chars().take(18).collect();
                            text(ui, readable(&cut), size::SMALL, t.ink);
                        }
                        ui.end_row();
                    }
                })
            });
            ui.add_space(6.0);
        }
    });
    cancel(ui, state, ask);
}

/// What is no letter in an encoding, as a box: the sign for it is in no font of the window, and would not be seen.
fn readable(text: &str) -> String {
    text.replace('\u{fffd}', "□")
}

/// The classifications that the codes of a file may be of, with what they would mean; nothing is chosen beforehand.
pub fn codes(ui: &mut Ui, state: &State, input: &Input, role: Role, systems: &[(UseSystem, Vec<String>)], ask: &mut Vec<Command>) {
    let lang = state.lang;
    title(ui, word(lang, "app.codes.title"), &Message::new("app.codes.file").with("file", file_of(input)).render(lang));
    for (system, examples) in systems {
        let width = ui.available_width();
        if choice(ui, word(lang, system.key()), &examples.join("\u{3000}"), width) {
            let mut input = input.clone();
            input.settings.options.codes = Some(*system);
            ask.push(Command::OpenInput(Box::new(input), role));
        }
    }
    cancel(ui, state, ask);
}

/// The readings of the numbers that fit, each with the place it leads to; nothing is chosen beforehand.
pub fn systems_of(ui: &mut Ui, state: &State, input: &Input, role: Role, landings: &[Landing], ask: &mut Vec<Command>) {
    let lang = state.lang;
    title(ui, word(lang, "app.crs.title"), &Message::new("app.crs.file").with("file", file_of(input)).render(lang));
    let contents = state.work.as_ref().map(|work| work.document.snapshot().contents);
    // Without districts a small map would show nothing to compare with.
    let contents = contents.filter(|contents| contents.layers_of(Role::Districts).next().is_some());
    ScrollArea::vertical().max_height(460.0).show(ui, |ui| {
        for landing in landings {
            if one_system(ui, state, contents.as_deref(), landing) {
                let mut input = input.clone();
                input.settings.options.crs = Some(landing.crs.clone());
                input.settings.options.north_first = Some(landing.swapped);
                ask.push(Command::OpenInput(Box::new(input), role));
            }
        }
    });
    cancel(ui, state, ask);
}

fn one_system(ui: &mut Ui, state: &State, contents: Option<&Contents>, landing: &Landing) -> bool {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let (height, room) = if contents.is_some() { (104.0, 132.0) } else { (84.0, 0.0) };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let name = crs_words(&landing.crs);
    let lies = landing.words.render(lang);
    response.widget_info(|| WidgetInfo::labeled(Node::Button, true, format!("{name} {lies}")));
    let lit = response.hovered() || response.has_focus();
    let (fill, border) = if lit { (t.accent_bg, t.accent) } else { (t.card, t.line_strong) };
    ui.painter().rect(rect, 6.0, fill, Stroke::new(1.0, border), StrokeKind::Inside);
    let map = Rect::from_min_size(rect.min + vec2(8.0, 8.0), vec2(room, height - 16.0));
    if let Some(contents) = contents {
        ui.painter().rect(map, 4.0, t.paper, t.hairline(), StrokeKind::Inside);
        small_map(&ui.painter().with_clip_rect(map.intersect(ui.clip_rect())), map, contents, landing.bbox, t);
    }
    let order = if landing.swapped { word(lang, "app.crs.north_first") } else { "" };
    let second = format!("{}E {}N\u{3000}{order}", dms(landing.lon_lat[0]), dms(landing.lon_lat[1]));
    let lines =
        [(name, sans(size::BODY), t.ink, 0.25), (lies, sans(size::SMALL), t.ink2, 0.5), (second, mono(size::CAPTION), t.ink3, 0.74)];
    for (words, font, ink, y) in lines {
        let at = pos2(map.right() + 12.0, rect.top() + y * height);
        crate::app::widgets::elided(ui.painter(), at, rect.right() - at.x - 8.0, &words, font, ink);
    }
    response.clicked()
}

/// The outlines of the districts, and the data where this reading puts it.
fn small_map(painter: &Painter, map: Rect, contents: &Contents, data: BBox, t: &Tokens) {
    let districts = contents.layers_of(Role::Districts).fold(BBox::EMPTY, |all, (_, layer)| all.join(layer.bbox()));
    let all = districts.join(data);
    if all.is_empty() {
        return;
    }
    let scale = (map.width() as f64 - 12.0).min(1e9) / all.width().max(1.0);
    let scale = scale.min((map.height() as f64 - 12.0) / all.height().max(1.0));
    let [x, y] = all.center();
    let at = |p: &[f64; 2]| map.center() + vec2(((p[0] - x) * scale) as f32, ((y - p[1]) * scale) as f32);
    for (_, layer) in contents.layers_of(Role::Districts) {
        for feature in layer.features() {
            for ring in feature.rings().rings() {
                let step = ring.len() / 200 + 1;
                let points = ring.iter().step_by(step).map(at).collect();
                painter.add(Shape::closed_line(points, Stroke::new(1.0, t.ink3)));
            }
        }
    }
    if !data.is_empty() {
        let mut spot = Rect::from_two_pos(at(&data.min), at(&data.max));
        // Never so small that it is not seen.
        spot = spot.expand2(vec2((6.0 - spot.width()).max(0.0) / 2.0, (6.0 - spot.height()).max(0.0) / 2.0));
        painter.rect(spot, 1.0, t.accent.gamma_multiply(0.25), Stroke::new(1.5, t.accent), StrokeKind::Outside);
    }
}

/// Two systems of different datums: a file with parameters leads from one to the other, nothing else does.
pub fn shift(ui: &mut Ui, state: &State, input: &Input, role: Role, why: &Message, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    title(ui, word(lang, "app.shift.title"), &why.render(lang));
    paragraph(ui, word(lang, "app.shift.what"), size::SMALL, t.ink2);
    ui.add_space(4.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if Button::new(icons::FOLDER_OPEN, word(lang, "app.shift.choose"), Weight::Primary).show(ui).clicked() {
            ask.push(Command::ChooseShift(Box::new(input.clone()), role));
        }
        if Button::new("", word(lang, "app.cancel"), Weight::Plain).show(ui).clicked() {
            ask.push(Command::CloseDialog);
        }
    });
}

/// Format and system of a layer that is to be written.
pub fn export(ui: &mut Ui, state: &State, order: &LayerExport, ask: &mut Vec<Command>) {
    let lang = state.lang;
    let Some(work) = &state.work else { return };
    let contents = work.document.snapshot().contents;
    let Some(layer) = contents.layer(order.layer) else { return };
    let words = Message::new("app.export.layer").with("layer", &*layer.head.name).with("count", layer.len()).render(lang);
    title(ui, word(lang, "app.export.title"), &words);
    section(ui, word(lang, "app.export.format"));
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        for (format, _) in FORMATS {
            if mark(ui, word(lang, format_key(format)), format == order.format) {
                ask.push(Command::ExportAs(LayerExport { format, to: None, ..order.clone() }));
            }
        }
    });
    section(ui, word(lang, "app.export.system"));
    let systems = systems(&contents, order);
    let chosen = order.to.clone().or_else(|| systems.first().cloned());
    for crs in systems {
        if mark(ui, &crs_words(&crs), chosen.as_ref() == Some(&crs)) {
            ask.push(Command::ExportAs(LayerExport { to: Some(crs), ..order.clone() }));
        }
    }
    ui.add_space(8.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        if Button::new(icons::EXPORT, word(lang, "app.export.where"), Weight::Primary).show(ui).clicked() {
            ask.push(Command::ExportWhere(order.clone()));
        }
        if Button::new("", word(lang, "app.cancel"), Weight::Plain).show(ui).clicked() {
            ask.push(Command::CloseDialog);
        }
    });
}

fn format_key(format: ConvertFormat) -> &'static str {
    match format {
        ConvertFormat::Shapefile => "app.format.shp",
        ConvertFormat::GeoJson => "app.format.geojson",
        ConvertFormat::Gpkg => "app.format.gpkg",
        ConvertFormat::Csv => "app.format.csv",
        ConvertFormat::Xlsx => "app.format.xlsx",
        ConvertFormat::Txt => "app.format.txt",
        ConvertFormat::Kml => "app.format.kml",
        ConvertFormat::Dxf => "app.format.dxf",
    }
}

/// One of several that exclude each other; whether it was clicked.
fn mark(ui: &mut Ui, words: &str, chosen: bool) -> bool {
    let t = Tokens::of(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), sans(size::BODY), if chosen { t.accent } else { t.ink });
    let (rect, response) = ui.allocate_exact_size(vec2(galley.size().x + 40.0, 32.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Node::RadioButton, true, chosen, words));
    let (fill, border) = match (chosen, response.hovered() || response.has_focus()) {
        (true, _) => (t.accent_bg, t.accent),
        (false, true) => (t.hover, t.accent),
        (false, false) => (t.card, t.line_strong),
    };
    ui.painter().rect(rect, 6.0, fill, Stroke::new(1.0, border), StrokeKind::Inside);
    let dot = pos2(rect.left() + 16.0, rect.center().y);
    ui.painter().circle(dot, 6.0, t.card, Stroke::new(1.0, border));
    if chosen {
        ui.painter().circle_filled(dot, 3.5, t.accent);
    }
    ui.painter().galley(pos2(rect.left() + 30.0, rect.center().y - galley.size().y / 2.0), galley, t.ink);
    response.clicked()
}

fn file_of(input: &Input) -> String {
    input.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}
