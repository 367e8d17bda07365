# Reči kojima se objašnjavaju rokovi.
rules-day = { $weekday } { $date }
rules-time = { $day } { $time }
rules-summary = { $anchor }: { $start } → { $length } → najkasnije: { $end }
rules-unconfirmed = { $what } (nepotvrđeno)
rules-after = zatim { $length }
rules-without = { $length }, bez { $days }

rules-anchor-meeting_start = Održavanje
rules-anchor-meeting_end = Završetak
rules-anchor-queued = Stavljanje u red
rules-anchor-published = Prvo objavljivanje
rules-anchor-period_start = Početak perioda
rules-anchor-period_end = Kraj perioda

rules-clear-days = { $n ->
    [0] do kraja prethodnog dana
    [one] { $n } pun dan
    [few] { $n } puna dana
   *[other] { $n } punih dana
}
rules-clear-weeks = { $n ->
    [one] { $n } puna nedelja
    [few] { $n } pune nedelje
   *[other] { $n } punih nedelja
}
rules-clear-months = { $n ->
    [one] { $n } pun mesec
    [few] { $n } puna meseca
   *[other] { $n } punih meseci
}
rules-clear-years = { $n ->
    [one] { $n } puna godina
    [few] { $n } pune godine
   *[other] { $n } punih godina
}
rules-calendar-days = { $n ->
    [0] do kraja tog dana
    [one] { $n } kalendarski dan
    [few] { $n } kalendarska dana
   *[other] { $n } kalendarskih dana
}
rules-calendar-weeks = { $n ->
    [one] { $n } nedelja
    [few] { $n } nedelje
   *[other] { $n } nedelja
}
rules-calendar-months = { $n ->
    [one] { $n } mesec
    [few] { $n } meseca
   *[other] { $n } meseci
}
rules-calendar-years = { $n ->
    [one] { $n } godina
    [few] { $n } godine
   *[other] { $n } godina
}
rules-working-days = { $n ->
    [0] do kraja tog dana
    [one] { $n } radni dan
    [few] { $n } radna dana
   *[other] { $n } radnih dana
}
rules-elapsed-hours = { $n ->
    [one] { $n } sat
    [few] { $n } sata
   *[other] { $n } sati
}
rules-elapsed-days = { $n ->
    [0] do tog trenutka
    [one] { $n } dan, u isti sat
    [few] { $n } dana, u isti sat
   *[other] { $n } dana, u isti sat
}
rules-elapsed-weeks = { $n ->
    [one] { $n } nedelja, u isti sat
    [few] { $n } nedelje, u isti sat
   *[other] { $n } nedelja, u isti sat
}
rules-elapsed-months = { $n ->
    [one] { $n } mesec, u isti sat
    [few] { $n } meseca, u isti sat
   *[other] { $n } meseci, u isti sat
}
rules-elapsed-years = { $n ->
    [one] { $n } godina, u isti sat
    [few] { $n } godine, u isti sat
   *[other] { $n } godina, u isti sat
}

rules-exclude-saturdays = subota
rules-exclude-sundays = nedelja
rules-exclude-weekends = vikenda
rules-exclude-holidays = praznika

rules-skipped-weekend = Ne računaju se (vikend): { $days }
rules-skipped-holiday = Ne računa se: { $day } – { $name }
rules-skipped-estimated = Ne računa se: { $day } – { $name } (procenjen datum)
rules-estimated = Za { $year }. godinu nema kalendara: praznici su procenjeni.
rules-rolled = { $from } nije radni dan: rok se pomera na { $to }
rules-cutoff = Ono što stigne posle { $hour } računa se kao da je stiglo sutradan.
rules-urgent = Hitan slučaj: { $source }
rules-extension = Produženi rok: { $source }

rules-safe-by = Sigurno na vreme do: { $end }
rules-latest-by = Najkasnije do: { $end }
rules-warn-by = Upozorenje, po nepotvrđenom tumačenju: { $end }
rules-never-late = Nijedno tumačenje nije potvrđeno: samo upozorava i ništa ne čini zakasnelim.
rules-no-clock = Pravilo ne određuje rok.
rules-no-anchor = Roka još nema: računa se od „{ $anchor }”, što još nije poznato.
rules-not-in-force = Roka nema: pravilo nije na snazi na dan { $day }
rules-out-of-range = Roka nema: pao bi izvan godina kalendara.

rules-on-all = Mora da stoji na: { $groups }
rules-on-any = Na bar jednom od ovih mesta: { $groups }
rules-simultaneous = Na svima istovremeno.
rules-display = Istaknuto najmanje: { $length }
rules-in = Jezici: { $languages }
rules-in-official = Službeni jezici: { $languages }
rules-in-official-unnamed = Na službenim jezicima; kancelarija ih nije navela.
rules-requires = Ne odobrava se bez: { $facts }
rules-group-website = veb-sajt
rules-group-facebook = Facebook
rules-group-boards = oglasne table
rules-group-media = mediji
rules-group-feed = RSS vesti

rules-weight-legal = Traži ga zakon.
rules-weight-plan = Traži ga plan opštine.
rules-weight-target = Cilj same kancelarije: nikad kašnjenje, samo neostvaren.
rules-source = Izvor: { $source }
rules-article = Član ili naslov: { $article }
rules-note = Napomena: { $note }
rules-silent = Šta izvor ostavlja otvorenim: { $silent }
