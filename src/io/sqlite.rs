//! SQLite databases, thinly: cells in, rows out, a new file written beside the old one. The home of `rusqlite`.

use super::{PartFile, ReadError, WriteError};
use crate::text::Message;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode, OpenFlags, ToSql};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

/// What the database refused, and why in its own words (for the log, and the cause in a message).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SqlError {
    #[error("not a database")]
    NotADatabase,
    #[error("damaged: {0}")]
    Damaged(String),
    #[error("in use by another program")]
    InUse,
    #[error("{0}")]
    Refused(String),
}

impl From<rusqlite::Error> for SqlError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => Self::InUse,
            _ => Self::Refused(error.to_string()),
        }
    }
}

/// One cell on its way into a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    Real(f64),
    Text(&'a str),
    Blob(&'a [u8]),
}

impl ToSql for Cell<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Real(x) => ValueRef::Real(*x),
            Self::Text(s) => ValueRef::Text(s.as_bytes()),
            Self::Blob(b) => ValueRef::Blob(b),
        }))
    }
}

/// A row of an answer. Cells are taken as they are stored; one of another type is `None`.
pub struct Row<'a, 'b>(&'a rusqlite::Row<'b>);

impl<'a> Row<'a, '_> {
    /// Words that are no UTF-8 keep what can be read of them.
    pub fn cell(&self, column: usize) -> Cell<'a> {
        match self.0.get_ref(column) {
            Ok(ValueRef::Integer(n)) => Cell::Int(n),
            Ok(ValueRef::Real(x)) => Cell::Real(x),
            Ok(ValueRef::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(words) => Cell::Text(words),
                Err(_) => Cell::Blob(bytes),
            },
            Ok(ValueRef::Blob(bytes)) => Cell::Blob(bytes),
            Ok(ValueRef::Null) | Err(_) => Cell::Null,
        }
    }

    pub fn int(&self, column: usize) -> Option<i64> {
        if let Cell::Int(n) = self.cell(column) { Some(n) } else { None }
    }

    pub fn real(&self, column: usize) -> Option<f64> {
        match self.cell(column) {
            Cell::Real(x) => Some(x),
            Cell::Int(n) => Some(n as f64),
            _ => None,
        }
    }

    pub fn text(&self, column: usize) -> Option<&'a str> {
        if let Cell::Text(s) = self.cell(column) { Some(s) } else { None }
    }

    pub fn blob(&self, column: usize) -> Option<&'a [u8]> {
        if let Cell::Blob(b) = self.cell(column) { Some(b) } else { None }
    }
}

/// An open database.
#[derive(Debug)]
pub struct Database(Connection);

impl Database {
    /// Opens a database that is there, for reading only.
    ///
    /// # Errors
    /// [`SqlError::NotADatabase`] when it is none. SQLite opens lazily: a damaged page shows when it is read.
    pub fn open(path: &Path) -> Result<Self, SqlError> {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        // A file from elsewhere must not run what its schema hides.
        connection.pragma_update(None, "trusted_schema", false)?;
        let database = Self(connection);
        database.query("SELECT count(*) FROM sqlite_schema", &[], |_| Ok::<(), SqlError>(()))?;
        Ok(database)
    }

    /// Opens a database whose bytes were read already, for reading only: no file is touched, and none is beside.
    ///
    /// # Errors
    /// As [`Database::open`]; for more than 2 GB, which SQLite does not hold in memory.
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, SqlError> {
        // The mark of a journal beside: in memory there is none, and what it held was asked for before.
        let [Some(head), Some(rest)] = [bytes.get(..18), bytes.get(20..)] else { return Err(SqlError::NotADatabase) };
        if i32::try_from(bytes.len()).is_err() {
            return Err(SqlError::Refused("more than 2 GB".to_owned()));
        }
        let mut connection = Connection::open_in_memory()?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.deserialize_read_exact("main", head.chain(&[1, 1][..]).chain(rest), bytes.len(), true)?;
        let database = Self(connection);
        database.query("SELECT count(*) FROM sqlite_schema", &[], |_| Ok::<(), SqlError>(()))?;
        Ok(database)
    }

    /// Runs statements that answer nothing.
    pub fn run(&self, sql: &str) -> Result<(), SqlError> {
        Ok(self.0.execute_batch(sql)?)
    }

