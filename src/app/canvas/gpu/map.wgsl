// The map: areas, lines of constant width on the screen, bands along borders, and tone. Within the limits of WebGL2.

struct Look {
    // Where the chunk's origin is in the picture, pixels of a metre, width of a line or a band in pixels.
    place: vec4<f32>,
    // Size of the picture in pixels; 1 where tone has its colours in it; sum of a dash in pixels.
    frame: vec4<f32>,
    // Straight colours: red, green, blue, opacity.
    wash: vec4<f32>,
    marks: vec4<f32>,
    line: vec4<f32>,
    // Kind of hatch (0 none, 1 stripes, 2 crossed, 3 dots, 4 pluses), its width, its arm, its distance, in pixels.
    hatch: vec4<f32>,
    // A place that the hatch is fixed to, sine and cosine of its angle.
    anchor: vec4<f32>,
    dash0: vec4<f32>,
    dash1: vec4<f32>,
    // Tone: size of the grid in pixels of the picture; opacity of the line where border fills the second byte, and at most.
    tone: vec4<f32>,
}

@group(0) @binding(0) var<uniform> look: Look;
@group(1) @binding(0) var grid: texture_2d<f32>;
@group(1) @binding(1) var smooth_cells: sampler;

fn clip(px: vec2<f32>) -> vec4<f32> {
    return vec4<f32>(2.0 * px.x / look.frame.x - 1.0, 1.0 - 2.0 * px.y / look.frame.y, 0.0, 1.0);
}

fn pixel(p: vec2<f32>) -> vec2<f32> {
    return look.place.xy + vec2<f32>(p.x, -p.y) * look.place.z;
}

fn layered(under: vec4<f32>, color: vec3<f32>, alpha: f32) -> vec4<f32> {
    return vec4<f32>(color * alpha, alpha) + under * (1.0 - alpha);
}

fn stroke(distance: f32, width: f32) -> f32 {
    return clamp(width * 0.5 + 0.5 - abs(distance), 0.0, 1.0);
}

fn stripe(at: vec2<f32>, angle: vec2<f32>) -> f32 {
    let v = at.x * angle.x + at.y * angle.y;
    let every = look.hatch.w;
    return stroke((fract(v / every) - 0.5) * every, look.hatch.y);
}

fn hatched(px: vec2<f32>) -> f32 {
    let at = px - look.anchor.xy;
    let kind = look.hatch.x;
    if kind < 0.5 {
        return 0.0;
    }
    if kind < 1.5 {
        return stripe(at, look.anchor.zw);
    }
    if kind < 2.5 {
        return max(stripe(at, vec2<f32>(0.70710678, 0.70710678)), stripe(at, vec2<f32>(-0.70710678, 0.70710678)));
    }
    let every = look.hatch.w;
    let row = floor(at.y / every);
    let shift = select(0.5, 0.0, abs(fract(row * 0.5)) < 0.25);
    let dx = (fract(at.x / every - shift + 0.5) - 0.5) * every;
    let dy = (fract(at.y / every) - 0.5) * every;
    if kind < 3.5 {
        return clamp(look.hatch.y * 0.5 + 0.5 - length(vec2<f32>(dx, dy)), 0.0, 1.0);
    }
    let arm = look.hatch.z;
    let flat = min(stroke(dy, look.hatch.y), clamp(arm + 0.5 - abs(dx), 0.0, 1.0));
    let tall = min(stroke(dx, look.hatch.y), clamp(arm + 0.5 - abs(dy), 0.0, 1.0));
    return max(flat, tall);
}

@vertex
fn area_vertex(@location(0) p: vec2<f32>) -> @builtin(position) vec4<f32> {
    return clip(pixel(p));
}

@fragment
fn area_fragment(@builtin(position) at: vec4<f32>) -> @location(0) vec4<f32> {
    let ground = vec4<f32>(look.wash.rgb * look.wash.a, look.wash.a);
    return layered(ground, look.marks.rgb, look.marks.a * hatched(at.xy));
}

struct Stroke {
    @builtin(position) position: vec4<f32>,
    @location(0) across: f32,
    @location(1) along: f32,
}

fn direction(a: vec2<f32>, b: vec2<f32>, otherwise: vec2<f32>) -> vec2<f32> {
    let d = b - a;
    let l = length(d);
    return select(otherwise, d / max(l, 1e-6), l > 1e-4);
}

fn nowhere() -> vec4<f32> {
    return vec4<f32>(2.0, 2.0, 2.0, 1.0);
}

fn is_gap(a: vec2<f32>, b: vec2<f32>, c: vec2<f32>, d: vec2<f32>) -> bool {
    return max(max(a.x, b.x), max(c.x, d.x)) > 1e30;
}

