//! The report as a document, set by Typst from `templates/report/report.typ`: tagged, for readers with and without eyes (PDF/UA-1).

use chrono::{Datelike, Timelike};
use typst::diag::{FileError, FileResult, SourceDiagnostic};
use typst::ecow::EcoVec;
use typst::foundations::{Bytes, Datetime, Dict, Smart, Value};
use typst::layout::PagedDocument;
use typst::syntax::{FileId, Source, VirtualPath};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use super::page::Page;
use super::{Report, ReportError};
use crate::assets;
use crate::item::Lang;

const TEMPLATE: &str = "report/report.typ";
/// The one family that has all our letters; the others that come along are for mathematics and code.
const FAMILY: &str = "Libertinus Serif";

/// The report as PDF.
pub fn write(report: &Report, lang: &Lang) -> Result<Vec<u8>, ReportError> {
    let desk = Desk::with(&Page::of(report, lang))?;
    let set = typst::compile::<PagedDocument>(&desk);
    // What was compiled is remembered across calls; a report is drawn too seldom for that to pay.
    typst::comemo::evict(0);
    let document = set.output.map_err(|found| fault(&found))?;
    let standards = PdfStandards::new(&[PdfStandard::Ua_1]).map_err(|error| ReportError::Document(error.to_string()))?;
    let options = PdfOptions {
        timestamp: drawn_up(report),
        standards,
        ident: Smart::Auto,
        ..PdfOptions::default()
    };
    typst_pdf::pdf(&document, &options).map_err(|found| fault(&found))
}

fn drawn_up(report: &Report) -> Option<Timestamp> {
    let at = report.made_at;
    let part = |value: u32| u8::try_from(value).ok();
    let (month, day, hour) = (part(at.month())?, part(at.day())?, part(at.hour())?);
    let instant = Datetime::from_ymd_hms(at.year(), month, day, hour, part(at.minute())?, part(at.second())?)?;
    Some(Timestamp::new_utc(instant))
}

fn fault(found: &EcoVec<SourceDiagnostic>) -> ReportError {
    let said: Vec<&str> = found.iter().map(|each| each.message.as_str()).collect();
    ReportError::Document(said.join("; "))
}

/// What Typst sees of the world: one template, its fonts, the figures. No file, no network, no clock.
struct Desk {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
}

impl Desk {
    fn with(page: &Page) -> Result<Self, ReportError> {
        let missing = || ReportError::Document(format!("templates/{TEMPLATE} is missing"));
        let template = assets::bytes("templates", TEMPLATE).and_then(|bytes| String::from_utf8(bytes).ok());
        let mut inputs = Dict::new();
        inputs.insert("page".into(), Value::Str(serde_json::to_string(page)?.into()));
        let fonts: Vec<Font> = typst_assets::fonts()
            .flat_map(|bytes| Font::iter(Bytes::new(bytes)))
            .filter(|font| font.info().family == FAMILY)
            .collect();
        Ok(Self {
            library: LazyHash::new(Library::builder().with_inputs(inputs).build()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(FileId::new(None, VirtualPath::new(TEMPLATE)), template.ok_or_else(missing)?),
        })
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &self.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() {
            Ok(self.template.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }

    fn file(&self, _: FileId) -> FileResult<Bytes> {
        Err(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        self.fonts.get(index).cloned()
    }

    fn today(&self, _: Option<i64>) -> Option<Datetime> {
        None
    }
}
