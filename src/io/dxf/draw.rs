//! Entities drawn: blocks taken apart where they are inserted, curves cut into chords, all of it in the drawing's plan.

use super::curve::{self, Flatness, Spline};
use super::drawing::{Block, Drawing, Entity, LayerState, block_name};
use super::figure::{Drawn, Figure, Oddities};
use super::frame::{Frame, Point3, cross, norm};
use super::hatch::rings_of;
use super::pairs::{Broken, Pair};
use super::words;
use crate::geom::{Point, Rings};
use encoding_rs::Encoding;
use std::collections::HashMap;
use std::f64::consts::TAU;
use std::sync::Arc;

/// Blocks within blocks at most.
const DEPTH: usize = 16;
/// Farthest that a chord strays from its curve, in units of the drawing: half a millimetre where they are metres.
pub const CHORD_ERROR: f64 = 0.000_5;
/// The same where the numbers may be degrees.
const CHORD_ERROR_DEGREES: f64 = 5e-9;
/// The ends of a polyline nearer than this are one point, in units; never more than a ten-thousandth of its length.
pub const CLOSING: f64 = 0.01;

/// Flags of an attribute definition: the same in every insert, and not shown.
const CONSTANT: i64 = 2;
const HIDDEN: i64 = 1;

/// Why drawing ended early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    Broken(Broken),
    /// Blocks in blocks make more than any drawing of this size should show.
    TooMuch,
    Cancelled,
}

impl From<Broken> for Stopped {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// Where an entity stands: in the drawing itself, or in blocks.
#[derive(Clone)]
struct Place<'d> {
    frame: Frame,
    /// The outermost block, and the layer that its layer 0 takes.
    block: Option<Arc<str>>,
    layer: Option<Arc<str>>,
    /// Blocks that are being drawn, so that none is drawn in itself.
    path: Vec<&'d [u8]>,
}

/// A drawing on its way to figures.
pub struct Pen<'d, 'a> {
    drawing: &'d Drawing<'a>,
    encoding: &'static Encoding,
    names: HashMap<&'a [u8], Arc<str>>,
    /// Points and entities that may still be drawn: what the file's size allows.
    points_left: usize,
    steps_left: usize,
    pub figures: Vec<Figure>,
    pub odd: Oddities,
}

impl<'d, 'a> Pen<'d, 'a> {
    /// `size`: bytes of the file.
    pub fn new(drawing: &'d Drawing<'a>, encoding: &'static Encoding, size: usize) -> Self {
        let (points_left, steps_left) = (4_000_000 + 2 * size, 1_000_000 + size / 4);
        Self { drawing, encoding, names: HashMap::new(), points_left, steps_left, figures: Vec::new(), odd: Oddities::default() }
    }

    /// Draws an entity of the drawing itself.
    ///
    /// # Errors
    /// [`Stopped::TooMuch`].
    pub fn draw(&mut self, entity: &Entity<'a>) -> Result<(), Stopped> {
        let place = Place { frame: Frame::DRAWING, block: None, layer: None, path: Vec::new() };
        self.entity(entity, &place)
    }

    fn name(&mut self, bytes: &'a [u8]) -> Arc<str> {
        let encoding = self.encoding;
        self.names.entry(bytes).or_insert_with(|| words::plain(bytes, encoding).into()).clone()
    }

    fn layer_of(&mut self, entity: &Entity<'a>, place: &Place<'_>) -> (Arc<str>, LayerState) {
        let own = entity.words(8);
        let state = self.drawing.layers.get(own).copied().unwrap_or_default();
        match &place.layer {
            Some(inherited) if own == b"0" || own.is_empty() => (inherited.clone(), state),
            _ => (self.name(if own.is_empty() { b"0" } else { own }), state),
        }
    }

    fn flat(&self, frame: &Frame) -> Flatness {
        let stretch = frame.stretch().max(f64::MIN_POSITIVE);
        if self.drawing.may_be_degrees {
            Flatness { error: CHORD_ERROR_DEGREES / stretch, turn: 1_024.0 }
        } else {
            Flatness { error: CHORD_ERROR / stretch, turn: 65_536.0 }
        }
    }

