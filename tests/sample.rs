//! The sample maps: the policy's 224 and 700 km², the same bytes on every run, and every site judged as it was meant.

use luodi::geom::{Shape, ShapeRef, Tolerance, overlap_area_m2, union};
use luodi::io::TextProfile;
use luodi::job::sample::{NOW, PLANNED, SampleCity, SampleLayer, SampleOptions, sample_files, write_sample};
use luodi::job::{Input, gather};
use luodi::model::{Date, Role, SiteFields};
use luodi::rules::{CaseLetter, CheckSettings, Checker, RuleSet};
use luodi::task::Progress;
use std::collections::BTreeSet;
use std::path::Path;

const FIVE: [&str; 5] = ["370281", "370282", "370283", "370284", "370285"];

fn city() -> SampleCity {
    SampleCity::new(SampleOptions::default()).unwrap()
}

fn layer<'a>(city: &'a SampleCity, file: &str) -> &'a SampleLayer {
    city.layers.iter().find(|l| l.file == file).unwrap()
}

fn text(layer: &SampleLayer, row: usize, field: &str) -> String {
    let column = layer.fields.iter().position(|f| &*f.name == field).unwrap();
    layer.features[row].values[column].to_string()
}

fn shapes(layer: &SampleLayer) -> Vec<Shape> {
    layer.features.iter().map(|f| Shape::check(f.rings.as_ref()).unwrap()).collect()
}

#[test]
fn the_five_cities_have_224_and_700_square_kilometres() {
    let city = city();
    for (file, km2) in [(NOW, 224.0), (PLANNED, 700.0)] {
        let layer = layer(&city, file);
        let shapes = shapes(layer);
        let counted: Vec<ShapeRef<'_>> =
            (0..shapes.len()).filter(|&i| FIVE.contains(&text(layer, i, "区市代码").as_str())).map(|i| shapes[i].as_ref()).collect();
        let measured = union(&counted, Tolerance::default()).unwrap().area_m2() / 1e6;
        assert!((measured - km2).abs() < 0.005, "{file}: {measured}");
    }
}

#[test]
fn clusters_lie_apart_but_for_the_functional_area_in_its_own() {
    let city = city();
    for file in [NOW, PLANNED] {
        let layer = layer(&city, file);
        let shapes = shapes(layer);
        assert!((60..=70).contains(&shapes.len()), "{file}: {}", shapes.len());
        let mut nested = 0;
        for i in 0..shapes.len() {
            let rings = layer.features[i].rings.as_ref();
            assert!(rings.rings().all(|r| r.len() == 4 || (6..=12).contains(&r.len())), "{}", text(layer, i, "名称"));
            for j in 0..i {
                let shared_m2 = overlap_area_m2(shapes[i].as_ref(), shapes[j].as_ref(), Tolerance::default());
                if text(layer, i, "上级编号") == text(layer, j, "编号") {
                    assert!((shared_m2 - shapes[i].area_m2()).abs() < 1e-3);
                    nested += 1;
                } else {
                    assert!(shared_m2 < 1e-6, "{} and {}", text(layer, i, "名称"), text(layer, j, "名称"));
                }
            }
        }
        assert_eq!(nested, usize::from(file == PLANNED));
    }
    let planned = layer(&city, PLANNED);
    let names: BTreeSet<String> = (0..planned.features.len()).map(|i| text(planned, i, "名称")).collect();
    assert_eq!(names.len(), planned.features.len());
    assert!(names.contains("即墨纺织服装产业集聚区") && names.contains("董家口石化产业集聚区"));
    let holes = |l: &SampleLayer| l.features.iter().filter(|f| f.rings.as_ref().ring_count() > f.rings.as_ref().part_count()).count();
    let multipart = |l: &SampleLayer| l.features.iter().filter(|f| f.rings.as_ref().part_count() > 1).count();
    assert_eq!((holes(planned), multipart(planned)), (1, 1));
}

/// Land and sea meet without gap or overlap: together they are the whole rectangle, and the coast is the districts' own.
#[test]
fn the_backdrop_closes_around_the_districts() {
    let city = city();
    let (ground, districts) = (layer(&city, "底图_示意"), layer(&city, "行政区划_示意"));
    let all: Vec<Shape> = shapes(ground).into_iter().chain(shapes(districts)).collect();
    let sum: f64 = all.iter().map(Shape::area_m2).sum();
    // In degrees: these are no square metres.
    assert!((sum - (122.4 - 118.6) * (38.2 - 34.9)).abs() < 1e-6, "{sum}");
    let corners: Vec<_> = districts.features.iter().flat_map(|f| f.rings.as_ref().coords().to_vec()).collect();
    let bay = (0..ground.features.len()).find(|&i| text(ground, i, "名称") == "胶州湾").unwrap();
    assert!(ground.features[bay].rings.as_ref().coords().iter().all(|p| corners.contains(p)));
}

