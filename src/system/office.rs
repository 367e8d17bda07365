//! What an office says of itself, checked before anything is opened.

use crate::mail::{BadAddress, mailbox};
use crate::schedule::{BadHours, OfficeHours};
use crate::settings::OfficeSettings;

/// Why an office cannot be used as it is configured. The first value is its id.
#[derive(Debug, thiserror::Error)]
pub enum BadOffice {
    /// It publishes in no language.
    #[error("offices.{0}.languages is empty; name the leading language first, for example languages = [\"sq\", \"sr\"]")]
    NoLanguage(String),
    /// An official language in which it does not publish.
    #[error(
        "offices.{0}.official_languages names \"{1}\", in which the office does not publish, so nothing would ever be complete; add it to languages, which are: {2}"
    )]
    Language(String, String, String),
    /// Its hours cannot be read.
    #[error("offices.{0}.office_hours: {1}")]
    Hours(String, BadHours),
    /// The address under that key cannot be read.
    #[error("offices.{0}.{1}: {2}")]
    Address(String, String, BadAddress),
    /// Its mail server has no name.
    #[error("offices.{0}.mail.smtp_host is empty; name the mail server, for example smtp_host = \"mail.example.org\"")]
    NoHost(String),
    /// A keeper of accounts who is no unit.
    #[error(
        "offices.{0}.{1} names \"{2}\", which is no unit of the office, so nobody would be told when a channel stands still; there are: {3}"
    )]
    Keeper(String, String, String, String),
    /// An account has a name that the program keeps for itself.
    #[error(
        "offices.{0}.accounts has the name \"{1}\", but names that begin with @ are kept for the program's own secrets; write for example \"press\""
    )]
    Reserved(String, String),
}

/// Checks what the types of the settings cannot, and gives the office's hours.
pub(super) fn check(id: &str, written: &OfficeSettings) -> Result<OfficeHours, BadOffice> {
    languages(id, written)?;
    addresses(id, written)?;
    keepers(id, written)?;
    if let Some(name) = written.accounts.keys().find(|name| name.starts_with('@')) {
        return Err(BadOffice::Reserved(id.to_owned(), name.clone()));
    }
    OfficeHours::parse(&written.office_hours).map_err(|error| BadOffice::Hours(id.to_owned(), error))
}

fn languages(id: &str, written: &OfficeSettings) -> Result<(), BadOffice> {
    if written.languages.is_empty() {
        return Err(BadOffice::NoLanguage(id.to_owned()));
    }
    let unknown = written.official_languages.iter().find(|lang| !written.languages.contains(lang));
    unknown.map_or(Ok(()), |lang| {
        let known = written.languages.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        Err(BadOffice::Language(id.to_owned(), lang.to_string(), known))
    })
}

fn keepers(id: &str, written: &OfficeSettings) -> Result<(), BadOffice> {
    let of_accounts = written
        .accounts
        .iter()
        .map(|(name, account)| (format!("accounts.{name}.keeper"), &account.keeper));
    let all = std::iter::once(("keeper".to_owned(), &written.keeper)).chain(of_accounts);
    for (key, keeper) in all {
        let unknown = keeper.as_ref().filter(|unit| !written.units.contains_key(*unit));
        if let Some(unknown) = unknown {
            let known = written.units.keys().cloned().collect::<Vec<_>>().join(", ");
            return Err(BadOffice::Keeper(id.to_owned(), key, unknown.clone(), known));
        }
    }
    Ok(())
}

fn addresses(id: &str, written: &OfficeSettings) -> Result<(), BadOffice> {
    let mut given = vec![("head".to_owned(), &written.head)];
    for (key, unit) in &written.units {
        given.push((format!("units.{key}.email"), &unit.email));
        given.push((format!("units.{key}.head"), &unit.head));
    }
    for (key, address) in given {
        if let Some(Err(error)) = address.as_deref().map(mailbox) {
            return Err(BadOffice::Address(id.to_owned(), key, error));
        }
    }
    match &written.mail {
        Some(mail) if mail.smtp_host.trim().is_empty() => Err(BadOffice::NoHost(id.to_owned())),
        Some(mail) => mailbox(&mail.from)
            .map(drop)
            .map_err(|error| BadOffice::Address(id.to_owned(), "mail.from".to_owned(), error)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::{Base, load};

    fn checked(more: &str) -> Result<OfficeHours, BadOffice> {
        let text = format!("[offices.k]\nname = {{ sq = \"K\" }}\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\", \"sr\"]\n{more}");
        let settings = load(Base::Text(&text)).unwrap().settings;
        check("k", &settings.offices["k"])
    }

    #[test]
    fn what_an_office_says_of_itself_is_refused_with_the_key_and_an_example() {
        let mail = |lines: &str| format!("[offices.k.mail]\n{lines}");
        for (wrong, key, example) in [
            (
                "office_hours = \"nga 8 deri 4\"\n".to_owned(),
                "office_hours",
                "mon-fri 08:00-16:00",
            ),
            ("official_languages = [\"sq\", \"tr\"]\n".to_owned(), "official_languages", "sq, sr"),
            ("head = \"Kryetari\"\n".to_owned(), "offices.k.head", "zyra@example.org"),
            (
                "[offices.k.units.press]\nlabel = { sq = \"Z\" }\nemail = \"zyra\"\n".to_owned(),
                "units.press.email",
                "zyra@example.org",
            ),
            (mail("smtp_host = \"h\"\nfrom = \"Komuna\"\n"), "mail.from", "zyra@example.org"),
            (
                mail("smtp_host = \" \"\nfrom = \"k@example.org\"\n"),
                "mail.smtp_host",
                "mail.example.org",
            ),
            (
                "keeper = \"web\"\n[offices.k.units.press]\nlabel = { sq = \"Z\" }\n".to_owned(),
                "offices.k.keeper",
                "there are: press",
            ),
            ("[offices.k.accounts.\"@mail\"]\n".to_owned(), "@mail", "press"),
        ] {
            let told = checked(&wrong).unwrap_err().to_string();
            assert!(told.contains(key) && told.contains(example), "{wrong}: {told}");
        }
    }

    #[test]
    fn an_office_with_hours_languages_and_addresses_is_taken() {
        let sound =
            "office_hours = \"mon-thu 08:00-16:30, fri 08:00-14:00\"\nofficial_languages = [\"sr\"]\nhead = \"Kryetari <k@example.org>\"\n";
        assert_ne!(checked(sound).unwrap(), checked("").unwrap());
    }
}
