use super::*;

#[test]
fn zz_dump() {
    let city = SampleCity::new(SampleOptions::default()).unwrap();
    let mut all = Vec::new();
    for l in &city.layers {
        let features: Vec<_> = l
            .features
            .iter()
            .map(|f| {
                let r = f.rings.as_ref();
                let parts: Vec<Vec<Vec<[f64; 2]>>> = (0..r.part_count()).map(|p| r.part(p).map(|i| r.ring(i).to_vec()).collect()).collect();
                let values: Vec<String> = f.values.iter().map(|v| v.to_string()).collect();
                serde_json::json!({"parts": parts, "values": values})
            })
            .collect();
        all.push(serde_json::json!({"file": l.file, "crs": l.crs.label(), "fields": l.fields.iter().map(|f| f.name.to_string()).collect::<Vec<_>>(), "features": features}));
    }
    let expected: Vec<_> = city
        .expected
        .iter()
        .map(|e| serde_json::json!([e.site, e.file, e.position.code(), format!("{:?}", e.letter), e.prohibited]))
        .collect();
    std::fs::write("/tmp/sample.json", serde_json::json!({"layers": all, "expected": expected}).to_string()).unwrap();
}

#[test]
fn zz_write() {
    std::fs::create_dir_all("/tmp/sample-maps").unwrap();
    println!("{:?}", write_sample(std::path::Path::new("/tmp/sample-maps"), SampleOptions::default()).unwrap());
}
