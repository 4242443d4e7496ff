//! From the bytes that libFuzzer makes up to files as they are opened: a shapefile is several, an archive holds some.

mod harness;

use harness::{pack, read};
use luodi::io::{Shapefile, ShapefileStream, Raw, ReadOptions, Source};
use luodi::task::Progress;
use std::io::{Cursor, Write};
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Stands before each further file of an input; its name follows, then a line end, then its bytes. A sign of the text rather
/// than a length, so that what is put in or taken out of one file leaves the others what they are.
const BETWEEN: &[u8] = b"\n--- ";

/// What a target does before all else.
///
/// The hook that ends the program at the first panic goes: the program outlives one in a reader, and it is the answer that
/// tells whether it may.
pub fn begin() {
    drop(std::panic::take_hook());
}

/// One file and, where the input holds further ones, its siblings by their extensions.
pub fn file(format: &str, name: &str, input: &[u8]) {
    answered(format, &files(name, input));
}

/// A packed file: as it stands, or packed here of the files that the input holds, whose checksums no change would survive.
pub fn packed_file(format: &str, name: &str, input: &[u8]) {
    let (_, inside) = split(input);
    let bytes = if inside.is_empty() { input.to_vec() } else { packed(&inside) };
    answered(format, &Source { path: name.into(), bytes: bytes.into(), siblings: Vec::new() });
}

/// A shapefile read block by block holds what it holds read whole.
pub fn stream(input: &[u8]) {
    let source = files("a.shp", input);
    let folder = tempfile::tempdir().expect("a folder for the files");
    let path = folder.path().join(&source.path);
    let write = |path: &Path, bytes: &[u8]| std::fs::write(path, bytes).expect("a file of the input");
    write(&path, &source.bytes);
    source.siblings.iter().for_each(|(extension, bytes)| write(&path.with_extension(extension), bytes));

    let (options, progress) = (ReadOptions::default(), Progress::new());
    let Ok(Some(mut stream)) = ShapefileStream::open(&path, &options, &progress) else { return };
    let whole = Raw::read(&Shapefile, &source, &options, None, None, &progress).expect("what is read by blocks is read whole");
    let (decoder, columns) = (stream.decoder(), (0..whole.fields.len()).collect::<Vec<_>>());
    assert_eq!(stream.len(), whole.len());
    assert_eq!(stream.notes().encoding, whole.notes.encoding);
    assert_eq!(stream.table().fields, whole.fields);
    let mut row = 0;
    while let Some(block) = stream.next_block().expect("a file that nobody changes") {
        assert_eq!(block.first_feature, row);
        let part = decoder.decode(&block, &columns);
        for of_part in 0..part.len() {
            assert_eq!(part.record(of_part), whole.record(row));
            assert_eq!(part.rings(of_part).to_owned(), whole.rings(row).to_owned());
            for column in &columns {
                // In words: a number that is none equals nothing.
                assert_eq!(part.value(of_part, *column).to_string(), whole.value(row, *column).to_string());
            }
            row += 1;
        }
    }
    assert_eq!(row, whole.len());
}

fn answered(format: &str, source: &Source) {
    if let Ok(raw) = read(format, source) {
        pack(raw);
    }
}

fn files(name: &str, input: &[u8]) -> Source {
    let (first, further) = split(input);
    let siblings = further.into_iter().map(|(extension, bytes)| (extension, bytes.into()));
    Source { path: name.into(), bytes: first.into(), siblings: siblings.collect() }
}

/// What stands before the first [`BETWEEN`], and the files after it by their names.
fn split(input: &[u8]) -> (&[u8], Vec<(String, &[u8])>) {
    let mut pieces = Vec::new();
    let mut rest = input;
    while let Some(at) = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        pieces.push(&rest[..at]);
        rest = &rest[at + BETWEEN.len()..];
    }
    pieces.push(rest);
    let named = |piece: &'_ [u8]| {
        let end = piece.iter().position(|b| *b == b'\n').unwrap_or(piece.len());
        (String::from_utf8_lossy(&piece[..end]).into_owned(), piece.len().min(end + 1))
    };
    let further = pieces[1..].iter().map(|piece| {
        let (name, begins) = named(piece);
        (name, &piece[begins..])
    });
    (pieces[0], further.collect())
}

fn packed(files: &[(String, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, bytes) in files {
        // A name comes twice, or is none: an archive without that file is one too.
        if writer.start_file(name.as_str(), plain).is_ok() {
            writer.write_all(bytes).expect("room");
        }
    }
    writer.finish().expect("room").into_inner()
}
