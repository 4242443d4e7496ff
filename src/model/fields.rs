//! Which column means what: guessed from the names bureaus use, overruled by the user.

use super::indicator::{columns, is_figure, is_limit};
use super::{Field, Layer};
use crate::geom::GaussKruger;

/// Columns of a plan layer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterFields {
    pub id: Option<usize>,
    pub name: Option<usize>,
    pub district: Option<usize>,
    pub district_code: Option<usize>,
    pub key_development: Option<usize>,
    pub key_creation: Option<usize>,
    /// The grade in words, where a plan gives no dates.
    pub grade: Option<usize>,
    pub kind: Option<usize>,
    pub base_level: Option<usize>,
    pub leading: Option<usize>,
    pub supporting: Option<usize>,
    pub allowed: Option<usize>,
    pub forbidden: Option<usize>,
    pub edition: Option<usize>,
    pub parent: Option<usize>,
    /// What the cluster asks of projects, by the names of the columns.
    pub limits: Vec<(String, usize)>,
}

/// Names of a column with the code of a cluster.
pub const CLUSTER_ID_COLUMNS: [&str; 7] = ["编号", "集聚区编号", "ZONE_CODE", "BSM", "标识码", "id", "code"];

impl ClusterFields {
    pub fn guess(fields: &[Field]) -> Self {
        let find = |names: &[&str]| field_named(fields, names);
        Self {
            id: find(&CLUSTER_ID_COLUMNS),
            name: find(&["名称", "集聚区名称", "NAME", "MC", "集聚区"]),
            district: find(&["区市", "DISTRICT", "XZQMC", "行政区", "所在区市"]),
            district_code: find(&["区市代码", "XZQDM", "ADCODE", "行政代码"]),
            key_development: find(&["发展日期", "重点发展", "KEY_DEV"]),
            key_creation: find(&["创建日期", "重点创建", "KEY_CRE"]),
            grade: find(&["集聚区级别"]),
            kind: find(&["类型", "TYPE"]),
            base_level: find(&["基地级别", "BASE_LV"]),
            leading: find(&["主导产业", "LEAD_IND"]),
            supporting: find(&["配套产业", "SUP_IND"]),
            allowed: find(&["允许产业", "ALLOW_IND"]),
            forbidden: find(&["禁止产业", "FORBID_IND"]),
            edition: find(&["行业版本", "IND_EDIT"]),
            parent: find(&["上级编号", "PARENT"]),
            limits: columns(fields, is_limit),
        }
    }
}

/// Columns of a layer of sites.
#[derive(Clone, Debug, PartialEq)]
pub struct SiteFields {
    pub id: Option<usize>,
    pub name: Option<usize>,
    pub applicant: Option<usize>,
    pub kind: Option<usize>,
    pub industry: Option<usize>,
    pub applied: Option<usize>,
    pub stated_area: Option<usize>,
    /// m² in one unit of the stated area: 1, or 10 000 where the field's name says 公顷.
    pub stated_area_unit_m2: f64,
    pub project: Option<usize>,
    /// Figures of the project, by the names of the columns.
    pub figures: Vec<(String, usize)>,
    /// The plane the file was in, where that was a Gauss–Krüger plane.
    pub source_plane: Option<GaussKruger>,
}

impl SiteFields {
    /// The columns of a layer, and the plane that its file was in.
    pub fn of(layer: &Layer) -> Self {
        let source_plane = layer.provenance.source_crs.as_ref().and_then(|crs| crs.gauss_kruger());
        Self { source_plane, ..Self::guess(&layer.fields) }
    }

    /// Every column that a site is read from.
    pub fn columns(&self) -> Vec<usize> {
        let single = [self.id, self.name, self.applicant, self.kind, self.industry, self.applied, self.stated_area, self.project];
        single.into_iter().flatten().chain(self.figures.iter().map(|(_, column)| *column)).collect()
    }

    pub fn guess(fields: &[Field]) -> Self {
        let find = |names: &[&str]| field_named(fields, names);
        let hectares = find(&["地块面积公顷", "面积公顷", "用地公顷", "AREA_HA"]);
        let square_metres = find(&["用地面积", "YDMJ", "地块面积", "面积", "AREA", "MJ"]);
        Self {
            id: find(&["site_id", "id", "BSM", "DKBH", "地块编号", "项目编号", "编号"]),
            name: find(&["name", "项目名称", "XMMC", "地块名称", "DKMC", "名称"]),
            applicant: find(&["单位", "建设单位", "申请单位", "applicant"]),
            kind: find(&["项目类型", "建设性质", "kind"]),
            industry: find(&["行业代码", "industry", "HYDM", "行业"]),
            applied: find(&["申请日期", "收件日期", "applied"]),
            stated_area: hectares.or(square_metres),
            stated_area_unit_m2: if hectares.is_some() { 10_000.0 } else { 1.0 },
            project: find(&PROJECT_COLUMNS),
            figures: columns(fields, is_figure),
            source_plane: None,
        }
    }
}

/// Names of a column with the code of a project, in layers of sites and of supplied and pending land alike.
pub const PROJECT_COLUMNS: [&str; 6] = ["项目代码", "XMDM", "project", "project_id", "PROJ_CODE", "项目编码"];

/// Column of the first of `names` that a field bears, whatever its case.
pub fn field_named(fields: &[Field], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| fields.iter().position(|f| f.name.trim().eq_ignore_ascii_case(name)))
}
