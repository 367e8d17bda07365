//! The citizens' site.

use crate::desk::{Desk, at, entry, page};

#[tokio::test]
async fn the_newest_notices_are_listed_by_day_with_their_category() {
    let desk = Desk::open().await;
    desk.put(&page("e-vjeter", "Mbledhja e vjetër", -3000)).await;
    desk.put(&page("e-re", "Mbledhja e re", 0)).await;
    let html = desk.page("/").await;
    let (new, old) = (html.find("Mbledhja e re").unwrap(), html.find("Mbledhja e vjetër").unwrap());
    assert!(new < old, "the newest first");
    assert!(html.contains("<time datetime=\"2026-11-22\">") && html.contains("<time datetime=\"2026-11-20\">"));
    assert!(html.contains("<span class=\"tag\">Mbledhjet</span>") && html.contains("href=\"/n/e-re\""));
    assert!(html.contains("Vendi: Salla e Kuvendit"));
    desk.close().await;
}

#[tokio::test]
async fn a_notice_shows_its_text_its_languages_and_what_others_need_to_share_it() {
    let desk = Desk::open().await;
    let mut notice = page("mbledhja", "Mbledhja e Kuvendit", 0);
    notice
        .body
        .push_str("<img src=\"https://x.example/a.jpg?a=1&amp;b=2\" alt=\"Salla\">");
    desk.put(&notice).await;
    let html = desk.page("/n/mbledhja").await;
    let url = &desk.url;
    for part in [
        "<html lang=\"sq\">",
        "<h1 lang=\"sq\">Mbledhja e Kuvendit</h1>",
        "<p>Ftohen qytetarët.</p>",
        "<section lang=\"sr-Latn\" id=\"sr-Latn\">",
        "<a href=\"#sr-Latn\" lang=\"sr-Latn\">Srpski</a>",
        &format!("<link rel=\"canonical\" href=\"{url}/n/mbledhja\">"),
        &format!("<meta property=\"og:url\" content=\"{url}/n/mbledhja\">"),
        "<meta property=\"og:title\" content=\"Mbledhja e Kuvendit\">",
        "<meta property=\"og:image\" content=\"https://x.example/a.jpg?a=1&amp;b=2\">",
        &format!("hreflang=\"sr-Latn\" title=\"Komuna e Kaçanikut: Sednice (sr-Latn)\" href=\"{url}/feed/sr/mbledhjet.xml\">"),
    ] {
        assert!(html.contains(part), "{part} is missing from {html}");
    }
    desk.close().await;
}

#[tokio::test]
async fn what_the_office_wrote_cannot_break_out_of_its_place() {
    let desk = Desk::open().await;
    let mut notice = page("sulm", "\"><script>alert(1)</script>", 0);
    notice.summary = "</p><script>alert(2)</script>".to_owned();
    desk.put(&notice).await;
    for path in ["/", "/n/sulm", "/k/mbledhjet"] {
        let html = desk.page(path).await;
        assert!(
            !html.contains("<script") && html.contains("&#60;script&#62;alert("),
            "{path}: {html}"
        );
    }
    desk.close().await;
}

#[tokio::test]
async fn a_withdrawn_notice_stays_and_says_so() {
    let desk = Desk::open().await;
    let mut notice = page("mbledhja", "Mbledhja", 0);
    notice.withdrawn = true;
    notice.updated_at = at(90);
    desk.put(&notice).await;
    let html = desk.page("/n/mbledhja").await;
    assert!(html.contains("<strong>Tërhequr.</strong>") && html.contains("notice is-withdrawn"));
    assert!(
        html.contains("datetime=\"2026-11-22T13:30:00+01:00\""),
        "when it was changed: {html}"
    );
    assert!(desk.page("/").await.contains("<strong class=\"tag withdrawn\">Tërhequr</strong>"));
    desk.close().await;
}

#[tokio::test]
async fn a_category_lists_only_its_own() {
    let desk = Desk::open().await;
    desk.put(&page("mbledhja", "Mbledhja e Kuvendit", 0)).await;
    let mut vacancy = page("konkurs", "Konkurs për punë", 1);
    vacancy.category = Some("punesimi".to_owned());
    desk.put(&vacancy).await;
    let html = desk.page("/k/punesimi").await;
    assert!(html.contains("Konkurs për punë") && !html.contains("Mbledhja e Kuvendit"));
    assert!(html.contains("<a href=\"/k/punesimi\" aria-current=\"true\">Punësimi</a>"));
    assert!(
        desk.page("/k/video").await.contains("Ende nuk ka njoftime."),
        "a known category may be empty"
    );
    assert_eq!(desk.get("/k/asgje").send().await.unwrap().status(), 404);
    desk.close().await;
}

