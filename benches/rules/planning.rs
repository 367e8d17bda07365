//! Planning open deliveries under the pace of eight accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};
use chrono_tz::Europe::Belgrade;
use kasnec::manifest::Pace;
use kasnec::schedule::{Line, Waiting, forecast};

use crate::{SIZES, median};

const ACCOUNTS: i64 = 8;

/// So many deliveries, and the seconds that planning them takes.
pub fn measure() -> Vec<(usize, f64)> {
    let paces: Vec<Pace> = (0..ACCOUNTS).map(pace).collect();
    let lines: BTreeMap<i64, Line<'_>> = (0..ACCOUNTS)
        .zip(&paces)
        .map(|(account, pace)| {
            let line = Line {
                pace,
                not_before: now(),
                sent_today: 3,
                paused: account == ACCOUNTS - 1,
            };
            (account, line)
        })
        .collect();
    let run = |count: usize| {
        let waiting: Vec<Waiting> = (0..count).map(delivery).collect();
        (count, median(count, || forecast(&waiting, &lines, now(), Belgrade)))
    };
    SIZES.into_iter().map(run).collect()
}

fn now() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(2026, 11, 24)
        .unwrap()
        .and_hms_opt(9, 0, 0)
        .unwrap()
        .and_utc()
}

/// Every second account may say only so much in a day; one of them is paused.
fn pace(account: i64) -> Pace {
    Pace {
        spacing_seconds: 5,
        daily: if account % 2 == 0 { 400 } else { 0 },
        ..Pace::default()
    }
}

/// Released over thirty days, due within the week after, in no order.
fn delivery(number: usize) -> Waiting {
    let id = i64::try_from(number).unwrap();
    let scattered = id.wrapping_mul(7_919) % 2_592_000;
    let release_at = now() + Duration::seconds(scattered);
    let deadline_at = release_at + Duration::seconds(id.wrapping_mul(104_729) % 604_800);
    Waiting {
        id,
        account: id % ACCOUNTS,
        release_at,
        deadline_at: Some(deadline_at),
        urgency: deadline_at.timestamp_millis(),
        fresh: id % 7 != 0,
    }
}
