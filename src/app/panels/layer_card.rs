//! The card of one layer beside the panel: its style, which shows its effect at once.

use super::rule_editor;
use crate::app::command::{ClassesAsked, Command};
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{IconButton, float_frame, paragraph, rule, section, text};
use crate::model::{Classes, Color, Coloring, FieldKind, GeometryKind, Layer, LayerHead, LayerId, Look, LookClass, Role, ScaleRange};
use crate::model::{Symbol, Test, Way};
use crate::scene::{LAND_USE, ROUND_SCALES, Rgb, land_uses, ramp_colors, ramps, recolored, style_of, use_system};
use crate::text::{Message, scale, word};
use egui::{Align, Area, ComboBox, Frame, Layout, Margin, Order, Rect, ScrollArea, Sense, Slider, StrokeKind, Ui, pos2, vec2};
use std::sync::Arc;

const WIDTH: f32 = 320.0;

/// Numbers are parted into so many classes unless another number is asked for.
const USUAL_COUNT: usize = 5;

pub fn show(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let (Some(id), Some(work)) = (state.layer_card, &state.work) else { return };
    let contents = work.document.snapshot().contents;
    let Some(layer) = contents.layer(id) else { return };
    let canvas = state.view.rect;
    let beside_tools = if state.desk == crate::app::command::Desk::Draw { 68.0 } else { 16.0 };
    let at = canvas.min + vec2(beside_tools, 16.0);
    let most = (canvas.height() - 96.0).max(160.0);
    Area::new(egui::Id::unique("layer-card")).order(Order::Middle).fixed_pos(at).show(ui.ctx(), |ui| {
        let t = Tokens::of(ui);
        float_frame(t).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 0.0;
            head(ui, state, layer, ask);
            ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
                Frame::new().inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 12 }).show(ui, |ui| {
                    ui.set_width(WIDTH - 32.0);
                    ui.spacing_mut().item_spacing = vec2(8.0, 4.0);
                    style(ui, state, id, layer, ask);
                });
            });
        });
    });
}

fn head(ui: &mut Ui, state: &State, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 44.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
    let inner = rect.shrink2(vec2(16.0, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)), |ui| {
        let name = word(state.lang, "app.close");
        if IconButton::new(icons::X, name, name).side(28.0, 16.0).show(ui).clicked() {
            ask.push(Command::LayerCard(None));
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            text(ui, word(state.lang, "app.layer.style"), size::BODY, t.ink3);
            text(ui, &*layer.head.name, size::BODY, t.ink);
        });
    });
}

/// Roles whose features the scene colours by what the plan says of them.
fn is_by_rule(role: Role) -> bool {
    matches!(role, Role::Plan | Role::Districts | Role::Backdrop)
}

fn style(ui: &mut Ui, state: &State, id: LayerId, layer: &Layer, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let look = &layer.head.look;
    if is_by_rule(layer.head.role) {
        paragraph(ui, word(lang, "app.style.by_rule"), size::SMALL, t.ink2);
    } else {
        let now = match &look.coloring {
            Coloring::AsRole => 0,
            Coloring::Single(_) => 1,
            Coloring::Classes(c) if c.way == Way::Category => 2,
            Coloring::Classes(_) => 3,
            Coloring::Rules(_) => 4,
        };
        let names = ["app.style.as_role", "app.style.single", "app.style.category", "app.style.graduated", "app.style.rules"];
        if let Some(to) = choice(ui, word(lang, "app.style.way"), now, &names.map(|k| word(lang, k).to_owned())) {
            choose_way(state, id, layer, to, ask);
        }
        match &look.coloring {
            Coloring::AsRole => _ = paragraph(ui, word(lang, "app.style.as_role_what"), size::CAPTION, t.ink3),
            Coloring::Single(symbol) => single(ui, state, (id, layer), *symbol, ask),
            Coloring::Classes(classes) => classed(ui, state, (id, layer), classes, ask),
            Coloring::Rules(rules) => rule_editor::show(ui, state, (id, layer), rules, ask),
        }
    }
    ui.add_space(4.0);
    rule(ui);
    scales(ui, state, id, look, ask);
}

pub fn with_coloring(layer: &Layer, coloring: Coloring) -> Box<Look> {
    Box::new(Look { coloring, ..layer.head.look.clone() })
}

