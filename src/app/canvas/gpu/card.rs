//! What lies on the graphics card: the pipelines, the buffers of chunks, the textures of tone.

use super::cut::Cut;
use super::tone::Tone;
use crate::geom::Point;
use eframe::wgpu;
use std::sync::Arc;
use wgpu::util::{BufferInitDescriptor, DeviceExt};

/// Pictures are mixed as the window mixes its own colours.
pub const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8Unorm;

/// Bytes of a [`Look`] in the shader.
pub const LOOK_BYTES: u64 = 160;

/// The numbers of `Look` in `map.wgsl`.
pub type Look = [[f32; 4]; 10];

/// How a chunk is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pass {
    Area,
    Line,
    Dash,
    Band,
    Tone,
    Image,
}

/// Pipelines and what they share.
pub struct Card {
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    /// Largest side of a texture.
    pub most_cells: usize,
    /// Distance of two looks in the buffer of looks.
    pub stride: u64,
    most_bytes: u64,
    look_layout: wgpu::BindGroupLayout,
    grid_layout: wgpu::BindGroupLayout,
    sampler: wgpu::Sampler,
    pipelines: [wgpu::RenderPipeline; 6],
}

/// A chunk on the card.
pub struct CardChunk {
    pub origin: Point,
    points: wgpu::Buffer,
    walked: Option<wgpu::Buffer>,
    triangles: Option<(wgpu::Buffer, wgpu::IndexFormat, u32)>,
    segments: u32,
    pub bytes: u64,
}

/// Tone on the card.
pub struct CardTone {
    pub corner: Point,
    pub cell_m: f64,
    /// It has the colours of its classes in it.
    pub colored: bool,
    /// Cells across and down.
    pub size: [f64; 2],
    grid: wgpu::BindGroup,
    pub bytes: u64,
}

/// The looks of one picture.
pub struct Looks {
    buffer: wgpu::Buffer,
    group: wgpu::BindGroup,
    room: u64,
}