    fn entity(&mut self, entity: &Entity<'a>, place: &Place<'d>) -> Result<(), Stopped> {
        self.steps_left = self.steps_left.checked_sub(1).ok_or(Stopped::TooMuch)?;
        if entity.whole(67) != 0 {
            self.odd.paper += 1;
            return Ok(());
        }
        if entity.whole(60) & 1 != 0 {
            self.odd.invisible += 1;
            return Ok(());
        }
        let plane = place.frame.after(&Frame::of_normal(entity.normal()));
        match entity.kind {
            b"LWPOLYLINE" => self.lwpolyline(entity, place, &plane),
            b"POLYLINE" => self.polyline(entity, place, &plane),
            b"LINE" => self.line(entity, place, &place.frame, vec![entity.point(10), entity.point(11)]),
            b"LEADER" => {
                let points = vertices(entity).into_iter().map(|(p, _)| p).collect();
                self.line(entity, place, &place.frame, points)
            }
            b"POINT" => {
                let [x, y, z] = place.frame.place(entity.point(10));
                self.push(entity, place, Drawn::Point([x, y]), Some(z));
                Ok(())
            }
            b"CIRCLE" | b"ARC" => {
                let (radius, whole) = (entity.number(40, f64::NAN), entity.kind == b"CIRCLE");
                let angle = |code| entity.number(code, 0.0).to_radians();
                let (start, sweep) = if whole { (0.0, TAU) } else { (angle(50), curve::sweep(angle(50), angle(51))) };
                let points = curve::arc(entity.point(10), radius, start, sweep, self.flat(&plane));
                self.curve(entity, place, &plane, points, whole)
            }
            b"ELLIPSE" => {
                let (major, ratio) = (entity.point(11), entity.number(40, 1.0));
                let normal = entity.normal();
                let minor = cross(normal.map(|v| v / norm(normal)), major).map(|v| v * ratio);
                let (start, end) = (entity.number(41, 0.0), entity.number(42, TAU));
                let sweep = curve::sweep(start, end);
                let points = curve::ellipse(entity.point(10), major, minor, start, sweep, self.flat(&place.frame));
                self.curve(entity, place, &place.frame, points, (sweep - TAU).abs() < 1e-9)
            }
            b"SPLINE" => self.spline(entity, place),
            b"HATCH" => self.hatch(entity, place, &plane),
            b"SOLID" | b"TRACE" => self.corners(entity, place, &plane, [10, 11, 13, 12]),
            b"3DFACE" => self.corners(entity, place, &place.frame, [10, 11, 12, 13]),
            b"TEXT" | b"ATTRIB" | b"MTEXT" => {
                self.words(entity, place, &plane);
                Ok(())
            }
            // Within a block it only says where an attribute of an insert would stand, but for one that is the same in all.
            b"ATTDEF" if place.path.is_empty() || entity.whole(70) & (CONSTANT | HIDDEN) == CONSTANT => {
                self.words(entity, place, &plane);
                Ok(())
            }
            b"ATTDEF" | b"VIEWPORT" | b"SEQEND" => Ok(()),
            b"INSERT" => self.insert(entity, place, &plane),
            b"DIMENSION" | b"ARC_DIMENSION" | b"LARGE_RADIAL_DIMENSION" if !entity.words(2).is_empty() => {
                let frame = place.frame;
                self.block(entity, place, frame)
            }
            _ => {
                self.left_out(entity, place, "");
                Ok(())
            }
        }
    }

    fn left_out(&mut self, entity: &Entity<'a>, place: &Place<'_>, more: &str) {
        let (layer, _) = self.layer_of(entity, place);
        let kind = format!("{}{more}", String::from_utf8_lossy(entity.kind));
        self.odd.not_read.add(&kind.into(), &layer);
    }

    fn push(&mut self, entity: &Entity<'a>, place: &Place<'_>, drawn: Drawn, elevation: Option<f64>) {
        let (layer, state) = self.layer_of(entity, place);
        if state.hidden {
            *self.odd.hidden.entry(layer.clone()).or_default() += 1;
        }
        let color = entity.pair(62).map(Pair::whole).filter(|c| (1..=255).contains(c)).or((state.color > 0).then_some(state.color));
        let handle = Some(entity.words(5)).filter(|h| !h.is_empty());
        let kind = self.name(entity.kind);
        self.figures.push(Figure {
            drawn,
            layer,
            kind,
            handle: handle.map(|h| String::from_utf8_lossy(h).into()),
            color,
            elevation: elevation.filter(|z| z.is_finite()),
            block: place.block.clone(),
            words: None,
            south: self.south(entity),
        });
    }

    /// The texts that the application `SOUTH` hung on an entity.
    fn south(&self, entity: &Entity<'a>) -> Vec<Arc<str>> {
        let hung = entity.pairs.iter().skip_while(|p| !(p.code == 1001 && p.words().trim_ascii() == b"SOUTH")).skip(1);
        let texts = hung.take_while(|p| p.code != 1001).filter(|p| p.code == 1000);
        texts.map(|p| words::plain(p.words(), self.encoding).trim().into()).collect()
    }

