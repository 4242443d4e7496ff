//! A drawing taken apart: what its header says, its layers and blocks, and its entities one after the other.

use super::frame::Point3;
use super::pairs::{Broken, Pair, Pairs};
use crate::io::encoding::Evidence;
use std::collections::HashMap;

/// One entity with the pairs that describe it.
#[derive(Clone, Debug, Default)]
pub struct Entity<'a> {
    /// Type in capitals, e.g. `LWPOLYLINE`.
    pub kind: &'a [u8],
    pub pairs: Vec<Pair<'a>>,
    /// Vertices of a polyline, attributes of an insert.
    pub members: Vec<Entity<'a>>,
}

impl<'a> Entity<'a> {
    pub fn pair(&self, code: i32) -> Option<&Pair<'a>> {
        self.pairs.iter().take_while(|p| p.code < 1000).find(|p| p.code == code)
    }

    pub fn words(&self, code: i32) -> &'a [u8] {
        self.pair(code).map_or(b"", |p| p.words().trim_ascii())
    }

    /// The number of a code, or `default` where there is none. One that cannot be read is no number, and shows as such.
    pub fn number(&self, code: i32, default: f64) -> f64 {
        self.pair(code).map_or(default, |p| p.number().unwrap_or(f64::NAN))
    }

    pub fn whole(&self, code: i32) -> i64 {
        self.pair(code).map_or(0, Pair::whole)
    }

    /// The point whose first number has this code, the others 10 and 20 above it.
    pub fn point(&self, code: i32) -> Point3 {
        [self.number(code, f64::NAN), self.number(code + 10, f64::NAN), self.number(code + 20, 0.0)]
    }

    /// The direction its plane stands on.
    pub fn normal(&self) -> Point3 {
        [self.number(210, 0.0), self.number(220, 0.0), self.number(230, 1.0)]
    }
}

/// Entities that are drawn where they are inserted.
#[derive(Debug, Default)]
pub struct Block<'a> {
    pub base: Point3,
    /// It stands in another file.
    pub external: bool,
    pub entities: Vec<Entity<'a>>,
}

/// What the table says of a layer.
#[derive(Clone, Copy, Debug, Default)]
pub struct LayerState {
    pub color: i64,
    /// Frozen or switched off.
    pub hidden: bool,
}

/// All of a drawing but its entities, which are read one by one.
#[derive(Debug, Default)]
pub struct Drawing<'a> {
    /// `$ACADVER`, e.g. `AC1015`.
    pub version: &'a [u8],
    /// `$DWGCODEPAGE`, e.g. `ANSI_936`.
    pub code_page: &'a [u8],
    /// `$INSUNITS`; 0 when it says nothing.
    pub units: i64,
    pub layers: HashMap<&'a [u8], LayerState>,
    pub blocks: HashMap<Vec<u8>, Block<'a>>,
    /// Where the sections with entities begin.
    entities: Vec<Pairs<'a>>,
    pub evidence: Evidence,
    /// All coordinates are small enough to be degrees.
    pub may_be_degrees: bool,
}

/// Why a file is no drawing that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Broken(Broken),
    /// It ends within a section before the end of its entities.
    Cut(usize),
    /// There is no section in it.
    Empty,
}

impl From<Broken> for Fault {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

impl<'a> Drawing<'a> {
    /// Looks through the whole file, then reads header, layers and blocks.
    ///
    /// # Errors
    /// When the pairs cannot be told apart, or the file is cut.
    pub fn new(bytes: &'a [u8]) -> Result<Self, Fault> {
        let mut drawing = Self { may_be_degrees: true, ..Self::default() };
        let sections = drawing.look_through(bytes)?;
        for (name, at) in &sections {
            match *name {
                b"HEADER" => drawing.read_header(*at)?,
                b"TABLES" => drawing.read_layers(*at)?,
                b"BLOCKS" => drawing.read_blocks(*at)?,
                b"ENTITIES" => drawing.entities.push(*at),
                _ => {}
            }
        }
        if sections.is_empty() { Err(Fault::Empty) } else { Ok(drawing) }
    }

    /// The sections by name, each with the place after it; gathers what the texts and coordinates look like.
    fn look_through(&mut self, bytes: &'a [u8]) -> Result<Vec<(&'a [u8], Pairs<'a>)>, Fault> {
        let mut pairs = Pairs::new(bytes);
        let mut sections = Vec::new();
        let mut within = None;
        let mut named = true;
        while let Some(pair) = pairs.next()? {
            if pair.begins("SECTION") {
                (within, named) = (None, false);
            } else if pair.begins("ENDSEC") {
                // Some writers leave the word for the next section out.
                (within, named) = (None, false);
            } else if pair.begins("EOF") {
                break;
            } else if pair.code == 2 && !named {
                let name = pair.words().trim_ascii();
                sections.push((name, pairs));
                (within, named) = (Some(name), true);
            }
            let drawn = matches!(within, Some(b"ENTITIES" | b"BLOCKS"));
            match pair.code {
                1..=9 | 1000 | 1003 if !pair.words().is_ascii() => self.evidence.add(pair.words()),
                10..=18 if drawn => self.may_be_degrees &= pair.number().is_none_or(|x| x.abs() <= 180.0),
                20..=28 if drawn => self.may_be_degrees &= pair.number().is_none_or(|y| y.abs() <= 90.0),
                _ => {}
            }
        }
        match within {
            Some(b"HEADER" | b"CLASSES" | b"TABLES" | b"BLOCKS" | b"ENTITIES") => Err(Fault::Cut(pairs.place())),
            _ => Ok(sections),
        }
    }

