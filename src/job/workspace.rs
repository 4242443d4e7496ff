//! Opening and saving the workspace file as the document that is worked on.

use crate::document::{Document, Snapshot};
use crate::model::IdSource;
use crate::task::Progress;
use crate::text::Message;
use crate::workspace::{WorkspaceError, open, save};
use std::path::Path;

/// The workspace at `path` as a document that counts as saved, and what a person should know of the file.
///
/// # Errors
/// See [`crate::workspace::open`].
pub fn open_workspace(path: &Path, progress: &Progress) -> Result<(Document, Vec<Message>), WorkspaceError> {
    let opened = open(path, progress)?;
    let mut document = Document::new(opened.contents, opened.ids);
    document.mark_saved(document.snapshot().revision);
    Ok((document, opened.notes))
}

/// Writes a snapshot; the document may go on meanwhile. Gives the revision to [`Document::mark_saved`].
/// `ids`: the document's, taken with the snapshot or later.
///
/// # Errors
/// See [`crate::workspace::save`].
pub fn save_workspace(path: &Path, snapshot: &Snapshot, ids: IdSource, progress: &Progress) -> Result<u64, WorkspaceError> {
    save(path, &snapshot.contents, ids, progress)?;
    Ok(snapshot.revision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::edit::{NewSite, add_site};
    use crate::geom::Rings;
    use crate::model::{Contents, FeatureId, LayerId, Role, Value};

    #[test]
    fn a_drawn_site_is_saved_and_there_again_and_its_ids_stay_taken() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        let mut document = Document::new(Contents::new(Crs::CGCS2000_ZONE_40), IdSource::new(3));
        let first = document.take_ids(2);
        let rings = Rings::simple(&[[0.0, 0.0], [100.0, 0.0], [100.0, 50.0], [0.0, 50.0]]);
        let site = NewSite { feature: FeatureId(first), layer: LayerId(first + 1), layer_name: "绘制", id: "D1", name: "甲", rings };
        document.commit(add_site(&document.snapshot().contents, site));
        assert!(document.is_modified());
        let revision = save_workspace(&path, &document.snapshot(), document.ids(), &Progress::new()).unwrap();
        document.mark_saved(revision);
        assert!(!document.is_modified());

        let (mut again, notes) = open_workspace(&path, &Progress::new()).unwrap();
        assert!(!again.is_modified() && notes.is_empty());
        assert_eq!(again.take_ids(1), first + 2);
        let contents = again.snapshot().contents;
        let sites = contents.layers_of(Role::Sites).next().unwrap().1;
        let site = sites.feature(FeatureId(first)).unwrap();
        assert_eq!(site.shape().unwrap().area_m2(), 5000.0);
        assert_eq!(site.value(1), Value::text("甲"));
        assert_eq!(site.source_record(), None);
    }
}
