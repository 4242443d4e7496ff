//! Yardstick task T6: a million parcels coloured by their land use under the plan, as a picture, without a window.

use super::bench::BenchError;
use super::{Input, OpenError, gather};
use crate::geom::Rings;
use crate::io::{ReadError, ReadOptions, ShapefileStream};
use crate::model::{Role, field_named};
use crate::rules::CheckError;
use crate::scene::{
    Class, Film, FineLook, Form, Item, Line, PLAIN, Pixels, Projection, Rect, Rgb, Stamps, Style, Theme, Wash, paint_items, rasterize_on,
};
use crate::task::{Outcome, Progress, blocks_in_order};
use crate::text::Message;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// The picture in pixels, and the land in it: the peers' own.
const SIZE: [u32; 2] = [2000, 1500];
const LAND: [[f64; 2]; 2] = [[40_420_000.0, 3_955_000.0], [40_580_000.0, 4_075_000.0]];
const WHITE: Rgb = Rgb(255, 255, 255);
const OUTLINE: Rgb = Rgb(110, 110, 110);
const OUTLINE_PX: f32 = 0.1;
/// The plan lies thinly over the parcels.
const ZONE: (Rgb, f32) = (Rgb(255, 0, 0), 40.0 / 255.0);
const ZONE_LINE: Rgb = Rgb(200, 0, 0);
/// Colours of the land uses, as the peers are given them.
const USES: [(&str, u32); 19] = [
    ("0101", 0xFFFF96),
    ("0102", 0xFAFA64),
    ("0103", 0xF0EB78),
    ("0201", 0xC8E678),
    ("0301", 0x5AB45A),
    ("0305", 0x78C86E),
    ("0404", 0xAADC8C),
    ("0601", 0xB48CA0),
    ("0602", 0xA08282),
    ("0701", 0xF07878),
    ("0702", 0xFAA096),
    ("0809", 0xE678C8),
    ("1003", 0xBEBEBE),
    ("1006", 0xD2D2D2),
    ("1101", 0x78B4F0),
    ("1104", 0x8CC8FA),
    ("1107", 0x96D2E6),
    ("1202", 0xDCC882),
    ("1206", 0xC8BEAA),
];

/// The picture as a PNG file.
pub(super) fn picture(data: &Path, threads: usize, progress: &Progress) -> Result<Vec<u8>, BenchError> {
    let [[west, south], [east, _]] = LAND;
    let [width, height] = SIZE;
    let frame = Rect::new(0.0, 0.0, width as f32, height as f32);
    let units_per_m = f64::from(width) / (east - west);
    let projection = Projection { frame, origin: [west, south], units_per_m, units_per_pt: 1.0 };
    let parcels = parcels(&data.join("parcels_1m.shp"), &projection, threads, progress)?;
    let zones = paint_items(&zones(&data.join("zones.shp"), progress)?, &projection, Theme::Light);
    let failed = || BenchError::Open(OpenError::Read(Message::new("sheet.png_failed")));
    rasterize_on(parcels, &zones, 1.0).and_then(Pixels::png).ok_or_else(failed)
}

/// The parcels on white, read block by block: neither their shapes nor their attributes are ever all in memory.
fn parcels(path: &Path, projection: &Projection, threads: usize, progress: &Progress) -> Result<Pixels, BenchError> {
    let unusable = |e: ReadError| BenchError::Open(OpenError::from(e));
    let stream = ShapefileStream::open(path, &ReadOptions::default(), progress).map_err(unusable)?;
    let mut stream = stream.ok_or(CheckError::NoPlan)?;
    let code = field_named(&stream.table().fields, &["地类编码"]).ok_or(CheckError::NoPlan)?;
    let hairline = Some((OUTLINE, OUTLINE_PX));
    let looks: BTreeMap<&str, FineLook> = USES.iter().map(|(code, color)| (*code, FineLook { fill: Rgb::hex(*color), hairline })).collect();
    let decoder = stream.decoder();
    let mut film = Film::new(SIZE[0], SIZE[1], WHITE);
    let (mut refused, mut crashed) = (None, None);
    let whole = blocks_in_order(
        || {
            stream.next_block().unwrap_or_else(|e| {
                refused = Some(e);
                None
            })
        },
        threads,
        progress,
        |block| {
            let raw = decoder.decode(&block, &[code]);
            let mut stamps = Stamps::new();
            for row in 0..raw.len() {
                if let Some(look) = looks.get(raw.value(row, code).to_string().trim()) {
                    stamps.add(raw.rings(row), projection, *look);
                }
            }
            stamps
        },
        |done| match done {
            Outcome::Done(stamps) => film.press(&stamps),
            Outcome::Crashed(why) => crashed = Some(why),
        },
    );
    match (refused, crashed, whole) {
        (Some(error), ..) => Err(unusable(error)),
        (_, None, true) => Ok(film.pixels()),
        _ => Err(BenchError::Cancelled),
    }
}

/// The plan's areas, each for itself: where two overlap both show.
fn zones(path: &Path, progress: &Progress) -> Result<Vec<Item>, BenchError> {
    let gathered = gather(&[(Role::Plan, Input::file(path))], progress)?;
    let layer = gathered.first(Role::Plan).and_then(|l| gathered.contents.layer(l.id)).ok_or(CheckError::NoPlan)?;
    let style = Style {
        wash: Some(Wash { color: ZONE.0, opacity: ZONE.1 }),
        line: Some(Line { color: ZONE_LINE, width_pt: 1.0, dash_pt: &[] }),
        ..Style::default()
    };
    let item = |rings: Rings, sound: bool| {
        let form = Form::Area { rings: Arc::new(rings), sound };
        Item { form, style, class: Class::Site, feature: None, part: PLAIN }
    };
    Ok(layer.features().map(|f| item(f.rings().to_owned(), f.shape().is_some())).collect())
}
