//! A layer of the workspace written as a file: format and system are asked, then the place.

use super::App;
use super::command::Command;
use super::jobs::{Kind, Result as Done};
use super::state::{Dialog, LayerExport, PathPurpose};
use crate::crs::{Crs, Kind as CrsKind};
use crate::io::TxtHead;
use crate::job::{Conversion, ConvertFormat, Input, convert_layer};
use crate::model::Contents;
use crate::text::Message;
use std::path::PathBuf;

/// The formats in the order of the dialog, with the extension each is written with.
pub const FORMATS: [(ConvertFormat, &str); 8] = [
    (ConvertFormat::Shapefile, "shp"),
    (ConvertFormat::Gpkg, "gpkg"),
    (ConvertFormat::GeoJson, "geojson"),
    (ConvertFormat::Kml, "kml"),
    (ConvertFormat::Dxf, "dxf"),
    (ConvertFormat::Txt, "txt"),
    (ConvertFormat::Xlsx, "xlsx"),
    (ConvertFormat::Csv, "csv"),
];

/// The systems that a format can be written in, the usual one first.
pub fn systems(contents: &Contents, order: &LayerExport) -> Vec<Crs> {
    let source = contents.layer(order.layer).and_then(|layer| layer.provenance.source_crs.clone());
    let degrees = |crs: &Crs| crs.kind() == Ok(CrsKind::Geographic);
    let mut all = vec![contents.crs.clone(), Crs::CGCS2000_LON_LAT];
    all.extend(source.filter(|crs| !all.contains(crs)));
    match order.format {
        ConvertFormat::Kml => all.retain(|crs| *crs == Crs::CGCS2000_LON_LAT),
        ConvertFormat::Dxf | ConvertFormat::Txt => all.retain(|crs| !degrees(crs)),
        ConvertFormat::GeoJson => all.sort_by_key(|crs| !degrees(crs)),
        _ => {}
    }
    all
}

impl App {
    pub(super) fn on_export_layer(&mut self, command: Command) {
        match command {
            Command::ExportLayer(layer) => {
                if let Some(layer) = layer.or_else(|| self.layer_in_hand()) {
                    self.state.dialog = Some(Dialog::Export(LayerExport { layer, format: ConvertFormat::Shapefile, to: None }));
                }
            }
            Command::ExportAs(order) => {
                if let Some(Dialog::Export(asked)) = &mut self.state.dialog {
                    *asked = order;
                }
            }
            Command::ExportWhere(order) => {
                self.state.dialog = None;
                self.state.export = Some(order);
                self.choose(PathPurpose::ExportLayer);
            }
            Command::ExportLayerTo(path) => self.export_layer(path),
            _ => {}
        }
    }

    fn export_layer(&mut self, path: PathBuf) {
        let (Some(order), Some(work)) = (self.state.export.take(), &self.state.work) else { return };
        let contents = work.document.snapshot().contents;
        let Some(layer) = contents.layer(order.layer).cloned() else { return };
        let extension = FORMATS.iter().find(|(format, _)| *format == order.format).map_or("", |(_, extension)| *extension);
        let out = if path.extension().is_some() { path } else { path.with_extension(extension) };
        let to = order.to.clone().or_else(|| systems(&contents, &order).into_iter().next());
        let head = TxtHead { producer: String::new(), date: Some(self.state.today) };
        // A dialog of the system asks before it lets a file be replaced; a typed path is not asked about.
        let force = !self.state.typed_path;
        // What is open is no place to write to.
        let input = work.path.clone().map(Input::file).unwrap_or_default();
        let conversion =
            Conversion { input, out: out.clone(), format: order.format, to, profile: None, form: None, encoding: None, head, force };
        let crs = contents.crs.clone();
        let words = Message::new("app.job.export_layer").with("layer", &*layer.head.name);
        self.jobs.start(&self.ctx, Kind::Other, Some(words), move |progress| {
            let result = convert_layer(&conversion, &layer, &crs, progress).map_err(|e| e.message().clone());
            Done::ExportedLayer { path: out, result: result.map(Box::new) }
        });
    }
}
