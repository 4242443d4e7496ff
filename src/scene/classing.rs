//! What a layer's look means: which features are shown, which class each is in, and how a class is drawn.

use super::palette::{families, land_use_of, on_paper};
use super::{Class, Line, Rgb, Style, Theme, Wash, style_of};
use crate::model::{
    Coloring, Comparison, Contents, FeatureRef, Filter, GeometryKind, Layer, LayerHead, LayerId, Look, MOST_RULES, ScaleRange, Symbol,
    Test, UseColumns, field_named,
};
use crate::text::{Lang, word};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The part of features that are in no class: drawn as the role says.
pub const PLAIN: u16 = u16::MAX;

/// Tells the features of a layer apart. It depends on the layer's fields and on its look, not on colours.
#[derive(Clone, Debug)]
pub struct Classing {
    passing: Option<(Filter, Vec<usize>)>,
    told: Option<Told>,
    key: String,
}

#[derive(Clone, Debug)]
enum Told {
    Value(usize, BTreeMap<Arc<str>, u16>, u16),
    /// From, to, whether the upper end counts, class.
    Number(usize, Vec<(f64, f64, bool, u16)>, u16),
    Use(UseColumns),
    /// The rules whose field is there: their bit, column, comparison, and whether they hold at any scale.
    Rules(Vec<(u16, usize, Comparison, bool)>),
}

impl Classing {
    pub fn of(layer: &Layer) -> Self {
        let look = &layer.head.look;
        let filter = look.filter.as_deref().and_then(Filter::parse);
        let passing = filter.and_then(|f| f.columns(&layer.fields).ok().map(|columns| (f, columns)));
        let told = match &look.coloring {
            Coloring::Single(_) => None,
            Coloring::AsRole => UseColumns::of(layer).map(Told::Use),
            Coloring::Rules(rules) => {
                let at_any = |i: usize| rules.list.get(i).is_some_and(|rule| rule.scales == ScaleRange::default());
                let known = rules.list.iter().take(MOST_RULES).enumerate();
                let known = known.filter_map(|(i, rule)| Some((1 << i, rule.when.column(&layer.fields)?, rule.when.clone(), at_any(i))));
                Some(Told::Rules(known.collect()))
            }
            Coloring::Classes(classes) => field_named(&layer.fields, &[&classes.field]).map(|column| {
                let rest = classes.list.iter().position(|c| c.test == Test::Rest).map_or(PLAIN, |i| i as u16);
                let mut values = BTreeMap::new();
                let mut ranges = Vec::new();
                for (i, class) in classes.list.iter().enumerate() {
                    match &class.test {
                        Test::Is(value) => _ = values.entry(value.clone()).or_insert(i as u16),
                        Test::Between { from, to, last } => ranges.push((*from, *to, *last, i as u16)),
                        Test::Rest => {}
                    }
                }
                if ranges.is_empty() { Told::Value(column, values, rest) } else { Told::Number(column, ranges, rest) }
            }),
        };
        let key = if told.is_none() && passing.is_none() { String::new() } else { format!("{told:?} {passing:?}") };
        Self { passing, told, key }
    }

    /// Another one where features are told apart otherwise; empty where they are not told apart at all.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The class of a feature, [`PLAIN`] for none; `None` where the filter leaves it out.
    pub fn part(&self, feature: FeatureRef<'_>) -> Option<u16> {
        if let Some((filter, columns)) = &self.passing
            && !filter.keeps(columns.iter().map(|c| feature.value(*c)))
        {
            return None;
        }
        let Some(told) = &self.told else { return Some(PLAIN) };
        Some(match told {
            Told::Value(column, values, rest) => values.get(feature.value(*column).to_string().trim()).copied().unwrap_or(*rest),
            Told::Number(column, ranges, rest) => {
                let holds = |x: f64| ranges.iter().find(|(from, to, last, _)| x >= *from && (x < *to || *last && x == *to));
                feature.value(*column).number().and_then(holds).map_or(*rest, |r| r.3)
            }
            Told::Use(uses) => {
                let value = feature.value(uses.code).to_string();
                uses.system_of(feature).and_then(|system| land_use_of(&value, system)).map_or(PLAIN, |u| u.family() as u16)
            }
            Told::Rules(rules) => {
                let mut met = 0;
                for (bit, column, when, at_any_scale) in rules {
                    if when.holds(&feature.value(*column)) {
                        met |= bit;
                        // At no scale does a later rule count.
                        if *at_any_scale {
                            break;
                        }
                    }
                }
                met
            }
        })
    }

