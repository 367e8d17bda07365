//! Corrections, withdrawals and postponements are said where the reader sees them, in the reader's language.

use kasnec::item::Moment;
use kasnec::render::{Act, ActKind};

use crate::common::{NOTICE, act, content, manifest, office, renderer, say_with, try_say};

fn lines(act: &Act, languages: &[&str]) -> Vec<String> {
    let said = say_with("{{#each versions}}{{title}}|{{act_line}}\n{{/each}}", "", act, languages).unwrap();
    said.part("text").lines().map(str::to_owned).collect()
}

fn because(kind: ActKind, reason: &str) -> Act {
    Act {
        reason: Some(reason.to_owned()),
        ..act(kind)
    }
}

#[test]
fn a_first_publication_says_nothing_of_itself() {
    assert_eq!(lines(&act(ActKind::Publish), &["sq"]), ["Mbledhja e 11-të e Kuvendit|"]);
}

#[test]
fn a_correction_says_when_and_why() {
    assert_eq!(
        lines(&because(ActKind::Correct, "ora u ndërrua"), &["sq", "sr"]),
        [
            "Mbledhja e 11-të e Kuvendit|Korrigjuar më 22 nëntor 2026, ora 10:00: ora u ndërrua",
            "11. sednica Skupštine|Ispravljeno 22. novembar 2026, u 10:00: ora u ndërrua"
        ]
    );
}

#[test]
fn a_withdrawn_meeting_is_cancelled_and_other_items_are_withdrawn() {
    assert_eq!(
        lines(&act(ActKind::Withdraw), &["sq"]),
        ["ANULUAR: Mbledhja e 11-të e Kuvendit|Anuluar më 22 nëntor 2026, ora 10:00."]
    );
    let news = content("+++\nkind = \"news\"\nreference = \"L-1\"\n[facts]\n+++\n# [sq] Lajm\nTekst.\n");
    let post = try_say(&renderer(), &manifest("outbox"), &news, &act(ActKind::Withdraw), &["sq"]).unwrap();
    assert_eq!(post.title, "TËRHEQUR: Lajm");
}

#[test]
fn a_postponement_says_when_it_was_to_be() {
    let moved = Act {
        previous_event: Some(Moment::parse("2026-11-20 10:00", office().zone).unwrap()),
        ..because(ActKind::Postpone, "mungesa e kuorumit")
    };
    assert_eq!(
        lines(&moved, &["sq"]),
        [
            "SHTYRË: Mbledhja e 11-të e Kuvendit|Shtyrë më 22 nëntor 2026, ora 10:00; ishte caktuar për: e premte, 20 nëntor 2026, ora 10:00: mungesa e kuorumit"
        ]
    );
}

#[test]
fn every_channel_shows_a_withdrawal() {
    let withdrawn = because(ActKind::Withdraw, "mungesa e kuorumit");
    for (channel, part) in [
        ("site", "body"),
        ("wordpress", "content"),
        ("facebook", "message"),
        ("feed", "content"),
        ("board", "page"),
        ("email", "text"),
        ("email", "html"),
        ("telegram", "text"),
        ("mastodon", "text"),
        ("outbox", "text"),
    ] {
        let post = try_say(&renderer(), &manifest(channel), &content(NOTICE), &withdrawn, &["sq"]).unwrap();
        assert!(post.title.starts_with("ANULUAR: "), "{channel}");
        assert!(
            post.part(part).contains("Anuluar më 22 nëntor 2026, ora 10:00: mungesa e kuorumit"),
            "{channel}: {}",
            post.part(part)
        );
    }
}
