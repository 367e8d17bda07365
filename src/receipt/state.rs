//! The states a delivery passes through, and what it is to do.

use super::words::words;

words! {
    /// Where a delivery stands; `docs/states.md` draws it.
    State {
        /// Waiting for its time.
        Planned = "planned",
        /// Taken by a worker, under a lease.
        Claimed = "claimed",
        /// A call is under way.
        Sending = "sending",
        /// Something invisible stands at the remote.
        Drafted = "drafted",
        /// It may or may not have worked: being looked up.
        Unknown = "unknown",
        /// It stands, with a receipt.
        Delivered = "delivered",
        /// The remote will not have this post.
        Rejected = "rejected",
        /// A courtesy post whose time has passed.
        Expired = "expired",
        /// A newer revision took its place before it was sent.
        Superseded = "superseded",
        /// A person must act.
        NeedsPerson = "needs a person",
    }
}

impl State {
    /// Whether nothing further happens by itself.
    pub fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Delivered | Self::Rejected | Self::Expired | Self::Superseded | Self::NeedsPerson
        )
    }
}

words! {
    /// What a delivery is to do.
    Action {
        /// Make it stand.
        Publish = "publish",
        /// Change what stands.
        Update = "update",
        /// Take it down, or mark it as withdrawn where that is what the channel can.
        Withdraw = "withdraw",
        /// Remove a draft that a newer revision made pointless.
        Discard = "discard",
    }
}
