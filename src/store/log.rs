//! The log beside a data file (`-wal`), looked at after a crash before SQLite trusts it.
//!
//! SQLite takes a log up to its first frame that does not check, and drops the rest without a word: right after a power cut, when what
//! follows was never promised to anybody. But damage can look the same. The two are told apart by what `synchronous=FULL` promises: a
//! transaction is begun in the log only when the one before it is on the disk. So a bad frame that is followed by a commit *and* by more
//! frames was once on the disk, whole. (The format: sqlite.org/fileformat2.html, section 4.)

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Result as Reading};
use std::path::Path;

use super::StoreError;

const HEAD: usize = 32;
const FRAME_HEAD: usize = 24;
/// So much of the log is in memory at once, and one frame: a log may be as large as the data.
const AT_ONCE: usize = 64 * 1024;

/// What no power cut leaves.
type Damage = &'static str;

/// Fails if the log is damaged in a way that no power cut leaves.
pub(super) fn look(log: &Path) -> Result<(), StoreError> {
    let looked = match File::open(log) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        opened => opened.and_then(|file| damage(BufReader::with_capacity(AT_ONCE, file))),
    };
    let log = log.display();
    match looked {
        Ok(None) => Ok(()),
        Ok(Some(what)) => Err(StoreError::Damaged(format!(
            "{what} of its log {log}, which holds the newest changes, cannot be read"
        ))),
        Err(error) => Err(StoreError::Disk(format!("the log {log} cannot be read: {error}"))),
    }
}

/// Reads a log from its beginning, frame by frame; gives what of it is damaged.
fn damage(mut log: impl Read) -> Reading<Option<Damage>> {
    let mut head = [0; HEAD];
    if !fills(&mut log, &mut head)? || head.iter().all(|byte| *byte == 0) {
        return Ok(None);
    }
    let Some(sum) = Sum::of_header(&head) else {
        return Ok(Some("the beginning"));
    };
    let salt = &head[16..24];
    let big_endian = sum.big_endian;
    let mut whole = Some(sum);
    let mut frame = vec![0; FRAME_HEAD + page_size(&head)];
    let mut before = [0; FRAME_HEAD];
    while fills(&mut log, &mut frame)? {
        if let Some(sum) = &mut whole {
            if frame[8..16] == *salt && sum.checks(&frame) {
                continue;
            }
            // Here SQLite ends. From now on two frames in a row are held against each other.
            whole = None;
        } else if is_commit(&before, salt) && is_next(&before, &frame, salt, big_endian) {
            return Ok(Some("a part"));
        }
        before.copy_from_slice(&frame[..FRAME_HEAD]);
    }
    Ok(None)
}

/// Reads the next piece; `false` if the log ends before or within it.
fn fills(log: &mut impl Read, piece: &mut [u8]) -> Reading<bool> {
    match log.read_exact(piece) {
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        read => read.map(|()| true),
    }
}

/// Whether a frame was written after the one with the head `before`. One that was rolled back, and lies where the log has not come again, never was.
fn is_next(before: &[u8], frame: &[u8], salt: &[u8], big_endian: bool) -> bool {
    let mut sum = Sum {
        big_endian,
        first: number(&before[16..20]),
        second: number(&before[20..24]),
    };
    frame[8..16] == *salt && sum.checks(frame)
}

fn is_commit(head: &[u8], salt: &[u8]) -> bool {
    head[8..16] == *salt && number(&head[4..8]) != 0
}

fn page_size(head: &[u8]) -> usize {
    number(&head[8..12]).clamp(512, 65536) as usize
}

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The running sum over a log.
struct Sum {
    big_endian: bool,
    first: u32,
    second: u32,
}

impl Sum {
    /// The sum over the header, if that is one.
    fn of_header(head: &[u8]) -> Option<Self> {
        let magic = number(&head[..4]);
        let mut sum = Self {
            big_endian: magic & 1 == 1,
            first: 0,
            second: 0,
        };
        sum.add(&head[..24]);
        (magic & !1 == 0x377f_0682 && sum.is(&head[24..32])).then_some(sum)
    }

    /// Takes the next frame in; whether it is what was written.
    fn checks(&mut self, frame: &[u8]) -> bool {
        self.add(&frame[..8]);
        self.add(&frame[FRAME_HEAD..]);
        self.is(&frame[16..24])
    }

