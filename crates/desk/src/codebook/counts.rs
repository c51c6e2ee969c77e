//! How what is said changes: themes by week or month.

use super::Coding;
use crate::kept::Kept;
use earwitness_model::CallId;
use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How long a period is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// From Monday to Sunday.
    Week,
    /// A month of the calendar.
    Month,
}

impl By {
    /// The first day of the period in which a day lies.
    pub fn begin(self, day: Date) -> Date {
        match self {
            Self::Week => {
                let since_monday = i64::from(day.weekday().to_monday_zero_offset());
                day.checked_sub(since_monday.days()).unwrap_or(day)
            }
            Self::Month => day.first_of_month(),
        }
    }
}

/// On how much a theme lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    /// In how many calls.
    pub calls: usize,
    /// On how many passages.
    pub passages: usize,
}

/// What is said in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Period {
    /// Its first day; none for the calls of which nobody knows the day.
    pub from: Option<Date>,
    /// All calls of the period, with themes and without.
    pub calls: usize,
    /// The themes that lie on something in it, by their record names.
    pub themes: BTreeMap<String, Count>,
}

/// Themes by week or month, the first first and calls without a day at the end; periods without calls are left out.
/// `calls` are all calls of the archive with their days on the wall calendar where they were made.
pub fn over_time<'c>(
    calls: impl IntoIterator<Item = (&'c CallId, Option<Date>)>,
    codings: &[Kept<Coding>],
    by: By,
) -> Vec<Period> {
    let mut of_call: BTreeMap<&CallId, BTreeMap<&str, usize>> = BTreeMap::new();
    for coding in codings {
        *of_call.entry(&coding.passage.call).or_default().entry(&coding.theme).or_default() += 1;
    }
    let mut periods: BTreeMap<(bool, Option<Date>), Period> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for (call, day) in calls.into_iter().filter(|(call, _)| seen.insert(*call)) {
        let from = day.map(|day| by.begin(day));
        let period = periods.entry((from.is_none(), from)).or_insert_with(|| Period { from, ..Period::default() });
        period.calls += 1;
        for (theme, passages) in of_call.get(call).into_iter().flatten() {
            let count = period.themes.entry((*theme).to_owned()).or_default();
            count.calls += 1;
            count.passages += passages;
        }
    }
    periods.into_values().collect()
}
