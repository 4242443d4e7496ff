//! Which system may a file without one be in: the rules of national numbering, tested against where the city lies.

use super::Crs;
use crate::geom::BBox;

/// One way to read the numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub crs: Crs,
    /// The file stores north before east.
    pub swapped: bool,
    /// The file's extent read this way, in degrees.
    pub lon_lat: BBox,
    /// Whether that extent meets the place it was tested against.
    pub fits: bool,
}

/// What came of guessing: exactly one fitting candidate decides, anything else is a question for a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    pub candidates: Vec<Candidate>,
}

impl Guess {
    /// The only candidate that fits, if there is exactly one.
    pub fn decided(&self) -> Option<&Candidate> {
        let mut fitting = self.candidates.iter().filter(|c| c.fits);
        match (fitting.next(), fitting.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    }
}

/// `extent`: box of the file's numbers as stored (first coordinate, second coordinate). `place`: where the data is
/// expected, in degrees of longitude and latitude (the plan, the districts, else China).
pub fn guess(_extent: BBox, _place: BBox) -> Guess {
    unimplemented!()
}
