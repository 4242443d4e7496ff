//! What changes with every verdict: the pieces of the selected site, numbered pins.

use super::bake::{BakedItem, Cutter};
use super::labels::paint_text;
use super::paint::{color, paint_item};
use super::view::View;
use crate::app::state::State;
use crate::app::theme::{Tokens, sans, size};
use crate::geom::{Point, RingsRef, Shape, label_point};
use crate::rules::{Finding, Outcome, Position, Verdict};
use crate::scene::{Address, Class, Line, Style, Theme, map_tones, style_of};
use crate::text::{Lang, Message, area_m2};
use egui::{Align2, Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2, vec2};

/// Pieces of the verdict on show, cut once as long as it is the same one.
#[derive(Default)]
pub struct Overlays {
    of: Option<(usize, bool, u64)>,
    items: Vec<BakedItem>,
    /// The line of a selected feature without a verdict.
    feature: Option<((Address, u64, bool), BakedItem)>,
    cutter: Cutter,
}

fn theme(dark: bool) -> Theme {
    if dark { Theme::Dark } else { Theme::Light }
}

impl Overlays {
    /// The selected site: what lies inside the plan, what outside, what offends, and its line above them.
    pub fn paint_pieces(&mut self, painter: &Painter, view: &View, state: &State) {
        if state.live.is_some() {
            // A live verdict is another one with every move.
            self.of = None;
            self.items.clear();
        }
        let Some(verdict) = state.verdict() else {
            self.paint_cluster(painter, view, state);
            return;
        };
        let key = (std::ptr::from_ref(verdict) as usize, state.dark, state.work.as_ref().map_or(0, |w| w.stamp));
        if self.of != Some(key) {
            self.items = pieces(&mut self.cutter, verdict, state);
            self.of = Some(key);
        }
        for item in &self.items {
            paint_item(painter, view, item);
        }
    }

    /// A selected cluster, or a site without a verdict yet.
    fn paint_cluster(&mut self, painter: &Painter, view: &View, state: &State) {
        let (Some(address), Some(work)) = (state.selected, &state.work) else { return };
        let snapshot = work.document.snapshot();
        let Some(feature) = snapshot.contents.layer(address.layer).and_then(|l| l.feature(address.feature)) else { return };
        let key = (address, snapshot.revision, state.dark);
        if self.feature.as_ref().is_none_or(|(of, _)| *of != key) {
            self.feature = Some((key, outline(&mut self.cutter, feature.rings(), state)));
        }
        if let Some((_, item)) = &self.feature {
            paint_item(painter, view, item);
        }
    }
}

/// The line of a selected feature on its casing.
fn outline(cutter: &mut Cutter, rings: RingsRef<'_>, state: &State) -> BakedItem {
    let tones = map_tones(theme(state.dark));
    let casing = Some(Line { color: tones.card, width_pt: 8.0, dash_pt: &[] });
    let line = Some(Line { color: tones.site, width_pt: 2.6, dash_pt: &[] });
    cutter.rings(rings, true, false, Style { casing, line, ..Style::default() })
}

fn pieces(cutter: &mut Cutter, verdict: &Verdict, state: &State) -> Vec<BakedItem> {
    let style = |class| style_of(class, state.view.scale_denominator(), theme(state.dark));
    let mut items = Vec::new();
    let mut area = |shape: &Shape, class| items.push(cutter.rings(shape.rings(), true, true, style(class)));
    if verdict.position == Position::NotChecked {
        if let Some(shape) = &verdict.shape {
            area(shape, Class::Piece(Position::NotChecked));
        }
    } else {
        for (shape, position) in [(&verdict.inside, Position::Inside), (&verdict.outside, Position::Outside)] {
            if let Some(shape) = shape {
                area(shape, Class::Piece(position));
            }
        }
    }
    for finding in verdict.findings.iter().filter(|f| f.prohibitive && f.outcome == Outcome::Fail) {
        for evidence in &finding.evidence {
            area(&evidence.piece, Class::Offence);
        }
    }
    if let Some(shape) = &verdict.shape {
        items.push(outline(cutter, shape.rings(), state));
    }
    items
}

/// A piece that is named on the map.
struct Pin {
    at: Point,
    words: String,
}

