//! Looks of layers, kept views and pictures under the map as small JSON.

use super::stored;
use crate::model::LayerId;
use crate::model::{
    Backdrop, Bookmark, Classes, Color, Coloring, Comparison, Look, LookClass, LookRule, MOST_RULES, Rules, ScaleRange, Sign, Symbol, Test,
    Way,
};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;

pub fn look_text(look: &Look) -> String {
    let coloring = match &look.coloring {
        Coloring::AsRole => Value::Null,
        Coloring::Single(symbol) => symbol_value(symbol),
        Coloring::Rules(rules) => json!({
            "rules": rules.list.iter().map(rule_value).collect::<Vec<_>>(),
            "otherwise": rules.otherwise.as_ref().map(symbol_value),
        }),
        Coloring::Classes(classes) => json!({
            "field": &*classes.field,
            "way": classes.way.code(),
            "palette": &*classes.palette,
            "classes": classes.list.iter().map(class_value).collect::<Vec<_>>(),
        }),
    };
    let filter = look.filter.as_deref();
    json!({ "coloring": coloring, "nearest": look.scales.nearest, "farthest": look.scales.farthest, "filter": filter }).to_string()
}

/// `None` when the text is no look.
pub fn look_of(text: &str) -> Option<Look> {
    let value: Value = serde_json::from_str(text).ok()?;
    let bound = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    Some(Look {
        coloring: coloring_of(value.get("coloring")?)?,
        scales: ScaleRange { nearest: bound("nearest"), farthest: bound("farthest") },
        filter: value.get("filter").and_then(Value::as_str).map(Arc::from),
    })
}

fn coloring_of(value: &Value) -> Option<Coloring> {
    if value.is_null() {
        return Some(Coloring::AsRole);
    }
    if let Some(rules) = value.get("rules") {
        let list: Arc<[LookRule]> = rules.as_array()?.iter().map(rule_of).collect::<Option<_>>()?;
        let otherwise = match value.get("otherwise")? {
            Value::Null => None,
            symbol => Some(symbol_of(symbol)?),
        };
        return (list.len() <= MOST_RULES).then_some(Coloring::Rules(Rules { list, otherwise }));
    }
    let Some(list) = value.get("classes") else { return symbol_of(value).map(Coloring::Single) };
    Some(Coloring::Classes(Classes {
        field: value.get("field")?.as_str()?.into(),
        way: Way::from_code(value.get("way")?.as_str()?)?,
        palette: value.get("palette")?.as_str()?.into(),
        list: list.as_array()?.iter().map(class_of).collect::<Option<_>>()?,
    }))
}

fn symbol_value(symbol: &Symbol) -> Value {
    json!({ "fill": symbol.fill.map(hex), "line": symbol.line.map(hex), "line_pt": symbol.line_pt })
}

fn symbol_of(value: &Value) -> Option<Symbol> {
    let color = |name: &str| value.get(name).and_then(Value::as_str).and_then(color_of);
    Some(Symbol { fill: color("fill"), line: color("line"), line_pt: value.get("line_pt")?.as_f64()? as f32 })
}

fn rule_value(rule: &LookRule) -> Value {
    json!({
        "field": rule.when.field,
        "sign": rule.when.sign.code(),
        "value": rule.when.value,
        "nearest": rule.scales.nearest,
        "farthest": rule.scales.farthest,
        "label": &*rule.label,
        "symbol": symbol_value(&rule.symbol),
        "shown": rule.shown,
    })
}

fn rule_of(value: &Value) -> Option<LookRule> {
    let words = |name: &str| value.get(name).and_then(Value::as_str);
    let bound = |name: &str| value.get(name).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok());
    Some(LookRule {
        when: Comparison { field: words("field")?.to_owned(), sign: Sign::from_code(words("sign")?)?, value: words("value")?.to_owned() },
        scales: ScaleRange { nearest: bound("nearest"), farthest: bound("farthest") },
        label: words("label")?.into(),
        symbol: symbol_of(value.get("symbol")?)?,
        shown: value.get("shown")?.as_bool()?,
    })
}

fn class_value(class: &LookClass) -> Value {
    let test = match &class.test {
        Test::Is(value) => json!({ "is": &**value }),
        Test::Between { from, to, last } => json!({ "from": from, "to": to, "last": last }),
        Test::Rest => json!("rest"),
    };
    json!({ "test": test, "label": &*class.label, "color": hex(class.color), "shown": class.shown })
}

fn class_of(value: &Value) -> Option<LookClass> {
    let test = value.get("test")?;
    let test = match test.get("is") {
        Some(is) => Test::Is(is.as_str()?.into()),
        None if test.as_str() == Some("rest") => Test::Rest,
        None => Test::Between { from: test.get("from")?.as_f64()?, to: test.get("to")?.as_f64()?, last: test.get("last")?.as_bool()? },
    };
    Some(LookClass {
        test,
        label: value.get("label")?.as_str()?.into(),
        color: color_of(value.get("color")?.as_str()?)?,
        shown: value.get("shown")?.as_bool()?,
    })
}

fn hex([r, g, b]: Color) -> String {
    format!("{r:02x}{g:02x}{b:02x}")
}

fn color_of(text: &str) -> Option<Color> {
    let all = u32::from_str_radix(text, 16).ok().filter(|_| text.len() == 6)?;
    Some([(all >> 16) as u8, (all >> 8) as u8, all as u8])
}

pub fn bookmarks_text(bookmarks: &[Bookmark]) -> String {
    let one = |b: &Bookmark| json!({ "name": &*b.name, "center": b.center, "denominator": b.denominator });
    Value::Array(bookmarks.iter().map(one).collect()).to_string()
}

/// `None` when the text is no list of views.
pub fn bookmarks_of(text: &str) -> Option<Arc<[Bookmark]>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let one = |b: &Value| {
        let center = b.get("center")?;
        Some(Bookmark {
            name: b.get("name")?.as_str()?.into(),
            center: [center.get(0)?.as_f64()?, center.get(1)?.as_f64()?],
            denominator: b.get("denominator")?.as_f64()?,
        })
    };
    value.as_array()?.iter().map(one).collect()
}

pub fn backdrops_text(backdrops: &[Backdrop]) -> String {
    let one = |b: &Backdrop| {
        json!({
            "id": stored::id_text(b.id.0),
            "name": &*b.name,
            "path": b.path.to_string_lossy(),
            "visible": b.visible,
            "opacity": b.opacity,
            "crs": b.crs.as_ref().map(stored::crs_text),
        })
    };
    Value::Array(backdrops.iter().map(one).collect()).to_string()
}

/// `None` when the text is no list of pictures.
pub fn backdrops_of(text: &str) -> Option<Arc<[Backdrop]>> {
    let value: Value = serde_json::from_str(text).ok()?;
    let one = |b: &Value| {
        Some(Backdrop {
            id: LayerId(stored::id_of(b.get("id")?.as_str()?)?),
            name: b.get("name")?.as_str()?.into(),
            path: Path::new(b.get("path")?.as_str()?).into(),
            visible: b.get("visible")?.as_bool()?,
            opacity: (b.get("opacity")?.as_f64()? as f32).clamp(0.0, 1.0),
            crs: b.get("crs").and_then(Value::as_str).map(stored::crs_of),
        })
    };
    value.as_array()?.iter().map(one).collect()
}