    /// Asks, and gives each row to `take`, in the order of the answer.
    ///
    /// # Errors
    /// What the database says, or the first that `take` says.
    pub fn query<E: From<SqlError>>(
        &self,
        sql: &str,
        cells: &[Cell<'_>],
        mut take: impl FnMut(Row<'_, '_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut statement = self.0.prepare(sql).map_err(SqlError::from)?;
        let mut rows = statement.query(rusqlite::params_from_iter(cells)).map_err(SqlError::from)?;
        while let Some(row) = rows.next().map_err(SqlError::from)? {
            take(Row(row))?;
        }
        Ok(())
    }

    /// Runs a statement that answers nothing; said again it is not understood anew.
    pub fn insert(&self, sql: &str, cells: &[Cell<'_>]) -> Result<(), SqlError> {
        self.0.prepare_cached(sql)?.execute(rusqlite::params_from_iter(cells))?;
        Ok(())
    }

    /// A statement to be run again and again.
    pub fn prepare(&self, sql: &str) -> Result<Statement<'_>, SqlError> {
        Ok(Statement(self.0.prepare(sql)?))
    }
}

/// A prepared statement that answers nothing.
#[derive(Debug)]
pub struct Statement<'a>(rusqlite::Statement<'a>);

impl Statement<'_> {
    pub fn run(&mut self, cells: &[Cell<'_>]) -> Result<(), SqlError> {
        self.0.execute(rusqlite::params_from_iter(cells))?;
        Ok(())
    }
}

/// A new database being written beside the file it will replace, in one transaction.
#[derive(Debug)]
pub struct DatabaseFile {
    // The database is closed before the file beside is taken away.
    database: Database,
    part: PartFile,
}

impl DatabaseFile {
    /// # Errors
    /// When the folder is missing or the system refuses.
    pub fn create<E: From<SqlError> + From<WriteError>>(path: &Path) -> Result<Self, E> {
        let part = PartFile::create(path)?;
        let database = Database(Connection::open(part.part()).map_err(SqlError::from)?);
        // The file beside is thrown away when anything fails and flushed whole at the end: it needs no journal of its own.
        database.run("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; BEGIN;")?;
        Ok(Self { database, part })
    }

    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Closes the database; the file beside is whole and waits for its place.
    ///
    /// # Errors
    /// What the database says.
    pub fn finish(self) -> Result<PartFile, SqlError> {
        self.database.run("COMMIT;")?;
        self.database.0.close().map_err(|(_, e)| SqlError::from(e))?;
        Ok(self.part)
    }
}

/// Writes a new database to `path`: `fill` makes it in a file beside, in one transaction; then it takes the place of the
/// old one. Whatever goes wrong before, `path` holds what it held.
///
/// # Errors
/// What `fill` says, or the system.
pub fn write_database<E: From<SqlError> + From<WriteError>>(path: &Path, fill: impl FnOnce(&Database) -> Result<(), E>) -> Result<(), E> {
    let file = DatabaseFile::create::<E>(path)?;
    fill(file.database())?;
    Ok(file.finish()?.commit()?)
}

/// Whether another program has the database open for writing, or left changes beside it that are not in it yet: replacing
/// the file then would mix the two.
pub fn has_changes_beside(path: &Path) -> bool {
    ["-wal", "-journal"].iter().any(|ending| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        fs::metadata(PathBuf::from(name)).is_ok_and(|about| about.len() > 0)
    })
}

/// Whether there is a file at `path` that can be read, said as a reader says it.
///
/// # Errors
/// When there is none, it is a folder, or the system refuses.
pub fn check_readable(path: &Path) -> Result<(), ReadError> {
    let name = path.display().to_string();
    match fs::metadata(path) {
        Ok(about) if about.is_dir() => Err(ReadError(Message::new("io.is_folder").with("file", name))),
        Ok(about) if about.len() == 0 => Err(ReadError(Message::new("io.empty").with("file", name))),
        Ok(_) => fs::File::open(path).map(drop).map_err(|e| super::files::read_refused(&name, &e)),
        Err(e) => Err(super::files::read_refused(&name, &e)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    enum Fault {
        Sql,
        Write,
        Own,
    }

    impl From<SqlError> for Fault {
        fn from(_: SqlError) -> Self {
            Self::Sql
        }
    }

    impl From<WriteError> for Fault {
        fn from(_: WriteError) -> Self {
            Self::Write
        }
    }

    fn cells(path: &Path) -> Vec<String> {
        let mut out = Vec::new();
        let database = Database::open(path).unwrap();
        database
            .query("SELECT a FROM t ORDER BY rowid", &[], |row| {
                out.push(format!("{:?}", row.cell(0)));
                Ok::<(), SqlError>(())
            })
            .unwrap();
        out
    }

    #[test]
    fn cells_come_back_as_they_went_in() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        let all = [Cell::Null, Cell::Int(i64::MIN), Cell::Real(0.1), Cell::Text("落地"), Cell::Text(""), Cell::Blob(&[0, 255])];
        write_database::<Fault>(&path, |database| {
            database.run("CREATE TABLE t (a)")?;
            let mut insert = database.prepare("INSERT INTO t VALUES (?1)")?;
            all.iter().try_for_each(|cell| insert.run(&[*cell]))?;
            Ok(())
        })
        .unwrap();
        assert_eq!(cells(&path), all.map(|cell| format!("{cell:?}")));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
    }

    #[test]
    fn what_fails_leaves_the_old_file_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        write_database::<Fault>(&path, |database| Ok(database.run("CREATE TABLE t (a); INSERT INTO t VALUES (1)")?)).unwrap();
        let before = fs::read(&path).unwrap();
        let failed = write_database::<Fault>(&path, |database| {
            database.run("CREATE TABLE t (a); INSERT INTO t VALUES (2)")?;
            Err(Fault::Own)
        });
        assert!(matches!(failed, Err(Fault::Own)));
        assert!(matches!(write_database::<Fault>(&path, |database| Ok(database.run("CREATE NONSENSE")?)), Err(Fault::Sql)));
        assert!(matches!(write_database::<Fault>(&folder.path().join("no/a.gpkg"), |_| Ok(())), Err(Fault::Write)));
        assert_eq!(fs::read(&path).unwrap(), before);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn other_files_are_no_database() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gpkg");
        fs::write(&path, "not a database at all, but long enough to be one ".repeat(40)).unwrap();
        assert_eq!(Database::open(&path).unwrap_err(), SqlError::NotADatabase);
        assert_eq!(check_readable(folder.path()).unwrap_err().0.code, "io.is_folder");
        assert_eq!(check_readable(&folder.path().join("b.gpkg")).unwrap_err().0.code, "io.not_found");
        fs::write(folder.path().join("a.gpkg-wal"), "x").unwrap();
        assert!(has_changes_beside(&path));
    }
}
