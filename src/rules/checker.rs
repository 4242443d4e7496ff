//! The checker: a plan and layers prepared once, then the verdict of any number of sites.

use super::all::{RULES, gate_of};
use super::certainty::Reach;
use super::conformity::conformity;
use super::facts::{Adjacent, Covers, Facts, OutsidePiece, Overlap, PlanFacts};
use super::land::lands;
use super::layers::{JUDGED, PreparedLayer, Taken, covers};
use super::other_sites::OtherSites;
use super::plan::{Placement, PreparedPlan};
use super::slivers::made_by;
use super::surroundings::Surroundings;
use super::{
    Admission, Candidate, Case, CaseLetter, Certainty, CheckError, CheckSettings, ClusterShare, Conformity, Finding, Gate, IndustryMatch,
    OVERLAY, Outcome, Position, Route, Verdict, case_of, routes_of, suggestion,
};
use crate::geom::{
    GaussKruger, Repair, RingsRef, Shape, ShapeRef, Tolerance, area_on_plane_m2, centroid, ellipsoidal_area_m2, is_sliver, pieces, subtract,
};
use crate::model::{ClusterPlan, Contents, FeatureRef, LayerId, ProjectKind, Role, Site, SiteFields};
use crate::text::Message;
use std::sync::Arc;

/// The measured inside part of a site, for mass answers that need no findings.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub position: Position,
    pub area_m2: f64,
    pub inside_m2: f64,
    /// Index in the plan and area in m² of every overlap with a cluster, in the order of the plan.
    pub clusters: Vec<(usize, f64)>,
}

/// A plan, the other layers and the settings, prepared for many sites. `Send` and `Sync`; equal questions get equal answers.
/// Cloning shares what was prepared.
#[derive(Clone, Debug)]
pub struct Checker {
    settings: CheckSettings,
    plan: Arc<PreparedPlan>,
    plan_layer: LayerId,
    known_plan: Option<Arc<ClusterPlan>>,
    layers: Arc<[PreparedLayer]>,
    districts: Option<Arc<PreparedLayer>>,
    taken: Arc<Taken>,
    plane: Option<GaussKruger>,
    missing: Arc<[Role]>,
    surroundings: Surroundings,
}

impl Checker {
    /// # Errors
    /// When the plan's layer is not there or holds no cluster with an area, or an accuracy is none.
    pub fn new(contents: &Contents, plan: LayerId, settings: CheckSettings) -> Result<Self, CheckError> {
        let settings = settings.checked()?;
        let t = settings.rule_set.thresholds;
        let asked = |role: &Role| settings.rule_set.asks(role.code());
        let judged = JUDGED.iter().filter(|role| asked(role));
        let missing = judged.clone().copied().filter(|role| contents.layers_of(*role).next().is_none()).collect();
        let prepared = PreparedPlan::new(contents, plan, t.tolerance_m2, t.tolerance_share)?;
        Ok(Self {
            surroundings: Surroundings::new(contents, &prepared, &settings.rule_set),
            plan: Arc::new(prepared),
            plan_layer: plan,
            known_plan: contents.cluster_plans.get(&plan).cloned(),
            layers: judged.flat_map(|role| contents.layers_of(*role)).map(|(_, layer)| PreparedLayer::new(layer)).collect(),
            districts: contents.layers_of(Role::Districts).next().map(|(_, layer)| Arc::new(PreparedLayer::new(layer))),
            taken: Arc::new(Taken::new(contents)),
            plane: contents.crs.gauss_kruger(),
            missing,
            settings,
        })
    }

    /// The same checker among the sites of `contents`, of which everything but the sites is what it was made for.
    #[must_use]
    pub fn among(&self, contents: &Contents) -> Self {
        Self { surroundings: self.surroundings.among(contents), ..self.clone() }
    }

    /// The same checker among `more` sites as well, those of a file that is not read into a layer.
    #[must_use]
    pub fn among_more(&self, more: Arc<dyn OtherSites>) -> Self {
        Self { surroundings: self.surroundings.among_more(more), ..self.clone() }
    }

    pub fn settings(&self) -> &CheckSettings {
        &self.settings
    }

    pub fn plan_layer(&self) -> LayerId {
        self.plan_layer
    }

    /// Roles that rules of the set ask for and no layer was supplied in, in the order of the roles: named once in a summary.
    pub fn missing_roles(&self) -> &[Role] {
        &self.missing
    }

