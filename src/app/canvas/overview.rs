//! The small map of the whole with the view in it: where one is when only a piece is seen.

use super::bake::Baked;
use super::paint::color;
use super::view::View;
use crate::app::command::Command;
use crate::app::state::State;
use crate::app::theme::Tokens;
use crate::geom::{BBox, Point};
use crate::model::{Contents, Role};
use crate::scene::{Theme, map_tones};
use crate::text::word;
use egui::{CornerRadius, Id, Pos2, Rect, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

/// Longer side in points.
const SIDE: f32 = 148.0;
/// Points of the outlines are at least this share of the whole apart.
const STEP: f64 = 1.0 / 160.0;
/// With more of the whole in view than this no small map is wanted.
const MOST_IN_VIEW: f64 = 0.75;

/// The outlines of the whole, thinned.
#[derive(Debug)]
pub struct Whole {
    pub bbox: BBox,
    lines: Vec<Vec<Point>>,
}

/// The districts, else the plans. Made beside the window.
pub fn whole(contents: &Contents) -> Whole {
    let layers: Vec<_> = [Role::Districts, Role::Plan]
        .into_iter()
        .map(|role| contents.layers_of(role).collect::<Vec<_>>())
        .find(|layers| !layers.is_empty())
        .unwrap_or_default();
    let bbox = layers.iter().fold(BBox::EMPTY, |b, (_, l)| b.join(l.bbox()));
    let step = bbox.width().max(bbox.height()) * STEP;
    let mut lines = Vec::new();
    for (_, layer) in layers {
        for feature in layer.features() {
            for ring in feature.rings().rings() {
                let mut kept: Vec<Point> = Vec::new();
                for p in ring {
                    if kept.last().is_none_or(|last: &Point| (p[0] - last[0]).hypot(p[1] - last[1]) >= step) {
                        kept.push(*p);
                    }
                }
                if kept.len() > 2 {
                    lines.push(kept);
                }
            }
        }
    }
    Whole { bbox, lines }
}

/// Where the small map stands; `None` where it is not wanted.
pub fn place(view: &View, state: &State, baked: Option<&Baked>) -> Option<Rect> {
    let whole = &baked?.whole;
    let window = view.window();
    let sample = state.work.as_ref()?.document.snapshot().contents.sample;
    let in_view = (window.width() / whole.bbox.width()).max(window.height() / whole.bbox.height());
    if !state.overview || whole.bbox.is_empty() || in_view >= MOST_IN_VIEW || view.rect.width() < 420.0 {
        return None;
    }
    let longer = whole.bbox.width().max(whole.bbox.height());
    let size = vec2((whole.bbox.width() / longer) as f32, (whole.bbox.height() / longer) as f32) * SIDE + vec2(12.0, 12.0);
    let corner = view.rect.right_bottom() - vec2(16.0, if sample { 50.0 } else { 16.0 });
    Some(Rect::from_min_max(corner - size, corner))
}

/// Paints it; a click or a drag moves the view there.
pub fn show(ui: &mut Ui, view: &View, state: &State, baked: Option<&Baked>, ask: &mut Vec<Command>) {
    let (Some(rect), Some(baked)) = (place(view, state, baked), baked) else { return };
    let t = Tokens::of(ui);
    let tones = map_tones(if state.dark { Theme::Dark } else { Theme::Light });
    let painter = ui.painter_at(view.rect);
    painter.add(t.shadow().as_shape(rect, CornerRadius::same(6)));
    painter.rect(rect, 6.0, t.card, t.hairline(), StrokeKind::Inside);
    let inner = rect.shrink(6.0);
    let bbox = baked.whole.bbox;
    let m_per_pt = bbox.width() / f64::from(inner.width().max(1.0));
    let screen = |p: Point| -> Pos2 {
        pos2(inner.left() + ((p[0] - bbox.min[0]) / m_per_pt) as f32, inner.top() + ((bbox.max[1] - p[1]) / m_per_pt) as f32)
    };
    for line in &baked.whole.lines {
        // Segments of their own: the corners of a path would stick out where an outline turns back.
        let stroke = Stroke::new(1.0, color(tones.border).gamma_multiply(0.7));
        for (i, p) in line.iter().enumerate() {
            painter.line_segment([screen(*p), screen(line[(i + 1) % line.len()])], stroke);
        }
    }
    let window = view.window();
    let seen = Rect::from_two_pos(screen(window.min), screen(window.max));
    let frame = Rect::from_center_size(seen.center(), seen.size().max(vec2(6.0, 6.0))).intersect(inner);
    painter.rect(frame, 1.0, color(tones.site).gamma_multiply(0.12), Stroke::new(1.6, color(tones.site)), StrokeKind::Middle);
    let response = ui.interact(rect, Id::unique("overview"), Sense::click_and_drag());
    response.widget_info(|| WidgetInfo::labeled(egui::accesskit::Role::Image, true, word(state.lang, "app.cmd.overview")));
    if let Some(at) = response.interact_pointer_pos().filter(|_| response.clicked() || response.dragged()) {
        let center = [bbox.min[0] + f64::from(at.x - inner.left()) * m_per_pt, bbox.max[1] - f64::from(at.y - inner.top()) * m_per_pt];
        ask.push(Command::View(View { center, ..*view }));
    }
}
