//! `luodi sample`: the illustrative city as files and as a workspace.

use super::fault::Fault;
use super::meant::{Manner, SampleOrder};
use super::progress::with_bar;
use crate::io::check_output;
use crate::job::sample::{SampleOptions, sample_files, write_sample};
use crate::text::Message;

/// # Errors
/// When a file is there already (unless forced) or cannot be written.
pub(super) fn run(order: &SampleOrder, manner: Manner) -> Result<(), Fault> {
    let options = order.parcels.map_or_else(SampleOptions::default, |parcels| SampleOptions { parcels });
    let failed = |cause: String| Fault::work(Message::new("cli.sample_failed").with("cause", cause));
    let work = |_: &_| {
        let files = sample_files(options).map_err(|e| failed(e.to_string()))?;
        for (name, _) in &files {
            check_output(&order.folder.join(name), &[], manner.force).map_err(|e| Fault::work(e.0))?;
        }
        write_sample(&order.folder, options).map_err(|e| failed(e.to_string()))
    };
    let written = with_bar("cli.doing.sample", !manner.quiet, manner.lang, work).map_err(Fault::crashed)??;
    if !manner.quiet {
        let folder = order.folder.display().to_string();
        super::say(&Message::new("cli.sample_wrote").with("count", written.len()).with("folder", folder).render(manner.lang));
    }
    Ok(())
}
