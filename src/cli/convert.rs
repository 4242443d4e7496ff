//! `luodi convert`: any file that is read as one of those that are written.

use super::fault::Fault;
use super::meant::{ConvertOrder, Manner};
use super::progress::with_bar;
use crate::io::{GEOMETRY_COLUMNS, TxtHead, TxtProfile, check_output, read_bytes};
use crate::job::{
    CHINA, ClusterTable, Conversion, ConvertFormat, Converted, Input, TableForm, convert, convert_layer, crs_words, gather, today,
    write_cluster_template,
};
use crate::model::{Contents, LayerId, Role, apply};
use crate::task::Progress;
use crate::text::{Arg, Message};
use std::path::Path;

/// # Errors
/// Whatever keeps the input or the output from being used; nothing was written then.
pub(super) fn run(order: &ConvertOrder, manner: Manner) -> Result<(), Fault> {
    if order.profile.as_deref() == Some(CLUSTERS) {
        return template(order, manner);
    }
    let conversion = conversion(order, manner)?;
    let work = |progress: &Progress| match &order.attributes {
        Some((table, join)) => with_attributes(&conversion, table, join.as_deref(), manner, progress),
        None => convert(&conversion, CHINA, progress).map_err(|e| Fault::work(e.message().clone())),
    };
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

/// The profile of a workbook that is the template of a plan's attributes.
const CLUSTERS: &str = "clusters";

/// A plan of clusters as a layer, in the plane that fits it.
fn plan(input: &Input, progress: &Progress) -> Result<(Contents, LayerId), Fault> {
    let gathered = gather(&[(Role::Plan, input.clone())], progress).map_err(|e| Fault::work(e.message().clone()))?;
    let id = gathered.first(Role::Plan).map(|layer| layer.id).unwrap_or(LayerId(0));
    Ok((gathered.contents, id))
}

fn template(order: &ConvertOrder, manner: Manner) -> Result<(), Fault> {
    if ConvertFormat::of_path(&order.out) != Some(ConvertFormat::Xlsx) || order.attributes.is_some() {
        return Err(Fault::usage(Message::new("cli.convert_clusters").with("file", order.out.display().to_string())));
    }
    check_output(&order.out, &[order.input.path.as_path()], manner.force).map_err(|e| Fault::work(e.0))?;
    let work = |progress: &Progress| {
        let (contents, id) = plan(&order.input, progress)?;
        let Some(layer) = contents.layer(id) else { return Ok(()) };
        write_cluster_template(layer, &order.out, manner.lang).map_err(|e| Fault::work(e.0))
    };
    with_bar("cli.doing.convert", !manner.quiet, manner.lang, work).map_err(Fault::crashed)??;
    if !manner.quiet {
        super::say(&Message::new("cli.wrote").with("file", order.out.display().to_string()).render(manner.lang));
    }
    Ok(())
}

/// The plan with the attributes of a table, joined by the clusters' codes; what became of the table is said.
fn with_attributes(
    conversion: &Conversion,
    table: &Path,
    join: Option<&str>,
    manner: Manner,
    progress: &Progress,
) -> Result<Converted, Fault> {
    let (contents, id) = plan(&conversion.input, progress)?;
    let missing = || Fault::work(Message::new("io.no_features").with("file", conversion.input.path.display().to_string()));
    let table = ClusterTable::read(table, join, contents.layer(id).ok_or_else(missing)?).map_err(Fault::work)?;
    if !manner.quiet {
        table.lines().iter().for_each(|line| super::say(&line.render(manner.lang)));
    }
    let (contents, _) = apply(&contents, &table.change(&contents, id));
    let layer = contents.layer(id).ok_or_else(missing)?;
    // Where nobody asks for another system a file keeps its own; some formats have one of theirs.
    let of_format = matches!(conversion.format, ConvertFormat::GeoJson | ConvertFormat::Kml);
    let own = layer.provenance.source_crs.clone().filter(|_| !of_format);
    let to = conversion.to.clone().or(own);
    let conversion = Conversion { to, ..conversion.clone() };
    convert_layer(&conversion, layer, &contents.crs, progress).map_err(|e| Fault::work(e.message().clone()))
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
                form = Some(TableForm::by_name(name).ok_or_else(|| refused(format!("wkt points {CLUSTERS}")))?)
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
