//! What the watchdog raises: a closed vocabulary of causes for which something is due and not confirmed.

use super::words::words;

words! {
    /// Why something that is due is not known to stand, or soon will not.
    AlarmKind {
        /// No worker has shown a sign of life, and something is to be published.
        NoWorker = "no-worker",
        /// A worker lives, the account is open, and yet nothing happens.
        Stuck = "stuck",
        /// The account waits for a person.
        ChannelPaused = "channel-paused",
        /// The account's circuit is open: the remote does not do its work.
        ChannelDown = "channel-down",
        /// The account is no longer in the configuration.
        ChannelMissing = "channel-missing",
        /// An answer was lost, and it is still not known what came of the call.
        InDoubt = "in-doubt",
        /// Only a person can go on, and none has.
        NeedsPerson = "needs-person",
        /// The remote refused it, and nobody has done anything about it.
        Refused = "refused",
        /// It fails again and again.
        Failing = "failing",
        /// The channel's pace or patience holds it back although its deadline is near.
        Slow = "slow",
        /// What stands at the remote was changed or taken down by somebody else.
        Disturbed = "disturbed",
        /// Warnings about deadlines are not taken by the mail server.
        Mail = "mail",
        /// The database cannot be written.
        Store = "store",
        /// The disk is nearly full.
        Disk = "disk",
        /// There is no recent backup.
        Backup = "backup",
        /// The clock cannot be trusted.
        Clock = "clock",
    }
}
