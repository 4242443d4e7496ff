//! Files: read in pieces with their siblings, written beside and renamed. The only home of `std::fs`.

use super::{FileBytes, ReadError, Source};
use crate::task::both;
use crate::text::Message;
use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use tempfile::TempPath;

/// Extensions of the files that make up one shapefile.
pub(super) const SHAPEFILE_FAMILY: &[&str] = &["shp", "shx", "dbf", "prj", "cpg", "qpj", "sbn", "sbx", "qix", "ain", "aih", "xml"];
/// Those of them that a reader looks into.
pub(super) const READ_SIBLINGS: &[&str] = &["shp", "shx", "dbf", "prj", "cpg"];
/// Bytes a single read asks for. No memory map: a file cut on a share while mapped would end the program.
const PIECE: usize = 1 << 20;

/// Size and time of the last change.
pub(super) type Stamp = (u64, Option<SystemTime>);

/// Why a file could not be written.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", .0.render(crate::text::Lang::En))]
pub struct WriteError(pub Message);

/// Reads a file and, for a shapefile, the files of the same stem beside it, whatever the case of their extensions.
///
/// # Errors
/// When there is no such file, it is a folder, or the system refuses to read it.
pub fn read_source(path: &Path) -> Result<Source, ReadError> {
    let name = shown(path);
    let about = fs::metadata(path).map_err(|e| read_refused(&name, &e))?;
    if about.is_dir() {
        let geodatabase = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("gdb"));
        let code = if geodatabase { "io.unsupported_gdb" } else { "io.is_folder" };
        return Err(ReadError(Message::new(code).with("file", name)));
    }
    let bytes = read_bytes(path)?;
    let mut source = Source { path: path.to_owned(), bytes, siblings: Vec::new() };
    if READ_SIBLINGS.contains(&source.extension().as_str()) {
        for (extension, sibling) in family(path) {
            if READ_SIBLINGS.contains(&extension.as_str()) && sibling != path {
                source.siblings.push((extension, read_bytes(&sibling)?));
            }
        }
    }
    Ok(source)
}

/// The bytes of one file, read in pieces; of a large one both halves at once, because what takes time is not the disk
/// but the room that the system makes.
///
/// # Errors
/// When the system refuses to read it.
pub fn read_bytes(path: &Path) -> Result<FileBytes, ReadError> {
    let refused = |e: std::io::Error| read_refused(&shown(path), &e);
    let mut file = File::open(path).map_err(refused)?;
    let expected = file.metadata().map_or(0, |m| usize::try_from(m.len()).unwrap_or(0));
    let mut bytes = vec![0; expected];
    let (first, second) = bytes.split_at_mut(if expected > 16 * PIECE { expected / 2 } else { expected });
    let start = first.len() as u64;
    let (first, second) = both(|| read_full(&file, 0, first), || read_full(&file, start, second));
    let (first, second) = (first.map_err(refused)?, second.map_err(refused)?);
    // What shrank meanwhile ends at its first gap; what grew, or what the system did not tell the length of, goes on.
    let filled = if first as u64 == start { first + second } else { first };
    bytes.truncate(filled);
    if filled == expected {
        if expected > 0 {
            file.seek(SeekFrom::Start(expected as u64)).map_err(refused)?;
        }
        file.read_to_end(&mut bytes).map_err(refused)?;
    }
    Ok(bytes.into())
}