    /// Points in the plan; the height that they all have.
    fn plan(&mut self, frame: &Frame, points: &[Point3]) -> Result<(Vec<Point>, Option<f64>), Stopped> {
        self.points_left = self.points_left.checked_sub(points.len()).ok_or(Stopped::TooMuch)?;
        let placed: Vec<Point3> = points.iter().map(|p| frame.place(*p)).collect();
        let height = placed.first().map(|p| p[2]).filter(|z| placed.iter().all(|p| p[2] == *z));
        Ok((placed.iter().map(|p| [p[0], p[1]]).collect(), height))
    }

    fn line(&mut self, entity: &Entity<'a>, place: &Place<'_>, frame: &Frame, points: Vec<Point3>) -> Result<(), Stopped> {
        let (points, height) = self.plan(frame, &points)?;
        let mut rings = Rings::new();
        rings.push_path(&points);
        rings.end_part();
        self.push(entity, place, Drawn::Line(rings), height);
        Ok(())
    }

    fn area(&mut self, entity: &Entity<'a>, place: &Place<'_>, frame: &Frame, points: &[Point3]) -> Result<(), Stopped> {
        self.odd.tilted += usize::from(frame.is_tilted());
        let (points, height) = self.plan(frame, points)?;
        let mut rings = Rings::new();
        rings.push_ring(&points);
        rings.end_polygon();
        self.push(entity, place, Drawn::Area(rings), height);
        Ok(())
    }

    /// A curve: an area when it closes and is no symbol of a block.
    fn curve(&mut self, entity: &Entity<'a>, place: &Place<'_>, frame: &Frame, points: Vec<Point3>, closed: bool) -> Result<(), Stopped> {
        self.odd.curves += 1;
        self.odd.coarse += usize::from(points.len() > 65_536);
        match (closed, place.path.is_empty()) {
            (true, true) => self.area(entity, place, frame, &points[..points.len().saturating_sub(1)]),
            (true, false) => {
                self.odd.symbols += 1;
                self.line(entity, place, frame, points)
            }
            (false, _) => self.line(entity, place, frame, points),
        }
    }

    fn lwpolyline(&mut self, entity: &Entity<'a>, place: &Place<'_>, plane: &Frame) -> Result<(), Stopped> {
        let z = entity.number(38, 0.0);
        let vertices: Vec<_> = vertices(entity).into_iter().map(|([x, y, _], bulge)| ([x, y, z], bulge)).collect();
        self.chain(entity, place, plane, vertices, entity.whole(70) & 1 != 0)
    }

    fn polyline(&mut self, entity: &Entity<'a>, place: &Place<'_>, plane: &Frame) -> Result<(), Stopped> {
        let flags = entity.whole(70);
        if flags & (16 | 64) != 0 {
            self.left_out(entity, place, " (mesh)");
            return Ok(());
        }
        let (spatial, z) = (flags & 8 != 0, entity.number(30, 0.0));
        // The corners of a frame that a smooth curve only leans on are no points of it.
        let on_it = entity.members.iter().filter(|v| v.whole(70) & 16 == 0);
        let vertices: Vec<_> = on_it
            .map(|vertex| {
                let [x, y, own] = vertex.point(10);
                if spatial { ([x, y, own], 0.0) } else { ([x, y, z], vertex.number(42, 0.0)) }
            })
            .collect();
        self.chain(entity, place, if spatial { &place.frame } else { plane }, vertices, flags & 1 != 0)
    }

    fn chain(
        &mut self,
        entity: &Entity<'a>,
        place: &Place<'_>,
        frame: &Frame,
        mut vertices: Vec<(Point3, f64)>,
        closed: bool,
    ) -> Result<(), Stopped> {
        let gap = match (closed, vertices.first(), vertices.last()) {
            (false, Some((first, _)), Some((last, _))) if vertices.len() > 3 => {
                let length: f64 = vertices.windows(2).map(|v| apart(v[0].0, v[1].0)).sum();
                Some(apart(*first, *last)).filter(|gap| *gap <= CLOSING.min(length / 10_000.0))
            }
            _ => None,
        };
        if let Some(gap) = gap {
            vertices.pop();
            self.odd.closed_by_place += 1;
            self.odd.gap = self.odd.gap.max(gap);
        }
        let closed = closed || gap.is_some();
        let flat = self.flat(frame);
        let mut points = Vec::with_capacity(vertices.len() + 1);
        points.extend(vertices.first().map(|(p, _)| *p));
        let edges = if closed { vertices.len() } else { vertices.len().saturating_sub(1) };
        let mut curved = false;
        for i in 0..edges {
            let (from, bulge) = vertices[i];
            curved |= curve::bulge(&mut points, from, vertices[(i + 1) % vertices.len()].0, bulge, flat);
        }
        self.odd.curves += usize::from(curved);
        if closed && points.len() > 3 {
            points.pop();
            return self.area(entity, place, frame, &points);
        }
        self.line(entity, place, frame, points)
    }

