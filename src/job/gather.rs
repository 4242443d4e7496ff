//! Files with their roles gathered into one workspace, in the plane that fits the plan.

use super::open::lon_lat;
use super::{Input, OpenError, Opened, open_layer};
use crate::crs::{Crs, to_lon_lat};
use crate::geom::BBox;
use crate::io::Soundness;
use crate::model::{Change, Contents, Entry, Field, IdSource, LayerId, Role, apply};
use crate::task::Progress;
use crate::text::Message;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Layers in one plane, and what was found on the way.
#[derive(Clone, Debug)]
pub struct Gathered {
    pub contents: Contents,
    /// Where further ids come from.
    pub ids: IdSource,
    /// In the order asked for.
    pub layers: Vec<GatheredLayer>,
}

#[derive(Clone, Debug)]
pub struct GatheredLayer {
    pub role: Role,
    pub path: PathBuf,
    pub id: LayerId,
    /// Columns that the user named for `id`, `name`, `industry`.
    pub columns: Vec<(String, usize)>,
    pub soundness: Soundness,
}

impl Gathered {
    /// The first layer of a role.
    pub fn first(&self, role: Role) -> Option<&GatheredLayer> {
        self.layers.iter().find(|l| l.role == role)
    }
}

/// The plane a file is looked at in before it is known where it lies.
const USUAL_PLANE: Crs = Crs::CGCS2000_ZONE_40;

/// Opens every input. The districts, else the plan, say where the other data is expected; the plane is the plan's own
/// if it is a CGCS2000 Gauss–Krüger plane, else the 3° zone that the plan (else the first layer) lies in.
///
/// # Errors
/// The first input that cannot be used; nothing is kept then.
pub fn gather(inputs: &[(Role, Input)], progress: &Progress) -> Result<Gathered, OpenError> {
    gather_onto(None, inputs, progress)
}

/// As [`gather`], onto what a workspace holds already: its plane stays, its plan says where the other data is expected.
///
/// # Errors
/// The first input that cannot be used.
pub fn gather_onto(base: Option<(Contents, IdSource)>, inputs: &[(Role, Input)], progress: &Progress) -> Result<Gathered, OpenError> {
    let nowhere = BBox::of(&[]);
    let (base, mut ids) = base.map_or((None, IdSource::new(1)), |(contents, ids)| (Some(contents), ids));
    let mut open =
        |(role, input): &(Role, Input), plane: &Crs, place: BBox| open_layer(input, *role, plane, place, None, &mut ids, progress);
    let mut place = nowhere;
    let mut plane = USUAL_PLANE;
    let at = |role| inputs.iter().position(|(r, _)| *r == role);
    let (districts, plan) = (at(Role::Districts), at(Role::Plan));
    // What leads is opened in the usual plane first, to learn where it lies; most often that plane is the right one.
    let mut seen: BTreeMap<usize, Opened> = BTreeMap::new();
    let leading = plan.or(districts).unwrap_or(0);
    if let Some(base) = &base {
        plane = base.crs.clone();
        let leads = [Role::Districts, Role::Plan].into_iter().find_map(|role| base.layers_of(role).next());
        place = leads.and_then(|(_, layer)| lon_lat(&plane, layer.bbox())).unwrap_or(nowhere);
    }
    let looked_at = if base.is_some() { None } else { Some(leading) };
    for i in districts.filter(|_| base.is_none()).into_iter().chain(looked_at.filter(|i| Some(*i) != districts)) {
        let Some(input) = inputs.get(i) else { continue };
        let opened = open(input, &USUAL_PLANE, place)?;
        if place.is_empty() && matches!(input.0, Role::Districts | Role::Plan) {
            place = place_of(&opened);
        }
        if i == leading {
            plane = plane_of(&opened);
        }
        seen.insert(i, opened);
    }
    let known = base.is_some();
    let mut contents = base.unwrap_or_else(|| Contents::new(plane.clone()));
    let mut layers = Vec::with_capacity(inputs.len());
    for (i, given) in inputs.iter().enumerate() {
        let (role, input) = given;
        // The data that says where the place is is not measured against itself.
        let own = !known && (*role == Role::Districts || (*role == Role::Plan && districts.is_none()));
        let expected = if own { nowhere } else { place };
        let mut opened = match seen.remove(&i).filter(|_| plane == USUAL_PLANE) {
            Some(opened) => opened,
            None => open(given, &plane, expected)?,
        };
        if *role != Role::Sites {
            name_columns(&mut opened, *role);
        }
        let change = Change {
            note: Message::new("cli.doing.read"),
            entries: vec![Entry::Layer { id: opened.id, becomes: Some(Arc::new(opened.layer)) }],
        };
        contents = apply(&contents, &change).0;
        let (id, columns, soundness) = (opened.id, opened.columns, opened.soundness);
        layers.push(GatheredLayer { role: *role, path: input.path.clone(), id, columns, soundness });
    }
    Ok(Gathered { contents, ids, layers })
}

/// Where an opened layer lies, in degrees; the layer is in the usual plane.
fn place_of(opened: &Opened) -> BBox {
    lon_lat(&USUAL_PLANE, opened.layer.bbox()).unwrap_or(BBox::of(&[]))
}

/// The plane to measure in, for a layer looked at in the usual plane.
fn plane_of(opened: &Opened) -> Crs {
    if let Some(own) = opened.layer.provenance.source_crs.as_ref().filter(|crs| crs.gauss_kruger().is_some()) {
        return own.clone();
    }
    let bbox = opened.layer.bbox();
    if bbox.is_empty() {
        return USUAL_PLANE;
    }
    let centre = to_lon_lat(&USUAL_PLANE, bbox.center());
    // EPSG 4513 … 4533 are the 3° zones 25 … 45 of CGCS2000 with the zone in the easting.
    let zone = centre.map_or(40.0, |[lon, _]| (lon / 3.0).round().clamp(25.0, 45.0));
    Crs::Epsg(4513 + (zone as u32 - 25))
}

/// Name of the column that a meaning is looked for under, in a layer of this role; `None` where nothing looks for it. The
/// sites are no case: their columns are told to whoever reads them.
pub fn column_for(role: Role, meaning: &str) -> Option<&'static str> {
    Some(match (role, meaning) {
        (Role::Plan, "id") => "编号",
        (Role::Plan, "industry") => "主导产业",
        (Role::Plan, "grade") => "集聚区级别",
        (Role::Plan, "kind") => "类型",
        (Role::Sites, _) => return None,
        // The code of a district, a use, a class.
        (_, "id") => "XZQDM",
        (_, "name") => "名称",
        _ => return None,
    })
}

/// Columns are found by their names, so a column that the user names for a meaning takes that name.
fn name_columns(opened: &mut Opened, role: Role) {
    let mut fields: Vec<Field> = opened.layer.fields.to_vec();
    for (meaning, column) in &opened.columns {
        let Some(name) = column_for(role, meaning) else { continue };
        for (i, field) in fields.iter_mut().enumerate() {
            if i == *column {
                field.name = name.into();
            } else if &*field.name == name {
                field.name = format!("{name}_").into();
            }
        }
    }
    opened.layer.fields = fields.into();
}
