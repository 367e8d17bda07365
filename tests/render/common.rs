//! The shipped templates and manifests, and one meeting notice to say with them.

use std::fs;
use std::path::{Path, PathBuf};

use kasnec::item::{Content, Kinds, Lang, Office, Source, check};
use kasnec::manifest::Manifest;
use kasnec::render::{Act, ActKind, Post, RenderError, Renderer, Request, slug};

const KINDS: &str = r#"
[assembly-meeting]
plan = ["01"]
unit = "AS"
event = "meeting_start"
label = { sq = "Mbledhje e Kuvendit", sr = "Sednica Skupštine", en = "Assembly meeting", tr = "Meclis toplantısı" }
[assembly-meeting.facts.session]
type = "choice"
label = { sq = "Lloji", sr = "Vrsta", en = "Type", tr = "Tür" }
options.regular = { sq = "e rregullt", sr = "redovna", en = "regular", tr = "olağan" }
[assembly-meeting.facts.meeting_start]
type = "instant"
required = true
label = { sq = "Fillimi", sr = "Početak", en = "Start", tr = "Başlangıç" }
[assembly-meeting.facts.venue]
type = "text"
localized = true
label = { sq = "Vendi", sr = "Mesto", en = "Venue", tr = "Yer" }
[assembly-meeting.facts.agenda]
type = "list"
localized = true
label = { sq = "Rendi i ditës", sr = "Dnevni red", en = "Agenda", tr = "Gündem" }
[assembly-meeting.facts.live_url]
type = "url"
label = { sq = "Transmetimi", sr = "Prenos", en = "Live", tr = "Canlı yayın" }
[assembly-meeting.facts.until]
type = "date"
label = { sq = "Deri më", sr = "Do", en = "Until", tr = "Son tarih" }

[news]
plan = ["15"]
unit = "IO"
label = { sq = "Lajm", sr = "Vest", en = "News", tr = "Haber" }
"#;

/// Twelve points in Albanian and Serbian, two files.
pub const NOTICE: &str = r#"+++
kind = "assembly-meeting"
reference = "KK-2026-011"
tags = ["kuvendi"]
[facts]
session = "regular"
meeting_start = "2026-11-24 10:00"
venue.sq = "Salla e Kuvendit të Komunës"
venue.sr = "Sala Skupštine opštine"
agenda.sq = ["Miratimi i procesverbalit", "Raporti i Kryetarit", "Buxheti për vitin 2027", "Plani zhvillimor", "Rregullorja për taksat", "Dhënia në shfrytëzim e pronës", "Emërimi i komisionit", "Raporti financiar", "Peticioni i banorëve", "Projektet kapitale", "Pyetjet e këshilltarëve", "Të ndryshme"]
agenda.sr = ["Usvajanje zapisnika", "Izveštaj predsednika", "Budžet za 2027. godinu", "Razvojni plan", "Pravilnik o taksama", "Davanje imovine na korišćenje", "Imenovanje komisije", "Finansijski izveštaj", "Peticija stanovnika", "Kapitalni projekti", "Pitanja odbornika", "Razno"]
[[attachments]]
file = "Rendi i ditës.pdf"
title.sq = "Rendi i ditës & materialet"
title.sr = "Dnevni red i materijal"
[[attachments]]
file = "salla.jpg"
alt.sq = "Salla e Kuvendit"
+++
# [sq] Mbledhja e 11-të e Kuvendit
Mbledhja është e **hapur** për publikun & mediat.

# [sr] 11. sednica Skupštine
Sednica je **otvorena** za javnost i medije.
"#;

/// The day on which the act in these tests was done.
pub const ACT_AT: &str = "2026-11-22T09:00:00Z";

pub fn lang(code: &str) -> Lang {
    code.parse().unwrap()
}

pub fn office() -> Office {
    serde_json::from_value(serde_json::json!({
        "id": "kacanik",
        "name": { "sq": "Komuna e Kaçanikut", "sr": "Opština Kačanik", "en": "Municipality of Kaçanik", "tr": "Kaçanik Belediyesi" },
        "zone": "Europe/Belgrade",
        "languages": ["sq", "sr", "en", "tr"],
        "public_url": "https://njoftime.example.org"
    }))
    .unwrap()
}

pub fn kinds() -> Kinds {
    Kinds::parse([("test.toml", KINDS)]).unwrap()
}

pub fn content(text: &str) -> Content {
    let source = Source::parse("notice.md", text).unwrap();
    let bytes = |file: &str| match Path::new(file).extension().and_then(|e| e.to_str()) {
        Some("pdf") => b"%PDF-1.7".repeat(15_375),
        _ => large_picture(),
    };
    check(&source, &kinds(), &office(), |file| Ok(bytes(&file.file))).unwrap().content
}

/// A picture whose file has 3.4 MB.
fn large_picture() -> Vec<u8> {
    let mut picture = include_bytes!("../../samples/items/attachments/salla.jpg").to_vec();
    picture.resize(3_400_000, 0);
    picture
}

pub fn root(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)
}

/// The shipped templates, as `(path below templates/, source)`.
pub fn templates() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in fs::read_dir(root("templates"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir())
    {
        for file in fs::read_dir(&folder).unwrap().map(|e| e.unwrap().path()) {
            let name = file.strip_prefix(root("templates")).unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read_to_string(&file).unwrap()));
        }
    }
    found
}

pub fn renderer() -> Renderer {
    Renderer::new(templates()).unwrap()
}

pub fn manifest(id: &str) -> Manifest {
    let file = format!("{id}.toml");
    Manifest::parse(&file, &fs::read_to_string(root("channels").join(&file)).unwrap()).unwrap()
}

/// A channel with one part, for templates that a test brings itself.
pub fn channel(part: &str) -> Manifest {
    Manifest::parse(
        "x.toml",
        &format!("id = \"x\"\ndriver = \"outbox\"\nlabel.en = \"X\"\n[parts.text]\n{part}\n"),
    )
    .unwrap()
}

pub fn act(kind: ActKind) -> Act {
    Act {
        kind,
        reason: None,
        at: ACT_AT.parse().unwrap(),
        revision: 1,
        previous_event: None,
    }
}

/// Says `content` through `renderer` on `manifest`.
pub fn try_say(renderer: &Renderer, manifest: &Manifest, content: &Content, act: &Act, languages: &[&str]) -> Result<Post, RenderError> {
    let (office, kinds) = (office(), kinds());
    let languages: Vec<Lang> = languages.iter().map(|code| lang(code)).collect();
    renderer.render(&Request {
        office: &office,
        kinds: &kinds,
        manifest,
        content,
        act,
        languages: &languages,
        slug: &slug(&office, content),
    })
}

/// The notice on a shipped channel, in Albanian and Serbian.
pub fn notice_on(id: &str) -> Post {
    try_say(&renderer(), &manifest(id), &content(NOTICE), &act(ActKind::Publish), &["sq", "sr"]).unwrap()
}

/// Says the notice with one template of the test's own.
pub fn say_with(template: &str, part: &str, act: &Act, languages: &[&str]) -> Result<Post, RenderError> {
    let renderer = Renderer::new([("x/text.hbs".to_owned(), template.to_owned())])?;
    let part = format!("template = \"text.hbs\"\n{part}");
    try_say(&renderer, &channel(&part), &content(NOTICE), act, languages)
}
