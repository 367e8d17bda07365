# Yükümlülükler: tablo, nedenler, takvim.
due-number = No
due-standing = Durum
due-safe-by = Güvenli son tarih
due-latest-by = En geç
due-unit = Birim
due-what = Yükümlülük
due-met-at = Yerine getirildi
due-reason = Gerekçe
due-address = Adres
due-rule = Kural
due-version = sürüm { $version }
due-row = planın { $row }. satırı
due-since = Başlangıç
due-channel = Kanal
due-proof = Kanıt
due-languages = Diller
due-not-yet = henüz yok
due-no-time = süre belirlenmemiş
due-earlier = Önceki hâli
due-nothing = Bu sürede yükümlülük yok. Daha ileriye bakın: kasnec due --until { $until }
due-more = ve böyle { $count } tane daha, sonuncusu { $until } tarihine kadar
due-calendar = { $office }: yükümlülükler ve süreler

due-standing-on-course = yolunda
due-standing-at-risk = risk altında
due-standing-overdue = süresi geçti
due-standing-met = yerine getirildi
due-standing-late = geç yerine getirildi
due-standing-lifted = artık gerekmiyor

due-risk-unwritten = { $when ->
    [none] Henüz hiçbir şey yazılmadı ve ofis yeterince açık değil.
   *[other] Henüz hiçbir şey yazılmadı; mesai saatlerinde ancak { $when } tarihinde yazılıp onaylanır: { $late }.
}
due-step-unwritten = kasnec item add DOSYA
due-risk-unapproved = { $when ->
    [none] Onay bekliyor ve ofis yeterince açık değil.
   *[other] Onay bekliyor; mesai saatlerinde ancak { $when } tarihinde onaylanır: { $late }.
}
due-step-unapproved = kasnec item approve { $item }
due-risk-undone = { $when ->
    [none] Henüz yapılmadı ve ofis yeterince açık değil.
   *[other] Henüz yapılmadı; mesai saatlerinde ancak { $when } tarihinde yapılır: { $late }.
}
due-step-undone = ne zaman yapıldığını kayda yazın: kasnec item add DOSYA
due-risk-released-late = Yayımı ancak { $when } için ayarlanmış: { $late }. Kanal: { $channel }.
due-step-released-late = kasnec item publish { $item } --now
due-risk-channel-paused = Kanal durduruldu ve bir kişiyi bekliyor: { $channel }.
due-step-channel-paused = kasnec channel check { $account }
due-risk-pace = { $when ->
    [none] Kanalın hızı yayıma hiç izin vermiyor: { $channel }.
   *[other] Kanalın hızıyla ancak { $when } tarihinde çıkar: { $late }. Kanal: { $channel }.
}
due-step-pace = kasnec.toml içinde hızı değiştirin ya da elle yayımlayın: kasnec delivery list --item { $item }
due-risk-needs-person = { $channel ->
    [none] Birinin panoya asmasını ya da bakmasını bekliyor.
   *[other] Birinin şuraya bakması gerekiyor: { $channel }.
}
due-step-needs-person = kasnec delivery list --item { $item } --state "needs a person"
due-risk-refused = Şunun tarafından reddedildi: { $channel }.
due-step-refused = nedenine bakın: kasnec delivery list --item { $item }
due-risk-no-account = Kural { $channel } istiyor, ama ofisin böyle bir hesabı yok.
due-step-no-account = kasnec.toml dosyasına bu gruptan bir hesap ekleyin ya da elle yayımlayın: kasnec due settle { $id } --proof "…"
due-risk-not-planned = Şuraya giden bir şey yok: { $channel }.
due-step-not-planned = gidenlere bakın: kasnec item show { $item }
due-risk-safe-passed = Temkinli okumaya göre süre doldu; geniş okumaya göre { $when } tarihine kadar süre var.
due-step-safe-passed = şimdi yayımlayın ya da ne zaman yapıldığını bildirin: kasnec due settle { $id } --proof "…"
due-risk-unexplained = Neden geciktiğini henüz kimse açıklamadı.
due-step-unexplained = kasnec due reason { $id } --reason "…"

due-after-safe = güvenli tarihten { $delay } sonra
due-after-latest = { $delay } geç
due-minutes = { $count ->
    [one] { $count } dakika
   *[other] { $count } dakika
}
due-hours = { $count ->
    [one] { $count } saat
   *[other] { $count } saat
}
due-days = { $count ->
    [one] { $count } gün
   *[other] { $count } gün
}

due-period-half-1 = { $year } birinci yarıyıl
due-period-half-2 = { $year } ikinci yarıyıl
due-period-quarter = { $year } { $part }. çeyrek
due-period-month = { $part }/{ $year }
due-period-week = { $year } { $part }. hafta
