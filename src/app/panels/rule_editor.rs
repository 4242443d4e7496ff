//! The rules of a layer's look, in their order: condition, scales, symbol and words of each, and the symbol of what meets none.

use super::layer_card::{choice_in, color_button, settle, with_coloring};
use crate::app::command::Command;
use crate::app::icons;
use crate::app::state::State;
use crate::app::theme::{Tokens, size};
use crate::app::widgets::{Button, IconButton, Weight, paragraph, rule as hairline, section, text};
use crate::model::{Coloring, Comparison, GeometryKind, Layer, LayerId, LookRule, MOST_RULES, Rules, ScaleRange, Sign, Symbol};
use crate::scene::{ROUND_SCALES, use_system};
use crate::text::{Lang, Message, scale, word};
use egui::{Id, TextEdit, Ui, vec2};

/// Colours that new rules are given, one after the other.
const USUAL: [[u8; 3]; 6] =
    [[0xD5, 0x5E, 0x00], [0x00, 0x72, 0xB2], [0x00, 0x9E, 0x73], [0xCC, 0x79, 0xA7], [0xE6, 0x9F, 0x00], [0x56, 0xB4, 0xE9]];
const OTHERWISE: [u8; 3] = [0xE6, 0xE2, 0xDA];
const LINE: [u8; 3] = [0x6B, 0x66, 0x5E];

fn symbol_of(fill: [u8; 3]) -> Symbol {
    Symbol { fill: Some(fill), line: Some(LINE), line_pt: 0.8 }
}

/// One rule to begin with, on the first field.
pub fn first_rules(layer: &Layer) -> Rules {
    Rules { list: fresh(layer, 0).into_iter().collect(), otherwise: Some(symbol_of(OTHERWISE)) }
}

/// A rule for the value that the first feature has; `None` when the layer has no fields.
fn fresh(layer: &Layer, place: usize) -> Option<LookRule> {
    // What land is used for tells most; else whatever stands first.
    let told = layer.fields.iter().position(|f| use_system(layer, &f.name).is_some()).unwrap_or(0);
    let field = layer.fields.get(told)?;
    let value = layer.features().next().map(|f| f.value(told).to_string().trim().to_owned()).unwrap_or_default();
    let sign = if value.is_empty() { Sign::Empty } else { Sign::Equal };
    let when = Comparison { field: field.name.to_string(), sign, value };
    let symbol = symbol_of(USUAL[place % USUAL.len()]);
    Some(LookRule { when, scales: ScaleRange::default(), label: "".into(), symbol, shown: true })
}

/// What is done to a rule as a whole.
enum Step {
    Up(usize),
    Down(usize),
    Remove(usize),
}

