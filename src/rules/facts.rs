//! Everything that was measured about one site, once; rules look at it and measure nothing themselves.

use super::{BorderRun, Candidate, Certainty, ClusterShare, Evidence, IndustryMatch, Margin, Neighbour, Position, RoleLand, Similar};
use crate::geom::{Repair, Shape};
use crate::model::{Date, FeatureId, Indicator, LandClass, Role, Site, UseSystem};
use crate::text::Message;
use std::sync::Arc;

/// The measurements of one site against the plan and all layers.
#[derive(Clone, Debug)]
pub struct Facts {
    pub site: Site,
    /// The application date where the site gives one, else the date of the check.
    pub date: Date,
    pub plan: PlanFacts,
    pub position: Position,
    pub certainty: Certainty,
    /// What a stated accuracy leaves possible; `None` without one.
    pub margin: Option<Margin>,
    /// Why nothing could be measured, for `NotChecked`.
    pub reason: Option<Message>,
    pub shape: Option<Arc<Shape>>,
    pub site_m2: f64,
    /// `None` when the workspace plane is no CGCS2000 Gauss–Krüger plane.
    pub ellipsoidal_m2: Option<f64>,
    pub repairs: Vec<Repair>,
    /// Largest first; every overlap that is listed.
    pub overlaps: Vec<Overlap>,
    pub inside_m2: f64,
    pub outside_m2: f64,
    pub inside: Option<Arc<Shape>>,
    pub outside: Option<Arc<Shape>>,
    /// The outside part piece by piece, largest first.
    pub outside_pieces: Vec<OutsidePiece>,
    /// The worst match with the clusters that would host the site.
    pub industry: IndustryMatch,
    /// For a site outside: the nearest cluster with matching industry within the adjacency distance.
    pub adjacent: Option<Adjacent>,
    /// For a site outside: where it could go instead, nearest first.
    pub candidates: Vec<Candidate>,
    /// Whether free land was measured against known supplied and pending land, or is the clusters' whole area.
    pub free_land_known: bool,
    pub districts: Vec<DistrictShare>,
    /// A layer of districts was given.
    pub districts_given: bool,
    /// One entry a layer that was given in a role that rules look at.
    pub layers: Vec<LayerFacts>,
    /// The site's land by role, one entry a role of which there is a layer.
    pub lands: Vec<RoleLand>,
    /// Other sites on this one's land, largest first; `None` when there is no layer of sites to look in, or no rule asks.
    pub neighbours: Option<Vec<Neighbour>>,
    /// Other clusters that compete with the hosts, the most alike first; `None` when nothing can be compared, or no rule asks.
    pub similar: Option<Vec<Similar>>,
    /// Planar area in m² on the plane that the site's file was in, where that was another one than the workspace's.
    pub source_m2: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct PlanFacts {
    pub layer: Arc<str>,
    pub version: String,
    /// In force on the date of the facts; a plan of which no dates are known is taken to be.
    pub in_force: bool,
}

/// The part of the site that one cluster takes.
#[derive(Clone, Debug)]
pub struct Overlap {
    pub share: ClusterShare,
    pub piece: Arc<Shape>,
    pub industry: IndustryMatch,
    /// It would host the site: more than negligible land of the site lies in it and in no functional area of it.
    pub host: bool,
    /// What the cluster, or one that holds it, asks of projects.
    pub limits: Vec<(Indicator, f64)>,
}

#[derive(Clone, Debug)]
pub struct OutsidePiece {
    pub piece: Arc<Shape>,
    pub area_m2: f64,
    pub sliver: bool,
    /// A strip between clusters of the plan itself.
    pub gap: bool,
    /// For a sliver, the borders it runs along, the longest run first.
    pub made_by: Vec<BorderRun>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Adjacent {
    pub name: String,
    pub distance_m: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct DistrictShare {
    pub name: String,
    pub code: String,
    pub area_m2: f64,
}

/// Whether a layer speaks for all of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    Whole,
    /// Its declared coverage leaves out some of the site.
    Not,
    Undeclared,
}

/// What one layer has on the site's land.
#[derive(Clone, Debug)]
pub struct LayerFacts {
    pub role: Role,
    pub name: Arc<str>,
    pub covers: Covers,
    /// Largest first.
    pub hits: Vec<Hit>,
    /// Land of the site under any hit, counted once.
    pub hit_m2: f64,
    /// A feature near the site could not be read as an area: nothing here may read as "none".
    pub broken: bool,
}

#[derive(Clone, Debug)]
pub struct Hit {
    pub feature: FeatureId,
    /// Code or name of the feature, for land of different uses.
    pub label: String,
    /// Whose code of a land use it is; `None` where it is none, or nobody says whose.
    pub system: Option<UseSystem>,
    /// Code of the project it is land of; empty when not given.
    pub project: String,
    pub area_m2: f64,
    pub piece: Arc<Shape>,
}

impl Facts {
    pub fn layers_of(&self, role: Role) -> impl Iterator<Item = &LayerFacts> {
        self.layers.iter().filter(move |l| l.role == role)
    }

    pub fn land_of(&self, role: Role) -> Option<&RoleLand> {
        self.lands.iter().find(|l| l.role == role)
    }

    pub fn hosts(&self) -> impl Iterator<Item = &Overlap> {
        self.overlaps.iter().filter(|o| o.host)
    }

    /// The outside pieces as evidence.
    pub fn outside_evidence(&self) -> impl Iterator<Item = Evidence> + '_ {
        self.outside_pieces.iter().map(|p| Evidence { piece: p.piece.clone(), area_m2: p.area_m2, against: None })
    }
}

impl Hit {
    /// Its class by the land administration law; `None` where its code does not tell.
    pub fn class(&self) -> Option<LandClass> {
        self.system.and_then(|system| system.class(&self.label))
    }

    pub fn is_industrial(&self) -> bool {
        self.system.is_some_and(|system| system.is_industrial(&self.label))
    }

    /// A use that is known, and is not industry.
    pub fn is_other_use(&self) -> bool {
        self.system.is_some() && !self.label.is_empty() && !self.is_industrial()
    }

    /// A code stands there and nobody says whose it is.
    pub fn is_open(&self) -> bool {
        self.system.is_none() && !self.label.is_empty()
    }
}

impl LayerFacts {
    /// The hits as evidence.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> + '_ {
        self.hits.iter().map(|h| self.evidence_of(h))
    }

    pub fn evidence_of(&self, hit: &Hit) -> Evidence {
        Evidence { piece: hit.piece.clone(), area_m2: hit.area_m2, against: Some((self.name.clone(), hit.feature)) }
    }
}