fn pins(verdict: &Verdict, lang: Lang) -> Vec<Pin> {
    let mut found: Vec<(f64, Pin)> = Vec::new();
    let mut add = |finding: Option<&Finding>, shape: &Shape, m2: f64| {
        let words = match finding {
            Some(f) => crate::text::word(lang, role_key(f.rule)).to_owned(),
            None => Message::new("app.pin.outside").render(lang),
        };
        let rank = if finding.is_some() { 1e12 + m2 } else { m2 };
        found.push((rank, Pin { at: label_point(shape.as_ref()), words: format!("{words} {} m²", area_m2(m2)) }));
    };
    for finding in verdict.findings.iter().filter(|f| f.prohibitive && f.outcome == Outcome::Fail) {
        for evidence in &finding.evidence {
            add(Some(finding), &evidence.piece, evidence.area_m2);
        }
    }
    if verdict.position == Position::Partial {
        for finding in verdict.findings.iter().filter(|f| f.rule == "position") {
            for evidence in finding.evidence.iter().filter(|e| e.against.is_none()) {
                add(None, &evidence.piece, evidence.area_m2);
            }
        }
    }
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(_, pin)| pin).collect()
}

fn role_key(rule: &'static str) -> &'static str {
    crate::model::Role::from_code(rule).map_or("app.pin.outside", |role| role.facts().name_key)
}

const NUMBERS: [&str; 5] = ["①", "②", "③", "④", "⑤"];

/// At most five numbered labels with leaders, beside the site, clear of each other.
pub fn paint_pins(painter: &Painter, view: &View, state: &State) {
    let Some(verdict) = state.verdict() else { return };
    let Some(shape) = &verdict.shape else { return };
    let t = Tokens::theme(state.dark);
    let ink = t.verdict(Position::Outside).text;
    let bbox = shape.bbox();
    let site = Rect::from_two_pos(view.screen_from_plan(bbox.min), view.screen_from_plan(bbox.max));
    if site.width().max(site.height()) < 24.0 {
        return;
    }
    let all = pins(verdict, state.lang);
    let mut boxes: Vec<Rect> = vec![site.expand(4.0)];
    for (i, pin) in all.iter().take(NUMBERS.len()).enumerate() {
        let at = view.screen_from_plan(pin.at);
        if !painter.clip_rect().contains(at) {
            continue;
        }
        let words = format!("{} {}", NUMBERS[i], pin.words);
        let galley = painter.layout_no_wrap(words, sans(size::CAPTION), ink);
        let label = vec2(galley.size().x + 16.0, 24.0);
        let Some(rect) = place(at, label, site, &boxes, painter.clip_rect().shrink(16.0)) else { continue };
        boxes.push(rect.expand(4.0));
        let end = pos2(at.x.clamp(rect.left(), rect.right()), if rect.top() > at.y { rect.top() } else { rect.bottom() });
        painter.line_segment([at, end], Stroke::new(1.4, ink));
        painter.circle(at, 3.5, ink, Stroke::new(1.0, t.card));
        painter.rect(rect, 4.0, t.card, Stroke::new(1.0, ink), StrokeKind::Inside);
        painter.galley(rect.center() - galley.size() / 2.0, galley, ink);
    }
    if all.len() > NUMBERS.len() {
        let more = Message::new("app.pin.more").with("count", all.len() - NUMBERS.len()).render(state.lang);
        let galley = painter.layout_no_wrap(more, sans(size::CAPTION), ink);
        let at = pos2(site.center().x - galley.size().x / 2.0, site.bottom() + 8.0);
        paint_text(painter, at, &galley, Some(color(map_tones(theme(state.dark)).halo)));
    }
}

/// The first free place below or above the site, to either side of its middle.
fn place(at: Pos2, label: Vec2, site: Rect, boxes: &[Rect], canvas: Rect) -> Option<Rect> {
    let rows = (0..6).flat_map(|row| {
        let step = 30.0 * row as f32;
        [site.bottom() + 16.0 + step, site.top() - 40.0 - step]
    });
    let spots =
        rows.flat_map(|y| [at.x + 12.0, at.x - label.x - 12.0, at.x - label.x / 2.0].map(|x| Rect::from_min_size(pos2(x, y), label)));
    let mut spots = spots.filter(|r| canvas.contains_rect(*r) && !boxes.iter().any(|b| b.intersects(*r)));
    spots.next()
}

/// Marks and dashes of a sketch use the line colour of sites.
pub fn site_color(dark: bool) -> Color32 {
    color(map_tones(theme(dark)).site)
}

/// Centre-aligned text with the halo of the map.
pub fn halo_text(painter: &Painter, at: Pos2, align: Align2, words: String, font: egui::FontId, ink: Color32, dark: bool) -> Rect {
    let galley = painter.layout_no_wrap(words, font, ink);
    let rect = align.anchor_size(at, galley.size());
    paint_text(painter, rect.min, &galley, Some(color(map_tones(theme(dark)).halo)));
    rect
}
