//! `luodi map`: a sheet as PDF, PNG or SVG.

use super::fault::Fault;
use super::inputs::{Given, refuse_overwriting, settings_apply, write};
use super::meant::{Manner, MapOrder};
use super::outputs::{Format, Output};
use super::progress::with_bar;
use crate::geom::BBox;
use crate::job::today;
use crate::job::{MapFormat, MapRequest, render_map};
use crate::sheet::Paper;
use crate::task::Progress;
use crate::text::Message;

/// # Errors
/// Whatever keeps a named input, template, page or output from being used; nothing was written then.
pub(super) fn run(order: &MapOrder, manner: Manner) -> Result<(), Fault> {
    let base = MapRequest { lang: manner.lang, ..MapRequest::default() };
    let page = order.page.as_deref().map(paper).transpose()?.unwrap_or(base.page);
    let request = MapRequest {
        template: order.template.clone().unwrap_or(base.template.clone()),
        page,
        dpi: order.dpi.map_or(base.dpi, |dpi| dpi as f32),
        title: order.title.clone(),
        scale_denominator: order.scale,
        extent: order.extent.map(|[west, south, east, north]| BBox { min: [west, south], max: [east, north] }),
        ..base
    };
    let given = Given { inputs: order.layers.clone() };
    settings_apply(&given.inputs)?;
    let mut named = given.files();
    named.extend(order.workspace.as_deref());
    refuse_overwriting(&order.outputs, &named, manner.force)?;
    let read = |progress: &Progress| given.read(order.workspace.as_deref(), progress);
    let gathered = with_bar("cli.doing.read", !manner.quiet, manner.lang, read).map_err(Fault::crashed)??;
    let draw = |_: &Progress| {
        let one = |output: &Output| {
            let request = MapRequest { format: format(output.format)?, ..request.clone() };
            render_map(&gathered.contents, &request, today()).map_err(Fault::work)
        };
        order.outputs.iter().map(one).collect::<Result<Vec<_>, Fault>>()
    };
    let sheets = with_bar("cli.doing.map", !manner.quiet, manner.lang, draw).map_err(Fault::crashed)??;
    write(&order.outputs, sheets, manner)
}

fn paper(text: &str) -> Result<Paper, Fault> {
    let wrong = || Message::new("cli.value_wrong").with("flag", "--page").with("value", text).with("what", Message::new("cli.what.page"));
    Paper::parse(text).ok_or_else(|| Fault::usage(wrong()))
}

fn format(format: Format) -> Result<MapFormat, Fault> {
    let wrong = || Message::new("cli.out_format_not_built").with("format", format.word()).with("formats", "pdf png svg");
    MapFormat::of_extension(format.word()).ok_or_else(|| Fault::usage(wrong()))
}
