//! The words a rule uses of its duties.

use crate::receipt::words::words;

words! {
    /// How much a duty weighs.
    Severity {
        /// The law asks for it.
        Legal = "legal",
        /// The office's plan asks for it.
        Plan = "plan",
        /// The office asks it of itself: never late, only missed.
        Target = "target",
    }
}

words! {
    /// How certain it is that the rule says what its source says.
    Certainty {
        /// Checked against the source by somebody competent.
        Verified = "verified",
        /// As the plan has it.
        Plan = "plan",
        /// Not confirmed: it warns and never makes anything late.
        Unverified = "unverified",
    }
}

words! {
    /// What a report measures a duty by, beside whether it was met in time.
    Measure {
        /// Hours from a meeting to the information about it.
        Information = "information",
        /// Days from a meeting to its minutes.
        Minutes = "minutes",
        /// Days from a session to its video.
        Video = "video",
        /// Days from an act's registration to its publication.
        Publication = "publication",
        /// Days from a request's receipt to the answer.
        Answers = "answers",
    }
}
