//! Comparisons of a row's values: which rows of a source are taken (`where=`), which rule of a look a feature meets.

use super::{Field, Value, field_named};

/// Comparisons that all must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    terms: Vec<Comparison>,
}

/// A field compared with a value.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Name of the field.
    pub field: String,
    pub sign: Sign,
    /// Not looked at for [`Sign::Empty`].
    pub value: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Equal,
    Other,
    Less,
    AtMost,
    More,
    AtLeast,
    /// The text holds the value.
    Holds,
    /// There is no value, or a blank one. In a filter's text: `FIELD=`.
    Empty,
}

impl Sign {
    pub const ALL: [Self; 8] = [Self::Equal, Self::Other, Self::Less, Self::AtMost, Self::More, Self::AtLeast, Self::Holds, Self::Empty];

    /// Its word in files.
    pub fn code(self) -> &'static str {
        match self {
            Self::Equal => "equal",
            Self::Other => "other",
            Self::Less => "less",
            Self::AtMost => "at_most",
            Self::More => "more",
            Self::AtLeast => "at_least",
            Self::Holds => "holds",
            Self::Empty => "empty",
        }
    }

    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.code() == code)
    }
}

/// Two signs before one of which they begin with.
const SIGNS: [(&str, Sign); 7] = [
    ("~", Sign::Holds),
    ("!=", Sign::Other),
    ("<=", Sign::AtMost),
    (">=", Sign::AtLeast),
    ("=", Sign::Equal),
    ("<", Sign::Less),
    (">", Sign::More),
];

impl Filter {
    /// `FIELD=VALUE`, `FIELD!=VALUE`, `<`, `<=`, `>`, `>=`, `~` (the text holds it), several joined by ` AND `. `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let mut terms = Vec::new();
        let mut rest = text;
        loop {
            // Blanks around it: a value may hold the letters.
            let cut = rest.to_ascii_uppercase().find(" AND ");
            terms.push(term(cut.map_or(rest, |at| &rest[..at]))?);
            match cut {
                Some(at) => rest = &rest[at + 5..],
                None => return Some(Self { terms }),
            }
        }
    }

    /// The columns that are looked at, in the order of the comparisons.
    ///
    /// # Errors
    /// The first name that no field bears.
    pub fn columns(&self, fields: &[Field]) -> Result<Vec<usize>, String> {
        self.terms.iter().map(|term| term.column(fields).ok_or_else(|| term.field.clone())).collect()
    }

    /// Whether a row is taken. `values`: those of [`Filter::columns`], in that order.
    pub fn keeps(&self, values: impl Iterator<Item = Value>) -> bool {
        self.terms.iter().zip(values).all(|(term, value)| term.holds(&value))
    }
}

fn term(text: &str) -> Option<Comparison> {
    // The sign that stands first; of two that stand there the longer.
    let (at, sign, word) = SIGNS.iter().filter_map(|(word, sign)| Some((text.find(word)?, *sign, *word))).min_by_key(|(at, ..)| *at)?;
    let field = text.get(..at)?.trim();
    let value = text.get(at + word.len()..)?.trim();
    (!field.is_empty()).then(|| Comparison { field: field.to_owned(), sign, value: value.to_owned() })
}

impl std::fmt::Display for Comparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sign = match self.sign {
            Sign::Equal => "=",
            Sign::Other => "≠",
            Sign::Less => "<",
            Sign::AtMost => "≤",
            Sign::More => ">",
            Sign::AtLeast => "≥",
            Sign::Holds => "~",
            Sign::Empty => return write!(f, "{} = —", self.field),
        };
        write!(f, "{} {sign} {}", self.field, self.value)
    }
}

impl Comparison {
    /// The column that is looked at; `None` when no field bears the name.
    pub fn column(&self, fields: &[Field]) -> Option<usize> {
        field_named(fields, &[&self.field])
    }

    /// Numbers are compared as numbers where both are; what is missing is neither less nor more than anything.
    pub fn holds(&self, value: &Value) -> bool {
        let text = value.to_string();
        let text = text.trim();
        let numbers = value.number().zip(self.value.parse::<f64>().ok());
        let same = text == self.value || numbers.is_some_and(|(a, b)| a == b && !is_code(text) && !is_code(&self.value));
        let order = match numbers {
            Some((a, b)) => a.partial_cmp(&b),
            None if text.is_empty() => None,
            None => Some(text.cmp(&self.value)),
        };
        match self.sign {
            Sign::Equal => same,
            Sign::Holds => text.contains(&self.value),
            Sign::Empty => text.is_empty(),
            Sign::Other => !same,
            Sign::Less => order.is_some_and(|o| o.is_lt()),
            Sign::AtMost => order.is_some_and(|o| o.is_le()),
            Sign::More => order.is_some_and(|o| o.is_gt()),
            Sign::AtLeast => order.is_some_and(|o| o.is_ge()),
        }
    }
}

/// `0101` is a code, not a number.
fn is_code(text: &str) -> bool {
    text.len() > 1 && text.starts_with('0') && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FieldKind;

    fn keeps(filter: &str, row: &[(&str, Value)]) -> bool {
        let fields: Vec<Field> = row.iter().map(|(name, _)| Field::new(name, FieldKind::Text)).collect();
        let filter = Filter::parse(filter).unwrap();
        let columns = filter.columns(&fields).unwrap();
        filter.keeps(columns.into_iter().map(|c| row[c].1.clone()))
    }

    #[test]
    fn comparisons_hold_as_written() {
        let row =
            [("类型", Value::text("工业")), ("面积", Value::Real(120.5)), ("代码", Value::Decimal("0101".into())), ("空", Value::Null)];
        for filter in [
            "类型=工业",
            "类型 != 住宅",
            "面积>120",
            "面积 >= 120.5",
            "面积<1000 and 类型=工业",
            "代码=0101",
            "代码!=101",
            "空=",
            "面积=120.50",
            "类型~业",
        ] {
            assert!(keeps(filter, &row), "{filter}");
        }
        for filter in ["类型=住宅", "面积<120", "面积>1 AND 类型=住宅", "代码=101", "空>0", "空<0", "空!=", "类型~住"] {
            assert!(!keeps(filter, &row), "{filter}");
        }
    }

    #[test]
    fn what_is_no_comparison_is_refused() {
        for text in ["", "x", "=1", "a=1 AND ", "a=1 AND b"] {
            assert_eq!(Filter::parse(text), None, "{text}");
        }
        assert_eq!(Filter::parse("a=1 AND c<2").unwrap().columns(&[Field::new("A", FieldKind::Int)]), Err("c".to_owned()));
    }
}
