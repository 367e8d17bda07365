//! The outlook: when each waiting delivery will go, and which will miss their deadline.

use std::collections::BTreeMap;

use super::ActError;
use crate::schedule::{Forecast, Line, forecast, local_day};
use crate::system::{OfficeConfig, System};

/// Forecasts an office's lines from now on.
pub async fn outlook(system: &System, config: &OfficeConfig) -> Result<Forecast, ActError> {
    let (waiting, rows) = system.store.lines(&config.office.id).await?;
    let now = system.clock.now();
    let today = local_day(now, config.office.zone);
    let lines: BTreeMap<i64, Line<'_>> = rows
        .iter()
        .filter_map(|row| Some((row.account, row.line(&config.manifests.get(&row.name)?.pace, &today))))
        .collect();
    Ok(forecast(&waiting, &lines, now, config.office.zone))
}