#[tokio::test]
async fn paging_shows_every_notice_once_even_if_all_were_published_together() {
    let desk = Desk::open().await;
    for nth in 0..45 {
        desk.put(&page(&format!("n{nth:02}"), &format!("Njoftimi {nth:02}"), 0)).await;
    }
    let (mut path, mut seen) = ("/".to_owned(), vec![]);
    loop {
        let html = desk.page(&path).await;
        seen.extend(html.split("href=\"/n/").skip(1).map(|rest| rest[..3].to_owned()));
        let Some((_, next)) = html.split_once("<a rel=\"next\" href=\"") else {
            break;
        };
        path = next.split_once('"').unwrap().0.to_owned();
    }
    let expected: Vec<String> = (0..45).map(|nth| format!("n{nth:02}")).collect();
    assert_eq!(seen, expected);
    desk.close().await;
}

#[tokio::test]
async fn the_words_are_in_the_language_that_was_chosen_or_that_the_browser_wants() {
    let desk = Desk::open().await;
    desk.put(&page("mbledhja", "Mbledhja", 0)).await;
    assert!(desk.page("/").await.contains("<h1>Njoftimet më të reja</h1>"));
    let serbian = desk.get("/").header("accept-language", "sr-RS,sr;q=0.9").send().await.unwrap();
    assert_eq!(serbian.headers()["vary"], "Accept-Language");
    let serbian = serbian.text().await.unwrap();
    assert!(serbian.contains("<html lang=\"sr-Latn\">") && serbian.contains("Najnovija obaveštenja"));
    let turkish = desk.page("/?lang=tr").await;
    assert!(
        turkish.contains("En yeni duyurular") && turkish.contains("href=\"/n/mbledhja?lang=tr\""),
        "a choice goes along"
    );
    desk.close().await;
}

#[tokio::test]
async fn what_is_not_there_gets_a_page_that_leads_on() {
    let desk = Desk::open().await;
    for path in ["/n/asgje", "/kot/fare", "/feed/sq.atomm", "/files/zz/a.pdf"] {
        let response = desk.get(path).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        let html = response.text().await.unwrap();
        assert!(html.contains("Kjo faqe nuk gjendet") && html.contains("href=\"/\""), "{path}");
    }
    desk.close().await;
}

#[tokio::test]
async fn the_subscribe_page_names_every_feed_that_has_entries() {
    let desk = Desk::open().await;
    desk.enter(&entry("1", "Mbledhja", 0)).await;
    let html = desk.page("/feeds").await;
    for path in ["/feed/sq.xml", "/feed/sq/mbledhjet.xml", "/feed/sr.xml", "/feed/en.xml"] {
        assert!(html.contains(&format!("href=\"{}{path}\"", desk.url)), "{path}: {html}");
        assert_eq!(desk.get(path).send().await.unwrap().status(), 200);
    }
    assert!(!html.contains("/feed/sr/mbledhjet.xml\" type"), "nothing in Serbian yet");
    desk.close().await;
}

#[tokio::test]
async fn no_page_allows_scripts_frames_or_anything_from_elsewhere() {
    let desk = Desk::open().await;
    for path in ["/", "/feeds", "/n/asgje", "/api/items"] {
        let response = desk.get(path).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let policy = header("content-security-policy");
        assert!(
            policy.starts_with("default-src 'none'; style-src 'self';") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe") && !policy.contains("script-src"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "strict-origin-when-cross-origin");
        let html = response.text().await.unwrap();
        assert!(
            !html.contains("style=\"") && !html.contains("<style") && !html.contains("<script"),
            "{path}"
        );
    }
    let html = desk.page("/").await;
    let (_, rest) = html.split_once("rel=\"stylesheet\" href=\"").unwrap();
    let style = desk.get(rest.split_once('"').unwrap().0).send().await.unwrap();
    assert_eq!(style.headers()["content-type"], "text/css; charset=utf-8");
    assert!(style.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    desk.close().await;
}

#[tokio::test]
async fn the_host_that_is_asked_chooses_the_office() {
    let desk = Desk::open().await;
    desk.put(&page("mbledhja", "Mbledhja e Kaçanikut", 0)).await;
    let other = desk.get("/").header("host", "njoftime.decan.example").send().await.unwrap();
    let html = other.text().await.unwrap();
    assert!(html.contains("Komuna e Deçanit") && !html.contains("Mbledhja e Kaçanikut"));
    let theirs = desk
        .get("/n/mbledhja")
        .header("host", "njoftime.decan.example")
        .send()
        .await
        .unwrap();
    assert_eq!(theirs.status(), 404);
    assert!(desk.page("/").await.contains("Komuna e Kaçanikut"));
    desk.close().await;
}
