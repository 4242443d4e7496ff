//! `luodi sample`: the illustrative city as files, and the precheck of it for a call that names nothing.

use super::fault::Fault;
use super::meant::{CheckOrder, Manner, SampleOrder};
use super::outputs::{Format, Output, Target};
use super::progress::with_bar;
use crate::io::check_output;
use crate::job::Input;
use crate::job::sample::{PLANNED, SampleOptions, WORKSPACE, sample_files, write_sample_workspace};
use crate::model::Role;
use crate::text::Message;

/// # Errors
/// When a file is there already (unless forced) or cannot be written.
pub(super) fn run(order: &SampleOrder, manner: Manner) -> Result<(), Fault> {
    let options = order.parcels.map_or_else(SampleOptions::default, |parcels| SampleOptions { parcels });
    let failed = |cause: String| Fault::work(Message::new("cli.sample_failed").with("cause", cause));
    let work = |progress: &_| {
        let files = sample_files(options).map_err(|e| failed(e.to_string()))?;
        for name in files.iter().map(|(name, _)| name.as_str()).chain([WORKSPACE]) {
            check_output(&order.folder.join(name), &[], manner.force).map_err(|e| Fault::work(e.0))?;
        }
        write_sample_workspace(&order.folder, options, progress).map_err(|e| Fault::work(e.message()))
    };
    let written = with_bar("cli.doing.sample", !manner.quiet, manner.lang, work).map_err(Fault::crashed)??;
    if !manner.quiet {
        let folder = order.folder.display().to_string();
        super::say(&Message::new("cli.sample_wrote").with("count", written.len()).with("folder", folder).render(manner.lang));
    }
    Ok(())
}

/// The precheck of the sample, for a call that names nothing: the sample is written to a folder of its own, and so are
/// the results unless the call says where.
///
/// # Errors
/// When the folder cannot be written to.
pub(super) fn check_order(order: &CheckOrder, manner: Manner) -> Result<CheckOrder, Fault> {
    let folder = std::env::temp_dir().join("luodi-sample");
    run(&SampleOrder { folder: folder.clone(), parcels: None }, Manner { force: true, ..manner })?;
    let file = |stem: &str| Input::file(folder.join(format!("{stem}.shp")));
    // The sample's farmland is all there is in the sample's city.
    let mut farmland = file("永久基本农田\u{ff08}虚构\u{ff09}");
    farmland.settings.coverage = Some("all".to_owned());
    let result = |format: Format| Output { format, target: Target::File(folder.join(format!("核查结果.{}", format.word()))) };
    let outputs = match order.outputs.as_slice() {
        [] => vec![result(Format::Csv), result(Format::Json), result(Format::GeoJson)],
        named => named.to_vec(),
    };
    Ok(CheckOrder {
        plan: Some(file(PLANNED)),
        sites: Some(file("拟选址项目")),
        layers: vec![(Role::Districts, file("行政区划_示意")), (Role::Farmland, farmland)],
        outputs,
        ..order.clone()
    })
}
