//! Items as people write them.

/// An item of a kind with its facts.
pub fn item(kind: &str, reference: &str, facts: &str) -> String {
    format!("+++\nkind = \"{kind}\"\nreference = \"{reference}\"\n[facts]\n{facts}\n+++\n# [sq] Njoftimi\n")
}

/// The same, not to be published before `release`.
pub fn released(text: &str, release: &str) -> String {
    text.replacen("[facts]", &format!("release = \"{release}\"\n[facts]"), 1)
}

/// A meeting of the assembly.
pub fn assembly(reference: &str, start: &str) -> String {
    assembly_with(reference, start, "")
}

/// The same with further facts.
pub fn assembly_with(reference: &str, start: &str, more: &str) -> String {
    let facts = format!("meeting_start = \"{start}\"\nvenue = {{ sq = \"Salla\" }}\nagenda = {{ sq = [\"Buxheti\"] }}\n{more}");
    item("assembly-meeting", reference, &facts)
}

/// A meeting of a committee.
pub fn committee(reference: &str, start: &str) -> String {
    let facts = format!(
        "committee = {{ sq = \"Komiteti\" }}\nmeeting_start = \"{start}\"\nvenue = {{ sq = \"Salla\" }}\nagenda = {{ sq = [\"Buxheti\"] }}"
    );
    item("committee-meeting", reference, &facts)
}

/// A debate of the mayor.
pub fn debate(reference: &str, start: &str) -> String {
    let facts = format!("meeting_start = \"{start}\"\nvenue = {{ sq = \"Salla\" }}\nagenda = {{ sq = [\"Rrugët\"] }}");
    item("mayor-debate", reference, &facts)
}

/// Information after a meeting of the assembly on `day`; it names the notice if `of` is given.
pub fn information(reference: &str, day: &str, of: Option<&str>) -> String {
    item(
        "meeting-information",
        reference,
        &format!("body = \"assembly\"\nmeeting_date = \"{day}\"\n{}", named(of)),
    )
}

/// The video of a session on `day`.
pub fn video(reference: &str, day: &str, of: Option<&str>) -> String {
    let facts = format!("meeting_date = \"{day}\"\nvideo_url = \"https://example.org/v\"\n{}", named(of));
    item("session-video", reference, &facts)
}

/// A request for access to a document.
pub fn request(reference: &str, received: &str, more: &str) -> String {
    item(
        "access-request",
        reference,
        &format!("received_at = \"{received}\"\nsubject = \"Kontrata\"\n{more}"),
    )
}

/// A petition.
pub fn petition(reference: &str, received: &str, more: &str) -> String {
    item(
        "petition",
        reference,
        &format!("form = \"petition\"\nreceived_at = \"{received}\"\nsubject = \"Ndriçimi\"\n{more}"),
    )
}

/// A report by `kind` of a half-year.
pub fn report(kind: &str, reference: &str, year: i32, period: &str, more: &str) -> String {
    item(kind, reference, &format!("year = {year}\nperiod = \"{period}\"\n{more}"))
}

fn named(of: Option<&str>) -> String {
    of.map(|of| format!("notice_reference = \"{of}\"")).unwrap_or_default()
}
