//! A picture under the map: only where it is and how it is shown; its pixels stay in its file.

use super::LayerId;
use crate::crs::Crs;
use std::path::Path;
use std::sync::Arc;

/// A tile archive or a georeferenced image that is shown under all layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Backdrop {
    /// Of the same source of ids as layers.
    pub id: LayerId,
    pub name: Arc<str>,
    /// Where its file was when it was opened.
    pub path: Arc<Path>,
    pub visible: bool,
    /// 0…1.
    pub opacity: f32,
    /// The system that a person chose, or that was guessed, where the file declares none.
    pub crs: Option<Crs>,
}
