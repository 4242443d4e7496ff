//! The sample as a workspace: its layers with their uses, the two versions of the plan, what each layer speaks for.

use super::{BACKDROP, NOW, PLANNED, SampleError, SampleOptions, write_sample};
use crate::job::{Input, OpenError, gather, gather_onto};
use crate::model::{ClusterPlan, Contents, Coverage, Date, IdSource, PlanStatus, Role};
use crate::task::Progress;
use crate::text::Message;
use crate::workspace::{WorkspaceError, save};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// File name of the sample workspace.
pub const WORKSPACE: &str = "示例工程.gpkg";

/// Layers of the sample and what each is for; further files of sites are added as far as they can be read.
const LAYERS: [(&str, Role); 7] = [
    (BACKDROP, Role::Backdrop),
    ("行政区划_示意", Role::Districts),
    (NOW, Role::Plan),
    (PLANNED, Role::Plan),
    ("现状宗地", Role::Parcels),
    ("永久基本农田（虚构）", Role::Farmland),
    ("拟选址项目", Role::Sites),
];
const MORE_SITES: [&str; 2] = ["拟选址项目_补充_无坐标系.shp", "拟选址项目_自相交.shp"];

/// Why there is no sample workspace.
#[derive(Debug, thiserror::Error)]
pub enum SampleWorkspaceError {
    #[error(transparent)]
    Sample(#[from] SampleError),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Save(#[from] WorkspaceError),
}

impl SampleWorkspaceError {
    pub fn message(&self) -> Message {
        match self {
            Self::Sample(error) => Message::new("cli.sample_failed").with("cause", error.to_string()),
            Self::Open(error) => error.message().clone(),
            Self::Save(error) => error.message(),
        }
    }
}

/// Writes the sample's files into `dir` and opens them as an applicant's files would be.
///
/// # Errors
/// When a file cannot be written, or one of ours cannot be read.
pub fn sample_contents(dir: &Path, options: SampleOptions, progress: &Progress) -> Result<(Contents, IdSource), SampleWorkspaceError> {
    write_sample(dir, options)?;
    gathered(dir, progress)
}

/// As [`sample_contents`], saved beside the files; gives the paths of all, the workspace last.
///
/// # Errors
/// As [`sample_contents`], and when the workspace cannot be saved.
pub fn write_sample_workspace(dir: &Path, options: SampleOptions, progress: &Progress) -> Result<Vec<PathBuf>, SampleWorkspaceError> {
    let mut paths = write_sample(dir, options)?;
    let (contents, ids) = gathered(dir, progress)?;
    let path = dir.join(WORKSPACE);
    save(&path, &contents, ids, progress)?;
    paths.push(path);
    Ok(paths)
}

fn gathered(dir: &Path, progress: &Progress) -> Result<(Contents, IdSource), SampleWorkspaceError> {
    let file = |name: &str| Input::file(dir.join(name));
    let inputs: Vec<(Role, Input)> = LAYERS.iter().map(|(name, role)| (*role, file(&format!("{name}.shp")))).collect();
    let mut gathered = gather(&inputs, progress)?;
    for name in MORE_SITES {
        let ids = next_ids(&gathered.contents);
        if let Ok(more) = gather_onto(Some((gathered.contents.clone(), ids)), &[(Role::Sites, file(name))], progress) {
            gathered = more;
        }
    }
    let mut contents = gathered.contents;
    contents.sample = true;
    describe(&mut contents);
    // What is drawn joins the topmost layer of sites: that of the projects, not of the odd ones out.
    let projects = contents.layers_of(Role::Sites).max_by_key(|(_, l)| l.len()).map(|(id, _)| id);
    let mut order: Vec<_> = contents.order.iter().copied().filter(|id| Some(*id) != projects).collect();
    order.extend(projects);
    contents.order = order.into();
    let ids = next_ids(&contents);
    Ok((contents, ids))
}

/// The first id that no feature and no layer bears.
fn next_ids(contents: &Contents) -> IdSource {
    let highest = contents.layers.iter().flat_map(|(id, l)| l.features().map(|f| f.id.0).chain([id.0])).max().unwrap_or(0);
    IdSource { workspace: (highest >> 64) as u64, next: highest as u64 + 1 }
}

/// The version of the plan that a layer of the sample holds.
fn version(planned: bool) -> ClusterPlan {
    let day = |year, month, day| Some(Date { year, month, day });
    let known = ClusterPlan::default();
    if planned {
        ClusterPlan { version: "2015 规划".into(), status: PlanStatus::InForce, valid_from: day(2012, 9, 12), ..known }
    } else {
        let (from, to) = (day(2010, 12, 31), day(2012, 9, 11));
        ClusterPlan { version: "2010 现状".into(), status: PlanStatus::Superseded, valid_from: from, valid_to: to, ..known }
    }
}

/// What is known of the sample's layers: the two versions of the plan, and that its layers speak for the whole city.
fn describe(contents: &mut Contents) {
    let layers: Vec<_> = contents.layers.iter().map(|(id, layer)| (*id, layer.clone())).collect();
    for (id, layer) in layers {
        if layer.head.role == Role::Plan {
            let plan = version(layer.head.name.contains(PLANNED));
            contents.cluster_plans = contents.cluster_plans.insert(id, Arc::new(plan));
        }
        if matches!(layer.head.role, Role::Plan | Role::Districts | Role::Farmland) {
            let mut renewed = (*layer).clone();
            renewed.head.coverage = Coverage::WholeCity;
            contents.layers = contents.layers.insert(id, Arc::new(renewed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::open;

    #[test]
    fn the_sample_workspace_opens_with_both_versions_of_the_plan() {
        let folder = tempfile::tempdir().unwrap();
        let paths = write_sample_workspace(folder.path(), SampleOptions { parcels: 50 }, &Progress::new()).unwrap();
        assert_eq!(paths.last(), Some(&folder.path().join(WORKSPACE)));
        let opened = open(&folder.path().join(WORKSPACE), &Progress::new()).unwrap();
        assert!(opened.notes.is_empty() && opened.contents.sample);
        let versions: Vec<(String, Option<Date>)> =
            opened.contents.cluster_plans.iter().map(|(_, p)| (p.version.clone(), p.valid_from)).collect();
        assert_eq!(versions.len(), 2);
        assert!(versions.iter().all(|(version, from)| !version.is_empty() && from.is_some()), "{versions:?}");
    }
}
