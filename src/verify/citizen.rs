//! The citizen's look: the addresses that the manifest names are visited until one tells.

use std::sync::Arc;

use super::aside::aside;
use super::reading::Reading;
use super::visit::Visitor;
use super::weigh::Saw;
use crate::receipt::{Doubt, Finding, Glance, View};

/// Where to look and for what.
pub struct Citizen<'a> {
    /// Makes the visits.
    pub visitor: Visitor<'a>,
    /// Reads what is there.
    pub reading: Arc<Reading>,
}

impl Citizen<'_> {
    /// Visits the addresses, in their order, until one tells.
    pub async fn look(&self, addresses: &[String]) -> Saw {
        let mut saw =
            Saw::from(Glance::new(Finding::NotVisible, View::Nobody).saying("There is no public address at which it could be seen."));
        for address in addresses {
            saw = self.look_at(address).await;
            if saw.glance.finding != Finding::CannotTell {
                break;
            }
        }
        saw
    }

    async fn look_at(&self, address: &str) -> Saw {
        let visited = match self.visitor.visit(address).await {
            Ok(visited) => visited,
            Err((doubt, what)) => return Glance::doubtful(View::Citizen, doubt, what).at(address).into(),
        };
        let reading = self.reading.clone();
        let read = aside(move || reading.read(&visited)).await;
        read.unwrap_or_else(|| {
            let what = "What the address shows could not be compared.";
            Glance::doubtful(View::Citizen, Doubt::Unclear, what).at(address).into()
        })
    }
}
