//! Files of formats that are not read: what they are and what to do with them.

use super::bytes::slice;
use super::{Confidence, READERS, ReadError, Reader, Source};
use crate::text::Message;

/// The reader that is surest of a source; of two alike the first of the list.
///
/// # Errors
/// For an empty file and for formats that none reads: what it is, and how to bring it along.
pub fn reader_for(source: &Source) -> Result<&'static dyn Reader, ReadError> {
    let refused = |code| Err(ReadError(Message::new(code).with("file", source.name())));
    if source.bytes.is_empty() {
        return refused("io.empty");
    }
    let mut best: (Confidence, Option<&'static dyn Reader>) = (Confidence::No, None);
    for reader in READERS {
        let confidence = reader.sniff(source);
        if confidence > best.0 {
            best = (confidence, Some(*reader));
        }
    }
    match best {
        (Confidence::Yes, Some(reader)) => Ok(reader),
        (_, reader) => match foreign(source) {
            Some(code) => refused(code),
            None => reader.map_or_else(|| refused("io.unknown_format"), Ok),
        },
    }
}

/// Message code for a format that is known and not read, by content first.
fn foreign(source: &Source) -> Option<&'static str> {
    let starts = |magic: &[u8]| source.bytes.starts_with(magic);
    let extension = source.extension();
    let is = |known: &[&str]| known.contains(&extension.as_str());
    let code = if is(&["dwg"]) || starts(b"AC10") {
        "io.unsupported_dwg"
    } else if is(&["mdb", "accdb"]) || slice(&source.bytes, 4, 15) == Some(b"Standard Jet DB") {
        "io.unsupported_mdb"
    } else if is(&["gdbtable", "gdbtablx", "gdb"]) {
        "io.unsupported_gdb"
    } else if is(&["ovobj", "ovjsn"]) {
        "io.unsupported_ovital"
    } else if is(&["vct"]) {
        "io.unsupported_vct"
    } else if is(&["rar", "7z"]) || starts(b"Rar!") || starts(b"7z\xBC\xAF") {
        "io.unsupported_archive"
    } else if is(&["doc", "docx", "wps", "pdf", "jpg", "jpeg", "png", "tif", "tiff", "bmp"]) || starts(b"%PDF") {
        "io.unsupported_document"
    } else {
        return None;
    };
    Some(code)
}
