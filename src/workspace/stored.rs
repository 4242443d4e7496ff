//! How values of the model are written in `luodi_*` tables, and read again: small JSON where a column is not enough.

use crate::crs::Crs;
use crate::geom::{Rings, RingsRef, Shape};
use crate::model::{Coverage, Date, Field, FieldKind, GeometryKind, PlanStatus, Provenance};
use crate::text::{Arg, Message};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// 32 hexadecimal digits: they sort as the ids do.
pub fn id_text(id: u128) -> String {
    format!("{id:032x}")
}

pub fn id_of(text: &str) -> Option<u128> {
    (text.len() == 32).then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// `EPSG:4528`, or the definition itself.
pub fn crs_text(crs: &Crs) -> String {
    match crs {
        Crs::Epsg(code) => format!("EPSG:{code}"),
        Crs::Wkt(text) => text.to_string(),
    }
}

pub fn crs_of(text: &str) -> Crs {
    match text.strip_prefix("EPSG:").and_then(|code| code.parse().ok()) {
        Some(code) => Crs::Epsg(code),
        None => Crs::Wkt(text.into()),
    }
}

const FIELD_KINDS: [(FieldKind, &str); 6] = [
    (FieldKind::Text, "text"),
    (FieldKind::Int, "int"),
    (FieldKind::Real, "real"),
    (FieldKind::Decimal, "decimal"),
    (FieldKind::Date, "date"),
    (FieldKind::Bool, "bool"),
];
const GEOMETRY_KINDS: [(GeometryKind, &str); 4] =
    [(GeometryKind::Point, "point"), (GeometryKind::Line, "line"), (GeometryKind::Area, "area"), (GeometryKind::None, "none")];
const PLAN_STATUS: [(PlanStatus, &str); 3] =
    [(PlanStatus::Draft, "draft"), (PlanStatus::InForce, "in_force"), (PlanStatus::Superseded, "superseded")];

fn word_of<T: PartialEq>(table: &[(T, &'static str)], value: &T) -> &'static str {
    table.iter().find(|(v, _)| v == value).map_or("", |(_, word)| word)
}

fn of_word<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    table.iter().find(|(_, w)| *w == word).map(|(value, _)| *value)
}

pub fn geometry_word(kind: GeometryKind) -> &'static str {
    word_of(&GEOMETRY_KINDS, &kind)
}

pub fn geometry_of(word: &str) -> Option<GeometryKind> {
    of_word(&GEOMETRY_KINDS, word)
}

pub fn status_word(status: PlanStatus) -> &'static str {
    word_of(&PLAN_STATUS, &status)
}

pub fn status_of(word: &str) -> Option<PlanStatus> {
    of_word(&PLAN_STATUS, word)
}

/// The fields of a layer with the columns that hold them.
pub fn fields_text(fields: &[Field], columns: &[String]) -> String {
    let one = |(field, column): (&Field, &String)| json!({ "name": &*field.name, "kind": word_of(&FIELD_KINDS, &field.kind), "width": field.width, "decimals": field.decimals, "column": column });
    Value::Array(fields.iter().zip(columns).map(one).collect()).to_string()
}

pub fn fields_of(text: &str) -> Option<Vec<(Field, String)>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let one = |v: &Value| {
        let field = Field {
            name: v.get("name")?.as_str()?.into(),
            kind: of_word(&FIELD_KINDS, v.get("kind")?.as_str()?)?,
            width: v.get("width")?.as_u64()?.try_into().ok()?,
            decimals: v.get("decimals")?.as_u64()?.try_into().ok()?,
        };
        Some((field, v.get("column")?.as_str()?.to_owned()))
    };
    value.as_array()?.iter().map(one).collect()
}

pub fn coverage_text(coverage: &Coverage) -> String {
    match coverage {
        Coverage::Undeclared => json!("undeclared"),
        Coverage::WholeCity => json!("whole_city"),
        Coverage::Districts(names) => json!({ "districts": names.iter().map(|n| &**n).collect::<Vec<&str>>() }),
        Coverage::Area(shape) => json!({ "area": rings_value(shape.rings()) }),
    }
    .to_string()
}

/// `None` when the text is no coverage, or its area no sound shape.
pub fn coverage_of(text: &str) -> Option<Coverage> {
    let value: Value = serde_json::from_str(text).ok()?;
    match value.as_str() {
        Some("undeclared") => return Some(Coverage::Undeclared),
        Some("whole_city") => return Some(Coverage::WholeCity),
        _ => {}
    }
    if let Some(names) = value.get("districts") {
        return names.as_array()?.iter().map(|n| n.as_str().map(Arc::from)).collect::<Option<_>>().map(Coverage::Districts);
    }
    let rings = rings_of(value.get("area")?)?;
    Shape::check(rings.as_ref()).ok().map(|shape| Coverage::Area(Arc::new(shape)))
}

