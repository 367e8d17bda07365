# Fjalët e postimeve: datat, aktet, etiketat.
language-name = Shqip
decimal-mark = ,

date-long = { $weekday }, { $day } { $month } { $year }
date-plain = { $day } { $month } { $year }
date-at = { $date }, ora { $time }
date-short = { $day }.{ $month-number }.{ $year }

prefix-postponed = SHTYRË
prefix-cancelled = ANULUAR
prefix-withdrawn = TËRHEQUR
act-corrected = Korrigjuar më { $at }
act-postponed = Shtyrë më { $at }
act-cancelled = Anuluar më { $at }
act-withdrawn = Tërhequr më { $at }
act-previously = ishte caktuar për: { $was }

attachments = { $count ->
    [one] Bashkëngjitje
   *[other] Bashkëngjitjet
}
attachment-count = { $count ->
    [one] { $count } bashkëngjitje
   *[other] { $count } bashkëngjitje
}
agenda-count = { $count ->
    [one] { $count } pikë në rendin e ditës
   *[other] { $count } pika në rendin e ditës
}
more-points = { $count ->
    [one] dhe { $count } pikë tjetër
   *[other] dhe { $count } pika të tjera
}
read-all = Njoftimi i plotë
reference = Nr. i referencës
published-by = Publikoi
posted-on = Shpallur më
removed-on = Hequr më
signature = Nënshkrimi
stamp = Vula
check-here = Njoftimi në internet, me të gjitha dokumentet