impl Card {
    pub fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        // A card that has no room left is no reason to lose the work: the map may have gaps, the window stays.
        device.on_uncaptured_error(Arc::new(|error: wgpu::Error| eprintln!("luodi: {error}")));
        let module = device.create_shader_module(wgpu::include_wgsl!("map.wgsl"));
        let entry = |binding, visibility, ty| wgpu::BindGroupLayoutEntry { binding, visibility, ty, count: None };
        let look = wgpu::BindingType::Buffer {
            ty: wgpu::BufferBindingType::Uniform,
            has_dynamic_offset: true,
            min_binding_size: wgpu::BufferSize::new(LOOK_BYTES),
        };
        let look_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("map look"),
            entries: &[entry(0, wgpu::ShaderStages::VERTEX_FRAGMENT, look)],
        });
        let texture = wgpu::BindingType::Texture {
            sample_type: wgpu::TextureSampleType::Float { filterable: true },
            view_dimension: wgpu::TextureViewDimension::D2,
            multisampled: false,
        };
        let sampler = wgpu::BindingType::Sampler(wgpu::SamplerBindingType::Filtering);
        let grid_layout = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
            label: Some("map tone"),
            entries: &[entry(0, wgpu::ShaderStages::FRAGMENT, texture), entry(1, wgpu::ShaderStages::FRAGMENT, sampler)],
        });
        let pipelines = [Pass::Area, Pass::Line, Pass::Dash, Pass::Band, Pass::Tone, Pass::Image]
            .map(|p| pipeline(device, &module, &look_layout, &grid_layout, p));
        let sampler = device.create_sampler(&wgpu::SamplerDescriptor {
            label: Some("map tone"),
            mag_filter: wgpu::FilterMode::Linear,
            min_filter: wgpu::FilterMode::Linear,
            mipmap_filter: wgpu::MipmapFilterMode::Linear,
            ..wgpu::SamplerDescriptor::default()
        });
        let limits = device.limits();
        Self {
            device: device.clone(),
            queue: queue.clone(),
            most_cells: limits.max_texture_dimension_2d.min(8192) as usize,
            stride: LOOK_BYTES.next_multiple_of(u64::from(limits.min_uniform_buffer_offset_alignment).max(16)),
            most_bytes: limits.max_buffer_size,
            look_layout,
            grid_layout,
            sampler,
            pipelines,
        }
    }

    /// Brings a chunk to the card; `None` when it is empty or no buffer holds it.
    pub fn chunk(&self, cut: &Cut) -> Option<CardChunk> {
        let most = self.most_bytes / 8;
        if cut.points.len() < 4 || cut.points.len() as u64 > most || cut.triangles.len() as u64 * 4 > self.most_bytes {
            return None;
        }
        let buffer =
            |contents: &[u8], usage| self.device.create_buffer_init(&BufferInitDescriptor { label: Some("map chunk"), contents, usage });
        let points = buffer(bytemuck::cast_slice(&cut.points), wgpu::BufferUsages::VERTEX);
        let walked = (!cut.walked.is_empty()).then(|| buffer(bytemuck::cast_slice(&cut.walked), wgpu::BufferUsages::VERTEX));
        let triangles = (!cut.triangles.is_empty()).then(|| {
            let count = cut.triangles.len() as u32;
            if cut.points.len() <= usize::from(u16::MAX) {
                let short: Vec<u16> = cut.triangles.iter().map(|i| *i as u16).collect();
                // A copy must have a multiple of four bytes.
                let even: Vec<u16> = if short.len() % 2 == 1 { short.into_iter().chain([0]).collect() } else { short };
                (buffer(bytemuck::cast_slice(&even), wgpu::BufferUsages::INDEX), wgpu::IndexFormat::Uint16, count)
            } else {
                (buffer(bytemuck::cast_slice(&cut.triangles), wgpu::BufferUsages::INDEX), wgpu::IndexFormat::Uint32, count)
            }
        });
        let bytes = points.size() + walked.as_ref().map_or(0, wgpu::Buffer::size) + triangles.as_ref().map_or(0, |(b, _, _)| b.size());
        let segments = cut.lined.saturating_sub(3) as u32;
        Some(CardChunk { origin: cut.origin, points, walked, triangles, segments, bytes })
    }

    /// Brings tone to the card.
    pub fn tone(&self, tone: &Tone) -> Option<CardTone> {
        let first = tone.levels.first()?;
        let size = |w: usize, h: usize| wgpu::Extent3d { width: w as u32, height: h as u32, depth_or_array_layers: 1 };
        if first.width > self.most_cells || first.height > self.most_cells {
            return None;
        }
        let texture = self.device.create_texture(&wgpu::TextureDescriptor {
            label: Some("map tone"),
            size: size(first.width, first.height),
            mip_level_count: tone.levels.len() as u32,
            sample_count: 1,
            dimension: wgpu::TextureDimension::D2,
            format: if tone.channels == 4 { wgpu::TextureFormat::Rgba8Unorm } else { wgpu::TextureFormat::Rg8Unorm },
            usage: wgpu::TextureUsages::TEXTURE_BINDING | wgpu::TextureUsages::COPY_DST,
            view_formats: &[],
        });
        for (level, rows) in tone.levels.iter().enumerate() {
            let target = wgpu::TexelCopyTextureInfo { mip_level: level as u32, ..texture.as_image_copy() };
            let layout =
                wgpu::TexelCopyBufferLayout { offset: 0, bytes_per_row: Some((rows.width * tone.channels) as u32), rows_per_image: None };
            self.queue.write_texture(target, &rows.bytes, layout, size(rows.width, rows.height));
        }
        let grid = self.texture_group(&texture);
        let bytes = tone.levels.iter().map(|l| l.bytes.len() as u64).sum();
        Some(CardTone {
            corner: tone.corner,
            cell_m: tone.cell_m,
            colored: tone.channels == 4,
            size: [first.width as f64, first.height as f64],
            grid,
            bytes,
        })
    }

    /// A texture as the shader takes it, mixed between its pixels.
    pub fn texture_group(&self, texture: &wgpu::Texture) -> wgpu::BindGroup {
        let view = texture.create_view(&wgpu::TextureViewDescriptor::default());
        self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("map texture"),
            layout: &self.grid_layout,
            entries: &[
                wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::TextureView(&view) },
                wgpu::BindGroupEntry { binding: 1, resource: wgpu::BindingResource::Sampler(&self.sampler) },
            ],
        })
    }

    /// Room for at least `count` looks; kept when there is enough.
    pub fn looks(&self, count: usize, before: Option<Looks>) -> Looks {
        let room = (count.max(64) as u64).next_power_of_two();
        if let Some(before) = before.filter(|b| b.room >= room) {
            return before;
        }
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("map looks"),
            size: room * self.stride,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let binding = wgpu::BufferBinding { buffer: &buffer, offset: 0, size: wgpu::BufferSize::new(LOOK_BYTES) };
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("map looks"),
            layout: &self.look_layout,
            entries: &[wgpu::BindGroupEntry { binding: 0, resource: wgpu::BindingResource::Buffer(binding) }],
        });
        Looks { buffer, group, room }
    }

    /// Writes the looks of a picture, in the order in which [`Card::bind`] counts them.
    pub fn write(&self, looks: &Looks, all: &[Look]) {
        let mut bytes = vec![0u8; all.len() * self.stride as usize];
        for (slot, look) in bytes.chunks_mut(self.stride as usize).zip(all) {
            slot[..LOOK_BYTES as usize].copy_from_slice(bytemuck::cast_slice(look));
        }
        self.queue.write_buffer(&looks.buffer, 0, &bytes);
    }

    pub fn bind(&self, pass: &mut wgpu::RenderPass<'_>, looks: &Looks, number: usize) {
        pass.set_bind_group(0, &looks.group, &[(number as u64 * self.stride) as u32]);
    }

    pub fn set(&self, pass: &mut wgpu::RenderPass<'_>, kind: Pass) {
        pass.set_pipeline(&self.pipelines[kind as usize]);
    }
}

