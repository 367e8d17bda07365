# Çfarë detyrohet zyra: tabela, arsyet, kalendari.
due-number = Nr.
due-standing = Gjendja
due-safe-by = Afati i sigurt
due-latest-by = Afati i fundit
due-unit = Njësia
due-what = Detyrimi
due-met-at = U përmbush
due-reason = Arsyeja
due-address = Adresa
due-rule = Rregulli
due-version = versioni { $version }
due-row = rreshti { $row } i planit
due-since = Prej
due-channel = Kanali
due-proof = Dëshmia
due-languages = Gjuhët
due-not-yet = ende jo
due-no-time = nuk ka afat
due-earlier = Si ka qenë më parë
due-nothing = Në këtë kohë nuk ka asnjë detyrim. Shikoni më larg: kasnec due --until { $until }
due-more = dhe { $count } të tjera si kjo, e fundit deri më { $until }
due-calendar = { $office }: detyrimet dhe afatet

due-standing-on-course = në rregull
due-standing-at-risk = në rrezik
due-standing-overdue = afati kaloi
due-standing-met = u përmbush
due-standing-late = u përmbush me vonesë
due-standing-lifted = nuk kërkohet më

due-risk-unwritten = { $when ->
    [none] Ende nuk është shkruar asgjë, por zyra nuk është e hapur mjaft gjatë.
   *[other] Ende nuk është shkruar asgjë; me orarin e punës do të shkruhej dhe miratohej deri më { $when }: { $late }.
}
due-step-unwritten = kasnec item add SKEDARI
due-risk-unapproved = { $when ->
    [none] Pret miratimin, por zyra nuk është e hapur mjaft gjatë.
   *[other] Pret miratimin; me orarin e punës do të miratohej deri më { $when }: { $late }.
}
due-step-unapproved = kasnec item approve { $item }
due-risk-undone = { $when ->
    [none] Ende nuk është kryer, por zyra nuk është e hapur mjaft gjatë.
   *[other] Ende nuk është kryer; me orarin e punës do të kryhej deri më { $when }: { $late }.
}
due-step-undone = shënoni te lënda kur u krye: kasnec item add SKEDARI
due-risk-released-late = Është caktuar të dalë vetëm më { $when }: { $late }. Te: { $channel }.
due-step-released-late = kasnec item publish { $item } --now
due-risk-channel-paused = Kanali është ndalur dhe pret ndërhyrjen e dikujt: { $channel }.
due-step-channel-paused = kasnec channel check { $account }
due-risk-pace = { $when ->
    [none] Ritmi i kanalit nuk e lejon fare të dalë: { $channel }.
   *[other] Me ritmin e kanalit del vetëm më { $when }: { $late }. Kanali: { $channel }.
}
due-step-pace = ndryshoni ritmin në kasnec.toml, ose publikoni me dorë: kasnec delivery list --item { $item }
due-risk-needs-person = { $channel ->
    [none] Pret që dikush ta vendosë në tabelë ose ta shikojë.
   *[other] Dikush duhet ta shikojë te: { $channel }.
}
due-step-needs-person = kasnec delivery list --item { $item } --state "needs a person"
due-risk-refused = U refuzua nga: { $channel }.
due-step-refused = shikoni pse: kasnec delivery list --item { $item }
due-risk-no-account = Rregulli kërkon { $channel }, por zyra nuk ka llogari të tillë.
due-step-no-account = shtoni një llogari të atij grupi në kasnec.toml, ose publikoni me dorë: kasnec due settle { $id } --proof "…"
due-risk-not-planned = Nuk është nisur asgjë te: { $channel }.
due-step-not-planned = shikoni çfarë është nisur: kasnec item show { $item }
due-risk-safe-passed = Sipas leximit të kujdesshëm koha ka kaluar; sipas atij më të butë ka kohë deri më { $when }.
due-step-safe-passed = publikojeni tani, ose thoni kur u krye: kasnec due settle { $id } --proof "…"
due-risk-unexplained = Ende askush nuk ka thënë pse u vonua.
due-step-unexplained = kasnec due reason { $id } --reason "…"

due-after-safe = { $delay } pas afatit të sigurt
due-after-latest = { $delay } me vonesë
due-minutes = { $count ->
    [one] { $count } minutë
   *[other] { $count } minuta
}
due-hours = { $count ->
    [one] { $count } orë
   *[other] { $count } orë
}
due-days = { $count ->
    [one] { $count } ditë
   *[other] { $count } ditë
}

due-period-half-1 = gjashtëmujori i parë { $year }
due-period-half-2 = gjashtëmujori i dytë { $year }
due-period-quarter = tremujori { $part }, { $year }
due-period-month = { $part }/{ $year }
due-period-week = java { $part }, { $year }
