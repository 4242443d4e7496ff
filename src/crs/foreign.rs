//! What only PROJ knows: systems outside the national tables. One PROJ object per thread and pair.

use super::facts::Facts;
use super::{Crs, CrsError};
use crate::geom::Point;
use proj::Proj;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

/// A definition longer than this is not a reference system.
const LONGEST_WKT: usize = 64 * 1024;

/// What each pair of definitions came to: a way from one to the other, or none.
type Ways = HashMap<(String, String), Option<Rc<Opened>>>;

thread_local! {
    static OPENED: RefCell<Ways> = RefCell::new(HashMap::new());
    static FACTS: RefCell<HashMap<Crs, Option<Known>>> = RefCell::new(HashMap::new());
}

/// A foreign system as PROJ describes it.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub facts: Facts,
    pub name: String,
}

/// Drops `PROJ_DATA` and `PROJ_LIB` of this process: a database of another PROJ makes every transform fail, although
/// a good one is embedded.
///
/// Call it first thing in `main`: no other thread may be running, for the environment is not guarded.
pub fn forget_foreign_data() {
    for name in ["PROJ_DATA", "PROJ_LIB"] {
        // SAFETY: by the contract above nothing else reads or writes the environment meanwhile.
        unsafe { std::env::remove_var(name) };
    }
}

/// Whether this can be the text of a definition; nothing else reaches PROJ, which would also read files and names.
pub(super) fn is_wkt(text: &str) -> bool {
    const ROOTS: [&str; 13] = [
        "GEOGCS",
        "PROJCS",
        "COMPD_CS",
        "GEOGCRS",
        "GEOGRAPHICCRS",
        "GEODCRS",
        "GEODETICCRS",
        "PROJCRS",
        "PROJECTEDCRS",
        "COMPOUNDCRS",
        "BOUNDCRS",
        "GEOCCS",
        "LOCAL_CS",
    ];
    let root: String = text.chars().take_while(|c| c.is_ascii_alphabetic() || *c == '_').collect::<String>().to_ascii_uppercase();
    text.len() <= LONGEST_WKT && !text.contains('\0') && ROOTS.contains(&root.as_str())
}

/// Facts and name of a system by its definition; `None` when PROJ does not know it or it has no horizontal position.
pub(super) fn known(crs: &Crs) -> Option<Known> {
    FACTS.with_borrow_mut(|cache| cache.entry(crs.clone()).or_insert_with(|| describe(&definition(crs))).clone())
}

fn describe(definition: &str) -> Option<Known> {
    let json = projjson(definition)?;
    let name = json.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    Some(Known { facts: Facts::of_projjson(&json)?, name })
}

fn projjson(definition: &str) -> Option<Value> {
    serde_json::from_str(&Proj::new(definition).ok()?.to_projjson(Some(false), None, None).ok()?).ok()
}

pub(super) fn definition(crs: &Crs) -> String {
    match crs {
        Crs::Epsg(code) => format!("EPSG:{code}"),
        Crs::Wkt(text) => text.to_string(),
    }
}

/// A way of PROJ between two systems.
struct Opened {
    proj: Proj,
    /// PROJ chooses among several operations by place, so each position must be asked which one it was.
    chooses: bool,
}

fn open(from: &Crs, to: &Crs) -> Option<Rc<Opened>> {
    let pair = (definition(from), definition(to));
    let make = |(from, to): &(String, String)| {
        let proj = Proj::new_known_crs(from, to, None).ok()?;
        // PROJ names its operation at once only when there is no choice.
        let chooses = proj.proj_info().description.is_none_or(|d| d.starts_with("unavailable"));
        Some(Rc::new(Opened { proj, chooses }))
    };
    OPENED.with_borrow_mut(|cache| cache.entry(pair).or_insert_with_key(make).clone())
}

/// Whether the operation only pretends that two datums agree.
fn pretends(proj: &Proj) -> bool {
    proj.proj_info().description.is_some_and(|d| d.contains("Ballpark"))
}

/// Whether PROJ knows a way between two systems that is more than pretending; for a choice among several ways
/// [`convert`] asks position by position.
pub(super) fn has_way(from: &Crs, to: &Crs) -> bool {
    open(from, to).is_some_and(|way| way.chooses || !pretends(&way.proj))
}

/// Transforms in place; on an error some positions are transformed already.
pub(super) fn convert(from: &Crs, to: &Crs, points: &mut [Point]) -> Result<(), CrsError> {
    let no_way = || CrsError::DatumShift { from: from.label(), to: to.label() };
    let way = open(from, to).ok_or_else(no_way)?;
    for (index, p) in points.iter_mut().enumerate() {
        let out = way.proj.convert((p[0], p[1])).map_err(|_| CrsError::OutOfRange { index })?;
        if way.chooses && pretends(&way.proj) {
            return Err(no_way());
        }
        *p = [out.0, out.1];
    }
    Ok(())
}
