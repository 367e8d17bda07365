# Uyarılar: birimlere giden mektuplar ve listeleri.
warn-subject-one = Güvenli son tarih { $by }: { $what }
warn-subject-many = { $count } son tarih, en yakını { $by }: { $what }
warn-opening = { $office }: Kasnec kamuya karşı yükümlülükler konusunda uyarıyor.
warn-standing = Durum: { $standing }. Birim: { $unit }.
warn-times = Güvenli son tarih: { $safe }. En geç: { $latest }.
warn-unconfirmed = Kimsenin doğrulamadığı bir yoruma göre son tarih { $by } idi.
warn-step = Yapılacak: { $step }
warn-closing = Bu mektubu Kasnec kendisi yazar, yalnızca bir kez. Bütün yükümlülükler: kasnec due
warn-none = Bu sürede uyarı yok.
warn-raised = Zaman
warn-step-name = Neden
warn-recipient = Kime
warn-state = Mektup
