//! The one table of what follows from a citizen's view and the remote's own record together.

use crate::receipt::{Doubt, Finding, Glance};

/// What was seen in public.
#[derive(Debug, Clone)]
pub struct Saw {
    /// The glance itself.
    pub glance: Glance,
    /// All of it is there, and something else in between.
    pub only_added: bool,
    /// All of it is there, but after a redirect to a page that is not known to be the post's own.
    pub elsewhere: bool,
}

impl From<Glance> for Saw {
    fn from(glance: Glance) -> Self {
        Self {
            glance,
            only_added: false,
            elsewhere: false,
        }
    }
}

/// Weighs the two. What citizens see counts; the record explains it, and stands in where they would see no text anyway.
pub fn weigh(saw: Saw, record: Option<Glance>, scripted: bool) -> Glance {
    let Saw {
        glance: citizen,
        only_added,
        elsewhere,
    } = saw;
    let Some(record) = record else { return citizen };
    match (citizen.finding, record.finding) {
        // Two posts can say the same; the record is of this one.
        (_, Finding::Standing | Finding::Changed | Finding::Gone) if elsewhere => record,
        (Finding::Standing, _) | (_, Finding::CannotTell | Finding::NotVisible) => citizen,
        // A page that is put together by a script shows a visitor nothing. Any other that shows nothing is out of order: citizens see that too.
        (Finding::CannotTell, Finding::Standing) if !(scripted && matches!(citizen.doubt, Some(Doubt::Wall | Doubt::Unclear))) => citizen,
        (Finding::NotVisible | Finding::CannotTell, _) => record,
        // Something stands between the paragraphs; the record holds none of it: it is the site's own (a plug-in, an advertisement).
        (Finding::Changed, Finding::Standing) if only_added => record,
        (Finding::Changed | Finding::Gone, Finding::Standing) => {
            let what = citizen.what.clone().unwrap_or_default();
            citizen.saying(format!("{what} The remote's own record is as it should be.").trim().to_owned())
        }
        // Both say that something is amiss: the record knows what.
        (_, finding) => Glance {
            finding,
            what: record.what,
            ..citizen
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::receipt::View;

    fn glance(view: View, finding: Finding, doubt: Option<Doubt>) -> Glance {
        Glance {
            doubt,
            ..Glance::new(finding, view)
        }
    }

    #[test]
    fn the_record_never_makes_gone_out_of_an_outage_nor_standing_out_of_an_error() {
        use Finding::{CannotTell, Changed, Gone, NotVisible, Standing};
        let cases = [
            (Standing, None, Gone, Standing),
            (CannotTell, Some(Doubt::Wall), Standing, Standing),
            (CannotTell, Some(Doubt::Unclear), Changed, Changed),
            (CannotTell, Some(Doubt::NoAnswer), Standing, CannotTell),
            (CannotTell, Some(Doubt::Hidden), Standing, CannotTell),
            (CannotTell, Some(Doubt::Hidden), Gone, Gone),
            (CannotTell, Some(Doubt::Broken), CannotTell, CannotTell),
            (Gone, None, CannotTell, Gone),
            (Gone, None, Standing, Gone),
            (Changed, None, Gone, Gone),
            (NotVisible, None, Standing, Standing),
        ];
        for (citizen, doubt, record, came_to) in cases {
            let weighed = weigh(
                glance(View::Citizen, citizen, doubt).into(),
                Some(glance(View::Record, record, None)),
                true,
            );
            assert_eq!(weighed.finding, came_to, "{citizen} ({doubt:?}) and {record}");
        }
        let hacked = glance(View::Citizen, CannotTell, Some(Doubt::Unclear));
        let record = Some(glance(View::Record, Standing, None));
        assert_eq!(
            weigh(hacked.into(), record, false).finding,
            CannotTell,
            "a page that needs no script"
        );
        assert_eq!(weigh(glance(View::Nobody, NotVisible, None).into(), None, true).finding, NotVisible);
    }

    #[test]
    fn what_a_plugin_puts_in_between_is_no_change_by_somebody() {
        let page = Saw {
            glance: Glance::new(Finding::Changed, View::Citizen).saying("Something was put into the content: “Reklamë”."),
            only_added: true,
            elsewhere: false,
        };
        let weighed = weigh(page.clone(), Some(Glance::new(Finding::Standing, View::Record)), false);
        assert_eq!((weighed.finding, weighed.view), (Finding::Standing, View::Record));
        assert_eq!(weigh(page, None, false).finding, Finding::Changed);
    }

    #[test]
    fn of_a_text_that_stands_on_another_page_the_record_knows_whose_it_is() {
        use Finding::{CannotTell, Changed, Gone, Standing};
        for (citizen, record, came_to) in [
            (Standing, Gone, Gone),
            (Standing, CannotTell, Standing),
            (CannotTell, Standing, Standing),
            (CannotTell, Gone, Gone),
            // Of what was withdrawn: the record says that it is not there, which stands.
            (Changed, Standing, Standing),
            (Changed, Changed, Changed),
        ] {
            let page = Saw {
                elsewhere: true,
                ..glance(View::Citizen, citizen, None).into()
            };
            let weighed = weigh(page, Some(glance(View::Record, record, None)), false);
            assert_eq!(weighed.finding, came_to, "{citizen} and {record}");
        }
    }
}
