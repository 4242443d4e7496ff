//! Everything under a place in one card: parcel, cluster, site, verdict, constraints, each with its attributes.

use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::{Identified, State};
use crate::app::theme::{Tokens, mono, sans, size};
use crate::app::widgets::{IconButton, float_frame, paint_mark, paragraph, position_icon, rule, text};
use crate::crs::to_lon_lat;
use crate::model::{Cluster, ClusterFields, FeatureRef, GeometryKind, Layer, Role, UseColumns, UseSystem, Value, field_named};
use crate::scene::{Address, use_name};
use crate::text::{Message, area_ha, area_m2, area_mu, coordinate, dms, word};
use egui::{Align, Align2, Area, Frame, Layout, Margin, Order, RichText, ScrollArea, Sense, Ui, vec2};

const WIDTH: f32 = 320.0;

pub fn show(ui: &mut Ui, state: &State, ask: &mut Vec<Command>) {
    let (Some(found), Some(work)) = (&state.identified, &state.work) else { return };
    let contents = work.document.snapshot().contents;
    let canvas = state.view.rect;
    let at = egui::pos2(canvas.right() - WIDTH - 68.0, canvas.top() + 16.0).max(canvas.min + vec2(16.0, 16.0));
    let most = (canvas.height() - 150.0).max(160.0);
    Area::new(egui::Id::unique("identified")).order(Order::Middle).fixed_pos(at).show(ui.ctx(), |ui| {
        let t = Tokens::of(ui);
        float_frame(t).show(ui, |ui| {
            ui.set_width(WIDTH);
            ui.spacing_mut().item_spacing.y = 0.0;
            head(ui, state, found, &contents.crs, ask);
            ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
                Frame::new().inner_margin(Margin { left: 16, right: 16, top: 4, bottom: 12 }).show(ui, |ui| {
                    ui.set_width(WIDTH - 32.0);
                    if found.features.is_empty() {
                        ui.add_space(8.0);
                        paragraph(ui, word(state.lang, "app.identify.nothing"), size::SMALL, t.ink2);
                    }
                    for (i, address) in found.features.iter().enumerate() {
                        let Some(layer) = contents.layer(address.layer) else { continue };
                        let Some(feature) = layer.feature(address.feature) else { continue };
                        if i > 0 {
                            ui.add_space(6.0);
                            rule(ui);
                        }
                        one(ui, state, *address, layer, feature, ask);
                    }
                    if found.more > 0 {
                        let words = Message::new("app.identify.more").with("count", found.more).render(state.lang);
                        paragraph(ui, words, size::CAPTION, t.ink3);
                    }
                });
            });
        });
    });
}

/// The place itself.
fn head(ui: &mut Ui, state: &State, found: &Identified, crs: &crate::crs::Crs, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(WIDTH, 56.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, t.hairline());
    let [east, north] = found.at;
    let plane = format!("E {}  N {}", coordinate(east), coordinate(north));
    let degrees = to_lon_lat(crs, found.at).map_or(String::new(), |[lon, lat]| format!("{}E  {}N", dms(lon), dms(lat)));
    for (words, y, ink) in [(plane, 19.0, t.ink), (degrees, 37.0, t.ink3)] {
        ui.painter().text(rect.min + vec2(16.0, y), Align2::LEFT_CENTER, words, mono(size::CAPTION), ink);
    }
    let inner = rect.shrink2(vec2(12.0, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)), |ui| {
        let name = word(state.lang, "app.close");
        if IconButton::new(icons::X, name, name).side(28.0, 16.0).show(ui).clicked() {
            ask.push(Command::CloseIdentified);
        }
    });
}

