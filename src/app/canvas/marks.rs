//! The marks of checked sites: where they would lie on each other, one mark with their number and the worst verdict.

use super::view::View;
use crate::app::command::Desk;
use crate::app::state::{State, Work};
use crate::app::theme::{Tokens, mono, size};
use crate::app::widgets::{paint_mark, position_icon};
use crate::geom::Point;
use crate::model::LayerId;
use crate::rules::Position;
use crate::scene::Address;
use egui::{Align2, CornerRadius, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2, vec2};
use std::collections::{BTreeMap, BTreeSet};

/// Nearer than this each site has a mark as large as its words.
const NEAR: f64 = 60_000.0;
/// Side of the land that has one mark, in points.
const ROOM_PT: f64 = 22.0;

/// Sites that share a mark.
#[derive(Clone, Debug, PartialEq)]
struct Crowd {
    at: Point,
    worst: Position,
    count: usize,
    /// The only one.
    alone: Option<Address>,
}

/// What the crowds were made of.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Key {
    stamp: u64,
    revision: u64,
    octave: i32,
}

/// Crowds, kept until the verdicts or the scale are others.
#[derive(Default)]
pub struct Marks {
    key: Option<Key>,
    crowds: Vec<Crowd>,
}

impl Marks {
    /// The mark of every checked site in view; the worse verdict is on top.
    pub fn paint(&mut self, painter: &Painter, view: &View, state: &State, taken: &mut Vec<Rect>) {
        // The track desk speaks of clusters, not of sites.
        let Some(work) = state.work.as_ref().filter(|_| state.desk != Desk::Track) else { return };
        let near = view.scale_denominator() <= NEAR;
        let points = if near { 18.0 } else { 11.0 };
        self.renew(work, view, if near { 1.0 } else { 0.6 });
        let window = view.window().grown(ROOM_PT * view.m_per_pt);
        let t = Tokens::theme(state.dark);
        for crowd in self.crowds.iter().filter(|c| window.holds_point(c.at)) {
            if near && crowd.alone.is_some() && crowd.alone == state.selected {
                continue;
            }
            let at = view.screen_from_plan(crowd.at);
            let rect = if crowd.count == 1 { one(painter, at, points, crowd.worst, t) } else { many(painter, at, points, crowd, t) };
            if near || crowd.count > 1 {
                taken.push(rect);
            }
        }
    }

    fn renew(&mut self, work: &Work, view: &View, room: f64) {
        let snapshot = work.document.snapshot();
        // Crowds are gathered anew at every second magnification by two, never while panning.
        let octave = (view.m_per_pt * ROOM_PT * room).log2().floor() as i32;
        let key = Key { stamp: work.stamp, revision: snapshot.revision, octave };
        if self.key == Some(key) {
            return;
        }
        self.key = Some(key);
        let visible: BTreeSet<LayerId> = snapshot.contents.layers_in_order().filter(|(_, l)| l.head.visible).map(|(id, _)| id).collect();
        let shown = |address: &Address| visible.contains(&address.layer);
        let mut marks: Vec<(Address, Position, Point)> =
            work.checked.sites.iter().filter(|(a, _)| shown(a)).map(|(a, one)| (*a, one.verdict.position, one.pin)).collect();
        if work.checked.refused.is_some() {
            let unchecked = work.checked.order.iter().filter(|a| shown(a)).filter_map(|address| {
                let feature = snapshot.contents.layer(address.layer)?.feature(address.feature)?;
                Some((*address, Position::NotChecked, feature.rings().bbox().center()))
            });
            marks.extend(unchecked);
        }
        self.crowds = crowds(marks, 2f64.powi(octave));
    }
}

fn rank(position: Position) -> u8 {
    match position {
        Position::Inside => 0,
        Position::NotChecked => 1,
        Position::Partial => 2,
        Position::Outside => 3,
    }
}

/// Gathers what lies in the same square of the plan, `side_m` wide; the worst come last.
fn crowds(marks: Vec<(Address, Position, Point)>, side_m: f64) -> Vec<Crowd> {
    let mut cells: BTreeMap<[i64; 2], (Point, Crowd)> = BTreeMap::new();
    for (address, position, pin) in marks {
        let cell = pin.map(|v| (v / side_m).floor() as i64);
        let fresh = || (pin, Crowd { at: pin, worst: position, count: 0, alone: Some(address) });
        let (first, crowd) = cells.entry(cell).or_insert_with(fresh);
        crowd.count += 1;
        let n = crowd.count as f64;
        // The mean, summed from the first so that no digit is lost.
        crowd.at = [0, 1].map(|k| crowd.at[k] + (pin[k] - first[k] - (crowd.at[k] - first[k])) / n);
        if crowd.count > 1 {
            crowd.alone = None;
        }
        if rank(position) > rank(crowd.worst) {
            crowd.worst = position;
        }
    }
    let mut found: Vec<Crowd> = cells.into_values().map(|(_, crowd)| crowd).collect();
    found.sort_by_key(|c| rank(c.worst));
    found
}

fn one(painter: &Painter, at: Pos2, points: f32, position: Position, t: &Tokens) -> Rect {
    painter.circle(at, points * 0.62, t.card, Stroke::new(1.0, t.line));
    paint_mark(painter, at, points, position_icon(position), t.verdict(position).text);
    Rect::from_center_size(at, Vec2::splat(points + 4.0))
}

/// Icon and number side by side.
fn many(painter: &Painter, at: Pos2, points: f32, crowd: &Crowd, t: &Tokens) -> Rect {
    let ink = t.verdict(crowd.worst).text;
    let font = mono(if points > 12.0 { size::CAPTION } else { 10.0 });
    let galley = painter.layout_no_wrap(crowd.count.to_string(), font, ink);
    let height = points * 1.24;
    let rect = Rect::from_center_size(at, vec2(height + galley.size().x + 4.0, height));
    painter.rect(rect, CornerRadius::same((height / 2.0) as u8), t.card, Stroke::new(1.0, t.line), StrokeKind::Inside);
    paint_mark(painter, pos2(rect.left() + height / 2.0, at.y), points * 0.9, position_icon(crowd.worst), ink);
    let middle = pos2((rect.left() + height + rect.right() - 4.0) / 2.0, at.y);
    painter.galley(Align2::CENTER_CENTER.anchor_size(middle, galley.size()).min, galley, ink);
    rect
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeatureId;

    #[test]
    fn a_crowd_shows_its_number_and_its_worst_verdict() {
        let e = 40_500_000.0;
        let address = |n| Address { layer: LayerId(1), feature: FeatureId(n) };
        let marks = vec![
            (address(1), Position::Inside, [e + 1.0, 1.0]),
            (address(2), Position::Outside, [e + 3.0, 1.0]),
            (address(3), Position::Partial, [e + 2.0, 4.0]),
            (address(4), Position::Inside, [e + 500.0, 1.0]),
        ];
        let found = crowds(marks, 64.0);
        assert_eq!(found.len(), 2);
        assert_eq!((found[0].count, found[0].alone), (1, Some(address(4))));
        assert_eq!((found[1].count, found[1].worst, found[1].alone), (3, Position::Outside, None));
        assert!((found[1].at[0] - e - 2.0).abs() < 1e-6 && (found[1].at[1] - 2.0).abs() < 1e-6, "{:?}", found[1].at);
    }
}
