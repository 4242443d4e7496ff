//! Large shapefiles are read in pieces and come to what they come to when they are read whole.

use crate::reading::{dbf, gbk, shp, square};
use luodi::io::{LayerFile, Raw, ReadError, ReadOptions, hash, read_source, reader_for};
use luodi::task::Progress;
use std::fs;
use std::path::{Path, PathBuf};

const RECORDS: usize = 90_000;

fn files(folder: &Path, records: usize) -> PathBuf {
    let shapes: Vec<_> = (0..records)
        .map(|i| match i % 10_007 {
            3 => None,
            4 => Some(vec![vec![[f64::NAN, 0.0], [1.0, 2.0], [3.0, 1.0], [f64::NAN, 0.0]]]),
            // Longer than what is read at once.
            5 if i < 10_007 => Some(vec![(0..80_000).map(|k| [40_500_000.0 + f64::from(k), 4e6 + f64::from(k % 7)]).collect()]),
            _ => Some(vec![square(40_500_000.0 + (i % 300) as f64 * 50.0, 4e6 + (i / 300) as f64 * 50.0, 40.0)]),
        })
        .collect();
    let mut bytes = shp(&shapes);
    // A record of another kind than the file's.
    bytes[100 + 8..100 + 12].copy_from_slice(&3i32.to_le_bytes());
    let row = |i: usize| {
        let number = if i == RECORDS - 1 { "007".to_owned() } else { i.to_string() };
        let cells = [gbk(&format!("地块{i}")), gbk(["水田", "旱地", ""][i % 3]), number.into_bytes(), b"20120912".to_vec()];
        (i % 5003 == 7, cells.to_vec())
    };
    let fields = [(&gbk("编号")[..], b'C', 200, 0), (b"DLMC", b'C', 40, 0), (b"CODE", b'N', 9, 0), (b"RQ", b'D', 8, 0)];
    let rows: Vec<_> = (0..RECORDS).map(row).collect();
    let path = folder.join("地块.shp");
    fs::write(&path, bytes).unwrap();
    fs::write(folder.join("地块.DBF"), dbf(0x4D, &fields, &rows)).unwrap();
    fs::write(folder.join("地块.prj"), luodi::crs::Crs::CGCS2000_ZONE_40.esri_wkt().unwrap()).unwrap();
    path
}

fn whole(path: &Path) -> Result<Raw, ReadError> {
    let source = read_source(path)?;
    Raw::read(reader_for(&source)?, &source, &ReadOptions::default(), None, None, &Progress::new())
}

fn in_pieces(file: &LayerFile) -> Result<Raw, ReadError> {
    file.read(&ReadOptions::default(), None, None, &Progress::new())
}

#[test]
fn in_pieces_a_file_comes_to_the_same_as_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = files(folder.path(), RECORDS);
    let file = LayerFile::open(&path).unwrap();
    assert!(fs::metadata(&path).unwrap().len() + fs::metadata(folder.path().join("地块.DBF")).unwrap().len() > 32 << 20);
    let (found, expected) = (in_pieces(&file).unwrap(), whole(&path).unwrap());
    assert_eq!(file.hash().unwrap(), hash(&read_source(&path).unwrap()));
    assert_eq!(format!("{:?}", found.notes), format!("{:?}", expected.notes));
    assert!(!found.notes.messages.is_empty() && found.notes.crs.is_some());
    assert_eq!(found.len(), expected.len());
    for row in 0..found.len() {
        assert_eq!(found.record(row), expected.record(row));
        assert_eq!(found.rings(row).coords(), expected.rings(row).coords());
        for column in 0..found.fields.len() {
            assert_eq!(found.value(row, column), expected.value(row, column));
        }
    }
    // One opened again is read again.
    assert_eq!(in_pieces(&file).unwrap().len(), expected.len());
    // A word on the encoding that was not there before.
    fs::write(folder.path().join("地块.cpg"), "GBK").unwrap();
    for refused in [in_pieces(&file).map(|_| ()), file.hash().map(|_| ())] {
        assert_eq!(refused.unwrap_err().0.code, "io.changed_while_read");
    }
}

#[test]
fn what_is_odd_about_a_file_is_said_as_if_it_were_read_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = files(folder.path(), RECORDS - 2);
    let of = |raw: Result<Raw, ReadError>| raw.map(|raw| (raw.len(), format!("{:?}", raw.notes))).map_err(|e| e.0);
    let found = of(in_pieces(&LayerFile::open(&path).unwrap()));
    assert!(found.as_ref().unwrap().1.contains("io.dbf_count"));
    assert_eq!(found, of(whole(&path)));
    let bytes = fs::read(&path).unwrap();
    let mut cut = bytes[..bytes.len() - 1000].to_vec();
    // As if it had always been so short.
    let words = (cut.len() / 2) as i32;
    cut[24..28].copy_from_slice(&words.to_be_bytes());
    fs::write(&path, cut).unwrap();
    let found = of(in_pieces(&LayerFile::open(&path).unwrap()));
    assert_eq!(found.as_ref().unwrap_err().code, "io.shp_truncated");
    assert_eq!(found, of(whole(&path)));
}
