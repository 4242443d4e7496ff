//! What a check is about: the plan and the layers in memory, the sites block by block from their file where that can be.

use super::fault::Fault;
use super::inputs::Given;
use super::meant::CheckOrder;
use super::outputs::{Format, Output};
use crate::io::hash_file;
use crate::job::results::{Ending, Head, note_lines};
use crate::job::{Gathered, ProjectTable, SiteCover, SiteReader, SiteStream, gather_onto, verdict_json};
use crate::model::{Contents, Date, LayerId, Role, SiteFields};
use crate::task::Progress;
use crate::text::Message;
use serde_json::json;

/// Everything read but the sites' features.
pub(super) struct Asked {
    pub contents: Contents,
    pub plan: LayerId,
    pub sites: Sites,
}

pub(super) enum Sites {
    /// Read block by block: memory does not grow with their number.
    Stream(Box<SiteStream>),
    /// A layer of the contents, with the columns that the user named.
    Layer { id: LayerId, columns: Vec<(String, usize)> },
}

impl Asked {
    /// `only_on_sites`: nothing is asked of the constraints but what lies on the sites.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub fn read(order: &CheckOrder, given: &Given, date: Date, only_on_sites: bool, progress: &Progress) -> Result<Self, Fault> {
        let inputs = match order.sites.as_ref().filter(|_| only_on_sites) {
            Some(sites) => SiteCover::limit(sites, &given.inputs, progress),
            None => given.inputs.clone(),
        };
        let mut gathered = Given { inputs }.read(order.workspace.as_deref(), progress)?;
        let plan = plan_of(&gathered, date)?;
        let Some(input) = &order.sites else {
            let id = gathered.contents.layers_of(Role::Sites).map(|(id, _)| id).next();
            let id = id.ok_or_else(|| Fault::work(Message::new("cli.no_sites")))?;
            return Ok(Self { contents: gathered.contents, plan, sites: Sites::Layer { id, columns: Vec::new() } });
        };
        let refused = |e: crate::job::OpenError| Fault::work(e.message().clone());
        if let Some(stream) = SiteStream::open(input, &gathered.contents, &mut gathered.ids, progress).map_err(refused)? {
            return Ok(Self { contents: gathered.contents, plan, sites: Sites::Stream(Box::new(stream)) });
        }
        let base = Some((gathered.contents, gathered.ids));
        let whole = gather_onto(base, &[(Role::Sites, input.clone())], progress).map_err(refused)?;
        let sites = whole.layers.into_iter().next().ok_or_else(|| Fault::work(Message::new("cli.no_sites")))?;
        Ok(Self { contents: whole.contents, plan, sites: Sites::Layer { id: sites.id, columns: sites.columns } })
    }
}

/// The plan of the command line; else the workspace's that is in force on the date.
fn plan_of(gathered: &Gathered, date: Date) -> Result<LayerId, Fault> {
    let contents = &gathered.contents;
    let in_force = |id: &LayerId| contents.cluster_plans.get(id).is_none_or(|plan| plan.in_force(date));
    let plans: Vec<LayerId> = contents.layers_of(Role::Plan).map(|(id, _)| id).collect();
    let found = gathered.first(Role::Plan).map(|l| l.id).or_else(|| plans.iter().rev().find(|id| in_force(id)).or(plans.first()).copied());
    found.ok_or_else(|| Fault::work(Message::new("check.no_plan")))
}

impl Sites {
    pub fn len(&self, contents: &Contents) -> usize {
        match self {
            Self::Stream(sites) => sites.len(),
            Self::Layer { id, .. } => contents.layer(*id).map_or(0, |layer| layer.len()),
        }
    }

    /// How their features are read.
    pub fn reader<'a>(&self, contents: &Contents, table: Option<&'a ProjectTable>) -> SiteReader<'a> {
        match self {
            Self::Stream(sites) => {
                let source_plane = sites.provenance().source_crs.as_ref().and_then(|crs| crs.gauss_kruger());
                let fields = SiteFields { source_plane, ..SiteFields::guess(sites.fields()) };
                SiteReader::of(fields, sites.fields(), &sites.columns, table)
            }
            Self::Layer { id, columns } => match contents.layer(*id) {
                Some(layer) => SiteReader::of(SiteFields::of(layer), &layer.fields, columns, table),
                None => SiteReader::new(SiteFields::guess(&[])),
            },
        }
    }

    /// Adds to the head what is known of a stream before it is read; gives the notes that are said with it.
    ///
    /// # Errors
    /// When the file can no longer be read.
    pub fn begin(&self, order: &CheckOrder, head: &mut Head) -> Result<Vec<Message>, Fault> {
        let (Self::Stream(sites), Some(input)) = (self, &order.sites) else { return Ok(Vec::new()) };
        let mut from = sites.provenance();
        // How many are sound is known at the end.
        from.notes.retain(|note| note.code != "io.sound");
        // Nothing of the head is in a table of rows only.
        let told = |output: &Output| !matches!(output.format, Format::Csv | Format::Jsonl);
        if order.outputs.iter().any(told) {
            from.file_hash = Some(hash_file(&input.path).map_err(|e| Fault::work(e.0))?);
        }
        head.add_input(Role::Sites, &from, sites.len());
        Ok(from.notes)
    }

    /// Adds to the ending what was found in a stream while it was read.
    pub fn end(&self, before: &[Message], ending: &mut Ending) {
        let Self::Stream(sites) = self else { return };
        let from = sites.provenance();
        let found: Vec<Message> = from.notes.into_iter().filter(|note| !before.contains(note)).collect();
        ending.members.push(("sites_notes", json!(found.iter().map(verdict_json::message).collect::<Vec<_>>())));
        let lines = note_lines(&found);
        if !lines.is_empty() {
            let role = Message::new(Role::Sites.facts().name_key);
            ending.lines.push(Message::new("cli.input_is").with("role", role).with("file", &*from.file));
            ending.lines.extend(lines);
        }
    }
}
