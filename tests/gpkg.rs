//! GeoPackages of other programs, made here table by table: which layer is read, in which system, and what is refused.

use luodi::crs::Crs;
use luodi::geom::Rings;
use luodi::io::gpkg_geometry::encode;
use luodi::io::gpkg_tables::{begin, write_system};
use luodi::io::{Cell, Database, Raw, ReadOptions, SqlError, WriteError, read_source, reader_for, write_database};
use luodi::model::{Date, GeometryKind, Value};
use luodi::task::Progress;
use luodi::text::{Lang, Message};
use std::path::{Path, PathBuf};
use tempfile::TempDir;

#[derive(Debug)]
struct Fault;

impl From<SqlError> for Fault {
    fn from(error: SqlError) -> Self {
        panic!("{error}")
    }
}

impl From<WriteError> for Fault {
    fn from(error: WriteError) -> Self {
        panic!("{error}")
    }
}

fn square() -> Rings {
    Rings::simple(&[[40_508_000.0, 4_014_000.0], [40_508_100.0, 4_014_000.0], [40_508_100.0, 4_014_100.0], [40_508_000.0, 4_014_100.0]])
}

pub fn blob() -> Vec<u8> {
    encode(GeometryKind::Area, square().as_ref(), 4528).unwrap()
}

/// A GeoPackage filled by `fill`.
pub fn package(folder: &TempDir, fill: impl FnOnce(&Database)) -> PathBuf {
    let path = folder.path().join("规划.gpkg");
    write_database::<Fault>(&path, |database| {
        begin(database)?;
        write_system(database, &Crs::CGCS2000_ZONE_40)?;
        fill(database);
        Ok(())
    })
    .unwrap();
    path
}

/// A table of features with one row of `geometry`.
pub fn layer(database: &Database, name: &str, srs_id: i64, geometry: &[u8]) {
    let quoted = name.replace('"', "\"\"");
    let sql = format!(
        "CREATE TABLE \"{quoted}\" (fid INTEGER PRIMARY KEY, geom GEOMETRY, 名称 TEXT, 面积 DOUBLE, 层数 MEDIUMINT, 日期 DATE, 图片 BLOB)"
    );
    database.run(&sql).unwrap();
    let contents =
        format!("INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('{name}', 'features', '{name}', 0)");
    database.run(&contents).unwrap();
    database.run(&format!("INSERT INTO gpkg_geometry_columns VALUES ('{name}', 'geom', 'GEOMETRY', {srs_id}, 0, 0)")).unwrap();
    let sql = format!("INSERT INTO \"{quoted}\" VALUES (7, ?1, '胶州湾', 1.5, 3, '2012-09-12', x'00ff')");
    database.insert(&sql, &[Cell::Blob(geometry)]).unwrap();
}

fn read_with(path: &Path, options: &ReadOptions) -> Result<Raw, Message> {
    let source = read_source(path).map_err(|e| e.0)?;
    let reader = reader_for(&source).map_err(|e| e.0)?;
    Raw::read(reader, &source, options, None, None, &Progress::new()).map_err(|e| e.0)
}

fn read(path: &Path) -> Result<Raw, Message> {
    read_with(path, &ReadOptions::default())
}

fn row(raw: &Raw, row: usize) -> Vec<Value> {
    (0..raw.fields.len()).map(|i| raw.value(row, i)).collect()
}

#[test]
fn one_table_is_read_with_its_values_and_its_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(&folder, |database| layer(database, "地块", 4528, &blob()));
    let before = std::fs::read(&path).unwrap();
    let raw = read(&path).unwrap();
    assert_eq!((raw.notes.kind, raw.notes.crs.clone()), (GeometryKind::Area, Some(Crs::CGCS2000_ZONE_40)));
    assert_eq!(raw.rings(0).to_owned(), square());
    let names: Vec<&str> = raw.fields.iter().map(|f| &*f.name).collect();
    assert_eq!(names, ["fid", "名称", "面积", "层数", "日期"]);
    let date = Date { year: 2012, month: 9, day: 12 };
    assert_eq!(row(&raw, 0), [Value::Int(7), Value::text("胶州湾"), Value::Real(1.5), Value::Int(3), Value::Date(date)]);
    assert!(raw.notes.messages.iter().any(|m| m.code == "io.gpkg_binary_fields"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside");
}

#[test]
fn of_several_tables_one_must_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(&folder, |database| {
        layer(database, "地块", 4528, &blob());
        layer(database, "a\"b", 4528, &blob());
        layer(database, "空", 4528, &blob());
        database.run("DELETE FROM 空").unwrap();
    });
    let refused = read(&path).unwrap_err();
    assert_eq!(refused.code, "io.gpkg_several_layers");
    let words = refused.render(Lang::Zh);
    assert!(words.contains("地块, a\"b") && words.contains("layer=") && !words.contains('空'), "{words}");
    let of = |layer: &str| read_with(&path, &ReadOptions { layer: Some(layer.to_owned()), ..ReadOptions::default() });
    assert_eq!([of("地块").unwrap().len(), of("A\"B").unwrap().len(), of("空").unwrap().len()], [1, 1, 0]);
    assert_eq!(of("没有").unwrap_err().code, "io.no_such_layer");
}

