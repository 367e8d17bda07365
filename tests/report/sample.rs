//! A year of Kaçanik's register, made up: some sixty duties, good and bad.

use chrono::{DateTime, Datelike, Duration, NaiveDate, TimeZone, Utc};
use kasnec::item::{Lang, Office};
use kasnec::register::entry::{Entry, GroupProof, Standing};
use kasnec::register::report::Report;
use kasnec::rules::Measure;

use crate::rows::{self, localized};

pub fn lang(code: &str) -> Lang {
    code.parse().unwrap()
}

pub fn office() -> Office {
    Office {
        id: "kacanik".to_owned(),
        name: localized([
            "Komuna e Kaçanikut",
            "Opština Kačanik",
            "Municipality of Kaçanik",
            "Kaçanik Belediyesi",
        ]),
        zone: chrono_tz::Europe::Belgrade,
        languages: vec![lang("sq"), lang("sr")],
        public_url: "https://njoftime.kacanik.example".to_owned(),
    }
}

pub fn at(month: u32, day: u32, hour: u32) -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2027, month, day, hour, 0, 0).unwrap()
}

pub fn year() -> (NaiveDate, NaiveDate) {
    (
        NaiveDate::from_ymd_opt(2027, 1, 1).unwrap(),
        NaiveDate::from_ymd_opt(2027, 12, 31).unwrap(),
    )
}

pub fn report() -> Report {
    Report::of(register(), rows::plan(), &office(), year(), at(12, 20, 12))
}

/// An open duty of a row, counted from `anchor`, due `due_days` before or after it.
pub fn entry(id: i64, plan: &str, anchor: DateTime<Utc>, due_days: i64) -> Entry {
    let (severity, certainty) = rows::weight(plan);
    let due = anchor + Duration::days(due_days);
    Entry {
        id,
        rule: format!("{plan}-rule"),
        plan: plan.to_owned(),
        title: rows::title(plan),
        unit: "Sekretaria e Kuvendit".to_owned(),
        subject: format!("KK-2027-{id:03} · Mbledhja e {}/{}", anchor.day(), anchor.month()),
        severity,
        certainty,
        measure: None,
        anchor_at: Some(anchor),
        before: due_days < 0,
        safe_by: Some(due - Duration::days(1)),
        latest_by: Some(due),
        standing: Standing::Open,
        met_at: None,
        reason: None,
        groups: vec![],
        languages: vec![],
        versions: 1,
    }
}

/// The duty, met so many days before (or after) its anchor: in time or late, as that falls.
pub fn met(mut entry: Entry, days: f64) -> Entry {
    #[allow(clippy::cast_possible_truncation, reason = "the sample's days are few")]
    let met_at = entry.anchor_at.unwrap() + Duration::minutes((days * 1440.0).round() as i64);
    entry.met_at = Some(met_at);
    entry.standing = if Some(met_at) <= entry.latest_by {
        Standing::Met
    } else {
        Standing::Late
    };
    entry
}

/// The groups of channels, as letters: a small one is asked for and missing.
pub fn on(mut entry: Entry, groups: &str, languages: &[(&str, bool)]) -> Entry {
    let names = [('w', "website"), ('f', "facebook"), ('b', "boards")];
    let proof = |letter: char| {
        let (_, name) = names.iter().find(|(first, _)| *first == letter.to_ascii_lowercase()).unwrap();
        let stands = letter.is_ascii_uppercase();
        GroupProof {
            group: (*name).to_owned(),
            asked: true,
            at: entry.met_at.filter(|_| stands),
            address: stands.then(|| format!("https://njoftime.kacanik.example/n/{}", entry.id)),
        }
    };
    entry.groups = groups.chars().map(proof).collect();
    entry.languages = languages.iter().map(|(code, there)| (lang(code), *there)).collect();
    entry
}

