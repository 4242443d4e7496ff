//! A database of another PROJ on the machine changes nothing.

use std::process::Command;

/// `PROJ_DATA` names a folder whose database is none: the definition in the `.prj` is understood all the same.
#[test]
fn a_foreign_proj_database_is_not_read() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("proj.db"), b"another PROJ's").unwrap();
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-maps/集聚区现状.shp");
    let run = Command::new(env!("CARGO_BIN_EXE_luodi"))
        .args(["info".as_ref(), file.as_os_str(), "--json".as_ref()])
        .env("PROJ_DATA", folder.path())
        .env("PROJ_LIB", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success() && said.contains("EPSG:4528"), "{said}{}", String::from_utf8_lossy(&run.stderr));
}