#[test]
fn what_does_not_fit_is_told_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(&folder, |database| {
        layer(database, "地块", -1, &blob());
        let bodies = [&b"GP\0\x01\0\0\0\0\x01"[..], &16u32.to_le_bytes(), &0u32.to_le_bytes()].concat();
        let insert = "INSERT INTO 地块 VALUES (?1, ?2, CAST(?3 AS TEXT), 2, ?4, NULL, NULL)";
        let gbk = encoding_rs::GBK.encode("李沧区楼山").0.into_owned();
        database.insert(insert, &[Cell::Int(8), Cell::Blob(&bodies), Cell::Blob(&gbk), Cell::Text("三层")]).unwrap();
        database.insert(insert, &[Cell::Int(9), Cell::Null, Cell::Null, Cell::Int(1)]).unwrap();
        database.insert(insert, &[Cell::Int(10), Cell::Blob(b"GP"), Cell::Null, Cell::Int(1)]).unwrap();
    });
    let raw = read(&path).unwrap();
    assert_eq!((raw.len(), raw.notes.crs.clone()), (4, None));
    assert_eq!(row(&raw, 1), [Value::Int(8), Value::text("李沧区楼山"), Value::Real(2.0), Value::text("三层"), Value::Null]);
    let codes: Vec<&str> = raw.notes.messages.iter().map(|m| m.code).collect();
    for code in ["io.gpkg_undefined_crs", "io.gpkg_geometry_type", "io.gpkg_mixed_fields", "io.encoding_contradicted", "io.records_broken"]
    {
        assert!(codes.contains(&code), "{code} is not said: {codes:?}");
    }
    assert!((1..4).all(|i| raw.rings(i).is_empty()));
}

#[test]
fn a_view_is_a_table_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = package(&folder, |database| {
        layer(database, "地块", 4528, &blob());
        database.run("CREATE VIEW 大地块 AS SELECT fid, geom, 名称 FROM 地块 WHERE 面积 > 1").unwrap();
        database
            .run("INSERT INTO gpkg_contents (table_name, data_type, identifier, srs_id) VALUES ('大地块', 'features', '大的', 0)")
            .unwrap();
        database.run("INSERT INTO gpkg_geometry_columns VALUES ('大地块', 'geom', 'POLYGON', 4528, 0, 0)").unwrap();
    });
    let raw = read_with(&path, &ReadOptions { layer: Some("大的".to_owned()), ..ReadOptions::default() }).unwrap();
    assert_eq!((raw.len(), raw.fields.len()), (1, 2));
}

#[test]
fn what_cannot_be_trusted_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = package(&folder, |database| layer(database, "地块", 4528, &blob()));
    let bytes = std::fs::read(&whole).unwrap();
    let put = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    // The mark of a write-ahead log alone is no matter; changes beside are.
    let mut logged = bytes.clone();
    (logged[18], logged[19]) = (2, 2);
    let path = put("wal.gpkg", &logged);
    assert_eq!(read(&path).unwrap().len(), 1);
    put("wal.gpkg-wal", b"x");
    assert_eq!(read(&path).unwrap_err().code, "io.gpkg_in_use");
    assert_eq!(read(&put("cut.gpkg", &bytes[..bytes.len() / 2])).unwrap_err().code, "io.gpkg_damaged");
    assert_eq!(read(&put("text.gpkg", &b"no database at all, though long enough".repeat(40))).unwrap_err().code, "io.gpkg_no_database");
    let write = |name: &str, sql: &str| {
        let path = folder.path().join(name);
        write_database::<Fault>(&path, |database| Ok(database.run(sql)?)).unwrap();
        read(&path).unwrap_err().code
    };
    assert_eq!(write("lite.sqlite", "CREATE TABLE geometry_columns (a); CREATE TABLE spatial_ref_sys (a)"), "io.gpkg_spatialite");
    assert_eq!(write("other.db", "CREATE TABLE t (a)"), "io.gpkg_no_geopackage");
    let bodies = package(&folder, |database| {
        let bodies = [&b"GP\0\x01\0\0\0\0\x01"[..], &16u32.to_le_bytes(), &0u32.to_le_bytes()].concat();
        layer(database, "体", 4528, &bodies);
    });
    let refused = read(&bodies).unwrap_err();
    assert!(refused.code == "io.gpkg_types" && refused.render(Lang::En).contains("TIN"));
    let system = package(&folder, |database| {
        database.run("INSERT INTO gpkg_spatial_ref_sys VALUES ('青岛地方坐标系', 12, 'NONE', 12, 'undefined', NULL)").unwrap();
        layer(database, "地块", 12, &blob());
    });
    assert_eq!(read(&system).unwrap().notes.crs_refused.map(|m| m.code), Some("io.gpkg_crs_unknown"));
}
