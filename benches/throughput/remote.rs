//! The remote, in a process of its own: the few calls of WordPress's REST API that a notice needs, and a plain POST.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::{Arc, Mutex};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The argument that turns the program into the remote.
pub const ROLE: &str = "remote";
const POSTS: &str = "/wp-json/wp/v2/posts";

#[derive(Default)]
struct World {
    posts: Vec<Value>,
    seen: HashMap<String, Value>,
}

/// Serves until standard input ends; each line on it is answered with all that was seen.
pub fn run() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = Arc::new(Mutex::new(World::default()));
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        let (ended, end) = tokio::sync::oneshot::channel();
        let asked = Arc::clone(&world);
        std::thread::spawn(move || {
            for _ in std::io::stdin().lock().lines() {
                println!("{}", json!(asked.lock().unwrap().seen));
            }
            let _ = ended.send(());
        });
        tokio::select! {
            () = accept(&listener, &world) => {}
            _ = end => {}
        }
    });
}

async fn accept(listener: &TcpListener, world: &Arc<Mutex<World>>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let _ = stream.set_nodelay(true);
        let world = Arc::clone(world);
        tokio::spawn(async move { converse(stream, &world).await });
    }
}

/// Answers request after request on one connection, until it breaks off.
async fn converse(mut stream: TcpStream, world: &Mutex<World>) -> Option<()> {
    let mut buffer = Vec::with_capacity(16 * 1024);
    loop {
        let (head_end, length) = loop {
            if let Some(found) = head(&buffer) {
                break found;
            }
            more(&mut stream, &mut buffer).await?;
        };
        while buffer.len() < head_end + length {
            more(&mut stream, &mut buffer).await?;
        }
        let line = std::str::from_utf8(&buffer[..head_end]).ok()?.lines().next()?.to_owned();
        let answer = answer(&line, &buffer[head_end..head_end + length], &mut world.lock().unwrap());
        buffer.drain(..head_end + length);
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            answer.len()
        );
        stream.write_all(&[head.as_bytes(), answer.as_bytes()].concat()).await.ok()?;
    }
}

async fn more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<()> {
    (stream.read_buf(buffer).await.ok()? > 0).then_some(())
}

/// Where the request's head ends, and how long its body is.
fn head(buffer: &[u8]) -> Option<(usize, usize)> {
    let end = buffer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&buffer[..end]).ok()?.to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    Some((end, length.map_or(Some(0), |length| length.trim().parse().ok())?))
}

fn answer(line: &str, body: &[u8], world: &mut World) -> String {
    let mut words = line.split(' ');
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let path = target.split('?').next().unwrap_or_default();
    let id = path
        .strip_prefix(POSTS)
        .and_then(|rest| rest.strip_prefix('/')?.parse::<usize>().ok());
    match (method, path, id) {
        ("POST", "/plain", _) => world.plain(body),
        ("POST", POSTS, _) => world.draft(body),
        ("POST", _, Some(id)) => world.publish(id, body),
        (_, _, Some(id)) => world.posts[id].to_string(),
        // Every category and tag that is looked for is known.
        _ => r#"[{"id":7,"name":"njoftime"}]"#.to_owned(),
    }
}

impl World {
    fn plain(&mut self, body: &[u8]) -> String {
        let number = body.split(|byte| *byte == b' ').next().unwrap_or_default();
        self.see(&String::from_utf8_lossy(number), "made");
        "{}".to_owned()
    }

    fn draft(&mut self, body: &[u8]) -> String {
        let mut post: Value = serde_json::from_slice(body).unwrap();
        let slug = post["slug"].as_str().unwrap().to_owned();
        self.see(&slug, "made");
        post["id"] = self.posts.len().into();
        post["link"] = format!("http://remote/{slug}").into();
        post["content"] = Value::Null;
        self.posts.push(post.clone());
        post.to_string()
    }

    fn publish(&mut self, id: usize, body: &[u8]) -> String {
        let said: Value = serde_json::from_slice(body).unwrap();
        let slug = self.posts[id]["slug"].as_str().unwrap().to_owned();
        self.see(&slug, "public");
        self.posts[id]["status"] = said["status"].clone();
        self.posts[id].to_string()
    }

    /// Counts one more of it, and keeps when it was seen first.
    fn see(&mut self, name: &str, what: &str) {
        let fresh = || json!({"made": 0, "made_at": 0.0, "public": 0, "public_at": 0.0});
        let seen = self.seen.entry(name.to_owned()).or_insert_with(fresh);
        let count = seen[what].as_u64().unwrap_or(0);
        if count == 0 {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
            seen[format!("{what}_at")] = (now.as_secs_f64() * 1000.0).into();
        }
        seen[what] = (count + 1).into();
    }
}
