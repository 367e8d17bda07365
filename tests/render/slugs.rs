//! Addresses that stay readable in every alphabet and never grow too long.

use kasnec::render::slug;

use crate::common::{NOTICE, content, office};

fn slug_of(reference: &str, title: &str) -> String {
    let mut item = content(NOTICE);
    reference.clone_into(&mut item.reference);
    for translation in item.translations.values_mut() {
        title.clone_into(&mut translation.title);
    }
    slug(&office(), &item)
}

#[test]
fn letters_of_four_languages_and_two_alphabets_become_plain_ones() {
    assert_eq!(slug_of("A/1", "Çështje që s’presin"), "a-1-ceshtje-qe-spresin");
    assert_eq!(slug_of("A/1", "Đačka žalba, šta ćemo"), "a-1-djacka-zalba-sta-cemo");
    assert_eq!(
        slug_of("A/1", "Седница Скупштине општине Качаник"),
        "a-1-sednica-skupstine-opstine-kacanik"
    );
    assert_eq!(slug_of("A/1", "İlçe ışığı, gürültü & öğüt"), "a-1-ilce-isigi-gurultu-ogut");
    assert_eq!(slug_of("A/1", "e\u{308} bashkuar"), "a-1-e-bashkuar");
}

#[test]
fn a_slug_has_at_most_80_characters_and_ends_with_a_whole_word() {
    let long = slug_of("KK-2026-011", &"njoftim për mbledhje ".repeat(9));
    assert!(long.len() <= 80 && long.ends_with("-mbledhje"), "{long}");
    let one_word = slug_of("KK-2026-011", &"a".repeat(190));
    assert_eq!(one_word, "kk-2026-011");
}

#[test]
fn references_that_say_nothing_or_too_much_stay_apart() {
    assert_ne!(slug_of("№№", "Lajm"), slug_of("!!", "Lajm"));
    let (one, two) = ("щ".repeat(79) + "a", "щ".repeat(79) + "b");
    assert_ne!(slug_of(&one, "Lajm"), slug_of(&two, "Lajm"));
    assert!(slug_of(&one, "Lajm").len() <= 80 && slug_of(&one, "Lajm").is_ascii());
}

#[test]
fn the_title_is_taken_from_the_offices_first_language() {
    assert_eq!(slug(&office(), &content(NOTICE)), "kk-2026-011-mbledhja-e-11-te-e-kuvendit");
}
