//! Drawing the picture: ground, pictures on it, layers; whole, or only what came into view.

use super::card::{CardChunk, CardTone, FORMAT, Look, Pass};
use super::chunks::{Chunk, Group};
use super::cut::{self, Cutting};
use super::looks::{self, Frame};
use super::picture::CardImage;
use super::strips::{came_into_view, common, scissor};
use super::tone::{chunks_toned, parts_of};
use super::{Map, PictureKey, Target};
use crate::app::canvas::backdrops::{Seen, Surface, Under};
use crate::geom::BBox;
use crate::scene::Style;
use eframe::wgpu;
use egui::Color32;
use std::sync::Arc;

impl Map {
    /// A texture of the size of the canvas.
    pub(super) fn aim(&mut self, size: [u32; 2]) {
        if self.target.as_ref().is_some_and(|t| t.size == size) {
            return;
        }
        let gpu = &self.gpu;
        let picture = || {
            use wgpu::TextureUsages as Use;
            let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("map"),
                size: wgpu::Extent3d { width: size[0], height: size[1], depth_or_array_layers: 1 },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: FORMAT,
                usage: Use::RENDER_ATTACHMENT | Use::TEXTURE_BINDING | Use::COPY_SRC | Use::COPY_DST,
                view_formats: &[],
            });
            let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
            (texture, view)
        };
        let pictures = [picture(), picture()];
        let mut renderer = gpu.renderer.write();
        let id = match self.target.take() {
            Some(before) => {
                renderer.update_egui_texture_from_wgpu_texture(&gpu.device, &pictures[0].1, wgpu::FilterMode::Linear, before.id);
                before.id
            }
            None => renderer.register_native_texture(&gpu.device, &pictures[0].1, wgpu::FilterMode::Linear),
        };
        self.target = Some(Target { pictures, id, size, key: None, whole_at: [0.0; 2] });
    }

    /// Draws the picture; of one that was only shifted, what came into view.
    /// `wanted`: the frame that chunks were chosen for, where `frame` is a coarser one.
    pub(super) fn draw(
        &mut self,
        (frame, wanted): (&Frame, &Frame),
        shown: &[(Arc<Group>, Style)],
        (ground, under): (Color32, &Under),
        shift: Option<[i32; 2]>,
    ) {
        let looks_before = self.looks.take();
        let Some(target) = &mut self.target else { return };
        target.pictures.swap(0, 1);
        let id = target.id;
        let Some(target) = &self.target else { return };
        let strips = shift.map_or_else(|| vec![[0, 0, frame.size[0], frame.size[1]]], |by| came_into_view(by, frame.size));
        // Lines reach beyond their land.
        let margin_m = 16.0 * frame.view.m_per_pt;
        let window = frame.view.window().grown(margin_m);
        let mut all: Vec<Look> = Vec::new();
        let mut steps: Vec<(Pass, usize, Step<'_>)> = Vec::new();
        // Pictures lie on the ground and under everything else.
        let on_ground = shown.iter().rposition(|(group, _)| group.class.is_ground()).map_or(0, |last| last + 1);
        for (at, (group, style)) in shown.iter().enumerate() {
            if at == on_ground {
                lay_pictures(frame, under, &mut all, &mut steps);
            }
            let parts = parts_of(shown, at);
            let (mixed, first) = (parts.len() > 1, parts.first() == Some(&at));
            let toned = chunks_toned(group, self.card.most_cells, wanted.m_per_px());
            let tone = self.tone_of(group, mixed).filter(|_| first);
            let mut seen: Vec<(&CardChunk, BBox)> = Vec::new();
            let mut gaps: Vec<BBox> = Vec::new();
            if let Some(cutting) = self.cutting_of(group, style, wanted) {
                for chunk in group.chunks.iter().filter(|c| c.bbox.meets(&window)) {
                    match self.on_card(chunk, cutting) {
                        Some(Some(on_card)) => seen.push((on_card, chunk.bbox.grown(margin_m))),
                        Some(None) => {}
                        None => gaps.push(chunk.bbox),
                    }
                }
            }
            if mixed && first && !toned {
                // The tone of all classes lies under what is there of any of them.
                for (other, style) in parts.iter().skip(1).map(|i| &shown[*i]) {
                    if let Some(cutting) = self.cutting_of(other, style, wanted) {
                        let missing = other.chunks.iter().filter(|c| c.bbox.meets(&window) && self.on_card(c, cutting).is_none());
                        gaps.extend(missing.map(|c| c.bbox));
                    }
                }
            }
            if let Some(tone) = tone.filter(|_| toned || !gaps.is_empty()) {
                all.push(looks::tone(frame, tone, style));
                let cut_to = if toned { vec![window] } else { gaps };
                steps.extend(cut_to.into_iter().map(|b| (Pass::Tone, all.len() - 1, Step::Tone(tone, b))));
            }
            let looks: Vec<Vec<(Pass, Look)>> = seen.iter().map(|(c, _)| looks::passes(frame, c.origin, style, !toned)).collect();
            // All areas of a layer first, then all its lines: no chunk covers its neighbour's border.
            for number in 0..looks.iter().map(Vec::len).max().unwrap_or(0) {
                for ((chunk, land), passes) in seen.iter().zip(&looks) {
                    if let Some((pass, look)) = passes.get(number).filter(|(pass, _)| chunk.has(*pass)) {
                        all.push(*look);
                        steps.push((*pass, all.len() - 1, Step::Chunk(chunk, *land)));
                    }
                }
            }
        }
        if on_ground == shown.len() {
            lay_pictures(frame, under, &mut all, &mut steps);
        }
        let looks = self.card.looks(all.len(), looks_before);
        self.card.write(&looks, &all);
        let mut encoder = self.card.device.create_command_encoder(&wgpu::CommandEncoderDescriptor { label: Some("map") });
        {
            let [r, g, b, a] = ground.to_array().map(|c| f64::from(c) / 255.0);
            let attachment = wgpu::RenderPassColorAttachment {
                view: &target.pictures[0].1,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations { load: wgpu::LoadOp::Clear(wgpu::Color { r, g, b, a }), store: wgpu::StoreOp::Store },
            };
            let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
                label: Some("map"),
                color_attachments: &[Some(attachment)],
                ..Default::default()
            });
            pass.set_viewport(0.0, 0.0, frame.size[0] as f32, frame.size[1] as f32, 0.0, 1.0);
            let mut set: Option<Pass> = None;
            let lands: Vec<BBox> = strips.iter().map(|strip| frame.land(*strip)).collect();
            let whole = [0, 0, frame.size[0], frame.size[1]];
            for (kind, number, step) in &steps {
                let of = match step {
                    Step::Chunk(_, of) | Step::Tone(_, of) => of,
                    Step::Image(_, seen) => &seen.tile.bbox,
                };
                let mut met = strips.iter().zip(&lands).filter(|(_, land)| of.meets(land)).map(|(strip, _)| *strip);
                let Some(first) = met.next() else { continue };
                if set != Some(*kind) {
                    self.card.set(&mut pass, *kind);
                    set = Some(*kind);
                }
                self.card.bind(&mut pass, &looks, *number);
                let second = met.next();
                match step {
                    Step::Chunk(chunk, _) => {
                        // Once, in both strips and between them: what was in view before is laid over it.
                        let [x, y, w, h] = second.map_or(first, |_| whole);
                        pass.set_scissor_rect(x, y, w, h);
                        chunk.draw(&mut pass, *kind);
                    }
                    Step::Image(image, seen) => {
                        let [x, y, w, h] = second.map_or(first, |_| whole);
                        pass.set_scissor_rect(x, y, w, h);
                        image.draw(&mut pass, seen.cells);
                    }
                    Step::Tone(tone, bbox) => {
                        for strip in [Some(first), second].into_iter().flatten() {
                            if let Some([x, y, w, h]) = scissor(frame, *bbox).and_then(|of| common(of, strip)) {
                                pass.set_scissor_rect(x, y, w, h);
                                tone.draw(&mut pass);
                            }
                        }
                    }
                }
            }
        }
        if let Some([right, down]) = shift {
            // What was in view before, where it is now.
            let [(to, _), (from, _)] = &target.pictures;
            let place = |texture, x: i32, y: i32| wgpu::TexelCopyTextureInfo {
                texture,
                mip_level: 0,
                origin: wgpu::Origin3d { x: x.max(0) as u32, y: y.max(0) as u32, z: 0 },
                aspect: wgpu::TextureAspect::All,
            };
            let [width, height] = [frame.size[0] - right.unsigned_abs(), frame.size[1] - down.unsigned_abs()];
            let size = wgpu::Extent3d { width, height, depth_or_array_layers: 1 };
            encoder.copy_texture_to_texture(place(from, -right, -down), place(to, right, down), size);
        }
        self.card.queue.submit([encoder.finish()]);
        drop(steps);
        let gpu = &self.gpu;
        let shown = &target.pictures[0].1;
        gpu.renderer.write().update_egui_texture_from_wgpu_texture(&gpu.device, shown, wgpu::FilterMode::Linear, id);
        self.looks = Some(looks);
        self.drawn += 1;
    }

    /// The chunk as it is wanted, or as it was cut for another scale; `None` while it is not there at all.
    fn on_card(&self, chunk: &Chunk, cutting: Cutting) -> Option<Option<&CardChunk>> {
        if let Some(kept) = self.chunks.get(&(chunk.stamp, cutting)) {
            return Some(kept.chunk.as_ref());
        }
        let near = (0..=cut::LEVELS).map(|level| Cutting { level, ..cutting }).filter(|c| self.chunks.contains_key(&(chunk.stamp, *c)));
        let best = near.min_by_key(|c| c.level.abs_diff(cutting.level))?;
        self.chunks.get(&(chunk.stamp, best)).map(|k| k.chunk.as_ref())
    }
}