    /// Whether features are told apart, not only left out.
    pub fn is_told(&self) -> bool {
        self.told.is_some()
    }

    /// The filter as it is applied; `None` where there is none, or one that names no field.
    pub fn is_filtered(&self) -> bool {
        self.passing.is_some()
    }
}

/// Layers that a scale does not show, or that are hidden: what is drawn changes when this does.
pub fn hidden_at(contents: &Contents, denominator: f64) -> Vec<LayerId> {
    contents.layers_in_order().filter(|(_, l)| !l.head.visible || !l.head.look.scales.holds(denominator)).map(|(id, _)| id).collect()
}

/// How a part of a layer is drawn; `None` where it is not shown.
pub fn part_style(head: &LayerHead, kind: GeometryKind, class: Class, part: u16, denominator: f64, theme: Theme) -> Option<Style> {
    if !head.visible || !head.look.scales.holds(denominator) {
        return None;
    }
    let as_role = style_of(class, denominator, theme);
    let style = match &head.look.coloring {
        Coloring::AsRole => match families().get(usize::from(part)) {
            Some(family) => Style { wash: Some(Wash { color: on_paper(family.color(), theme), opacity: 1.0 }), ..as_role },
            None => as_role,
        },
        Coloring::Single(symbol) => symbolic(symbol, kind),
        Coloring::Rules(rules) => match rules.first(part, denominator) {
            Some((_, rule)) if !rule.shown => return None,
            Some((_, rule)) => symbolic(&rule.symbol, kind),
            None => symbolic(rules.otherwise.as_ref()?, kind),
        },
        Coloring::Classes(classes) => match classes.list.get(usize::from(part)) {
            Some(class) if !class.shown => return None,
            Some(class) => classed(rgb(class.color), kind, &as_role),
            None => as_role,
        },
    };
    Some(style.faded(head.opacity))
}

/// A symbol that a person chose. A dot has the colour of the fill, else that of the line.
fn symbolic(symbol: &Symbol, kind: GeometryKind) -> Style {
    let dot = symbol.fill.or(symbol.line);
    let (fill, line) = match kind {
        GeometryKind::Area => (symbol.fill, symbol.line),
        GeometryKind::Point => (dot, dot),
        GeometryKind::Line | GeometryKind::None => (None, symbol.line),
    };
    let line = line.map(|color| Line { color: rgb(color), width_pt: symbol.line_pt, dash_pt: &[] });
    Style { wash: fill.map(|color| Wash { color: rgb(color), opacity: 1.0 }), line, ..Style::default() }
}

/// A class of areas has a wash and the role's thin line; of lines and points their own colour.
fn classed(color: Rgb, kind: GeometryKind, as_role: &Style) -> Style {
    let line = as_role.line.or(as_role.casing);
    if kind == GeometryKind::Area {
        let thin = line.map(|l| Line { width_pt: l.width_pt.min(1.0), dash_pt: &[], ..l });
        return Style { wash: Some(Wash { color, opacity: 1.0 }), line: thin, ..Style::default() };
    }
    let line = line.map_or(Line { color, width_pt: 1.5, dash_pt: &[] }, |l| Line { color, width_pt: l.width_pt.max(1.2), dash_pt: &[] });
    Style { line: Some(line), ..Style::default() }
}

pub(super) fn rgb([r, g, b]: crate::model::Color) -> Rgb {
    Rgb(r, g, b)
}

/// The name of a part of a layer, for legends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PartName {
    Words(Arc<str>),
    /// Number of a family of land uses.
    Use(u16),
    /// Place of a rule, and what it says.
    Rule(u16, Arc<str>),
    Rest,
}

