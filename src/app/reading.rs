//! Reading the map: what lies under a place, going to coordinates, kept views, two plan versions.

use super::App;
use super::command::Command;
use super::state::{Identified, NoticeKind, OtherPlan};
use crate::edit;
use crate::geom::{BBox, Point, RingsRef};
use crate::model::{Bookmark, Contents, GeometryKind, LayerId, Role};
use crate::scene::{Address, Classing, DRAW_ORDER, plan_on};
use crate::text::Message;
use std::sync::Arc;

/// More features than this under one place are counted, not listed.
const LISTED: usize = 12;
/// The scale at which a place that was gone to is shown, unless the map is nearer already.
const PLACE_SCALE: f64 = 5_000.0;

/// Everything under a place, what is drawn on top first: areas that hold it, lines and points within `reach_m`.
pub fn identified(contents: &Contents, at: Point, reach_m: f64) -> Identified {
    let window = BBox { min: at, max: at }.grown(reach_m);
    let mut all = Vec::new();
    for role in DRAW_ORDER.iter().rev().filter(|r| **r != Role::Backdrop) {
        let layers: Vec<_> = contents.layers_of(*role).filter(|(_, l)| l.head.visible).collect();
        for (layer_id, layer) in layers.into_iter().rev() {
            let classing = Classing::of(layer);
            for id in layer.meeting(window) {
                let Some(feature) = layer.feature(id).filter(|f| classing.part(*f).is_some()) else { continue };
                let kind = layer.base().kind();
                let hit = match kind {
                    GeometryKind::Area => holds(feature.rings(), at),
                    GeometryKind::Line | GeometryKind::Point => near(feature.rings(), at, reach_m, kind),
                    GeometryKind::None => false,
                };
                if hit {
                    all.push(Address { layer: layer_id, feature: id });
                }
            }
        }
    }
    let more = all.len().saturating_sub(LISTED);
    all.truncate(LISTED);
    Identified { at, features: all, more }
}

/// Even-odd parity of a place: for pointing only, never for a verdict.
pub(super) fn holds(rings: RingsRef<'_>, [x, y]: Point) -> bool {
    let mut inside = false;
    for ring in rings.rings() {
        for (i, a) in ring.iter().enumerate() {
            let b = ring[(i + 1) % ring.len()];
            if (a[1] > y) != (b[1] > y) && x < (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]) + a[0] {
                inside = !inside;
            }
        }
    }
    inside
}

fn near(rings: RingsRef<'_>, at: Point, reach_m: f64, kind: GeometryKind) -> bool {
    let to_segment = |a: Point, b: Point| {
        let (d, p) = ([b[0] - a[0], b[1] - a[1]], [at[0] - a[0], at[1] - a[1]]);
        let length2 = d[0] * d[0] + d[1] * d[1];
        let share = if length2 > 0.0 { ((p[0] * d[0] + p[1] * d[1]) / length2).clamp(0.0, 1.0) } else { 0.0 };
        (p[0] - d[0] * share).hypot(p[1] - d[1] * share)
    };
    if kind == GeometryKind::Point {
        return rings.coords().iter().any(|p| to_segment(*p, *p) <= reach_m);
    }
    rings.rings().any(|ring| ring.windows(2).any(|e| to_segment(e[0], e[1]) <= reach_m))
}

/// The plan version after `now` among all of them; `None` when there is but one.
fn next_plan(contents: &Contents, now: Option<LayerId>) -> Option<LayerId> {
    let plans: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let at = plans.iter().position(|id| Some(*id) == now)?;
    (plans.len() > 1).then(|| plans[(at + 1) % plans.len()])
}

impl App {
    pub(super) fn on_reading(&mut self, command: Command) {
        let Some(work) = &self.state.work else { return };
        let contents = work.document.snapshot().contents;
        match command {
            Command::Goto(open) => self.state.goto = open,
            Command::GotoPlace(at) => {
                self.state.goto = false;
                self.state.fit = None;
                self.state.view.center = at;
                if self.state.view.scale_denominator() > PLACE_SCALE {
                    self.state.view.set_scale(PLACE_SCALE);
                }
                self.state.flag = Some(at);
            }
            Command::KeepView(name) => self.keep_view(&contents, name.trim()),
            Command::DropView(name) => self.edit(|c| edit::remove_bookmark(c, &name)),
            Command::ShowView(bookmark) => {
                self.state.goto = false;
                self.state.fit = None;
                self.state.view.center = bookmark.center;
                self.state.view.set_scale(bookmark.denominator);
            }
            Command::Identify(at) => {
                let view = self.state.view;
                let pointer = self.ctx.pointer_hover_pos().filter(|p| view.rect.contains(*p)).map(|p| view.plan_from_screen(p));
                let at = at.or(pointer).unwrap_or(view.center);
                // On a narrow map two cards would lie on each other.
                if view.rect.width() < 800.0 {
                    self.state.layer_card = None;
                }
                self.state.identified = Some(identified(&contents, at, 6.0 * view.m_per_pt));
            }
            Command::CloseIdentified => self.state.identified = None,
            Command::Blink => self.other_plan(&contents, OtherPlan::Instead),
            Command::Swipe => self.other_plan(&contents, |id| OtherPlan::Beside(id, 0.5)),
            Command::SwipeTo(share) => {
                if let Some(OtherPlan::Beside(_, at)) = &mut self.state.other_plan {
                    *at = share.clamp(0.02, 0.98);
                }
            }
            _ => {}
        }
    }

    fn other_plan(&mut self, contents: &Contents, how: impl FnOnce(LayerId) -> OtherPlan) {
        let Some(next) = next_plan(contents, plan_on(contents, self.state.today)) else {
            self.notice(NoticeKind::Done, Message::new("app.compare.one_plan"));
            return;
        };
        let wanted = how(next);
        let same = |now: &OtherPlan| std::mem::discriminant(now) == std::mem::discriminant(&wanted);
        self.state.other_plan = if self.state.other_plan.as_ref().is_some_and(same) { None } else { Some(wanted) };
    }

    fn keep_view(&mut self, contents: &Contents, name: &str) {
        let taken = |name: &str| contents.bookmarks.iter().any(|b| &*b.name == name);
        let lang = self.state.lang;
        let numbered = |n: usize| Message::new("app.goto.view").with("number", n).render(lang);
        let name: Arc<str> = if name.is_empty() { (1..).map(numbered).find(|n| !taken(n)).unwrap_or_default().into() } else { name.into() };
        let view = self.state.view;
        let words = Message::new("app.goto.kept").with("name", &*name);
        self.edit(|c| edit::add_bookmark(c, Bookmark { name, center: view.center, denominator: view.scale_denominator() }));
        self.notice(NoticeKind::Done, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Rings;

    #[test]
    fn a_place_in_a_hole_is_not_held() {
        let mut rings = Rings::new();
        rings.push_ring(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]);
        rings.push_ring(&[[4.0, 4.0], [4.0, 6.0], [6.0, 6.0], [6.0, 4.0]]);
        rings.end_part();
        assert!(holds(rings.as_ref(), [2.0, 2.0]) && !holds(rings.as_ref(), [5.0, 5.0]) && !holds(rings.as_ref(), [11.0, 5.0]));
    }

    #[test]
    fn a_line_is_met_from_beside_it() {
        let mut rings = Rings::new();
        rings.push_path(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]);
        rings.end_part();
        let met = |p| near(rings.as_ref(), p, 1.0, GeometryKind::Line);
        assert!(met([5.0, 0.9]) && met([10.9, 9.0]) && !met([5.0, 5.0]), "the line back to its start is none");
    }
}
