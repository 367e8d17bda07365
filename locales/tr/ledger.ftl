# Defterin mühürleri, sitede ve akışlarda.
ledger-title = Defterin yayımlanan mühürleri
ledger-what = Dairenin bu sistemle verdiği her karar ve yaptığı her yayın bir deftere satır olarak yazılır. Her satır, bir öncekini de kapsayan bir özet değeri taşır. Son satırın özeti olan mühür günde bir kez burada ve akışlarda yayımlanır: bir kopyasını saklayan, oraya kadarki bir satırın değiştirilip değiştirilmediğini sonradan gösterebilir.
ledger-day = Gün
ledger-line = satır
ledger-hash = Mührün SHA-256 özeti
ledger-published = Yayımlandı
ledger-none = Henüz mühür yayımlanmadı.
ledger-all = Bütün mühürler, programlar için (JSON)
ledger-entry-title = Yayın defterinin mührü, { $year } yılının { $week }. haftası
ledger-entry-what = Dairenin yayın defterinin her günkü durumu. Bu satırları saklayan, daha önce yazılmış hiçbir şeyin değiştirilmediğini sonradan gösterebilir.