// A segment from b to c, after a and before d, as a quad that meets its neighbours.
fn segment(a: vec2<f32>, b: vec2<f32>, c: vec2<f32>, d: vec2<f32>, corner: u32) -> Stroke {
    var out: Stroke;
    out.position = nowhere();
    if is_gap(a, b, c, d) {
        return out;
    }
    let pb = pixel(b);
    let pc = pixel(c);
    let dir = direction(pb, pc, vec2<f32>(1.0, 0.0));
    let normal = vec2<f32>(-dir.y, dir.x);
    let side = select(-1.0, 1.0, (corner & 1u) == 1u);
    let at_end = corner > 1u;
    let other = select(direction(pixel(a), pb, dir), direction(pc, pixel(d), dir), at_end);
    let half = max(look.place.w, 1.0) * 0.5 + 0.5;
    var offset = normal;
    let turn = dot(dir, other);
    if turn > -0.5 {
        let both = normal + vec2<f32>(-other.y, other.x);
        offset = both / max(1.0 + turn, 0.3);
    }
    let p = select(pb, pc, at_end) + offset * side * half;
    out.position = clip(p);
    out.across = side * half;
    return out;
}

@vertex
fn line_vertex(
    @location(0) a: vec2<f32>,
    @location(1) b: vec2<f32>,
    @location(2) c: vec2<f32>,
    @location(3) d: vec2<f32>,
    @builtin(vertex_index) corner: u32,
) -> Stroke {
    return segment(a, b, c, d, corner);
}

@vertex
fn dash_vertex(
    @location(0) a: vec2<f32>,
    @location(1) b: vec2<f32>,
    @location(2) c: vec2<f32>,
    @location(3) d: vec2<f32>,
    @location(4) walked_b: f32,
    @location(5) walked_c: f32,
    @builtin(vertex_index) corner: u32,
) -> Stroke {
    var out = segment(a, b, c, d, corner);
    out.along = select(walked_b, walked_c, corner > 1u) * look.place.z;
    return out;
}

fn line_alpha(across: f32) -> f32 {
    let width = look.place.w;
    return clamp(max(width, 1.0) * 0.5 + 0.5 - abs(across), 0.0, 1.0) * min(width, 1.0) * look.line.a;
}

@fragment
fn line_fragment(in: Stroke) -> @location(0) vec4<f32> {
    let alpha = line_alpha(in.across);
    return vec4<f32>(look.line.rgb * alpha, alpha);
}

@fragment
fn dash_fragment(in: Stroke) -> @location(0) vec4<f32> {
    var rest = in.along - floor(in.along / look.frame.w) * look.frame.w;
    var drawn = 0.0;
    var dashes = array<f32, 8>(
        look.dash0.x, look.dash0.y, look.dash0.z, look.dash0.w, look.dash1.x, look.dash1.y, look.dash1.z, look.dash1.w);
    for (var i = 0; i < 8; i += 2) {
        if rest >= 0.0 && rest < dashes[i] {
            drawn = 1.0;
        }
        rest -= dashes[i] + dashes[i + 1];
    }
    let alpha = line_alpha(in.across) * drawn;
    return vec4<f32>(look.line.rgb * alpha, alpha);
}

// A strip along the inside of a ring: the land lies to the left on the plan.
@vertex
fn band_vertex(
    @location(0) a: vec2<f32>,
    @location(1) b: vec2<f32>,
    @location(2) c: vec2<f32>,
    @location(3) d: vec2<f32>,
    @builtin(vertex_index) corner: u32,
) -> @builtin(position) vec4<f32> {
    if is_gap(a, b, c, d) {
        return nowhere();
    }
    let pb = pixel(b);
    let pc = pixel(c);
    let dir = direction(pb, pc, vec2<f32>(1.0, 0.0));
    let at_end = corner > 1u;
    let other = select(direction(pixel(a), pb, dir), direction(pc, pixel(d), dir), at_end);
    let inward = vec2<f32>(dir.y, -dir.x) + vec2<f32>(other.y, -other.x);
    let inner = inward * look.place.w / max(1.0 + dot(dir, other), 0.3);
    return clip(select(pb, pc, at_end) + select(vec2<f32>(0.0), inner, (corner & 1u) == 1u));
}

@fragment
fn band_fragment() -> @location(0) vec4<f32> {
    return vec4<f32>(look.line.rgb * look.line.a, look.line.a);
}

struct Cell {
    @builtin(position) position: vec4<f32>,
    @location(0) uv: vec2<f32>,
}

@vertex
fn tone_vertex(@builtin(vertex_index) corner: u32) -> Cell {
    var out: Cell;
    out.uv = vec2<f32>(f32(corner & 1u), f32(corner >> 1u));
    out.position = clip(look.place.xy + out.uv * look.tone.xy);
    return out;
}

@vertex
fn image_vertex(@location(0) p: vec2<f32>, @location(1) uv: vec2<f32>) -> Cell {
    var out: Cell;
    out.uv = uv;
    out.position = clip(pixel(p));
    return out;
}

@fragment
fn tone_fragment(in: Cell) -> @location(0) vec4<f32> {
    let cell = textureSample(grid, smooth_cells, in.uv);
    if look.frame.z > 0.5 {
        // The colours of several classes are in the cell.
        return cell * look.wash.a;
    }
    let ground = vec4<f32>(look.wash.rgb, 1.0) * (look.wash.a * cell.r);
    let marked = layered(ground, look.marks.rgb, look.marks.a * cell.r * hatched(in.position.xy));
    return layered(marked, look.line.rgb, look.line.a * min(cell.g * look.tone.z, look.tone.w));
}
