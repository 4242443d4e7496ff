//! `luodi convert`: any file that is read as one of those that are written.

use super::fault::Fault;
use super::meant::{ConvertOrder, Manner};
use super::progress::with_bar;
use crate::io::{GEOMETRY_COLUMNS, TxtHead, TxtProfile, read_bytes};
use crate::job::{CHINA, Conversion, ConvertFormat, TableForm, convert, crs_words, today};
use crate::text::{Arg, Message};
use std::path::Path;

/// # Errors
/// Whatever keeps the input or the output from being used; nothing was written then.
pub(super) fn run(order: &ConvertOrder, manner: Manner) -> Result<(), Fault> {
    let conversion = conversion(order, manner)?;
    let work = |progress: &_| convert(&conversion, CHINA, progress).map_err(|e| Fault::work(e.message().clone()));
    let done = with_bar("cli.doing.convert", !manner.quiet, manner.lang, work).map_err(Fault::crashed)??;
    if !manner.quiet {
        for note in &done.notes {
            super::say(&Message::new("cli.note").with("note", note.clone()).render(manner.lang));
        }
        for file in &done.files {
            super::say(&Message::new("cli.wrote").with("file", file.display().to_string()).render(manner.lang));
        }
        super::say(&Message::new("cli.converted").with("count", done.features).with("crs", crs_words(&done.crs)).render(manner.lang));
    }
    Ok(())
}

/// The order with its format, its profile read.
fn conversion(order: &ConvertOrder, manner: Manner) -> Result<Conversion, Fault> {
    // A folder is meant where a profile may write a file a parcel.
    let format =
        ConvertFormat::of_path(&order.out).or((order.profile.is_some() && order.out.extension().is_none()).then_some(ConvertFormat::Txt));
    let unknown = || {
        let formats: Vec<String> = ConvertFormat::extensions().map(|e| format!(".{e}")).collect();
        Fault::usage(Message::new("cli.convert_format").with("file", order.out.display().to_string()).with("formats", formats.join(" ")))
    };
    let format = format.ok_or_else(unknown)?;
    let (mut profile, mut form) = (None, None);
    if let Some(name) = &order.profile {
        let refused = |known: String| Fault::usage(Message::new("cli.convert_profile").with("name", name.clone()).with("known", known));
        match format {
            ConvertFormat::Txt => {
                profile = Some(read_profile(name)?.ok_or_else(|| refused(TxtProfile::bundled_names().collect::<Vec<_>>().join(" ")))?)
            }
            ConvertFormat::Csv | ConvertFormat::Xlsx => {
                form = Some(TableForm::by_name(name).ok_or_else(|| refused("wkt points".to_owned()))?)
            }
            _ => return Err(refused("–".to_owned())),
        }
    }
    if order.encoding.is_some()
        && matches!(format, ConvertFormat::GeoJson | ConvertFormat::Gpkg | ConvertFormat::Xlsx | ConvertFormat::Kml | ConvertFormat::Dxf)
    {
        return Err(Fault::usage(Message::new("cli.convert_encoding").with("file", order.out.display().to_string())));
    }
    // Names and ids are looked at where a format shows them; the rest are for a check.
    let shown = |meaning: &str| match meaning {
        "id" => true,
        "name" => matches!(format, ConvertFormat::Txt | ConvertFormat::Dxf),
        other => GEOMETRY_COLUMNS.contains(&other),
    };
    let settings = &order.input.settings;
    let unused = settings.options.fields.iter().map(|(meaning, _)| meaning.as_str()).find(|meaning| !shown(meaning));
    if let Some(key) = unused.or(settings.coverage.as_ref().map(|_| "coverage")) {
        return Err(Fault::usage(Message::new("cli.convert_setting").with("key", key)));
    }
    let (input, out) = (order.input.clone(), order.out.clone());
    let head = TxtHead { producer: String::new(), date: Some(today()) };
    Ok(Conversion { input, out, format, to: order.to.clone(), profile, form, encoding: order.encoding.clone(), head, force: manner.force })
}

/// A bundled profile, or one in a file; `None` for a name that is neither.
fn read_profile(name: &str) -> Result<Option<TxtProfile>, Fault> {
    let wrong = |e: &dyn std::fmt::Display| {
        let cause = Arg::from(Message::new("io.profile_wrong").with("cause", e.to_string()));
        Fault::work(Message::new("cli.profile_file").with("file", name).with("cause", cause))
    };
    if let Some(bundled) = TxtProfile::bundled(name) {
        return bundled.map(Some).map_err(|e| wrong(&e));
    }
    if !name.to_lowercase().ends_with(".toml") {
        return Ok(None);
    }
    let bytes = read_bytes(Path::new(name)).map_err(|e| Fault::work(e.0))?;
    let text = std::str::from_utf8(&bytes).map_err(|e| wrong(&e))?;
    TxtProfile::parse(text).map(Some).map_err(|e| wrong(&e))
}