fn choose_way(state: &State, id: LayerId, layer: &Layer, to: usize, ask: &mut Vec<Command>) {
    let theme = if state.dark { crate::scene::Theme::Dark } else { crate::scene::Theme::Light };
    match to {
        0 => ask.push(Command::LayerLook(id, with_coloring(layer, Coloring::AsRole))),
        1 => {
            // What the role looks like is where one begins.
            let style = style_of(super::layers::class_of(layer.head.role), 100_000.0, theme);
            let triple = |c: Rgb| [c.0, c.1, c.2];
            let line = style.line.or(style.casing);
            let symbol = Symbol {
                fill: style.wash.map(|w| triple(w.color)).or(Some([0xE4, 0xCF, 0xB4])),
                line: line.map(|l| triple(l.color)),
                line_pt: line.map_or(0.8, |l| l.width_pt),
            };
            ask.push(Command::LayerLook(id, with_coloring(layer, Coloring::Single(symbol))));
        }
        4 => ask.push(Command::LayerLook(id, with_coloring(layer, Coloring::Rules(rule_editor::first_rules(layer))))),
        _ => {
            let way = if to == 2 { Way::Category } else { Way::Natural };
            let fields = fields_for(layer, way);
            let told = |f: &&Arc<str>| use_system(layer, f).is_some();
            let field = if way == Way::Category { fields.iter().find(told).or(fields.first()) } else { fields.first() };
            if let Some(field) = field {
                let official = way == Way::Category && use_system(layer, field).is_some();
                let palette = if official { LAND_USE } else { usual_palette(way) };
                let asked = ClassesAsked { field: field.clone(), way, count: USUAL_COUNT, palette: palette.to_owned() };
                ask.push(Command::FindClasses(id, asked));
            }
        }
    }
}

fn usual_palette(way: Way) -> &'static str {
    if way == Way::Category { "eight" } else { "yellow_blue" }
}

/// Fields that can be parted that way.
fn fields_for(layer: &Layer, way: Way) -> Vec<Arc<str>> {
    let number = |kind| matches!(kind, FieldKind::Int | FieldKind::Real | FieldKind::Decimal);
    layer.fields.iter().filter(|f| way == Way::Category || number(f.kind)).map(|f| f.name.clone()).collect()
}

fn single(ui: &mut Ui, state: &State, (id, layer): (LayerId, &Layer), symbol: Symbol, ask: &mut Vec<Command>) {
    let lang = state.lang;
    // While a colour is being chosen the layer shows it; it is committed when the pointer rests.
    let tried = state.trying.as_ref().filter(|(of, _)| *of == id).and_then(|(_, head)| match &head.look.coloring {
        Coloring::Single(symbol) => Some(*symbol),
        _ => None,
    });
    let mut now = tried.unwrap_or(symbol);
    let area = layer.base().kind() == GeometryKind::Area;
    if area {
        color_row(ui, word(lang, "app.style.fill"), &mut now.fill, [0xE4, 0xCF, 0xB4]);
    }
    color_row(ui, word(lang, "app.style.line"), &mut now.line, [0x8A, 0x6A, 0x4C]);
    if now.line.is_some() {
        ui.horizontal(|ui| {
            text(ui, word(lang, "app.style.line_width"), size::SMALL, Tokens::of(ui).ink2);
            ui.add(Slider::new(&mut now.line_pt, 0.2..=6.0).step_by(0.1).fixed_decimals(1))
                .accessible_name(word(lang, "app.style.line_width"));
        });
    }
    settle(ui, id, layer, Coloring::Single(now), tried.is_some(), ask);
}

/// Shows a colouring as long as a button is held, commits it after.
pub fn settle(ui: &Ui, id: LayerId, layer: &Layer, now: Coloring, was_tried: bool, ask: &mut Vec<Command>) {
    let same = now == layer.head.look.coloring;
    if same && !was_tried {
        return;
    }
    let look = with_coloring(layer, now);
    if ui.input(|i| i.pointer.any_down()) {
        ask.push(Command::TryHead(id, Box::new(LayerHead { look: *look, ..layer.head.clone() })));
    } else {
        ask.push(Command::LayerLook(id, look));
    }
}

/// A colour that may be none.
fn color_row(ui: &mut Ui, name: &str, color: &mut Option<Color>, usual: Color) {
    ui.horizontal(|ui| {
        let mut on = color.is_some();
        if ui.checkbox(&mut on, name).changed() {
            *color = on.then_some(usual);
        }
        if let Some(color) = color {
            ui.color_edit_button_srgb(color).accessible_name(name);
        }
    });
}

/// The same on a button alone: a click with the other button takes the colour away, a click on the empty box gives one.
pub fn color_button(ui: &mut Ui, name: &str, color: &mut Option<Color>, usual: Color) {
    if let Some(now) = color {
        let response = ui.color_edit_button_srgb(now).accessible_name(name).on_hover_text(name);
        if response.secondary_clicked() {
            *color = None;
        }
        return;
    }
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(ui.spacing().interact_size, Sense::click());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, name));
    let stroke = egui::Stroke::new(1.0, if response.has_focus() { t.focus } else { t.line_strong });
    ui.painter().rect(rect, 4.0, t.card, stroke, StrokeKind::Inside);
    ui.painter().line_segment([rect.left_bottom() + vec2(4.0, -4.0), rect.right_top() + vec2(-4.0, 4.0)], stroke);
    if response.on_hover_text(name).clicked() {
        *color = Some(usual);
    }
}

