//! Names of tables and columns: what the layer and its fields are called, made unique as SQLite compares them.

use crate::model::Field;

/// Columns of every feature table that are not fields of the layer.
pub const OWN_COLUMNS: [&str; 4] = ["fid", "geom", "luodi_id", "luodi_record"];

/// Gives out names that differ without regard to case.
#[derive(Default)]
pub struct Names {
    taken: Vec<String>,
}

impl Names {
    /// `wanted`, with a number after it when it is taken; `otherwise` when nothing is left of it.
    pub fn take(&mut self, wanted: &str, otherwise: &str) -> String {
        let clean: String = wanted.chars().filter(|c| !c.is_control() && *c != '"').collect();
        let clean = clean.trim();
        let stem = if clean.is_empty() { otherwise } else { clean };
        let mut name = stem.to_owned();
        let mut number = 2;
        while self.taken.contains(&name.to_lowercase()) {
            name = format!("{stem} {number}");
            number += 1;
        }
        self.taken.push(name.to_lowercase());
        name
    }

    /// A table's name: one that SQLite, GeoPackage or Luodi keeps to itself gets a word before it.
    pub fn take_table(&mut self, wanted: &str) -> String {
        let lower = wanted.trim().to_lowercase();
        let kept = ["sqlite_", "gpkg_", "luodi_", "rtree_"].iter().any(|prefix| lower.starts_with(prefix));
        if kept { self.take(&format!("layer {wanted}"), "layer") } else { self.take(wanted, "layer") }
    }
}

/// Column names for `fields`, in their order.
pub fn columns(fields: &[Field]) -> Vec<String> {
    let mut names = Names { taken: OWN_COLUMNS.map(str::to_owned).to_vec() };
    fields.iter().map(|field| names.take(&field.name, "field")).collect()
}

/// A name as SQL text holds it.
pub fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FieldKind;

    #[test]
    fn names_are_unique_and_keep_out_of_what_is_kept() {
        let mut names = Names::default();
        assert_eq!(names.take_table("项目"), "项目");
        assert_eq!(names.take_table("项目"), "项目 2");
        assert_eq!(names.take_table("A\"b\0"), "Ab");
        assert_eq!(names.take_table("aB"), "aB 2");
        assert_eq!(names.take_table(" "), "layer");
        assert_eq!(names.take_table("GPKG_contents"), "layer GPKG_contents");
        let field = |name| Field::new(name, FieldKind::Text);
        assert_eq!(columns(&[field("FID"), field("名称"), field("名称"), field("")]), ["FID 2", "名称", "名称 2", "field"]);
        assert_eq!(quoted("a\"b"), "\"a\"\"b\"");
    }
}
