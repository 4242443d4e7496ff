//! What the hand does on the map: events go to the tool, what it holds is checked at once, what it finishes is one change.

use super::App;
use super::state::{Live, NoticeKind};
use super::tools::{Edited, Gesture, MapEvent, Step, Tool, ToolContext, ToolKind, make};
use crate::edit;
use crate::geom::Shape;
use crate::model::{FeatureId, LayerId, Role};
use crate::scene::Address;
use crate::text::{Message, word};

impl App {
    /// Gives an event of the map to the tool and does what it wants.
    pub(super) fn on_map(&mut self, event: MapEvent) {
        if event == MapEvent::Escape && self.put_away_one() {
            return;
        }
        let step = self.with_tool(|tool, context| tool.event(event, context));
        self.follow(step.unwrap_or(Step::Nothing));
    }

    /// Esc puts away what floats over the map, one thing at a time, before the tool hears of it.
    fn put_away_one(&mut self) -> bool {
        let state = &mut self.state;
        let mut was_there = true;
        match () {
            () if state.goto => state.goto = false,
            () if state.identified.is_some() => state.identified = None,
            () if state.layer_card.is_some() => (state.layer_card, state.trying) = (None, None),
            () if state.flag.is_some() => state.flag = None,
            () if state.other_plan.is_some() => state.other_plan = None,
            () => was_there = false,
        }
        was_there
    }

    pub(super) fn take_tool(&mut self, kind: ToolKind) {
        if self.state.tool.kind() != kind {
            self.state.tool = make(kind);
            self.state.live = None;
        }
    }

    fn with_tool<T>(&mut self, ask: impl FnOnce(&mut dyn Tool, &ToolContext<'_>) -> T) -> Option<T> {
        let modifiers = self.ctx.input(|i| i.modifiers);
        let state = &mut self.state;
        let snapshot = state.work.as_ref()?.document.snapshot();
        let context = ToolContext {
            snapshot: &snapshot,
            view: &state.view,
            selected: state.selected,
            snapping: state.snapping && !modifiers.alt,
            square: modifiers.shift,
        };
        Some(ask(state.tool.as_mut(), &context))
    }

    /// Does what the tool wants.
    fn follow(&mut self, step: Step) {
        match step {
            Step::Nothing => {}
            Step::Hold(edited) => self.hold(edited),
            Step::Select(address) => self.select(address),
            Step::PutAway => self.take_tool(ToolKind::SELECT),
            Step::Finish(gesture) => {
                self.state.live = None;
                self.finish(gesture);
            }
        }
    }

    /// The live verdict follows what is held.
    fn hold(&mut self, edited: Option<Edited>) {
        let Some(edited) = edited else {
            self.state.live = None;
            return;
        };
        let before = match self.state.live.take() {
            Some(live) if live.edited.feature == edited.feature => live.before,
            _ => edited.feature.and_then(|a| self.state.verdict_of(a).cloned()),
        };
        let sound = Shape::check(edited.rings.as_ref()).ok();
        let area_m2 = sound.as_ref().map_or(0.0, Shape::area_m2);
        let checker = self.state.work.as_ref().and_then(|w| w.checker.clone());
        // An outline that crosses itself has no area yet: nothing is said of it.
        let verdict = match (&sound, checker) {
            (Some(shape), Some(checker)) => {
                let site = before.as_ref().map(|v| v.site.clone()).unwrap_or_default();
                Some(checker.check_moved(&site, shape.rings()))
            }
            _ => None,
        };
        self.state.live = Some(Live { edited, verdict, before, area_m2 });
    }

    fn finish(&mut self, gesture: Gesture) {
        let Some(work) = &mut self.state.work else { return };
        match gesture {
            Gesture::NewSite(rings) => {
                if Shape::check(rings.as_ref()).is_err() {
                    self.notice(NoticeKind::Error, Message::new("app.notice.crossing"));
                    return;
                }
                let (feature, layer) = (FeatureId(work.document.take_ids(1)), LayerId(work.document.take_ids(1)));
                let contents = work.document.snapshot().contents;
                let number = work.checked.order.len() + 1;
                let lang = self.state.lang;
                let name = Message::new("app.new_site").with("number", number).render(lang);
                let site = edit::NewSite {
                    feature,
                    layer,
                    layer_name: word(lang, "app.drawn_sites"),
                    id: &format!("D{number:03}"),
                    name: &name,
                    rings,
                };
                let change = edit::add_site(&contents, site);
                work.document.commit(change);
                let contents = work.document.snapshot().contents;
                let layer = contents.layers_of(Role::Sites).find(|(_, l)| l.feature(feature).is_some()).map(|(id, _)| id);
                self.state.selected = layer.map(|layer| Address { layer, feature });
                self.after_change();
                self.take_tool(ToolKind::VERTICES);
            }
            Gesture::Reshape { feature, rings } => {
                if Shape::check(rings.as_ref()).is_err() {
                    self.notice(NoticeKind::Error, Message::new("app.notice.crossing"));
                    return;
                }
                self.edit(|c| edit::set_rings(c, feature.layer, feature.feature, rings));
            }
        }
    }
}
