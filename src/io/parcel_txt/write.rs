//! Boundary-point TXT for other offices: GBK, CRLF, J numbers from the north-west corner clockwise, rings closed, hectares.

use crate::crs::Crs;
use crate::geom::{Point, ShapeRef};
use crate::io::WriteError;
use crate::model::Date;
use crate::text::Message;
use encoding_rs::GB18030;
use std::fmt::Write;

/// One parcel to be written. Coordinates are those of the CRS the file is written in.
#[derive(Clone, Copy, Debug)]
pub struct TxtParcel<'a> {
    pub id: &'a str,
    pub name: &'a str,
    /// 地块用途.
    pub purpose: &'a str,
    /// 地类编码.
    pub code: &'a str,
    pub shape: ShapeRef<'a>,
}

/// What the head of the file says beside the system.
#[derive(Clone, Debug, Default)]
pub struct TxtHead {
    /// 数据产生单位.
    pub producer: String,
    pub date: Option<Date>,
}

/// The file's bytes, in GBK without BOM.
///
/// # Errors
/// When `crs` is no CGCS2000 Gauss–Krüger plane: the format knows no other.
pub fn parcel_txt_bytes(parcels: &[TxtParcel<'_>], crs: &Crs, head: &TxtHead) -> Result<Vec<u8>, WriteError> {
    let refused = || WriteError(Message::new("io.write_txt_crs").with("crs", crs.label()));
    let plane = crs.gauss_kruger().ok_or_else(refused)?;
    let meridian = plane.central_meridian_deg;
    // A plane with prefix says its zone; of one without, the 3° zone of its meridian.
    let prefix = (plane.false_easting_m / 1e6).floor();
    let wide = if prefix > 0.0 { prefix < 25.0 } else { crs.epsg().is_some_and(|code| (4502..=4512).contains(&code)) };
    let zone = if wide { (meridian + 3.0) / 6.0 } else { meridian / 3.0 };
    if zone.fract() != 0.0 {
        return Err(refused());
    }
    let date = head.date.map(|d| d.to_string()).unwrap_or_default();
    let mut out = format!(
        "[属性描述]\r\n格式版本号=1.01\r\n数据产生单位={}\r\n数据产生日期={date}\r\n坐标系=2000国家大地坐标系\r\n几度分带={}\r\n\
         投影类型=高斯克吕格\r\n计量单位=米\r\n带号={zone}\r\n精度=0.001\r\n转换参数=,,,,,,\r\n[地块坐标]\r\n",
        field(&head.producer),
        if wide { 6 } else { 3 },
    );
    for parcel in parcels {
        write_parcel(&mut out, parcel);
    }
    Ok(GB18030.encode(&out).0.into_owned())
}

fn write_parcel(out: &mut String, parcel: &TxtParcel<'_>) {
    let rings = parcel.shape.rings();
    let lines: usize = rings.rings().map(|ring| ring.len() + 1).sum();
    let area_ha = parcel.shape.area_m2() / 10_000.0;
    let [id, name, purpose, code] = [parcel.id, parcel.name, parcel.purpose, parcel.code].map(field);
    let _ = write!(out, "{lines},{area_ha:.4},{id},{name},面,,{purpose},{code},@\r\n");
    let mut number = 1;
    for (i, ring) in rings.rings().enumerate() {
        let first = number;
        for p in from_north_west(ring) {
            line(out, number, i + 1, p);
            number += 1;
        }
        if let Some(p) = from_north_west(ring).next() {
            line(out, first, i + 1, p);
        }
    }
}

fn line(out: &mut String, number: usize, ring: usize, [east, north]: Point) {
    let _ = write!(out, "J{number},{ring},{north:.3},{east:.3}\r\n");
}

/// The points against their winding (outer rings of a shape are counter-clockwise, the format wants them clockwise),
/// beginning with the one farthest to the north-west.
fn from_north_west(ring: &[Point]) -> impl Iterator<Item = Point> + '_ {
    let north_west = |p: &Point| p[1] - p[0];
    let better = |best: usize, i: usize| if north_west(&ring[i]) > north_west(&ring[best]) { i } else { best };
    let start = (0..ring.len()).fold(0, better);
    (0..ring.len()).map(move |k| ring[(start + ring.len() - k) % ring.len()])
}

/// A text that cannot break its line apart.
fn field(text: &str) -> String {
    let safe = |c: char| match c {
        ',' => '，',
        '@' => '＠',
        '=' => '＝',
        '\r' | '\n' => ' ',
        other => other,
    };
    text.chars().map(safe).collect()
}
