//! The hours in which an account rests.

use std::str::FromStr;

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};

/// Local hours in which courtesy posts wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Quiet {
    /// Written `none`.
    #[default]
    Never,
    /// Written `22:00-07:00`: from the first, until before the second; over midnight where the first is the later.
    Daily(NaiveTime, NaiveTime),
}

/// What was written is no quiet hours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” are no quiet hours. Write two times that differ, \"22:00-07:00\", or \"none\"")]
pub struct BadQuiet(String);

const FORM: &str = "%H:%M";
const NONE: &str = "none";

impl FromStr for Quiet {
    type Err = BadQuiet;

    fn from_str(text: &str) -> Result<Self, BadQuiet> {
        if text == NONE {
            return Ok(Self::Never);
        }
        let time = |text: &str| NaiveTime::parse_from_str(text.trim(), FORM).ok();
        text.split_once('-')
            .and_then(|(from, to)| Some((time(from)?, time(to)?)))
            .filter(|(from, to)| from != to)
            .map_or_else(|| Err(BadQuiet(text.to_owned())), |(from, to)| Ok(Self::Daily(from, to)))
    }
}

impl TryFrom<String> for Quiet {
    type Error = BadQuiet;

    fn try_from(text: String) -> Result<Self, BadQuiet> {
        text.parse()
    }
}

impl From<Quiet> for String {
    fn from(quiet: Quiet) -> Self {
        match quiet {
            Quiet::Never => NONE.to_owned(),
            Quiet::Daily(from, to) => format!("{}-{}", from.format(FORM), to.format(FORM)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_two_times_of_a_day_or_none() {
        let time = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
        let hours: Quiet = "22:00-07:30".parse().unwrap();
        assert_eq!(hours, Quiet::Daily(time(22, 0), time(7, 30)));
        assert_eq!(String::from(hours), "22:00-07:30");
        assert_eq!("none".parse(), Ok(Quiet::Never));
        for wrong in ["", "never", "22:00", "22:00-24:30", "22:00-22:00", "22-7"] {
            assert_eq!(wrong.parse::<Quiet>(), Err(BadQuiet(wrong.to_owned())));
        }
    }
}
