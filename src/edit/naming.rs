//! How a note in the history calls a feature, and how a word becomes a value of a column.

use crate::model::{ClusterFields, Date, FeatureRef, Field, FieldKind, Layer, Role, SiteFields, Value};
use crate::text::Message;

/// The feature's name, else its id, as the fields of its layer's role give them; empty when it bears neither.
pub fn feature_name(layer: &Layer, feature: FeatureRef<'_>) -> String {
    let (name, id) = match layer.head.role {
        Role::Plan => {
            let fields = ClusterFields::guess(&layer.fields);
            (fields.name, fields.id)
        }
        _ => {
            let fields = SiteFields::guess(&layer.fields);
            (fields.name, fields.id)
        }
    };
    let text = |column: Option<usize>| column.map(|c| feature.value(c).to_string().trim().to_owned()).filter(|t| !t.is_empty());
    text(name).or_else(|| text(id)).unwrap_or_default()
}

/// `note` with the names of the feature and its layer.
pub fn about(note: Message, layer: &Layer, feature: FeatureRef<'_>) -> Message {
    note.with("feature", feature_name(layer, feature)).with("layer", &*layer.head.name)
}

/// `value` as a column of `field`'s kind keeps it; `None` when it cannot without losing something.
pub fn value_for(field: &Field, value: &Value) -> Option<Value> {
    let written = value.to_string();
    match (field.kind, value) {
        (_, Value::Null) => Some(Value::Null),
        (FieldKind::Text, _) => Some(Value::text(&written)),
        (FieldKind::Decimal, _) => {
            let numeric = written.is_empty() || written.trim().parse::<f64>().is_ok_and(f64::is_finite);
            numeric.then(|| Value::Decimal(written.as_str().into()))
        }
        (FieldKind::Int, _) => written.trim().parse().ok().map(Value::Int),
        (FieldKind::Real, _) => value.number().filter(|x| x.is_finite()).map(Value::Real),
        (FieldKind::Date, Value::Date(day)) => Some(Value::Date(*day)),
        (FieldKind::Date, _) => Date::parse(&written).map(Value::Date),
        (FieldKind::Bool, Value::Bool(b)) => Some(Value::Bool(*b)),
        (FieldKind::Bool, _) => written.trim().parse().ok().map(Value::Bool),
    }
}