/// One feature: its layer, its name, what is known of it, its attributes.
fn one(ui: &mut Ui, state: &State, address: Address, layer: &Layer, feature: FeatureRef<'_>, ask: &mut Vec<Command>) {
    let t = Tokens::of(ui);
    let lang = state.lang;
    let name = title(layer, feature, lang);
    ui.add_space(8.0);
    text(ui, format!("{}\u{3000}{}", word(lang, layer.head.role.facts().name_key), layer.head.name), size::CAPTION, t.ink3);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 28.0), Sense::click());
    let spoken = format!("{} {name}", word(lang, layer.head.role.facts().name_key));
    response.widget_info(|| egui::WidgetInfo::labeled(egui::accesskit::Role::Button, true, &spoken));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect.expand2(vec2(8.0, 0.0)), 6.0, t.hover);
    }
    crate::app::widgets::elided(ui.painter(), rect.left_center(), rect.width(), &name, sans(size::BODY), t.ink);
    if response.on_hover_text(word(lang, "app.identify.fly")).clicked() {
        ask.push(Command::Select(Some(address)));
        ask.push(Command::FlyTo(feature.rings().bbox()));
    }
    if let Some(verdict) = state.verdict_of(address) {
        let tones = t.verdict(verdict.position);
        ui.horizontal(|ui| {
            let (mark, _) = ui.allocate_exact_size(vec2(18.0, 22.0), Sense::hover());
            paint_mark(ui.painter(), mark.center(), 16.0, position_icon(verdict.position), tones.text);
            text(ui, word(lang, verdict.position.key()), size::SMALL, tones.text);
        });
    }
    if layer.head.role == Role::Plan {
        let cluster = Cluster::read(feature, &ClusterFields::guess(&layer.fields), feature.source_record().unwrap_or(0) as usize);
        text(ui, word(lang, cluster.grade(state.today).key()), size::SMALL, t.ink2);
    }
    if let Some(shape) = feature.shape().filter(|_| layer.base().kind() == GeometryKind::Area) {
        let m2 = shape.area_m2();
        let words = format!(
            "{} m²\u{3000}{} {}\u{3000}{} {}",
            area_m2(m2),
            area_ha(m2),
            word(lang, "app.unit.ha"),
            area_mu(m2),
            word(lang, "app.unit.mu")
        );
        ui.add(egui::Label::new(RichText::new(words).font(mono(size::CAPTION)).color(t.ink2)).wrap());
    }
    let uses = UseColumns::of(layer);
    for (column, field) in layer.fields.iter().enumerate() {
        let value = feature.value(column);
        if value == Value::Null || value.to_string().trim().is_empty() {
            continue;
        }
        ui.horizontal(|ui| {
            let (name, _) = ui.allocate_exact_size(vec2(104.0, 20.0), Sense::hover());
            crate::app::widgets::elided(ui.painter(), name.left_center(), 100.0, &field.name, sans(size::CAPTION), t.ink3);
            let words = match uses.as_ref().filter(|uses| uses.code == column) {
                Some(uses) => coded(&value, uses.system_of(feature), lang),
                None => value.to_string(),
            };
            ui.add(egui::Label::new(RichText::new(words).font(sans(size::CAPTION)).color(t.ink)).wrap().selectable(true));
        });
    }
}

/// A code of a land use with what it means, and by which classification; one of which nobody says whose it is with that.
fn coded(value: &Value, system: Option<UseSystem>, lang: crate::text::Lang) -> String {
    let value = value.to_string();
    match system {
        Some(UseSystem::Names) => value,
        Some(system) => match use_name(&value, system, lang) {
            Some(name) => format!("{value} {name} · {}", word(lang, system.key())),
            None => format!("{value} · {}", word(lang, system.key())),
        },
        None => format!("{value} · {}", word(lang, "use_system.open")),
    }
}

/// The feature's name, else what its land is used for, else its number.
fn title(layer: &Layer, feature: FeatureRef<'_>, lang: crate::text::Lang) -> String {
    let named = field_named(
        &layer.fields,
        &["名称", "项目名称", "XMMC", "name", "NAME", "MC", "XZQMC", "区市", "ZLDWMC", "集聚区名称", "DKMC", "图斑名称"],
    );
    let name = named.map(|c| feature.value(c).to_string().trim().to_owned()).filter(|n| !n.is_empty());
    let used = || {
        let (value, system) = UseColumns::of(layer)?.read(feature);
        use_name(&value, system?, lang).map(str::to_owned)
    };
    let number = || feature.source_record().map_or_else(|| word(lang, "app.unnamed").to_owned(), |n| format!("#{n}"));
    name.or_else(used).unwrap_or_else(number)
}