    fn spline(&mut self, entity: &Entity<'a>, place: &Place<'_>) -> Result<(), Stopped> {
        let mut spline = Spline { degree: usize::try_from(entity.whole(71)).unwrap_or(0), ..Spline::default() };
        for pair in entity.pairs.iter().take_while(|p| p.code < 1000) {
            let value = pair.number().unwrap_or(f64::NAN);
            match pair.code {
                40 => spline.knots.push(value),
                41 => spline.weights.push(value),
                10 => spline.controls.push([value, f64::NAN, 0.0]),
                20 => spline.controls.last_mut().into_iter().for_each(|p| p[1] = value),
                30 => spline.controls.last_mut().into_iter().for_each(|p| p[2] = value),
                11 => spline.fit.push([value, f64::NAN, 0.0]),
                21 => spline.fit.last_mut().into_iter().for_each(|p| p[1] = value),
                31 => spline.fit.last_mut().into_iter().for_each(|p| p[2] = value),
                _ => {}
            }
        }
        let Some(points) = spline.points(self.flat(&place.frame)) else {
            self.odd.broken_splines += 1;
            self.left_out(entity, place, "");
            return Ok(());
        };
        self.odd.fit_splines += usize::from(spline.controls.is_empty());
        self.odd.bare_splines += usize::from(!spline.controls.is_empty() && spline.knots.is_empty());
        let ends_meet = points.len() > 3 && apart(points[0], points[points.len() - 1]) <= 1e-6;
        let closed = ends_meet || (entity.whole(70) & 1 != 0 && points.len() > 2);
        // A closed one whose ends do not meet gets the edge that closes it.
        let points = if closed && !ends_meet { [&points[..], &points[..1]].concat() } else { points };
        self.curve(entity, place, &place.frame, points, closed)
    }

    fn hatch(&mut self, entity: &Entity<'a>, place: &Place<'_>, plane: &Frame) -> Result<(), Stopped> {
        let hatch = rings_of(entity, self.flat(plane));
        self.odd.curves += usize::from(hatch.curves > 0);
        self.odd.tilted += usize::from(plane.is_tilted());
        let mut rings = Rings::new();
        let mut height = None;
        if hatch.open {
            self.odd.open_hatches += 1;
        } else {
            for ring in &hatch.rings {
                let (points, z) = self.plan(plane, ring)?;
                rings.push_ring(&points);
                height = z;
            }
            rings.end_nested();
        }
        self.push(entity, place, Drawn::Area(rings), height);
        Ok(())
    }

    /// A filled triangle or quadrangle, its corners in the order of `codes`.
    fn corners(&mut self, entity: &Entity<'a>, place: &Place<'_>, frame: &Frame, codes: [i32; 4]) -> Result<(), Stopped> {
        let mut points: Vec<Point3> = codes.into_iter().filter(|c| entity.pair(*c).is_some()).map(|code| entity.point(code)).collect();
        points.dedup();
        // Corners of no width: there and back is a line.
        if points.len() > 1 && points.first() == points.last() {
            points.pop();
        }
        match (points.len(), place.path.is_empty()) {
            (3.., true) => self.area(entity, place, frame, &points),
            (3.., false) => {
                self.odd.symbols += 1;
                points.extend_from_within(..1);
                self.line(entity, place, frame, points)
            }
            (1, _) => {
                let [x, y, z] = frame.place(points[0]);
                self.push(entity, place, Drawn::Point([x, y]), Some(z));
                Ok(())
            }
            _ => self.line(entity, place, frame, points),
        }
    }

