//! `POST /{page}/videos`: by URL, in one piece, or start, transfer, finish.

use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::journal::Entry;
use super::model::Video;
use super::params::Params;
use super::posts::{Content, Publication, publication};
use super::request::Call;
use super::world::World;

/// How much the sandbox asks for at a time.
const CHUNK: u64 = 1024 * 1024;

impl World {
    /// One phase of an upload, or all of it at once.
    pub fn create_video(&mut self, call: &Call) -> Result<Value, GraphError> {
        self.publisher(call)?;
        let params = Params(&call.params);
        match params
            .one_of("upload_phase", &["start", "transfer", "finish", "cancel"])?
            .as_deref()
        {
            Some("start") => self.start_video(params),
            Some("transfer") => self.transfer_video(call),
            Some("finish") => self.finish_video(params),
            Some(_) => Ok(json!({ "success": true })),
            None => self.whole_video(call),
        }
    }

    fn start_video(&mut self, params: Params) -> Result<Value, GraphError> {
        let size = params
            .unsigned("file_size")?
            .filter(|size| *size > 0)
            .ok_or_else(|| GraphError::parameter("The parameter file_size is required"))?;
        let video = self.add_video(size)?;
        Ok(json!({
            "video_id": video.id,
            "upload_session_id": video.session,
            "start_offset": "0",
            "end_offset": size.min(CHUNK).to_string(),
        }))
    }

    fn add_video(&mut self, size: u64) -> Result<Video, GraphError> {
        let video = Video {
            id: self.fresh_id(),
            session: self.fresh_id(),
            size,
            received: 0,
            title: None,
            description: None,
            created: now(),
            finished: None,
            published: false,
            scheduled: None,
            deleted: false,
            post: None,
        };
        self.put(Entry::Video(Box::new(video.clone())))?;
        Ok(video)
    }

    fn transfer_video(&mut self, call: &Call) -> Result<Value, GraphError> {
        let params = Params(&call.params);
        let mut video = self.session(params)?;
        let chunk = call
            .file("video_file_chunk")
            .ok_or_else(|| GraphError::new(100, "(#100) The parameter video_file_chunk is required"))?;
        let end = video.received.saturating_add(chunk.bytes.len() as u64);
        if params.unsigned("start_offset")? != Some(video.received) || end > video.size {
            return Err(wrong_offset(&video));
        }
        video.received = end;
        let answer = offsets(&video);
        self.put(Entry::Video(Box::new(video)))?;
        Ok(answer)
    }

    fn finish_video(&mut self, params: Params) -> Result<Value, GraphError> {
        let mut video = self.session(params)?;
        if video.received < video.size {
            return Err(wrong_offset(&video));
        }
        if video.finished.is_none() {
            video.finished = Some(now());
            self.publish_video(video, params)?;
        }
        Ok(json!({ "success": true }))
    }

    fn session(&self, params: Params) -> Result<Video, GraphError> {
        let session = params.filled("upload_session_id").unwrap_or_default();
        self.videos
            .values()
            .find(|video| video.session == session && !video.deleted)
            .cloned()
            .ok_or_else(|| {
                GraphError::new(6000, "There was a problem uploading your video file. Please try again.")
                    .subcode(1_363_019)
                    .user("Video Upload Error", "There was a problem uploading your video. Please try again.")
            })
    }

    fn whole_video(&mut self, call: &Call) -> Result<Value, GraphError> {
        let params = Params(&call.params);
        let size = call.file("source").map(|file| file.bytes.len() as u64);
        if size.is_none() && params.filled("file_url").is_none() {
            return Err(GraphError::new(100, "(#100) No video file was selected").subcode(1_363_019));
        }
        let mut video = self.add_video(size.unwrap_or(0))?;
        video.received = video.size;
        video.finished = Some(now());
        let id = video.id.clone();
        self.publish_video(video, params)?;
        Ok(json!({ "id": id }))
    }

    fn publish_video(&mut self, mut video: Video, params: Params) -> Result<(), GraphError> {
        let publication = publication(params)?;
        video.title = params.filled("title");
        video.description = params.filled("description");
        video.published = publication.published;
        video.scheduled = publication.scheduled;
        self.put(Entry::Video(Box::new(video.clone())))?;
        self.post_video(&video, publication)
    }

    fn post_video(&mut self, video: &Video, publication: Publication) -> Result<(), GraphError> {
        let message = video.description.clone();
        self.add_post(Content {
            message,
            link: None,
            media: vec![video.id.clone()],
            publication,
        })
        .map(drop)
    }

    /// `POST /{video}`: its texts, and publishing what was uploaded unpublished.
    pub fn update_video(&mut self, call: &Call, id: &str) -> Result<Value, GraphError> {
        let params = Params(&call.params);
        let mut video = self
            .videos
            .get(id)
            .filter(|video| !video.deleted)
            .cloned()
            .ok_or_else(|| GraphError::missing_object("post", id))?;
        video.title = params.filled("name").or(video.title);
        video.description = params.filled("description").or(video.description);
        let publish = params.flag("published")? == Some(true);
        video.published |= publish;
        let post = video
            .post
            .as_ref()
            .filter(|_| publish)
            .and_then(|post| self.posts.get(post))
            .cloned();
        self.put(Entry::Video(Box::new(video)))?;
        if let Some(mut post) = post {
            self.publish(&mut post);
            self.put(Entry::Post(Box::new(post)))?;
        }
        Ok(json!({ "success": true }))
    }
}

fn offsets(video: &Video) -> Value {
    json!({
        "start_offset": video.received.to_string(),
        "end_offset": (video.received + CHUNK).min(video.size).to_string(),
    })
}

fn wrong_offset(video: &Video) -> GraphError {
    GraphError::new(
        6001,
        "There was a problem uploading your video file. Please try again with the correct offset.",
    )
    .subcode(1_363_037)
    .user(
        "Video Upload Has An Invalid Offset",
        "There was a problem uploading your video. Please try again.",
    )
    .data(offsets(video))
}