    /// The plan itself against the other plans of `contents`, for the roles that the rule set names.
    pub fn conformity(&self, contents: &Contents) -> Vec<Conformity> {
        conformity(contents, &self.plan, &self.settings.rule_set)
    }

    /// Number of clusters of the plan that could not be read as areas.
    pub fn broken_clusters(&self) -> usize {
        self.plan.broken_count()
    }

    /// Id of a cluster by its index in the plan.
    pub fn cluster_id(&self, index: usize) -> &str {
        self.plan.clusters.get(index).map_or("", |c| c.cluster.id.as_str())
    }

    /// The verdict of a site with a sound shape.
    pub fn check(&self, site: Site, shape: ShapeRef<'_>) -> Verdict {
        self.verdict(self.facts(site, shape.to_owned(), Vec::new()))
    }

    /// The verdict of a site whose rings may need mending; what cannot be mended is not checked, with the reason.
    pub fn check_rings(&self, site: Site, rings: RingsRef<'_>) -> Verdict {
        let t = &self.settings.rule_set.thresholds;
        match super::site::sound(None, rings, t.tolerance_m2, t.tolerance_share) {
            Ok((shape, repairs)) => self.verdict(self.facts(site, shape, repairs)),
            Err(reason) => self.not_checked(site, reason),
        }
    }

    /// The verdict of a feature of a layer of sites. `record` stands in for a missing id.
    pub fn check_feature(&self, feature: FeatureRef<'_>, fields: &SiteFields, record: usize) -> Verdict {
        let site = Site::read(feature, fields, record);
        match feature.shape() {
            Some(shape) => self.check(site, shape),
            None => self.check_rings(site, feature.rings()),
        }
    }

    /// The verdict while a site is dragged: the same function and the same answer as [`Checker::check_rings`].
    pub fn check_moved(&self, site: &Site, rings: RingsRef<'_>) -> Verdict {
        self.check_rings(site.clone(), rings)
    }

    /// Only where the site lies: the areas a verdict rests on, without findings.
    pub fn measure(&self, shape: ShapeRef<'_>) -> Measured {
        let area_m2 = shape.area_m2();
        let t = &self.settings.rule_set.thresholds;
        let (clusters, inside_m2) = self.plan.measure(shape, area_m2, t.listed_overlap_m2);
        let position = t.position(inside_m2, (area_m2 - inside_m2).max(0.0), area_m2);
        Measured { position, area_m2, inside_m2, clusters }
    }

    /// The verdict on a site that cannot be measured.
    pub fn not_checked(&self, site: Site, reason: Message) -> Verdict {
        let mut facts = self.blank(site);
        facts.reason = Some(reason);
        self.verdict(facts)
    }

    fn blank(&self, site: Site) -> Facts {
        let date = site.applied.unwrap_or(self.settings.date);
        let in_force = self.known_plan.as_ref().is_none_or(|plan| plan.in_force(date));
        Facts {
            date,
            plan: PlanFacts { layer: self.plan.layer.clone(), version: self.plan.version.clone(), in_force },
            position: Position::NotChecked,
            certainty: Certainty::Certain,
            margin: None,
            reason: None,
            shape: None,
            site_m2: 0.0,
            ellipsoidal_m2: None,
            repairs: Vec::new(),
            overlaps: Vec::new(),
            inside_m2: 0.0,
            outside_m2: 0.0,
            inside: None,
            outside: None,
            outside_pieces: Vec::new(),
            industry: if site.industry.is_some() { IndustryMatch::Unknown } else { IndustryMatch::NotGiven },
            adjacent: None,
            candidates: Vec::new(),
            free_land_known: self.taken.is_known(),
            districts: Vec::new(),
            districts_given: self.districts.is_some(),
            layers: Vec::new(),
            lands: Vec::new(),
            neighbours: None,
            similar: None,
            source_m2: None,
            site,
        }
    }

