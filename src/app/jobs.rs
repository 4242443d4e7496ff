//! Work that goes on beside the window: what it is, how far it is, and what it came to.

use super::check::Batch;
use super::page::MadePage;
use super::state::{PathPurpose, PlanScale};
use crate::document::Document;
use crate::job::{ClusterTable, Converted, EncodingSample, Input, Inspection, OpenBackdrop, OpenError, Opened};
use crate::model::{Classes, FeatureId, Layer, LayerId, Role};
use crate::task::{Outcome, Progress, Task, run_here, spawn};
use crate::text::Message;
use std::path::PathBuf;
use std::sync::Arc;

/// A workspace as it came from its file.
pub struct Loaded {
    pub document: Document,
    pub notes: Vec<Message>,
}

/// What a finished job brings.
pub enum Result {
    Checked(Box<Batch>),
    Opened {
        input: Box<Input>,
        role: Role,
        result: std::result::Result<Box<Opened>, Box<OpenError>>,
        /// How it reads in each encoding, where that is in doubt.
        samples: Vec<EncodingSample>,
    },
    /// A workspace was opened, or the sample made.
    Loaded {
        path: Option<PathBuf>,
        result: std::result::Result<Box<Loaded>, Message>,
    },
    /// A picture was opened: a new one, or one that the workspace names.
    Backdrop {
        known: Option<LayerId>,
        input: Box<Input>,
        result: std::result::Result<Arc<OpenBackdrop>, Box<OpenError>>,
    },
    Saved {
        path: PathBuf,
        /// The revision that was written.
        result: std::result::Result<u64, Message>,
    },
    Exported {
        path: PathBuf,
        result: std::result::Result<(), Message>,
    },
    ExportedLayer {
        path: PathBuf,
        result: std::result::Result<Box<Converted>, Message>,
    },
    Measured {
        revision: u64,
        plans: Vec<PlanScale>,
    },
    Paged(Box<MadePage>),
    /// The rows of the attribute table.
    Ordered {
        layer: LayerId,
        sort: Option<(usize, bool)>,
        order: Arc<Vec<FeatureId>>,
    },
    /// A table against the clusters of a plan.
    Clusters {
        layer: LayerId,
        result: std::result::Result<Arc<ClusterTable>, Message>,
    },
    /// What the data doctor found; `None` when it was stopped.
    Examined {
        layer: LayerId,
        of: Arc<Layer>,
        found: Option<Arc<Inspection>>,
    },
    /// Classes of a layer's field; `None` when it has no values to part.
    Classes {
        layer: LayerId,
        field: Arc<str>,
        classes: Option<Classes>,
    },
    Chosen {
        purpose: PathPurpose,
        paths: Option<Vec<PathBuf>>,
    },
    /// It panicked.
    Crashed(String),
}

struct Running {
    id: u64,
    words: Message,
    /// Dialogs and other things that need no line in the status bar.
    quiet: bool,
    kind: Kind,
    task: Task<Result>,
}

/// Of some kinds only the newest counts: starting one drops the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Check,
    Measure,
    Classes,
    Table,
    Doctor,
    Load,
    Other,
}

/// Running jobs, oldest first.
pub struct Jobs {
    running: Vec<Running>,
    next: u64,
    /// Everything is done at once: for tests.
    inline: bool,
}

/// A job as the status bar shows it.
pub struct JobLine<'a> {
    pub id: u64,
    pub words: &'a Message,
    pub counts: (u64, u64),
}

impl Jobs {
    pub fn new(inline: bool) -> Self {
        Self { running: Vec::new(), next: 1, inline }
    }

    pub fn runs(&self, kind: Kind) -> bool {
        self.running.iter().any(|job| job.kind == kind)
    }

    pub fn is_inline(&self) -> bool {
        self.inline
    }

    /// Starts `work`; of a kind of which only the newest counts, the one that runs is cancelled.
    pub fn start(
        &mut self,
        ctx: &egui::Context,
        kind: Kind,
        words: Option<Message>,
        work: impl FnOnce(&Progress) -> Result + Send + 'static,
    ) {
        if kind != Kind::Other {
            self.running.retain(|r| r.kind != kind);
        }
        let ctx = ctx.clone();
        let task = if self.inline { run_here(work) } else { spawn("luodi-job", move || ctx.request_repaint(), work) };
        let quiet = words.is_none();
        self.running.push(Running { id: self.next, words: words.unwrap_or(Message::new("app.name")), quiet, kind, task });
        self.next += 1;
    }

    /// Results that have come since the last call.
    pub fn finished(&mut self) -> Vec<Result> {
        let mut done = Vec::new();
        self.running.retain(|job| match job.task.poll() {
            None => true,
            Some(Outcome::Done(result)) => {
                done.push(result);
                false
            }
            Some(Outcome::Crashed(cause)) => {
                done.push(Result::Crashed(cause));
                false
            }
        });
        done
    }

    /// Asks a job to stop; what it has done so far still comes.
    pub fn cancel(&mut self, id: u64) {
        for job in self.running.iter().filter(|j| j.id == id) {
            job.task.progress().cancel();
        }
    }

    pub fn lines(&self) -> Vec<JobLine<'_>> {
        let shown = self.running.iter().filter(|j| !j.quiet);
        shown.map(|j| JobLine { id: j.id, words: &j.words, counts: j.task.progress().counts() }).collect()
    }
}