pub fn show(ui: &mut Ui, state: &State, (id, layer): (LayerId, &Layer), rules: &Rules, ask: &mut Vec<Command>) {
    let lang = state.lang;
    let t = Tokens::of(ui);
    // While a colour is being chosen the layer shows it; it is committed when the pointer rests.
    let tried = state.trying.as_ref().filter(|(of, _)| *of == id).and_then(|(_, head)| match &head.look.coloring {
        Coloring::Rules(tried) => Some(tried.clone()),
        _ => None,
    });
    let was_tried = tried.is_some();
    let now = tried.as_ref().unwrap_or(rules);
    let (mut list, mut otherwise) = (now.list.to_vec(), now.otherwise);
    let mut step = None;
    paragraph(ui, word(lang, "app.rules.what"), size::CAPTION, t.ink3);
    for (place, one) in list.iter_mut().enumerate() {
        ui.add_space(4.0);
        hairline(ui);
        ui.push_id((id, place), |ui| {
            head(ui, state, place, one, layer, &mut step);
            condition(ui, lang, place, one, layer);
            scales(ui, lang, place, one);
        });
    }
    ui.add_space(4.0);
    hairline(ui);
    let most = list.len() >= MOST_RULES;
    ui.horizontal(|ui| {
        let button = Button::new(icons::PLUS, word(lang, "app.rules.add"), Weight::Plain).small();
        if button.enabled(!most).show(ui).clicked() && !most {
            list.extend(fresh(layer, list.len()));
        }
        if most {
            text(ui, Message::new("app.rules.most").with("count", MOST_RULES).render(lang), size::CAPTION, t.ink3);
        }
    });
    section(ui, word(lang, "look.rest"));
    ui.horizontal(|ui| {
        let mut drawn = otherwise.is_some();
        if ui.checkbox(&mut drawn, word(lang, "app.rules.rest_drawn")).changed() {
            otherwise = drawn.then(|| symbol_of(OTHERWISE));
        }
        if let Some(symbol) = &mut otherwise {
            symbol_buttons(ui, lang, layer, word(lang, "look.rest"), symbol);
        }
    });
    match step {
        Some(Step::Up(i)) if i > 0 => list.swap(i, i - 1),
        Some(Step::Down(i)) if i + 1 < list.len() => list.swap(i, i + 1),
        Some(Step::Remove(i)) => _ = list.remove(i),
        _ => {}
    }
    let changed = Coloring::Rules(Rules { list: list.into(), otherwise });
    if step.is_some() {
        ask.push(Command::LayerLook(id, with_coloring(layer, changed)));
    } else {
        settle(ui, id, layer, changed, was_tried, ask);
    }
}

/// Eye, symbol, words and place of a rule.
fn head(ui: &mut Ui, state: &State, place: usize, one: &mut LookRule, layer: &Layer, step: &mut Option<Step>) {
    let lang = state.lang;
    let number = (place + 1).to_string();
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let (glyph, key) = if one.shown { (icons::EYE, "app.layer.hide") } else { (icons::EYE_SLASH, "app.layer.show") };
        let name = format!("{} {number}", word(lang, key));
        if IconButton::new(glyph, &name, word(lang, key)).side(28.0, 16.0).show(ui).clicked() {
            one.shown = !one.shown;
        }
        symbol_buttons(ui, lang, layer, &number, &mut one.symbol);
        let name = format!("{} {number}", word(lang, "app.rules.label"));
        if let Some(label) = typed(ui, "label", &one.label, &one.when.to_string(), &name, ui.available_width() - 88.0) {
            one.label = label.as_str().into();
        }
        for (glyph, key, asked) in [
            (icons::CARET_UP, "app.rules.up", Step::Up(place)),
            (icons::CARET_DOWN, "app.rules.down", Step::Down(place)),
            (icons::TRASH, "app.rules.remove", Step::Remove(place)),
        ] {
            let name = format!("{} {number}", word(lang, key));
            if IconButton::new(glyph, &name, word(lang, key)).side(26.0, 14.0).show(ui).clicked() {
                *step = Some(asked);
            }
        }
    });
}

fn symbol_buttons(ui: &mut Ui, lang: Lang, layer: &Layer, name: &str, symbol: &mut Symbol) {
    let kind = layer.base().kind();
    let named = |key| format!("{} {name}", word(lang, key));
    // A dot is of one colour.
    if matches!(kind, GeometryKind::Area | GeometryKind::Point) {
        color_button(ui, &named("app.style.fill"), &mut symbol.fill, OTHERWISE);
    }
    if matches!(kind, GeometryKind::Area | GeometryKind::Line) {
        color_button(ui, &named("app.style.line"), &mut symbol.line, LINE);
    }
}