    fn words(&mut self, entity: &Entity<'a>, place: &Place<'_>, plane: &Frame) {
        let (text, at) = if entity.kind == b"MTEXT" {
            let all: Vec<u8> = entity.pairs.iter().filter(|p| matches!(p.code, 1 | 3)).flat_map(|p| p.words()).copied().collect();
            (words::paragraph(&all, self.encoding), place.frame.place(entity.point(10)))
        } else {
            let bytes = entity.pair(1).map_or(&b""[..], Pair::words);
            // Where it is aligned to, else where it begins.
            let aligned = (entity.whole(72) != 0 || entity.whole(73) != 0 || entity.whole(74) != 0) && entity.pair(11).is_some();
            let at = entity.point(if aligned { 11 } else { 10 });
            (words::plain(bytes, self.encoding).trim().to_owned(), plane.place(at))
        };
        self.push(entity, place, Drawn::Words([at[0], at[1]]), Some(at[2]));
        if let Some(figure) = self.figures.last_mut() {
            figure.words = Some(text.into());
        }
    }

    fn insert(&mut self, entity: &Entity<'a>, place: &Place<'d>, plane: &Frame) -> Result<(), Stopped> {
        let scale = [41, 42, 43].map(|code| entity.number(code, 1.0));
        let turned = Frame::moved(entity.point(10)).after(&Frame::turned(entity.number(50, 0.0)));
        let many = |code: i32| entity.pair(code).map_or(1, |p| p.whole().max(1));
        let first = plane.after(&turned);
        let origin = first.place([0.0; 3]);
        for row in 0..many(71) {
            for column in 0..many(70) {
                let by = [column as f64 * entity.number(44, 0.0), row as f64 * entity.number(45, 0.0), 0.0];
                let frame = plane.after(&turned).after(&Frame::moved(by)).after(&Frame::scaled(scale));
                self.steps_left = self.steps_left.checked_sub(1).ok_or(Stopped::TooMuch)?;
                self.block(entity, place, frame)?;
                // Its attributes stand beside each of its copies.
                let at = first.after(&Frame::moved(by)).place([0.0; 3]);
                let aside = Frame::moved([at[0] - origin[0], at[1] - origin[1], at[2] - origin[2]]);
                let there = Place { frame: aside.after(&place.frame), ..place.clone() };
                entity.members.iter().try_for_each(|member| self.entity(member, &there))?;
            }
        }
        Ok(())
    }

    /// Draws the block that an entity names; where there is nothing to draw, the point where it would stand.
    fn block(&mut self, entity: &Entity<'a>, place: &Place<'d>, frame: Frame) -> Result<(), Stopped> {
        let drawing: &'d Drawing<'a> = self.drawing;
        let name = entity.words(2);
        let found: Option<(&'d Vec<u8>, &'d Block<'a>)> = drawing.blocks.get_key_value(&block_name(name));
        let shown = self.name(name);
        let Some((key, block)) = found.filter(|(_, block)| !block.entities.is_empty()) else {
            // What a dimension measures is drawn by its block alone.
            if entity.kind != b"INSERT" {
                self.left_out(entity, place, "");
                return Ok(());
            }
            if found.is_none_or(|(_, block)| block.external) {
                *self.odd.missing_blocks.entry(shown.clone()).or_default() += 1;
            }
            let [x, y, z] = frame.place([0.0; 3]);
            let block = Some(place.block.clone().unwrap_or(shown));
            self.push(entity, &Place { block, ..place.clone() }, Drawn::Point([x, y]), Some(z));
            return Ok(());
        };
        if place.path.len() >= DEPTH || place.path.contains(&key.as_slice()) {
            self.odd.endless_inserts += 1;
            return Ok(());
        }
        let (layer, _) = self.layer_of(entity, place);
        let within = Place {
            frame: frame.after(&Frame::moved(block.base.map(|v| -v))),
            block: Some(place.block.clone().unwrap_or(shown)),
            layer: Some(layer),
            path: place.path.iter().copied().chain([key.as_slice()]).collect(),
        };
        block.entities.iter().try_for_each(|inner| self.entity(inner, &within))
    }
}

/// Vertices given by the codes 10, 20, 30 and 42 one after the other.
fn vertices(entity: &Entity<'_>) -> Vec<(Point3, f64)> {
    let mut out: Vec<(Point3, f64)> = Vec::new();
    for pair in entity.pairs.iter().take_while(|p| p.code < 1000) {
        let value = || pair.number().unwrap_or(f64::NAN);
        match (pair.code, out.last_mut()) {
            (10, _) => out.push(([value(), f64::NAN, 0.0], 0.0)),
            (20, Some((p, _))) => p[1] = value(),
            (30, Some((p, _))) => p[2] = value(),
            (42, Some((_, bulge))) => *bulge = value(),
            _ => {}
        }
    }
    out
}

fn apart(a: Point3, b: Point3) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
