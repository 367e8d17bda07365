//! Notice boards: the sheet is made ready for the printer; a person puts it up and says so.

use std::sync::Arc;

use async_trait::async_trait;
use qrcode::QrCode;
use qrcode::render::svg;

use super::{Account, Check, Driver, Job, Safety, Step, Tools};
use crate::manifest::Manifest;
use crate::ports::Sheets;
use crate::receipt::{Action, Answer, Failure, FailureCode, Object, Phase, Sighting};

const SHEET: &str = "sheet";
const POSTING: &str = "posting";
/// Where the template leaves room for the code.
const ROOM: &str = "<!--QR-->";

/// The driver `board`.
pub fn make(_: &Manifest, account: Account, tools: &Tools) -> Arc<dyn Driver> {
    Arc::new(Board {
        places: places(account.setting("places")),
        office: account.office.id,
        sheets: tools.sheets.clone(),
    })
}

struct Board {
    office: String,
    places: Vec<String>,
    sheets: Arc<dyn Sheets>,
}

#[async_trait]
impl Driver for Board {
    /// Both steps may be taken again: the same sheet is made, the same request is put to the person.
    fn next(&self, job: &Job) -> Result<Option<Step>, Failure> {
        let roles: &[&str] = match job.action {
            Action::Publish | Action::Update => &[SHEET, POSTING],
            Action::Withdraw => &[POSTING],
            Action::Discard => &[],
        };
        let open = roles.iter().find(|role| !job.objects.has(role));
        Ok(open.map(|role| Step::new(*role, Safety::Repeatable)))
    }

    async fn perform(&self, step: &Step, job: &Job) -> Answer {
        if step.role == POSTING {
            return Answer::NeedsPerson(Failure::new(FailureCode::ByHand, self.request(job)));
        }
        let sheet = match sheet(job.post.part("page"), &job.post.link) {
            Ok(sheet) => sheet,
            Err(failure) => return Answer::Reject(failure),
        };
        match self.sheets.put_sheet(&self.office, &job.key, job.delivery, &sheet).await {
            Ok(()) => Answer::Done(Object::new(SHEET, Phase::Public, job.delivery.to_string())),
            Err(error) => {
                let failure = Failure::new(FailureCode::Storage, "The sheet for the notice board could not be stored.");
                Answer::Retry(failure.with_evidence(&error.to_string()))
            }
        }
    }

    /// Nobody can look at a board of cork and glass from here.
    async fn find(&self, _: &Step, _: &Job) -> Sighting {
        Sighting::Absent
    }

    async fn check(&self) -> Check {
        let mut check = Check {
            fine: vec![],
            wrong: vec![],
        };
        if self.places.is_empty() {
            let what = "The setting \"places\" is empty: nobody is told where the sheets must go up.";
            check.wrong.push(Failure::new(FailureCode::NotConfigured, what));
        } else {
            check.fine.push(format!("Sheets go up at: {}.", self.places.join("; ")));
        }
        check
    }
}

impl Board {
    fn request(&self, job: &Job) -> String {
        let places = if self.places.is_empty() {
            "every notice board".to_owned()
        } else {
            self.places.join("; ")
        };
        let title = &job.post.title;
        match job.action {
            Action::Withdraw => format!(
                "Take the sheet \"{title}\" down at each place: {places}. Confirm each one with the place, the time and a photo of the board."
            ),
            Action::Update => format!(
                "Print the new sheet \"{title}\" and put it up in place of the old one at each place: {places}. Confirm each one with the place, the time and a photo."
            ),
            Action::Publish | Action::Discard => format!(
                "Print the sheet \"{title}\", stamp it and put it up at each place: {places}. Confirm each one with the place, the time and a photo."
            ),
        }
    }
}

fn places(setting: &str) -> Vec<String> {
    let separator = if setting.contains(['\n', ';']) { ['\n', ';'] } else { [',', ','] };
    setting
        .split(separator)
        .map(str::trim)
        .filter(|place| !place.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The page with the code of the notice's address in it, so that a passer-by can see whether it still stands as printed.
fn sheet(page: &str, link: &str) -> Result<String, Failure> {
    if !page.contains(ROOM) {
        let what = format!("The template of the sheet has no {ROOM}: there is no room for the QR code.");
        return Err(Failure::new(FailureCode::Template, what));
    }
    Ok(page.replacen(ROOM, &qr(link)?, 1))
}

fn qr(link: &str) -> Result<String, Failure> {
    let code = QrCode::new(link).map_err(|error| {
        let what = "The notice's address does not fit into a QR code.";
        Failure::new(FailureCode::TooLarge, what).with_evidence(&error.to_string())
    })?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(160, 160).build();
    // The XML declaration may stand at the head of a file, not inside a page.
    let svg = drawn.find("<svg").map_or(drawn.as_str(), |start| &drawn[start..]);
    Ok(svg.replacen("<svg", "<svg role=\"img\" aria-label=\"QR\"", 1))
}
