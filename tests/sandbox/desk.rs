//! A running sandbox with a plain HTTP client beside it.

use std::path::Path;
use std::time::Duration;

use kasnec::sandbox::facebook::{Options, Running, start};
use reqwest::{Client, Response};
use serde_json::{Value, json};

/// A sandbox and somebody who talks to it.
pub struct Desk {
    pub sandbox: Running,
    pub client: Client,
    pub options: Options,
}

impl Desk {
    pub async fn open() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let sandbox = start(options.clone()).await.expect("the sandbox starts");
        Self {
            sandbox,
            client: client(),
            options,
        }
    }

    pub async fn with_state(state: &Path) -> Self {
        Self::with(Options {
            state: Some(state.into()),
            ..Options::default()
        })
        .await
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.url())
    }

    /// The path of an edge of the Page.
    pub fn edge(&self, edge: &str) -> String {
        format!("/v26.0/{}/{edge}", self.options.page_id)
    }

    pub async fn send(&self, path: &str, form: &[(&str, &str)]) -> Result<Response, reqwest::Error> {
        self.client
            .post(self.url(path))
            .bearer_auth(&self.options.page_token)
            .form(form)
            .send()
            .await
    }

    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Value {
        body(self.send(path, form).await.expect("an answer")).await
    }

    pub async fn get(&self, path: &str) -> Value {
        body(
            self.client
                .get(self.url(path))
                .bearer_auth(&self.options.page_token)
                .send()
                .await
                .expect("an answer"),
        )
        .await
    }

    pub async fn delete(&self, id: &str) -> Value {
        let request = self
            .client
            .delete(self.url(&format!("/v26.0/{id}")))
            .bearer_auth(&self.options.page_token);
        body(request.send().await.expect("an answer")).await
    }

    pub async fn control(&self, path: &str, value: Value) {
        let answer = self
            .client
            .post(self.url(&format!("/_sandbox/{path}")))
            .json(&value)
            .send()
            .await
            .expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap_or_default());
    }

    pub async fn fault(&self, value: Value) {
        self.control("faults", value).await;
    }

    /// Everything the sandbox was told to post.
    pub async fn posts(&self) -> Value {
        body(self.client.get(self.url("/_sandbox/posts")).send().await.expect("an answer")).await
    }

    /// A draft with this text.
    pub async fn draft(&self, message: &str) -> String {
        id(&self.post(&self.edge("feed"), &[("message", message), ("published", "false")]).await)
    }

    pub async fn publish(&self, post: &str) -> Value {
        self.post(&format!("/v26.0/{post}"), &[("is_published", "true")]).await
    }

    /// The texts on the public wall, newest first.
    pub async fn wall(&self) -> Vec<String> {
        let list = self.get(&self.edge("published_posts?fields=message")).await;
        let texts = list["data"].as_array().expect("a list").iter();
        texts.map(|post| post["message"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

/// A client that asks no certificate store anything: all is on the loopback.
fn client() -> Client {
    // Another test may have installed it first, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
        .timeout(Duration::from_secs(10))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

pub async fn body(response: Response) -> Value {
    response.json().await.expect("JSON")
}

pub fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_else(|| panic!("no id in {answer}")).to_owned()
}

pub fn code(answer: &Value) -> (i64, Option<i64>) {
    let error = &answer["error"];
    (
        error["code"].as_i64().unwrap_or_else(|| panic!("no error in {answer}")),
        error["error_subcode"].as_i64(),
    )
}

pub fn success() -> Value {
    json!({ "success": true })
}

/// A picture of one colour.
pub fn png() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([20, 90, 160]));
    picture.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    bytes.into_inner()
}