fn said(mut entry: Entry, subject: &str, unit: &str) -> Entry {
    entry.subject = format!("KK-2027-{:03} · {subject}", entry.id);
    unit.clone_into(&mut entry.unit);
    entry
}

fn because(mut entry: Entry, reason: &str) -> Entry {
    entry.reason = Some(reason.to_owned());
    entry
}

fn measured(mut entry: Entry, measure: Measure) -> Entry {
    entry.measure = Some(measure);
    entry
}

const BOTH: [(&str, bool); 2] = [("sq", true), ("sr", true)];
const HALF: [(&str, bool); 2] = [("sq", true), ("sr", false)];

/// The whole year.
pub fn register() -> Vec<Entry> {
    [assembly(), follow_ups(), consultations(), reports(), answers(), acts(), rest()].concat()
}

fn assembly() -> Vec<Entry> {
    let meeting = |month: u32, lead: f64| {
        let entry = said(
            entry(i64::from(month), "01", at(month, 26, 9), -7),
            "Mbledhja e Kuvendit",
            "Sekretaria e Kuvendit",
        );
        on(
            met(entry, -lead),
            if month == 5 { "WFb" } else { "WFB" },
            if month.is_multiple_of(4) { &HALF } else { &BOTH },
        )
    };
    let leads = [9.2, 8.5, 10.0, 9.0, 12.1, 8.1, 9.4, 7.2, 4.0, 8.9, 9.6];
    let mut all: Vec<Entry> = (1..=11).zip(leads).map(|(month, lead)| meeting(month, lead)).collect();
    all[8] = because(
        all[8].clone(),
        "Rendi i ditës u ndryshua në kërkesë të kryetarit; u publikua po atë ditë",
    );
    all[2].versions = 2;
    for month in 1..=10 {
        let entry = said(
            entry(20 + i64::from(month), "01", at(month, 12, 10), -3),
            "Komiteti për Politikë dhe Financa",
            "Sekretaria e Kuvendit",
        );
        all.push(on(
            met(entry, if month == 7 { -2.1 } else { -4.0 - f64::from(month) / 5.0 }),
            "WFB",
            &BOTH,
        ));
    }
    let mut called_off = said(entry(40, "01", at(6, 3, 9), -7), "Mbledhja e Kuvendit", "Sekretaria e Kuvendit");
    called_off.standing = Standing::Lifted;
    all.push(because(called_off, "Mbledhja u anulua para se të fillonte afati"));
    all
}

fn follow_ups() -> Vec<Entry> {
    let mut all = vec![];
    for month in 1..=8 {
        let information = said(
            entry(50 + i64::from(month), "02", at(month, 26, 9), 2),
            "Informata nga mbledhja",
            "Zyra për Informim",
        );
        all.push(on(
            met(measured(information, Measure::Information), 0.3 * f64::from(month)),
            "WF",
            &BOTH,
        ));
        let video = said(
            entry(60 + i64::from(month), "03", at(month, 26, 9), 3),
            "Video-incizimi i seancës",
            "Zyra e TI-së",
        );
        all.push(on(met(measured(video, Measure::Video), 1.5), "WF", &[]));
    }
    all
}