fn classed(ui: &mut Ui, state: &State, (id, layer): (LayerId, &Layer), classes: &Classes, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let by_number = classes.way != Way::Category;
    let told = classes.list.iter().filter(|c| c.test != Test::Rest).count();
    let asked = ClassesAsked { field: classes.field.clone(), way: classes.way, count: told.max(2), palette: classes.palette.to_string() };
    let fields = fields_for(layer, classes.way);
    let names: Vec<String> = fields.iter().map(ToString::to_string).collect();
    let at = fields.iter().position(|f| *f == classes.field).unwrap_or(usize::MAX);
    if let Some(to) = choice(ui, word(lang, "app.style.field"), at, &names) {
        ask.push(Command::FindClasses(id, ClassesAsked { field: fields[to].clone(), count: USUAL_COUNT, ..asked.clone() }));
    }
    if by_number {
        let ways = [Way::EqualInterval, Way::Quantile, Way::Natural];
        let words = ["look.way.equal_interval", "look.way.quantile", "look.way.natural"].map(|k| word(lang, k).to_owned());
        let at = ways.iter().position(|w| *w == classes.way).unwrap_or(0);
        if let Some(to) = choice(ui, word(lang, "app.style.method"), at, &words) {
            ask.push(Command::FindClasses(id, ClassesAsked { way: ways[to], ..asked.clone() }));
        }
        let counts: Vec<String> = (2..=9).map(|n| n.to_string()).collect();
        if let Some(to) = choice(ui, word(lang, "app.style.count"), told.saturating_sub(2), &counts) {
            ask.push(Command::FindClasses(id, ClassesAsked { count: to + 2, ..asked }));
        }
    }
    palettes(ui, state, (id, layer), classes, ask);
    section(ui, word(lang, "app.style.classes"));
    let tried = state.trying.as_ref().filter(|(of, _)| *of == id).and_then(|(_, head)| match &head.look.coloring {
        Coloring::Classes(tried) => Some(tried.clone()),
        _ => None,
    });
    let mut list: Vec<LookClass> = tried.as_ref().unwrap_or(classes).list.to_vec();
    for class in &mut list {
        ui.horizontal(|ui| {
            let words = if class.test == Test::Rest { word(lang, "look.rest") } else { &*class.label };
            let (glyph, key) = if class.shown { (icons::EYE, "app.layer.hide") } else { (icons::EYE_SLASH, "app.layer.show") };
            let name = format!("{} {words}", word(lang, key));
            if IconButton::new(glyph, &name, &name).side(28.0, 16.0).show(ui).clicked() {
                class.shown = !class.shown;
            }
            ui.color_edit_button_srgb(&mut class.color).accessible_name(words);
            text(ui, words, size::SMALL, if class.shown { t.ink } else { t.ink3 });
        });
    }
    let now = Classes { list: list.into(), ..classes.clone() };
    settle(ui, id, layer, Coloring::Classes(now), tried.is_some(), ask);
}

/// The palettes as strips of their colours; what is safe for the colour-blind says so.
fn palettes(ui: &mut Ui, state: &State, (id, layer): (LayerId, &Layer), classes: &Classes, ask: &mut Vec<Command>) {
    let lang = state.lang;
    section(ui, word(lang, "app.style.palette"));
    let official = (classes.way == Way::Category).then(|| {
        let colors: Vec<Rgb> = land_uses().iter().step_by(3).map(|u| u.color()).collect();
        (LAND_USE, "look.ramp.land_use", colors, false)
    });
    let bundled = ramps().iter().filter_map(|r| Some((&*r.code, ramp_key(&r.code)?, ramp_colors(&r.code, 8), r.safe)));
    for (code, key, colors, safe) in official.into_iter().chain(bundled) {
        let chosen = *classes.palette == *code;
        if strip(ui, &palette_words(state, key, safe), &colors, chosen) {
            ask.push(Command::LayerLook(id, with_coloring(layer, Coloring::Classes(recolored(classes, code, layer)))));
        }
    }
}

fn palette_words(state: &State, key: &'static str, safe: bool) -> String {
    let name = word(state.lang, key);
    if safe { Message::new("app.style.safe").with("name", name).render(state.lang) } else { name.to_owned() }
}