impl PartName {
    /// `None` for a part that is drawn as the role says.
    pub fn of(look: &Look, part: u16, denominator: f64) -> Option<Self> {
        match &look.coloring {
            Coloring::AsRole => (usize::from(part) < families().len()).then_some(Self::Use(part)),
            Coloring::Single(_) => None,
            Coloring::Rules(rules) => Some(match rules.first(part, denominator) {
                Some((place, rule)) if rule.label.trim().is_empty() => Self::Rule(place as u16, rule.when.to_string().into()),
                Some((place, rule)) => Self::Rule(place as u16, rule.label.clone()),
                None => Self::Rest,
            }),
            Coloring::Classes(classes) => classes.list.get(usize::from(part)).map(|class| match class.test {
                Test::Rest => Self::Rest,
                _ => Self::Words(class.label.clone()),
            }),
        }
    }

    pub fn words(&self, lang: Lang) -> &str {
        match self {
            Self::Words(words) | Self::Rule(_, words) => words,
            Self::Use(n) => families().get(usize::from(*n)).map_or("", |f| f.name(lang)),
            Self::Rest => word(lang, "look.rest"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crs::Crs;
    use crate::geom::{BBox, Rings};
    use crate::model::{
        Change, Classes, Date, Entry, FeatureId, Field, FieldKind, LookClass, LookRule, PackedBuilder, Provenance, Role, Rules, Sign,
        Value, Way, apply,
    };
    use crate::scene::{View, build_scene, legend};
    use crate::text::Message;

    /// Four parcels side by side with codes of the third survey.
    fn parcels(look: Look) -> Contents {
        let mut builder = PackedBuilder::new(GeometryKind::Area, vec![Field::new("DLBM", FieldKind::Text)]);
        for (i, code) in ["0601", "0701", "0305", "x"].into_iter().enumerate() {
            let x = 40_500_000.0 + 100.0 * i as f64;
            let rings = Rings::simple(&[[x, 4e6], [x + 90.0, 4e6], [x + 90.0, 4e6 + 90.0], [x, 4e6 + 90.0]]);
            builder.push(i as u32 + 1, rings.as_ref(), &[Value::text(code)]);
        }
        let head = LayerHead { look, ..LayerHead::new("宗地", Role::Parcels) };
        let layer = Layer::new(head, Provenance::default(), Arc::new(builder.finish()), FeatureId(1));
        let entries = vec![Entry::Layer { id: LayerId(9), becomes: Some(Arc::new(layer)) }];
        apply(&Contents::new(Crs::CGCS2000_ZONE_40), &Change { note: Message::new("app.name"), entries }).0
    }

    /// What the legend says, with the fill beside it.
    fn said(look: Look) -> Vec<(String, Rgb)> {
        let contents = parcels(look);
        let bbox = contents.layers_in_order().fold(BBox::EMPTY, |b, (_, l)| b.join(l.bbox()));
        let date = Date { year: 2013, month: 6, day: 1 };
        let view = View { bbox, scale_denominator: 5_000.0, date, lang: Lang::Zh, theme: Theme::Light, plan: None };
        let entries = legend(&build_scene(&contents, &view, &[]));
        let fill = |style: &Style| style.wash.map_or(Rgb(0, 0, 0), |w| w.color);
        entries.iter().map(|e| (e.words(Lang::Zh).to_owned(), fill(&e.style))).collect()
    }

    fn classes(shown: bool) -> Coloring {
        let class = |test, label: &str, color, shown| LookClass { test, label: label.into(), color, shown };
        let list = [
            class(Test::Is("0601".into()), "工业", [1, 2, 3], true),
            class(Test::Is("0701".into()), "住宅", [4, 5, 6], shown),
            class(Test::Rest, "", [7, 8, 9], true),
        ];
        Coloring::Classes(Classes { field: "dlbm".into(), way: Way::Category, palette: "eight".into(), list: list.into() })
    }

    #[test]
    fn the_legend_names_the_classes_that_are_drawn_in_their_colours() {
        let with = |coloring| said(Look { coloring, ..Look::default() });
        let rest = word(Lang::Zh, "look.rest").to_owned();
        assert_eq!(with(classes(true)), [("工业".into(), Rgb(1, 2, 3)), ("住宅".into(), Rgb(4, 5, 6)), (rest.clone(), Rgb(7, 8, 9))]);
        assert_eq!(with(classes(false)), [("工业".into(), Rgb(1, 2, 3)), (rest, Rgb(7, 8, 9))], "a class that is hidden is not explained");
    }

    #[test]
    fn parcels_have_the_paper_tone_of_their_use_and_what_has_none_the_role_s() {
        let names: Vec<String> = said(Look::default()).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["园地、林地、草地、湿地", "住宅用地", "工矿用地", word(Lang::Zh, "role.parcels")]);
    }

    #[test]
    fn a_filter_leaves_out_and_one_of_a_field_that_is_not_there_leaves_out_nothing() {
        let filter = |text: &str| said(Look { coloring: classes(true), filter: Some(text.into()), ..Look::default() }).len();
        assert_eq!((filter("DLBM=0601"), filter("DLBM~0"), filter("面积>1")), (1, 3, 3));
    }

    #[test]
    fn out_of_its_scales_a_layer_is_not_drawn() {
        let scales = crate::model::ScaleRange { nearest: Some(10_000), farthest: None };
        assert_eq!(said(Look { scales, ..Look::default() }), []);
    }

    /// A rule that gives a fill.
    fn rule(field: &str, sign: Sign, value: &str, label: &str, red: u8) -> LookRule {
        let when = Comparison { field: field.into(), sign, value: value.into() };
        let symbol = Symbol { fill: Some([red, 0, 0]), line: None, line_pt: 1.0 };
        LookRule { when, scales: ScaleRange::default(), label: label.into(), symbol, shown: true }
    }

    fn by_rules(list: Vec<LookRule>, otherwise: Option<u8>) -> Vec<(String, u8)> {
        let otherwise = otherwise.map(|red| Symbol { fill: Some([red, 0, 0]), line: None, line_pt: 1.0 });
        let coloring = Coloring::Rules(Rules { list: list.into(), otherwise });
        said(Look { coloring, ..Look::default() }).into_iter().map(|(words, color)| (words, color.0)).collect()
    }

    #[test]
    fn the_first_rule_that_holds_counts_and_what_meets_none_is_the_rest() {
        let list = vec![rule("DLBM", Sign::Holds, "06", "工业", 1), rule("dlbm", Sign::Less, "0700", "其他农用", 2)];
        let rest = word(Lang::Zh, "look.rest").to_owned();
        // 0601 meets both, 0305 the second, 0701 and x none.
        let expected = [("工业".to_owned(), 1), ("其他农用".to_owned(), 2), (rest, 9)];
        assert_eq!(sorted(by_rules(list.clone(), Some(9))), sorted(expected.to_vec()));
        let without_rest: Vec<_> = by_rules(list.clone(), None);
        assert_eq!(without_rest.len(), 2, "without a symbol what meets none is not drawn");
        let hidden = LookRule { shown: false, ..list[0].clone() };
        assert_eq!(
            by_rules(vec![hidden, list[1].clone()], None),
            [("其他农用".to_owned(), 2)],
            "what a hidden rule holds is no later one's"
        );
    }

    fn sorted(mut list: Vec<(String, u8)>) -> Vec<(String, u8)> {
        list.sort();
        list
    }

    #[test]
    fn out_of_its_scales_a_rule_is_passed_over_and_one_of_a_field_that_is_not_there_is_never_met() {
        let far = ScaleRange { nearest: Some(10_000), farthest: None };
        let list = vec![
            LookRule { scales: far, ..rule("DLBM", Sign::Holds, "0", "远", 1) },
            rule("没有", Sign::Empty, "", "无此字段", 5),
            rule("DLBM", Sign::Equal, "0601", "近", 2),
        ];
        // Looked at in 1 : 5000.
        assert_eq!(by_rules(list.clone(), None), [("近".to_owned(), 2)]);
        let rules = Rules { list: list.into(), otherwise: None };
        let name = |denominator| rules.first(0b101, denominator).map(|(i, _)| i);
        assert_eq!((name(5_000.0), name(20_000.0)), (Some(2), Some(0)));
    }

    #[test]
    fn a_rule_without_a_label_says_its_condition() {
        assert_eq!(by_rules(vec![rule("DLBM", Sign::Empty, "", " ", 1), rule("DLBM", Sign::AtLeast, "0701", "", 2)], None).len(), 1);
        assert_eq!(by_rules(vec![rule("DLBM", Sign::Other, "x", "", 2)], None), [("DLBM ≠ x".to_owned(), 2)]);
    }
}