#[test]
fn what_stands_lies_within_what_is_planned() {
    let city = city();
    let (now, planned) = (layer(&city, NOW), layer(&city, PLANNED));
    let (now_shapes, planned_shapes) = (shapes(now), shapes(planned));
    for (i, shape) in now_shapes.iter().enumerate() {
        let same = (0..planned_shapes.len()).find(|&j| text(planned, j, "编号") == text(now, i, "编号")).unwrap();
        let shared_m2 = overlap_area_m2(shape.as_ref(), planned_shapes[same].as_ref(), Tolerance::default());
        assert!((shared_m2 - shape.area_m2()).abs() < 1e-3, "{}", text(now, i, "名称"));
    }
}

#[test]
fn every_run_writes_the_same_bytes_and_the_repository_holds_them() {
    let files = sample_files(SampleOptions::default()).unwrap();
    assert_eq!(files, sample_files(SampleOptions::default()).unwrap());
    assert!(files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>() < 2_000_000);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-maps");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        write_sample(&folder, SampleOptions::default()).unwrap();
    }
    for (name, bytes) in &files {
        let held = std::fs::read(folder.join(name)).unwrap_or_default();
        assert!(held == *bytes, "sample-maps/{name} is not what the generator makes; UPDATE_EXPECTED=1 accepts it");
    }
    let all: u64 = walkdir::WalkDir::new(&folder).into_iter().map(|e| e.unwrap().metadata().unwrap().len()).sum();
    assert!(all < 2_000_000, "sample-maps holds {all} bytes");
}

#[test]
fn encodings_and_systems_are_those_that_offices_bring() {
    let files = sample_files(SampleOptions::default()).unwrap();
    let find = |name: &str| files.iter().find(|(n, _)| n == name).map(|(_, bytes)| bytes.as_slice());
    assert_eq!(find("集聚区现状.dbf").unwrap()[29], 0x4D);
    assert_eq!(find("现状宗地.cpg").unwrap(), b"UTF-8");
    assert!(find("拟选址项目_补充_无坐标系.shp").is_some() && find("拟选址项目_补充_无坐标系.prj").is_none());
    let systems: BTreeSet<String> = city().layers.iter().map(|l| l.crs.label()).collect();
    for system in ["EPSG:4528", "EPSG:4490", "EPSG:4549"] {
        assert!(systems.contains(system));
    }
    // A field's name has ten bytes in the encoding of its table.
    for layer in &city().layers {
        let bytes = |name: &str| if layer.profile == TextProfile::Utf8 { name.len() } else { encoding_rs::GBK.encode(name).0.len() };
        assert!(layer.fields.iter().all(|f| bytes(&f.name) <= 10), "{}", layer.file);
    }
}

#[test]
fn more_parcels_are_made_when_asked_for() {
    let city = SampleCity::new(SampleOptions { parcels: 20_000 }).unwrap();
    assert_eq!(layer(&city, "现状宗地").features.len(), 20_000);
    assert_eq!(layer(&self::city(), "现状宗地").features.len(), 3_000);
}

/// Reads the files as a user would and judges each site: the answer is the one that the generator meant.
#[test]
fn every_site_gets_the_verdict_it_was_made_for() {
    let folder = tempfile::tempdir().unwrap();
    write_sample(folder.path(), SampleOptions::default()).unwrap();
    let city = city();
    let input = |name: &str| Input::file(folder.path().join(name));
    let files: BTreeSet<&str> = city.expected.iter().map(|e| e.file).collect();
    let mut seen = 0;
    let mut wrong = Vec::new();
    for file in files {
        let name = if file.ends_with(".txt") { file.to_owned() } else { format!("{file}.shp") };
        let inputs = [
            (Role::Plan, input("集聚区布局规划.shp")),
            (Role::Districts, input("行政区划_示意.shp")),
            (Role::Farmland, input("永久基本农田（虚构）.shp")),
            (Role::Sites, input(&name)),
        ];
        let gathered = gather(&inputs, &Progress::default()).unwrap_or_else(|e| panic!("{file}: {e}"));
        let rule_set = RuleSet::bundled("full").unwrap().unwrap();
        let settings = CheckSettings::new(rule_set, Date { year: 2013, month: 12, day: 31 });
        let checker = Checker::new(&gathered.contents, gathered.first(Role::Plan).unwrap().id, settings).unwrap();
        let sites = gathered.contents.layer(gathered.first(Role::Sites).unwrap().id).unwrap();
        let fields = SiteFields::guess(&sites.fields);
        for (i, feature) in sites.features().enumerate() {
            let verdict = checker.check_feature(feature, &fields, i + 1);
            let meant = city.expected.iter().find(|e| e.file == file && e.site == verdict.site.id).unwrap();
            seen += 1;
            if (verdict.position, verdict.case.letter, verdict.case.prohibited) != (meant.position, meant.letter, meant.prohibited) {
                wrong.push(format!(
                    "{file} {}: {:?} {} instead of {:?} {:?}",
                    meant.site, verdict.position, verdict.case, meant.position, meant
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(seen, city.expected.len());
    use CaseLetter::{A, B, C, D, E, F, H, N};
    for letter in [A, B, C, D, E, F, H, N] {
        assert!(city.expected.iter().any(|e| e.letter == letter), "{letter:?}");
    }
    assert!(city.expected.len() >= 180 && city.expected.iter().filter(|e| e.prohibited).count() >= 8);
}
