//! What is done to layers as a whole: marked, shown, moved, coloured, removed.

use super::App;
use super::command::{ClassesAsked, Command, Mark};
use super::jobs::{Kind, Result as Done};
use super::state::NoticeKind;
use crate::edit;
use crate::geom::BBox;
use crate::model::{Coloring, Contents, LayerId, Look, ROLES};
use crate::scene::find_classes;
use crate::text::Message;

/// Layers from the top of the panel to its bottom: by role, the topmost of the map first.
pub fn panel_order(contents: &Contents) -> Vec<LayerId> {
    let of_role = |role| contents.layers_of(role).map(|(id, _)| id).collect::<Vec<_>>().into_iter().rev();
    ROLES.iter().flat_map(|facts| of_role(facts.role)).collect()
}

/// The place in the drawing order where `id` stands after one step among the layers of its role; `None` at the end.
fn step(contents: &Contents, id: LayerId, up: bool) -> Option<usize> {
    let role = contents.layer(id)?.head.role;
    let same: Vec<LayerId> = contents.layers_of(role).map(|(other, _)| other).collect();
    let at = same.iter().position(|other| *other == id)?;
    let next = if up { at.checked_add(1)? } else { at.checked_sub(1)? };
    contents.order.iter().position(|other| Some(other) == same.get(next))
}

impl App {
    pub(super) fn on_layers(&mut self, command: Command) {
        let Some(work) = &self.state.work else { return };
        let contents = work.document.snapshot().contents;
        let marked: Vec<LayerId> = panel_order(&contents).into_iter().filter(|id| self.state.marked.contains(id)).collect();
        match command {
            Command::MarkLayer(id, mark) => self.mark(&contents, id, mark),
            Command::ShowLayers(ids, visible) => self.edit(|c| edit::set_layers_visible(c, &ids, visible)),
            Command::ShowMarked(visible) => self.edit(|c| edit::set_layers_visible(c, &marked, visible)),
            Command::RemoveLayers(ids) => self.remove(&ids),
            Command::RemoveMarked => self.remove(&marked),
            Command::MoveLayer(id, to) => self.edit(|c| edit::move_layer(c, id, to)),
            Command::MoveMarked(up) => {
                if let [only] = marked.as_slice()
                    && let Some(to) = step(&contents, *only, up)
                {
                    self.edit(|c| edit::move_layer(c, *only, to));
                }
            }
            Command::FlyToMarked => {
                let all = marked.iter().filter_map(|id| contents.layer(*id)).fold(BBox::EMPTY, |b, l| b.join(l.bbox()));
                self.state.fit = (!all.is_empty()).then(|| all.grown(10.0));
            }
            Command::LayerCard(card) => {
                self.state.layer_card = card;
                // What was tried with a button held goes with its card.
                self.state.trying = None;
            }
            Command::TryHead(id, head) => self.state.trying = Some((id, *head)),
            Command::LayerOpacity(id, opacity) => {
                self.state.trying = None;
                self.edit(|c| edit::set_layer_opacity(c, id, opacity));
            }
            Command::LayerLook(id, look) => {
                self.state.trying = None;
                self.edit(|c| edit::set_layer_look(c, id, *look));
            }
            Command::FindClasses(id, asked) => self.find_classes(&contents, id, asked),
            Command::ToggleLayers => self.state.layers_open = !self.state.layers_open,
            _ => {}
        }
    }

    fn mark(&mut self, contents: &Contents, id: LayerId, mark: Mark) {
        let marked = &mut self.state.marked;
        match mark {
            Mark::Only if marked.len() == 1 && marked.contains(&id) => marked.clear(),
            Mark::Only => *marked = [id].into(),
            Mark::Toggle if marked.contains(&id) => _ = marked.remove(&id),
            Mark::Toggle => _ = marked.insert(id),
            Mark::Through => {
                let order = panel_order(contents);
                let at = |id: LayerId| order.iter().position(|o| *o == id);
                let near = |a: usize, b: usize| a.abs_diff(b);
                if let Some(to) = at(id) {
                    let from = marked.iter().filter_map(|m| at(*m)).min_by_key(|m| near(*m, to)).unwrap_or(to);
                    marked.extend(&order[from.min(to)..=from.max(to)]);
                }
            }
        }
    }

    fn remove(&mut self, ids: &[LayerId]) {
        self.state.marked.clear();
        self.state.layer_card = None;
        self.edit(|c| edit::remove_layers(c, ids));
    }

    fn find_classes(&mut self, contents: &Contents, id: LayerId, asked: ClassesAsked) {
        let Some(layer) = contents.layer(id).cloned() else { return };
        let lang = self.state.lang;
        self.jobs.start(&self.ctx, Kind::Classes, Some(Message::new("app.job.classes")), move |_| Done::Classes {
            layer: id,
            classes: find_classes(&layer, &asked.field, asked.way, asked.count, &asked.palette, lang),
            field: asked.field,
        });
    }

    /// The classes as they were found become the layer's look.
    pub(super) fn take_classes(&mut self, id: LayerId, field: &str, classes: Option<crate::model::Classes>) {
        let Some(classes) = classes else {
            self.notice(NoticeKind::Error, Message::new("app.style.no_classes").with("field", field));
            return;
        };
        let work = self.state.work.as_ref();
        let Some(look) = work.and_then(|w| Some(w.document.snapshot().contents.layer(id)?.head.look.clone())) else { return };
        self.edit(|c| edit::set_layer_look(c, id, Look { coloring: Coloring::Classes(classes), ..look }));
    }
}
