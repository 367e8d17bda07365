//! The rows of Kaçanik's plan, as its rules would hand them in.

use std::collections::BTreeMap;

use kasnec::item::Localized;
use kasnec::register::report::PlanRow;
use kasnec::rules::{Certainty, Severity};

use Certainty::{Plan as Sure, Unverified};
use Severity::{Legal, Plan, Target};

type Line = (&'static str, Option<Severity>, Certainty, [&'static str; 4]);

#[rustfmt::skip]
const ROWS: [Line; 20] = [
    ("01", Some(Plan), Sure, ["Njoftimi për mbledhjet e Kuvendit dhe të komiteteve", "Obaveštenje o sednicama Skupštine i odbora", "Notice of assembly and committee meetings", "Meclis ve komite toplantılarının duyurusu"]),
    ("02", Some(Target), Sure, ["Informata pas çdo mbledhjeje", "Informacija nakon svake sednice", "Information after every meeting", "Her toplantıdan sonra bilgilendirme"]),
    ("03", Some(Target), Sure, ["Video-incizimi i tërë seancës", "Video-snimak cele sednice", "Video of the whole session", "Oturumun tam video kaydı"]),
    ("04", Some(Plan), Sure, ["Takimet publike të kryetarit", "Javni sastanci predsednika", "The mayor’s public meetings", "Başkanın halk toplantıları"]),
    ("05", Some(Plan), Sure, ["Konsultimet publike", "Javne konsultacije", "Public consultations", "Kamuoyu danışmaları"]),
    ("06", Some(Plan), Sure, ["Raportet e kryetarit dhe të drejtorive", "Izveštaji predsednika i direkcija", "Reports of the mayor and the directorates", "Başkanın ve müdürlüklerin raporları"]),
    ("07", Some(Plan), Sure, ["Raporti i kryesuesit të Kuvendit", "Izveštaj predsedavajućeg Skupštine", "Report of the assembly’s chairperson", "Meclis başkanının raporu"]),
    ("08", Some(Plan), Sure, ["Debatet e kryetarit me qytetarët", "Debate predsednika sa građanima", "The mayor’s debates with citizens", "Başkanın vatandaşlarla tartışmaları"]),
    ("09", Some(Plan), Sure, ["Dita e kryetarit për takime", "Dan predsednika za sastanke", "The mayor’s day for meetings", "Başkanın görüşme günü"]),
    ("10", None, Sure, ["Qasja e shoqërisë civile në nevojat e qytetarëve", "Pristup civilnog društva potrebama građana", "Civil society’s access to citizens’ needs", "Sivil toplumun vatandaş ihtiyaçlarına erişimi"]),
    ("11", Some(Legal), Sure, ["Qasja në dokumente publike", "Pristup javnim dokumentima", "Access to public documents", "Kamu belgelerine erişim"]),
    ("12", Some(Legal), Sure, ["Kërkesat, iniciativat dhe peticionet", "Zahtevi, inicijative i peticije", "Requests, initiatives and petitions", "Talepler, girişimler ve dilekçeler"]),
    ("13", Some(Plan), Unverified, ["Aktet komunale", "Opštinski akti", "Municipal acts", "Belediye düzenlemeleri"]),
    ("14", Some(Plan), Sure, ["Vendimet, buxheti dhe projektet", "Odluke, budžet i projekti", "Decisions, budget and projects", "Kararlar, bütçe ve projeler"]),
    ("15", Some(Target), Sure, ["Uebfaqja e freskët", "Ažuran veb-sajt", "A fresh website", "Güncel web sitesi"]),
    ("16", Some(Plan), Sure, ["Vjetari i Komunës", "Godišnjak Opštine", "The municipal yearbook", "Belediye yıllığı"]),
    ("17", Some(Plan), Sure, ["Gjithçka edhe në Facebook", "Sve i na Facebook-u", "Everything on Facebook as well", "Her şey Facebook’ta da"]),
    ("18", None, Sure, ["Shërbimet në internet", "Usluge na internetu", "Online services", "Çevrim içi hizmetler"]),
    ("19", Some(Plan), Sure, ["Njoftimet e prokurimit", "Obaveštenja o nabavkama", "Procurement notices", "İhale duyuruları"]),
    ("20", Some(Plan), Sure, ["Njoftimet e punësimit", "Obaveštenja o zapošljavanju", "Employment notices", "İstihdam duyuruları"]),
];

/// A text in the four languages.
pub fn localized(texts: [&str; 4]) -> Localized {
    let langs = ["sq", "sr", "en", "tr"].map(|lang| lang.parse().unwrap());
    Localized(langs.into_iter().zip(texts.map(str::to_owned)).collect::<BTreeMap<_, _>>())
}

/// The whole plan.
pub fn plan() -> Vec<PlanRow> {
    ROWS.iter()
        .map(|(plan, severity, certainty, title)| PlanRow::of(plan, localized(*title), *severity, *certainty))
        .collect()
}

/// What a row is called.
pub fn title(plan: &str) -> Localized {
    ROWS.iter().find(|row| row.0 == plan).map(|row| localized(row.3)).unwrap()
}

/// How much a row weighs, and how certain it is.
pub fn weight(plan: &str) -> (Severity, Certainty) {
    let row = ROWS.iter().find(|row| row.0 == plan).unwrap();
    (row.1.unwrap_or(Plan), row.2)
}
