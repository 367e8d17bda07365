# Fjalët me të cilat shpjegohen afatet.
rules-day = { $weekday } { $date }
rules-time = { $day } { $time }
rules-summary = { $anchor }: { $start } → { $length } → më së voni { $end }
rules-unconfirmed = { $what } (e pakonfirmuar)
rules-after = pastaj { $length }
rules-without = { $length }, pa { $days }

rules-anchor-meeting_start = Mbledhja
rules-anchor-meeting_end = Përfundimi i mbledhjes
rules-anchor-queued = Vënia në radhë
rules-anchor-published = Publikimi i parë
rules-anchor-period_start = Fillimi i periudhës
rules-anchor-period_end = Fundi i periudhës

rules-clear-days = { $n ->
    [0] deri në fund të ditës së mëparshme
    [one] { $n } ditë e plotë
   *[other] { $n } ditë të plota
}
rules-clear-weeks = { $n ->
    [one] { $n } javë e plotë
   *[other] { $n } javë të plota
}
rules-clear-months = { $n ->
    [one] { $n } muaj i plotë
   *[other] { $n } muaj të plotë
}
rules-clear-years = { $n ->
    [one] { $n } vit i plotë
   *[other] { $n } vite të plota
}
rules-calendar-days = { $n ->
    [0] deri në fund të asaj dite
    [one] { $n } ditë kalendarike
   *[other] { $n } ditë kalendarike
}
rules-calendar-weeks = { $n ->
    [one] { $n } javë
   *[other] { $n } javë
}
rules-calendar-months = { $n ->
    [one] { $n } muaj
   *[other] { $n } muaj
}
rules-calendar-years = { $n ->
    [one] { $n } vit
   *[other] { $n } vjet
}
rules-working-days = { $n ->
    [0] deri në fund të asaj dite
    [one] { $n } ditë pune
   *[other] { $n } ditë pune
}
rules-elapsed-hours = { $n ->
    [one] { $n } orë
   *[other] { $n } orë
}
rules-elapsed-days = { $n ->
    [0] deri në atë çast
    [one] { $n } ditë, në të njëjtën orë
   *[other] { $n } ditë, në të njëjtën orë
}
rules-elapsed-weeks = { $n ->
    [one] { $n } javë, në të njëjtën orë
   *[other] { $n } javë, në të njëjtën orë
}
rules-elapsed-months = { $n ->
    [one] { $n } muaj, në të njëjtën orë
   *[other] { $n } muaj, në të njëjtën orë
}
rules-elapsed-years = { $n ->
    [one] { $n } vit, në të njëjtën orë
   *[other] { $n } vjet, në të njëjtën orë
}

rules-exclude-saturdays = të shtunat
rules-exclude-sundays = të dielat
rules-exclude-weekends = fundjavat
rules-exclude-holidays = festat

rules-skipped-weekend = Nuk numërohen (fundjavë): { $days }
rules-skipped-holiday = Nuk numërohet: { $day } – { $name }
rules-skipped-estimated = Nuk numërohet: { $day } – { $name } (datë e vlerësuar)
rules-estimated = Për vitin { $year } nuk ka kalendar: festat e tij janë vlerësuar.
rules-rolled = { $from } nuk është ditë pune: afati kalon në { $to }
rules-cutoff = Çka vjen pas orës { $hour }, llogaritet si e ditës tjetër.
rules-urgent = Rast urgjent: { $source }
rules-extension = Afat i zgjatur: { $source }

rules-safe-by = Me siguri në kohë deri: { $end }
rules-latest-by = Më së voni deri: { $end }
rules-warn-by = Paralajmërim, sipas një interpretimi të pakonfirmuar: { $end }
rules-never-late = Asnjë interpretim nuk është konfirmuar: vetëm paralajmëron dhe nuk bën asgjë të vonuar.
rules-no-clock = Rregulli nuk cakton afat.
rules-no-anchor = Ende nuk ka afat: llogaritet nga „{ $anchor }”, që ende nuk dihet.
rules-not-in-force = Nuk ka afat: rregulli nuk është në fuqi { $day }.
rules-out-of-range = Nuk ka afat: do të binte përtej viteve të kalendarit.

rules-on-all = Duhet të qëndrojë në: { $groups }
rules-on-any = Në së paku njërën prej këtyre: { $groups }
rules-simultaneous = Në të gjitha njëkohësisht.
rules-display = I shpallur së paku: { $length }
rules-in = Gjuhët: { $languages }
rules-in-official = Gjuhët zyrtare: { $languages }
rules-in-official-unnamed = Në gjuhët zyrtare; zyra nuk i ka përcaktuar ato.
rules-requires = Nuk miratohet pa: { $facts }
rules-group-website = ueb-faqja
rules-group-facebook = Facebook
rules-group-boards = tabelat e shpalljeve
rules-group-media = mediat
rules-group-feed = lajmet RSS

rules-weight-legal = E kërkon ligji.
rules-weight-plan = E kërkon plani i komunës.
rules-weight-target = Synim i vetë zyrës: kurrë me vonesë, vetëm i paarritur.
rules-source = Burimi: { $source }
rules-article = Neni ose titulli: { $article }
rules-note = Shënim: { $note }
rules-silent = Çka lë të hapur burimi: { $silent }