    fn read_header(&mut self, mut pairs: Pairs<'a>) -> Result<(), Broken> {
        let mut variable: &[u8] = b"";
        while let Some(pair) = pairs.next()?.filter(|p| !p.begins("ENDSEC")) {
            match (variable, pair.code) {
                (_, 9) => variable = pair.words().trim_ascii(),
                (b"$ACADVER", 1) => self.version = pair.words().trim_ascii(),
                (b"$DWGCODEPAGE", 3) => self.code_page = pair.words().trim_ascii(),
                (b"$INSUNITS", 70) => self.units = pair.whole(),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_layers(&mut self, pairs: Pairs<'a>) -> Result<(), Broken> {
        let mut entities = Entities::new(pairs);
        while let Some(entry) = entities.next()? {
            if entry.kind == b"LAYER" {
                let color = entry.pair(62).map_or(7, Pair::whole);
                let hidden = color < 0 || entry.whole(70) & 1 != 0;
                self.layers.insert(entry.words(2), LayerState { color: color.saturating_abs(), hidden });
            }
        }
        Ok(())
    }

    fn read_blocks(&mut self, pairs: Pairs<'a>) -> Result<(), Broken> {
        let mut entities = Entities::new(pairs);
        let mut current: Option<(Vec<u8>, Block<'a>)> = None;
        while let Some(entity) = entities.next()? {
            match (entity.kind, &mut current) {
                (b"BLOCK", _) => {
                    let base = [entity.number(10, 0.0), entity.number(20, 0.0), entity.number(30, 0.0)];
                    current =
                        Some((block_name(entity.words(2)), Block { base, external: entity.whole(70) & 4 != 0, entities: Vec::new() }));
                }
                (b"ENDBLK", _) => self.blocks.extend(current.take()),
                (_, Some((_, block))) => block.entities.push(entity),
                (_, None) => {}
            }
        }
        self.blocks.extend(current);
        Ok(())
    }

    /// Gives each entity of the drawing to `take`, in file order.
    ///
    /// # Errors
    /// What `take` says.
    pub fn each_entity<E: From<Broken>>(&self, mut take: impl FnMut(Entity<'a>) -> Result<(), E>) -> Result<(), E> {
        for pairs in &self.entities {
            let mut entities = Entities::new(*pairs);
            while let Some(entity) = entities.next()? {
                take(entity)?;
            }
        }
        Ok(())
    }
}

/// Names of blocks are the same whatever their case.
pub fn block_name(name: &[u8]) -> Vec<u8> {
    name.to_ascii_uppercase()
}

/// The entities of one section.
struct Entities<'a> {
    pairs: Pairs<'a>,
    /// The pair that begins the next one.
    begun: Option<Pair<'a>>,
}

impl<'a> Entities<'a> {
    fn new(pairs: Pairs<'a>) -> Self {
        Self { pairs, begun: None }
    }

    fn next(&mut self) -> Result<Option<Entity<'a>>, Broken> {
        let Some(mut entity) = self.single()? else { return Ok(None) };
        let member: &[u8] = match entity.kind {
            b"POLYLINE" => b"VERTEX",
            b"INSERT" => b"ATTRIB",
            _ => return Ok(Some(entity)),
        };
        while self.comes(member)? {
            entity.members.extend(self.single()?);
        }
        if self.comes(b"SEQEND")? {
            self.single()?;
        }
        Ok(Some(entity))
    }

    /// Whether the next entity is of this kind.
    fn comes(&mut self, kind: &[u8]) -> Result<bool, Broken> {
        if self.begun.is_none() {
            while let Some(pair) = self.pairs.next()? {
                if pair.code == 0 {
                    self.begun = Some(pair);
                    break;
                }
            }
        }
        Ok(self.begun.is_some_and(|p| p.words().trim_ascii() == kind))
    }

    fn single(&mut self) -> Result<Option<Entity<'a>>, Broken> {
        self.comes(b"")?;
        let Some(begun) = self.begun.filter(|p| !p.begins("ENDSEC") && !p.begins("EOF") && !p.begins("SECTION")) else { return Ok(None) };
        self.begun = None;
        let mut entity = Entity { kind: begun.words().trim_ascii(), ..Entity::default() };
        // What applications hang on in braces says nothing of the entity itself.
        let mut hung_on = false;
        while let Some(pair) = self.pairs.next()? {
            match pair.code {
                0 => {
                    self.begun = Some(pair);
                    break;
                }
                102 => hung_on = pair.words().trim_ascii().starts_with(b"{"),
                999 => {}
                _ if hung_on => {}
                _ => entity.pairs.push(pair),
            }
        }
        Ok(Some(entity))
    }
}