    fn add(&mut self, bytes: &[u8]) {
        for pair in bytes.chunks_exact(8) {
            self.first = self.first.wrapping_add(self.word(&pair[..4])).wrapping_add(self.second);
            self.second = self.second.wrapping_add(self.word(&pair[4..])).wrapping_add(self.first);
        }
    }

    fn word(&self, bytes: &[u8]) -> u32 {
        let word = number(bytes);
        if self.big_endian { word } else { word.swap_bytes() }
    }

    fn is(&self, bytes: &[u8]) -> bool {
        (self.first, self.second) == (number(&bytes[..4]), number(&bytes[4..]))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use rusqlite::Connection;

    use super::*;

    /// The log of a few transactions, as a killed process leaves it.
    fn log(folder: &Path) -> PathBuf {
        let data = folder.join("a.db");
        let conn = Connection::open(&data).unwrap();
        conn.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (a TEXT)").unwrap();
        for _ in 0..5 {
            conn.execute_batch("INSERT INTO t VALUES ('a'), ('b')").unwrap();
        }
        let left = folder.join("left-wal");
        std::fs::copy(folder.join("a.db-wal"), &left).unwrap();
        left
    }

    fn spoiled(log: &Path, spoil: impl FnOnce(&mut Vec<u8>)) -> bool {
        let mut bytes = std::fs::read(log).unwrap();
        spoil(&mut bytes);
        std::fs::write(log, bytes).unwrap();
        look(log).is_err()
    }

    #[test]
    fn what_a_power_cut_leaves_is_no_damage() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        assert!(!spoiled(&log, |_| {}));
        assert!(!spoiled(&log, |bytes| *bytes.last_mut().unwrap() ^= 1), "the last frame is torn");
        assert!(!spoiled(&log, |bytes| bytes.truncate(bytes.len() - 100)), "its end is missing");
        assert!(!spoiled(&log, |bytes| bytes.fill(0)), "nothing of it arrived");
        assert!(!spoiled(&log, Vec::clear));
    }

    /// A log that hands out what is asked for, and minds how much that is.
    struct Frugal<'a>(&'a [u8], usize);

    impl Read for Frugal<'_> {
        fn read(&mut self, piece: &mut [u8]) -> Reading<usize> {
            self.1 = self.1.max(piece.len());
            self.0.read(piece)
        }
    }

    #[test]
    fn however_long_a_log_is_little_of_it_is_asked_for_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut bytes = std::fs::read(log(folder.path())).unwrap();
        let first = bytes[HEAD..HEAD + 4120].to_vec();
        for _ in 0..2_000 {
            bytes.extend_from_slice(&first);
        }
        let mut read = Frugal(&bytes, 0);
        assert_eq!(damage(&mut read).unwrap(), None);
        assert!(read.0.is_empty(), "it was read to its end");
        assert!(read.1 <= AT_ONCE, "{} bytes at once", read.1);
    }

    #[test]
    fn a_log_that_cannot_be_read_is_neither_sound_nor_damaged() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(look(folder.path()), Err(StoreError::Disk(_))), "a folder is no log");
        assert!(look(&folder.path().join("none")).is_ok());
    }

    #[test]
    fn frames_that_were_rolled_back_and_lie_behind_the_end_are_no_damage() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        let whole = std::fs::read(&log).unwrap();
        let frames = (whole.len() - HEAD) / 4120;
        // Each round writes other frames over the first ones and leaves an older round's tail behind, as a rollback does.
        let stale = |bytes: &mut Vec<u8>| {
            for frame in 2..frames {
                let at = HEAD + frame * 4120;
                bytes[at + 16..at + 24].fill(u8::try_from(frame).unwrap());
            }
        };
        assert!(!spoiled(&log, stale));
    }

    #[test]
    fn a_header_and_a_frame_in_the_middle_that_do_not_check_are_damage() {
        let folder = tempfile::tempdir().unwrap();
        let log = log(folder.path());
        let whole = std::fs::read(&log).unwrap();
        assert!(!spoiled(&log, |bytes| bytes.truncate(HEAD - 1)), "not even its head arrived");
        std::fs::write(&log, &whole).unwrap();
        assert!(spoiled(&log, |bytes| bytes[9] ^= 1));
        std::fs::write(&log, &whole).unwrap();
        assert!(spoiled(&log, |bytes| bytes[HEAD + 4120 + 200] ^= 1));
        std::fs::write(&log, &whole).unwrap();
        assert!(spoiled(&log, |bytes| bytes[HEAD..HEAD + 2 * 4120].fill(0x5a)));
    }
}
