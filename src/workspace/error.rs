//! Why a workspace could not be opened or saved: which file and where, what it means, what to do next.

use crate::io::{SqlError, WriteError};
use crate::text::Message;
use std::path::Path;

/// Refusals, each with the file as the user named it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum WorkspaceError {
    /// There is no such file, or the system refuses to read or write it.
    #[error("{}", .0.render(crate::text::Lang::En))]
    System(Message),
    #[error("{file} is no GeoPackage")]
    NotAGeopackage { file: String },
    /// A GeoPackage that another program made.
    #[error("{file} holds no workspace")]
    NotAWorkspace { file: String },
    #[error("{file} has format {format}")]
    Newer { file: String, format: u64 },
    #[error("{file} is damaged at {place}: {cause}")]
    Damaged { file: String, place: String, cause: String },
    /// The workspace's reference system is unknown or no plane in metres.
    #[error("{file}: unusable reference system {crs}")]
    Crs { file: String, crs: String },
    /// Another program has it open with changes that are not in the file yet.
    #[error("{file} is in use")]
    InUse { file: String },
    /// The disk is full, or the database refused for another reason.
    #[error("{file} could not be written: {cause}")]
    NotWritten { file: String, cause: String },
    #[error("{file}: cancelled")]
    Cancelled { file: String },
}

impl WorkspaceError {
    /// What a person reads.
    pub fn message(&self) -> Message {
        match self {
            Self::System(message) => message.clone(),
            Self::NotAGeopackage { file } => about("workspace.not_a_geopackage", file),
            Self::NotAWorkspace { file } => about("workspace.not_a_workspace", file),
            Self::Newer { file, format } => about("workspace.newer", file).with("format", *format).with("known", u64::from(super::FORMAT)),
            Self::Damaged { file, place, cause } => about("workspace.damaged", file).with("place", &**place).with("cause", &**cause),
            Self::Crs { file, crs } => about("workspace.crs", file).with("crs", &**crs),
            Self::InUse { file } => about("workspace.in_use", file),
            Self::NotWritten { file, cause } => about("workspace.not_written", file).with("cause", &**cause),
            Self::Cancelled { file } => about("workspace.cancelled", file),
        }
    }
}

fn about(code: &'static str, file: &str) -> Message {
    Message::new(code).with("file", file)
}

/// The path as it is shown in messages.
pub(super) fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// What goes wrong inside, before it is known of which file.
#[derive(Debug)]
pub(super) enum Fault {
    Sql(SqlError),
    Write(WriteError),
    /// The content of a table is not what was written there.
    Content {
        place: String,
        cause: String,
    },
    Cancelled,
}

impl Fault {
    pub fn content(place: &str, cause: impl Into<String>) -> Self {
        Self::Content { place: place.to_owned(), cause: cause.into() }
    }

    /// As a refusal to open `file`; `place`: what was being read.
    pub fn opening(self, file: String, place: &str) -> WorkspaceError {
        match self {
            Self::Sql(SqlError::NotADatabase) => WorkspaceError::NotAGeopackage { file },
            Self::Sql(SqlError::InUse) => WorkspaceError::InUse { file },
            Self::Sql(error) => WorkspaceError::Damaged { file, place: place.to_owned(), cause: error.to_string() },
            Self::Content { place, cause } => WorkspaceError::Damaged { file, place, cause },
            Self::Write(error) => WorkspaceError::System(error.0),
            Self::Cancelled => WorkspaceError::Cancelled { file },
        }
    }

    /// As a refusal to save to `file`.
    pub fn saving(self, file: String) -> WorkspaceError {
        match self {
            Self::Write(error) => WorkspaceError::System(error.0),
            Self::Cancelled => WorkspaceError::Cancelled { file },
            Self::Sql(error) => WorkspaceError::NotWritten { file, cause: error.to_string() },
            Self::Content { cause, .. } => WorkspaceError::NotWritten { file, cause },
        }
    }
}

impl From<SqlError> for Fault {
    fn from(error: SqlError) -> Self {
        Self::Sql(error)
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        Self::Write(error)
    }
}
