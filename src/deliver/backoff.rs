//! How long to wait before trying, or looking, again.

use chrono::Duration;

/// The longest wait between two tries.
const LONGEST: i64 = 15 * 60;

/// The wait before the next try after so many failures: 5 s, 10 s, 20 s … 15 minutes, each shifted by up to a fifth so that many do not come at once.
pub fn after_failures(failures: i64, shift: f64) -> Duration {
    doubled(5, failures - 1, shift)
}

/// The wait before one delivery tries whether a remote is back, after so many tries since its circuit opened: 30 s, 1, 2, 4, 8, 15 minutes.
pub fn after_outages(tries: i64, shift: f64) -> Duration {
    doubled(30, tries, shift)
}

/// The wait before the next look after so many looks, beginning with `first` seconds.
pub fn after_looks(first: u32, looks: i64, shift: f64) -> Duration {
    doubled(i64::from(first), looks, shift)
}

fn doubled(first: i64, times: i64, shift: f64) -> Duration {
    let seconds = first.saturating_mul(1 << times.clamp(0, 20)).min(LONGEST);
    let milliseconds = seconds * 1000;
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "at most 900,000 ms")]
    let shifted = (milliseconds as f64 * (1.0 + 0.2 * shift.clamp(0.0, 1.0))) as i64;
    Duration::milliseconds(shifted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let seconds = |failures| after_failures(failures, 0.0).num_seconds();
        assert_eq!(
            [seconds(1), seconds(2), seconds(3), seconds(9), seconds(1000)],
            [5, 10, 20, 900, 900]
        );
        assert!(after_failures(1, 1.0) <= Duration::seconds(6));
    }
}
