//! Industries as the sample's projects name them: a class of GB/T 4754-2017 and what is made.

/// Division, class, product.
const PRODUCTS: [(&str, &str, &str); 27] = [
    ("13", "1371", "蔬菜加工"),
    ("14", "1432", "速冻食品"),
    ("15", "1513", "啤酒酿造"),
    ("17", "1763", "针织面料"),
    ("18", "1811", "运动服装"),
    ("19", "1952", "皮鞋制造"),
    ("20", "2033", "木制容器"),
    ("21", "2110", "木质家具"),
    ("23", "2319", "包装印刷"),
    ("24", "2437", "工艺饰品"),
    ("25", "2511", "炼油装置"),
    ("26", "2651", "合成树脂"),
    ("27", "2710", "原料药"),
    ("29", "2911", "子午线轮胎"),
    ("30", "3091", "石墨材料"),
    ("31", "3130", "钢材轧制"),
    ("33", "3311", "钢结构"),
    ("34", "3411", "节能锅炉"),
    ("35", "3551", "纺织机械"),
    ("36", "3670", "汽车零部件"),
    ("37", "3714", "高铁配件"),
    ("38", "3851", "节能冰箱"),
    ("39", "3962", "智能终端"),
    ("40", "4011", "工业控制系统"),
    ("59", "5990", "仓储加工"),
    ("65", "6513", "应用软件"),
    ("73", "7320", "海洋仪器研发"),
];

/// A class that no cluster of the sample lists, not even its division.
pub(super) const UNLISTED: (&str, &str) = ("2221", "机制纸");

/// Class and product of a division; the division itself for one without an example.
pub(super) fn product(division: &'static str) -> (&'static str, &'static str) {
    PRODUCTS.iter().find(|(d, _, _)| *d == division).map_or((division, "配套产品"), |(_, class, product)| (class, product))
}

/// Divisions with an example of which none of the lists says anything.
pub(super) fn unlisted_in<'a>(lists: &'a [&'a str]) -> impl Iterator<Item = &'static str> + 'a {
    PRODUCTS.iter().map(|(division, _, _)| *division).filter(|d| !lists.iter().any(|list| list.split(',').any(|entry| entry == *d)))
}
