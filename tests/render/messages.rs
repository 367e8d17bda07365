//! The notice of a meeting with twelve points, in Albanian and Serbian, on the channels that take text; and what every post has.

use insta::assert_snapshot;

use crate::common::notice_on;

#[test]
fn facebook_gets_a_message_with_headline_when_where_agenda_and_link() {
    assert_snapshot!(notice_on("facebook").part("message"), @r"
MBLEDHJA E 11-TË E KUVENDIT

Lloji: e rregullt
📅 Fillimi: e martë, 24 nëntor 2026, ora 10:00
📍 Vendi: Salla e Kuvendit të Komunës

Rendi i ditës:
1. Miratimi i procesverbalit
2. Raporti i Kryetarit
3. Buxheti për vitin 2027
4. Plani zhvillimor
5. Rregullorja për taksat
6. Dhënia në shfrytëzim e pronës
7. Emërimi i komisionit
8. Raporti financiar
9. Peticioni i banorëve
10. Projektet kapitale
11. Pyetjet e këshilltarëve
12. Të ndryshme

Mbledhja është e hapur për publikun & mediat.

———

11. SEDNICA SKUPŠTINE

Vrsta: redovna
📅 Početak: utorak, 24. novembar 2026, u 10:00
📍 Mesto: Sala Skupštine opštine

Dnevni red:
1. Usvajanje zapisnika
2. Izveštaj predsednika
3. Budžet za 2027. godinu
4. Razvojni plan
5. Pravilnik o taksama
6. Davanje imovine na korišćenje
7. Imenovanje komisije
8. Finansijski izveštaj
9. Peticija stanovnika
10. Kapitalni projekti
11. Pitanja odbornika
12. Razno

Sednica je otvorena za javnost i medije.

📎 2 bashkëngjitje

Njoftimi i plotë: https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit
");
}

#[test]
fn an_email_has_a_subject_a_text_and_a_page() {
    let post = notice_on("email");
    assert_snapshot!(post.part("subject"), @"Mbledhja e 11-të e Kuvendit");
    assert_snapshot!(post.part("text"), @r"
Mbledhja e 11-të e Kuvendit

Lloji: e rregullt
Fillimi: e martë, 24 nëntor 2026, ora 10:00
Vendi: Salla e Kuvendit të Komunës

Rendi i ditës:
1. Miratimi i procesverbalit
2. Raporti i Kryetarit
3. Buxheti për vitin 2027
4. Plani zhvillimor
5. Rregullorja për taksat
6. Dhënia në shfrytëzim e pronës
7. Emërimi i komisionit
8. Raporti financiar
9. Peticioni i banorëve
10. Projektet kapitale
11. Pyetjet e këshilltarëve
12. Të ndryshme

Mbledhja është e hapur për publikun & mediat.

Bashkëngjitjet:
- Rendi i ditës & materialet (123 kB): https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf
- salla.jpg (3,4 MB): https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg

----------------------------------------

11. sednica Skupštine

Vrsta: redovna
Početak: utorak, 24. novembar 2026, u 10:00
Mesto: Sala Skupštine opštine

Dnevni red:
1. Usvajanje zapisnika
2. Izveštaj predsednika
3. Budžet za 2027. godinu
4. Razvojni plan
5. Pravilnik o taksama
6. Davanje imovine na korišćenje
7. Imenovanje komisije
8. Finansijski izveštaj
9. Peticija stanovnika
10. Kapitalni projekti
11. Pitanja odbornika
12. Razno

Sednica je otvorena za javnost i medije.

Prilozi:
- Dnevni red i materijal (123 kB): https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf
- salla.jpg (3,4 MB): https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg

Njoftimi i plotë: https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit

Komuna e Kaçanikut
Opština Kačanik
");
    let site = notice_on("site");
    let facts = site.part("body").split_once("<section lang=\"sq\">").unwrap().1;
    let facts = facts.split_once("</section>").unwrap().0;
    assert!(
        post.part("html")
            .contains(&format!("<h1>Mbledhja e 11-të e Kuvendit</h1>{facts}</section>"))
    );
    assert!(post.part("html").starts_with("<!DOCTYPE html>\n<html lang=\"sq\">"));
}

#[test]
fn telegram_gets_one_text() {
    assert_snapshot!(notice_on("telegram").part("text"), @r"
MBLEDHJA E 11-TË E KUVENDIT

Lloji: e rregullt
📅 Fillimi: e martë, 24 nëntor 2026, ora 10:00
📍 Vendi: Salla e Kuvendit të Komunës

Rendi i ditës:
1. Miratimi i procesverbalit
2. Raporti i Kryetarit
3. Buxheti për vitin 2027
4. Plani zhvillimor
5. Rregullorja për taksat
6. Dhënia në shfrytëzim e pronës
7. Emërimi i komisionit
8. Raporti financiar
9. Peticioni i banorëve
10. Projektet kapitale
11. Pyetjet e këshilltarëve
12. Të ndryshme

Mbledhja është e hapur për publikun & mediat.

———

11. SEDNICA SKUPŠTINE

Vrsta: redovna
📅 Početak: utorak, 24. novembar 2026, u 10:00
📍 Mesto: Sala Skupštine opštine

Dnevni red:
1. Usvajanje zapisnika
2. Izveštaj predsednika
3. Budžet za 2027. godinu
4. Razvojni plan
5. Pravilnik o taksama
6. Davanje imovine na korišćenje
7. Imenovanje komisije
8. Finansijski izveštaj
9. Peticija stanovnika
10. Kapitalni projekti
11. Pitanja odbornika
12. Razno

Sednica je otvorena za javnost i medije.

Njoftimi i plotë: https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit
");
}

#[test]
fn mastodon_gets_both_languages_and_the_link_in_500_characters() {
    let post = notice_on("mastodon");
    assert_snapshot!(post.part("text"), @r"
Mbledhja e 11-të e Kuvendit
📅 e martë, 24 nëntor 2026, ora 10:00
📍 Salla e Kuvendit të Komunës

11. sednica Skupštine
📅 utorak, 24. novembar 2026, u 10:00
📍 Sala Skupštine opštine

https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit
");
    assert!(post.part("text").chars().count() <= 500 && post.part("text").ends_with(&post.link));
}

#[test]
fn the_outbox_gets_everything_as_text() {
    assert_snapshot!(notice_on("outbox").part("text"), @r"
Komuna e Kaçanikut
Nr. i referencës: KK-2026-011

Mbledhje e Kuvendit

Mbledhja e 11-të e Kuvendit

Lloji: e rregullt
Fillimi: e martë, 24 nëntor 2026, ora 10:00
Vendi: Salla e Kuvendit të Komunës

Rendi i ditës:
1. Miratimi i procesverbalit
2. Raporti i Kryetarit
3. Buxheti për vitin 2027
4. Plani zhvillimor
5. Rregullorja për taksat
6. Dhënia në shfrytëzim e pronës
7. Emërimi i komisionit
8. Raporti financiar
9. Peticioni i banorëve
10. Projektet kapitale
11. Pyetjet e këshilltarëve
12. Të ndryshme

Mbledhja është e hapur për publikun & mediat.

Bashkëngjitjet:
- Rendi i ditës & materialet (123 kB): https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf
- salla.jpg (3,4 MB): https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg

========================================

Sednica Skupštine

11. sednica Skupštine

Vrsta: redovna
Početak: utorak, 24. novembar 2026, u 10:00
Mesto: Sala Skupštine opštine

Dnevni red:
1. Usvajanje zapisnika
2. Izveštaj predsednika
3. Budžet za 2027. godinu
4. Razvojni plan
5. Pravilnik o taksama
6. Davanje imovine na korišćenje
7. Imenovanje komisije
8. Finansijski izveštaj
9. Peticija stanovnika
10. Kapitalni projekti
11. Pitanja odbornika
12. Razno

Sednica je otvorena za javnost i medije.

Prilozi:
- Dnevni red i materijal (123 kB): https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf
- salla.jpg (3,4 MB): https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg

https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit
");
}

#[test]
fn the_same_request_gives_the_same_hash_and_another_text_another() {
    assert_eq!(notice_on("facebook").hash(), notice_on("facebook").hash());
    assert_ne!(notice_on("facebook").hash(), notice_on("telegram").hash());
}

#[test]
fn addresses_are_the_offices_own_and_encoded() {
    let post = notice_on("site");
    assert_eq!(post.link, "https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit");
    let pdf = &post.media[0];
    assert_eq!(
        pdf.url,
        format!("https://njoftime.example.org/files/{}/Rendi%20i%20dit%C3%ABs.pdf", pdf.sha256)
    );
    assert_eq!(post.media[1].alt, "Salla e Kuvendit");
}
