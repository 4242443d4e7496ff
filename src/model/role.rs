//! Roles of layers: one table for the command line's flags, the tree's groups and the rules (PRODUCT §2.5).

/// What a layer is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    Plan,
    Sites,
    BatchApproved,
    Supplied,
    Pending,
    Parcels,
    Districts,
    Farmland,
    Ecology,
    Growth,
    DetailedPlan,
    LandUse,
    IndustrialLine,
    ZoneLimit,
    Avoid,
    Notify,
    Facilities,
    Firms,
    Roads,
    Backdrop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleGeometry {
    Area,
    Any,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct RoleFacts {
    pub role: Role,
    /// The word of `--layer ROLE=`, and the end of the text key `role.<code>`.
    pub code: &'static str,
    /// Text key of its name.
    pub name_key: &'static str,
    pub geometry: RoleGeometry,
    /// A hit on it forbids: +G.
    pub prohibitive: bool,
}

const fn row(role: Role, code: &'static str, name_key: &'static str, geometry: RoleGeometry, prohibitive: bool) -> RoleFacts {
    RoleFacts { role, code, name_key, geometry, prohibitive }
}

pub const ROLES: &[RoleFacts] = &[
    row(Role::Plan, "plan", "role.plan", RoleGeometry::Area, false),
    row(Role::Sites, "sites", "role.sites", RoleGeometry::Area, false),
    row(Role::BatchApproved, "batch_approved", "role.batch_approved", RoleGeometry::Area, false),
    row(Role::Supplied, "supplied", "role.supplied", RoleGeometry::Area, false),
    row(Role::Pending, "pending", "role.pending", RoleGeometry::Area, false),
    row(Role::Parcels, "parcels", "role.parcels", RoleGeometry::Area, false),
    row(Role::Districts, "districts", "role.districts", RoleGeometry::Area, false),
    row(Role::Farmland, "farmland", "role.farmland", RoleGeometry::Area, true),
    row(Role::Ecology, "ecology", "role.ecology", RoleGeometry::Area, true),
    row(Role::Growth, "growth", "role.growth", RoleGeometry::Area, false),
    row(Role::DetailedPlan, "detailed_plan", "role.detailed_plan", RoleGeometry::Area, false),
    row(Role::LandUse, "land_use", "role.land_use", RoleGeometry::Area, false),
    row(Role::IndustrialLine, "industrial_line", "role.industrial_line", RoleGeometry::Area, false),
    row(Role::ZoneLimit, "zone_limit", "role.zone_limit", RoleGeometry::Area, false),
    row(Role::Avoid, "avoid", "role.avoid", RoleGeometry::Area, false),
    row(Role::Notify, "notify", "role.notify", RoleGeometry::Area, false),
    row(Role::Facilities, "facilities", "role.facilities", RoleGeometry::Any, false),
    row(Role::Firms, "firms", "role.firms", RoleGeometry::Any, false),
    row(Role::Roads, "roads", "role.roads", RoleGeometry::Any, false),
    row(Role::Backdrop, "backdrop", "role.backdrop", RoleGeometry::Any, false),
];

impl Role {
    pub fn facts(self) -> &'static RoleFacts {
        // The table is written in the order of the enum; a test holds that.
        &ROLES[self as usize]
    }

    pub fn code(self) -> &'static str {
        self.facts().code
    }

    pub fn from_code(code: &str) -> Option<Self> {
        ROLES.iter().find(|r| r.code == code).map(|r| r.role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (i, facts) in ROLES.iter().enumerate() {
            assert_eq!(facts.role as usize, i);
            assert_eq!(Role::from_code(facts.code), Some(facts.role));
            assert_eq!(facts.name_key, format!("role.{}", facts.code));
        }
    }
}
