# Vulat e regjistrit, në faqe dhe në burime.
ledger-title = Vulat e publikuara të regjistrit
ledger-what = Çdo vendim dhe çdo publikim që zyra bën me këtë sistem shkruhet si rresht i një regjistri. Çdo rresht ka një shifër kontrolli që përfshin edhe atë të rreshtit paraprak. Një herë në ditë shifra e rreshtit të fundit, vula, publikohet këtu dhe në burime: kush e ruan një kopje, mund të tregojë më vonë nëse ndonjë rresht deri aty është ndryshuar.
ledger-day = Dita
ledger-line = rreshti
ledger-hash = SHA-256 i vulës
ledger-published = Publikuar
ledger-none = Ende nuk është publikuar asnjë vulë.
ledger-all = Të gjitha vulat, për programe (JSON)
ledger-entry-title = Vula e regjistrit të publikimeve, java { $week } e vitit { $year }
ledger-entry-what = Gjendja e regjistrit të publikimeve të zyrës për secilën ditë. Kush i ruan këta rreshta, mund të tregojë më vonë se asgjë e shkruar më parë nuk është ndryshuar.
