//! What is owed, over HTTP.

use chrono::Duration;
use kasnec::register::Standing;
use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::office::Office;

/// A served office; the server ends with it.
struct Desk {
    office: Office,
    url: String,
    client: Client,
    _stop: watch::Sender<bool>,
}

impl Desk {
    async fn open() -> Self {
        let office = Office::open().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api", listener.local_addr().unwrap());
        let (stop, stopped) = watch::channel(false);
        tokio::spawn(kasnec::web::serve(office.system.clone(), listener, stopped));
        Self {
            office,
            url,
            client: Client::new(),
            _stop: stop,
        }
    }

    async fn get(&self, path: &str) -> Value {
        let asked = self
            .client
            .get(format!("{}{path}", self.url))
            .bearer_auth(&self.office.author_token);
        let response = asked.send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    async fn post(&self, token: &str, path: &str, body: &Value) -> (StatusCode, Value) {
        let asked = self.client.post(format!("{}{path}", self.url)).bearer_auth(token).json(body);
        let response = asked.send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }

    async fn calendar(&self, login: &str, password: &str) -> Response {
        let asked = self.client.get(format!("{}/due.ics", self.url)).basic_auth(login, Some(password));
        asked.send().await.unwrap()
    }
}

#[tokio::test]
async fn the_list_has_a_window_a_unit_and_what_ended() {
    let desk = Desk::open().await;
    let soon = desk.get("/due").await;
    let far = desk.get("/due?until=2027-11-01").await;
    let (soon, far) = (soon.as_array().unwrap(), far.as_array().unwrap());
    assert!(!soon.is_empty() && far.len() > soon.len() + 40, "{} {}", soon.len(), far.len());
    let until = |line: &Value| {
        line["due"]["safe_by"]
            .as_str()
            .unwrap()
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap()
    };
    let end = crate::office::NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap() + Duration::days(60);
    assert!(soon.iter().all(|line| line["standing"] != "on course" || until(line) <= end));
    let secretariat = desk.get("/due?until=2027-11-01&unit=assembly-secretariat").await;
    let units: Vec<&Value> = secretariat.as_array().unwrap().iter().map(|line| &line["unit"]).collect();
    assert!(!units.is_empty() && units.iter().all(|unit| **unit == "assembly-secretariat"));
    let on_course = soon.iter().find(|line| line["standing"] == "on course").unwrap();
    let id = on_course["id"].as_i64().unwrap();
    let lifted = desk
        .post(&desk.office.editor_token, &format!("/due/{id}/lift"), &json!({"reason": "Festë"}))
        .await;
    assert_eq!((lifted.0, &lifted.1["duty"]["standing"]), (StatusCode::OK, &json!("lifted")));
    let gone = desk.get("/due").await;
    assert!(gone.as_array().unwrap().iter().all(|line| line["id"] != id));
    let all = desk.get("/due?all=true").await;
    assert_eq!(all.as_array().unwrap().last().unwrap()["id"], id);
}

#[tokio::test]
async fn a_duty_is_settled_once_and_what_is_wrong_is_named() {
    let desk = Desk::open().await;
    desk.office.meeting("KK-1", "2026-12-21 10:00", "Njoftim").await;
    let item = desk.get("/items/KK-1").await;
    assert_eq!(item["duties"][0]["key"], "01-assembly/item/1", "{item}");
    let path = format!("/due/{}", item["duties"][0]["id"]);
    let (author, editor) = (desk.office.author_token.clone(), desk.office.editor_token.clone());
    let settle = format!("{path}/settle");
    let refused = |(status, body): (StatusCode, Value)| (status.as_u16(), body["error"]["code"].as_str().unwrap_or_default().to_owned());
    let proof = json!({"proof": "Tabela"});
    assert_eq!(refused(desk.post(&author, &settle, &proof).await), (403, "not_allowed".to_owned()));
    assert_eq!(
        refused(desk.post(&editor, &settle, &json!({"proof": " "})).await),
        (422, "no_reason".to_owned())
    );
    let ahead = json!({"proof": "Tabela", "at": "2026-12-01 10:00"});
    assert_eq!(refused(desk.post(&editor, &settle, &ahead).await), (422, "invalid".to_owned()));
    assert_eq!(
        refused(desk.post(&editor, &format!("{path}/reason"), &json!({"reason": "x"})).await),
        (409, "not_late".to_owned())
    );
    let (status, settled) = desk
        .post(&editor, &settle, &json!({"proof": "Tabela", "at": "2026-11-23 09:00"}))
        .await;
    assert_eq!((status, &settled["duty"]["standing"]), (StatusCode::OK, &json!("met")), "{settled}");
    assert_eq!(settled["duty"]["met_at"], "2026-11-23T08:00:00Z");
    assert_eq!(refused(desk.post(&editor, &settle, &proof).await), (409, "ended".to_owned()));
    assert_eq!(desk.get(&path).await["duty"]["proof"]["said"], "Tabela");
    assert_eq!(
        refused(desk.post(&editor, "/due/99999/lift", &json!({"reason": "x"})).await),
        (404, "not_found".to_owned())
    );
    let unknown = desk
        .client
        .get(format!("{}/due?unit=nobody", desk.url))
        .bearer_auth(&author)
        .send()
        .await
        .unwrap();
    assert_eq!(unknown.status(), 422);
    let told: Value = unknown.json().await.unwrap();
    assert!(
        told["error"]["problems"][0]["expected"]["one_of"]
            .as_array()
            .unwrap()
            .contains(&json!("assembly-secretariat"))
    );
}

#[tokio::test]
async fn what_is_late_wants_one_reason() {
    let desk = Desk::open().await;
    let line = desk.office.line("09-mayor-day/2026-W48/1").await;
    desk.office.pass(24 * 9);
    assert_eq!(desk.office.line("09-mayor-day/2026-W48/1").await.standing, Standing::Overdue);
    let path = format!("/due/{}/reason", line.obligation.id);
    let (status, told) = desk
        .post(&desk.office.editor_token, &path, &json!({"reason": "Kryetari ishte i sëmurë"}))
        .await;
    assert_eq!(
        (status, &told["duty"]["reason"]),
        (StatusCode::OK, &json!("Kryetari ishte i sëmurë"))
    );
    let (status, told) = desk.post(&desk.office.editor_token, &path, &json!({"reason": "Tjetër"})).await;
    assert_eq!((status.as_u16(), &told["error"]["code"]), (409, &json!("has_reason")));
}

#[tokio::test]
async fn a_calendar_program_signs_in_with_a_name_and_a_token() {
    let desk = Desk::open().await;
    let response = desk.calendar("arta", &desk.office.author_token).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/calendar; charset=utf-8");
    assert!(response.headers()["cache-control"].to_str().unwrap().contains("private"));
    let text = response.text().await.unwrap();
    assert!(
        text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("detyrimet dhe afatet"),
        "in her language: {text:.300}"
    );
    let bearer = desk
        .client
        .get(format!("{}/due.ics?lang=en", desk.url))
        .bearer_auth(&desk.office.editor_token)
        .send()
        .await
        .unwrap();
    assert!(bearer.text().await.unwrap().contains("what is owed"));
    for (login, password) in [("blerim", desk.office.author_token.as_str()), ("arta", "kasnec_wrong"), ("", "")] {
        assert_eq!(desk.calendar(login, password).await.status(), 401, "{login}");
    }
    let nobody = desk.client.get(format!("{}/due.ics", desk.url)).send().await.unwrap();
    assert_eq!(nobody.status(), 401);
    let challenges: Vec<&str> = nobody
        .headers()
        .get_all("www-authenticate")
        .iter()
        .map(|value| value.to_str().unwrap())
        .collect();
    assert_eq!(challenges, ["Basic realm=\"kasnec\", charset=\"UTF-8\"", "Bearer realm=\"kasnec\""]);
    let list = desk
        .client
        .get(format!("{}/due", desk.url))
        .basic_auth("arta", Some(&desk.office.author_token))
        .send()
        .await
        .unwrap();
    assert_eq!(list.status(), 401, "nothing else takes a password");
}

#[tokio::test]
async fn an_unchanged_calendar_is_not_sent_again() {
    let desk = Desk::open().await;
    let ask = |tag: Option<String>, zip: bool| {
        let mut asked = desk
            .client
            .get(format!("{}/due.ics", desk.url))
            .bearer_auth(&desk.office.author_token);
        if let Some(tag) = tag {
            asked = asked.header("if-none-match", tag);
        }
        if zip {
            asked = asked.header("accept-encoding", "gzip");
        }
        asked.send()
    };
    let first = ask(None, false).await.unwrap();
    let tag = first.headers()["etag"].to_str().unwrap().to_owned();
    let plain = first.bytes().await.unwrap();
    assert_eq!(ask(Some(tag.clone()), false).await.unwrap().status(), 304);
    let zipped = ask(None, true).await.unwrap();
    assert_eq!(zipped.headers()["content-encoding"], "gzip");
    assert_ne!(zipped.headers()["etag"].to_str().unwrap(), tag);
    assert!(zipped.bytes().await.unwrap().len() * 3 < plain.len());
    desk.office.meeting("KK-1", "2026-12-21 10:00", "Njoftim").await;
    assert_eq!(ask(Some(tag), false).await.unwrap().status(), 200);
}
