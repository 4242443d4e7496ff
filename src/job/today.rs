//! The date of today, for both faces: the core is given it and never reads a clock.

use crate::model::Date;
use std::time::{SystemTime, UNIX_EPOCH};

/// Today in China, where one time is the law: eight hours before the zero meridian.
pub fn today() -> Date {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs());
    date_of_day((since + 8 * 3600) / 86_400)
}

/// The date `days` after 1970-01-01 (proleptic Gregorian; H. Hinnant, "chrono-compatible low-level date algorithms").
fn date_of_day(days: u64) -> Date {
    let days = days + 719_468;
    let (era, of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = (of_year - (153 * shifted + 2) / 5 + 1) as u8;
    let month = (if shifted < 10 { shifted + 3 } else { shifted - 9 }) as u8;
    Date { year: (year_of_era + era * 400 + u64::from(month <= 2)) as u16, month, day }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_become_dates() {
        for (days, date) in
            [(0, "1970-01-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"), (15_595, "2012-09-12"), (20_779, "2026-11-22")]
        {
            assert_eq!(date_of_day(days), Date::parse(date).unwrap(), "{days}");
        }
    }
}