/// Field, sign and value.
fn condition(ui: &mut Ui, lang: Lang, place: usize, one: &mut LookRule, layer: &Layer) {
    let t = Tokens::of(ui);
    let number = place + 1;
    let names: Vec<String> = layer.fields.iter().map(|f| f.name.to_string()).collect();
    let known = one.when.column(&layer.fields);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        let shown = known.and_then(|c| names.get(c)).map_or(one.when.field.as_str(), String::as_str);
        let name = format!("{} {number}", word(lang, "app.style.field"));
        if let Some(to) = choice_in(ui, &name, 112.0, shown, &names) {
            one.when.field.clone_from(&names[to]);
        }
        let signs = Sign::ALL.map(|sign| word(lang, sign_key(sign)).to_owned());
        let at = Sign::ALL.iter().position(|s| *s == one.when.sign).unwrap_or(0);
        let name = format!("{} {number}", word(lang, "app.rules.sign"));
        if let Some(to) = choice_in(ui, &name, 64.0, &signs[at], &signs) {
            one.when.sign = Sign::ALL[to];
        }
        if one.when.sign != Sign::Empty {
            let name = format!("{} {number}", word(lang, "app.rules.value"));
            if let Some(value) = typed(ui, "value", &one.when.value, word(lang, "app.rules.value"), &name, ui.available_width() - 12.0) {
                one.when.value = value;
            }
        }
    });
    if known.is_none() {
        let words = Message::new("app.rules.no_field").with("field", one.when.field.clone());
        paragraph(ui, words.render(lang), size::CAPTION, t.outcome(crate::rules::Outcome::Warn).text);
    }
}

fn sign_key(sign: Sign) -> &'static str {
    match sign {
        Sign::Equal => "app.sign.equal",
        Sign::Other => "app.sign.other",
        Sign::Less => "app.sign.less",
        Sign::AtMost => "app.sign.at_most",
        Sign::More => "app.sign.more",
        Sign::AtLeast => "app.sign.at_least",
        Sign::Holds => "app.sign.holds",
        Sign::Empty => "app.sign.empty",
    }
}

/// From the farthest scale to the nearest.
fn scales(ui: &mut Ui, lang: Lang, place: usize, one: &mut LookRule) {
    let t = Tokens::of(ui);
    let number = place + 1;
    let open = word(lang, "app.style.unbounded").to_owned();
    let words: Vec<String> = std::iter::once(open).chain(ROUND_SCALES.iter().map(|s| scale(*s))).collect();
    let bound = |to: usize| to.checked_sub(1).and_then(|i| ROUND_SCALES.get(i)).map(|s| *s as u32);
    let shown = |b: Option<u32>| b.map_or(words[0].clone(), |b| scale(f64::from(b)));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 4.0;
        text(ui, word(lang, "app.rules.scales"), size::CAPTION, t.ink3);
        let name = format!("{} {number}", word(lang, "app.style.farthest"));
        if let Some(to) = choice_in(ui, &name, 92.0, &shown(one.scales.farthest), &words) {
            one.scales.farthest = bound(to);
        }
        text(ui, "–", size::CAPTION, t.ink3);
        let name = format!("{} {number}", word(lang, "app.style.nearest"));
        if let Some(to) = choice_in(ui, &name, 92.0, &shown(one.scales.nearest), &words) {
            one.scales.nearest = bound(to);
        }
    });
}

/// A field whose words are taken when it is left, or with Enter; `None` while nothing new was typed.
fn typed(ui: &mut Ui, what: &str, kept: &str, hint: &str, name: &str, width: f32) -> Option<String> {
    let id: Id = ui.scope_id().with((what, "typed"));
    let mut words: String = ui.data(|d| d.get_temp(id)).unwrap_or_else(|| kept.to_owned());
    let field = TextEdit::singleline(&mut words).hint_text(hint).desired_width(width.max(40.0)).margin(vec2(6.0, 4.0)).clip_text(true);
    let response = ui.add(field.font(crate::app::theme::sans(size::SMALL))).accessible_name(name);
    if response.has_focus() {
        ui.data_mut(|d| d.insert_temp(id, words));
        return None;
    }
    ui.data_mut(|d| d.remove_temp::<String>(id));
    let left = response.lost_focus() && !ui.input(|i| i.key_pressed(egui::Key::Escape));
    (left && words != kept).then_some(words)
}
