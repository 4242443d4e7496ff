//! The data doctor of one layer: looked at beside the window, looked at again when the layer is another one, and what is mended.

use super::App;
use super::command::Command;
use super::jobs::{Kind, Result as Done};
use super::state::{Doctor, NoticeKind};
use crate::edit;
use crate::geom::BBox;
use crate::job::{Inspection, inspect_layer};
use crate::model::{Change, Contents, LayerId, Role};
use crate::scene::Address;
use crate::text::Message;
use std::sync::Arc;

/// How far beyond districts and plan data may lie without a word, in m.
const NEAR_M: f64 = 50_000.0;

/// Where data should lie: by districts and plans; empty without any.
fn place(contents: &Contents) -> BBox {
    let of = contents.layers_in_order().filter(|(_, l)| [Role::Districts, Role::Plan].contains(&l.head.role));
    let place = of.fold(BBox::EMPTY, |all, (_, layer)| all.join(layer.bbox()));
    if place.is_empty() { place } else { place.grown(NEAR_M) }
}

impl App {
    pub(super) fn on_doctor(&mut self, command: Command) {
        match command {
            Command::Doctor(None) => self.state.doctor = None,
            Command::Doctor(Some(layer)) => {
                self.state.doctor = Some(Doctor { layer, found: None, of: None, open: None });
                self.examine();
            }
            Command::DoctorOfMarked => match self.layer_in_hand() {
                Some(id) if self.state.doctor.as_ref().is_none_or(|doctor| doctor.layer != id) => self.on_doctor(Command::Doctor(Some(id))),
                _ => self.state.doctor = None,
            },
            Command::OpenProblem(key) => {
                if let Some(doctor) = &mut self.state.doctor {
                    doctor.open = key;
                }
            }
            Command::GotoCase(rows, bbox) => self.goto_case(&rows, bbox),
            Command::MendLayer(id) => self.fix(|contents| edit::mend_features(contents, id)),
            Command::RemoveDuplicates(id) => self.fix(|contents| edit::remove_duplicates(contents, id)),
            _ => {}
        }
    }

    /// The layer that a command without one is about: the marked one, else the sites, else the topmost.
    pub(super) fn layer_in_hand(&self) -> Option<LayerId> {
        let contents = self.state.work.as_ref()?.document.snapshot().contents;
        let marked = self.state.marked.first().copied().filter(|id| contents.layer(*id).is_some());
        let first = || contents.layers_of(Role::Sites).next().map(|(id, _)| id).or(contents.order.last().copied());
        marked.or_else(first)
    }

    /// One step that can be taken back, said with what it did.
    fn fix(&mut self, make: impl FnOnce(&Contents) -> Change) {
        let Some(work) = &self.state.work else { return };
        let change = make(&work.document.snapshot().contents);
        let (note, any) = (change.note.clone(), !change.entries.is_empty());
        let removes =
            change.entries.iter().any(|e| matches!(e, crate::model::Entry::Feature { becomes: crate::model::FeatureState::Gone, .. }));
        self.commit(change);
        // What removes something is said by the commit itself.
        if any && !removes {
            self.notice_with_undo(note);
        } else if !any {
            self.notice(NoticeKind::Done, Message::new("app.doctor.nothing_to_mend"));
        }
    }

    fn goto_case(&mut self, rows: &[usize], bbox: BBox) {
        let Some(doctor) = &self.state.doctor else { return };
        let feature = doctor.of.as_ref().and_then(|layer| layer.features().nth(*rows.first()?)).map(|feature| feature.id);
        let address = feature.map(|feature| Address { layer: doctor.layer, feature });
        if address.is_some() {
            self.select(address);
        }
        self.fly_to(bbox);
        self.state.flag = (!bbox.is_empty()).then(|| bbox.center());
    }

    /// Looks at the layer where it is another one than it was looked at.
    pub(super) fn examine(&mut self) {
        let (Some(doctor), Some(work)) = (&mut self.state.doctor, &self.state.work) else { return };
        let contents = work.document.snapshot().contents;
        let Some(layer) = contents.layer(doctor.layer).cloned() else {
            self.state.doctor = None;
            return;
        };
        if doctor.of.as_ref().is_some_and(|was| was.same_features(&layer)) {
            return;
        }
        doctor.of = Some(layer.clone());
        let (id, crs, place) = (doctor.layer, contents.crs.clone(), place(&contents));
        let words = Message::new("app.job.doctor").with("layer", &*layer.head.name);
        self.jobs.start(&self.ctx, Kind::Doctor, Some(words), move |progress| {
            let found = inspect_layer(&layer, &crs, place, progress);
            Done::Examined { layer: id, of: layer, found: (!progress.is_cancelled()).then(|| Arc::new(found)) }
        });
    }

    pub(super) fn take_examined(&mut self, layer: LayerId, of: &Arc<crate::model::Layer>, found: Option<Arc<Inspection>>) {
        let Some(doctor) = self.state.doctor.as_mut().filter(|doctor| doctor.layer == layer) else { return };
        match found {
            Some(found) if doctor.of.as_ref().is_some_and(|was| was.same_features(of)) => doctor.found = Some(found),
            Some(_) => {}
            // Stopped by a person: half a page would look like a whole one.
            None => self.state.doctor = None,
        }
    }
}
