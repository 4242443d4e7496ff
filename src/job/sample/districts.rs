//! The twelve districts of early 2012 as generalised outlines: good for a recognisable sketch (示意), for nothing else.

use super::random::Random;
use crate::geom::Point;

/// One district or county-level city.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct District {
    pub code: &'static str,
    pub name: &'static str,
    /// One ring in degrees, counter-clockwise or not.
    pub outline: Vec<Point>,
}

/// Codes of the five county-level cities (县域五市).
pub(super) const COUNTY_LEVEL: [&str; 5] = ["370281", "370282", "370283", "370284", "370285"];

/// An edge that only one district has is coast or the border of the city; pieces of it are not longer than this, in °.
const PIECE_DEG: f64 = 0.012;

/// Every district, borders between two of them exactly shared, coast and outer border a little crooked.
pub(super) fn districts() -> Vec<District> {
    let rings: Vec<Vec<[i64; 2]>> = OUTLINES.iter().map(|(_, _, corners)| corners.iter().map(|c| [c[0], c[1]]).collect()).collect();
    let edges: Vec<([i64; 2], [i64; 2])> = rings.iter().flat_map(|r| closed(r)).collect();
    OUTLINES
        .iter()
        .zip(&rings)
        .map(|((name, code, _), ring)| {
            let mut outline = Vec::new();
            for (a, b) in closed(ring) {
                outline.push(degrees(a));
                let shared = edges.contains(&(b, a)) || edges.iter().filter(|e| **e == (a, b)).count() > 1;
                if !shared {
                    let mut random = Random::new((a[0] * 31 + a[1] * 7 + b[0] * 3 + b[1]) as u64);
                    crooked(degrees(a), degrees(b), &mut random, &mut outline);
                }
            }
            District { code, name, outline }
        })
        .collect()
}

fn closed<const N: usize>(ring: &[[i64; N]]) -> impl Iterator<Item = ([i64; N], [i64; N])> + '_ {
    ring.iter().enumerate().map(|(i, a)| (*a, ring[(i + 1) % ring.len()]))
}

/// Corners are kept in hundredths of a degree.
fn degrees(corner: [i64; 2]) -> Point {
    corner.map(|c| c as f64 / 100.0)
}

/// Puts points between `a` and `b`, the middle one moved aside by up to a tenth of the way, and again on both halves.
pub(super) fn crooked(a: Point, b: Point, random: &mut Random, line: &mut Vec<Point>) {
    let d = [b[0] - a[0], b[1] - a[1]];
    let length = (d[0] * d[0] + d[1] * d[1]).sqrt();
    if length <= PIECE_DEG {
        return;
    }
    let aside = random.between(-1.0, 1.0) * (0.1 * length).min(0.004) / length;
    // Five decimals of a degree are a metre.
    let middle = [(a[0] + b[0]) / 2.0 - d[1] * aside, (a[1] + b[1]) / 2.0 + d[0] * aside].map(|v| (v * 1e5).round() / 1e5);
    crooked(a, middle, random, line);
    line.push(middle);
    crooked(middle, b, random, line);
}

