//! Pictures and films.

use chrono::Duration;
use kasnec::receipt::{Action, Phase, Sighting};
use serde_json::json;

use crate::bench::{Bench, FILM, after, file, object, photo, publish, roles, text, told, with_media};

fn film() -> kasnec::render::Media {
    file("mbledhja.mp4", "video/mp4", "film", "")
}

#[tokio::test]
async fn pictures_hang_on_one_post_in_their_order_and_are_described() {
    for count in [1, 3, 10] {
        let bench = Bench::open().await;
        let mut job = publish(with_media((1..=count).map(photo).collect()));
        bench.drive(&mut job).await.unwrap();
        let uploaded: Vec<&str> = (1..=count)
            .map(|n| object(&job, &format!("photo-{n}")).remote_id.as_str())
            .collect();
        let wall = bench.wall().await;
        assert_eq!(wall["posts"][0]["media"], json!(uploaded));
        assert_eq!(wall["posts"][0]["link"], json!(null), "beside pictures there is no card");
        assert_eq!(bench.counts().await, [1, 1, 0, 0]);
        let alt = bench.read(uploaded[0], "alt_text_custom").await["alt_text_custom"].clone();
        assert_eq!(alt, "Salla e Kuvendit, pamja 1");
        bench.hold_against_meta();
    }
}

#[tokio::test]
async fn a_file_that_facebook_takes_for_no_picture_is_left_to_the_link() {
    let bench = Bench::open().await;
    let files = vec![
        file("rendi.pdf", "application/pdf", "png", ""),
        file("foto.webp", "image/webp", "png", ""),
        photo(1),
    ];
    let mut job = publish(with_media(files));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(roles(&job), ["photo-1", "draft", "public"]);
}

#[tokio::test]
async fn a_broken_picture_is_named() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![photo(1), file("prishur.png", "image/png", "broken", "")]));
    let (kind, failure) = told(bench.drive(&mut job).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("reject", "content refused"));
    assert!(failure.what.contains("prishur.png"), "{failure}");
    assert_eq!(bench.counts().await, [0, 0, 0, 0]);
}

#[tokio::test]
async fn a_picture_that_we_lost_is_a_persons_business() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![file("humbur.png", "image/png", "nowhere", "")]));
    let (kind, failure) = told(bench.drive(&mut job).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("needs a person", "storage"));
}

#[tokio::test]
async fn pictures_that_waited_for_most_of_a_day_are_uploaded_anew() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![photo(1), photo(2)]));
    bench.take("photo-1", &mut job).await.unwrap();
    bench.clock.advance(Duration::hours(21));
    bench.drive(&mut job).await.unwrap();
    assert_eq!(roles(&job), ["photo-1", "photo-1-1", "photo-2-1", "draft", "public"]);
    let ids = [object(&job, "photo-1-1"), object(&job, "photo-2-1")].map(|photo| photo.remote_id.clone());
    assert_eq!(bench.wall().await["posts"][0]["media"], json!(ids));
}

#[tokio::test]
async fn a_film_goes_up_in_pieces_unpublished_and_becomes_public_afterwards() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![photo(1), film()]));
    bench.take("video-start", &mut job).await.unwrap();
    bench.take("video", &mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 0, 1, 0]);
    bench.take("public", &mut job).await.unwrap();
    assert_eq!(bench.driver.next(&job).unwrap(), None);
    let wall = bench.wall().await;
    assert_eq!(wall["posts"][0]["state"], "published");
    assert_eq!(wall["posts"][0]["message"].as_str(), Some(text().as_str()));
    assert_eq!(object(&job, "public").remote_id, wall["posts"][0]["id"].as_str().unwrap());
    let sent: u64 = bench.recording().iter().filter_map(|call| call["files"][0]["size"].as_u64()).sum();
    assert_eq!(sent, FILM as u64);
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_film_whose_piece_was_lost_goes_on_where_facebook_says() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![film()]));
    bench.take("video-start", &mut job).await.unwrap();
    bench
        .fault(json!({ "kind": "accept_then_reset", "path": "/videos", "skip": 1 }))
        .await;
    let (kind, _) = told(bench.take("video", &mut job).await.unwrap_err());
    assert_eq!(kind, "retry");
    bench.drive(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
    let sizes: Vec<u64> = bench
        .recording()
        .iter()
        .filter_map(|call| call["files"][0]["size"].as_u64())
        .collect();
    assert_eq!(sizes.len(), 4, "two pieces, the first again in vain, the last: {sizes:?}");
    bench.hold_against_meta();
}

#[tokio::test]
async fn a_film_whose_end_was_not_confirmed_is_found_and_published_once() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "500_published", "path": "/videos", "skip": 4 })).await;
    let mut job = publish(with_media(vec![film()]));
    bench.settle(&mut job).await.unwrap();
    assert_eq!(bench.counts().await, [1, 1, 0, 0]);
}

#[tokio::test]
async fn a_film_that_stands_can_be_corrected() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![film()]));
    bench.drive(&mut job).await.unwrap();
    let mut update = after(&job, Action::Update, "Teksti i ri");
    bench.drive(&mut update).await.unwrap();
    assert_eq!(object(&update, "edit").phase, Phase::Public);
    assert_eq!(bench.wall().await["posts"][0]["message"], "Teksti i ri");
}

#[tokio::test]
async fn a_film_that_is_not_wanted_any_more_is_deleted_unless_it_is_public() {
    let bench = Bench::open().await;
    let mut job = publish(with_media(vec![film()]));
    bench.take("video-start", &mut job).await.unwrap();
    bench.take("video", &mut job).await.unwrap();
    let mut early = after(&job, Action::Discard, "");
    bench.drive(&mut early).await.unwrap();
    assert_eq!(object(&early, "video").phase, Phase::Gone);
    let film = bench.read(&object(&job, "video").remote_id, "id").await;
    assert_eq!(film["error"]["code"], 100, "it is gone: {film}");
    let mut job = publish(with_media(vec![self::film()]));
    bench.take("video-start", &mut job).await.unwrap();
    bench.take("video", &mut job).await.unwrap();
    let mut late = after(&job, Action::Discard, "");
    bench.drive(&mut job).await.unwrap();
    let (kind, failure) = told(bench.drive(&mut late).await.unwrap_err());
    assert_eq!((kind, failure.code.word()), ("needs a person", "unresolved"));
}

#[tokio::test]
async fn a_lost_photo_of_yesterday_is_no_open_question() {
    let bench = Bench::open().await;
    bench.fault(json!({ "kind": "accept_then_reset", "path": "/photos" })).await;
    let mut job = publish(with_media(vec![photo(1)]));
    let step = bench.driver.next(&job).unwrap().unwrap();
    bench.take("photo-1", &mut job).await.unwrap_err();
    assert_eq!(bench.driver.find(&step, &job).await, Sighting::Absent);
    bench.clock.advance(Duration::hours(21));
    let Sighting::Found(late) = bench.driver.find(&step, &job).await else {
        panic!("it is still waited for");
    };
    job.objects.put(late);
    bench.drive(&mut job).await.unwrap();
    assert_eq!(
        bench.wall().await["posts"][0]["media"],
        json!([object(&job, "photo-1-1").remote_id])
    );
}