/// Fills `room` from the byte `at` of the file on, as far as the file goes.
fn read_full(file: &File, at: u64, room: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < room.len() {
        let end = room.len().min(filled + PIECE);
        match read_at(file, at + filled as u64, &mut room[filled..end]) {
            Ok(0) => break,
            Ok(got) => filled += got,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}

/// `length` bytes from the byte `at` of an open file on, fewer where it ends before.
pub(super) fn piece(file: &File, at: u64, length: usize) -> std::io::Result<Vec<u8>> {
    // What a damaged file claims is not made room for before it is there.
    let there = file.metadata()?.len().saturating_sub(at);
    let mut bytes = vec![0; length.min(usize::try_from(there).unwrap_or(usize::MAX))];
    let filled = read_full(file, at, &mut bytes)?;
    bytes.truncate(filled);
    Ok(bytes)
}

/// The first bytes of a file.
pub(super) fn head(path: &Path, length: usize) -> std::io::Result<Vec<u8>> {
    piece(&File::open(path)?, 0, length)
}

/// The file of the same stem with that extension, whatever its case, in the same folder. As in [`family`] a stem of exactly
/// the same case wins.
pub(super) fn beside(path: &Path, extension: &str) -> Option<PathBuf> {
    let wanted = path.with_extension(extension).file_name()?.to_string_lossy().to_lowercase();
    let listing = fs::read_dir(folder_of(path)).ok()?;
    let own = path.file_stem()?.to_string_lossy().into_owned();
    let names = listing.flatten().map(|entry| entry.file_name()).filter(|name| name.to_string_lossy().to_lowercase() == wanted);
    let name = names.min_by_key(|name| (!name.to_string_lossy().starts_with(&own), name.clone()))?;
    Some(path.parent().unwrap_or(Path::new("")).join(name)).filter(|p| p.is_file())
}

#[cfg(unix)]
fn read_at(file: &File, at: u64, room: &mut [u8]) -> std::io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, at)
}

#[cfg(windows)]
fn read_at(file: &File, at: u64, room: &mut [u8]) -> std::io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, room, at)
}

/// BLAKE3 over the file and its siblings: what a verdict says it was computed from.
pub fn hash(source: &Source) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&source.bytes);
    for (extension, bytes) in &source.siblings {
        hasher.update(extension.as_bytes()).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    *hasher.finalize().as_bytes()
}

/// The same as [`hash`], in pieces: of a file that is not read whole.
///
/// # Errors
/// When the system refuses to read it.
pub fn hash_file(path: &Path) -> Result<[u8; 32], ReadError> {
    let mut hasher = blake3::Hasher::new();
    add_file(&mut hasher, path)?;
    let own = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    if READ_SIBLINGS.contains(&own.as_str()) {
        for (extension, sibling) in family(path).into_iter().filter(|(e, p)| READ_SIBLINGS.contains(&e.as_str()) && p != path) {
            let size = fs::metadata(&sibling).map_err(|e| read_refused(&shown(&sibling), &e))?.len();
            hasher.update(extension.as_bytes()).update(&size.to_le_bytes());
            add_file(&mut hasher, &sibling)?;
        }
    }
    Ok(*hasher.finalize().as_bytes())
}

fn add_file(hasher: &mut blake3::Hasher, path: &Path) -> Result<(), ReadError> {
    let refused = |e: std::io::Error| read_refused(&shown(path), &e);
    let mut file = File::open(path).map_err(refused)?;
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece).map_err(refused)? {
            0 => return Ok(()),
            got => hasher.update(piece.get(..got).unwrap_or_default()),
        };
    }
}

/// Makes a folder and those above it; one that is there already is left as it is.
///
/// # Errors
/// When the system refuses, or a file stands in its place.
pub fn make_folder(path: &Path) -> Result<(), WriteError> {
    fs::create_dir_all(path)
        .map_err(|e| WriteError(Message::new("io.write_refused").with("file", shown(path)).with("cause", e.to_string())))
}

/// Refuses an output that exists already (unless `force`), and always one that is an input or one of its siblings.
///
/// # Errors
/// Says which and what to do.
pub fn check_output(output: &Path, inputs: &[&Path], force: bool) -> Result<(), WriteError> {
    let target = resolved(output);
    for input in inputs {
        let own = std::iter::once((*input).to_owned()).chain(family(input).into_iter().map(|(_, path)| path));
        let input_is = resolved(input);
        if own.map(|path| resolved(&path)).any(|path| path == target)
            || is_family_of(&target, &input_is)
            || is_beside_database(&target, &input_is)
        {
            let message = Message::new("io.output_is_input").with("file", shown(output)).with("input", shown(input));
            return Err(WriteError(message));
        }
    }
    if !force && fs::symlink_metadata(output).is_ok() {
        return Err(WriteError(Message::new("io.output_exists").with("file", shown(output))));
    }
    Ok(())
}