/// The tiles under the map as looks and steps.
fn lay_pictures<'a>(frame: &Frame, under: &'a Under, all: &mut Vec<Look>, steps: &mut Vec<(Pass, usize, Step<'a>)>) {
    for seen in &under.seen {
        if let Surface::Card(image) = &seen.tile.surface {
            all.push(looks::image(frame, image.origin, seen.opacity));
            steps.push((Pass::Image, all.len() - 1, Step::Image(image, seen)));
        }
    }
}

enum Step<'a> {
    /// With the land on which something of it may be seen.
    Chunk(&'a CardChunk, BBox),
    Tone(&'a CardTone, BBox),
    Image(&'a CardImage, &'a Seen),
}

/// How many whole pixels right and down what was drawn has to go to show the new picture; `None` when that is not all.
pub(super) fn panned(target: &Target, new: &PictureKey) -> Option<[i32; 2]> {
    let before = target.key.as_ref()?;
    let mut same = new.clone();
    same.frame.view.center = before.frame.view.center;
    if *before != same {
        return None;
    }
    let m = new.frame.m_per_px();
    let by = |from: [f64; 2]| [(from[0] - new.frame.view.center[0]) / m, (new.frame.view.center[1] - from[1]) / m];
    let whole = by(target.whole_at).iter().all(|d| (d - d.round()).abs() < 0.02);
    let shift = by(before.frame.view.center).map(f64::round);
    let near = shift.iter().zip(new.frame.size).all(|(d, size)| d.abs() < f64::from(size) / 2.0);
    (whole && near).then(|| shift.map(|d| d as i32))
}
