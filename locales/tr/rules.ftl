# Sürelerin açıklandığı sözcükler.
rules-day = { $date } { $weekday }
rules-time = { $day } { $time }
rules-summary = { $anchor }: { $start } → { $length } → en geç { $end }
rules-unconfirmed = { $what } (doğrulanmamış)
rules-after = ardından { $length }
rules-without = { $length }, { $days } hariç

rules-anchor-meeting_start = Toplantı
rules-anchor-meeting_end = Toplantının bitişi
rules-anchor-queued = Sıraya alınma
rules-anchor-published = İlk yayın
rules-anchor-period_start = Dönemin başı
rules-anchor-period_end = Dönemin sonu

rules-clear-days = { $n ->
    [0] önceki günün sonuna kadar
   *[other] { $n } tam gün
}
rules-clear-weeks = { $n } tam hafta
rules-clear-months = { $n } tam ay
rules-clear-years = { $n } tam yıl
rules-calendar-days = { $n ->
    [0] o günün sonuna kadar
   *[other] { $n } takvim günü
}
rules-calendar-weeks = { $n } hafta
rules-calendar-months = { $n } ay
rules-calendar-years = { $n } yıl
rules-working-days = { $n ->
    [0] o günün sonuna kadar
   *[other] { $n } iş günü
}
rules-elapsed-hours = { $n } saat
rules-elapsed-days = { $n ->
    [0] o ana kadar
   *[other] aynı saatte { $n } gün
}
rules-elapsed-weeks = aynı saatte { $n } hafta
rules-elapsed-months = aynı saatte { $n } ay
rules-elapsed-years = aynı saatte { $n } yıl

rules-exclude-saturdays = cumartesiler
rules-exclude-sundays = pazarlar
rules-exclude-weekends = hafta sonları
rules-exclude-holidays = resmî tatiller

rules-skipped-weekend = Sayılmaz (hafta sonu): { $days }
rules-skipped-holiday = Sayılmaz: { $day } – { $name }
rules-skipped-estimated = Sayılmaz: { $day } – { $name } (tahminî tarih)
rules-estimated = { $year } yılı için takvim yok: tatilleri tahminîdir.
rules-rolled = { $from } iş günü değil: süre { $to } gününe kayar
rules-cutoff = Saat { $hour } sonrasında gelen, ertesi güne sayılır.
rules-urgent = Acil durum: { $source }
rules-extension = Uzatılmış süre: { $source }

rules-safe-by = Kesinlikle zamanında: { $end }
rules-latest-by = En geç: { $end }
rules-warn-by = Uyarı, doğrulanmamış bir yoruma göre: { $end }
rules-never-late = Hiçbir yorum doğrulanmadı: yalnızca uyarır, hiçbir şeyi gecikmiş saymaz.
rules-no-clock = Kural süre belirlemiyor.
rules-no-anchor = Henüz süre yok: “{ $anchor }” tarihinden sayılır, o da henüz bilinmiyor.
rules-not-in-force = Süre yok: kural { $day } günü yürürlükte değil.
rules-out-of-range = Süre yok: takvimin yıllarının ötesine düşerdi.

rules-on-all = Bulunması gereken yerler: { $groups }
rules-on-any = Şunlardan en az birinde: { $groups }
rules-simultaneous = Hepsinde aynı anda.
rules-display = En az asılı kalma süresi: { $length }
rules-in = Diller: { $languages }
rules-in-official = Resmî diller: { $languages }
rules-in-official-unnamed = Resmî dillerde; kurum bunları belirtmemiş.
rules-requires = Şunlar olmadan onaylanmaz: { $facts }
rules-group-website = web sitesi
rules-group-facebook = Facebook
rules-group-boards = ilan panoları
rules-group-media = basın
rules-group-feed = RSS haberleri

rules-weight-legal = Kanun istiyor.
rules-weight-plan = Belediyenin planı istiyor.
rules-weight-target = Kurumun kendi hedefi: hiçbir zaman gecikmiş değil, yalnızca ulaşılmamış sayılır.
rules-source = Kaynak: { $source }
rules-article = Madde veya başlık: { $article }
rules-note = Not: { $note }
rules-silent = Kaynağın açık bıraktığı: { $silent }
