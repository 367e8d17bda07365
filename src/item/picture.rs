//! How large a picture is, by its first bytes: it is never unpacked here, but by everybody who looks at it.

use std::io::Cursor;

use image::{ImageReader, Limits};

/// The longest side, in pixels.
pub const MAX_SIDE: u32 = 20_000;
/// The largest area, in pixels: unpacked, that is 400 MB.
pub const MAX_PIXELS: u64 = 100_000_000;

/// What reading a picture's head may take: names, comments and colour profiles can be packed.
const MEMORY: u64 = 32 * 1024 * 1024;

/// Width and height, where the head says so.
pub fn size(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    reader.into_dimensions().ok()
}

/// Whether it would fill the memory of those who open it.
pub fn is_too_large(width: u32, height: u32) -> bool {
    width.max(height) > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The head of a PNG of that size; the picture itself is not there.
    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut head = b"IHDR".to_vec();
        head.extend([width.to_be_bytes(), height.to_be_bytes()].concat());
        head.extend([8, 2, 0, 0, 0]);
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        png.extend(&head);
        png.extend(crc(&head).to_be_bytes());
        png.extend(b"\0\0\0\x08IDAT\0\0\0\0\0\0\0\0\0\0\0\0");
        png
    }

    fn crc(bytes: &[u8]) -> u32 {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        crc.sum()
    }

    #[test]
    fn a_picture_is_measured_by_its_head_alone() {
        assert_eq!(size(&png(640, 480)), Some((640, 480)));
        assert_eq!(size(b"\x89PNG\r\n\x1a\n"), None);
        assert!(!is_too_large(10_000, 10_000) && is_too_large(10_001, 10_000) && is_too_large(20_001, 1));
    }

    #[test]
    fn a_picture_that_would_fill_the_memory_or_hides_its_size_is_refused() {
        use crate::item::Attachment;
        use crate::item::attachment::BadAttachment;
        let bomb = Attachment::read("salla.png", &png(60_000, 60_000));
        assert_eq!(bomb, Err(BadAttachment::TooManyPixels(60_000, 60_000)));
        assert!(Attachment::read("salla.png", &png(6_000, 4_000)).is_ok());
        for (name, cut_off) in [
            ("salla.png", &b"\x89PNG\r\n\x1a\n"[..]),
            ("salla.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
            ("salla.gif", b"GIF89a"),
            ("salla.webp", b"RIFF\x10\0\0\0WEBPVP8X"),
        ] {
            assert_eq!(Attachment::read(name, cut_off), Err(BadAttachment::UnreadablePicture), "{name}");
        }
    }
}
