//! Pictures under the map: opened beside the window, kept by the workspace, their files asked for again when it is opened.

use super::App;
use super::command::BackdropEdit;
use super::jobs::{Kind, Result as Done};
use super::landing::landings;
use super::run::whole;
use super::state::{Dialog, NoticeKind};
use crate::edit;
use crate::geom::BBox;
use crate::io::exists;
use crate::job::{Input, OpenBackdrop, OpenError, lon_lat, open_backdrop};
use crate::model::{Backdrop, LayerId, Role};
use crate::text::Message;
use std::sync::Arc;

impl App {
    pub(super) fn forget_backdrops(&mut self) {
        self.state.backdrops.clear();
        self.state.backdrop_troubles.clear();
        self.state.backdrop_marked = None;
        self.state.trying_backdrop = None;
        self.opening_backdrops.clear();
    }

    /// Opens the pictures that the workspace names and that are not open yet.
    pub(super) fn open_backdrops(&mut self) {
        let Some(work) = &self.state.work else { return };
        let folder = work.path.as_ref().and_then(|path| path.parent()).map(ToOwned::to_owned);
        let missing: Vec<Backdrop> = work
            .document
            .snapshot()
            .contents
            .backdrops
            .iter()
            .filter(|b| !self.state.backdrops.contains_key(&b.id) && !self.opening_backdrops.contains(&b.id))
            .cloned()
            .collect();
        for backdrop in missing {
            self.opening_backdrops.insert(backdrop.id);
            // A workspace that was moved with its pictures finds them beside it.
            let moved = folder.as_ref().zip(backdrop.path.file_name()).map(|(folder, name)| folder.join(name));
            let path = moved.filter(|moved| !exists(&backdrop.path) && exists(moved)).unwrap_or_else(|| backdrop.path.to_path_buf());
            let mut input = Input::file(path);
            input.settings.options.crs = backdrop.crs.clone();
            self.start_opening(Some(backdrop.id), input);
        }
    }

    /// Opens a file as a picture under the map.
    pub(super) fn open_picture(&mut self, input: Input) {
        self.start_opening(None, input);
    }

    fn start_opening(&mut self, known: Option<LayerId>, input: Input) {
        let Some(work) = &self.state.work else { return };
        let contents = work.document.snapshot().contents;
        let plane = contents.crs.clone();
        let place = lon_lat(&plane, whole(&contents)).unwrap_or(BBox::EMPTY);
        let file = input.path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.open").with("file", file)), move |_| {
            let result = open_backdrop(&input, &plane, place).map(Arc::new).map_err(Box::new);
            Done::Backdrop { known, input: Box::new(input), result }
        });
    }

    pub(super) fn take_backdrop(&mut self, known: Option<LayerId>, input: Input, result: Result<Arc<OpenBackdrop>, Box<OpenError>>) {
        if let Some(id) = known {
            if self.opening_backdrops.remove(&id) {
                let result = result.map_err(|e| e.message().clone());
                if let Err(words) = &result {
                    self.notice(NoticeKind::Error, words.clone());
                }
                self.state.backdrops.insert(id, result);
            }
            return;
        }
        let Some(work) = &mut self.state.work else { return };
        match result {
            // Another workspace was opened meanwhile.
            Ok(open) if open.plane != work.document.snapshot().contents.crs => self.start_opening(None, input),
            Ok(open) => {
                let id = LayerId(work.document.take_ids(1));
                let stem = input.path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
                let backdrop = Backdrop {
                    id,
                    name: stem.as_str().into(),
                    path: input.path.as_path().into(),
                    visible: true,
                    opacity: 1.0,
                    crs: (!open.declared).then(|| open.settled.crs.clone()),
                };
                let contents = work.document.snapshot().contents;
                let alone = contents.layers.is_empty() && contents.backdrops.is_empty();
                let (bbox, guessed) = (open.raster.bbox, !open.declared && input.settings.options.crs.is_none());
                let words = Message::new("app.notice.picture_crs")
                    .with("file", open.raster.name())
                    .with("crs", crate::job::crs_words(&open.settled.crs));
                self.state.backdrops.insert(id, Ok(open));
                self.state.backdrop_marked = Some(id);
                self.commit(edit::add_backdrop(&contents, backdrop));
                // A guess is said; what the file declares stands in the panel.
                if guessed {
                    self.notice(NoticeKind::Done, words);
                }
                let seen = self.state.view.window();
                if alone || !bbox.meets(&seen) {
                    self.state.fit = Some(bbox);
                }
            }
            Err(error) => match *error {
                OpenError::AskCrs { mut guess, .. } if guess.candidates.iter().any(|c| c.fits && !c.swapped) => {
                    guess.candidates.retain(|c| !c.swapped);
                    let landings = landings(&work.document.snapshot().contents, &guess);
                    self.state.dialog = Some(Dialog::Crs { input: Box::new(input), role: Role::Backdrop, landings });
                }
                error => self.notice(NoticeKind::Error, error.message().clone()),
            },
        }
    }

    pub(super) fn on_backdrop(&mut self, id: LayerId, asked: BackdropEdit) {
        match asked {
            BackdropEdit::Mark => self.state.backdrop_marked = Some(id).filter(|id| self.state.backdrop_marked != Some(*id)),
            BackdropEdit::Show(visible) => self.edit(|c| edit::show_backdrop(c, id, visible)),
            BackdropEdit::TryOpacity(opacity) => self.state.trying_backdrop = Some((id, opacity)),
            BackdropEdit::Opacity(opacity) => {
                self.state.trying_backdrop = None;
                self.edit(|c| edit::fade_backdrop(c, id, opacity));
            }
            BackdropEdit::Move(up) => self.edit(|c| edit::move_backdrop(c, id, up)),
            BackdropEdit::Remove => {
                let note = |c: &crate::model::Contents| edit::remove_backdrop(c, id);
                if let Some(change) = self.state.work.as_ref().map(|w| note(&w.document.snapshot().contents)) {
                    self.notice_with_undo(change.note.clone());
                    self.commit(change);
                }
            }
            BackdropEdit::FlyTo => {
                if let Some(Ok(open)) = self.state.backdrops.get(&id) {
                    self.state.fit = Some(open.raster.bbox);
                }
            }
        }
    }

    /// The first trouble with a picture is said; it stays in the panel.
    pub(super) fn note_trouble(&mut self, id: LayerId, trouble: Message) {
        if !self.state.backdrop_troubles.contains_key(&id) {
            self.notice(NoticeKind::Error, trouble.clone());
            self.state.backdrop_troubles.insert(id, trouble);
        }
    }

    /// Everything, or the pictures where there is nothing else.
    pub(super) fn whole_with_pictures(&self) -> Option<BBox> {
        let contents = self.state.work.as_ref()?.document.snapshot().contents;
        let all = whole(&contents);
        let pictures = self.state.backdrops.values().flatten().fold(BBox::EMPTY, |b, open| b.join(open.raster.bbox));
        Some(if all.is_empty() { pictures } else { all })
    }
}
