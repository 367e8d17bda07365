//! `POST /{page}/photos`: bytes or a URL, public at once or to be attached later.

use std::io::Cursor;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, ImageReader};
use serde_json::{Value, json};

use super::clock::now;
use super::errors::GraphError;
use super::fields::{Node, project};
use super::journal::Entry;
use super::model::Photo;
use super::params::Params;
use super::posts::{Content, Publication, publication};
use super::request::{Call, Upload};
use super::world::World;

const LARGEST_PHOTO: usize = 10 * 1024 * 1024;

/// What was found out about a picture.
#[derive(Debug, Default)]
struct Picture {
    mime: String,
    width: u32,
    height: u32,
}

impl World {
    /// Takes a photo; unless it is to stay unpublished, posts it.
    pub fn create_photo(&mut self, call: &Call) -> Result<Value, GraphError> {
        self.publisher(call)?;
        let params = Params(&call.params);
        let publication = photo_publication(params)?;
        let id = self.add_photo(call, publication.published)?;
        let announced = publication.published && params.flag("no_story")? != Some(true);
        if announced {
            self.post_photo(&id, publication)?;
        }
        self.created_photo(call, &id)
    }

    fn add_photo(&mut self, call: &Call, published: bool) -> Result<String, GraphError> {
        let params = Params(&call.params);
        let upload = call.file("source");
        let picture = upload.map_or_else(|| by_url(params), inspect)?;
        let id = self.fresh_id();
        if let Some(upload) = upload {
            self.put(Entry::Picture {
                id: id.clone(),
                base64: STANDARD.encode(&upload.bytes),
            })?;
        }
        let photo = Photo {
            id: id.clone(),
            caption: ["caption", "message", "name"].into_iter().find_map(|name| params.filled(name)),
            alt_text: params.filled("alt_text_custom"),
            created: now(),
            published,
            temporary: params.flag("temporary")?.unwrap_or(false),
            deleted: false,
            post: None,
            mime: picture.mime,
            width: picture.width,
            height: picture.height,
            size: upload.map_or(0, |upload| upload.bytes.len()),
            url: params.filled("url").filter(|_| upload.is_none()),
        };
        self.put(Entry::Photo(Box::new(photo)))?;
        Ok(id)
    }

    fn post_photo(&mut self, id: &str, publication: Publication) -> Result<(), GraphError> {
        let message = self.photos.get(id).and_then(|photo| photo.caption.clone());
        self.add_post(Content {
            message,
            link: None,
            media: vec![id.into()],
            publication,
        })
        .map(drop)
    }

    fn created_photo(&self, call: &Call, id: &str) -> Result<Value, GraphError> {
        let photo = &self.photos[id];
        if let Some(fields) = Params(&call.params).filled("fields") {
            return project(Node::Photo, &self.show_photo(photo, &call.base_url()), Some(&fields));
        }
        Ok(photo
            .post
            .as_ref()
            .map_or_else(|| json!({ "id": id }), |post| json!({ "id": id, "post_id": post })))
    }
}

/// As for posts, but a photo's `scheduled_publish_time` is an integer only.
fn photo_publication(params: Params) -> Result<Publication, GraphError> {
    params.unsigned("scheduled_publish_time")?;
    publication(params)
}

fn by_url(params: Params) -> Result<Picture, GraphError> {
    let Some(text) = params.filled("url") else {
        return Err(GraphError::new(324, "(#324) Requires upload file"));
    };
    let usable = url::Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if usable {
        Ok(Picture::default())
    } else {
        Err(invalid_image("The url does not point to an image."))
    }
}

fn inspect(upload: &Upload) -> Result<Picture, GraphError> {
    if upload.bytes.len() > LARGEST_PHOTO {
        return Err(invalid_image("Photos must be smaller than 10 MB."));
    }
    let unreadable = || invalid_image("Your photos couldn't be uploaded. Photos should be saved as JPG, PNG, GIF, TIFF or BMP files.");
    let format = image::guess_format(&upload.bytes).map_err(|_| unreadable())?;
    let picture = |(width, height)| Picture {
        mime: format.to_mime_type().into(),
        width,
        height,
    };
    match format {
        // These two are known by their first bytes only: no decoder for them is built in.
        ImageFormat::Bmp | ImageFormat::Tiff => Ok(picture((0, 0))),
        ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::Gif => ImageReader::with_format(Cursor::new(&upload.bytes), format)
            .into_dimensions()
            .map(picture)
            .map_err(|_| unreadable()),
        _ => Err(unreadable()),
    }
}

fn invalid_image(reason: &str) -> GraphError {
    GraphError::new(324, "(#324) Missing or invalid image file").user("Can't Read Files", reason)
}
