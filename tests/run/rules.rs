//! `kasnec rules`: what a jurist asks, and what the one who keeps the files is told.

use super::kasnec::{Kasnec, write};

fn stdout(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_deadline_is_told_step_by_step_without_any_item() {
    let kasnec = Kasnec::new();
    let told = kasnec.run(&["rules", "explain", "--rule", "01-assembly", "--anchor", "2026-11-24 10:00"]);
    assert!(told.status.success(), "{told:?}");
    let line = "Mbledhja: e martë 24.11.2026 10:00 → 7 ditë të plota → më së voni e hënë 16.11.2026 24:00";
    assert!(stdout(&told).lines().any(|told| told.trim() == line), "{}", stdout(&told));
    let urgent = [
        "rules",
        "explain",
        "--rule",
        "01-assembly",
        "--anchor",
        "2026-11-24 10:00",
        "--fact",
        "session=urgent",
        "--lang",
        "en",
    ];
    assert!(stdout(&kasnec.run(&urgent)).contains("Urgent case: "));
    let period = kasnec.json(&[
        "rules",
        "explain",
        "--rule",
        "06-mayor-report",
        "--anchor",
        "2027-05-01",
        "--lang",
        "sr",
    ]);
    assert_eq!(period[0]["due"]["safe_by"], "2027-06-30T22:00:00Z");
    assert!(
        period[0]["told"]["readings"][0]["summary"]
            .as_str()
            .unwrap()
            .starts_with("Kraj perioda: sreda 30.6.2027.")
    );
    for (wrong, words) in [
        (["--rule", "01-asembly", "--anchor", "2026-11-24 10:00"], "kasnec rules list"),
        (
            ["--rule", "01-assembly", "--anchor", "2026-11-31 10:00"],
            "does not exist in the calendar",
        ),
        (["--rule", "06-mayor-report", "--anchor", "2027"], "is not a day"),
    ] {
        let refused = kasnec.run(&[&["rules", "explain"], &wrong[..]].concat());
        assert_eq!(refused.status.code(), Some(3), "{wrong:?}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains(words), "{refused:?}");
    }
}

#[test]
fn an_item_is_told_in_the_language_of_who_asks_whether_queued_or_still_a_file() {
    let kasnec = Kasnec::new();
    kasnec.json(&[
        "user",
        "add",
        "shefja",
        "--name",
        "Shefja",
        "--role",
        "administrator",
        "--lang",
        "sr",
    ]);
    write(
        &kasnec.path("m.md"),
        "+++\nkind = \"committee-meeting\"\nreference = \"M-1\"\n[facts]\nsession = \"regular\"\nmeeting_start = \"2027-03-12 10:00\"\nvenue = \"Salla\"\nagenda = [\"Buxheti\"]\n\
         committee = \"Komiteti për Politikë dhe Financa\"\n+++\n# [sq] Mbledhja\nMbledhja.\n",
    );
    let file = kasnec.run(&["rules", "explain", "--file", "m.md", "--as", "shefja", "--rule", "01-committee"]);
    assert!(
        stdout(&file).contains("Održavanje: petak 12.3.2027. 10:00 → 3 puna dana"),
        "{file:?}"
    );
    assert!(
        stdout(&file).contains("Ne računa se: utorak 9.3.2027. – Ramazanski Bajram (procenjen datum)"),
        "{file:?}"
    );
    assert!(
        kasnec.json(&["item", "list"]).as_array().unwrap().is_empty(),
        "a file that is only asked about is not queued"
    );
    kasnec.json(&["item", "add", "m.md", "--as", "shefja"]);
    let told = kasnec.json(&["rules", "explain", "M-1", "--as", "shefja", "--lang", "sq"]);
    let rules: Vec<&str> = told
        .as_array()
        .unwrap()
        .iter()
        .map(|told| told["told"]["rule"].as_str().unwrap())
        .collect();
    assert_eq!(rules, ["01-committee", "02-committee-information", "17-facebook"]);
    assert!(
        told[2]["told"]["comes_to"][0].as_str().unwrap().contains("„Publikimi i parë”"),
        "{told}"
    );
}

#[test]
fn broken_rules_are_told_with_file_line_and_suggestion_and_the_code_says_so() {
    let kasnec = Kasnec::new();
    std::fs::create_dir_all(kasnec.path("rules")).unwrap();
    let rule = "[plan]\nid = \"own\"\ntitle = { sq = \"Plani ynë\" }\nsource = \"s\"\n\n[[rule]]\nid = \"own-news\"\nplan = \"1\"\ntitle = { sq = \"Lajme\" }\n\
                kinds = [\"newz\"]\nanchor = \"queued\"\nafter = \"2 days\"\nreadings = [{ count = \"calendar\" }]\nseverity = \"target\"\ncertainty = \"plan\"\nsource = \"s\"\n";
    write(&kasnec.path("rules/own.toml"), rule);
    let check = |arguments: &[&str]| {
        let mut command = kasnec.command(arguments);
        command.env("KASNEC_FOLDERS__RULES", kasnec.path("rules")).output().unwrap()
    };
    let told = check(&["rules", "check"]);
    assert_eq!(told.status.code(), Some(3), "{told:?}");
    let first = "rules/own.toml:10: own-news.kinds: there is no kind \"newz\" in kinds/*.toml; write one of: news";
    assert!(stdout(&told).lines().any(|line| line == first), "{}", stdout(&told));
    let json: serde_json::Value = serde_json::from_slice(&check(&["rules", "check", "--json"]).stdout).unwrap();
    assert_eq!(
        (json["faults"][0]["line"].as_i64(), json["faults"][0]["source"].as_str()),
        (Some(10), Some("rules/own.toml"))
    );
    write(&kasnec.path("rules/own.toml"), &rule.replace("newz", "news"));
    let sound = check(&["rules", "check"]);
    assert!(sound.status.success(), "{sound:?}");
    assert!(
        stdout(&sound).contains("rules/own.toml") && stdout(&sound).contains("The rules are sound"),
        "{sound:?}"
    );
    let listed = check(&["rules", "list", "--plan", "own"]);
    assert!(
        stdout(&listed).contains("own-news") && stdout(&listed).contains("2 days after queued"),
        "{listed:?}"
    );
}

#[test]
fn what_an_office_lacks_to_follow_its_rules_is_told_with_what_to_do() {
    let kasnec = Kasnec::new();
    write(
        &kasnec.path("kasnec.toml"),
        "[offices.k]\nname = { sq = \"Komuna\" }\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\", \"sr\"]\n[offices.k.accounts.site]\n",
    );
    let told = kasnec.plain(&["rules", "check", "--json"]);
    assert!(told.status.success(), "{told:?}");
    let told: serde_json::Value = serde_json::from_slice(&told.stdout).unwrap();
    let lacks: Vec<String> = told["lacks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|lack| format!("{} {}", lack["what"], lack["step"]))
        .collect();
    for words in [
        "the group \\\"facebook\\\"",
        "the group \\\"boards\\\"",
        "no unit \\\"assembly-secretariat\\\"",
        "no list \\\"directorates\\\"",
        "official_languages",
    ] {
        assert!(lacks.iter().any(|lack| lack.contains(words)), "{words} in {lacks:#?}");
    }
    assert!(
        !lacks.iter().any(|lack| lack.contains("\\\"website\\\"")),
        "it has a site: {lacks:#?}"
    );
    write(
        &kasnec.path("kasnec.toml"),
        "[offices.k]\nname = { sq = \"Komuna\" }\nzone = \"Europe/Belgrade\"\nlanguages = [\"sq\"]\nrules = [\"kacanick\"]\n",
    );
    let refused = kasnec.plain(&["rules", "check"]);
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("names the plan \"kacanick\"") && said.contains("kacanik"), "{said}");
}