/// Name, code and corners (longitude, latitude in 0.01°).
const OUTLINES: [(&str, &str, &[[i64; 2]]); 12] = [
    (
        "城阳区",
        "370214",
        &[
            [12057, 3632],
            [12048, 3632],
            [12040, 3635],
            [12028, 3634],
            [12021, 3636],
            [12020, 3632],
            [12011, 3627],
            [12013, 3618],
            [12021, 3622],
            [12027, 3618],
            [12035, 3621],
            [12040, 3624],
            [12048, 3621],
            [12056, 3626],
        ],
    ),
    (
        "黄岛区",
        "370211",
        &[
            [12016, 3593],
            [12022, 3594],
            [12025, 3596],
            [12021, 3600],
            [12024, 3606],
            [12017, 3607],
            [12010, 3612],
            [12009, 3612],
            [12005, 3597],
            [12012, 3598],
        ],
    ),
    (
        "即墨市",
        "370282",
        &[
            [12057, 3632],
            [12066, 3632],
            [12074, 3646],
            [12083, 3647],
            [12090, 3645],
            [12095, 3647],
            [12097, 3656],
            [12089, 3655],
            [12085, 3661],
            [12079, 3659],
            [12071, 3662],
            [12063, 3659],
            [12047, 3661],
            [12036, 3663],
            [12026, 3662],
            [12021, 3663],
            [12014, 3655],
            [12016, 3648],
            [12016, 3647],
            [12015, 3640],
            [12021, 3636],
            [12028, 3634],
            [12040, 3635],
            [12048, 3632],
        ],
    ),
    (
        "胶南市",
        "370284",
        &[
            [12009, 3612],
            [11980, 3603],
            [11971, 3604],
            [11967, 3600],
            [11973, 3586],
            [11963, 3583],
            [11959, 3577],
            [11952, 3572],
            [11952, 3560],
            [11965, 3560],
            [11980, 3564],
            [11987, 3561],
            [11992, 3563],
            [11991, 3569],
            [12000, 3572],
            [12004, 3577],
            [12003, 3583],
            [12006, 3588],
            [12016, 3593],
            [12012, 3598],
            [12005, 3597],
        ],
    ),
    (
        "胶州市",
        "370281",
        &[
            [12021, 3636],
            [12015, 3640],
            [12016, 3647],
            [12016, 3648],
            [12001, 3649],
            [12000, 3645],
            [11992, 3642],
            [11988, 3632],
            [11984, 3630],
            [11980, 3623],
            [11981, 3617],
            [11967, 3618],
            [11963, 3607],
            [11971, 3604],
            [11980, 3603],
            [12009, 3612],
            [12010, 3612],
            [12013, 3618],
            [12011, 3627],
            [12020, 3632],
        ],
    ),
    (
        "莱西市",
        "370285",
        &[
            [12063, 3659],
            [12066, 3665],
            [12058, 3670],
            [12054, 3675],
            [12059, 3681],
            [12056, 3695],
            [12058, 3705],
            [12054, 3711],
            [12037, 3710],
            [12029, 3714],
            [12023, 3712],
            [12021, 3704],
            [12032, 3696],
            [12028, 3692],
            [12026, 3680],
            [12027, 3669],
            [12026, 3662],
            [12036, 3663],
            [12047, 3661],
        ],
    ),
    ("李沧区", "370213", &[[12035, 3621], [12036, 3615], [12041, 3613], [12048, 3615], [12048, 3621], [12040, 3624]]),
    (
        "平度市",
        "370283",
        &[
            [12026, 3662],
            [12027, 3669],
            [12026, 3680],
            [12028, 3692],
            [12032, 3696],
            [12021, 3704],
            [12016, 3702],
            [11996, 3701],
            [11991, 3699],
            [11979, 3701],
            [11975, 3699],
            [11961, 3701],
            [11958, 3695],
            [11960, 3687],
            [11953, 3680],
            [11952, 3674],
            [11957, 3671],
            [11962, 3664],
            [11981, 3654],
            [11996, 3652],
            [12001, 3649],
            [12016, 3648],
            [12014, 3655],
            [12021, 3663],
        ],
    ),
    ("市北区", "370203", &[[12038, 3609], [12033, 3610], [12032, 3609], [12031, 3607]]),
    ("市南区", "370202", &[[12031, 3607], [12042, 3605], [12042, 3609], [12041, 3612], [12038, 3609]]),
    ("四方区", "370205", &[[12036, 3615], [12033, 3611], [12033, 3610], [12038, 3609], [12041, 3612], [12041, 3613]]),
    (
        "崂山区",
        "370212",
        &[
            [12048, 3621],
            [12048, 3615],
            [12041, 3613],
            [12041, 3612],
            [12042, 3609],
            [12042, 3605],
            [12046, 3609],
            [12060, 3611],
            [12070, 3614],
            [12066, 3632],
            [12057, 3632],
            [12056, 3626],
        ],
    ),
];
