//! A tile of a picture on the graphics card: its pixels, and the mesh that lays them on the plane.

use super::card::{Card, FORMAT};
use crate::app::canvas::backdrops::Cells;
use crate::geom::Point;
use crate::io::{CELLS, TileMesh, TilePixels};
use eframe::wgpu;
use wgpu::util::{BufferInitDescriptor, DeviceExt};

/// Cells reach so far over their tile, as a share of a cell: what is rounded differently in two tiles leaves no gap between them.
const OVERLAP: f32 = 1e-4;

pub struct CardImage {
    pub origin: Point,
    pixels: wgpu::BindGroup,
    corners: wgpu::Buffer,
    triangles: wgpu::Buffer,
    /// How many triangles' corners come before each cell, and in all: where the plane does not reach there are none.
    before: Vec<u32>,
    pub bytes: u64,
}

impl Card {
    /// Brings a tile to the card; `None` when no texture holds it.
    pub fn image(&self, pixels: &TilePixels, mesh: &TileMesh) -> Option<CardImage> {
        let most = self.most_cells as u32;
        if pixels.width == 0 || pixels.height == 0 || pixels.width > most || pixels.height > most {
            return None;
        }
        let size = wgpu::Extent3d { width: pixels.width, height: pixels.height, depth_or_array_layers: 1 };
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("map picture"),
            size,
            mip_level_count: 1,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: FORMAT,
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        let layout = wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some(pixels.width * 4), rows_per_image: None };
        self.queue.write_texture(texture.as_image_copy(), &pixels.rgba, layout, size);
        let (corners, cells) = mesh_of(mesh);
        let triangles: Vec<u16> = cells.iter().flatten().copied().collect();
        let mut before = vec![0];
        before.extend(cells.iter().scan(0, |sum, cell| {
            *sum += cell.len() as u32;
            Some(*sum)
        }));
        if triangles.is_empty() {
            return None;
        }
        let buffer =
            |contents: &[u8], usage| self.device.create_buffer_init(&BufferInitDescriptor { label: Some("map picture"), contents, usage });
        Some(CardImage {
            origin: mesh.origin,
            pixels: self.texture_group(&texture),
            corners: buffer(bytemuck::cast_slice(&corners), wgpu::BufferUsages::VERTEX),
            triangles: buffer(bytemuck::cast_slice(&triangles), wgpu::BufferUsages::INDEX),
            before,
            bytes: pixels.rgba.len() as u64 + corners.len() as u64 * 16 + triangles.len() as u64 * 2,
        })
    }
}

impl CardImage {
    /// Draws some of its cells.
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, cells: Cells) {
        pass.set_bind_group(1, &self.pixels, &[]);
        pass.set_vertex_buffer(0, self.corners.slice(..));
        pass.set_index_buffer(self.triangles.slice(..), wgpu::IndexFormat::Uint16);
        for row in cells.rows() {
            let bound = |cell: usize| self.before.get(cell).copied().unwrap_or(0);
            let (from, to) = (bound(row.start), bound(row.end));
            if from < to {
                pass.draw_indexed(from..to, 0, 0..1);
            }
        }
    }
}

/// Corners (east, north, right, down) and the triangles of each cell.
fn mesh_of(mesh: &TileMesh) -> (Vec<[f32; 4]>, Vec<Vec<u16>>) {
    let corner = |i: usize| mesh.corners.get(i).copied().flatten();
    // Outermost corners a little further out, away from their neighbours.
    let out = |i: usize| {
        let (row, column) = (i / (CELLS + 1), i % (CELLS + 1));
        let p = corner(i)?;
        let inward = |at: usize, step: usize| match at {
            0 => corner(i + step),
            CELLS => corner(i - step),
            _ => None,
        };
        let push = [inward(column, 1), inward(row, CELLS + 1)].into_iter().flatten();
        Some(push.fold(p, |q, n| [q[0] + (p[0] - n[0]) * OVERLAP, q[1] + (p[1] - n[1]) * OVERLAP]))
    };
    let share = |i: usize| i as f32 / CELLS as f32;
    let corners = (0..(CELLS + 1) * (CELLS + 1)).map(|i| {
        let [x, y] = out(i).unwrap_or_default();
        [x, y, share(i % (CELLS + 1)), share(i / (CELLS + 1))]
    });
    let cells = (0..CELLS * CELLS).map(|cell| {
        let first = cell / CELLS * (CELLS + 1) + cell % CELLS;
        let four = [first, first + 1, first + CELLS + 1, first + CELLS + 2];
        let whole = four.iter().all(|i| corner(*i).is_some());
        if whole { [0, 1, 2, 2, 1, 3].map(|n: usize| four[n] as u16).to_vec() } else { Vec::new() }
    });
    (corners.collect(), cells.collect())
}
