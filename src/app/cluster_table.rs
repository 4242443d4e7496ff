//! Attributes of clusters in a workbook: the template is written, and a table that comes back is looked at before it is taken.

use super::App;
use super::command::Command;
use super::jobs::{Kind, Result as Done};
use super::state::{Dialog, NoticeKind, PathPurpose};
use crate::job::{ClusterTable, write_cluster_template};
use crate::model::{LayerId, Role};
use crate::text::Message;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Whether a file is a table that may hold attributes of clusters.
pub fn is_table(path: &Path) -> bool {
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    ["xlsx", "xls", "xlsb", "ods", "et", "csv"].contains(&extension.as_str())
}

impl App {
    pub(super) fn on_cluster_table(&mut self, command: Command) {
        match command {
            Command::ClusterTemplate(layer) => self.choose_for(layer, PathPurpose::ClusterTemplate),
            Command::ClusterTable(layer) => self.choose_for(layer, PathPurpose::ClusterTable),
            Command::ClusterTemplateTo(path) => self.write_template(path),
            Command::ReadClusterTable(layer, path) => self.read_table(layer, path),
            Command::TakeClusterTable => {
                let Some(Dialog::Clusters { layer, table }) = self.state.dialog.take() else { return };
                let Some(work) = &self.state.work else { return };
                let change = table.change(&work.document.snapshot().contents, layer);
                let note = change.note.clone();
                self.commit(change);
                self.notice_with_undo(note);
            }
            _ => {}
        }
    }

    fn choose_for(&mut self, layer: LayerId, purpose: PathPurpose) {
        self.state.table_for = Some(layer);
        self.choose(purpose);
    }

    fn write_template(&mut self, path: PathBuf) {
        let (Some(id), Some(work)) = (self.state.table_for.take(), &self.state.work) else { return };
        let Some(layer) = work.document.snapshot().contents.layer(id).cloned() else { return };
        let path = if path.extension().is_some() { path } else { path.with_extension("xlsx") };
        let lang = self.state.lang;
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.export")), move |_| {
            let result = write_cluster_template(&layer, &path, lang).map_err(|e| e.0);
            Done::Exported { path, result }
        });
    }

    fn read_table(&mut self, id: LayerId, path: PathBuf) {
        self.state.dialog = None;
        let Some(work) = &self.state.work else { return };
        let Some(layer) = work.document.snapshot().contents.layer(id).filter(|l| l.head.role == Role::Plan).cloned() else { return };
        let file = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        self.jobs.start(&self.ctx, Kind::Other, Some(Message::new("app.job.open").with("file", file)), move |_| Done::Clusters {
            layer: id,
            result: ClusterTable::read(&path, None, &layer).map(Arc::new),
        });
    }

    pub(super) fn take_cluster_table(&mut self, layer: LayerId, result: Result<Arc<ClusterTable>, Message>) {
        match result {
            Ok(table) => self.state.dialog = Some(Dialog::Clusters { layer, table }),
            Err(words) => self.notice(NoticeKind::Error, words),
        }
    }
}
