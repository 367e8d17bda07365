//! Templates that change while the program runs.

use kasnec::receipt::{FailureCode, State};

use super::office::Office;

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_template_is_taken_up_and_a_broken_one_refused() {
    let office = Office::with(&[("a", "")]).await;
    office.write_template("I ri: {{title}}");
    office.system.reload_templates().unwrap();
    office.publish("P-1").await;
    office.until_all(State::Delivered).await;
    office.write_template("{{#if title}}pa fund");
    let refused = office.system.reload_templates().err().unwrap().to_string();
    assert!(refused.contains("scripted/text.hbs"), "{refused}");
    office.publish("P-2").await;
    office.until_all(State::Delivered).await;
    assert_eq!(office.remote("a").lock().unwrap().public(), ["I ri: P-1", "I ri: P-2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_that_fails_on_the_way_goes_to_a_person_with_its_name_and_the_queue_flows() {
    let mut office = Office::idle(&[("a", "")]).await;
    office.publish("P-1").await;
    office.write_template("{{title}} {{facts.nothing_of_the_kind}}");
    office.system.reload_templates().unwrap();
    office.work();
    office.until_all(State::NeedsPerson).await;
    let failed = office.deliveries().await.remove(0);
    let failure = failed.failure.unwrap();
    assert_eq!(failure.code, FailureCode::Template);
    assert!(
        failure.what.contains("scripted/text.hbs") && failure.what.contains("nothing_of_the_kind"),
        "{}",
        failure.what
    );
    office.write_template("{{title}}");
    office.system.reload_templates().unwrap();
    office.system.store.retry(&office.editor, failed.id).await.unwrap();
    office.until_all(State::Delivered).await;
}