fn rings_value(rings: RingsRef<'_>) -> Value {
    let part = |i: usize| rings.part(i).map(|ring| rings.ring(ring)).collect::<Vec<_>>();
    json!((0..rings.part_count()).map(part).collect::<Vec<_>>())
}

fn rings_of(value: &Value) -> Option<Rings> {
    let mut rings = Rings::new();
    for part in value.as_array()? {
        for ring in part.as_array()? {
            let points: Option<Vec<[f64; 2]>> = ring.as_array()?.iter().map(|p| Some([p.get(0)?.as_f64()?, p.get(1)?.as_f64()?])).collect();
            rings.push_ring(&points?);
        }
        rings.end_part();
    }
    Some(rings)
}

pub fn provenance_text(provenance: &Provenance) -> String {
    json!({
        "file": &*provenance.file,
        "file_hash": provenance.file_hash.map(|hash| hash.iter().map(|b| format!("{b:02x}")).collect::<String>()),
        "date": provenance.date.map(|d| d.to_string()),
        "format": provenance.format,
        "source_crs": provenance.source_crs.as_ref().map(crs_text),
        "notes": messages_value(&provenance.notes),
    })
    .to_string()
}

/// `formats`: the names of formats that this program knows; another one is left out.
pub fn provenance_of(text: &str, formats: &[&'static str]) -> Option<Provenance> {
    let value: Value = serde_json::from_str(text).ok()?;
    let word = |name: &str| value.get(name).and_then(Value::as_str);
    Some(Provenance {
        file: word("file")?.into(),
        file_hash: match word("file_hash") {
            Some(digits) => Some(hash_of(digits)?),
            None => None,
        },
        date: word("date").and_then(Date::parse),
        format: word("format").and_then(|f| formats.iter().copied().find(|known| *known == f)).unwrap_or(""),
        source_crs: word("source_crs").map(crs_of),
        notes: messages_of(value.get("notes")?)?,
    })
}

fn hash_of(digits: &str) -> Option<[u8; 32]> {
    let mut hash = [0; 32];
    if digits.len() != 64 {
        return None;
    }
    for (i, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(digits.get(2 * i..2 * i + 2)?, 16).ok()?;
    }
    Some(hash)
}

pub fn messages_text(messages: &[Message]) -> String {
    messages_value(messages).to_string()
}

pub fn messages_from(text: &str) -> Option<Vec<Message>> {
    messages_of(&serde_json::from_str(text).ok()?)
}

fn messages_value(messages: &[Message]) -> Value {
    Value::Array(messages.iter().map(message_value).collect())
}

fn messages_of(value: &Value) -> Option<Vec<Message>> {
    value.as_array()?.iter().map(message_of).collect()
}

fn message_value(message: &Message) -> Value {
    let arg = |arg: &Arg| match arg {
        Arg::Text(s) => json!({ "text": s }),
        Arg::Count(n) => json!({ "count": n }),
        Arg::AreaM2(v) => json!({ "area_m2": v }),
        Arg::AreaHa(v) => json!({ "area_ha": v }),
        Arg::Metres(v) => json!({ "metres": v }),
        Arg::Share(v) => json!({ "share": v }),
        Arg::Nested(m) => json!({ "message": message_value(m) }),
    };
    let args: Map<String, Value> = message.args.iter().map(|(name, value)| ((*name).to_owned(), arg(value))).collect();
    json!({ "code": message.code, "args": args })
}

/// A message whose words this version no longer has is said to be one.
fn message_of(value: &Value) -> Option<Message> {
    let code = value.get("code")?.as_str()?;
    let mut args = Vec::new();
    for (name, arg) in value.get("args")?.as_object()? {
        let (kind, value) = arg.as_object()?.iter().next()?;
        // What is not finite has no number in JSON.
        let number = value.as_f64().unwrap_or(f64::NAN);
        let arg = match kind.as_str() {
            "text" => Arg::Text(value.as_str()?.to_owned()),
            "count" => Arg::Count(value.as_u64()?),
            "area_m2" => Arg::AreaM2(number),
            "area_ha" => Arg::AreaHa(number),
            "metres" => Arg::Metres(number),
            "share" => Arg::Share(number),
            "message" => Arg::Nested(Box::new(message_of(value)?)),
            _ => return None,
        };
        args.push((name.as_str(), arg));
    }
    Some(Message::stored(code, args).unwrap_or_else(|| Message::new("workspace.note_lost").with("code", code)))
}
