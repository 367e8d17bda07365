# Šta se duguje: tabela, razlozi, kalendar.
due-number = Br.
due-standing = Stanje
due-safe-by = Siguran rok
due-latest-by = Krajnji rok
due-unit = Jedinica
due-what = Obaveza
due-met-at = Ispunjeno
due-reason = Razlog
due-address = Adresa
due-rule = Pravilo
due-version = verzija { $version }
due-row = red { $row } plana
due-since = Od
due-channel = Kanal
due-proof = Dokaz
due-languages = Jezici
due-not-yet = još ne
due-no-time = rok nije određen
due-earlier = Kako je bilo ranije
due-nothing = U ovom vremenu nema obaveza. Pogledajte dalje: kasnec due --until { $until }
due-more = i još { $count } ovakvih, poslednja do { $until }
due-calendar = { $office }: obaveze i rokovi

due-standing-on-course = u redu
due-standing-at-risk = ugroženo
due-standing-overdue = rok je prošao
due-standing-met = ispunjeno
due-standing-late = ispunjeno sa zakašnjenjem
due-standing-lifted = više se ne traži

due-risk-unwritten = { $when ->
    [none] Još ništa nije napisano, a kancelarija nije dovoljno dugo otvorena.
   *[other] Još ništa nije napisano; u radno vreme bilo bi napisano i odobreno do { $when }: { $late }.
}
due-step-unwritten = kasnec item add DATOTEKA
due-risk-unapproved = { $when ->
    [none] Čeka odobrenje, a kancelarija nije dovoljno dugo otvorena.
   *[other] Čeka odobrenje; u radno vreme bilo bi odobreno do { $when }: { $late }.
}
due-step-unapproved = kasnec item approve { $item }
due-risk-undone = { $when ->
    [none] Još nije obavljeno, a kancelarija nije dovoljno dugo otvorena.
   *[other] Još nije obavljeno; u radno vreme bilo bi obavljeno do { $when }: { $late }.
}
due-step-undone = upišite u predmet kada je obavljeno: kasnec item add DATOTEKA
due-risk-released-late = Određeno je da izađe tek { $when }: { $late }. Na: { $channel }.
due-step-released-late = kasnec item publish { $item } --now
due-risk-channel-paused = Kanal je zaustavljen i čeka čoveka: { $channel }.
due-step-channel-paused = kasnec channel check { $account }
due-risk-pace = { $when ->
    [none] Tempo kanala uopšte ne dozvoljava da izađe: { $channel }.
   *[other] Tempom kanala izlazi tek { $when }: { $late }. Kanal: { $channel }.
}
due-step-pace = promenite tempo u kasnec.toml, ili objavite ručno: kasnec delivery list --item { $item }
due-risk-needs-person = { $channel ->
    [none] Čeka da ga neko okači na tablu ili pogleda.
   *[other] Neko mora da pogleda na: { $channel }.
}
due-step-needs-person = kasnec delivery list --item { $item } --state "needs a person"
due-risk-refused = Odbijeno na: { $channel }.
due-step-refused = pogledajte zašto: kasnec delivery list --item { $item }
due-risk-no-account = Pravilo traži { $channel }, ali kancelarija nema takav nalog.
due-step-no-account = dodajte nalog te grupe u kasnec.toml, ili objavite ručno: kasnec due settle { $id } --proof "…"
due-risk-not-planned = Ništa nije na putu za: { $channel }.
due-step-not-planned = pogledajte šta jeste: kasnec item show { $item }
due-risk-safe-passed = Po opreznom čitanju vreme je prošlo; po blažem ima vremena do { $when }.
due-step-safe-passed = objavite sada, ili recite kada je obavljeno: kasnec due settle { $id } --proof "…"
due-risk-unexplained = Još niko nije rekao zašto kasni.
due-step-unexplained = kasnec due reason { $id } --reason "…"

due-after-safe = { $delay } posle sigurnog roka
due-after-latest = { $delay } prekasno
due-minutes = { $count ->
    [one] { $count } minut
    [few] { $count } minuta
   *[other] { $count } minuta
}
due-hours = { $count ->
    [one] { $count } sat
    [few] { $count } sata
   *[other] { $count } sati
}
due-days = { $count ->
    [one] { $count } dan
    [few] { $count } dana
   *[other] { $count } dana
}

due-period-half-1 = prvo polugodište { $year }.
due-period-half-2 = drugo polugodište { $year }.
due-period-quarter = { $part }. tromesečje { $year }.
due-period-month = { $part }/{ $year }
due-period-week = { $part }. nedelja { $year }.