    /// Measures everything once.
    fn facts(&self, site: Site, shape: Shape, repairs: Vec<Repair>) -> Facts {
        let shape = Arc::new(shape);
        let mut facts = self.blank(site);
        let site_m2 = shape.area_m2();
        facts.site_m2 = site_m2;
        facts.repairs = repairs;
        facts.ellipsoidal_m2 = self.plane.map(|plane| ellipsoidal_area_m2((*shape).as_ref(), plane));
        facts.shape = Some(shape.clone());
        if !(site_m2 > 0.0 && site_m2.is_finite()) {
            facts.reason = Some(Message::new("reason.no_area"));
            return facts;
        }
        if let Some(reason) = self.place(&mut facts, &shape) {
            facts.reason = Some(reason);
            return facts;
        }
        let whole = (*shape).as_ref();
        // A strip along the border of the next district makes it no district of the site.
        let t = &self.settings.rule_set.thresholds;
        let shares = self.districts.as_ref().map_or_else(Vec::new, |d| d.shares(whole));
        facts.districts = shares.into_iter().filter(|d| !t.negligible(d.area_m2, site_m2)).collect();
        facts.layers = self.layers.iter().map(|l| l.facts(whole, site_m2, self.districts.as_deref())).collect();
        self.look_about(&mut facts, whole);
        facts
    }

    /// What only some rules ask for: land by role, other sites, competing clusters, the area on the file's own plane.
    fn look_about(&self, facts: &mut Facts, whole: ShapeRef<'_>) {
        let rules = &self.settings.rule_set;
        facts.lands = lands(&facts.layers, whole, facts.site.project.as_deref());
        facts.neighbours = self.surroundings.neighbours(facts, whole, rules.thresholds.listed_overlap_m2);
        facts.similar = self.surroundings.similar(facts, &self.plan, rules);
        facts.source_m2 = match (self.plane, facts.site.source_plane) {
            (Some(own), Some(other)) if own.central_meridian_deg != other.central_meridian_deg => Some(area_on_plane_m2(whole, own, other)),
            _ => None,
        };
    }

    /// Measures the site against the plan; the reason when the two cannot be compared.
    fn place(&self, facts: &mut Facts, shape: &Arc<Shape>) -> Option<Message> {
        let (whole, site_m2) = ((**shape).as_ref(), facts.site_m2);
        if covers(&self.plan.coverage, whole, site_m2, self.districts.as_deref()) == Covers::Not {
            return Some(Message::new("reason.beyond_plan").with("plan", &*self.plan.layer));
        }
        let t = self.settings.rule_set.thresholds;
        let placed = self.plan.place(whole, site_m2, t.listed_overlap_m2);
        let inside = if placed.whole { Some(shape.clone()) } else { placed.inside.clone().map(Arc::new) };
        let outside = match &inside {
            Some(_) if placed.whole => None,
            Some(inside) => subtract(whole, (**inside).as_ref(), OVERLAY).map(Arc::new),
            None => Some(shape.clone()),
        };
        let outside_m2 = (site_m2 - placed.inside_m2).max(0.0);
        // Both overlays and the measured area are made apart; where they do not add up to the site, one of them is wrong.
        let off = |shape: &Option<Arc<Shape>>, m2: f64| (shape.as_ref().map_or(0.0, |s| s.area_m2()) - m2).abs() > 0.005 + 5e-10 * site_m2;
        if off(&outside, outside_m2) || off(&inside, placed.inside_m2) {
            return Some(Message::new("reason.sums_differ"));
        }
        let position = t.position(placed.inside_m2, outside_m2, site_m2);
        if position != Position::Inside && self.plan.broken_near(whole.bbox()) {
            return Some(Message::new("reason.plan_broken").with("plan", &*self.plan.layer));
        }
        facts.position = position;
        facts.inside_m2 = placed.inside_m2;
        facts.outside_m2 = outside_m2;
        facts.overlaps = self.overlaps(facts, &placed, shape);
        facts.industry = facts.hosts().map(|o| o.industry).max().unwrap_or(facts.industry);
        facts.inside = inside;
        facts.outside = outside;
        if position != Position::Outside {
            facts.outside_pieces = self.outside_pieces(facts);
        }
        facts.certainty = self.certainty(facts, whole);
        if position == Position::Outside {
            self.look_around(facts, whole);
        }
        None
    }

    /// Whether every place that the vertices can have within their accuracy gives the same position.
    fn certainty(&self, facts: &mut Facts, site: ShapeRef<'_>) -> Certainty {
        let gap = facts.position == Position::Partial && facts.outside_pieces.iter().all(|p| p.gap);
        if let Some(accuracy_m) = self.settings.accuracy_m {
            let reach = Reach::of(site, accuracy_m);
            facts.margin = reach.as_ref().and_then(|r| r.margin(&self.plan, accuracy_m, self.settings.plan_accuracy_m));
            let throughout = facts.margin.as_ref().and_then(|m| self.settings.rule_set.thresholds.position_throughout(m));
            // Somewhere within the accuracy the site might not be measurable at all.
            let measurable = reach.as_ref().is_some_and(|r| self.is_measurable(facts, r.widened.as_ref()));
            if throughout != Some(facts.position) || !measurable {
                return if gap { Certainty::PlanGap } else { Certainty::WithinError };
            }
        }
        if gap { Certainty::PlanGap } else { Certainty::Certain }
    }

