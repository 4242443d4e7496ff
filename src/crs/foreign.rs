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

thread_local! {
    static OBJECTS: RefCell<HashMap<(String, String), Option<Rc<Proj>>>> = RefCell::new(HashMap::new());
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

/// Whether PROJ knows a way between two systems that is more than pretending the datums agree.
pub(super) fn has_way(from: &Crs, to: &Crs) -> bool {
    let open = |crs: &Crs| Proj::new(&definition(crs)).ok();
    let way = |from: Proj, to: Proj| from.create_crs_to_crs_from_pj(&to, None, Some(vec!["ALLOW_BALLPARK=NO"])).is_ok();
    open(from).zip(open(to)).is_some_and(|(from, to)| way(from, to))
}

/// Transforms in place; on an error what came before `index` is transformed already.
pub(super) fn convert(from: &Crs, to: &Crs, points: &mut [Point]) -> Result<(), CrsError> {
    let pair = (definition(from), definition(to));
    let object = OBJECTS.with_borrow_mut(|cache| {
        cache.entry(pair).or_insert_with_key(|(from, to)| Proj::new_known_crs(from, to, None).ok().map(Rc::new)).clone()
    });
    let Some(object) = object else { return Err(CrsError::DatumShift { from: from.label(), to: to.label() }) };
    for (index, p) in points.iter_mut().enumerate() {
        let out = object.convert((p[0], p[1])).map_err(|_| CrsError::OutOfRange { index })?;
        *p = [out.0, out.1];
    }
    Ok(())
}
