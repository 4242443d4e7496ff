//! Who coordinates and who handles, from the facts (PRODUCT §2.4, "Who").

use super::{Facts, Position, Route};
use crate::model::Grade;

/// Every route that applies, in the order of the hosts: several are never narrowed down for the user.
///
/// The district is that of the layer of districts; without one, that of the cluster. Outside the plan the text names no
/// route, and a site that was not measured has none.
pub fn routes_of(facts: &Facts) -> Vec<Route> {
    let by_area: Vec<(String, String)> = facts.districts.iter().map(|d| (d.name.clone(), d.code.clone())).collect();
    let mut routes: Vec<Route> = Vec::new();
    let mut add = |route: Route| {
        if !routes.contains(&route) {
            routes.push(route);
        }
    };
    match facts.position {
        Position::NotChecked => add(Route::None),
        Position::Outside if by_area.is_empty() => add(Route::Deliberate { district: String::new(), district_code: String::new() }),
        Position::Outside => {
            by_area.into_iter().for_each(|(district, district_code)| add(Route::Deliberate { district, district_code }));
        }
        Position::Inside | Position::Partial => {
            // Where every district of the land is the own one of a host, each host goes with its own: the cluster of one
            // district is not handled by the next.
            let of_a_host = |code: &str| !code.is_empty() && facts.hosts().any(|o| o.share.district_code == code);
            let each_its_own = facts.hosts().count() > 1 && by_area.iter().all(|(_, code)| of_a_host(code));
            let known = |code: &str| by_area.iter().any(|(_, listed)| listed == code);
            for host in facts.hosts() {
                let own = [(host.share.district.clone(), host.share.district_code.clone())];
                let with_own = by_area.is_empty() || (each_its_own && known(&host.share.district_code));
                let districts = if with_own { &own[..] } else { &by_area[..] };
                for (district, district_code) in districts.iter().cloned() {
                    add(match host.share.grade {
                        Grade::KeyDevelopment => Route::JointConference { district, district_code },
                        Grade::KeyCreation | Grade::General | Grade::Emerging => Route::District { district, district_code },
                    });
                }
            }
        }
    }
    routes
}
