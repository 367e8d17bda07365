//! The notice of a meeting with twelve points, in Albanian and Serbian, on the channels that take HTML.

use insta::assert_snapshot;

use crate::common::{NOTICE, act, content, manifest, notice_on, renderer, try_say};
use kasnec::render::ActKind;

#[test]
fn the_site_shows_every_language_with_facts_agenda_and_files() {
    let post = notice_on("site");
    assert_snapshot!(post.part("body"), @r#"
<section lang="sq">
<dl class="facts">
<dt>Lloji</dt>
<dd>e rregullt</dd>
<dt>Fillimi</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">e martë, 24 nëntor 2026, ora 10:00</time></dd>
<dt>Vendi</dt>
<dd>Salla e Kuvendit të Komunës</dd>
</dl>
<h2>Rendi i ditës</h2>
<ol>
<li>Miratimi i procesverbalit</li>
<li>Raporti i Kryetarit</li>
<li>Buxheti për vitin 2027</li>
<li>Plani zhvillimor</li>
<li>Rregullorja për taksat</li>
<li>Dhënia në shfrytëzim e pronës</li>
<li>Emërimi i komisionit</li>
<li>Raporti financiar</li>
<li>Peticioni i banorëve</li>
<li>Projektet kapitale</li>
<li>Pyetjet e këshilltarëve</li>
<li>Të ndryshme</li>
</ol>
<p>Mbledhja është e <strong>hapur</strong> për publikun &amp; mediat.</p>

<h2>Bashkëngjitjet</h2>
<ul class="attachments">
<li><a href="https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf" type="application/pdf">Rendi i ditës &amp; materialet</a> (123 kB)</li>
<li><figure><img src="https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg" alt="Salla e Kuvendit" loading="lazy"><figcaption>salla.jpg</figcaption></figure></li>
</ul>
</section>
<section lang="sr-Latn">
<h2>11. sednica Skupštine</h2>
<dl class="facts">
<dt>Vrsta</dt>
<dd>redovna</dd>
<dt>Početak</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">utorak, 24. novembar 2026, u 10:00</time></dd>
<dt>Mesto</dt>
<dd>Sala Skupštine opštine</dd>
</dl>
<h2>Dnevni red</h2>
<ol>
<li>Usvajanje zapisnika</li>
<li>Izveštaj predsednika</li>
<li>Budžet za 2027. godinu</li>
<li>Razvojni plan</li>
<li>Pravilnik o taksama</li>
<li>Davanje imovine na korišćenje</li>
<li>Imenovanje komisije</li>
<li>Finansijski izveštaj</li>
<li>Peticija stanovnika</li>
<li>Kapitalni projekti</li>
<li>Pitanja odbornika</li>
<li>Razno</li>
</ol>
<p>Sednica je <strong>otvorena</strong> za javnost i medije.</p>

<h2>Prilozi</h2>
<ul class="attachments">
<li><a href="https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf" type="application/pdf">Dnevni red i materijal</a> (123 kB)</li>
<li><figure><img src="https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg" alt="Salla e Kuvendit" loading="lazy"><figcaption>salla.jpg</figcaption></figure></li>
</ul>
</section>
"#);
    assert_snapshot!(post.part("summary"), @r"
Fillimi: e martë, 24 nëntor 2026, ora 10:00
Vendi: Salla e Kuvendit të Komunës
Mbledhja është e hapur për publikun & mediat.
");
}

#[test]
fn wordpress_gets_title_content_and_excerpt() {
    let post = notice_on("wordpress");
    assert_snapshot!(post.part("title"), @"Mbledhja e 11-të e Kuvendit");
    assert_snapshot!(post.part("excerpt"), @r"
Fillimi: e martë, 24 nëntor 2026, ora 10:00
Vendi: Salla e Kuvendit të Komunës
Mbledhja është e hapur për publikun & mediat.
");
    assert_snapshot!(post.part("content"), @r#"
<section lang="sq">
<dl class="facts">
<dt>Lloji</dt>
<dd>e rregullt</dd>
<dt>Fillimi</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">e martë, 24 nëntor 2026, ora 10:00</time></dd>
<dt>Vendi</dt>
<dd>Salla e Kuvendit të Komunës</dd>
</dl>
<h2>Rendi i ditës</h2>
<ol>
<li>Miratimi i procesverbalit</li>
<li>Raporti i Kryetarit</li>
<li>Buxheti për vitin 2027</li>
<li>Plani zhvillimor</li>
<li>Rregullorja për taksat</li>
<li>Dhënia në shfrytëzim e pronës</li>
<li>Emërimi i komisionit</li>
<li>Raporti financiar</li>
<li>Peticioni i banorëve</li>
<li>Projektet kapitale</li>
<li>Pyetjet e këshilltarëve</li>
<li>Të ndryshme</li>
</ol>
<p>Mbledhja është e <strong>hapur</strong> për publikun &amp; mediat.</p>

<h2>Bashkëngjitjet</h2>
<ul class="attachments">
<li><a href="https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf" type="application/pdf">Rendi i ditës &amp; materialet</a> (123 kB)</li>
<li><figure><img src="https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg" alt="Salla e Kuvendit" loading="lazy"><figcaption>salla.jpg</figcaption></figure></li>
</ul>
</section>
<section lang="sr-Latn">
<h2>11. sednica Skupštine</h2>
<dl class="facts">
<dt>Vrsta</dt>
<dd>redovna</dd>
<dt>Početak</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">utorak, 24. novembar 2026, u 10:00</time></dd>
<dt>Mesto</dt>
<dd>Sala Skupštine opštine</dd>
</dl>
<h2>Dnevni red</h2>
<ol>
<li>Usvajanje zapisnika</li>
<li>Izveštaj predsednika</li>
<li>Budžet za 2027. godinu</li>
<li>Razvojni plan</li>
<li>Pravilnik o taksama</li>
<li>Davanje imovine na korišćenje</li>
<li>Imenovanje komisije</li>
<li>Finansijski izveštaj</li>
<li>Peticija stanovnika</li>
<li>Kapitalni projekti</li>
<li>Pitanja odbornika</li>
<li>Razno</li>
</ol>
<p>Sednica je <strong>otvorena</strong> za javnost i medije.</p>

<h2>Prilozi</h2>
<ul class="attachments">
<li><a href="https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf" type="application/pdf">Dnevni red i materijal</a> (123 kB)</li>
<li><figure><img src="https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg" alt="Salla e Kuvendit" loading="lazy"><figcaption>salla.jpg</figcaption></figure></li>
</ul>
</section>
<p class="source"><a href="https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit">Njoftimi në internet, me të gjitha dokumentet</a></p>
"#);
    assert_eq!(post.category.unwrap().label, "Mbledhjet");
}

#[test]
fn a_feed_entry_speaks_one_language() {
    let post = try_say(&renderer(), &manifest("feed"), &content(NOTICE), &act(ActKind::Publish), &["sr"]).unwrap();
    assert_snapshot!(post.part("title"), @"11. sednica Skupštine");
    assert_snapshot!(post.part("content"), @r#"
<div lang="sr-Latn">
<dl class="facts">
<dt>Vrsta</dt>
<dd>redovna</dd>
<dt>Početak</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">utorak, 24. novembar 2026, u 10:00</time></dd>
<dt>Mesto</dt>
<dd>Sala Skupštine opštine</dd>
</dl>
<h2>Dnevni red</h2>
<ol>
<li>Usvajanje zapisnika</li>
<li>Izveštaj predsednika</li>
<li>Budžet za 2027. godinu</li>
<li>Razvojni plan</li>
<li>Pravilnik o taksama</li>
<li>Davanje imovine na korišćenje</li>
<li>Imenovanje komisije</li>
<li>Finansijski izveštaj</li>
<li>Peticija stanovnika</li>
<li>Kapitalni projekti</li>
<li>Pitanja odbornika</li>
<li>Razno</li>
</ol>
<p>Sednica je <strong>otvorena</strong> za javnost i medije.</p>

<h2>Prilozi</h2>
<ul class="attachments">
<li><a href="https://njoftime.example.org/files/7a06f2f645eab9efd4768c1920b8920205662e76eb694dc2e1bda9e06d73e6c8/Rendi%20i%20dit%C3%ABs.pdf" type="application/pdf">Dnevni red i materijal</a> (123 kB)</li>
<li><figure><img src="https://njoftime.example.org/files/6a0a739e5366126f0503b296f44a9b5ca2e3b7f713bfb220d28f7e48a6791e38/salla.jpg" alt="Salla e Kuvendit" loading="lazy"><figcaption>salla.jpg</figcaption></figure></li>
</ul>
</div>
"#);
    assert_eq!(post.category.unwrap().label, "Sednice");
}

#[test]
fn the_board_gets_a_complete_page_with_a_place_for_stamp_and_code() {
    let post = notice_on("board");
    let page = post.part("page");
    let body = page.split_once("<body>").unwrap().1;
    assert_snapshot!(body, @r#"

<header>
<p lang="sq">Komuna e Kaçanikut</p>
<p lang="sr-Latn">Opština Kačanik</p>
<p class="reference">Nr. i referencës: KK-2026-011</p>
</header>
<main class="with-2 dense">
<article lang="sq">
<h1>Mbledhja e 11-të e Kuvendit</h1>
<dl class="facts">
<dt>Lloji</dt>
<dd>e rregullt</dd>
<dt>Fillimi</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">e martë, 24 nëntor 2026, ora 10:00</time></dd>
<dt>Vendi</dt>
<dd>Salla e Kuvendit të Komunës</dd>
</dl>
<h2>Rendi i ditës</h2>
<ol>
<li>Miratimi i procesverbalit</li>
<li>Raporti i Kryetarit</li>
<li>Buxheti për vitin 2027</li>
<li>Plani zhvillimor</li>
<li>Rregullorja për taksat</li>
<li>Dhënia në shfrytëzim e pronës</li>
<li>Emërimi i komisionit</li>
<li>Raporti financiar</li>
<li>Peticioni i banorëve</li>
<li>Projektet kapitale</li>
<li>Pyetjet e këshilltarëve</li>
<li>Të ndryshme</li>
</ol>
<p>Mbledhja është e <strong>hapur</strong> për publikun &amp; mediat.</p>

</article>
<article lang="sr-Latn">
<h1>11. sednica Skupštine</h1>
<dl class="facts">
<dt>Vrsta</dt>
<dd>redovna</dd>
<dt>Početak</dt>
<dd><time datetime="2026-11-24T10:00:00+01:00">utorak, 24. novembar 2026, u 10:00</time></dd>
<dt>Mesto</dt>
<dd>Sala Skupštine opštine</dd>
</dl>
<h2>Dnevni red</h2>
<ol>
<li>Usvajanje zapisnika</li>
<li>Izveštaj predsednika</li>
<li>Budžet za 2027. godinu</li>
<li>Razvojni plan</li>
<li>Pravilnik o taksama</li>
<li>Davanje imovine na korišćenje</li>
<li>Imenovanje komisije</li>
<li>Finansijski izveštaj</li>
<li>Peticija stanovnika</li>
<li>Kapitalni projekti</li>
<li>Pitanja odbornika</li>
<li>Razno</li>
</ol>
<p>Sednica je <strong>otvorena</strong> za javnost i medije.</p>

</article>
</main>
<footer>
<div>
<p><span lang="sq">Shpallur më</span> / <span lang="sr-Latn">Istaknuto dana</span>:<span class="line"></span></p>
<p><span lang="sq">Nënshkrimi</span> / <span lang="sr-Latn">Potpis</span>:<span class="line"></span></p>
</div>
<div class="stamp"><p><span lang="sq">Vula</span> / <span lang="sr-Latn">Pečat</span></p></div>
<div class="qr"><!--QR--></div>
<p class="link"><span lang="sq">Njoftimi në internet, me të gjitha dokumentet</span> · <span lang="sr-Latn">Obaveštenje na internetu, sa svim dokumentima</span>: https://njoftime.example.org/n/kk-2026-011-mbledhja-e-11-te-e-kuvendit</p>
</footer>
</body>
</html>
"#);
    assert!(page.starts_with("<!DOCTYPE html>") && page.contains("@page { size: A4;") && page.contains("<!--QR-->"));
}