    /// Whether a site of this position that can be anywhere in `widened` meets neither the end of what the plan covers nor,
    /// unless it is inside all the same, a cluster that could not be read.
    fn is_measurable(&self, facts: &Facts, widened: ShapeRef<'_>) -> bool {
        covers(&self.plan.coverage, widened, widened.area_m2(), self.districts.as_deref()) != Covers::Not
            && (facts.position == Position::Inside || !self.plan.broken_near(widened.bbox()))
    }

    fn overlaps(&self, facts: &Facts, placed: &Placement, shape: &Arc<Shape>) -> Vec<Overlap> {
        let t = self.settings.rule_set.thresholds;
        let mut overlaps: Vec<Overlap> = placed
            .parts
            .iter()
            .map(|(i, overlap_m2, piece)| {
                let own = &self.plan.clusters[*i];
                // Land of the site in functional areas of this cluster is hosted by them.
                let held_m2: f64 = placed
                    .parts
                    .iter()
                    .filter(|(other, _, _)| self.plan.clusters[*other].chain.iter().rev().nth(1) == Some(i))
                    .map(|(_, m2, _)| *m2)
                    .sum();
                let name = |i: &usize| self.plan.clusters[*i].cluster.name.clone();
                Overlap {
                    share: ClusterShare {
                        feature: own.feature,
                        id: own.cluster.id.clone(),
                        name: own.cluster.name.clone(),
                        grade: self.plan.grade(*i, facts.date),
                        chain: own.chain.iter().map(name).collect(),
                        district: own.cluster.district.clone(),
                        district_code: own.cluster.district_code.clone(),
                        overlap_m2: *overlap_m2,
                    },
                    piece: piece.clone().map_or_else(|| shape.clone(), Arc::new),
                    industry: self.industry(facts, *i),
                    host: !t.negligible(overlap_m2 - held_m2, facts.site_m2),
                    limits: self.plan.limits(*i),
                }
            })
            .collect();
        overlaps.sort_by(|a, b| b.share.overlap_m2.total_cmp(&a.share.overlap_m2).then_with(|| a.share.id.cmp(&b.share.id)));
        overlaps
    }

    fn industry(&self, facts: &Facts, cluster: usize) -> IndustryMatch {
        let edition = &self.settings.rule_set.industry.edition;
        self.plan.industry_match(facts.site.industry.as_deref(), edition, cluster)
    }

    fn outside_pieces(&self, facts: &Facts) -> Vec<OutsidePiece> {
        let t = self.settings.rule_set.thresholds;
        let tolerance = Tolerance { sliver_m2: t.sliver_m2, sliver_width_m: t.sliver_width_m, ..OVERLAY };
        let Some(outside) = &facts.outside else { return Vec::new() };
        let mut found: Vec<OutsidePiece> = pieces((**outside).as_ref())
            .into_iter()
            .map(|piece| {
                let sliver = is_sliver(piece.as_ref(), tolerance);
                let narrow = crate::geom::width_m(piece.as_ref()) < t.sliver_width_m;
                let beside = || self.plan.near(piece.as_ref(), t.sliver_width_m);
                let apart = |near: &[(usize, f64)]| near.iter().any(|a| near.iter().any(|b| self.apart(a.0, b.0)));
                let gap = sliver && narrow && apart(&beside());
                let site = facts.shape.as_ref().filter(|_| sliver);
                let made_by = site.map_or(Vec::new(), |site| made_by(&piece, (**site).as_ref(), &self.plan, &self.layers));
                OutsidePiece { area_m2: piece.area_m2(), piece: Arc::new(piece), sliver, gap, made_by }
            })
            .collect();
        found.sort_by(|a, b| b.area_m2.total_cmp(&a.area_m2));
        found
    }

    /// Two clusters of which neither holds the other.
    fn apart(&self, a: usize, b: usize) -> bool {
        a != b && !self.plan.clusters[a].chain.contains(&b) && !self.plan.clusters[b].chain.contains(&a)
    }