fn consultations() -> Vec<Entry> {
    let one = |id: i64, month: u32, lead: f64, subject: &str| {
        on(
            met(
                said(entry(id, "05", at(month, 15, 16), -14), subject, "Sekretaria e Kuvendit"),
                -lead,
            ),
            "WFB",
            &BOTH,
        )
    };
    let budget = because(
        one(70, 10, 11.0, "Dëgjimi publik për buxhetin <2028> & tatimet"),
        "Salla u caktua vonë, “pa fajin” e njësisë",
    );
    let mut minutes = said(
        measured(entry(72, "05", at(10, 15, 16), 30), Measure::Minutes),
        "Procesverbali i dëgjimit",
        "Sekretaria e Kuvendit",
    );
    minutes = on(met(minutes, 18.0), "W", &BOTH);
    let mayor = said(
        entry(73, "04", at(3, 18, 17), -14),
        "Takimi i kryetarit me qytetarët",
        "Zyra e Kryetarit",
    );
    let next = said(
        entry(74, "04", Utc.with_ymd_and_hms(2028, 1, 12, 17, 0, 0).unwrap(), -14),
        "Takimi i dytë me qytetarët",
        "Zyra e Kryetarit",
    );
    let debate = said(
        entry(75, "08", at(9, 23, 17), -14),
        "Debati me OJQ-të në fshatin Brodec",
        "Kabineti i Kryetarit",
    );
    vec![
        budget,
        one(71, 4, 16.5, "Plani zhvillimor 2028–2036"),
        minutes,
        on(met(mayor, -15.0), "WFB", &BOTH),
        next,
        on(met(debate, -14.5), "Wf", &HALF),
    ]
}

fn reports() -> Vec<Entry> {
    let mayor = said(entry(80, "06", at(6, 30, 21), 15), "Gjysma e parë e vitit 2027", "Zyra e Kryetarit");
    let mut directorate = said(
        entry(81, "06", at(6, 30, 21), 15),
        "Drejtoria për Arsim, gjysma e parë 2027",
        "Drejtoria për Arsim",
    );
    directorate = on(directorate, "wf", &[("sq", false), ("sr", false)]);
    directorate.standing = Standing::Overdue;
    let chair = said(
        entry(82, "07", at(6, 30, 21), 15),
        "Gjysma e parë e vitit 2027",
        "Sekretaria e Kuvendit",
    );
    vec![on(met(mayor, 9.0), "WF", &BOTH), directorate, on(met(chair, 15.9), "WF", &BOTH)]
}

fn answers() -> Vec<Entry> {
    let answer = |id: i64, month: u32, days: f64| {
        let request = said(entry(id, "11", at(month, 5, 8), 7), "Kërkesë për qasje", "Zyrtari për qasje");
        met(measured(request, Measure::Answers), days)
    };
    let late = because(
        answer(95, 8, 13.0),
        "@Arkivi: dokumenti mbahej jashtë komunës (Бродец), në Şirket Müdürlüğü",
    );
    let petition = said(entry(96, "12", at(5, 20, 8), 15), "Peticioni i lagjes Runjevë", "Kryetari");
    vec![
        answer(91, 2, 3.0),
        answer(92, 3, 6.0),
        answer(93, 4, 7.0),
        answer(94, 6, 5.0),
        late,
        met(petition, 12.0),
    ]
}

fn acts() -> Vec<Entry> {
    let act = |id: i64, month: u32, days: f64| {
        let act = said(
            entry(id, "13", at(month, 2, 11), 15),
            "Rregullorja komunale",
            "Sekretaria e Kuvendit",
        );
        on(
            met(measured(act, Measure::Publication), days),
            "W",
            if id == 102 { &HALF } else { &BOTH },
        )
    };
    vec![
        act(101, 2, 10.0),
        act(102, 5, 14.0),
        because(act(103, 9, 21.0), "Akti u kthye nga Ministria"),
    ]
}

fn rest() -> Vec<Entry> {
    let tender = |id: i64, month: u32| {
        let mut tender = said(
            entry(id, "19", at(month, 9, 9), 1),
            "Njoftim për kontratë",
            "Departamenti i Prokurimit",
        );
        // The plan only says "in time": there is no day by which it is late.
        (tender.safe_by, tender.latest_by, tender.anchor_at) = (None, None, None);
        tender.met_at = Some(at(month, 9, 14));
        tender.standing = Standing::Met;
        on(tender, "Wf", &BOTH)
    };
    let mut yearbook = said(entry(115, "16", at(12, 31, 22), 0), "Vjetari 2027", "Zyra për Informim");
    yearbook.latest_by = Some(at(12, 31, 22));
    vec![tender(111, 3), tender(112, 7), yearbook]
}