fn ramp_key(code: &str) -> Option<&'static str> {
    ["look.ramp.yellow_blue", "look.ramp.yellow_brown", "look.ramp.purple_orange", "look.ramp.greys", "look.ramp.eight", "look.ramp.paper"]
        .into_iter()
        .find(|key| key.strip_prefix("look.ramp.") == Some(code))
}

fn strip(ui: &mut Ui, name: &str, colors: &[Rgb], chosen: bool) -> bool {
    let t = Tokens::of(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::accesskit::Role::RadioButton, true, chosen, name));
    let fill = if chosen {
        t.accent_bg
    } else if response.hovered() {
        t.hover
    } else {
        t.card
    };
    let border = if response.has_focus() {
        t.focus
    } else if chosen {
        t.accent
    } else {
        t.line
    };
    ui.painter().rect(rect, 6.0, fill, egui::Stroke::new(if chosen { 2.0 } else { 1.0 }, border), StrokeKind::Inside);
    let bar = Rect::from_min_size(rect.min + vec2(8.0, 8.0), vec2(96.0, 12.0));
    let width = bar.width() / colors.len().max(1) as f32;
    for (i, c) in colors.iter().enumerate() {
        let piece = Rect::from_min_size(pos2(bar.left() + width * i as f32, bar.top()), vec2(width, bar.height()));
        ui.painter().rect_filled(piece, 0.0, egui::Color32::from_rgb(c.0, c.1, c.2));
    }
    let at = pos2(bar.right() + 10.0, rect.center().y);
    let ink = if chosen { t.accent } else { t.ink };
    crate::app::widgets::elided(ui.painter(), at, rect.right() - at.x - 8.0, name, crate::app::theme::sans(size::SMALL), ink);
    response.clicked()
}

/// The scales between which the layer is drawn.
fn scales(ui: &mut Ui, state: &State, id: LayerId, look: &Look, ask: &mut Vec<Command>) {
    let lang = state.lang;
    section(ui, word(lang, "app.style.scales"));
    let words = |open: &'static str| -> Vec<String> {
        std::iter::once(word(lang, open).to_owned()).chain(ROUND_SCALES.iter().map(|s| scale(*s))).collect()
    };
    let place = |bound: Option<u32>| bound.map_or(0, |b| 1 + ROUND_SCALES.iter().position(|s| *s as u32 == b).unwrap_or(usize::MAX - 1));
    let bound = |to: usize| to.checked_sub(1).and_then(|i| ROUND_SCALES.get(i)).map(|s| *s as u32);
    let ScaleRange { nearest, farthest } = look.scales;
    if let Some(to) = choice(ui, word(lang, "app.style.farthest"), place(farthest), &words("app.style.unbounded")) {
        let scales = ScaleRange { farthest: bound(to), nearest };
        ask.push(Command::LayerLook(id, Box::new(Look { scales, ..look.clone() })));
    }
    if let Some(to) = choice(ui, word(lang, "app.style.nearest"), place(nearest), &words("app.style.unbounded")) {
        let scales = ScaleRange { nearest: bound(to), farthest };
        ask.push(Command::LayerLook(id, Box::new(Look { scales, ..look.clone() })));
    }
}

/// A field without a label that drops down; the number of what was chosen now.
pub fn choice_in(ui: &mut Ui, name: &str, width: f32, shown: &str, options: &[String]) -> Option<usize> {
    let mut chosen = None;
    let field = ComboBox::from_id_salt(name).selected_text(shown).width(width).truncate();
    let response = field.show_ui(ui, |ui| {
        for (i, option) in options.iter().enumerate() {
            if ui.selectable_label(option == shown, option).clicked() {
                chosen = Some(i);
            }
        }
    });
    response.response.accessible_name(name);
    chosen.filter(|c| options.get(*c).is_some_and(|o| o != shown))
}

/// A labelled field that drops down; the number of what was chosen now.
fn choice(ui: &mut Ui, name: &str, at: usize, options: &[String]) -> Option<usize> {
    let t = Tokens::of(ui);
    let mut chosen = None;
    ui.horizontal(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(72.0, 32.0), Sense::hover());
        ui.painter().text(rect.left_center(), egui::Align2::LEFT_CENTER, name, crate::app::theme::sans(size::SMALL), t.ink2);
        let shown = options.get(at).map_or("—", String::as_str);
        let field = ComboBox::from_id_salt(name).selected_text(shown).width(ui.available_width() - 8.0);
        let response = field.show_ui(ui, |ui| {
            for (i, option) in options.iter().enumerate() {
                if ui.selectable_label(i == at, option).clicked() {
                    chosen = Some(i);
                }
            }
        });
        response.response.accessible_name(name);
    });
    chosen.filter(|c| *c != at)
}
