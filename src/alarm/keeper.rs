//! Who keeps an account, and so is told when it stands still.

use crate::register::warn::Recipient;
use crate::settings::OfficeSettings;

/// Who keeps the accounts where the office names nobody: the kinds' own name of the unit that publishes.
const USUAL: &str = "information-office";

/// The account's keeper, else the office's, else the information office, else the head; the first that can be reached.
pub fn keeper(settings: &OfficeSettings, account: &str) -> Recipient {
    let own = settings.accounts.get(account).and_then(|account| account.keeper.as_deref());
    let unit = own.or(settings.keeper.as_deref()).unwrap_or(USUAL);
    let reached = [
        Recipient::Unit(unit.to_owned()),
        Recipient::HeadOf(unit.to_owned()),
        Recipient::Head,
    ];
    let found = reached.iter().find(|recipient| recipient.address(settings).is_some());
    found.unwrap_or(&reached[0]).clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Base, load};

    fn told(lines: &str) -> Recipient {
        let text = format!(
            "[offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\n{lines}\n[offices.k.accounts.facebook]\n"
        );
        let settings = load(Base::Text(&text)).unwrap().settings;
        keeper(&settings.offices["k"], "facebook")
    }

    #[test]
    fn the_first_of_those_responsible_who_can_be_reached_is_told() {
        let unit = |name: &str, line: &str| format!("[offices.k.units.{name}]\nlabel = {{ sq = \"Z\" }}\n{line}\n");
        let office = unit("information-office", "email = \"i@example.org\"");
        assert_eq!(told(&office), Recipient::Unit("information-office".to_owned()));
        let headed = unit("information-office", "head = \"h@example.org\"");
        assert_eq!(told(&headed), Recipient::HeadOf("information-office".to_owned()));
        assert_eq!(told("head = \"k@example.org\""), Recipient::Head);
        let it = unit("it", "email = \"it@example.org\"");
        assert_eq!(told(&format!("keeper = \"it\"\n{office}{it}")), Recipient::Unit("it".to_owned()));
        assert_eq!(told(""), Recipient::Unit("information-office".to_owned()), "nobody: it is shown");
    }
}
