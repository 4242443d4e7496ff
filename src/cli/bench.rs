//! `luodi bench`: a yardstick task by the same functions as the real commands.

use super::fault::Fault;
use super::meant::{BenchOrder, Manner};
use super::progress::with_bar;
use crate::job::bench::bench;
use crate::text::Message;

/// # Errors
/// Data that cannot be used, a folder that cannot be written to.
pub(super) fn run(order: &BenchOrder, manner: Manner) -> Result<(), Fault> {
    // The task without a size is that of the yardstick's middle size.
    let task = match &*order.task {
        "T2" => "T2_100k",
        "T7" => "T7_100k",
        other => other,
    };
    let work = |progress: &_| bench(task, &order.data, &order.out, order.jobs.unwrap_or(0), progress);
    let done = with_bar("cli.doing.bench", !manner.quiet, manner.lang, work).map_err(Fault::crashed)?;
    let path = done.map_err(|e| Fault::work(e.message()))?;
    if !manner.quiet {
        super::say(&Message::new("cli.wrote").with("file", path.display().to_string()).render(manner.lang));
    }
    Ok(())
}
