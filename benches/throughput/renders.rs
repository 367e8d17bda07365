//! Renders a second on one thread: a meeting of twelve points, every part of the WordPress channel.

use std::time::{Duration, Instant};

use kasnec::item::Lang;
use kasnec::render::{Act, ActKind, Request};

use crate::office::{ACCOUNT, Office};
use crate::table::Table;

const FOR: Duration = Duration::from_secs(3);

/// Measures and adds the rows.
pub async fn measure(table: &mut Table) {
    let office = Office::open("http://127.0.0.1:9").await;
    let system = &office.system;
    let content = &office.notices(1)[0].content;
    let languages: [Lang; 1] = ["sq".parse().unwrap()];
    let act = Act {
        kind: ActKind::Publish,
        reason: None,
        at: chrono::Utc::now(),
        revision: 1,
        previous_event: None,
    };
    let request = Request {
        office: &office.config().office,
        kinds: &system.kinds,
        manifest: &office.config().manifests[ACCOUNT],
        content,
        act: &act,
        languages: &languages,
        slug: "njoftim",
    };
    let renderer = system.renderer();
    let (began, mut done) = (Instant::now(), 0_u32);
    while began.elapsed() < FOR {
        renderer.render(&request).unwrap();
        done += 1;
    }
    let each = began.elapsed().as_secs_f64() / f64::from(done);
    table.alone("renders of a twelve-point meeting (three parts)", "/s", 1.0 / each, "");
    table.alone("… each", "µs", each * 1e6, "handlebars alone: 163-194");
}
