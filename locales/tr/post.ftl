# Gönderilerin sözcükleri: tarihler, işlemler, etiketler.
language-name = Türkçe
decimal-mark = ,

date-long = { $day } { $month } { $year } { $weekday }
date-plain = { $day } { $month } { $year }
date-at = { $date }, saat { $time }
date-short = { $day }.{ $month-number }.{ $year }

prefix-postponed = ERTELENDİ
prefix-cancelled = İPTAL EDİLDİ
prefix-withdrawn = GERİ ÇEKİLDİ
act-corrected = Düzeltme: { $at }
act-postponed = Erteleme: { $at }
act-cancelled = İptal: { $at }
act-withdrawn = Geri çekme: { $at }
act-previously = önceki tarih: { $was }

attachments = { $count ->
    [one] Ek
   *[other] Ekler
}
attachment-count = { $count ->
    [one] { $count } ek
   *[other] { $count } ek
}
agenda-count = { $count ->
    [one] { $count } gündem maddesi
   *[other] { $count } gündem maddesi
}
more-points = { $count ->
    [one] ve { $count } madde daha
   *[other] ve { $count } madde daha
}
read-all = Duyurunun tamamı
reference = Sayı
published-by = Yayımlayan
posted-on = Asıldığı tarih
removed-on = İndirildiği tarih
signature = İmza
stamp = Mühür
check-here = Duyuru, tüm belgeleriyle internette