/// Whether there is a file at `path`.
pub fn exists(path: &Path) -> bool {
    path.is_file()
}

/// Writes `bytes` to `path` so that it holds either what it held or all of `bytes`.
///
/// # Errors
/// When the folder is missing or the system refuses.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), WriteError> {
    let mut part = PartFile::create(path)?;
    part.write(bytes)?;
    part.commit()
}

/// A file being written beside the one it will replace. Dropped before [`PartFile::commit`], it is gone and `path` holds
/// what it held.
#[derive(Debug)]
pub struct PartFile {
    path: PathBuf,
    part: TempPath,
    out: BufWriter<File>,
}

impl PartFile {
    /// # Errors
    /// When the folder is missing or the system refuses.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".luodi-").suffix(".part");
        #[cfg(unix)]
        {
            // The umask decides, as for any other new file; a temporary file would stay closed to colleagues.
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let (file, part) = builder.tempfile_in(folder_of(path)).map_err(|e| write_refused(path, &e))?.into_parts();
        Ok(Self { path: path.to_owned(), part, out: BufWriter::with_capacity(PIECE, file) })
    }

    /// Where it is written for now.
    pub(super) fn part(&self) -> &Path {
        &self.part
    }

    /// The open file itself, for what seeks.
    pub(super) fn file(&mut self) -> &mut File {
        self.out.get_mut()
    }

    /// # Errors
    /// When the system refuses: a full disk, a share that went away.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), WriteError> {
        self.out.write_all(bytes).map_err(|e| write_refused(&self.path, &e))
    }

    /// Flushes it to the disk and renames it to its place.
    ///
    /// # Errors
    /// When the system refuses; `path` holds what it held.
    pub fn commit(self) -> Result<(), WriteError> {
        let Self { path, part, mut out } = self;
        out.flush().and_then(|()| out.get_ref().sync_all()).map_err(|e| write_refused(&path, &e))?;
        // Windows renames no file that is open.
        drop(out);
        part.persist(&path).map_err(|e| write_refused(&path, &e.error))?;
        #[cfg(unix)]
        {
            // The rename itself is durable only once the folder is; some network shares cannot say so.
            let _ = File::open(folder_of(&path)).and_then(|f| f.sync_all());
        }
        Ok(())
    }
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

pub(super) fn write_refused(path: &Path, error: &dyn std::fmt::Display) -> WriteError {
    WriteError(Message::new("io.write_refused").with("file", shown(path)).with("cause", error.to_string()))
}

/// Files of the same stem in the same folder that belong to a shapefile, by lower-case extension, sorted.
///
/// A stem of exactly the same case wins over one that differs in case only (`UP.SHP` beside `up.dbf`).
pub(super) fn family(path: &Path) -> Vec<(String, PathBuf)> {
    let stem = |p: &Path| p.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = |p: &Path| p.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let own_extension = extension(path);
    if !SHAPEFILE_FAMILY.contains(&own_extension.as_str()) {
        return Vec::new();
    }
    let own_stem = stem(path);
    let Ok(listing) = fs::read_dir(folder_of(path)) else { return Vec::new() };
    let mut found: Vec<(String, bool, PathBuf)> = listing
        .flatten()
        .map(|entry| path.parent().unwrap_or(Path::new("")).join(entry.file_name()))
        .filter(|p| stem(p).to_lowercase() == own_stem.to_lowercase() && SHAPEFILE_FAMILY.contains(&extension(p).as_str()))
        .filter(|p| p.is_file())
        .map(|p| (extension(&p), stem(&p) != own_stem, p))
        .collect();
    found.sort();
    found.dedup_by(|later, first| later.0 == first.0);
    found.into_iter().map(|(extension, _, path)| (extension, path)).collect()
}