impl CardChunk {
    pub fn has(&self, kind: Pass) -> bool {
        match kind {
            Pass::Area => self.triangles.is_some(),
            Pass::Line | Pass::Band => self.segments > 0,
            Pass::Dash => self.segments > 0 && self.walked.is_some(),
            Pass::Tone | Pass::Image => false,
        }
    }

    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>, kind: Pass) {
        if kind == Pass::Area {
            if let Some((buffer, format, count)) = &self.triangles {
                pass.set_vertex_buffer(0, self.points.slice(..));
                pass.set_index_buffer(buffer.slice(..), *format);
                pass.draw_indexed(0..*count, 0, 0..1);
            }
            return;
        }
        // One buffer seen four times, a point apart: each segment with its neighbours.
        for slot in 0..4 {
            pass.set_vertex_buffer(slot, self.points.slice(u64::from(slot) * 8..));
        }
        if let (Pass::Dash, Some(walked)) = (kind, &self.walked) {
            pass.set_vertex_buffer(4, walked.slice(4..));
            pass.set_vertex_buffer(5, walked.slice(8..));
        }
        pass.draw(0..4, 0..self.segments);
    }
}

impl CardTone {
    pub fn draw(&self, pass: &mut wgpu::RenderPass<'_>) {
        pass.set_bind_group(1, &self.grid, &[]);
        pass.draw(0..4, 0..1);
    }
}

fn pipeline(
    device: &wgpu::Device,
    module: &wgpu::ShaderModule,
    look: &wgpu::BindGroupLayout,
    grid: &wgpu::BindGroupLayout,
    pass: Pass,
) -> wgpu::RenderPipeline {
    let (vertex, fragment) = match pass {
        Pass::Area => ("area_vertex", "area_fragment"),
        Pass::Line => ("line_vertex", "line_fragment"),
        Pass::Dash => ("dash_vertex", "dash_fragment"),
        Pass::Band => ("band_vertex", "band_fragment"),
        Pass::Tone => ("tone_vertex", "tone_fragment"),
        Pass::Image => ("image_vertex", "tone_fragment"),
    };
    let attribute = |location, format| [wgpu::VertexAttribute { format, offset: 0, shader_location: location }];
    let points: Vec<_> = (0..4).map(|i| attribute(i, wgpu::VertexFormat::Float32x2)).collect();
    let ways: Vec<_> = (4..6).map(|i| attribute(i, wgpu::VertexFormat::Float32)).collect();
    let image = [(0, 0), (1, 8)].map(|(shader_location, offset)| wgpu::VertexAttribute {
        format: wgpu::VertexFormat::Float32x2,
        offset,
        shader_location,
    });
    let layout = |step_mode, array_stride, attributes| Some(wgpu::VertexBufferLayout { array_stride, step_mode, attributes });
    let mut buffers = Vec::new();
    match pass {
        Pass::Area => buffers.push(layout(wgpu::VertexStepMode::Vertex, 8, &points[0][..])),
        Pass::Image => buffers.push(layout(wgpu::VertexStepMode::Vertex, 16, &image[..])),
        Pass::Tone => {}
        Pass::Line | Pass::Band | Pass::Dash => buffers.extend(points.iter().map(|p| layout(wgpu::VertexStepMode::Instance, 8, &p[..]))),
    }
    if pass == Pass::Dash {
        buffers.extend(ways.iter().map(|w| layout(wgpu::VertexStepMode::Instance, 4, &w[..])));
    }
    let groups: &[Option<&wgpu::BindGroupLayout>] =
        if matches!(pass, Pass::Tone | Pass::Image) { &[Some(look), Some(grid)] } else { &[Some(look)] };
    let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: Some("map"),
        bind_group_layouts: groups,
        immediate_size: 0,
    });
    let listed = matches!(pass, Pass::Area | Pass::Image);
    let topology = if listed { wgpu::PrimitiveTopology::TriangleList } else { wgpu::PrimitiveTopology::TriangleStrip };
    let target = wgpu::ColorTargetState {
        format: FORMAT,
        blend: Some(wgpu::BlendState::PREMULTIPLIED_ALPHA_BLENDING),
        write_mask: wgpu::ColorWrites::ALL,
    };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some(vertex),
        layout: Some(&pipeline_layout),
        vertex: wgpu::VertexState { module, entry_point: Some(vertex), compilation_options: Default::default(), buffers: &buffers },
        primitive: wgpu::PrimitiveState { topology, ..Default::default() },
        depth_stencil: None,
        multisample: wgpu::MultisampleState::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some(fragment),
            compilation_options: Default::default(),
            targets: &[Some(target)],
        }),
        multiview_mask: None,
        cache: None,
    })
}
