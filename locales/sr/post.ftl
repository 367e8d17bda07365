# Reči objava: datumi, akti, oznake.
language-name = Srpski
decimal-mark = ,

date-long = { $weekday }, { $day }. { $month } { $year }
date-plain = { $day }. { $month } { $year }
date-at = { $date }, u { $time }
date-short = { $day }.{ $month-number }.{ $year }.

prefix-postponed = ODLOŽENO
prefix-cancelled = OTKAZANO
prefix-withdrawn = POVUČENO
act-corrected = Ispravljeno { $at }
act-postponed = Odloženo { $at }
act-cancelled = Otkazano { $at }
act-withdrawn = Povučeno { $at }
act-previously = prethodni termin: { $was }

attachments = { $count ->
    [one] Prilog
   *[other] Prilozi
}
attachment-count = { $count ->
    [one] { $count } prilog
    [few] { $count } priloga
   *[other] { $count } priloga
}
agenda-count = { $count ->
    [one] { $count } tačka dnevnog reda
    [few] { $count } tačke dnevnog reda
   *[other] { $count } tačaka dnevnog reda
}
more-points = { $count ->
    [one] i još { $count } tačka
    [few] i još { $count } tačke
   *[other] i još { $count } tačaka
}
read-all = Celo obaveštenje
reference = Broj
published-by = Objavljuje
posted-on = Istaknuto dana
removed-on = Skinuto dana
signature = Potpis
stamp = Pečat
check-here = Obaveštenje na internetu, sa svim dokumentima
