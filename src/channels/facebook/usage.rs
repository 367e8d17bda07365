//! How much of Facebook's patience is used up, and the brake that keeps us from using up the rest.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use crate::clock::from_ms;
use crate::http::Reply;

/// From this percentage on nothing more is sent for a while.
const STOP_AT: f64 = 95.0;
/// How long, where Facebook does not say.
const PAUSE_MINUTES: i64 = 15;

/// What the usage headers of one answer say.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// The fullest of all counters.
    pub(super) percent: f64,
    /// Minutes until calls are taken again; 0 if nothing is said.
    pub(super) regain_minutes: i64,
}

impl Usage {
    /// Reads `X-App-Usage`, `X-Page-Usage` and `X-Business-Use-Case-Usage`; anything unexpected counts as nothing.
    pub(super) fn of(reply: &Reply) -> Self {
        let header = |name: &str| reply.header(name).and_then(|text| serde_json::from_str::<Value>(text).ok());
        let flat = ["x-app-usage", "x-page-usage"].into_iter().filter_map(header);
        let by_case = header("x-business-use-case-usage").unwrap_or_default();
        let cases = by_case.as_object().into_iter().flat_map(|cases| cases.values());
        let cases = cases.filter_map(Value::as_array).flatten().cloned();
        flat.chain(cases).fold(Self::default(), |usage, counters| usage.and(&counters))
    }

    fn and(self, counters: &Value) -> Self {
        let counted = ["call_count", "total_time", "total_cputime"].map(|name| counters[name].as_f64().unwrap_or(0.0));
        let regain = counters["estimated_time_to_regain_access"].as_i64().unwrap_or(0);
        Self {
            percent: counted.into_iter().fold(self.percent, f64::max),
            regain_minutes: self.regain_minutes.max(regain.clamp(0, 24 * 60)),
        }
    }
}

/// Remembers until when nothing may be sent.
#[derive(Debug, Default)]
pub(super) struct Brake(AtomicI64);

impl Brake {
    /// Takes note of an answer's usage.
    pub(super) fn watch(&self, usage: Usage, now: DateTime<Utc>) {
        if usage.percent >= STOP_AT {
            let minutes = if usage.regain_minutes > 0 {
                usage.regain_minutes
            } else {
                PAUSE_MINUTES
            };
            self.0
                .fetch_max((now + Duration::minutes(minutes)).timestamp_millis(), Ordering::SeqCst);
        }
    }

    /// Until when to wait, if at all.
    pub(super) fn until(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let until = from_ms(self.0.load(Ordering::SeqCst));
        (until > now).then_some(until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(headers: &[(&'static str, &'static str)]) -> Reply {
        let headers = headers.iter().map(|(name, text)| (name.parse().unwrap(), text.parse().unwrap()));
        Reply {
            status: 200,
            headers: headers.collect(),
            body: vec![],
        }
    }

    #[test]
    fn the_fullest_counter_counts_and_nonsense_counts_as_nothing() {
        let case = r#"{"1":[{"type":"pages","call_count":97,"total_cputime":23,"total_time":5,"estimated_time_to_regain_access":12}]}"#;
        let both = reply(&[
            ("x-app-usage", r#"{"call_count":28,"total_time":25}"#),
            ("x-business-use-case-usage", case),
        ]);
        assert_eq!(
            Usage::of(&both),
            Usage {
                percent: 97.0,
                regain_minutes: 12
            }
        );
        let odd = reply(&[
            ("x-app-usage", "soon"),
            ("x-page-usage", "[]"),
            ("x-business-use-case-usage", r#"{"1":{}}"#),
        ]);
        assert_eq!(Usage::of(&odd), Usage::default());
    }

    #[test]
    fn the_brake_holds_as_long_as_facebook_says_and_no_longer() {
        let (brake, now) = (Brake::default(), from_ms(1_795_000_000_000));
        brake.watch(
            Usage {
                percent: 94.9,
                regain_minutes: 30,
            },
            now,
        );
        assert_eq!(brake.until(now), None);
        brake.watch(
            Usage {
                percent: 95.0,
                regain_minutes: 0,
            },
            now,
        );
        assert_eq!(brake.until(now), Some(now + Duration::minutes(15)));
        assert_eq!(brake.until(now + Duration::minutes(15)), None);
    }
}