/// Whether `output` would join the shapefile that `input` is of: same folder, same stem.
fn is_family_of(output: &Path, input: &Path) -> bool {
    let lower = |part: Option<&std::ffi::OsStr>| part.map(|p| p.to_string_lossy().to_lowercase()).unwrap_or_default();
    let member = |p: &Path| SHAPEFILE_FAMILY.contains(&lower(p.extension()).as_str());
    member(output) && member(input) && output.parent() == input.parent() && lower(output.file_stem()) == lower(input.file_stem())
}

/// Whether `output` is what SQLite keeps beside the database `input`.
fn is_beside_database(output: &Path, input: &Path) -> bool {
    ["-wal", "-shm", "-journal"].iter().any(|ending| {
        let mut name = input.as_os_str().to_owned();
        name.push(ending);
        output.as_os_str() == name
    })
}

/// Whether two paths are one place, links and `..` resolved; neither needs to be there.
pub fn is_same_place(a: &Path, b: &Path) -> bool {
    resolved(a) == resolved(b)
}

/// The path without links and `..`; a file that is not there yet is resolved through its folder.
fn resolved(path: &Path) -> PathBuf {
    if let Ok(path) = fs::canonicalize(path) {
        return path;
    }
    match (fs::canonicalize(folder_of(path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_owned(),
    }
}

/// Size and time of the last change, by which a file is known to be the same as before.
pub(super) fn stamp(path: &Path) -> std::io::Result<Stamp> {
    let about = fs::metadata(path)?;
    Ok((about.len(), about.modified().ok()))
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(super) fn read_refused(name: &str, error: &std::io::Error) -> ReadError {
    let message = match error.kind() {
        ErrorKind::NotFound => Message::new("io.not_found"),
        ErrorKind::PermissionDenied => Message::new("io.not_permitted"),
        _ => Message::new("io.read_failed").with("cause", error.to_string()),
    };
    ReadError(message.with("file", name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn siblings_are_found_whatever_the_case_of_their_extension() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["UP.SHP", "UP.DBF", "up.prj", "other.dbf"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let source = read_source(&folder.path().join("UP.SHP")).unwrap();
        assert_eq!(source.sibling("dbf").map(|b| &b[..]), Some(&b"UP.DBF"[..]));
        assert_eq!(source.sibling("prj").map(|b| &b[..]), Some(&b"up.prj"[..]));
        assert_eq!(source.siblings.len(), 2);
        assert_eq!(hash_file(&folder.path().join("UP.SHP")).unwrap(), hash(&source), "in pieces or whole");
    }

    #[test]
    fn an_output_is_replaced_whole_or_not_at_all() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("out.csv");
        assert_eq!(check_output(&path, &[], false), Ok(()));
        write_atomically(&path, b"first").unwrap();
        assert_eq!(check_output(&path, &[], false).unwrap_err().0.code, "io.output_exists");
        assert_eq!(check_output(&path, &[], true), Ok(()));
        write_atomically(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no part file is left");
        assert!(write_atomically(&folder.path().join("missing/out.csv"), b"x").is_err());
    }

    #[test]
    fn an_input_and_its_siblings_are_never_an_output() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("a.shp");
        fs::write(&input, "shp").unwrap();
        fs::write(folder.path().join("a.dbf"), "dbf").unwrap();
        for output in ["a.shp", "a.dbf", "A.prj", "./sub/../a.DBF"] {
            fs::create_dir_all(folder.path().join("sub")).unwrap();
            let refused = check_output(&folder.path().join(output), &[&input], true).unwrap_err();
            assert_eq!(refused.0.code, "io.output_is_input", "{output}");
        }
        assert_eq!(check_output(&folder.path().join("a.csv"), &[&input], false), Ok(()));
    }
}