    /// For a site outside: what adjoins it and where it could go instead.
    fn look_around(&self, facts: &mut Facts, site: ShapeRef<'_>) {
        const OFFERED: usize = 3;
        let t = self.settings.rule_set.thresholds;
        let with_each = self.plan.industry_matches(facts.site.industry.as_deref(), &self.settings.rule_set.industry.edition);
        let matches = |i: usize| {
            use IndustryMatch as I;
            with_each.as_ref().is_none_or(|each| matches!(each.get(i), Some(I::Leading | I::Supporting | I::Allowed | I::NotGiven)))
        };
        let adjacent = self.plan.near(site, t.adjacency_m).into_iter().find(|(i, _)| matches(*i));
        let adjacent = adjacent.map(|(i, distance_m)| Adjacent { name: self.plan.clusters[i].cluster.name.clone(), distance_m });
        let centre = centroid(site);
        let distance = |i: usize| {
            let at = self.plan.clusters[i].centre;
            (at[0] - centre[0]).hypot(at[1] - centre[1])
        };
        let roomy = |i: &usize| self.plan.clusters[*i].area_m2 >= facts.site_m2;
        let mut matching: Vec<(usize, f64)> =
            (0..self.plan.clusters.len()).filter(roomy).filter(|i| matches(*i)).map(|i| (i, distance(i))).collect();
        matching.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        let mut candidates: Vec<Candidate> = matching
            .into_iter()
            .map(|(i, distance_m)| (&self.plan.clusters[i], distance_m))
            .filter(|(c, _)| c.free_block_m2(&self.taken) >= facts.site_m2)
            .take(OFFERED)
            .map(|(c, distance_m)| Candidate {
                feature: c.feature,
                id: c.cluster.id.clone(),
                name: c.cluster.name.clone(),
                district: c.cluster.district.clone(),
                distance_m,
                free_block_m2: c.free_block_m2(&self.taken),
                border_distance_m: None,
                offered: None,
            })
            .collect();
        self.surroundings.offer(&mut candidates, site, &self.plan, &self.taken);
        facts.adjacent = adjacent;
        facts.candidates = candidates;
    }

    /// Judges the facts.
    fn verdict(&self, facts: Facts) -> Verdict {
        let rules = &self.settings.rule_set;
        let gate = gate_of(&facts);
        let findings: Vec<Finding> = RULES
            .iter()
            .filter(|rule| rules.asks(rule.code()))
            .map(|rule| {
                if facts.position == Position::NotChecked && rule.needs_land() {
                    let title = Message::new("finding.not_measured").with("rule", rule.name());
                    return Finding::new(*rule, Outcome::Unknown, title).layer_absent();
                }
                let finding = rule.judge(&facts, rules);
                if gate == Gate::DoesNotBind { finding.without_refusal() } else { finding }
            })
            .collect();
        let admission = match findings.iter().find(|f| f.rule == "admission").map(|f| f.outcome) {
            Some(Outcome::Fail) => Admission::Fails,
            Some(Outcome::Pass | Outcome::Warn) => Admission::Passes,
            Some(Outcome::Unknown) | None => Admission::Unknown,
        };
        // What a list of industry policy forbids is forbidden in every cluster.
        let by_policy = findings.iter().any(|f| f.rule == "industry_policy" && f.outcome == Outcome::Fail);
        let industry = if by_policy { IndustryMatch::Forbidden } else { facts.industry };
        let site_bound = facts.site.kind == ProjectKind::SiteBound;
        let letter = case_of(facts.position, industry, admission, gate, site_bound, facts.adjacent.is_some(), !facts.candidates.is_empty());
        let case = Case { letter, prohibited: findings.iter().any(|f| f.prohibitive) };
        let stopped = case.prohibited || matches!(letter, CaseLetter::B | CaseLetter::C | CaseLetter::H | CaseLetter::N);
        Verdict {
            position: facts.position,
            case,
            certainty: facts.certainty,
            margin: facts.margin,
            area_m2: facts.site_m2,
            ellipsoidal_m2: facts.ellipsoidal_m2,
            inside_m2: facts.inside_m2,
            outside_m2: facts.outside_m2,
            routes: if stopped { vec![Route::None] } else { routes_of(&facts) },
            suggestion: suggestion(&facts, case, &findings),
            clusters: facts.overlaps.iter().map(|o| o.share.clone()).collect(),
            candidates: facts.candidates,
            findings,
            reason: facts.reason,
            shape: facts.shape,
            inside: facts.inside,
            outside: facts.outside,
            repairs: facts.repairs,
            site: facts.site,
        }
    }
}
